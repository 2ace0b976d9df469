// Any order of the controllers' work comes to the same state: random clusters are made and changed with the order of
// everything that may be reordered drawn at random, and compared with the plain order. What order may change (uids,
// resource versions, random name suffixes, the order of endpoints in a slice) is taken out first; every address and
// Pod name that is drawn by turns is pinned by the picture.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AnyObject } from '../src/api/types.ts';
import type { Cluster } from '../src/cluster/cluster.ts';
import { seeded } from '../src/sim/choices.ts';
import { byCodeUnit } from '../src/sim/table.ts';
import {
  anyPicture,
  clusterOf,
  endpointsOf,
  type Picture,
  serviceName,
} from './arbitraries/cluster-picture.ts';
import { checkCatches, checkProperty } from './check-property.ts';
import { rulesText } from './dump.ts';

const file = import.meta.filename;

/** Drawn at random (a container's ID is made of its Pod's uid) or counted per write. */
const drawn = new Set([
  ...['uid', 'containerID'],
  ...['resourceVersion', 'generation', 'observedGeneration'],
]);
/** Follows from how many syncs a change came in, upstream too (endpointslice/util/trigger_time_tracker.go says so). */
drawn.add('endpoints.kubernetes.io/last-change-trigger-time');
/** Lists without an order of their own. */
const unordered = new Set(['endpoints', 'conditions', 'ownerReferences']);

/** Annotations none of which is compared: as if there were none. */
function isDrawn(annotations: object): boolean {
  return Object.keys(annotations).every((name) => drawn.has(name));
}

function normal(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => normal(item));
    if (!unordered.has(key)) return items;
    return items
      .map((item) => [JSON.stringify(item), item] as const)
      .sort(([a], [b]) => byCodeUnit(a, b))
      .map(([, item]) => item);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([name, item]) => !drawn.has(name) && !(name === 'annotations' && isDrawn(item)))
    .sort(([a], [b]) => byCodeUnit(a, b));
  return Object.fromEntries(entries.map(([name, item]) => [name, normal(item, name)]));
}

/** A slice's suffix is drawn at random. */
function named(object: AnyObject): AnyObject {
  const { generateName } = object.metadata;
  if (object.kind !== 'EndpointSlice' || generateName === undefined) return object;
  return { ...object, metadata: { ...object.metadata, name: generateName } };
}

function stateOf(cluster: Cluster): string {
  const { objects } = cluster;
  const stored = objects
    .kinds()
    .filter((kind) => kind !== 'Event')
    .flatMap((kind) =>
      objects.rawList(kind).map((object) => JSON.stringify(normal(named(object)), null, 1)),
    );
  return [...stored.sort(byCodeUnit), rulesText(cluster)].join('\n');
}

type Change =
  | { readonly kind: 'readiness'; readonly key: string; readonly ready: boolean }
  | { readonly kind: 'delete'; readonly of: 'Service' | 'Pod'; readonly key: string }
  | { readonly kind: 'to zero'; readonly key: string }
  | { readonly kind: 'port'; readonly key: string };

function changesOf(picture: Picture): readonly Change[] {
  return picture.services.flatMap(({ backends }, s): Change[] => {
    const service = `demo/${serviceName(s)}`;
    const pods = endpointsOf(picture, s).flatMap(({ machine }) =>
      machine.startsWith('pod/') ? [machine.slice('pod/'.length)] : [],
    );
    return [
      { kind: 'delete', of: 'Service', key: service },
      { kind: 'port', key: service },
      ...pods.map((key) => ({ kind: 'readiness' as const, key, ready: false })),
      ...pods.map((key) => ({ kind: 'readiness' as const, key, ready: true })),
      ...(backends ?? []).map(({ workload }, b): Change => {
        const key = `${service}-${b}`;
        return workload === 'pod' ? { kind: 'delete', of: 'Pod', key } : { kind: 'to zero', key };
      }),
    ];
  });
}

function change(cluster: Cluster, one: Change): void {
  const { objects } = cluster;
  switch (one.kind) {
    case 'readiness': {
      if (objects.raw('Pod', one.key) === undefined) return;
      cluster.happen('Pod', one.key, one.ready ? 'becomes ready' : 'stops being ready');
      return;
    }
    case 'delete':
      if (objects.raw(one.of, one.key) !== undefined) cluster.delete(one.of, one.key);
      return;
    case 'to zero':
      cluster.scale('Deployment', one.key, 0);
      return;
    case 'port':
      if (objects.raw('Service', one.key) === undefined) return;
      cluster.set('Service', one.key, 'spec.ports[0].port', 8888);
  }
}

const scene = anyPicture({ nodesMax: 3, servicesMax: 2 }).chain((picture) =>
  fc.record({
    picture: fc.constant(picture),
    changes: fc.array(fc.constantFrom(...changesOf(picture)), { maxLength: 4 }),
    seed: fc.nat(9999),
  }),
);

function order(spoil: (cluster: Cluster) => void) {
  return fc.property(scene, ({ picture, changes, seed }) => {
    const plain = clusterOf(picture);
    const explored = clusterOf(picture, { choices: seeded(seed, true) });
    assert.equal(stateOf(explored), stateOf(plain), 'after the start');
    spoil(explored);
    for (const one of changes) {
      change(plain, one);
      change(explored, one);
      assert.equal(stateOf(explored), stateOf(plain), JSON.stringify(one));
    }
  });
}

checkProperty(
  'any order of controller work comes to the same state',
  order(() => {}),
  {
    file,
    runs: 15,
  },
);

checkCatches(
  'a proxy that misses what comes late',
  order((cluster) => cluster.setComponent({ kind: 'kube-proxy', node: null }, 'stops')),
  { file, runs: 25 },
);

checkCatches(
  'endpoint controllers that miss what comes late',
  order((cluster) => cluster.setComponent({ kind: 'endpoint-controllers' }, 'stops')),
  { file, runs: 25 },
);

test('the explored orders are other orders: some object is written at another time', () => {
  const picture: Picture = {
    nodes: 2,
    services: [
      {
        type: 'ClusterIP',
        internal: 'Cluster',
        external: 'Cluster',
        affinity: null,
        hasExternalIP: false,
        ports: [{ name: '', protocol: 'TCP', port: 80, target: 8080 }],
        backends: [1, 2, 2].map((node) => ({ node, state: 'ready', workload: 'deployment' })),
      },
    ],
  };
  const versions = (cluster: Cluster) =>
    cluster.objects.rawList('Pod').map(({ metadata }) => metadata.resourceVersion);
  const plain = versions(clusterOf(picture));
  const others = [1, 2, 3].map((seed) =>
    versions(clusterOf(picture, { choices: seeded(seed, true) })),
  );
  assert.ok(others.every((other) => other.join() !== plain.join()));
});
