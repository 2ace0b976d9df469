// Patches and selectors against what Kubernetes' own libraries answered: test/data/patch-vectors.ndjson was written by a
// program that called apimachinery v0.34.1 (strategicpatch, jsonmergepatch, labels) and json-patch 4.12 on random input.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseSelector, selects } from '../label-selector.ts';
import { PatchError } from './errors.ts';
import { jsonPatch } from './json-patch.ts';
import { mergePatch } from './merge.ts';
import { type Fields, strategicPatch } from './strategic.ts';
import { threeWayMergePatch, threeWayPatch } from './three-way.ts';

interface Vector {
  readonly op: 'three' | 'threejson' | 'strategic' | 'merge' | 'json' | 'labels';
  readonly kind?: string;
  readonly original?: Fields;
  readonly modified?: Fields;
  readonly current?: Fields;
  readonly patch?: unknown;
  readonly text?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly result?: unknown;
  readonly error?: string;
}

const vectors = readFileSync('test/data/patch-vectors.ndjson', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector);

function answer(vector: Vector): unknown {
  const { op, kind = '', original = {}, modified = {}, current = {}, patch, text = '' } = vector;
  switch (op) {
    case 'three':
      return threeWayPatch(original, modified, current, kind);
    case 'threejson':
      return threeWayMergePatch(original, modified, current);
    case 'strategic':
      return strategicPatch(original, patch as Fields, kind);
    case 'merge':
      return mergePatch(original, patch);
    case 'json':
      return jsonPatch(original, patch);
    case 'labels': {
      const requirements = parseSelector(text);
      if (typeof requirements === 'string') throw new PatchError(requirements);
      return selects(requirements, vector.labels);
    }
  }
}

for (const [i, vector] of vectors.entries()) {
  test(`${vector.op} vector ${i}${vector.error === undefined ? '' : ': refused'}`, () => {
    const before = JSON.stringify(vector);
    let got: { result?: unknown; error?: string };
    try {
      got = { result: answer(vector) };
    } catch (error) {
      if (!(error instanceof PatchError)) throw error;
      got = { error: error.message };
    }
    const { result, error } = vector;
    assert.deepEqual(got, error === undefined ? { result } : { error });
    assert.equal(JSON.stringify(vector), before, 'nothing given is changed');
  });
}

test('the vectors cover every operation, applied and refused', () => {
  const count = (op: string, refused: boolean) =>
    vectors.filter((one) => one.op === op && (one.error !== undefined) === refused).length;
  for (const op of ['three', 'strategic', 'json', 'labels']) {
    assert.ok(count(op, true) > 1 && count(op, false) > 5, op);
  }
  assert.ok(count('merge', false) > 4 && count('threejson', false) > 4);
});
