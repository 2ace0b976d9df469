// The status that a kubelet reports: phases and conditions by what the containers do, in upstream's words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, PodCondition, PodSpec } from '../api/types.ts';
import { clusterSpec } from '../apiserver/server.fixture.ts';
import { newRuns } from './containers.ts';
import type { KubeletContext } from './context.ts';
import { type ContainerRun, type Ended, KubeletState, type PodRun } from './state.ts';
import { statusOf } from './status.ts';

const now = '2026-01-01T00:00:00Z';
const ended = (exitCode: number): Ended => ({
  exitCode,
  reason: exitCode === 0 ? 'Completed' : 'Error',
  message: '',
  startedAt: now,
  finishedAt: now,
  containerID: '',
});
type Change = Partial<ContainerRun>;
const running: Change = { state: { kind: 'running', sinceMs: 0, since: now }, started: true };
const ready: Change = { ...running, ready: true };
const done = (code: number): Change => ({ state: { kind: 'terminated', ended: ended(code) } });
const backOff: Change = {
  last: ended(1),
  state: { kind: 'waiting', reason: 'CrashLoopBackOff', message: 'back-off', untilMs: 1 },
};

const two: PodSpec = { containers: [{ name: 'a' }, { name: 'b' }] };
const withInit: PodSpec = {
  initContainers: [{ name: 'i' }, { name: 's', restartPolicy: 'Always' }],
  containers: [{ name: 'a' }],
};

interface Row {
  readonly name: string;
  readonly spec: PodSpec;
  /** By container, in the order of the runs. */
  readonly runs: readonly Change[];
  readonly conditions?: readonly PodCondition[];
  readonly phase: string;
  /** "TYPE=STATUS REASON MESSAGE", without PodScheduled and PodReadyToStartContainers. */
  readonly want: readonly string[];
}

const unready = (names: string) =>
  `False ContainersNotReady containers with unready status: [${names}]`;

const rows: readonly Row[] = [
  {
    name: 'D nothing has started',
    spec: two,
    runs: [{}, {}],
    phase: 'Pending',
    want: ['Initialized=True', `Ready=${unready('a b')}`, `ContainersReady=${unready('a b')}`],
  },
  {
    name: 'D one of two runs',
    spec: two,
    runs: [ready, {}],
    phase: 'Pending',
    want: ['Initialized=True', `Ready=${unready('b')}`, `ContainersReady=${unready('b')}`],
  },
  {
    name: 'D all ready',
    spec: two,
    runs: [ready, ready],
    phase: 'Running',
    want: ['Initialized=True', 'Ready=True', 'ContainersReady=True'],
  },
  {
    name: 'D a container in back-off keeps the Pod running',
    spec: two,
    runs: [ready, backOff],
    phase: 'Running',
    want: ['Initialized=True', `Ready=${unready('b')}`, `ContainersReady=${unready('b')}`],
  },
  {
    name: 'D all done',
    spec: { ...two, restartPolicy: 'Never' },
    runs: [done(0), done(0)],
    phase: 'Succeeded',
    want: [
      'Initialized=True PodCompleted',
      'Ready=False PodCompleted',
      'ContainersReady=False PodCompleted',
    ],
  },
  {
    name: 'D one has failed for good',
    spec: { ...two, restartPolicy: 'Never' },
    runs: [done(0), done(2)],
    phase: 'Failed',
    want: ['Initialized=True', 'Ready=False PodFailed', 'ContainersReady=False PodFailed'],
  },
  {
    name: 'D init containers come first',
    spec: withInit,
    runs: [running, {}, {}],
    phase: 'Pending',
    want: [
      'Initialized=False ContainersNotInitialized containers with incomplete status: [i s]',
      `Ready=${unready('s a')}`,
      `ContainersReady=${unready('s a')}`,
    ],
  },
  {
    name: 'D a sidecar counts as a container that must be ready',
    spec: withInit,
    runs: [done(0), running, ready],
    phase: 'Running',
    want: ['Initialized=True', `Ready=${unready('s')}`, `ContainersReady=${unready('s')}`],
  },
  {
    name: 'D an init container that fails for good',
    spec: { ...withInit, restartPolicy: 'Never' },
    runs: [done(1), {}, {}],
    phase: 'Failed',
    want: [
      'Initialized=False ContainersNotInitialized containers with incomplete status: [i s]',
      'Ready=False PodFailed',
      'ContainersReady=False PodFailed',
    ],
  },
  {
    name: 'D readiness gates: one that is missing, one that is not True',
    spec: { ...two, readinessGates: [{ conditionType: 'lb' }, { conditionType: 'dns' }] },
    runs: [ready, ready],
    conditions: [{ type: 'dns', status: 'False' }],
    phase: 'Running',
    want: [
      'Initialized=True',
      'Ready=False ReadinessGatesNotReady corresponding condition of pod readiness gate "lb" does not exist., the status of pod readiness gate "dns" is not "True", but False',
      'ContainersReady=True',
    ],
  },
  {
    name: 'D readiness gates that are met',
    spec: { ...two, readinessGates: [{ conditionType: 'lb' }] },
    runs: [ready, ready],
    conditions: [{ type: 'lb', status: 'True' }],
    phase: 'Running',
    want: ['Initialized=True', 'Ready=True', 'ContainersReady=True'],
  },
];

function statusFor({ spec, runs, conditions = [] }: Row, minor = 34) {
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'demo', generation: 3 },
    spec,
    status: { conditions },
  };
  const run: PodRun = {
    uid: 'u',
    node: 'node01',
    podIPs: ['10.244.0.5'],
    startTime: now,
    sinceMs: 0,
    containers: newRuns(pod, 0).map((one, i) => ({
      ...one,
      start: runs[i]?.state === undefined ? null : ({} as ContainerRun['start']),
      ...runs[i],
    })),
    forced: null,
    isExpired: false,
    ending: null,
  };
  const context: KubeletContext = {
    client: { get: () => undefined } as Partial<
      KubeletContext['client']
    > as KubeletContext['client'],
    runtime: {} as KubeletContext['runtime'],
    state: new KubeletState(),
    spec: clusterSpec(),
    nowMs: 0,
    now,
    minor,
    again: () => {},
  };
  return statusOf(pod, run, context);
}

for (const row of rows) {
  test(`status: ${row.name}`, () => {
    const status = statusFor(row);
    assert.equal(status.phase, row.phase);
    const shown = (status.conditions ?? []).map((one) =>
      [`${one.type}=${one.status}`, one.reason, one.message]
        .filter((t) => t !== undefined)
        .join(' '),
    );
    const order = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady'];
    const types = (status.conditions ?? []).map(({ type }) => type);
    assert.deepEqual(types.slice(0, 5), [...order, 'PodScheduled']);
    assert.deepEqual(shown.slice(1, 4), row.want);
  });
}

test('status: the generation that was seen is in it from 1.34 on, in each condition as well', () => {
  const row = rows[2] as Row;
  const [old, now34] = [statusFor(row, 33), statusFor(row)];
  assert.equal(old.observedGeneration, undefined);
  assert.equal(now34.observedGeneration, 3);
  assert.deepEqual(
    (now34.conditions ?? []).map((one) => [one.observedGeneration, one.lastProbeTime]),
    Array.from({ length: 5 }, () => [3, null]),
  );
});
