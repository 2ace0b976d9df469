// What -m physdev sees of packets on a node with br_netfilter, hook by hook: measured on Linux 6.18 with one rule for each
// of its tests in every chain.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addr } from '../net/addr.ts';
import { TCP } from '../net/packet.ts';
import { matchesOne } from '../netfilter/match.ts';
import type { Netfilter } from '../netfilter/netfilter.ts';
import type { Match, RuleSource } from '../netfilter/rule.ts';
import { composeRules } from '../netfilter/ruleset.ts';
import type { Fabric } from './fabric.ts';
import { addPod, dialTo, lab, open, passThrough } from './lab.ts';

const tests = ['is-in', 'is-out', 'is-bridged'] as const;

/** The first packet's hooks on node n1: "PREROUTING is-in, INPUT is-in". */
function seen(from: string, to: string, before?: (fabric: Fabric) => void): string {
  const log: string[] = [];
  const watching = (rules: RuleSource): Netfilter => ({
    ...passThrough(rules),
    hook: (hook, packet, context) => {
      const holds = tests.filter((one) => {
        const match: Match = { kind: 'physdev', negated: false, test: one };
        return matchesOne(match, { packet, context } as Parameters<typeof matchesOne>[1]);
      });
      if (packet.dst === addr(to)) log.push([hook, ...holds].join(' '));
      return { kind: 'accept' };
    },
    fork: () => watching(rules),
  });
  const fabric = lab(watching);
  addPod(fabric, 'a', '10.244.1.2');
  addPod(fabric, 'b', '10.244.1.3');
  fabric.setRules('n1', composeRules(4, []));
  open(fabric, 'pod/d/b', 80, TCP);
  before?.(fabric);
  dialTo(fabric, { from, to, port: 80, timeoutMs: 1 });
  return [...new Set(log)].join(', ');
}

const rows = [
  {
    name: 'Pod to Pod of one bridge',
    from: 'pod/d/a',
    to: '10.244.1.3',
    want: 'PREROUTING is-in, FORWARD is-in is-out is-bridged, POSTROUTING is-in is-out is-bridged',
  },
  {
    name: 'Pod to its node',
    from: 'pod/d/a',
    to: '192.168.4.101',
    want: 'PREROUTING is-in, INPUT is-in',
  },
  {
    name: 'Pod to the world',
    from: 'pod/d/a',
    to: '203.0.113.50',
    want: 'PREROUTING is-in, FORWARD is-in, POSTROUTING is-in',
  },
  {
    name: 'a node to its Pod',
    from: 'node/n1',
    to: '10.244.1.3',
    want: 'OUTPUT, POSTROUTING',
  },
  {
    name: 'another node to a Pod',
    from: 'node/n2',
    to: '10.244.1.3',
    want: 'PREROUTING, FORWARD, POSTROUTING',
  },
];

for (const { name, from, to, want } of rows) {
  test(`physdev: ${name}`, () => assert.equal(seen(from, to), want));
}

test('physdev: without bridge-nf-call-iptables nothing has come in by a port', () => {
  const off = (fabric: Fabric) => fabric.setSysctls('n1', { bridgeNf: false });
  assert.equal(seen('pod/d/a', '203.0.113.50', off), 'PREROUTING, FORWARD, POSTROUTING');
});
