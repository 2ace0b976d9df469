import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMicroTime, formatTime, parseTime } from './time.ts';

const rows = [
  { name: 'the clock starts with 2026', ms: 0, want: '2026-01-01T00:00:00Z' },
  { name: 'milliseconds are cut', ms: 5999, want: '2026-01-01T00:00:05Z' },
  { name: 'a day later', ms: 86_400_000, want: '2026-01-02T00:00:00Z' },
  { name: 'leap day of 2028', ms: (365 + 365 + 59) * 86_400_000, want: '2028-02-29T00:00:00Z' },
  { name: 'before the epoch', ms: -1000, want: '2025-12-31T23:59:59Z' },
];
for (const row of rows) {
  test(`formatTime: ${row.name}`, () => {
    assert.equal(formatTime(row.ms), row.want);
    assert.equal(parseTime(row.want), Math.floor(row.ms / 1000) * 1000);
  });
}
test('formatMicroTime prints six digits', () => {
  assert.equal(formatMicroTime(1005), '2026-01-01T00:00:01.005000Z');
  assert.equal(parseTime('2026-01-01T00:00:01.005000Z'), 1005);
});
test('parseTime refuses what is no time', () => assert.equal(parseTime('yesterday'), undefined));
