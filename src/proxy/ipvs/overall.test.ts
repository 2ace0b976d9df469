// One Service of each kind (upstream's TestOverallIPTablesRules has them) and all that IPVS mode
// makes of it, written out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overallObjects } from '../../../test/arbitraries/overall-cluster.ts';
import { snapshotOf, testConfig, testNode } from '../../../test/arbitraries/proxy-objects.ts';
import { Causes } from '../../sim/causes.ts';
import { type IpvsLayer, layerFor } from './layer.ts';
import { overallIpset, overallRestore, overallServers } from './overall.table.ts';
import { ipsetInput, ipvsadmInput, restoreInput } from './restore-input.ts';
import { settingsFor } from './settings.ts';

const cluster = snapshotOf(...overallObjects);

function layer(): IpvsLayer {
  const settings = settingsFor(testNode.addresses, testNode, testConfig, 4);
  return layerFor(cluster, settings, new Causes());
}

test('C3 C4: the rules around IPVS for one Service of each kind', () => {
  assert.deepEqual(restoreInput(layer()).split('\n'), overallRestore.split('\n'));
});

test('C2 C4: every set and its members', () => {
  assert.deepEqual(ipsetInput(layer()).split('\n'), overallIpset.split('\n'));
});

test('C1 C4: every virtual server and its real servers', () => {
  assert.deepEqual(ipvsadmInput(layer(), 'rr').split('\n'), overallServers.split('\n'));
});

test('C3 every chain of the restore input can be looked up, with the same rules', () => {
  const built = layer();
  const text = restoreInput(built);
  const filterAt = text.indexOf('*filter');
  for (const [table, block] of [
    ['nat', text.slice(0, filterAt)],
    ['filter', text.slice(filterAt)],
  ] as const) {
    assert.equal(built.chains(table).length, (block.match(/^:/gm) ?? []).length);
    for (const name of built.chains(table)) {
      const lines = block.split('\n').filter((line) => line.startsWith(`-A ${name} `));
      assert.equal(built.chain(table, name)?.rules.length, lines.length, `${table} ${name}`);
    }
  }
});
