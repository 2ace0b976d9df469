// StatefulSets end to end on a control plane with kubelets: order, names, claims, revisions, and what stops them.
// Facts from pkg/controller/statefulset/*_test.go.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnyObject, StatefulSet } from '../../api/types.ts';
import { ControlPlane } from '../control-plane.fixture.ts';
import { statefulset } from './statefulset.ts';

type Spec = Readonly<Record<string, unknown>>;

function set(spec: Spec, container: Spec = {}): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'default', annotations: { note: 'x' } },
    spec: {
      replicas: 3,
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      template: {
        metadata: { labels: { app: 'db' } },
        spec: { containers: [{ name: 'db', image: 'db:1', ...container }] },
      },
      ...spec,
    },
  };
}

const probed = { readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 1 } };
const claimTemplate = {
  metadata: { name: 'data', labels: { tier: 'store' } },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
};

function plane(spec: Spec = {}, container: Spec = {}, minor = 34): ControlPlane {
  const made = new ControlPlane();
  const other = new ControlPlane({ spec: { ...made.spec, minor } });
  other.apply(set(spec, container));
  return other;
}

function stored(on: ControlPlane): StatefulSet {
  const found = on.server.get('StatefulSet', 'default/db');
  assert.ok(found);
  return found;
}

function image(on: ControlPlane, to: string): void {
  on.server.patchPath('StatefulSet', 'default/db', 'spec.template.spec.containers[0].image', to);
  on.settle();
}

function images(on: ControlPlane): readonly string[] {
  return on.server
    .list('Pod')
    .map((pod) => `${pod.metadata.name} ${pod.spec.containers[0]?.image}`);
}

function events(on: ControlPlane): readonly string[] {
  return on.server
    .rawList('Event', 'default')
    .filter((event) => (event['involvedObject'] as { kind: string }).kind === 'StatefulSet')
    .map((event) => `${event['type']} ${event['reason']} ${event['message']}`)
    .sort();
}

function revisions(on: ControlPlane): readonly (readonly [name: string, number: number])[] {
  return on.server
    .list('ControllerRevision')
    .map((one) => [one.metadata.name, one.revision] as const)
    .sort((a, b) => a[1] - b[1]);
}

test('a Pod has a name, labels, hostname and subdomain that stay', () => {
  const pod = plane().server.get('Pod', 'default/db-1');
  const { currentRevision: revision = '' } = stored(plane()).status ?? {};
  assert.deepEqual(pod?.metadata.labels, {
    app: 'db',
    'apps.kubernetes.io/pod-index': '1',
    'controller-revision-hash': revision,
    'statefulset.kubernetes.io/pod-name': 'db-1',
  });
  assert.equal(pod?.spec.hostname, 'db-1');
  assert.equal(pod?.spec.subdomain, 'db');
});

test('the status of a settled set has what Go writes', () => {
  const { status } = stored(plane());
  const { currentRevision } = status ?? {};
  assert.deepEqual(status, {
    observedGeneration: 1,
    replicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    currentReplicas: 3,
    updatedReplicas: 3,
    currentRevision,
    updateRevision: currentRevision,
    collisionCount: 0,
  });
  assert.match(currentRevision ?? '', /^db-[456789bcdf]{1,10}$/);
});

test('its ControllerRevision carries the template, labels, annotations and owner', () => {
  const [revision] = plane().server.list('ControllerRevision');
  assert.equal(revision?.revision, 1);
  assert.equal(revision?.metadata.labels?.['app'], 'db');
  assert.equal(revision?.metadata.annotations?.['note'], 'x');
  assert.equal(revision?.metadata.ownerReferences?.[0]?.kind, 'StatefulSet');
  const data = revision?.data as { spec: { template: Spec } };
  assert.equal(data.spec.template['$patch'], 'replace');
});

test('OrderedReady makes one Pod after the other, each when all before are ready', () => {
  const on = new ControlPlane();
  for (const name of ['db-0', 'db-1', 'db-2']) on.probes.set(`default/${name}`, false);
  on.apply(set({}, probed));
  assert.deepEqual(on.pods(), ['db-0']);
  on.probes.set('default/db-0', true);
  on.advance(3000);
  assert.deepEqual(on.pods(), ['db-0', 'db-1']);
  on.probes.clear();
  on.advance(6000);
  assert.deepEqual(on.pods(), ['db-0', 'db-1', 'db-2']);
});

test('Parallel makes all at once, and removes all at once', () => {
  const on = new ControlPlane();
  for (const name of ['db-0', 'db-1', 'db-2']) on.probes.set(`default/${name}`, false);
  on.apply(set({ podManagementPolicy: 'Parallel' }, probed));
  assert.deepEqual(on.pods(), ['db-0', 'db-1', 'db-2']);
  on.server.scale('StatefulSet', 'default/db', 0);
  on.settle();
  on.advance(40_000);
  assert.deepEqual(on.pods(), []);
});

test('minReadySeconds holds the next Pod back', () => {
  const on = new ControlPlane();
  on.apply(set({ minReadySeconds: 10 }));
  assert.deepEqual(on.pods(), ['db-0']);
  on.advance(9999);
  assert.deepEqual(on.pods(), ['db-0']);
  on.advance(1);
  assert.deepEqual(on.pods(), ['db-0', 'db-1']);
  assert.equal(stored(on).status?.availableReplicas, 1);
  assert.equal(stored(on).status?.readyReplicas, 2);
});

test('before 1.34 a Pod is available a second later', () => {
  const on = plane({ minReadySeconds: 10 }, {}, 33);
  on.advance(10_999);
  assert.deepEqual(on.pods(), ['db-0']);
  on.advance(1);
  assert.deepEqual(on.pods(), ['db-0', 'db-1']);
});

test('ordinals begin at spec.ordinals.start; moving it moves the Pods', () => {
  const on = plane({ ordinals: { start: 5 }, replicas: 2 });
  assert.deepEqual(on.pods(), ['db-5', 'db-6']);
  on.server.patchPath('StatefulSet', 'default/db', 'spec.ordinals.start', 6);
  on.settle();
  on.advance(40_000);
  assert.deepEqual(on.pods(), ['db-6', 'db-7']);
});

test('scaling down goes from the top, and not past a Pod that is not ready', () => {
  const on = plane({}, probed);
  on.probes.set('default/db-0', false);
  on.advance(4000);
  on.server.scale('StatefulSet', 'default/db', 1);
  on.settle();
  on.advance(40_000);
  assert.deepEqual(on.pods(), ['db-0', 'db-1', 'db-2']);
  on.probes.clear();
  on.advance(40_000);
  assert.deepEqual(on.pods(), ['db-0']);
});

test('a rolling update goes from the top and moves currentRevision when it is through', () => {
  const on = plane();
  const before = stored(on).status?.currentRevision;
  image(on, 'db:2');
  on.advance(100_000);
  assert.deepEqual(images(on), ['db-0 db:2', 'db-1 db:2', 'db-2 db:2']);
  const { status } = stored(on);
  assert.notEqual(status?.currentRevision, before);
  assert.equal(status?.currentRevision, status?.updateRevision);
  const deleted = events(on).filter((text) => text.includes('SuccessfulDelete'));
  assert.deepEqual(deleted, [
    'Normal SuccessfulDelete delete Pod db-0 in StatefulSet db successful',
    'Normal SuccessfulDelete delete Pod db-1 in StatefulSet db successful',
    'Normal SuccessfulDelete delete Pod db-2 in StatefulSet db successful',
  ]);
});

test('a partition keeps the lower ordinals, also when such a Pod is made again', () => {
  const on = plane({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } });
  image(on, 'db:2');
  on.advance(100_000);
  assert.deepEqual(images(on), ['db-0 db:1', 'db-1 db:1', 'db-2 db:2']);
  const { status } = stored(on);
  assert.equal(status?.currentReplicas, 2);
  assert.equal(status?.updatedReplicas, 1);
  assert.notEqual(status?.currentRevision, status?.updateRevision);
  on.server.delete('Pod', 'default/db-0');
  on.settle();
  on.advance(40_000);
  assert.deepEqual(images(on), ['db-0 db:1', 'db-1 db:1', 'db-2 db:2']);
});

test('OnDelete replaces a Pod when somebody deletes it', () => {
  const on = plane({ updateStrategy: { type: 'OnDelete' } });
  image(on, 'db:2');
  on.advance(40_000);
  assert.deepEqual(images(on), ['db-0 db:1', 'db-1 db:1', 'db-2 db:1']);
  on.server.delete('Pod', 'default/db-1');
  on.settle();
  on.advance(40_000);
  assert.deepEqual(images(on), ['db-0 db:1', 'db-1 db:2', 'db-2 db:1']);
});

test('a Pod that never gets ready stops the update, also after the template is put right', () => {
  const on = plane({}, probed);
  on.probes.set('default/db-2', false);
  image(on, 'db:broken');
  on.advance(60_000);
  assert.deepEqual(images(on), ['db-0 db:1', 'db-1 db:1', 'db-2 db:broken']);
  image(on, 'db:1');
  on.advance(60_000);
  assert.deepEqual(images(on), ['db-0 db:1', 'db-1 db:1', 'db-2 db:broken']);
  on.server.delete('Pod', 'default/db-2');
  on.probes.clear();
  on.advance(60_000);
  assert.deepEqual(images(on), ['db-0 db:1', 'db-1 db:1', 'db-2 db:1']);
});

test('going back to a template gives its revision the next number and makes no new one', () => {
  const on = plane();
  const [[first]] = revisions(on) as [readonly [string, number]];
  image(on, 'db:2');
  on.advance(100_000);
  const second = revisions(on)[1]?.[0];
  image(on, 'db:1');
  on.advance(100_000);
  assert.deepEqual(revisions(on), [
    [second, 2],
    [first, 3],
  ]);
  assert.equal(stored(on).status?.currentRevision, first);
});

test('revisionHistoryLimit keeps so many besides those in use', () => {
  const on = plane({ revisionHistoryLimit: 1, replicas: 1 });
  for (const to of ['db:2', 'db:3', 'db:4']) {
    image(on, to);
    on.advance(60_000);
  }
  assert.deepEqual(
    revisions(on).map(([, number]) => number),
    [3, 4],
  );
});

test('a Pod that has ended is deleted and made again', () => {
  const on = plane({ replicas: 1 });
  const pod = on.server.get('Pod', 'default/db-0');
  assert.ok(pod);
  on.server.updateStatus({ ...pod, status: { ...pod.status, phase: 'Failed' } });
  on.settle();
  on.advance(40_000);
  assert.notEqual(on.server.get('Pod', 'default/db-0')?.metadata.uid, pod.metadata.uid);
  assert.equal(on.server.get('Pod', 'default/db-0')?.status?.phase, 'Running');
});

test('an orphan of a fitting name is adopted, one of another name is left alone', () => {
  const on = new ControlPlane();
  const orphan = (name: string): object => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app: 'db' } },
    spec: { containers: [{ name: 'db', image: 'db:0' }] },
  });
  on.apply(orphan('db-0'), orphan('other-0'), set({ replicas: 1 }));
  on.advance(60_000);
  const owner = (name: string) =>
    on.server.get('Pod', `default/${name}`)?.metadata.ownerReferences?.[0]?.name;
  assert.equal(owner('db-0'), 'db');
  assert.equal(owner('other-0'), undefined);
});

test('a name that somebody else holds is tried again with growing delays, without an event', () => {
  const on = new ControlPlane();
  const other = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'db-0', namespace: 'default', labels: { app: 'x' } },
    spec: { containers: [{ name: 'db', image: 'x' }] },
  };
  on.apply(other, set({ replicas: 1 }));
  assert.deepEqual(events(on), []);
  on.server.delete('Pod', 'default/db-0', { gracePeriodSeconds: 0 });
  on.settle();
  on.advance(40_000);
  assert.equal(on.server.get('Pod', 'default/db-0')?.metadata.labels?.['app'], 'db');
});

test('claims are made before the Pod, named after template, set and ordinal, and stay', () => {
  const on = plane({ replicas: 2, volumeClaimTemplates: [claimTemplate] });
  const claims = () => on.server.list('PersistentVolumeClaim').map((one) => one.metadata.name);
  assert.deepEqual(claims(), ['data-db-0', 'data-db-1']);
  const [claim] = on.server.list('PersistentVolumeClaim');
  assert.deepEqual(claim?.metadata.labels, { tier: 'store', app: 'db' });
  assert.equal(claim?.metadata.ownerReferences, undefined);
  assert.deepEqual(on.server.get('Pod', 'default/db-1')?.spec.volumes, [
    { name: 'data', persistentVolumeClaim: { claimName: 'data-db-1' } },
  ]);
  assert.deepEqual(events(on).slice(0, 2), [
    'Normal SuccessfulCreate create Claim data-db-0 Pod db-0 in StatefulSet db success',
    'Normal SuccessfulCreate create Claim data-db-1 Pod db-1 in StatefulSet db success',
  ]);
  on.server.scale('StatefulSet', 'default/db', 1);
  on.settle();
  on.advance(40_000);
  on.server.delete('StatefulSet', 'default/db');
  on.settle();
  assert.deepEqual(claims(), ['data-db-0', 'data-db-1']);
  assert.deepEqual(on.server.list('ControllerRevision'), []);
});

test('claim templates get their defaults, and applying them again changes nothing', () => {
  const on = plane({ volumeClaimTemplates: [claimTemplate] });
  assert.deepEqual(stored(on).spec.volumeClaimTemplates, [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      ...claimTemplate,
      spec: { ...claimTemplate.spec, volumeMode: 'Filesystem' },
      status: { phase: 'Pending' },
    },
  ]);
  const { generation } = stored(on).metadata;
  on.server.update({ ...stored(on), ...set({ volumeClaimTemplates: [claimTemplate] }) });
  assert.equal(stored(on).metadata.generation, generation);
});

test('events begin with a capital since 1.35', () => {
  assert.deepEqual(events(plane({ replicas: 1, volumeClaimTemplates: [claimTemplate] }, {}, 35)), [
    'Normal SuccessfulCreate Create Claim data-db-0 Pod db-0 in StatefulSet db success',
    'Normal SuccessfulCreate Create Pod db-0 in StatefulSet db successful',
  ]);
});

const retention: readonly {
  readonly name: string;
  readonly policy: Spec;
  readonly afterScale: readonly string[];
  readonly afterDelete: readonly string[];
}[] = [
  {
    name: 'Retain, Retain',
    policy: { whenScaled: 'Retain', whenDeleted: 'Retain' },
    afterScale: ['data-db-0', 'data-db-1'],
    afterDelete: ['data-db-0', 'data-db-1'],
  },
  {
    name: 'Delete when scaled',
    policy: { whenScaled: 'Delete', whenDeleted: 'Retain' },
    afterScale: ['data-db-0'],
    afterDelete: ['data-db-0'],
  },
  {
    name: 'Delete when deleted',
    policy: { whenScaled: 'Retain', whenDeleted: 'Delete' },
    afterScale: ['data-db-0', 'data-db-1'],
    afterDelete: [],
  },
  {
    name: 'Delete, Delete',
    policy: { whenScaled: 'Delete', whenDeleted: 'Delete' },
    afterScale: ['data-db-0'],
    afterDelete: [],
  },
];
for (const { name, policy, afterScale, afterDelete } of retention) {
  test(`claims under the retention policy ${name}`, () => {
    const on = plane({
      replicas: 2,
      volumeClaimTemplates: [claimTemplate],
      persistentVolumeClaimRetentionPolicy: policy,
    });
    const claims = () => on.server.list('PersistentVolumeClaim').map((one) => one.metadata.name);
    on.server.scale('StatefulSet', 'default/db', 1);
    on.settle();
    on.advance(40_000);
    assert.deepEqual(claims(), afterScale);
    on.server.delete('StatefulSet', 'default/db');
    on.settle();
    on.advance(40_000);
    assert.deepEqual(claims(), afterDelete);
  });
}

test('a claim that is being deleted keeps its Pod from being made, and the event says so', () => {
  const on = new ControlPlane();
  const held = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data-db-0', namespace: 'default', finalizers: ['example.com/hold'] },
    spec: claimTemplate.spec,
  };
  on.server.create(held as unknown as AnyObject);
  on.server.delete('PersistentVolumeClaim', 'default/data-db-0');
  on.apply(set({ replicas: 1, volumeClaimTemplates: [claimTemplate] }));
  assert.deepEqual(on.pods(), []);
  assert.deepEqual(events(on), [
    'Warning FailedCreate create Pod db-0 in StatefulSet db failed error: pvc data-db-0 is being deleted',
  ]);
});

test('a set that is being deleted makes and removes nothing', () => {
  const on = plane({ replicas: 1 });
  const found = stored(on);
  on.server.update({ ...found, metadata: { ...found.metadata, finalizers: ['example.com/hold'] } });
  on.server.delete('StatefulSet', 'default/db');
  on.server.scale('StatefulSet', 'default/db', 3);
  on.settle();
  assert.deepEqual(on.pods(), ['db-0']);
  assert.equal(stored(on).status?.observedGeneration, stored(on).metadata.generation);
});

test('before 1.28 a Pod carries no index, and before 1.27 one that ended well stays', () => {
  for (const [minor, index, replaced] of [
    [26, undefined, false],
    [27, undefined, true],
    [28, '0', true],
  ] as const) {
    const on = plane({ replicas: 1 }, {}, minor);
    const pod = on.server.get('Pod', 'default/db-0');
    assert.ok(pod);
    assert.equal(pod.metadata.labels?.['apps.kubernetes.io/pod-index'], index, `1.${minor}`);
    on.server.updateStatus({ ...pod, status: { ...pod.status, phase: 'Succeeded' } });
    on.settle();
    on.advance(40_000);
    const after = on.server.get('Pod', 'default/db-0');
    assert.equal(after?.metadata.uid !== pod.metadata.uid, replaced, `1.${minor}`);
  }
});

test('syncing once more changes nothing', () => {
  const on = plane({ volumeClaimTemplates: [claimTemplate] });
  image(on, 'db:2');
  on.advance(100_000);
  const all = () => {
    const kinds = ['StatefulSet', 'Pod', 'ControllerRevision', 'PersistentVolumeClaim'];
    return kinds.flatMap((kind) =>
      on.server.rawList(kind).map((one) => one.metadata.resourceVersion),
    );
  };
  const before = all();
  statefulset.sync('default/db', on.context('statefulset'));
  on.settle();
  assert.deepEqual(all(), before);
});
