// Whole histories of random clusters, compared with what kube-proxy's own code writes for them:
// full syncs and partial ones, chains that wait for their deletion, both families, five versions.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import {
  configOf,
  nodeOf,
  type ProxyCase,
  proxyCase,
  withChanges,
  withObjects,
} from '../../../test/arbitraries/proxy-case.ts';
import { Causes } from '../../sim/causes.ts';
import type { ProxyConfig } from '../config.ts';
import { emptySnapshot } from '../snapshot.ts';
import { rulesFor } from './layer.ts';
import { nothingWritten, sync } from './sync.ts';
import { upstreamTable } from './upstream.table.ts';

/** The texts of all syncs. A moment passes between two, as on a real clock. */
function history(given: ProxyCase, config: ProxyConfig): string {
  const causes = new Causes();
  const node = nodeOf(given);
  let snapshot = withObjects(emptySnapshot(config.minor), [
    ...given.services,
    ...given.endpointSlices,
  ]);
  let memory = nothingWritten;
  let nowMs = 0;
  let texts = '';
  const write = (forced: boolean) => {
    const { table } = rulesFor(snapshot, node, config, causes, given.family);
    const result = sync(memory, table, nowMs, forced);
    texts += result.transactions.join('');
    memory = result.memory;
  };
  write(false);
  for (const step of given.steps) {
    nowMs += step.advance * 1000 + 1;
    snapshot = withChanges(snapshot, step);
    write(step.full === true);
  }
  return texts;
}

function configured(given: ProxyCase, version: string): ProxyConfig {
  const config = configOf(given, Number(version.split('.')[1]));
  return { ...config, featureGates: { MultiCIDRServiceAllocator: true } };
}

function sumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

for (const { version, family, sums } of upstreamTable) {
  test(`D IPv${family}: every sync of 40 clusters is written as ${version} writes it`, () => {
    const wanted = sums.split(' ');
    assert.equal(wanted.length, 40);
    for (const [i, want] of wanted.entries()) {
      const given = proxyCase(i + 1, family);
      assert.equal(sumOf(history(given, configured(given, version))), want, `case ${i + 1}`);
    }
  });
}

const faults: readonly (readonly [string, (config: ProxyConfig) => ProxyConfig])[] = [
  ['another version', (config) => ({ ...config, minor: config.minor === 36 ? 35 : 36 })],
  ['another mark', (config) => ({ ...config, masqueradeBit: config.masqueradeBit + 1 })],
  ['masqueradeAll turned round', (config) => ({ ...config, masqueradeAll: !config.masqueradeAll })],
  ['no detector', (config) => ({ ...config, clusterCIDRs: [], detectLocalMode: 'ClusterCIDR' })],
];

for (const [fault, change] of faults) {
  test(`the comparison sees ${fault}`, () => {
    const row = upstreamTable.find(({ version }) => version === '1.34.1');
    assert.ok(row);
    const differing = row.sums.split(' ').filter((want, i) => {
      const given = proxyCase(i + 1, row.family);
      return sumOf(history(given, change(configured(given, row.version)))) !== want;
    });
    assert.ok(differing.length > 0);
  });
}
