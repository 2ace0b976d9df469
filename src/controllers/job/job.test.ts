// Jobs end to end on a control plane with kubelets: how many Pods, how they are named, when the Job ends and what it
// then says. Cases of pkg/controller/job/job_controller_test.go.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Job } from '../../api/types.ts';
import { clusterSpec } from '../../apiserver/server.fixture.ts';
import { seeded } from '../../sim/choices.ts';
import { ControlPlane, nodeSpec } from '../control-plane.fixture.ts';

interface Given {
  readonly spec?: object;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly restartPolicy?: string;
  readonly minor?: number;
}

function manifest({ spec = {}, annotations = {}, restartPolicy = 'Never' }: Given): object {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'pi', namespace: 'default' },
    spec: {
      ...spec,
      template: {
        metadata: { annotations },
        spec: { restartPolicy, containers: [{ name: 'pi', image: 'perl' }] },
      },
    },
  };
}

function run(given: Given = {}): ControlPlane {
  const nodes = [nodeSpec('node01', '192.168.4.102')];
  const plane = new ControlPlane({ spec: { ...clusterSpec({ minor: given.minor ?? 34 }), nodes } });
  plane.apply(manifest(given));
  return plane;
}

function jobOf(plane: ControlPlane): Job {
  const job = plane.server.get('Job', 'default/pi');
  assert.ok(job);
  return job;
}

function conditions(plane: ControlPlane): readonly string[] {
  const all = jobOf(plane).status?.conditions ?? [];
  return all.map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`);
}

function events(plane: ControlPlane, kind = 'Job'): readonly string[] {
  return plane.server
    .rawList('Event', 'default')
    .filter((one) => (one['involvedObject'] as { kind: string }).kind === kind)
    .map((one) => `${one['type']} ${one['reason']} ${one['message']}`);
}

const fails = { 'svcspec.dev/exit-code': '3' };
const works = { 'svcspec.dev/exit-after': '1h' };

test('a Job runs its Pod to completion at once', () => {
  const plane = run();
  const { status, spec, metadata } = jobOf(plane);
  assert.deepEqual(
    { ...status, conditions: [] },
    {
      completionTime: '2026-01-01T00:00:00Z',
      startTime: '2026-01-01T00:00:00Z',
      conditions: [],
      ready: 0,
      succeeded: 1,
      terminating: 0,
      uncountedTerminatedPods: {},
    },
  );
  assert.deepEqual(conditions(plane), [
    'SuccessCriteriaMet=True CompletionsReached: Reached expected number of succeeded pods',
    'Complete=True CompletionsReached: Reached expected number of succeeded pods',
  ]);
  const [pod] = plane.server.list('Pod', 'default');
  assert.match(pod?.metadata.name ?? '', /^pi-[a-z0-9]{5}$/);
  assert.equal(pod?.status?.phase, 'Succeeded');
  assert.deepEqual(pod?.metadata.finalizers ?? [], []);
  assert.deepEqual(pod?.metadata.labels, {
    'batch.kubernetes.io/controller-uid': metadata.uid,
    'batch.kubernetes.io/job-name': 'pi',
    'controller-uid': metadata.uid,
    'job-name': 'pi',
  });
  assert.deepEqual(spec.selector?.matchLabels, {
    'batch.kubernetes.io/controller-uid': metadata.uid,
  });
  assert.deepEqual([...events(plane)].sort(), [
    'Normal Completed Job completed',
    `Normal SuccessfulCreate Created pod: ${pod?.metadata.name}`,
  ]);
});

test('before 1.31 there is no forerunner of the final condition', () => {
  assert.deepEqual(conditions(run({ minor: 30 })), ['Complete=True : ']);
});

const parallel: readonly {
  readonly name: string;
  readonly spec: object;
  readonly active: number;
}[] = [
  { name: 'the default', spec: {}, active: 1 },
  { name: 'parallelism 2, completions 5', spec: { parallelism: 2, completions: 5 }, active: 2 },
  { name: 'parallelism 5, completions 2', spec: { parallelism: 5, completions: 2 }, active: 2 },
  { name: 'a work queue', spec: { parallelism: 3 }, active: 3 },
  { name: 'parallelism 0', spec: { parallelism: 0, completions: 2 }, active: 0 },
  { name: 'suspended', spec: { suspend: true }, active: 0 },
];
for (const { name, spec, active } of parallel) {
  test(`Pods at once: ${name}`, () => {
    const plane = run({ spec, annotations: works });
    assert.equal(plane.pods().length, active);
    assert.equal(jobOf(plane).status?.active ?? 0, active);
    assert.equal(jobOf(plane).status?.ready, active);
  });
}

test('completions are reached with fresh Pods, never more than parallelism', () => {
  const plane = run({ spec: { parallelism: 2, completions: 5 } });
  assert.equal(jobOf(plane).status?.succeeded, 5);
  assert.equal(plane.pods().length, 5);
});

test('a work queue is done when one Pod succeeded and the others have ended', () => {
  const plane = run({ spec: { parallelism: 3 }, annotations: { 'svcspec.dev/exit-after': '10s' } });
  plane.advance(10_000);
  assert.equal(jobOf(plane).status?.succeeded, 3);
  assert.equal(plane.pods().length, 3);
  assert.equal(conditions(plane).length, 2);
});

test('an Indexed Job tells every Pod its index', () => {
  const plane = run({ spec: { completionMode: 'Indexed', completions: 3, parallelism: 3 } });
  const index = 'batch.kubernetes.io/job-completion-index';
  const pods = plane.server.list('Pod', 'default');
  assert.deepEqual(
    pods.map(({ metadata, spec }) => [
      metadata.name.slice(0, -5),
      metadata.annotations?.[index],
      metadata.labels?.[index],
      spec.hostname,
      spec.containers[0]?.env,
    ]),
    [0, 1, 2].map((i) => [
      `pi-${i}-`,
      String(i),
      String(i),
      `pi-${i}`,
      [
        {
          name: 'JOB_COMPLETION_INDEX',
          valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${index}']` } },
        },
      ],
    ]),
  );
  assert.equal(jobOf(plane).status?.completedIndexes, '0-2');
  assert.equal(jobOf(plane).status?.succeeded, 3);
});

test('failures back off 10 s, 20 s, 40 s, then the limit ends the Job', () => {
  const plane = run({ spec: { backoffLimit: 3 }, annotations: fails });
  const made = [plane.pods().length];
  for (const seconds of [9, 1, 19, 1, 39, 1]) {
    plane.advance(seconds * 1000);
    made.push(plane.pods().length);
  }
  assert.deepEqual(made, [1, 1, 2, 2, 3, 3, 4]);
  assert.equal(jobOf(plane).status?.failed, 4);
  assert.deepEqual(conditions(plane), [
    'FailureTarget=True BackoffLimitExceeded: Job has reached the specified backoff limit',
    'Failed=True BackoffLimitExceeded: Job has reached the specified backoff limit',
  ]);
  const warning = 'Warning BackoffLimitExceeded Job has reached the specified backoff limit';
  assert.ok(events(plane).includes(warning));
});

test('with OnFailure the restarts count and the running Pod is removed', () => {
  const plane = run({
    spec: { backoffLimit: 2 },
    annotations: fails,
    restartPolicy: 'OnFailure',
  });
  assert.equal(plane.pods().length, 1);
  plane.advance(60_000);
  assert.deepEqual(plane.pods(), []);
  assert.equal(jobOf(plane).status?.failed, 1);
  assert.equal(conditions(plane).length, 2);
});

test('the deadline ends the Job, and only when its Pods are gone', () => {
  const plane = run({
    spec: { activeDeadlineSeconds: 30 },
    annotations: { ...works, 'svcspec.dev/stop-after': '5s' },
  });
  plane.advance(30_000);
  const text = 'DeadlineExceeded: Job was active longer than specified deadline';
  assert.deepEqual(conditions(plane), [`FailureTarget=True ${text}`]);
  assert.equal(jobOf(plane).status?.terminating, 1);
  plane.advance(5000);
  assert.deepEqual(conditions(plane), [`FailureTarget=True ${text}`, `Failed=True ${text}`]);
  assert.equal(jobOf(plane).status?.terminating, 0);
});

test('a suspended Job has no Pods; resumed it starts anew', () => {
  const plane = run({ annotations: works });
  plane.advance(5000);
  plane.server.patchPath('Job', 'default/pi', 'spec.suspend', true);
  plane.settle();
  plane.advance(1000);
  assert.deepEqual(plane.pods(), []);
  assert.deepEqual(conditions(plane), ['Suspended=True JobSuspended: Job suspended']);
  assert.equal(jobOf(plane).status?.failed, undefined);
  plane.server.patchPath('Job', 'default/pi', 'spec.suspend', false);
  plane.settle();
  assert.equal(plane.pods().length, 1);
  assert.deepEqual(conditions(plane), ['Suspended=False JobResumed: Job resumed']);
  assert.equal(jobOf(plane).status?.startTime, '2026-01-01T00:00:06Z');
  const said = events(plane).filter((one) => /Suspended|Resumed/.test(one));
  assert.deepEqual([...said].sort(), [
    'Normal Resumed Job resumed',
    'Normal Suspended Job suspended',
  ]);
});

test('of a Job that is deleted nothing is remembered', () => {
  const plane = run({ annotations: { 'svcspec.dev/exit-code': '1' } });
  plane.advance(20_000);
  assert.equal(plane.memory.table('job backoffs').size, 1);
  plane.server.delete('Job', 'default/pi', { propagation: 'Background' });
  plane.settle();
  plane.advance(60_000);
  assert.deepEqual(plane.pods(), []);
  assert.equal(plane.memory.table('job backoffs').size, 0);
});

for (const [minor, want] of [
  [35, '2026-01-01T00:00:00Z'],
  [36, undefined],
] as const) {
  test(`1.${minor}: the start time of a suspended Job is ${want}`, () => {
    const plane = run({ minor, annotations: works, spec: { activeDeadlineSeconds: 60 } });
    plane.server.patchPath('Job', 'default/pi', 'spec.suspend', true);
    plane.settle();
    assert.equal(jobOf(plane).status?.startTime, want);
    plane.advance(100_000);
    plane.server.patchPath('Job', 'default/pi', 'spec.suspend', false);
    plane.settle();
    // Before, the deadline is looked at first, and the time before the suspension counts.
    const end = conditions(plane).at(-1) ?? '';
    assert.match(end, minor < 36 ? /DeadlineExceeded/ : /^Suspended=False/);
  });
}

const onExit = (action: string, operator = 'In') => ({
  podFailurePolicy: { rules: [{ action, onExitCodes: { operator, values: [3] } }] },
});

test('podFailurePolicy FailJob ends the Job with the first such exit code', () => {
  const plane = run({ spec: onExit('FailJob'), annotations: fails });
  const [pod] = plane.pods();
  const text = `PodFailurePolicy: Container pi for pod default/${pod} failed with exit code 3 matching FailJob rule at index 0`;
  assert.deepEqual(conditions(plane), [`FailureTarget=True ${text}`, `Failed=True ${text}`]);
});

test('podFailurePolicy Ignore does not count the failure', () => {
  const plane = run({ spec: { ...onExit('Ignore'), backoffLimit: 0 }, annotations: fails });
  plane.advance(10_000);
  assert.equal(plane.pods().length, 2);
  assert.equal(jobOf(plane).status?.failed, undefined);
});

test('podFailurePolicy Count counts it', () => {
  const plane = run({ spec: { ...onExit('Count'), backoffLimit: 0 }, annotations: fails });
  assert.match(conditions(plane)[1] ?? '', /BackoffLimitExceeded/);
});

test('backoffLimitPerIndex fails the indexes one by one', () => {
  const spec = { completionMode: 'Indexed', completions: 2, parallelism: 2 };
  const plane = run({ spec: { ...spec, backoffLimitPerIndex: 1 }, annotations: fails });
  assert.equal(plane.pods().length, 2);
  plane.advance(10_000);
  const count = 'batch.kubernetes.io/job-index-failure-count';
  const counts = plane.server.list('Pod').map((pod) => pod.metadata.annotations?.[count]);
  assert.deepEqual([...counts].sort(), ['0', '0', '1', '1']);
  assert.equal(jobOf(plane).status?.failedIndexes, '0,1');
  assert.match(conditions(plane)[1] ?? '', /^Failed=True FailedIndexes: Job has failed indexes$/);
});

test('a success policy ends an Indexed Job before all indexes are through', () => {
  const spec = { completionMode: 'Indexed', completions: 5, parallelism: 1 };
  const successPolicy = { rules: [{ succeededIndexes: '1-2', succeededCount: 1 }] };
  const plane = run({ spec: { ...spec, successPolicy } });
  assert.equal(jobOf(plane).status?.completedIndexes, '0,1');
  assert.deepEqual(conditions(plane), [
    'SuccessCriteriaMet=True SuccessPolicy: Matched rules at index 0',
    'Complete=True SuccessPolicy: Matched rules at index 0',
  ]);
});

const replaced = [
  { policy: 'TerminatingOrFailed', active: 1 },
  { policy: 'Failed', active: 0 },
];
for (const { policy, active } of replaced) {
  test(`podReplacementPolicy ${policy}: ${active} new Pod while the old one ends`, () => {
    const plane = run({
      spec: { podReplacementPolicy: policy },
      annotations: { ...works, 'svcspec.dev/stop-after': '20s' },
    });
    plane.server.delete('Pod', `default/${plane.pods()[0]}`);
    plane.settle();
    plane.advance(10_000);
    assert.equal(jobOf(plane).status?.active ?? 0, active);
    assert.equal(jobOf(plane).status?.terminating, 1);
  });
}

test('a Pod that somebody deletes counts as a failure and is replaced after the back-off', () => {
  const plane = run({ annotations: { ...works, 'svcspec.dev/stop-after': '5s' } });
  plane.server.delete('Pod', `default/${plane.pods()[0]}`);
  plane.settle();
  plane.advance(9000);
  assert.deepEqual(plane.pods(), []);
  plane.advance(1000);
  assert.equal(plane.pods().length, 1);
  assert.equal(jobOf(plane).status?.failed, 1);
});

test('a finished Job goes when its time is over, and its Pods with it', () => {
  const plane = run({ spec: { ttlSecondsAfterFinished: 100 } });
  plane.advance(99_000);
  assert.equal(plane.pods().length, 1);
  plane.advance(1000);
  assert.equal(plane.server.get('Job', 'default/pi'), undefined);
  assert.deepEqual(plane.pods(), []);
});

test('deleting a running Job takes its Pods, and no finalizer keeps them', () => {
  const plane = run({ annotations: works });
  plane.server.delete('Job', 'default/pi');
  plane.settle();
  assert.equal(plane.server.get('Job', 'default/pi'), undefined);
  assert.deepEqual(plane.pods(), []);
});

test('a Pod that is orphaned by its Job is let go', () => {
  const plane = run({ annotations: works });
  plane.server.delete('Job', 'default/pi', { propagation: 'Orphan' });
  plane.settle();
  const [pod] = plane.server.list('Pod', 'default');
  assert.deepEqual(pod?.metadata.ownerReferences ?? [], []);
  assert.deepEqual(pod?.metadata.finalizers ?? [], []);
});

test('another controller may manage the Job', () => {
  assert.deepEqual(run({ spec: { managedBy: 'example.com/mine' } }).pods(), []);
});

test('property: whatever the order of work, a Job completes with exactly its completions', () => {
  const shapes = fc.record({
    completions: fc.integer({ min: 1, max: 6 }),
    parallelism: fc.integer({ min: 1, max: 4 }),
    indexed: fc.boolean(),
    seed: fc.integer(),
  });
  fc.assert(
    fc.property(shapes, ({ completions, parallelism, indexed, seed }) => {
      const plane = new ControlPlane({ order: seeded(seed) });
      const completionMode = indexed ? 'Indexed' : 'NonIndexed';
      plane.apply(manifest({ spec: { completions, parallelism, completionMode } }));
      const { status } = jobOf(plane);
      assert.equal(status?.succeeded, completions);
      assert.equal(plane.pods().length, completions);
      assert.ok(status?.conditions?.some((one) => one.type === 'Complete'));
      assert.ok(plane.server.list('Pod').every((pod) => !pod.metadata.finalizers?.length));
    }),
    { numRuns: 40 },
  );
});
