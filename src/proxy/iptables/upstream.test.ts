// Whole histories of random clusters, compared with what kube-proxy's own code does with them: the
// text of every sync, full and partial, the chains that stand after it, and the UDP flows it
// deletes; both families, five versions.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import {
  type IptablesCase,
  iptablesCase,
  iptablesConfigOf,
} from '../../../test/arbitraries/iptables-case.ts';
import { nodeOf, withChanges, withObjects } from '../../../test/arbitraries/proxy-case.ts';
import { Causes } from '../../sim/causes.ts';
import { byCodeUnit } from '../../sim/table.ts';
import type { ProxyConfig } from '../config.ts';
import { isStale, staleFlows } from '../conntrack.ts';
import { emptySnapshot, type ProxySnapshot } from '../snapshot.ts';
import { type IptablesLayer, rulesFor } from './layer.ts';
import { syncInput } from './restore-input.ts';
import { standingLayer } from './standing.ts';
import { nextSync, type Past, type Sync, showsPast } from './sync.ts';
import { upstreamTable } from './upstream.table.ts';

/** A fault for the test of the test. */
type Spoil = (sync: Sync) => Sync;

/** After each sync its text, the own chains that stand, the flows that it deleted. */
function history(given: IptablesCase, config: ProxyConfig, spoil: Spoil = (sync) => sync): string {
  const causes = new Causes();
  const node = nodeOf(given);
  const { family } = given;
  let snapshot = emptySnapshot(config.minor);
  let layer = rulesFor(snapshot, node, config, causes, family);
  let past: Past | null = null;
  let flows = given.flows;
  let nowMs = 0;
  let text = '';
  const write = (next: ProxySnapshot, full: boolean) => {
    const sync: Sync = spoil(
      nextSync(past, {
        snapshot: next,
        family,
        nowMs,
        syncPeriodMs: config.syncPeriodMs,
        ...(full ? { forced: 'resync' } : {}),
      }),
    );
    const after = rulesFor(next, node, config, causes, family);
    const stale = staleFlows(snapshot, next, family, config.minor, node.name);
    const deleted = flows.filter((flow) => stale.some((row) => isStale(flow, row)));
    flows = flows.filter((flow) => !deleted.includes(flow));
    const names = deleted.map((flow) => flow.text);
    text += `${syncInput(after, sync, layer)}${chains(after, sync.after)}\n${names.join('\n')}\n`;
    [snapshot, layer, past] = [next, after, sync.after];
  };
  write(withObjects(snapshot, [...given.services, ...given.endpointSlices]), false);
  for (const step of given.steps) {
    nowMs += step.advance * 1000 + 1;
    write(withChanges(snapshot, step), step.full === true);
  }
  return text;
}

/** The names of the own chains that stand, and how many rules each has. */
function chains(layer: IptablesLayer, past: Past): string {
  const standing = showsPast(past) ? standingLayer(layer, past) : layer;
  const own = standing.chains('nat').filter((name) => /^KUBE-(SVC|SVL|EXT|FW|SEP)-/.test(name));
  return [...own]
    .sort(byCodeUnit)
    .map((name) => `${name} ${standing.chain('nat', name)?.rules.length}`)
    .join('\n');
}

function sumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

for (const { version, family, sums } of upstreamTable) {
  test(`B9, A14 IPv${family}: 12 histories are those of kube-proxy ${version}`, () => {
    const wanted = sums.split(' ');
    assert.equal(wanted.length, 12);
    for (const [i, want] of wanted.entries()) {
      const given = iptablesCase(i + 1, family);
      const config = iptablesConfigOf(given, Number(version.split('.')[1]));
      assert.equal(sumOf(history(given, config)), want, `case ${i + 1}`);
    }
  });
}

const faults: readonly {
  readonly name: string;
  readonly config?: (config: ProxyConfig) => Partial<ProxyConfig>;
  readonly sync?: Spoil;
}[] = [
  { name: 'another version', config: ({ minor }) => ({ minor: minor === 34 ? 33 : 34 }) },
  { name: 'another mark', config: ({ masqueradeBit }) => ({ masqueradeBit: masqueradeBit + 1 }) },
  {
    name: 'node ports on localhost',
    config: (c) => ({ localhostNodePorts: !c.localhostNodePorts }),
  },
  { name: 'no detector', config: () => ({ clusterCIDRs: [], detectLocalMode: 'ClusterCIDR' }) },
  { name: 'full syncs alone', sync: (sync) => ({ ...sync, full: true }) },
  { name: 'chains that are never deleted', sync: (sync) => ({ ...sync, cleans: false }) },
  { name: 'a past without stale chains', sync: (s) => ({ ...s, after: { ...s.after, left: [] } }) },
];

for (const { name, config: change, sync } of faults) {
  test(`the comparison sees ${name}`, () => {
    const row = upstreamTable.find(({ version }) => version === '1.34.1');
    assert.ok(row);
    const differs = row.sums.split(' ').some((want, i) => {
      const given = iptablesCase(i + 1, row.family);
      const config = iptablesConfigOf(given, 34);
      const other = { ...config, ...change?.(config) };
      return sumOf(history(given, other, sync)) !== want;
    });
    assert.ok(differs);
  });
}
