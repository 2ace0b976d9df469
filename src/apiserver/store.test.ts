// Lists stay sorted and forks apart, however writes, reads and forks follow each other.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnyObject } from '../api/types.ts';
import { nowhere } from './provenance.ts';
import { Store } from './store.ts';

function object(name: string, version: number): AnyObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, resourceVersion: String(version) } };
}

/** What is stored, as a plain sorted list. */
function expected(names: ReadonlyMap<string, number>): readonly string[] {
  return [...names.keys()].sort().map((name) => `${name}@${names.get(name)}`);
}

function shown(store: Store): readonly string[] {
  return store.list('Pod', 'demo').map(({ metadata: { name, resourceVersion } }) => {
    return `${name}@${resourceVersion}`;
  });
}

function put(store: Store, names: Map<string, number>, name: string, version: number): void {
  store.put('Pod', `demo/${name}`, { object: object(name, version), from: nowhere });
  names.set(name, version);
}

test('a list is sorted by name after additions, changes and removals in any order', () => {
  const store = new Store();
  const names = new Map<string, number>();
  for (let i = 0; i < 500; i++) {
    const name = `p${(i * 7919) % 101}`;
    if (i % 5 === 3) {
      store.remove('Pod', `demo/${name}`);
      names.delete(name);
    } else put(store, names, name, i);
    if (i % 3 === 0) assert.deepEqual(shown(store), expected(names));
  }
  assert.deepEqual(shown(store), expected(names));
  assert.deepEqual(store.list('Pod'), store.list('Pod', 'demo'));
});

test('a list that was given out stays as it was', () => {
  const store = new Store();
  put(store, new Map(), 'b', 1);
  const before = store.list('Pod', 'demo');
  put(store, new Map(), 'a', 2);
  put(store, new Map(), 'b', 3);
  store.remove('Pod', 'demo/a');
  assert.deepEqual(before, [object('b', 1)]);
  assert.deepEqual(store.list('Pod', 'demo'), [object('b', 3)]);
});

test('forks do not see what the other side adds, changes or removes, nor does a list of one side', () => {
  const store = new Store();
  const names = new Map<string, number>();
  for (const name of ['c', 'a', 'b']) put(store, names, name, 1);
  const copy = store.fork();
  const others = new Map(names);
  put(copy, others, 'aa', 2);
  assert.deepEqual(shown(store), expected(names));
  put(store, names, 'd', 3);
  put(copy, others, 'b', 4);
  store.remove('Pod', 'demo/c');
  names.delete('c');
  assert.deepEqual(shown(copy), expected(others));
  assert.deepEqual(shown(store), expected(names));
});
