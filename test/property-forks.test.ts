// Forks over random clusters and operations: whatever is done to a fork leaves its parent as it was, the other way round
// too, and a fork goes on exactly as a cluster that was never forked.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Cluster } from '../src/cluster/cluster.ts';
import { anyPicture, clusterOf, type Picture } from './arbitraries/cluster-picture.ts';
import { anyOperations, type Operation, operate } from './arbitraries/operation.ts';
import { checkCatches, checkProperty } from './check-property.ts';
import { dump } from './dump.ts';

const file = import.meta.filename;

const scene = anyPicture({ nodesMax: 3, servicesMax: 2 }).chain((picture) => {
  const operations = anyOperations(picture, 5);
  return fc.record({
    picture: fc.constant(picture),
    past: operations,
    forks: operations,
    parents: operations,
    seed: fc.nat(9999),
  });
});

function all(cluster: Cluster, picture: Picture, operations: readonly Operation[]): string {
  return operations.map((operation) => operate(cluster, picture, operation)).join('\n');
}

function forks(fork: (cluster: Cluster) => Cluster) {
  return fc.property(scene, ({ picture, past, forks, parents, seed }) => {
    const parent = clusterOf(picture, { seed });
    all(parent, picture, past);
    const before = dump(parent);
    const child = fork(parent);
    assert.equal(dump(child), before, 'a fork starts as its parent is');
    const childSaid = all(child, picture, forks);
    assert.equal(dump(parent), before, 'a fork changed its parent');
    const childAfter = dump(child);
    all(parent, picture, parents);
    assert.equal(dump(child), childAfter, 'a parent changed its fork');
    const alone = clusterOf(picture, { seed });
    all(alone, picture, past);
    assert.equal(all(alone, picture, forks), childSaid);
    assert.equal(dump(alone), childAfter, 'a fork goes on as if it were the only one');
  });
}

checkProperty(
  'a fork never changes its parent, nor a parent its fork',
  forks((c) => c.fork()),
  {
    file,
    runs: 15,
  },
);

checkCatches(
  'a fork that is its parent',
  forks((cluster) => cluster),
  { file, runs: 15 },
);

/** A fork that connects and looks up on its parent: flows and DNS caches are shared. */
function leaky(parent: Cluster): Cluster {
  const child = parent.fork();
  return new Proxy(child, {
    get(target, name) {
      const from: Cluster = name === 'connect' || name === 'conntrack' ? parent : target;
      const value: unknown = Reflect.get(from, name, from);
      return typeof value === 'function' ? value.bind(from) : value;
    },
  });
}

checkCatches('a fork that shares its flows with its parent', forks(leaky), { file, runs: 15 });
