// time.Duration's String as Go prints it, and what time.ParseDuration makes of texts (Go's time package).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatGoDuration, goDuration } from './go-duration.ts';

for (const [ms, want] of [
  [0, '0s'],
  [0.000_001, '1ns'],
  [0.0015, '1.5µs'],
  [500, '500ms'],
  [1_500, '1.5s'],
  [30_000, '30s'],
  [60_000, '1m0s'],
  [3_600_500, '1h0m0.5s'],
  [-90_000, '-1m30s'],
] as const) {
  test(`${ms} ms is ${want}`, () => assert.equal(formatGoDuration(ms), want));
}

for (const [text, want] of [
  ['0', { ms: 0 }],
  ['-0', { ms: 0 }],
  ['1h30m', { ms: 5_400_000 }],
  ['+1.5s', { ms: 1_500 }],
  ['-.5m', { ms: -30_000 }],
  ['2us', { ms: 0.002 }],
  ['', { error: 'time: invalid duration ""' }],
  ['s', { error: 'time: invalid duration "s"' }],
  ['30', { error: 'time: missing unit in duration "30"' }],
  ['1h30', { error: 'time: missing unit in duration "1h30"' }],
  ['1x', { error: 'time: unknown unit "x" in duration "1x"' }],
  ['1toString', { error: 'time: unknown unit "toString" in duration "1toString"' }],
] as const) {
  test(`"${text}" is ${JSON.stringify(want)}`, () => assert.deepEqual(goDuration(text), want));
}
