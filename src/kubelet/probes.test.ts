// When probes are made and what they come to, on the virtual clock: thresholds, periods, delays, start-up, grace. The Pod
// is admitted at 0 s, its container starts at 2 s.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '../api/timing.table.ts';
import type { Client, Container, Pod, Probe } from '../api/types.ts';
import { clusterSpec } from '../apiserver/server.fixture.ts';
import type { KubeletContext } from './context.ts';
import { runProbes } from './probes.ts';
import type { ProbeOutcome } from './runtime.ts';
import { type ContainerRun, KubeletState, type PodRun } from './state.ts';

type Kind = 'readinessProbe' | 'livenessProbe' | 'startupProbe';
/** Second of the virtual clock -> what probes come to from then on. */
type Course = readonly (readonly [number, ProbeOutcome['kind']])[];

interface Row {
  readonly name: string;
  readonly probes: Partial<Readonly<Record<Kind, Omit<Probe, 'exec'>>>>;
  readonly course: Course;
  readonly untilSeconds: number;
  /** "4 asked", "12 ready", "22 not ready", "30 killed Liveness": seconds and what happened. */
  readonly want: readonly string[];
  /** "READINESS failed" texts of events, in order. */
  readonly events?: readonly string[];
  readonly minor?: number;
  readonly isInstant?: boolean;
  readonly isDeleted?: boolean;
}

const started: ContainerRun = {
  name: 'web',
  role: 'main',
  state: { kind: 'running', sinceMs: 2000, since: '' },
  last: null,
  restarts: 0,
  backoffMs: 0,
  lastFailureMs: 0,
  id: 'containerd://1',
  log: '',
  lastLog: null,
  environment: null,
  start: null,
  ready: false,
  started: false,
  startedMs: null,
  stopping: null,
  probes: {},
};

function play(row: Row): { readonly seen: readonly string[]; readonly events: readonly string[] } {
  const container: Container = { name: 'web', ...row.probes };
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'demo' },
    spec: { containers: [container] },
  };
  const ending = { graceSeconds: 30, stops: [], told: [], stopped: [], reported: false };
  const run: PodRun = {
    uid: 'u',
    node: 'node01',
    podIPs: [],
    startTime: '',
    sinceMs: 0,
    containers: [started],
    forced: null,
    isExpired: false,
    ending: row.isDeleted === true ? ending : null,
  };
  const [seen, events]: [string[], string[]] = [[], []];
  let nowMs = 2000;
  let current: ContainerRun = { ...started, started: container.startupProbe === undefined };
  while (nowMs <= row.untilSeconds * 1000) {
    const times: number[] = [];
    const outcome = row.course.findLast(([second]) => second * 1000 <= nowMs)?.[1] ?? 'success';
    const timing = row.isInstant === true ? instant : { ...instant, watchMs: 1 };
    const context: KubeletContext = {
      client: {
        event: (_about, _type, _reason, text) => events.push(text),
      } as Partial<Client> as Client,
      runtime: {
        probe: (): ProbeOutcome => {
          seen.push(`${nowMs / 1000} asked`);
          return { kind: outcome, text: outcome === 'success' ? '' : 'no' };
        },
      } as Partial<KubeletContext['runtime']> as KubeletContext['runtime'],
      state: new KubeletState(),
      spec: { ...clusterSpec(), timing },
      nowMs,
      now: '',
      minor: row.minor ?? 34,
      again: (_key, delayMs) => times.push(nowMs + delayMs),
    };
    const before = current;
    const { container: after, killed } = runProbes(pod, run, container, current, context);
    if (after.ready !== before.ready)
      seen.push(`${nowMs / 1000} ${after.ready ? '' : 'not '}ready`);
    if (killed !== null) {
      seen.push(`${nowMs / 1000} killed ${killed.which}`);
      break;
    }
    current = after;
    if (times.length === 0) break;
    nowMs = Math.min(...times);
  }
  return { seen, events };
}

const get = { httpGet: { port: 80 } };
const rows: readonly Row[] = [
  {
    name: 'readiness: at once when the container has started, then every period',
    probes: { readinessProbe: { ...get, periodSeconds: 10 } },
    course: [[0, 'success']],
    untilSeconds: 22,
    want: ['2 asked', '2 ready', '12 asked', '22 asked'],
  },
  {
    name: 'readiness: not before the first tick after the initial delay',
    probes: { readinessProbe: { ...get, periodSeconds: 10, initialDelaySeconds: 5 } },
    course: [[0, 'success']],
    untilSeconds: 12,
    want: ['12 asked', '12 ready'],
  },
  {
    name: 'readiness: three failures in a row, one success',
    probes: { readinessProbe: { ...get, periodSeconds: 5, failureThreshold: 3 } },
    course: [
      [0, 'success'],
      [6, 'failure'],
      [20, 'success'],
    ],
    untilSeconds: 22,
    want: [
      '2 asked',
      '2 ready',
      '7 asked',
      '12 asked',
      '17 asked',
      '17 not ready',
      '22 asked',
      '22 ready',
    ],
    events: Array.from({ length: 3 }, () => 'Readiness probe failed: no'),
  },
  {
    name: 'readiness: a success in between begins the count anew',
    probes: { readinessProbe: { ...get, periodSeconds: 5, failureThreshold: 2 } },
    course: [
      [0, 'success'],
      [6, 'failure'],
      [11, 'success'],
      [16, 'failure'],
    ],
    untilSeconds: 20,
    want: ['2 asked', '2 ready', '7 asked', '12 asked', '17 asked'],
    events: ['Readiness probe failed: no', 'Readiness probe failed: no'],
  },
  {
    name: 'readiness: a successThreshold of 3',
    probes: { readinessProbe: { ...get, periodSeconds: 1, successThreshold: 3 } },
    course: [[0, 'success']],
    untilSeconds: 4,
    want: ['2 asked', '3 asked', '4 asked', '4 ready'],
  },
  {
    name: 'readiness: a probe that cannot be made counts for nothing',
    probes: { readinessProbe: { ...get, periodSeconds: 1, failureThreshold: 1 } },
    course: [
      [0, 'success'],
      [3, 'error'],
    ],
    untilSeconds: 4,
    want: ['2 asked', '2 ready', '3 asked', '4 asked'],
    events: [
      'Readiness probe errored and resulted in unknown state: no',
      'Readiness probe errored and resulted in unknown state: no',
    ],
  },
  {
    name: 'readiness: which 1.32 said in fewer words',
    probes: { readinessProbe: { ...get, periodSeconds: 1 } },
    course: [[0, 'error']],
    untilSeconds: 2,
    want: ['2 asked'],
    events: ['Readiness probe errored: no'],
    minor: 32,
  },
  {
    name: 'readiness: a named port that the container does not have',
    probes: { readinessProbe: { httpGet: { port: 'web' }, periodSeconds: 1 } },
    course: [],
    untilSeconds: 2,
    want: [],
    events: [
      'Readiness probe errored and resulted in unknown state: strconv.Atoi: parsing "web": invalid syntax',
    ],
  },
  {
    name: "liveness: by the Pod's own ticks, killed at the third failure",
    probes: { livenessProbe: { ...get, periodSeconds: 10 } },
    course: [[0, 'failure']],
    untilSeconds: 60,
    want: ['2 ready', '10 asked', '20 asked', '30 asked', '30 killed Liveness'],
    events: Array.from({ length: 3 }, () => 'Liveness probe failed: no'),
  },
  {
    name: 'liveness: the initial delay counts from the start of the container',
    probes: { livenessProbe: { ...get, periodSeconds: 10, initialDelaySeconds: 20 } },
    course: [[0, 'success']],
    untilSeconds: 30,
    want: ['2 ready', '30 asked'],
  },
  {
    name: 'startup: the others wait for it, then readiness is asked at once',
    probes: {
      startupProbe: { ...get, periodSeconds: 4, failureThreshold: 30 },
      readinessProbe: { ...get, periodSeconds: 10 },
      livenessProbe: { ...get, periodSeconds: 6 },
    },
    course: [
      [0, 'failure'],
      [9, 'success'],
    ],
    untilSeconds: 17,
    want: ['4 asked', '8 asked', '12 asked', '12 asked', '12 asked', '12 ready'],
    events: ['Startup probe failed: no', 'Startup probe failed: no'],
  },
  {
    name: 'startup: fails for good',
    probes: { startupProbe: { ...get, periodSeconds: 4, failureThreshold: 2 } },
    course: [[0, 'failure']],
    untilSeconds: 60,
    want: ['4 asked', '8 asked', '8 killed Startup'],
    events: ['Startup probe failed: no', 'Startup probe failed: no'],
  },
  {
    name: 'while the Pod is being deleted liveness stops, readiness goes on',
    probes: {
      livenessProbe: { ...get, periodSeconds: 2, failureThreshold: 1 },
      readinessProbe: { ...get, periodSeconds: 2, failureThreshold: 1 },
    },
    course: [
      [0, 'success'],
      [3, 'failure'],
    ],
    untilSeconds: 5,
    want: ['2 asked', '2 ready', '4 asked', '4 not ready'],
    events: ['Readiness probe failed: no'],
    isDeleted: true,
  },
  {
    name: 'instant timing: a verdict on startup and readiness in one go, without delays',
    probes: {
      startupProbe: { ...get, initialDelaySeconds: 60, successThreshold: 1 },
      readinessProbe: { ...get, initialDelaySeconds: 60, failureThreshold: 5 },
    },
    course: [[0, 'success']],
    untilSeconds: 9,
    want: ['2 asked', '2 asked', '2 ready'],
    isInstant: true,
  },
  {
    name: 'instant timing: liveness keeps to the clock',
    probes: { livenessProbe: { ...get, initialDelaySeconds: 60, failureThreshold: 5 } },
    course: [[0, 'failure']],
    untilSeconds: 200,
    want: [
      '2 ready',
      '70 asked',
      '80 asked',
      '90 asked',
      '100 asked',
      '110 asked',
      '110 killed Liveness',
    ],
    events: Array.from({ length: 5 }, () => 'Liveness probe failed: no'),
    isInstant: true,
  },
  {
    name: 'the tick at which the container starts does not see it yet',
    probes: { livenessProbe: { ...get, periodSeconds: 2 } },
    course: [],
    untilSeconds: 4,
    want: ['2 ready', '4 asked'],
  },
];

for (const row of rows) {
  test(`probes: ${row.name}`, () => {
    const { seen, events } = play(row);
    assert.deepEqual(seen, row.want);
    assert.deepEqual(events, row.events ?? []);
  });
}
