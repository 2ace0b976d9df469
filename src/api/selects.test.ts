// Requirements of selectors, as labels.Requirement.Matches of apimachinery judges them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meets, selects } from './selects.ts';

const rows = [
  ['In', ['a', 'b'], 'b', true],
  ['In', ['a'], undefined, false],
  ['NotIn', ['a'], undefined, true],
  ['NotIn', ['a'], 'a', false],
  ['Exists', [], '', true],
  ['DoesNotExist', [], '', false],
  ['Gt', ['4'], '5', true],
  ['Gt', ['4'], '4', false],
  ['Gt', ['-6'], '-5', true],
  ['Gt', ['-1'], '', false],
  ['Gt', ['1'], '1.5', false],
  ['Gt', ['1'], '0x10', false],
  ['Gt', ['1'], undefined, false],
  ['Lt', ['4'], '+3', true],
  ['Lt', ['four'], '3', false],
] as const;

for (const [operator, values, value, want] of rows) {
  test(`${operator} [${values}] of ${value === undefined ? 'no label' : JSON.stringify(value)}: ${want}`, () => {
    const labels = value === undefined ? {} : { key: value };
    assert.equal(meets({ key: 'key', operator, values }, labels), want);
  });
}

test('no selector selects nothing, an empty one everything, and a name of every object nothing of its own', () => {
  assert.equal(selects(undefined, {}), false);
  assert.equal(selects({}, undefined), true);
  assert.equal(meets({ key: 'constructor', operator: 'Exists' }, {}), false);
});
