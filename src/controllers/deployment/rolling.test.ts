// One step of a rollout, of progress and of cleaning up, on objects as given: no other controller runs.
// Rows from rolling_test.go, progress_test.go, sync_test.go of pkg/controller/deployment (1.34).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnyObject, Deployment, DeploymentCondition, ReplicaSet } from '../../api/types.ts';
import { ControlPlane, webDeployment } from '../control-plane.fixture.ts';
import { cleanUp } from './revisions.ts';
import { rollDown, rollUp } from './rolling.ts';
import { scalingText } from './scale.ts';
import { isComplete, syncRolloutStatus, terminatingOf } from './status.ts';

interface SetSpec {
  readonly replicas: number;
  readonly available?: number;
  readonly current?: boolean;
  readonly status?: object;
  readonly annotations?: object;
}

/** A Deployment and its ReplicaSets, stored as they are. */
function stage(
  replicas: number,
  rolling: object,
  sets: Readonly<Record<string, SetSpec>>,
  more: { readonly spec?: object; readonly status?: object; readonly minor?: number } = {},
) {
  const { spec } = new ControlPlane({ all: [] });
  const on = new ControlPlane({ all: [], spec: { ...spec, minor: more.minor ?? 34 } });
  const given = webDeployment(replicas) as { spec: object };
  const strategy = { type: 'RollingUpdate', rollingUpdate: rolling };
  on.server.create({ ...given, spec: { ...given.spec, strategy, ...more.spec } } as never);
  const found = on.server.get('Deployment', 'default/web') as Deployment;
  on.server.updateStatus({ ...found, status: more.status ?? {} });
  for (const [name, one] of Object.entries(sets)) {
    const { replicas: size, available = 0, current = false, annotations = {} } = one;
    const labels = { app: 'web', 'pod-template-hash': name };
    const container = { name: 'web', image: current ? 'web:1' : `web:${name}` };
    const ports = [{ containerPort: 80 }];
    const made = on.server.create({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name, namespace: 'default', labels, annotations },
      spec: {
        replicas: size,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ ...container, ports }] } },
      },
    } as unknown as AnyObject) as unknown as ReplicaSet;
    const status = { replicas: size, availableReplicas: available, observedGeneration: 1 };
    on.server.updateStatus({ ...made, status: { ...status, ...one.status } });
  }
  on.take();
  const get = (name: string) => on.server.get('ReplicaSet', `default/${name}`) as ReplicaSet;
  const all = () => Object.keys(sets).flatMap((name) => get(name) ?? []);
  const deployment = () => on.server.get('Deployment', 'default/web') as Deployment;
  return { on, get, all, deployment, context: on.context('deployment') };
}

const ups: readonly (readonly [surge: number, old: number, fresh: number, want: number])[] = [
  [0, 10, 0, 0],
  [2, 10, 0, 2],
  [2, 5, 0, 7],
  [2, 10, 2, 2],
  [2, 2, 11, 10],
];
for (const [maxSurge, old, fresh, want] of ups) {
  test(`up with surge ${maxSurge}: ${old} old and ${fresh} new of 10`, () => {
    const rolling = { maxSurge, maxUnavailable: maxSurge === 0 ? 1 : 0 };
    const { get, deployment, context } = stage(10, rolling, {
      old: { replicas: old },
      fresh: { replicas: fresh, current: true },
    });
    const changed = rollUp(deployment(), get('fresh'), [get('old')], context);
    assert.equal(changed, want !== fresh);
    assert.equal(get('fresh').spec.replicas, want);
  });
}

test('events tell sizes in the words of the version', () => {
  const rows: readonly (readonly [minor: number, made: boolean, want: string])[] = [
    [24, true, 'Scaled up replica set web-1 to 3'],
    [24, false, 'Scaled up replica set web-1 to 3'],
    [25, true, 'Scaled up replica set web-1 to 3'],
    [31, false, 'Scaled up replica set web-1 to 3 from 0'],
    [32, true, 'Scaled up replica set web-1 from 0 to 3'],
    [32, false, 'Scaled up replica set web-1 from 0 to 3'],
  ];
  for (const [minor, made, want] of rows) {
    assert.equal(scalingText('web-1', 0, 3, minor, made), want);
  }
  assert.equal(scalingText('web-1', 3, 1, 31), 'Scaled down replica set web-1 to 1 from 3');
});

const downs: readonly (readonly [
  name: string,
  unavailable: number,
  old: readonly [replicas: number, available: number],
  fresh: readonly [replicas: number, available: number],
  want: number,
])[] = [
  ['one goes where both limits are 0', 0, [10, 10], [0, 0], 9],
  ['down to what must stay', 2, [10, 10], [0, 0], 8],
  ['unhealthy ones first', 2, [10, 8], [0, 0], 8],
  ['one unhealthy and one ready', 2, [10, 9], [0, 0], 8],
  ['new pods that are not there yet hold the old ones', 2, [8, 8], [2, 0], 8],
  ['a status that is behind holds everything', 2, [8, 10], [2, 2], 8],
];
for (const [name, maxUnavailable, old, fresh, want] of downs) {
  test(`down: ${name}`, () => {
    const { get, deployment, context } = stage(
      10,
      { maxSurge: maxUnavailable === 0 ? '0%' : 0, maxUnavailable: maxUnavailable || '1%' },
      {
        old: { replicas: old[0], available: old[1] },
        fresh: { replicas: fresh[0], available: fresh[1], current: true },
      },
    );
    const changed = rollDown(deployment(), get('fresh'), [get('old')], context);
    assert.equal(changed, want !== old[0]);
    assert.equal(get('old').spec.replicas, want);
  });
}

function condition(status: string, reason: string, seconds = '00'): DeploymentCondition {
  const time = `2026-01-01T00:00:${seconds}Z`;
  const times = { lastUpdateTime: time, lastTransitionTime: time };
  return { type: 'Progressing', status, reason, message: '', ...times };
}

const timedOut = condition('False', 'ProgressDeadlineExceeded');
const updated = condition('True', 'ReplicaSetUpdated');
const available = condition('True', 'NewReplicaSetAvailable');
const counts = (replicas: number, updatedReplicas: number, availableReplicas: number) => {
  return { replicas, updatedReplicas, availableReplicas, readyReplicas: availableReplicas };
};

const progress: readonly {
  readonly name: string;
  readonly deadline?: number;
  readonly before: readonly DeploymentCondition[];
  /** Status that is stored. */
  readonly status: object;
  /** The new set; the old one has one pod. */
  readonly fresh: readonly [replicas: number, available: number];
  readonly old?: number;
  readonly afterMs?: number;
  readonly want: readonly [status: string, reason: string, transition: string] | undefined;
}[] = [
  {
    name: 'without a deadline the condition goes',
    deadline: 2 ** 31 - 1,
    before: [updated],
    status: counts(2, 2, 2),
    fresh: [3, 2],
    want: undefined,
  },
  {
    name: 'nothing is judged when the rollout is through',
    before: [available],
    status: counts(3, 3, 3),
    fresh: [3, 2],
    afterMs: 700_000,
    want: ['True', 'NewReplicaSetAvailable', '00'],
  },
  {
    name: 'progress keeps the transition time of a True',
    before: [updated],
    status: counts(3, 1, 1),
    fresh: [3, 2],
    afterMs: 9000,
    want: ['True', 'ReplicaSetUpdated', '00'],
  },
  {
    name: 'progress after a deadline is a transition',
    before: [timedOut],
    status: counts(3, 1, 1),
    fresh: [3, 2],
    afterMs: 9000,
    want: ['True', 'ReplicaSetUpdated', '09'],
  },
  {
    name: 'progress makes the condition',
    before: [],
    status: counts(3, 1, 1),
    fresh: [3, 2],
    want: ['True', 'ReplicaSetUpdated', '00'],
  },
  {
    name: 'complete keeps the transition time of a True',
    before: [updated],
    status: counts(3, 3, 2),
    fresh: [3, 3],
    afterMs: 9000,
    want: ['True', 'NewReplicaSetAvailable', '00'],
  },
  {
    name: 'complete after a deadline is a transition',
    before: [timedOut],
    status: counts(3, 3, 2),
    fresh: [3, 3],
    afterMs: 9000,
    want: ['True', 'NewReplicaSetAvailable', '09'],
  },
  {
    name: 'the deadline itself is not past it',
    deadline: 60,
    before: [updated],
    status: counts(3, 3, 2),
    fresh: [3, 2],
    afterMs: 60_000,
    want: ['True', 'ReplicaSetUpdated', '00'],
  },
  {
    name: 'past the deadline it has timed out',
    deadline: 60,
    before: [updated],
    status: counts(3, 3, 2),
    fresh: [3, 2],
    afterMs: 60_001,
    want: ['False', 'ProgressDeadlineExceeded', '00'],
  },
  {
    name: 'a time-out stays',
    deadline: 60,
    before: [timedOut],
    status: counts(3, 3, 2),
    fresh: [3, 2],
    afterMs: 5000,
    want: ['False', 'ProgressDeadlineExceeded', '00'],
  },
];
for (const { name, deadline, before, status, fresh, afterMs = 0, want } of progress) {
  test(`progress: ${name}`, () => {
    const { on, deployment, all } = stage(
      3,
      { maxSurge: 1, maxUnavailable: 0 },
      {
        fresh: {
          replicas: fresh[0],
          available: fresh[1],
          current: true,
          status: { readyReplicas: fresh[1] },
        },
      },
      {
        spec: { progressDeadlineSeconds: deadline ?? 600 },
        status: { ...status, observedGeneration: 1, conditions: before },
      },
    );
    on.nowMs = afterMs;
    syncRolloutStatus(deployment(), all(), on.context('deployment'));
    const found = deployment().status?.conditions?.find((one) => one.type === 'Progressing');
    if (want === undefined) return assert.equal(found, undefined);
    const [, , seconds] = want;
    const transition = afterMs === 60_001 ? '2026-01-01T00:01:00Z' : `2026-01-01T00:00:${seconds}Z`;
    assert.deepEqual(
      [found?.status, found?.reason, found?.lastTransitionTime],
      [want[0], want[1], transition],
    );
  });
}

test('complete: every pod updated and available, none old, and the spec seen', () => {
  const rows: readonly (readonly [
    replicas: number,
    updated: number,
    available: number,
    boolean,
  ])[] = [
    [5, 5, 4, false],
    [5, 5, 5, true],
    [5, 4, 5, false],
    [6, 5, 5, false],
  ];
  const found = { metadata: { generation: 2 }, spec: { replicas: 5 } } as unknown as Deployment;
  for (const [replicas, updatedReplicas, availableReplicas, want] of rows) {
    const status = { replicas, updatedReplicas, availableReplicas, observedGeneration: 2 };
    assert.equal(isComplete(found, status), want);
    assert.equal(isComplete(found, { ...status, observedGeneration: 1 }), false);
  }
});

test('a failure of the new set goes before one of an old set, and ends with it', () => {
  const failed = (message: string) => ({
    conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }],
  });
  const { on, deployment, all, get } = stage(
    3,
    { maxSurge: 1, maxUnavailable: 0 },
    {
      old: { replicas: 3, status: failed('old') },
      fresh: { replicas: 1, current: true, status: failed('new') },
    },
  );
  const text = () => {
    syncRolloutStatus(deployment(), all(), on.context('deployment'));
    const found = deployment().status?.conditions ?? [];
    return found.find((one) => one.type === 'ReplicaFailure')?.message;
  };
  assert.equal(text(), 'new');
  for (const name of ['old', 'fresh']) {
    const { conditions: _, ...status } = get(name).status ?? { replicas: 0 };
    on.server.updateStatus({ ...get(name), status });
  }
  assert.equal(text(), undefined);
});

test('terminating pods: unknown as long as one set that was synced does not tell', () => {
  const sets = (...all: readonly object[]) =>
    all.map((status) => ({ status })) as unknown as readonly ReplicaSet[];
  assert.equal(terminatingOf(sets({ observedGeneration: 1, terminatingReplicas: 2 }, {})), 2);
  assert.equal(
    terminatingOf(
      sets({ observedGeneration: 1, terminatingReplicas: 2 }, { observedGeneration: 1 }),
    ),
    undefined,
  );
});

const cleaning: readonly {
  readonly name: string;
  readonly limit: number;
  readonly sets: Readonly<Record<string, SetSpec>>;
  readonly want: readonly string[];
}[] = [
  {
    name: 'lowest revisions first',
    limit: 1,
    sets: {
      a: { replicas: 0, annotations: { 'deployment.kubernetes.io/revision': '3' } },
      b: { replicas: 0, annotations: { 'deployment.kubernetes.io/revision': '1' } },
      c: { replicas: 0, annotations: { 'deployment.kubernetes.io/revision': '2' } },
    },
    want: ['a'],
  },
  {
    name: 'one with pods stays, and counts',
    limit: 1,
    sets: { a: { replicas: 1 }, b: { replicas: 0 }, c: { replicas: 0 } },
    want: ['a', 'c'],
  },
  {
    name: 'one whose pods are not gone yet stays',
    limit: 0,
    sets: { a: { replicas: 0, status: { replicas: 1 } }, b: { replicas: 0 } },
    want: ['a'],
  },
  {
    name: 'one whose controller is behind stays',
    limit: 0,
    sets: { a: { replicas: 0, status: { observedGeneration: 0 } }, b: { replicas: 0 } },
    want: ['a'],
  },
  {
    name: 'without a limit all stay',
    limit: 2 ** 31 - 1,
    sets: { a: { replicas: 0 }, b: { replicas: 0 } },
    want: ['a', 'b'],
  },
];
for (const { name, limit, sets, want } of cleaning) {
  test(`clean-up: ${name}`, () => {
    const { deployment, all, context } = stage(1, { maxSurge: 1, maxUnavailable: 0 }, sets, {
      spec: { revisionHistoryLimit: limit },
    });
    cleanUp(deployment(), all(), context);
    assert.deepEqual(
      all().map((set) => set.metadata.name),
      want,
    );
  });
}
