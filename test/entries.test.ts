// The table of entries holds in every mode, for both families: who is answered, by whom, as whom, or how not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { six, tables } from './entries.table.ts';
import { columns, ends, rowNames } from './kernel/entry-ends.ts';

/** Cells by row. */
function read(text: string): ReadonlyMap<string, readonly string[]> {
  const [head, ...rows] = text.trim().split('\n').map(cellsOf);
  assert.deepEqual(head?.slice(-columns.length), columns);
  return new Map(rows.map(([name = '', ...cells]) => [name, cells]));
}

const cellsOf = (line: string): string[] => line.split('|').map((cell) => cell.trim());

for (const [mode, text] of Object.entries(tables)) {
  test(`${mode}: every way in leads where the table says`, () => {
    const table = read(text);
    const found = ends(mode);
    assert.deepEqual([...table.keys()], rowNames);
    for (const name of rowNames) {
      const wanted = table.get(name);
      assert.deepEqual(found.four.get(name), wanted, name);
      const other = found.six.get(name) ?? [];
      if (other.every((cell) => cell === '-')) continue;
      const line = six[mode]?.[name];
      assert.deepEqual(other, line === undefined ? wanted : cellsOf(line), `${name}, IPv6`);
    }
  });
}

test('caught: a proxy that masks everything', () => {
  const found = ends('iptables', {
    detectLocalMode: 'NodeCIDR',
    iptables: { masqueradeAll: true },
  });
  assert.notDeepEqual([...found.four], [...read(tables['iptables'] ?? '')]);
});
