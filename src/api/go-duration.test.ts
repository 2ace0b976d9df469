// time.Duration's String, as Go prints it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatGoDuration } from './go-duration.ts';

for (const [ms, want] of [
  [0, '0s'],
  [500, '500ms'],
  [1_500, '1.5s'],
  [30_000, '30s'],
  [60_000, '1m0s'],
  [3_600_500, '1h0m0.5s'],
] as const) {
  test(`${ms} ms is ${want}`, () => assert.equal(formatGoDuration(ms), want));
}
