// Every command of kubectl-commands.table.ts against what kubectl 1.33 printed of it (data/kubectl-1.33.json);
// real-kubectl-generators.test.ts compares again, and with other versions, where there is a kubectl.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands, files } from './kubectl-commands.table.ts';
import { golden, ours } from './kubectl-ours.ts';

const printed = golden();
const place = { minor: 33, nowSeconds: Date.parse('2026-11-21T12:00:00Z') / 1000, files };

for (const line of commands) {
  test(`kubectl ${line}`, () => {
    assert.deepEqual(ours(line, place), printed[line]);
  });
}

test('an unset time is printed until kubectl 1.33 only', () => {
  const line = 'create namespace x --dry-run=client -o yaml';
  const { stdout } = ours(line, { ...place, minor: 34 });
  assert.equal(
    stdout,
    'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: x\nspec: {}\nstatus: {}\n',
  );
});
