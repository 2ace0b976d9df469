// One Service of each kind and all rules that come of it, written out:
// upstream's TestOverallIPTablesRules.
// Upstream's fake writes the mark as 0x4000; here it stands as a real kube-proxy writes it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overallObjects } from '../../../test/arbitraries/overall-cluster.ts';
import { snapshotOf, testConfig, testNode } from '../../../test/arbitraries/proxy-objects.ts';
import { Causes } from '../../sim/causes.ts';
import { rulesFor } from './layer.ts';
import { overallInput } from './overall.table.ts';
import { restoreInput } from './restore-input.ts';

const cluster = snapshotOf(...overallObjects);

test('B10, H1 TestOverallIPTablesRules: one Service of each kind', () => {
  const config = { ...testConfig, nfacct: true };
  const layer = rulesFor(cluster, testNode, config, new Causes());
  assert.deepEqual(restoreInput(layer).split('\n'), overallInput.split('\n'));
});

test('B10 every chain of the restore input can be looked up, with the same rules', () => {
  const layer = rulesFor(cluster, testNode, { ...testConfig, nfacct: true }, new Causes());
  const text = restoreInput(layer);
  for (const [table, block] of [
    ['filter', text.slice(0, text.indexOf('*nat'))],
    ['nat', text.slice(text.indexOf('*nat'))],
  ] as const) {
    for (const name of layer.chains(table)) {
      const lines = block.split('\n').filter((line) => line.startsWith(`-A ${name} `));
      assert.equal(layer.chain(table, name)?.rules.length, lines.length, `${table} ${name}`);
    }
  }
});
