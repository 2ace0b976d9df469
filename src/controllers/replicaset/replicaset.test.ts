// ReplicaSets on a control plane with kubelets: adoption and release, refused pods, batches, status.
// Facts from pkg/controller/replicaset/*_test.go.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReplicaSet } from '../../api/types.ts';
import { ControlPlane, refusing } from '../control-plane.fixture.ts';
import { replicaset } from './replicaset.ts';

type Spec = Readonly<Record<string, unknown>>;

function set(
  replicas: number,
  spec: Spec = {},
  labels: Spec = { app: 'web' },
  container: Spec = {},
): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'web', image: 'web:1', ...container }] },
      },
      ...spec,
    },
  };
}

function bare(name: string, labels: Spec): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels },
    spec: { containers: [{ name: 'web', image: 'web:0' }] },
  };
}

function at(minor: number): ControlPlane {
  const { spec } = new ControlPlane();
  return new ControlPlane({ spec: { ...spec, minor } });
}

function stored(on: ControlPlane): ReplicaSet {
  const found = on.server.get('ReplicaSet', 'default/web');
  assert.ok(found);
  return found;
}

function events(on: ControlPlane): readonly string[] {
  return on.server
    .rawList('Event', 'default')
    .filter((event) => (event['involvedObject'] as { kind: string }).kind === 'ReplicaSet')
    .map((event) => `${event['type']} ${event['reason']} ${event['message']} x${event['count']}`)
    .sort();
}

test('an orphan that matches is adopted and counts; its labels taken away, it is released', () => {
  const on = new ControlPlane();
  on.apply(bare('orphan', { app: 'web' }), bare('other', { app: 'x' }), set(2));
  const owner = (name: string) =>
    on.server.get('Pod', `default/${name}`)?.metadata.ownerReferences?.[0];
  assert.equal(owner('orphan')?.controller, true);
  assert.equal(owner('orphan')?.blockOwnerDeletion, true);
  assert.equal(owner('other'), undefined);
  assert.equal(on.pods().length, 3);
  on.server.patchPath('Pod', 'default/orphan', 'metadata.labels.app', 'debug');
  on.settle();
  assert.equal(owner('orphan'), undefined);
  assert.equal(on.pods().length, 4);
});

test('a pod that gets the labels later is adopted, and one too many goes', () => {
  const on = new ControlPlane();
  on.apply(set(2), bare('late', { app: 'x' }));
  on.server.patchPath('Pod', 'default/late', 'metadata.labels.app', 'web');
  on.settle();
  on.advance(10_000);
  const owned = on.index.ownedBy('Pod', stored(on).metadata.uid ?? '');
  assert.equal(owned.length, 2);
});

test('a set that is being deleted neither adopts nor makes pods', () => {
  const on = new ControlPlane();
  on.apply(set(1));
  const found = stored(on);
  on.server.update({ ...found, metadata: { ...found.metadata, finalizers: ['example.com/hold'] } });
  on.server.delete('ReplicaSet', 'default/web');
  on.server.scale('ReplicaSet', 'default/web', 3);
  on.apply(bare('orphan', { app: 'web' }));
  on.settle();
  assert.equal(on.server.get('Pod', 'default/orphan')?.metadata.ownerReferences, undefined);
  assert.equal(on.index.ownedBy('Pod', found.metadata.uid ?? '').length, 1);
});

test('pods are made in batches of 1, 2, 4 ...: the first one refused ends it', () => {
  const rows: readonly (readonly [refuseFrom: number, tried: number])[] = [
    [1, 1],
    [2, 3],
    [3, 3],
    [4, 7],
    [8, 10],
    [11, 10],
  ];
  for (const [from, tried] of rows) {
    const on = new ControlPlane({ all: [] });
    on.apply(set(10));
    const counts = refusing(on, (made) => made >= from);
    replicaset.sync('default/web', on.context('replicaset'));
    assert.equal(counts.tried, tried, `refused from ${from}`);
    assert.equal(on.pods().length, Math.min(from - 1, 10), `refused from ${from}`);
    assert.equal(stored(on).status?.conditions?.length ?? 0, from > 10 ? 0 : 1);
  }
});

test('a refused pod is an event and a condition; both end when pods are taken again', () => {
  const on = new ControlPlane();
  let closed = true;
  const counts = refusing(on, () => closed);
  on.apply(set(1));
  const why = 'pods "web-" is forbidden: no more';
  const [condition] = stored(on).status?.conditions ?? [];
  assert.deepEqual(condition, {
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime: '2026-01-01T00:00:00Z',
    reason: 'FailedCreate',
    message: why,
  });
  assert.match(
    events(on)[0] ?? '',
    /^Warning FailedCreate Error creating: pods "web-" is forbidden/,
  );
  const before = counts.tried;
  on.advance(10_000);
  assert.ok(counts.tried > before + 5, 'it is tried again');
  assert.ok(counts.tried < before + 40, 'with growing delays');
  closed = false;
  on.advance(1_000_000);
  assert.equal(on.pods().length, 1);
  assert.equal(stored(on).status?.conditions, undefined);
});

test('in a namespace that is being deleted nobody complains and nothing is tried again', () => {
  const on = new ControlPlane();
  on.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'old' } });
  const made = set(1) as { metadata: object };
  on.server.create({ ...made, metadata: { name: 'web', namespace: 'old' } } as never);
  const found = on.server.get('Namespace', 'old');
  assert.ok(found);
  on.server.update({ ...found, metadata: { ...found.metadata, finalizers: ['example.com/hold'] } });
  on.server.delete('Namespace', 'old');
  on.settle();
  assert.deepEqual(on.server.list('Pod', 'old'), []);
  assert.deepEqual(on.server.rawList('Event', 'old'), []);
});

test('the status counts what the selector matches, by the template too', () => {
  const on = at(34);
  on.apply(bare('orphan', { app: 'web' }), set(2, {}, { app: 'web', tier: 'front' }));
  assert.deepEqual(stored(on).status, {
    replicas: 2,
    fullyLabeledReplicas: 1,
    readyReplicas: 2,
    availableReplicas: 2,
    observedGeneration: 1,
  });
});

test('terminating pods are counted since 1.35', () => {
  for (const [minor, want] of [
    [34, undefined],
    [35, 1],
  ] as const) {
    const on = at(minor);
    const lifecycle = { preStop: { sleep: { seconds: 4 } } };
    on.apply(set(2, {}, { app: 'web' }, { lifecycle }));
    on.server.scale('ReplicaSet', 'default/web', 1);
    on.settle();
    const { replicas, terminatingReplicas } = stored(on).status ?? { replicas: 0 };
    assert.deepEqual([replicas, terminatingReplicas], [1, want], `1.${minor}`);
    on.advance(60_000);
    const after = stored(on).status?.terminatingReplicas;
    assert.equal(after, minor < 35 ? undefined : 0);
  }
});

test('minReadySeconds: ready at once, available later', () => {
  const on = at(34);
  on.apply(set(2, { minReadySeconds: 10 }));
  assert.equal(stored(on).status?.readyReplicas, 2);
  assert.equal(stored(on).status?.availableReplicas, undefined);
  on.advance(9999);
  assert.equal(stored(on).status?.availableReplicas, undefined);
  on.advance(1);
  assert.equal(stored(on).status?.availableReplicas, 2);
});

test('more than 500 pods are made 500 at a time', () => {
  const on = new ControlPlane({ all: [] });
  on.apply(set(501));
  const counts = refusing(on, () => false);
  replicaset.sync('default/web', on.context('replicaset'));
  assert.equal(counts.tried, 500);
});
