// A sorted map must behave as a Map whose keys are sorted, and must not change what others still
// hold.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { byCodeUnit } from '../sim/table.ts';
import {
  emptySortedMap,
  type SortedMap,
  sortedDelete,
  sortedGet,
  sortedMapOf,
  sortedSet,
} from './sorted-map.ts';

type Step = readonly ['set' | 'delete', string, number];

const steps = fc.array(
  fc.tuple(
    fc.constantFrom('set' as const, 'set' as const, 'delete' as const),
    fc.integer({ min: 0, max: 1000 }).map((n) => `key${n}`),
    fc.nat(),
  ),
  { minLength: 250, maxLength: 500 },
);

function entries(map: SortedMap<number>): readonly (readonly [string, number])[] {
  return map.chunks.flatMap((chunk) =>
    chunk.keys.map((key, i) => [key, chunk.values[i] as number] as const),
  );
}

function mirrors(list: readonly Step[], set: typeof sortedSet<number>): void {
  const model = new Map<string, number>();
  let map = emptySortedMap<number>();
  let held = map;
  let before = entries(map);
  for (const [i, [kind, key, value]] of list.entries()) {
    if (i % 50 === 0) {
      assert.deepEqual(entries(held), before);
      held = map;
      before = entries(map);
    }
    if (kind === 'set') model.set(key, value);
    else model.delete(key);
    map = kind === 'set' ? set(map, key, value) : sortedDelete(map, key);
  }
  const want = [...model].sort(([a], [b]) => byCodeUnit(a, b));
  assert.deepEqual(entries(map), want);
  assert.equal(map.size, want.length);
  for (const [key, value] of want) assert.equal(sortedGet(map, key), value);
  assert.equal(sortedGet(map, 'nokey'), undefined);
}

test('a sorted map holds what a Map would, in order', () => {
  fc.assert(
    fc.property(steps, (list) => mirrors(list, sortedSet)),
    { numRuns: 20, endOnFailure: true },
  );
});

test('the property catches a map that forgets its last chunk', () => {
  const faulty: typeof sortedSet<number> = (map, key, value) => {
    const next = sortedSet(map, key, value);
    return next.chunks.length > 1 ? { ...next, chunks: next.chunks.slice(0, -1) } : next;
  };
  assert.throws(() =>
    fc.assert(
      fc.property(steps, (list) => mirrors(list, faulty)),
      { numRuns: 10, endOnFailure: true },
    ),
  );
});

test('a map made at once holds what one made step by step holds, and takes changes as well', () => {
  const model = new Map(
    Array.from({ length: 700 }, (_, i) => [`key${(i * 37) % 700}`, i] as const),
  );
  const want = [...model].sort(([a], [b]) => byCodeUnit(a, b));
  const map = sortedMapOf(model);
  assert.equal(map.size, 700);
  assert.deepEqual(entries(map), want);
  const without = sortedDelete(sortedSet(map, 'key5', -1), 'key6');
  assert.deepEqual([sortedGet(without, 'key5'), sortedGet(without, 'key6')], [-1, undefined]);
  assert.deepEqual(entries(sortedMapOf(new Map<string, number>())), []);
});
