// What describers print of data/describe.yaml against data/describe-1.33.txt, which kubectl 1.33 printed of the same objects
// (real-kubectl-describe.test.ts compares again where there is a kubectl).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { describedAll } from './describe-objects.ts';

test('every kind as kubectl 1.33 described it', () => {
  const file = join(import.meta.dirname, '..', '..', 'test', 'data', 'describe-1.33.txt');
  const nowSeconds = Date.parse('2026-11-21T12:00:00Z') / 1000;
  assert.equal(describedAll(33, nowSeconds), readFileSync(file, 'utf8'));
});
