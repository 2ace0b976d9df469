// What a rollout promises at every committed state, in any order of the controllers' and kubelets' work: a rolling
// update keeps enough Pods available and asks for no more than the surge allows, and an OrderedReady StatefulSet never
// has two Pods on their way. The clock moves on while rollouts are under way.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AnyObject, Client, Pod, ReplicaSet, StatefulSet } from '../src/api/types.ts';
import { ControlPlane, webDeployment } from '../src/controllers/control-plane.fixture.ts';
import type { Controller } from '../src/controllers/controller.ts';
import { controllers } from '../src/controllers/controllers.ts';
import { maxReplicas, minAvailable } from '../src/controllers/deployment/limits.ts';
import { isReady } from '../src/controllers/pods.ts';
import { seeded } from '../src/sim/choices.ts';
import { checkCatches, checkProperty } from './check-property.ts';

const file = import.meta.filename;

type Faults = (client: Client) => Partial<Client>;

/** All controllers, one of which sees and writes through a client that lies. */
function spoiled(name: string, faults: Faults): readonly Controller[] {
  return controllers.map((one): Controller => {
    if (one.name !== name) return one;
    return {
      ...one,
      sync(key, context) {
        const client = { ...context.client, ...faults(context.client) };
        one.sync(key, { ...context, client });
      },
    };
  });
}

const probe = {
  readinessProbe: { httpGet: { path: '/', port: 80 }, initialDelaySeconds: 1, periodSeconds: 1 },
};
const limit = fc.oneof(fc.nat(3), fc.constantFrom('0%', '25%', '34%', '50%', '100%'));

const rollout = fc.record({
  replicas: fc.integer({ min: 1, max: 5 }),
  maxSurge: limit,
  maxUnavailable: limit,
  minReadySeconds: fc.constantFrom(0, 0, 2),
  /** Milliseconds between one change of the template and the next. */
  pauses: fc.array(fc.nat(4000), { minLength: 1, maxLength: 3 }),
  seed: fc.nat(9999),
});

const isZero = (value: number | string) => value === 0 || value === '0%';

function rolling(all: readonly Controller[] = controllers) {
  return fc.property(rollout, (given) => {
    const { maxSurge, replicas, minReadySeconds } = given;
    const maxUnavailable =
      isZero(maxSurge) && isZero(given.maxUnavailable) ? 1 : given.maxUnavailable;
    const plane = new ControlPlane({ order: seeded(given.seed), all });
    const made = webDeployment(replicas, probe) as AnyObject & { spec: object };
    const strategy = { rollingUpdate: { maxSurge, maxUnavailable } };
    plane.apply({ ...made, spec: { ...made.spec, strategy, minReadySeconds } });
    plane.advance(60_000);
    assert.equal(
      plane.server.get('Deployment', 'default/web')?.status?.availableReplicas,
      replicas,
    );
    plane.committed = () => keepsPromises(plane);
    given.pauses.forEach((ms, i) => {
      const path = 'spec.template.spec.containers[0].image';
      plane.server.patchPath('Deployment', 'default/web', path, `web:${i + 2}`);
      plane.settle();
      plane.advance(ms);
    });
    plane.advance(600_000);
    const { status } = plane.server.get('Deployment', 'default/web') ?? {};
    assert.equal(status?.updatedReplicas, replicas, 'the rollout comes to its end');
    assert.equal(status?.replicas, replicas);
  });
}

function keepsPromises({ server }: ControlPlane): void {
  const found = server.get('Deployment', 'default/web');
  if (found === undefined) return;
  const asked = server.list('ReplicaSet').reduce((sum, set) => sum + (set.spec.replicas ?? 0), 0);
  assert.ok(asked <= maxReplicas(found), `${asked} Pods asked for, ${maxReplicas(found)} allowed`);
  const ready = server
    .list('Pod')
    .filter((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined);
  assert.ok(
    ready.length >= minAvailable(found),
    `${ready.length} ready, ${minAvailable(found)} must be`,
  );
}

checkProperty('a rolling update keeps to its limits in every state', rolling(), { file, runs: 60 });

checkCatches(
  'a Deployment that takes Pods for available as soon as it asks for them',
  rolling(
    spoiled('deployment', (client) => ({
      get: (kind, key) => {
        const found = client.get(kind, key);
        if (found === undefined || kind !== 'ReplicaSet') return found;
        const set = found as ReplicaSet;
        const replicas = set.spec.replicas ?? 0;
        return { ...set, status: { replicas, availableReplicas: replicas } } as typeof found;
      },
    })),
  ),
  { file, runs: 60 },
);

checkCatches(
  'a Deployment that asks for one Pod too many',
  rolling(
    spoiled('deployment', (client) => ({
      create: (object) => {
        if (object.kind !== 'ReplicaSet') return client.create(object);
        const set = object as unknown as ReplicaSet;
        const replicas = (set.spec.replicas ?? 0) + 1;
        return client.create({
          ...set,
          spec: { ...set.spec, replicas },
        }) as unknown as typeof object;
      },
    })),
  ),
  { file, runs: 60 },
);

const change = fc.oneof(
  fc.record({ kind: fc.constant('scale' as const), replicas: fc.nat(4) }),
  fc.record({
    kind: fc.constant('image' as const),
    image: fc.constantFrom('db:1', 'db:2', 'db:3'),
  }),
  fc.record({ kind: fc.constant('delete' as const), ordinal: fc.nat(3) }),
  fc.record({ kind: fc.constant('partition' as const), partition: fc.nat(3) }),
);

const ordered = fc.record({
  replicas: fc.integer({ min: 1, max: 4 }),
  minReadySeconds: fc.constantFrom(0, 0, 2),
  changes: fc.array(fc.tuple(change, fc.nat(6000)), { minLength: 1, maxLength: 5 }),
  seed: fc.nat(9999),
});

function statefulSet(replicas: number, minReadySeconds: number): object {
  const labels = { app: 'db' };
  const containers = [{ name: 'db', image: 'db:1', ports: [{ containerPort: 80 }], ...probe }];
  const template = { metadata: { labels }, spec: { containers } };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'default' },
    spec: {
      replicas,
      minReadySeconds,
      serviceName: 'db',
      selector: { matchLabels: labels },
      template,
    },
  };
}

function oneAtATime(all: readonly Controller[] = controllers) {
  return fc.property(ordered, ({ replicas, minReadySeconds, changes, seed }) => {
    const plane = new ControlPlane({ order: seeded(seed), all });
    plane.committed = () => isInOrder(plane);
    plane.apply(statefulSet(replicas, minReadySeconds));
    for (const [one, ms] of changes) {
      if (one.kind === 'delete') removeAlone(plane, one.ordinal);
      else plane.server.patchPath('StatefulSet', 'default/db', ...patchOf(one));
      plane.settle();
      plane.advance(ms);
    }
    plane.advance(600_000);
    const { spec, status } = plane.server.get('StatefulSet', 'default/db') as StatefulSet;
    assert.equal(status?.availableReplicas, spec.replicas, 'all Pods come up in the end');
    assert.equal(status?.replicas, spec.replicas);
  });
}

type Patched = Exclude<
  typeof change extends fc.Arbitrary<infer T> ? T : never,
  { readonly kind: 'delete' }
>;

function patchOf(one: Patched): [path: string, value: unknown] {
  if (one.kind === 'scale') return ['spec.replicas', one.replicas];
  if (one.kind === 'image') return ['spec.template.spec.containers[0].image', one.image];
  return ['spec.updateStrategy.rollingUpdate.partition', one.partition];
}

/** Somebody deletes a Pod, but only where nothing else is on its way: two at once would be theirs. */
function removeAlone(plane: ControlPlane, ordinal: number): void {
  const key = `default/db-${ordinal}`;
  const pods = plane.server.list('Pod');
  const wanted = plane.server.get('StatefulSet', 'default/db')?.spec.replicas ?? 0;
  const calm = pods.length === wanted && pods.every(isSettled);
  if (calm && plane.server.get('Pod', key) !== undefined) plane.server.delete('Pod', key);
}

function isSettled(pod: Pod): boolean {
  return isReady(pod) && pod.metadata.deletionTimestamp === undefined;
}

function isInOrder({ server }: ControlPlane): void {
  const pods = server.list('Pod');
  const moving = pods.filter((pod) => !isSettled(pod)).map((pod) => pod.metadata.name);
  assert.ok(moving.length <= 1, `on their way at once: ${moving.join(', ')}`);
}

checkProperty('an OrderedReady StatefulSet moves one Pod at a time', oneAtATime(), {
  file,
  runs: 60,
});

checkCatches(
  'a StatefulSet controller that takes every set for Parallel',
  oneAtATime(
    spoiled('statefulset', (client) => ({
      get: (kind, key) => {
        const found = client.get(kind, key);
        if (found === undefined || kind !== 'StatefulSet') return found;
        const set = found as StatefulSet;
        const spec = { ...set.spec, podManagementPolicy: 'Parallel' };
        return { ...set, spec } as typeof found;
      },
    })),
  ),
  { file, runs: 60 },
);

/** Everything that is stored, names and uids included, after one rollout of each kind. */
function bytes(seed: number): string {
  const plane = new ControlPlane({ order: seeded(seed) });
  plane.apply(webDeployment(3), statefulSet(2, 0));
  for (const [kind, key] of [
    ['Deployment', 'default/web'],
    ['StatefulSet', 'default/db'],
  ] as const) {
    plane.server.patchPath(kind, key, 'spec.template.spec.containers[0].image', 'other:2');
  }
  plane.settle();
  plane.advance(60_000);
  return JSON.stringify(plane.server.kinds().map((kind) => plane.server.rawList(kind)));
}

function repeats(shift: number) {
  return fc.property(fc.nat(9999), (seed) => assert.equal(bytes(seed), bytes(seed + shift)));
}

checkProperty('the same seed gives the same bytes of workloads', repeats(0), { file, runs: 8 });
checkCatches('another seed', repeats(1), { file, runs: 8 });
