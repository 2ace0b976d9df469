// Which chain is visited first: kube-proxy's jumps with and without a kubelet that was there before
// it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testConfig, testNode } from '../../../test/arbitraries/proxy-objects.ts';
import { kubeletLayer } from '../../kubelet/iptables.ts';
import type { Hook, RuleLayer, TableName } from '../../netfilter/rule.ts';
import { Causes } from '../../sim/causes.ts';
import { emptySnapshot } from '../snapshot.ts';
import { jumpHookings } from './constant.ts';
import { rulesFor } from './layer.ts';

const proxy = rulesFor(emptySnapshot(), testNode, testConfig, new Causes());

/** Targets in effective order; a jump that is there already is not written again (iptables -C ||
 * -I). */
function order(layers: readonly RuleLayer[], table: TableName, hook: Hook): readonly string[] {
  const rules: string[] = [];
  for (const hooking of layers.flatMap((layer) => layer.hookings)) {
    if (hooking.table !== table || hooking.chain !== hook) continue;
    const { target } = hooking.rule;
    const name = target.kind === 'jump' ? target.chain : target.kind;
    if (rules.includes(name)) continue;
    if (hooking.position === 'prepend') rules.unshift(name);
    else rules.push(name);
  }
  return rules;
}

const rows: readonly {
  readonly name: string;
  readonly layers: readonly RuleLayer[];
  readonly table: TableName;
  readonly hook: Hook;
  readonly want: readonly string[];
}[] = [
  {
    name: 'INPUT after kubelet',
    layers: [kubeletLayer(4), proxy],
    table: 'filter',
    hook: 'INPUT',
    want: ['KUBE-PROXY-FIREWALL', 'KUBE-NODEPORTS', 'KUBE-EXTERNAL-SERVICES', 'KUBE-FIREWALL'],
  },
  {
    name: 'FORWARD',
    layers: [kubeletLayer(4), proxy],
    table: 'filter',
    hook: 'FORWARD',
    want: ['KUBE-PROXY-FIREWALL', 'KUBE-FORWARD', 'KUBE-SERVICES', 'KUBE-EXTERNAL-SERVICES'],
  },
  {
    name: 'OUTPUT after kubelet',
    layers: [kubeletLayer(4), proxy],
    table: 'filter',
    hook: 'OUTPUT',
    want: ['KUBE-PROXY-FIREWALL', 'KUBE-SERVICES', 'KUBE-FIREWALL'],
  },
  {
    name: 'INPUT without kubelet: the guard on top',
    layers: [proxy],
    table: 'filter',
    hook: 'INPUT',
    want: ['KUBE-FIREWALL', 'KUBE-PROXY-FIREWALL', 'KUBE-NODEPORTS', 'KUBE-EXTERNAL-SERVICES'],
  },
  {
    name: 'nat PREROUTING',
    layers: [kubeletLayer(4), proxy],
    table: 'nat',
    hook: 'PREROUTING',
    want: ['KUBE-SERVICES'],
  },
  {
    name: 'nat POSTROUTING',
    layers: [kubeletLayer(4), proxy],
    table: 'nat',
    hook: 'POSTROUTING',
    want: ['KUBE-POSTROUTING'],
  },
];

for (const row of rows) {
  test(`B3 ${row.name}`, () => {
    assert.deepEqual(order(row.layers, row.table, row.hook), row.want);
  });
}

test('B3 only jumps into chains of the filter table look at first packets alone', () => {
  const newOnly = jumpHookings().filter(({ rule }) =>
    rule.matches.some((match) => match.kind === 'conntrack'),
  );
  assert.equal(newOnly.length, 7);
  assert.ok(newOnly.every(({ table }) => table === 'filter'));
});

test('B1 kubelet and kube-proxy write the same guard', () => {
  const [theirs] = kubeletLayer(4).chain('filter', 'KUBE-FIREWALL')?.rules ?? [];
  const [ours] = proxy.chain('filter', 'KUBE-FIREWALL')?.rules ?? [];
  assert.deepEqual(ours, theirs);
});

test('B1 kubelet guards nothing in IPv6', () => {
  assert.deepEqual(kubeletLayer(6).hookings, []);
  assert.deepEqual(kubeletLayer(6).chains('filter'), ['KUBE-KUBELET-CANARY']);
  assert.deepEqual(kubeletLayer(6).chains('mangle'), ['KUBE-KUBELET-CANARY', 'KUBE-IPTABLES-HINT']);
});
