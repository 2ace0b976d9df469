// Tables in messages: columns stand one below the other, so that the cell that differs is seen.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowsText } from './tables.ts';

test('columns are as wide as their widest cell', () => {
  const rows = [
    ['', 'web:80'],
    ['Pod "client"', 'answered or refused'],
    ['x', ''],
  ];
  assert.equal(
    rowsText(rows),
    `|              | web:80              |
| Pod "client" | answered or refused |
| x            |                     |`,
  );
  assert.equal(rowsText([]), 'none');
});
