import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LeastLoaded } from './least-loaded.ts';

const counts = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 20 });
const changes = fc.array(fc.tuple(fc.nat(19), fc.integer({ min: 0, max: 4 })), { maxLength: 30 });

/** The plain way: sorted by count, ties as given. */
function plain(names: readonly string[], countOf: ReadonlyMap<string, number>): readonly string[] {
  const count = (name: string) => countOf.get(name) ?? 0;
  return names
    .map((name, place) => ({ name, place }))
    .sort((a, b) => count(a.name) - count(b.name) || a.place - b.place)
    .map(({ name }) => name);
}

function readsAlike(follow: (tree: LeastLoaded, name: string, count: number) => void) {
  return fc.property(counts, changes, (first, later) => {
    const names = first.map((_count, i) => `n${i}`);
    const countOf = new Map(names.map((name, i) => [name, first[i] ?? 0]));
    const tree = new LeastLoaded(names, (name) => countOf.get(name) ?? 0);
    for (const [at, count] of later) {
      const name = `n${at}`;
      if (countOf.has(name)) countOf.set(name, count);
      follow(tree, name, count);
    }
    assert.deepEqual([...tree.ascending()], plain(names, countOf));
  });
}

test('the tree reads as a stable sort by count, after any changes', () => {
  fc.assert(readsAlike((tree, name, count) => tree.set(name, count)));
});

test('a tree that misses a change is noticed', () => {
  const deaf = (tree: LeastLoaded, name: string, count: number) => {
    if (name !== 'n1') tree.set(name, count);
  };
  assert.throws(() => fc.assert(readsAlike(deaf), { numRuns: 1000 }));
});
