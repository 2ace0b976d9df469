// The kubelets of all nodes: bring each bound pod to what its spec asks for, one sync at a time, and report its
// status. Images and cgroups are deliberately not here. Modelled after pkg/kubelet syncPod.

import { isInstant } from '../api/timing.table.ts';
import { type AnyObject, keyOf, type Node, type Pod, type WatchEvent } from '../api/types.ts';
import { sameValue } from '../api/values.ts';
import { formatAddr } from '../net/addr.ts';
import { deadlineExceeded, deadlineIn, isOver, refusalOf, reject } from './admission.ts';
import { annotationOf, durationOf } from './annotations.ts';
import { endContainer, newRuns, scheduleRestart, specOf, startContainer } from './containers.ts';
import type { KubeletContext } from './context.ts';
import { assumes, listenersOf, proxyToOf, replyOf } from './listeners.ts';
import { isMounted } from './mounts.ts';
import { type Probed, runProbes } from './probes.ts';
import type { Listener } from './runtime.ts';
import { type ContainerRun, forget, type KubeletState, type PodRun, remember } from './state.ts';
import { looksLike, phaseOf, statusOf } from './status.ts';
import { stopTimes, terminate } from './terminate.ts';

export const kubelet = {
  name: 'kubelet',
  watches: ['Pod', 'Service', 'ConfigMap', 'Secret'],
  keysOf(event: WatchEvent, { state }: KubeletContext): readonly string[] {
    if (event.kind === 'Pod') return concerns(event, state) ? [event.key] : [];
    const namespace = event.object.metadata.namespace ?? 'default';
    const waiting = event.kind === 'Service' ? state.assuming : state.starving;
    return waiting.get(namespace) ?? [];
  },
  sync(key: string, context: KubeletContext): void {
    const { client, state } = context;
    const pod = context.podAsHeard === undefined ? client.get('Pod', key) : context.podAsHeard(key);
    const run = state.pods.get(key);
    const node = pod?.spec.nodeName ?? '';
    const canStart = node !== '' && !state.stopped.has(node);
    if (run !== undefined && run.uid !== pod?.metadata.uid) {
      // Nobody ends what runs under a kubelet that is down; here a namesake that starts elsewhere does.
      if (!canStart && state.stopped.has(run.node)) return;
      tearDown(key, run, context);
    }
    if (pod === undefined || !canStart) return;
    const current = state.pods.get(key);
    if (pod.metadata.deletionTimestamp !== undefined) terminate(pod, current, context, tearDown);
    else if (!isOver(pod)) syncPod(pod, current, context);
  },
};

/** Status writes of its own do not wake a kubelet: only spec, deletion and foreign conditions do. */
function concerns(event: WatchEvent, state: KubeletState): boolean {
  const pod = event.object as AnyObject & { readonly spec?: { readonly nodeName?: string } };
  if ((pod.spec?.nodeName ?? '') === '' && !state.pods.has(event.key)) return false;
  if (event.type !== 'MODIFIED' || !state.pods.has(event.key)) return true;
  const gates = (object: AnyObject | undefined) => {
    const status = object?.['status'] as Pod['status'];
    return (status?.conditions ?? []).map((one) => `${one.type}=${one.status}`).join();
  };
  const { previous, object } = event;
  return (
    previous?.['spec'] !== object['spec'] ||
    previous?.metadata.deletionTimestamp !== object.metadata.deletionTimestamp ||
    previous?.metadata.annotations !== object.metadata.annotations ||
    gates(previous) !== gates(object)
  );
}

function syncPod(pod: Pod, known: PodRun | undefined, context: KubeletContext): void {
  const key = keyOf(pod);
  const run = known ?? admit(pod, context);
  if (run === undefined) return;
  const left = deadlineIn(pod, run.sinceMs, context.nowMs);
  if (left !== undefined && left > 0) context.again(key, left, true);
  const after =
    left !== undefined && left <= 0 ? expire(pod, run, context) : goOn(pod, run, context);
  context.state.pods.set(key, after);
  report(pod, after, context);
  const phase = phaseOf(pod, after);
  if (phase === 'Succeeded' || phase === 'Failed') context.runtime.detach(key, run.uid);
}

function goOn(pod: Pod, known: PodRun, context: KubeletContext): PodRun {
  const run = known.triedMs === undefined ? known : connect(pod, known, context);
  if (run.triedMs !== undefined) return run;
  const containers = advance(pod, run, context);
  return { ...run, containers: withoutSidecars(pod, containers, context) };
}

/** When the last main container has ended for good, the sidecars are told to. */
function withoutSidecars(
  pod: Pod,
  containers: readonly ContainerRun[],
  context: KubeletContext,
): readonly ContainerRun[] {
  const mains = containers.filter(({ role }) => role === 'main');
  if (!mains.every(({ state }) => state.kind === 'terminated')) return containers;
  return containers.map((one) =>
    one.role === 'sidecar' ? endContainer(pod, one, 0, context) : one,
  );
}

function expire(pod: Pod, run: PodRun, context: KubeletContext): PodRun {
  const { reason, message } = deadlineExceeded;
  context.client.event(pod, 'Normal', reason, message);
  const containers = run.containers.map((one) => endContainer(pod, one, 137, context));
  return { ...run, containers, isExpired: true };
}

/** A new pod's record, when its node takes it. */
function admit(pod: Pod, context: KubeletContext): PodRun | undefined {
  const { client, state, nowMs, now } = context;
  const node = client.get('Node', pod.spec.nodeName ?? '');
  if (node === undefined) return undefined;
  const refusal = refusalOf(pod, node, context);
  if (refusal !== undefined) {
    reject(pod, refusal, context);
    return undefined;
  }
  if (pod.spec.containers.some((container) => assumes(pod, container))) {
    remember(state.assuming, keyOf(pod));
  }
  return {
    uid: pod.metadata.uid ?? '',
    node: node.metadata.name,
    podIPs: [],
    startTime: now,
    sinceMs: nowMs,
    containers: newRuns(pod, nowMs),
    triedMs: -1,
    forced: null,
    isExpired: false,
    ending: null,
  };
}

/** Gives a pod its network when its volumes are there. */
function connect(pod: Pod, run: PodRun, context: KubeletContext): PodRun {
  const { client, runtime, spec, nowMs } = context;
  const node = client.get('Node', run.node);
  const tried = { ...run, triedMs: nowMs };
  if (node === undefined || !isMounted(pod, run, context)) return tried;
  const attachment = runtime.attach(pod, node);
  if (attachment.kind === 'failed') {
    const text = `Failed to create pod sandbox: ${attachment.message}`;
    client.event(pod, 'Warning', 'FailedCreatePodSandBox', text);
    context.again(keyOf(pod), 10_000, true);
    return tried;
  }
  for (const { reason, message, nodeMessage } of attachment.dnsEvents) {
    if (nodeMessage !== null) client.event(node, 'Warning', reason, nodeMessage);
    client.event(pod, 'Warning', reason, message);
  }
  const containers = newRuns(pod, nowMs + spec.timing.podStartMs);
  const { triedMs: _, ...connected } = run;
  return { ...connected, podIPs: attachment.podIPs.map(formatAddr), containers };
}

/** Moves every container one step, init containers and sidecars strictly in order. */
function advance(pod: Pod, run: PodRun, context: KubeletContext): readonly ContainerRun[] {
  const after: ContainerRun[] = [];
  let blocked = false;
  for (const before of run.containers) {
    const held: boolean = blocked && before.start === null;
    const next: ContainerRun = held ? before : step(pod, run, before, context);
    after.push(next);
    blocked = blocked || blocks(next);
  }
  return after;
}

/** Whether the containers after this one must wait for their first start. */
function blocks(run: ContainerRun): boolean {
  switch (run.role) {
    case 'main':
      return false;
    case 'sidecar':
      return !(run.state.kind === 'running' && run.started);
    case 'init':
      return run.state.kind !== 'terminated' || run.state.ended.exitCode !== 0;
  }
}

function step(pod: Pod, run: PodRun, before: ContainerRun, context: KubeletContext): ContainerRun {
  let current = before;
  if (current.state.kind === 'waiting') {
    const wait = current.state.untilMs - context.nowMs;
    if (wait > 0 && !mayStart(current, context)) {
      // Only back-offs carry a message.
      context.again(keyOf(pod), wait, current.state.message !== '');
      return current;
    }
    current = startContainer(pod, run, current, context);
  }
  current = finishOnTime(pod, current, context);
  const container = specOf(pod, current.name);
  if (current.state.kind === 'running' && container !== undefined) {
    const probed = runProbes(pod, run, container, current, context);
    current = relisten(pod, probed.container, context);
    if (probed.killed !== null) current = kill(pod, current, probed.killed, context);
    current = stopOnTime(pod, current, context);
  }
  return scheduleRestart(pod, current, context);
}

/** In instant timing a container whose configuration was missing is tried again whenever something may have changed. */
function mayStart({ state }: ContainerRun, { spec }: KubeletContext): boolean {
  return (
    state.kind === 'waiting' &&
    state.reason === 'CreateContainerConfigError' &&
    isInstant(spec.timing)
  );
}

/** Tells a container to stop whose probe has failed for good; the probe's grace period goes before the pod's. */
function kill(
  pod: Pod,
  run: ContainerRun,
  { which, probe }: NonNullable<Probed['killed']>,
  context: KubeletContext,
): ContainerRun {
  const failed = `ontainer ${run.name} failed ${which.toLowerCase()} probe`;
  const text = run.role === 'sidecar' ? `Init c${failed}` : `C${failed}, will be restarted`;
  context.client.event(pod, 'Normal', 'Killing', text);
  const { terminationGracePeriodSeconds: podGrace } = pod.spec;
  const graceSeconds = probe.terminationGracePeriodSeconds ?? podGrace ?? 30;
  const worksMs = context.runtime.worksMs(keyOf(pod), run.name);
  const graceMs = graceSeconds * 1000;
  const times = stopTimes(pod, specOf(pod, run.name), graceMs, { worksMs });
  const { nowMs } = context;
  const exitCode = worksMs === null || times.isKilled ? 137 : 0;
  const [termAtMs, atMs] = [nowMs + times.termMs, nowMs + times.endMs];
  return { ...run, stopping: { termAtMs, atMs, exitCode } };
}

/** SIGTERM is no longer due. */
const told = Number.NEGATIVE_INFINITY;

function stopOnTime(pod: Pod, run: ContainerRun, context: KubeletContext): ContainerRun {
  if (run.stopping === null) return run;
  const { nowMs } = context;
  const { termAtMs, atMs, exitCode } = run.stopping;
  const isTold = termAtMs === told;
  if (!isTold && termAtMs <= nowMs) context.runtime.terminate(keyOf(pod), run.name);
  if (atMs <= nowMs) return endContainer(pod, run, exitCode, context);
  const nextMs = !isTold && termAtMs > nowMs ? termAtMs : atMs;
  context.again(keyOf(pod), nextMs - nowMs, true);
  if (isTold || termAtMs > nowMs) return run;
  return { ...run, stopping: { ...run.stopping, termAtMs: told } };
}

/** Programs that end by themselves: init containers and those of Jobs at once, others when an annotation says so. */
function finishOnTime(pod: Pod, run: ContainerRun, context: KubeletContext): ContainerRun {
  if (run.state.kind !== 'running') return run;
  const declared = annotationOf(pod, 'exit-after', run.name);
  if (declared === undefined && run.role !== 'init' && !(run.role === 'main' && isOfJob(pod))) {
    return run;
  }
  const left = run.state.sinceMs + durationOf(pod, 'exit-after', run.name, 0) - context.nowMs;
  if (left > 0) {
    // A Pod waits for its init containers; a program that ends later is nothing to wait for.
    context.again(keyOf(pod), left, run.role !== 'init');
    return run;
  }
  return endContainer(pod, run, Number(annotationOf(pod, 'exit-code', run.name) ?? 0), context);
}

/** Whether the Pod is there to do some work and end. */
function isOfJob(pod: Pod): boolean {
  const owners = pod.metadata.ownerReferences ?? [];
  return owners.some((owner) => owner.controller === true && owner.kind === 'Job');
}

/** Follows what may change under a running program: the Services that aim at a container without declared ports, and
 * the content it serves. */
function relisten(pod: Pod, run: ContainerRun, context: KubeletContext): ContainerRun {
  const container = specOf(pod, run.name);
  if (run.start === null || container === undefined) return run;
  const listeners = assumes(pod, container)
    ? listenersOf(pod, container, context.client.list('Service', pod.metadata.namespace))
    : run.start.listeners;
  const reply = replyOf(pod, container);
  const proxyTo = proxyToOf(pod, container);
  const { proxyTo: before, ...others } = run.start;
  const isSame = reply === others.reply && proxyTo === before;
  if (isSame && sameListeners(listeners, others.listeners)) return run;
  const start = { ...others, listeners, reply, ...(proxyTo === undefined ? {} : { proxyTo }) };
  context.runtime.start(pod, start);
  return { ...run, start };
}

function sameListeners(a: readonly Listener[], b: readonly Listener[]): boolean {
  if (a === b) return true;
  const isSame = (one: Listener, other: Listener | undefined) =>
    one.proto === other?.proto && one.addr === other.addr && one.port === other.port;
  return a.length === b.length && a.every((one, i) => isSame(one, b[i]));
}

/** Writes the status when it says something new. */
export function report(pod: Pod, run: PodRun, context: KubeletContext): void {
  const current = context.client.get('Pod', keyOf(pod));
  if (current === undefined || current.metadata.uid !== run.uid) return;
  const node = context.client.get('Node', run.node);
  const said = saidOf.get(current);
  if (said !== undefined && said.node === node && looksLike(said.run, run)) return;
  const status = statusOf(current, run, context);
  if (sameValue(status, current.status)) saidOf.set(current, { run, node });
  else context.client.updateStatus({ ...current, status });
}

/** From which run and node an object's status follows: a steady pod is asked by its probes for ever. */
const saidOf = new WeakMap<Pod, { readonly run: PodRun; readonly node: Node | undefined }>();

function tearDown(key: string, run: PodRun, { runtime, state }: KubeletContext): void {
  for (const container of run.containers) {
    if (container.state.kind === 'running') runtime.stop(key, container.name, 0);
    state.printed.delete(container.id);
  }
  runtime.detach(key, run.uid);
  state.pods.delete(key);
  forget(state.assuming, key);
  forget(state.starving, key);
}
