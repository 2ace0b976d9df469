// Deployments on a control plane with kubelets and a clock: rollouts, pauses, rollbacks, deadlines, adoption.
// Facts from pkg/controller/deployment (1.34) and its e2e tests.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../../api/error.ts';
import type { AnyObject, Deployment, ReplicaSet } from '../../api/types.ts';
import { ControlPlane, webDeployment } from '../control-plane.fixture.ts';
import { replicaset } from '../replicaset/replicaset.ts';
import { deployment } from './deployment.ts';

type Spec = Readonly<Record<string, unknown>>;
const image = 'spec.template.spec.containers[0].image';
const probed = { readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 1 } };
const revisionKey = 'deployment.kubernetes.io/revision';

function deploy(
  replicas: number,
  spec: Spec = {},
  container: Spec = {},
  metadata: Spec = {},
): object {
  const made = webDeployment(replicas, container) as { metadata: object; spec: object };
  return { ...made, metadata: { ...made.metadata, ...metadata }, spec: { ...made.spec, ...spec } };
}

function plane(...given: Parameters<typeof deploy>): ControlPlane {
  const on = new ControlPlane();
  on.apply(deploy(...given));
  return on;
}

function stored(on: ControlPlane): Deployment {
  const found = on.server.get('Deployment', 'default/web');
  assert.ok(found);
  return found;
}

function patch(on: ControlPlane, path: string, value: unknown): void {
  on.server.patchPath('Deployment', 'default/web', path, value);
  on.settle();
}

/** The Progressing condition: "True NewReplicaSetAvailable". */
function progress(on: ControlPlane): string {
  const found = stored(on).status?.conditions?.find((one) => one.type === 'Progressing');
  return `${found?.status} ${found?.reason}`;
}

function setWith(on: ControlPlane, wanted: string): ReplicaSet {
  const found = on.server
    .list('ReplicaSet')
    .find((set) => set.spec.template?.spec?.containers[0]?.image === wanted);
  assert.ok(found, `no ReplicaSet of ${wanted}`);
  return found;
}

/** "1: web:1 x3" of every ReplicaSet, by revision. */
function sets(on: ControlPlane): readonly string[] {
  return on.server
    .list('ReplicaSet')
    .map((set) => {
      const { annotations } = set.metadata;
      const container = set.spec.template?.spec?.containers[0]?.image;
      return `${annotations?.[revisionKey]}: ${container} x${set.spec.replicas}`;
    })
    .sort();
}

function events(on: ControlPlane): readonly string[] {
  return on.server
    .rawList('Event', 'default')
    .filter((event) => (event['involvedObject'] as { kind: string }).kind === 'Deployment')
    .map((event) => `${event['type']} ${event['reason']} ${event['message']}`);
}

test('a settled Deployment: status, conditions, events, and what its ReplicaSet carries', () => {
  const annotations = { note: 'x', 'kubectl.kubernetes.io/last-applied-configuration': '{}' };
  const on = plane(3, {}, {}, { annotations });
  const { conditions = [], ...counts } = stored(on).status ?? {};
  assert.deepEqual(counts, {
    observedGeneration: 1,
    replicas: 3,
    updatedReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
  });
  const set = setWith(on, 'web:1');
  assert.deepEqual(
    conditions.map(({ type, reason, message }) => [type, reason, message]),
    [
      ['Available', 'MinimumReplicasAvailable', 'Deployment has minimum availability.'],
      [
        'Progressing',
        'NewReplicaSetAvailable',
        `ReplicaSet "${set.metadata.name}" has successfully progressed.`,
      ],
    ],
  );
  assert.deepEqual(set.metadata.annotations, {
    note: 'x',
    [revisionKey]: '1',
    'deployment.kubernetes.io/desired-replicas': '3',
    'deployment.kubernetes.io/max-replicas': '4',
  });
  assert.deepEqual(events(on), [
    `Normal ScalingReplicaSet Scaled up replica set ${set.metadata.name} from 0 to 3`,
  ]);
});

test('a rolling update leaves the old ReplicaSet at 0 and counts revisions', () => {
  const on = plane(3);
  patch(on, image, 'web:2');
  on.advance(60_000);
  assert.deepEqual(sets(on), ['1: web:1 x0', '2: web:2 x3']);
  assert.equal(stored(on).metadata.annotations?.[revisionKey], '2');
});

test('going back gives the old ReplicaSet the next number and notes the one it had', () => {
  const on = plane(2);
  for (const to of ['web:2', 'web:1', 'web:2']) {
    patch(on, image, to);
    on.advance(60_000);
  }
  assert.deepEqual(sets(on), ['3: web:1 x0', '4: web:2 x2']);
  const history = (of: string) =>
    setWith(on, of).metadata.annotations?.['deployment.kubernetes.io/revision-history'];
  assert.equal(history('web:1'), '1');
  assert.equal(history('web:2'), '2');
});

test('the rollback annotation of older API versions rolls back and goes', () => {
  const on = plane(2, {}, {}, { annotations: { note: 'one' } });
  patch(on, 'metadata.annotations.note', 'two');
  patch(on, image, 'web:2');
  on.advance(60_000);
  patch(on, 'metadata.annotations[deprecated.deployment.rollback.to]', '1');
  on.advance(60_000);
  assert.deepEqual(sets(on), ['2: web:2 x0', '3: web:1 x2']);
  const { annotations = {} } = stored(on).metadata;
  assert.equal(annotations['deprecated.deployment.rollback.to'], undefined);
  assert.ok(
    events(on).includes('Normal DeploymentRollback Rolled back deployment "web" to revision 1'),
  );
  patch(on, 'metadata.annotations[deprecated.deployment.rollback.to]', '9');
  assert.ok(
    events(on).includes(
      'Warning DeploymentRollbackRevisionNotFound Unable to find the revision to rollback to.',
    ),
  );
});

test('a paused Deployment changes its size but not its template; resumed, it goes on', () => {
  const on = plane(2);
  patch(on, 'spec.paused', true);
  assert.equal(progress(on), 'Unknown DeploymentPaused');
  patch(on, image, 'web:2');
  patch(on, 'spec.replicas', 4);
  on.advance(60_000);
  assert.deepEqual(sets(on), ['1: web:1 x4']);
  patch(on, 'spec.paused', false);
  on.advance(60_000);
  assert.deepEqual(sets(on), ['1: web:1 x0', '2: web:2 x4']);
  assert.equal(progress(on), 'True NewReplicaSetAvailable');
});

test('a pause in the middle of a rollout stops it there', () => {
  const on = plane(2, {}, probed);
  on.probes.set('*', false);
  const ready = on.probes.get.bind(on.probes);
  on.probes.get = (key) => (ready('*') === false && isNew(on, key) ? false : undefined);
  patch(on, image, 'web:2');
  on.advance(5000);
  assert.deepEqual(sets(on), ['1: web:1 x2', '2: web:2 x1']);
  patch(on, 'spec.paused', true);
  on.probes.delete('*');
  on.advance(60_000);
  assert.deepEqual(sets(on), ['1: web:1 x2', '2: web:2 x1']);
  patch(on, 'spec.paused', false);
  on.advance(60_000);
  assert.deepEqual(sets(on), ['1: web:1 x0', '2: web:2 x2']);
});

function isNew(on: ControlPlane, key: string): boolean {
  return on.server.get('Pod', key)?.spec.containers[0]?.image === 'web:2';
}

/** A rollout whose new pods never get ready. */
function stuck(spec: Spec = {}, replicas = 2): ControlPlane {
  const on = plane(replicas, { progressDeadlineSeconds: 60, ...spec }, probed);
  on.probes.get = (key) => (isNew(on, key) ? false : undefined);
  patch(on, image, 'web:2');
  return on;
}

test('the deadline passes on the clock, a second late, and undo brings it back', () => {
  const on = stuck();
  on.advance(60_000);
  assert.match(progress(on), /^True /);
  on.advance(3000);
  assert.equal(progress(on), 'False ProgressDeadlineExceeded');
  const name = setWith(on, 'web:2').metadata.name;
  const text = stored(on).status?.conditions?.find((one) => one.type === 'Progressing')?.message;
  assert.equal(text, `ReplicaSet "${name}" has timed out progressing.`);
  patch(on, image, 'web:1');
  on.advance(60_000);
  assert.equal(progress(on), 'True NewReplicaSetAvailable');
  assert.deepEqual(sets(on), ['2: web:2 x0', '3: web:1 x2']);
});

test('a paused rollout does not time out, and pausing one that did is not noted', () => {
  const on = stuck();
  patch(on, 'spec.paused', true);
  on.advance(600_000);
  assert.equal(progress(on), 'Unknown DeploymentPaused');
  const late = stuck();
  late.advance(70_000);
  patch(late, 'spec.paused', true);
  assert.equal(progress(late), 'False ProgressDeadlineExceeded');
});

test('scaling in the middle of a rollout spreads over both ReplicaSets', () => {
  const on = stuck({ strategy: { rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } } }, 10);
  assert.deepEqual(sets(on), ['1: web:1 x8', '2: web:2 x5']);
  patch(on, 'spec.replicas', 15);
  assert.deepEqual(sets(on), ['1: web:1 x11', '2: web:2 x7']);
});

test('Recreate: the new pods wait for the last old one to be gone', () => {
  const slow = { lifecycle: { preStop: { sleep: { seconds: 20 } } } };
  const on = plane(2, { strategy: { type: 'Recreate' } }, slow);
  patch(on, image, 'web:2');
  const images = () => on.server.list('Pod').map((pod) => pod.spec.containers[0]?.image);
  assert.deepEqual(images(), ['web:1', 'web:1']);
  on.advance(19_000);
  assert.deepEqual(images(), ['web:1', 'web:1']);
  on.advance(20_000);
  assert.deepEqual(images(), ['web:2', 'web:2']);
});

test('minReadySeconds follows into the ReplicaSet and holds the rollout back', () => {
  const on = plane(1);
  patch(on, 'spec.minReadySeconds', 30);
  assert.equal(setWith(on, 'web:1').spec.minReadySeconds, 30);
  on.advance(31_000);
  patch(on, image, 'web:2');
  on.advance(29_000);
  assert.deepEqual(sets(on), ['1: web:1 x1', '2: web:2 x1']);
  on.advance(31_000);
  assert.deepEqual(sets(on), ['1: web:1 x0', '2: web:2 x1']);
});

test('revisionHistoryLimit keeps so many old ReplicaSets', () => {
  const on = plane(1, { revisionHistoryLimit: 1 });
  for (const to of ['web:2', 'web:3', 'web:4']) {
    patch(on, image, to);
    on.advance(60_000);
  }
  assert.deepEqual(sets(on), ['3: web:3 x0', '4: web:4 x1']);
});

function orphan(name: string, to: string, labels: Spec): AnyObject {
  const all = { ...labels, own: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name, namespace: 'default', labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: all },
      template: { metadata: { labels: all }, spec: { containers: [{ name: 'web', image: to }] } },
    },
  } as unknown as AnyObject;
}

test('a matching orphan is adopted and rolled down, also beside a ReplicaSet of the template', () => {
  const on = plane(1);
  on.apply(orphan('stray', 'web:0', { app: 'web' }), orphan('other', 'web:0', { app: 'x' }));
  on.advance(60_000);
  const get = (name: string) => on.server.get('ReplicaSet', `default/${name}`);
  assert.equal(get('stray')?.metadata.ownerReferences?.[0]?.name, 'web');
  assert.equal(get('stray')?.spec.replicas, 0);
  assert.equal(get('other')?.metadata.ownerReferences, undefined);
  on.server.patchPath('ReplicaSet', 'default/stray', 'metadata.labels.app', 'x');
  on.settle();
  assert.equal(get('stray')?.metadata.ownerReferences, undefined);
});

test('a Deployment that comes back adopts what an orphaning deletion left', () => {
  const on = plane(2);
  const before = setWith(on, 'web:1').metadata.uid;
  on.server.delete('Deployment', 'default/web', { propagation: 'Orphan' });
  on.settle();
  assert.deepEqual(setWith(on, 'web:1').metadata.ownerReferences ?? [], []);
  const pods = on.pods();
  on.apply(deploy(2));
  on.advance(60_000);
  assert.equal(setWith(on, 'web:1').metadata.uid, before);
  assert.deepEqual(on.pods(), pods);
});

test('a taken name counts as a collision and gets another hash', () => {
  const first = plane(1);
  const { name } = setWith(first, 'web:1').metadata;
  const on = new ControlPlane();
  on.apply(orphan(name, 'squatter', { app: 'x' }), deploy(1));
  on.advance(1000);
  assert.equal(stored(on).status?.collisionCount, 1);
  assert.notEqual(setWith(on, 'web:1').metadata.name, name);
  assert.equal(stored(on).status?.availableReplicas, 1);
});

test('a refused ReplicaSet is condition and event, and is tried again', () => {
  const on = new ControlPlane();
  const create = on.server.create.bind(on.server);
  let closed = true;
  on.server.create = (object) => {
    if (object.kind !== 'ReplicaSet' || !closed) return create(object);
    const about = { kind: 'replicasets', group: 'apps', name: '' };
    throw new ApiError('Forbidden', 'no more', about);
  };
  on.apply(deploy(1));
  assert.equal(progress(on), 'False ReplicaSetCreateError');
  const [event = ''] = events(on);
  assert.match(
    event,
    /^Warning ReplicaSetCreateError Failed to create new replica set "web-\w+": no more$/,
  );
  closed = false;
  on.advance(60_000);
  assert.equal(progress(on), 'True NewReplicaSetAvailable');
});

test('a failure of the pods shows as ReplicaFailure', () => {
  const on = new ControlPlane();
  const create = on.server.create.bind(on.server);
  on.server.create = (object) => {
    if (object.kind !== 'Pod') return create(object);
    throw new ApiError('Forbidden', 'no pods', { kind: 'pods', group: '', name: '' });
  };
  on.apply(deploy(2));
  const found = stored(on).status?.conditions?.find((one) => one.type === 'ReplicaFailure');
  assert.deepEqual(
    [found?.status, found?.reason, found?.message],
    ['True', 'FailedCreate', 'no pods'],
  );
  assert.equal(stored(on).status?.unavailableReplicas, 2);
});

test('a name that would not fit is cut since 1.34, and refused before', () => {
  const long = 'w'.repeat(250);
  for (const [minor, fits] of [
    [33, false],
    [34, true],
  ] as const) {
    const { spec } = new ControlPlane();
    const on = new ControlPlane({ spec: { ...spec, minor } });
    on.apply(deploy(1, {}, {}, { name: long }));
    const [set] = on.server.list('ReplicaSet');
    assert.equal(set?.metadata.name.length, fits ? 253 : undefined, `1.${minor}`);
  }
});

test('syncing once more changes nothing', () => {
  const on = plane(3);
  patch(on, image, 'web:2');
  on.advance(60_000);
  const before = stored(on).metadata.resourceVersion;
  const all = on.server.list('ReplicaSet').map((set) => set.metadata.resourceVersion);
  deployment.sync('default/web', on.context('deployment'));
  for (const { metadata } of on.server.list('ReplicaSet')) {
    replicaset.sync(`default/${metadata.name}`, on.context('replicaset'));
  }
  on.settle();
  assert.equal(stored(on).metadata.resourceVersion, before);
  assert.deepEqual(
    on.server.list('ReplicaSet').map((set) => set.metadata.resourceVersion),
    all,
  );
});
