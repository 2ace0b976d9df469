// The status that a kubelet reports: phase, conditions in upstream's order and words, container statuses.
// pkg/kubelet/kubelet_pods.go getPhase and pkg/kubelet/status/generate.go.
import type { ContainerStatus, Pod, PodCondition, PodStatus } from '../api/types.ts';
import { deadlineExceeded } from './admission.ts';
import { specOf } from './containers.ts';
import type { KubeletContext } from './context.ts';
import type { ContainerRun, PodRun } from './state.ts';

/** Pending, Running, Succeeded or Failed. */
export function phaseOf(pod: Pod, { containers: runs, isExpired }: PodRun): string {
  if (isExpired) return 'Failed';
  const init = runs.filter((run) => run.role === 'init');
  const policy = pod.spec.restartPolicy ?? 'Always';
  for (const run of init) {
    if (run.state.kind !== 'terminated') return 'Pending';
    if (run.state.ended.exitCode !== 0) return policy === 'Never' ? 'Failed' : 'Pending';
  }
  const main = runs.filter((run) => run.role === 'main');
  if (main.some((run) => run.state.kind === 'waiting' && run.last === null)) return 'Pending';
  if (main.some((run) => run.state.kind !== 'terminated')) return 'Running';
  return main.every((run) => exitCode(run) === 0) ? 'Succeeded' : 'Failed';
}

function exitCode(run: ContainerRun): number {
  return run.state.kind === 'terminated' ? run.state.ended.exitCode : 0;
}

export function statusOf(pod: Pod, run: PodRun, context: KubeletContext): PodStatus {
  const phase = phaseOf(pod, run);
  const node = context.client.get('Node', run.node);
  const hosts = (node?.status?.addresses ?? []).filter((one) => one.type === 'InternalIP');
  const hostIPs = hosts.map((one) => ({ ip: one.address }));
  const init = run.containers.filter((one) => one.role !== 'main');
  const main = run.containers.filter((one) => one.role === 'main');
  const { hostIP: _h, conditions: _c, ...kept } = pod.status ?? {};
  return {
    ...kept,
    phase,
    ...observed(pod, context),
    ...(run.isExpired ? deadlineExceeded : {}),
    conditions: conditionsOf(pod, run, phase, context),
    ...(hostIPs[0] === undefined ? {} : { hostIP: hostIPs[0].ip, hostIPs }),
    ...(run.podIPs[0] === undefined
      ? {}
      : { podIP: run.podIPs[0], podIPs: run.podIPs.map((ip) => ({ ip })) }),
    startTime: run.startTime,
    ...(init.length === 0
      ? {}
      : { initContainerStatuses: init.map((one) => containerStatus(pod, one)) }),
    containerStatuses: main.map((one) => containerStatus(pod, one)),
  };
}

/** PodObservedGenerationTracking is on by default since this minor: in the status, and in each condition. */
const observesSince = 34;

function observed({ metadata }: Pod, { minor }: KubeletContext) {
  const { generation } = metadata;
  return minor < observesSince || generation === undefined
    ? {}
    : { observedGeneration: generation };
}

/** Whether two runs of a pod give the same status: how far its probes have counted is not in it. */
export function looksLike(a: PodRun, b: PodRun): boolean {
  if (a === b) return true;
  const { containers: ones, ...restA } = a;
  const { containers: others, ...restB } = b;
  return (
    sameFields(restA, restB) &&
    ones.length === others.length &&
    ones.every((one, i) => {
      const { probes: _one, ...left } = one;
      const { probes: _other, ...right } = others[i] as ContainerRun;
      return sameFields(left, right);
    })
  );
}

/** One level deep, by identity: a value that was made anew only costs the status it would have saved. */
function sameFields(a: object, b: object): boolean {
  const [left, right] = [Object.entries(a), b as Readonly<Record<string, unknown>>];
  return (
    left.length === Object.keys(b).length && left.every(([key, value]) => right[key] === value)
  );
}

function containerStatus(pod: Pod, run: ContainerRun): ContainerStatus {
  const { state, last } = run;
  const done = run.role === 'init' && state.kind === 'terminated' && state.ended.exitCode === 0;
  return {
    name: run.name,
    image: specOf(pod, run.name)?.image ?? '',
    imageID: '',
    ...(run.id === '' ? {} : { containerID: run.id }),
    ready: done || run.ready,
    restartCount: run.restarts,
    started: state.kind === 'running' && run.started,
    state: shownState(run),
    lastState: last === null || state.kind === 'terminated' ? {} : { terminated: last },
  };
}

function shownState(run: ContainerRun): NonNullable<ContainerStatus['state']> {
  const { state } = run;
  switch (state.kind) {
    case 'running':
      return { running: { startedAt: state.since } };
    case 'terminated':
      return { terminated: state.ended };
    case 'waiting':
      if (run.last !== null && state.reason === run.last.reason) return { terminated: run.last };
      return {
        waiting: {
          reason: state.reason,
          ...(state.message === '' ? {} : { message: state.message }),
        },
      };
  }
}

/** A metav1.Time that nobody sets is printed as null. */
const lastProbeTime = null as unknown as string;

/** PodReadyToStartContainersCondition is on by default since this minor. */
const tellsSandboxSince = 29;

type Verdict = Pick<PodCondition, 'status' | 'reason' | 'message'>;

function conditionsOf(
  pod: Pod,
  run: PodRun,
  phase: string,
  context: KubeletContext,
): readonly PodCondition[] {
  const { now, minor } = context;
  const containers = containersReady(run, phase);
  const verdicts: (readonly [string, Verdict])[] = [
    ['Initialized', initialized(run, phase)],
    ['Ready', podReady(pod, containers)],
    ['ContainersReady', containers],
    ['PodScheduled', { status: 'True' }],
  ];
  const sandbox = run.podIPs.length > 0 && phase !== 'Succeeded' && phase !== 'Failed';
  if (minor >= tellsSandboxSince) {
    verdicts.unshift(['PodReadyToStartContainers', { status: sandbox ? 'True' : 'False' }]);
  }
  const before = pod.status?.conditions ?? [];
  const own = verdicts.map(([type, verdict]) => {
    const old = before.find((one) => one.type === type);
    const lastTransitionTime =
      old?.status === verdict.status ? (old.lastTransitionTime ?? now) : now;
    return { type, ...observed(pod, context), ...verdict, lastProbeTime, lastTransitionTime };
  });
  return [...own, ...before.filter((one) => !verdicts.some(([type]) => type === one.type))];
}

function initialized(run: PodRun, phase: string): Verdict {
  const waiting = run.containers.filter((one) => {
    if (one.role === 'main') return false;
    if (one.role === 'sidecar') return !(one.state.kind === 'running' && one.started);
    return one.state.kind !== 'terminated' || one.state.ended.exitCode !== 0;
  });
  if (phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' };
  if (waiting.length === 0 || run.containers.some((c) => c.role === 'main' && c.start !== null)) {
    return { status: 'True' };
  }
  const names = waiting.map((one) => one.name).join(' ');
  const message = `containers with incomplete status: [${names}]`;
  return { status: 'False', reason: 'ContainersNotInitialized', message };
}

function containersReady(run: PodRun, phase: string): Verdict {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  const counted = run.containers.filter((one) => one.role !== 'init');
  const unready = counted.filter((one) => !one.ready).map((one) => one.name);
  if (unready.length === 0) return { status: 'True' };
  const message = `containers with unready status: [${unready.join(' ')}]`;
  return { status: 'False', reason: 'ContainersNotReady', message };
}

function podReady(pod: Pod, containers: Verdict): Verdict {
  if (containers.status !== 'True') return containers;
  const messages: string[] = [];
  for (const { conditionType } of pod.spec.readinessGates ?? []) {
    const found = pod.status?.conditions?.find((one) => one.type === conditionType);
    if (found === undefined) {
      const text = `corresponding condition of pod readiness gate "${conditionType}" does not exist.`;
      messages.push(text);
    } else if (found.status !== 'True') {
      const text = `the status of pod readiness gate "${conditionType}" is not "True", but ${found.status}`;
      messages.push(text);
    }
  }
  if (messages.length === 0) return { status: 'True' };
  return { status: 'False', reason: 'ReadinessGatesNotReady', message: messages.join(', ') };
}
