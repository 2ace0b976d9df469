// One Service of each kind and all that is written for it: upstream's TestOverallNFTablesRules. And
// what is written and what stands in the kernel are the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overallObjects } from '../../../test/arbitraries/overall-cluster.ts';
import { configOf, nodeOf, proxyCase, withObjects } from '../../../test/arbitraries/proxy-case.ts';
import { snapshotOf, testConfig, testNode } from '../../../test/arbitraries/proxy-objects.ts';
import { cidr } from '../../net/cidr.ts';
import type { NftValue } from '../../netfilter/nft/table.ts';
import { Causes } from '../../sim/causes.ts';
import type { ProxyConfig } from '../config.ts';
import { emptySnapshot } from '../snapshot.ts';
import { type ProxyTable, rulesFor } from './layer.ts';
import { overall34, overall36 } from './overall.table.ts';
import { fullSyncText } from './sync.ts';

const config: ProxyConfig = {
  ...testConfig,
  nodePortAddresses: ['primary'],
  serviceCIDRs: [cidr('172.30.0.0/16')],
};

for (const [minor, want] of [
  [34, overall34],
  [36, overall36],
] as const) {
  test(`D H30 TestOverallNFTablesRules: one Service of each kind in 1.${minor}`, () => {
    const snapshot = snapshotOf(...overallObjects);
    const { table } = rulesFor(snapshot, testNode, { ...config, minor }, new Causes());
    assert.deepEqual(fullSyncText(table).split('\n'), want.split('\n'));
  });
}

/** How many lines of each object the transaction adds, by object name. */
function added(text: string, what: 'rule' | 'element'): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [verb, kind, , , name = ''] = line.split(' ');
    if (verb === 'add' && kind === what) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function stands(table: ProxyTable, text: string): void {
  const rules = added(text, 'rule');
  for (const name of table.chains()) {
    const chain = table.chain(name);
    assert.equal(chain?.name, name);
    assert.equal(chain?.rules.length, rules.get(name) ?? 0, name);
    assert.equal(table.chain(name), chain, 'the same object each time');
  }
  const elements = added(text, 'element');
  for (const name of table.sets()) {
    const set = table.set(name);
    assert.equal(set?.name, name);
    for (const element of set?.elements ?? []) {
      if (set?.find === undefined) continue;
      assert.deepEqual(set.find(element.key as readonly NftValue[]), element, name);
    }
    // Addresses that two Services claim are added twice.
    assert.ok((set?.elements.length ?? 0) <= (elements.get(name) ?? 0), name);
  }
  const names = [...table.chains(), ...table.sets()];
  for (const name of [...rules.keys(), ...elements.keys()]) assert.ok(names.includes(name), name);
}

test('D every chain and element that is written can be looked up', () => {
  for (const minor of [32, 33, 34, 35, 36]) {
    for (let seed = 1; seed <= 20; seed++) {
      const given = proxyCase(seed, seed % 2 === 0 ? 4 : 6);
      const objects = [...given.services, ...given.endpointSlices];
      const snapshot = withObjects(emptySnapshot(minor), objects);
      const own = configOf(given, minor);
      const { table } = rulesFor(snapshot, nodeOf(given), own, new Causes(), given.family);
      stands(table, fullSyncText(table));
    }
  }
});

test('D a key that nobody wrote is not found', () => {
  const { table } = rulesFor(snapshotOf(...overallObjects), testNode, config, new Causes());
  assert.equal(table.set('service-ips')?.find?.([0xac1e0029, 6, 81]), undefined);
  assert.equal(table.set('service-ips')?.find?.([0xac1e0029, 17, 80]), undefined);
  assert.equal(table.set('service-nodeports')?.find?.([6, 3004]), undefined);
  assert.equal(table.chain('service-ULMVA6XX-ns1/svc1/tcp/p80'), undefined);
  assert.equal(table.set('hairpin-connections'), undefined);
});
