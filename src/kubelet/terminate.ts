// The end of a pod: preStop inside the grace period, SIGTERM, SIGKILL at its end; sidecars after the rest, last one
// first; then status, then removal. Endpoints have already seen the deletion timestamp. Settling does not wait for
// declared times: the pod is seen terminating until the clock passes them.
// pkg/kubelet syncTerminatingPod and pkg/kubelet/kuberuntime killContainer, terminationOrdering.
import type { Container, Pod } from '../api/types.ts';
import { keyOf } from '../api/types.ts';
import { sameValue } from '../api/values.ts';
import { formatTime } from '../sim/time.ts';
import { durationOf } from './annotations.ts';
import { endContainer, specOf } from './containers.ts';
import type { KubeletContext } from './context.ts';
import { runProbes } from './probes.ts';
import type { ContainerRun, Ending, PodRun } from './state.ts';
import { statusOf } from './status.ts';

/** minimumGracePeriodInSeconds: SIGKILL comes no sooner than this after SIGTERM. */
const leastMs = 2000;

export function terminate(
  pod: Pod,
  run: PodRun | undefined,
  context: KubeletContext,
  tearDown: (key: string, run: PodRun, context: KubeletContext) => void,
): void {
  const key = keyOf(pod);
  const { client, state, nowMs } = context;
  if (run === undefined) {
    remove(pod, context);
    return;
  }
  if (run.ending?.reported === true) {
    tearDown(key, run, context);
    remove(pod, context);
    return;
  }
  const ending = stopDue(pod, run.ending ?? begin(pod, run, context), context);
  const left = ending.stops.filter((stop) => stop.atMs > nowMs);
  const dues = left.map((stop) => (stop.termAtMs > nowMs ? stop.termAtMs : stop.atMs));
  const after =
    left.length === 0
      ? {
          ...run,
          ending: { ...ending, reported: true },
          containers: run.containers.map((c) => ended(pod, c, ending, context)),
        }
      : { ...run, ending, containers: run.containers.map((c) => probed(pod, run, c, context)) };
  state.pods.set(key, after);
  // Stored by now: with what others have written since the kubelet heard of the deletion.
  const current = client.get('Pod', key);
  if (current?.metadata.uid === run.uid) {
    const status = statusOf(current, after, context);
    if (!sameValue(status, current.status)) client.updateStatus({ ...current, status });
  }
  // Watchers see the stopped pod before it goes.
  if (left.length === 0) context.again(key, 0);
  else context.again(key, Math.min(...dues) - nowMs, true);
}

/** The object goes, unless it is another one by now. */
function remove(pod: Pod, { client }: KubeletContext): void {
  const key = keyOf(pod);
  if (client.get('Pod', key)?.metadata.uid !== pod.metadata.uid) return;
  client.delete('Pod', key, { gracePeriodSeconds: 0 });
}

/** Readiness goes on being asked of what still runs. */
function probed(pod: Pod, run: PodRun, container: ContainerRun, context: KubeletContext) {
  const spec = specOf(pod, container.name);
  const isStopped = run.ending?.stopped.includes(container.name) === true;
  if (spec === undefined || isStopped) return container;
  return runProbes(pod, { ...run, ending: run.ending ?? none }, spec, container, context).container;
}

const none: Ending = { graceSeconds: 0, stops: [], told: [], stopped: [], reported: false };

/** Sends SIGTERM when it is due, and closes the sockets of containers whose time is up. A shorter grace period than the one begun with cuts the rest. */
function stopDue(pod: Pod, before: Ending, context: KubeletContext): Ending {
  const { nowMs, runtime } = context;
  const graceSeconds = pod.metadata.deletionGracePeriodSeconds ?? before.graceSeconds;
  const latest = nowMs + Math.max(graceSeconds * 1000, leastMs);
  const stops =
    graceSeconds >= before.graceSeconds
      ? before.stops
      : before.stops.map((stop) =>
          stop.atMs <= latest
            ? stop
            : {
                ...stop,
                termAtMs: Math.min(stop.termAtMs, nowMs + graceSeconds * 1000),
                atMs: latest,
                exitCode: 137,
              },
        );
  const terms = stops.filter(({ name, termAtMs }) => termAtMs <= nowMs && !isIn(before, name));
  for (const { name } of terms) runtime.terminate(keyOf(pod), name);
  const due = stops.filter((stop) => stop.atMs <= nowMs && !before.stopped.includes(stop.name));
  for (const { name, exitCode } of due) runtime.stop(keyOf(pod), name, exitCode);
  return {
    ...before,
    graceSeconds,
    stops,
    told: [...before.told, ...terms.map(({ name }) => name)],
    stopped: [...before.stopped, ...due.map((s) => s.name)],
  };
}

function isIn({ told, stopped }: Ending, name: string): boolean {
  return told.includes(name) || stopped.includes(name);
}

/** A container as the last status shows it: each ended at its own time. */
function ended(
  pod: Pod,
  before: ContainerRun,
  ending: Ending,
  context: KubeletContext,
): ContainerRun {
  if (before.state.kind === 'running') {
    const stop = ending.stops.find((one) => one.name === before.name);
    const at = stop === undefined ? context : { ...context, now: formatTime(stop.atMs) };
    return endContainer(pod, before, stop?.exitCode ?? 0, at);
  }
  if (before.state.kind === 'terminated' || before.last === null)
    return { ...before, ready: false };
  // A back-off ends with the pod: nothing would start it again.
  return { ...before, ready: false, state: { kind: 'terminated', ended: before.last } };
}

/** When each running container stops. preStop hooks all begin now; mains get SIGTERM after theirs, a sidecar after
 * the mains and the sidecars behind it are gone. */
function begin(pod: Pod, run: PodRun, context: KubeletContext): Ending {
  const graceSeconds = pod.metadata.deletionGracePeriodSeconds ?? 30;
  const graceMs = graceSeconds * 1000;
  const stops: Ending['stops'][number][] = [];
  let turnMs = 0;
  const mains = run.containers.filter((one) => one.role !== 'sidecar');
  const sidecars = run.containers.filter((one) => one.role === 'sidecar').reverse();
  for (const { name, role, state } of [...mains, ...sidecars]) {
    if (state.kind !== 'running') continue;
    const spec = specOf(pod, name);
    context.client.event(pod, 'Normal', 'Killing', `Stopping container ${name}`);
    const worksMs = context.runtime.worksMs(keyOf(pod), name);
    const wait = role === 'sidecar' ? turnMs : 0;
    const { termMs, endMs, isKilled } = stopTimes(pod, spec, graceMs, { worksMs, turnMs: wait });
    const { nowMs } = context;
    const exitCode = isKilled ? 137 : 0;
    stops.push({ name, termAtMs: nowMs + termMs, atMs: nowMs + endMs, exitCode });
    turnMs = Math.max(turnMs, endMs);
  }
  return { ...none, graceSeconds, stops };
}

/** How long after it is told to a container gets SIGTERM, and is gone, and whether by SIGKILL. `turnMs`: SIGTERM comes no
 * sooner; `worksMs`: the program goes on for so long after it, where an annotation does not say more. */
export function stopTimes(
  pod: Pod,
  container: Container | undefined,
  graceMs: number,
  {
    turnMs = 0,
    worksMs = null,
  }: { readonly turnMs?: number; readonly worksMs?: number | null } = {},
): { readonly termMs: number; readonly endMs: number; readonly isKilled: boolean } {
  if (container === undefined) return { termMs: 0, endMs: 0, isKilled: false };
  const hookMs = Math.min(preStopMs(container), graceMs);
  const termMs = Math.min(Math.max(hookMs, turnMs), graceMs);
  const graceLeft = Math.max(graceMs - termMs, leastMs);
  const workMs = Math.max(durationOf(pod, 'stop-after', container.name, 0), worksMs ?? 0);
  return { termMs, endMs: termMs + Math.min(workMs, graceLeft), isKilled: workMs > graceLeft };
}

/** How long a preStop hook takes: its sleep, or the sleep in its command. Other commands are instant. */
export function preStopMs(container: Container): number {
  const hook = container.lifecycle?.preStop;
  if (hook?.sleep !== undefined) return hook.sleep.seconds * 1000;
  const words = (hook?.exec?.command ?? []).join(' ');
  const sleep = /(?:^|[\s;&])sleep\s+(\d+(?:\.\d+)?)s?(?:$|[\s;&])/.exec(words);
  return sleep === null ? 0 : Number(sleep[1]) * 1000;
}
