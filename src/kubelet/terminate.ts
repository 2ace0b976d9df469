// The end of a pod: preStop inside the grace period, SIGTERM, SIGKILL at its end, then status, then removal.
// Endpoints have already seen the deletion timestamp. pkg/kubelet syncTerminatingPod.
import type { Container, Pod } from '../api/types.ts';
import { keyOf } from '../api/types.ts';
import { durationOf } from './annotations.ts';
import { endContainer, specOf } from './containers.ts';
import type { KubeletContext } from './context.ts';
import { runProbes } from './probes.ts';
import type { PodRun } from './state.ts';
import { phaseOf, statusOf } from './status.ts';

/** SIGKILL comes no sooner than this after preStop. */
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
    client.delete('Pod', key, { gracePeriodSeconds: 0 });
    return;
  }
  const begun = run.endsAtMs === null ? begin(pod, run, context) : run;
  const endsAtMs = begun.endsAtMs ?? nowMs;
  if (endsAtMs > nowMs) {
    const probed = begun.containers.map((container) => {
      const spec = specOf(pod, container.name);
      return spec === undefined
        ? container
        : runProbes(pod, begun, spec, container, context).container;
    });
    const after = { ...begun, containers: probed };
    state.pods.set(key, after);
    write(pod, after, context);
    context.again(key, endsAtMs - nowMs);
    return;
  }
  const running = begun.containers.some((container) => container.state.kind !== 'terminated');
  if (running) {
    const after = { ...begun, containers: begun.containers.map((c) => ended(pod, c, context)) };
    state.pods.set(key, after);
    write(pod, after, context);
    // Watchers see the stopped pod before it goes.
    context.again(key, 0);
    return;
  }
  tearDown(key, begun, context);
  client.delete('Pod', key, { gracePeriodSeconds: 0 });
}

function ended(pod: Pod, before: PodRun['containers'][number], context: KubeletContext) {
  const grace = (pod.metadata.deletionGracePeriodSeconds ?? 30) * 1000;
  const killed = workMs(pod, specOf(pod, before.name)) > grace;
  if (before.state.kind === 'running') return endContainer(pod, before, killed ? 137 : 0, context);
  if (before.state.kind === 'terminated') return before;
  const text = {
    exitCode: before.last?.exitCode ?? 0,
    reason: before.last?.reason ?? 'Completed',
    message: '',
    startedAt: before.last?.startedAt ?? context.now,
    finishedAt: before.last?.finishedAt ?? context.now,
  };
  return { ...before, ready: false, state: { kind: 'terminated' as const, ended: text } };
}

/** preStop and the time the program works on after SIGTERM. */
function workMs(pod: Pod, container: Container | undefined): number {
  if (container === undefined) return 0;
  return preStopMs(container) + durationOf(pod, 'stop-after', container.name, 0);
}

function begin(pod: Pod, run: PodRun, context: KubeletContext): PodRun {
  const graceMs = (pod.metadata.deletionGracePeriodSeconds ?? 30) * 1000;
  let longest = 0;
  for (const container of run.containers) {
    if (container.state.kind !== 'running') continue;
    const spec = specOf(pod, container.name);
    context.client.event(pod, 'Normal', 'Killing', `Stopping container ${container.name}`);
    const preStop = spec === undefined ? 0 : preStopMs(spec);
    const kill = preStop >= graceMs && graceMs > 0 ? graceMs + leastMs : graceMs;
    longest = Math.max(longest, Math.min(workMs(pod, spec), kill));
  }
  return { ...run, endsAtMs: context.nowMs + longest };
}

/** How long a preStop hook takes: its sleep, or the sleep in its command. Other commands are instant. */
export function preStopMs(container: Container): number {
  const hook = container.lifecycle?.preStop;
  if (hook?.sleep !== undefined) return hook.sleep.seconds * 1000;
  const words = (hook?.exec?.command ?? []).join(' ');
  const sleep = /(?:^|[\s;&])sleep\s+(\d+(?:\.\d+)?)s?(?:$|[\s;&])/.exec(words);
  return sleep === null ? 0 : Number(sleep[1]) * 1000;
}

function write(pod: Pod, run: PodRun, context: KubeletContext): void {
  const status = { ...statusOf(pod, run, context), phase: phaseOf(pod, run.containers) };
  if (JSON.stringify(status) !== JSON.stringify(pod.status)) {
    context.client.updateStatus({ ...pod, status });
  }
}
