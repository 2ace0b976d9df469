// Starts, ends and restarts containers, one step at a time: init containers in order, sidecars before the rest,
// back-off as the kubelet counts it. pkg/kubelet/kuberuntime and client-go flowcontrol.Backoff.
import { kubeletDomain } from '../api/cluster-spec.ts';
import type { Container, Pod } from '../api/types.ts';
import { durationOf } from './annotations.ts';
import type { KubeletContext } from './context.ts';
import { argvOf, containerEnvironment, isTooLong } from './environment.ts';
import { hostnameOf } from './files.ts';
import { assumes, listenersOf, proxyToOf, replyOf, resolverOf } from './listeners.ts';
import type { ContainerStart } from './runtime.ts';
import { type ContainerRun, type Ended, forget, logOf, type PodRun, remember } from './state.ts';

const backoffMs = { initial: 10_000, max: 300_000 };
/** The kubelet sees a dead container at its next relist, a second later. */
const relistMs = 1000;

export function keyOfPod(pod: Pod): string {
  return `${pod.metadata.namespace}/${pod.metadata.name}`;
}

/** All containers of the pod before their first start, init containers first. */
export function newRuns(pod: Pod, startsAtMs: number): readonly ContainerRun[] {
  const run = (container: Container, role: ContainerRun['role'], first: boolean): ContainerRun => ({
    name: container.name,
    role,
    state: {
      kind: 'waiting',
      reason: first ? 'ContainerCreating' : 'PodInitializing',
      message: '',
      untilMs: startsAtMs + durationOf(pod, 'start-after', container.name, 0),
    },
    last: null,
    restarts: 0,
    backoffMs: 0,
    lastFailureMs: 0,
    id: '',
    log: '',
    lastLog: null,
    environment: null,
    start: null,
    ready: false,
    started: false,
    startedMs: null,
    stopping: null,
    probes: {},
  });
  const init = pod.spec.initContainers ?? [];
  return [
    ...init.map((c) => run(c, c.restartPolicy === 'Always' ? 'sidecar' : 'init', false)),
    ...pod.spec.containers.map((c) => run(c, 'main', init.length === 0)),
  ];
}

export function specOf(pod: Pod, name: string): Container | undefined {
  const all = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  return all.find((container) => container.name === name);
}

/** Tries to start a waiting container whose time has come. */
export function startContainer(
  pod: Pod,
  run: PodRun,
  before: ContainerRun,
  context: KubeletContext,
): ContainerRun {
  const container = specOf(pod, before.name);
  if (container === undefined) return before;
  const { client, nowMs, now, runtime } = context;
  const addresses = client.get('Node', run.node)?.status?.addresses ?? [];
  const hostIPs = addresses.flatMap((a) => (a.type === 'InternalIP' ? [a.address] : []));
  const made = containerEnvironment(container, {
    lister: client,
    pod,
    hostname: hostnameOf(pod, kubeletDomain(context.spec), context.minor),
    podIPs: run.podIPs,
    hostIPs,
    minor: context.minor,
  });
  announcePull(pod, container, context);
  if (made.kind === 'error') return stuck(pod, before, made.reason, made.message, context);
  const { environment } = made;
  forget(context.state.starving, keyOfPod(pod));
  for (const message of made.skipped) {
    client.event(pod, 'Warning', 'InvalidEnvironmentVariableNames', message);
  }
  const argv = argvOf(container, environment);
  // A restart counts when it happens: one that waits for its back-off has not yet.
  const restarts = before.id === '' ? before.restarts : before.restarts + 1;
  const id = containerId(`${run.uid}/${before.name}/${restarts}`);
  const lastLog = before.id === '' ? null : logOf(context.state, before);
  context.state.printed.delete(before.id);
  if (isTooLong(argv, environment)) {
    const text = `exec ${argv[0] ?? container.image ?? ''}: argument list too long`;
    const log = `${text}\n`;
    const tried = { ...before, restarts, environment, id, log, lastLog };
    return refusedByKernel(pod, tried, text, context);
  }
  const proxyTo = proxyToOf(pod, container);
  const start: ContainerStart = {
    name: container.name,
    restarts,
    listeners: listenersOf(pod, container, servicesFor(pod, container, context)),
    environment,
    argv,
    resolver: resolverOf(pod, container),
    reply: replyOf(pod, container),
    ...(proxyTo === undefined ? {} : { proxyTo }),
  };
  const { log, exitCode } = runtime.start(pod, start);
  announceStart(pod, container, context);
  const after: ContainerRun = {
    ...before,
    restarts,
    state: { kind: 'running', sinceMs: nowMs, since: now },
    id,
    log,
    lastLog,
    environment,
    start,
    ready: false,
    started: container.startupProbe === undefined,
    startedMs: null,
    stopping: null,
    probes: {},
  };
  return exitCode === null ? after : endContainer(pod, after, exitCode, context);
}

/** KubeletEnsureSecretPulledImages is on by default since this minor. */
const ensuresAccessSince = 35;

/** Images are there: only what the policy makes the kubelet say. A pull takes no time here, and an image has no bytes. */
function announcePull(pod: Pod, container: Container, { client, minor }: KubeletContext): void {
  const image = JSON.stringify(container.image ?? '');
  if (container.imagePullPolicy === 'Always') {
    client.event(pod, 'Normal', 'Pulling', `Pulling image ${image}`);
    const took = 'in 0s (0s including waiting). Image size: 0 bytes.';
    client.event(pod, 'Normal', 'Pulled', `Successfully pulled image ${image} ${took}`);
    return;
  }
  const more = minor >= ensuresAccessSince ? ' and can be accessed by the pod' : '';
  client.event(
    pod,
    'Normal',
    'Pulled',
    `Container image ${image} already present on machine${more}`,
  );
}

/** What a container is called in events: nothing since the first, else its name, since the second behind a colon. */
const [namelessSince, colonSince] = [35, 32];

function announceStart(pod: Pod, { name }: Container, { client, minor }: KubeletContext): void {
  const isNew = minor >= namelessSince;
  const colon = minor >= colonSince ? ':' : '';
  client.event(
    pod,
    'Normal',
    'Created',
    isNew ? 'Container created' : `Created container${colon} ${name}`,
  );
  client.event(pod, 'Normal', 'Started', isNew ? 'Container started' : `Started container ${name}`);
}

/** 64 hexadecimal digits that follow from the instance's name, as containerd draws them at random: FNV-1a, eight times. */
function containerId(instance: string): string {
  let digits = '';
  for (let part = 0; part < 8; part++) {
    let hash = 0x811c9dc5 | 0;
    const text = `${part}${instance}`;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    digits += (hash >>> 0).toString(16).padStart(8, '0');
  }
  return `containerd://${digits}`;
}

function servicesFor(pod: Pod, container: Container, { client }: KubeletContext) {
  return assumes(pod, container) ? client.list('Service', pod.metadata.namespace) : [];
}

/** A start that failed stays waiting and is tried again after the kubelet's sync period. */
function stuck(
  pod: Pod,
  before: ContainerRun,
  reason: string,
  message: string,
  context: KubeletContext,
): ContainerRun {
  context.client.event(pod, 'Warning', 'Failed', `Error: ${message}`);
  const untilMs = context.nowMs + backoffMs.initial;
  remember(context.state.starving, keyOfPod(pod));
  context.again(keyOfPod(pod), backoffMs.initial, true);
  return { ...before, state: { kind: 'waiting', reason, message, untilMs } };
}

/** runc has reported the start when it calls execve(2), so E2BIG is a program that ended at once with status 1 and one
 * line of log (runc libcontainer/standard_init_linux.go). The event, which the kubelet does not send, carries the line
 * for those who read no logs. */
function refusedByKernel(
  pod: Pod,
  before: ContainerRun,
  log: string,
  context: KubeletContext,
): ContainerRun {
  const { client, nowMs, now } = context;
  const container = specOf(pod, before.name);
  if (container !== undefined) announceStart(pod, container, context);
  client.event(pod, 'Warning', 'Failed', `Error: ${log}`);
  const policy = container?.terminationMessagePolicy;
  const message = policy === 'FallbackToLogsOnError' ? log : '';
  const running = { ...before, state: { kind: 'running', sinceMs: nowMs, since: now } } as const;
  return endContainer(pod, running, 1, context, message);
}

/** The program of a running container ended: sockets close, nothing is restarted yet. */
export function endContainer(
  pod: Pod,
  before: ContainerRun,
  exitCode: number,
  context: KubeletContext,
  message = '',
): ContainerRun {
  if (before.state.kind !== 'running') return before;
  context.runtime.stop(keyOfPod(pod), before.name, exitCode);
  const ended: Ended = {
    exitCode,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    message,
    startedAt: before.state.since,
    finishedAt: context.now,
    containerID: before.id,
  };
  return {
    ...before,
    state: { kind: 'terminated', ended },
    ready: false,
    started: false,
    startedMs: null,
    stopping: null,
    probes: {},
  };
}

/** Whether the restart policy starts it again. */
export function restarts(pod: Pod, run: ContainerRun, exitCode: number): boolean {
  if (run.role === 'sidecar') return true;
  const policy = pod.spec.restartPolicy ?? 'Always';
  if (run.role === 'init') return policy !== 'Never' && exitCode !== 0;
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

/** Puts an ended container on its way back: after a relist the first time, after the back-off later. */
export function scheduleRestart(
  pod: Pod,
  before: ContainerRun,
  context: KubeletContext,
): ContainerRun {
  if (before.state.kind !== 'terminated') return before;
  const { ended } = before.state;
  if (!restarts(pod, before, ended.exitCode)) return before;
  const { nowMs, client } = context;
  const forgiven = nowMs - before.lastFailureMs > 2 * backoffMs.max;
  const delay = forgiven ? 0 : before.backoffMs;
  const next = delay === 0 ? backoffMs.initial : Math.min(delay * 2, backoffMs.max);
  const base = {
    ...before,
    last: ended,
    backoffMs: next,
    lastFailureMs: nowMs + delay,
  };
  // A back-off is a state that lasts: settling does not wait for its end.
  context.again(keyOfPod(pod), Math.max(delay, relistMs), delay > 0);
  if (delay === 0) {
    // Shown as terminated until the relist; `last` is set at once so that the restart happens only once.
    return {
      ...base,
      state: { kind: 'waiting', reason: ended.reason, message: '', untilMs: nowMs + relistMs },
    };
  }
  const { name, namespace, uid } = pod.metadata;
  const about = `failed container ${before.name} in pod ${name}_${namespace}(${uid})`;
  client.event(pod, 'Warning', 'BackOff', `Back-off restarting ${about}`);
  const message = `back-off ${goDuration(delay)} restarting failed container=${before.name} pod=${name}_${namespace}(${uid})`;
  return {
    ...base,
    state: { kind: 'waiting', reason: 'CrashLoopBackOff', message, untilMs: nowMs + delay },
  };
}

/** Go's Duration text: 40s, 1m20s, 5m0s. */
function goDuration(ms: number): string {
  const seconds = ms / 1000;
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
