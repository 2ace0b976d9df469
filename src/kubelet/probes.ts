// Readiness, liveness and startup probes with their thresholds. In instant timing a verdict is reached in one sync;
// otherwise one try per period. A verdict that stands is asked again idly: settling never waits for a steady probe.
// pkg/kubelet/prober/worker.go.
import { isInstant } from '../api/timing.table.ts';
import type { Container, Pod, Probe } from '../api/types.ts';
import { durationOf } from './annotations.ts';
import type { KubeletContext } from './context.ts';
import type { ProbeOutcome } from './runtime.ts';
import type { ContainerRun, PodRun, ProbeRun } from './state.ts';

const fresh: ProbeRun = { successes: 0, failures: 0, nextAtMs: 0 };

/** The container after all probes that are due; `killed` names the probe that failed for good. */
export function runProbes(
  pod: Pod,
  run: PodRun,
  container: Container,
  before: ContainerRun,
  context: KubeletContext,
): { readonly container: ContainerRun; readonly killed: string | null } {
  if (before.state.kind !== 'running') return { container: before, killed: null };
  let after = before;
  if (container.startupProbe !== undefined && !after.started) {
    if (run.ending !== null) return { container: after, killed: null };
    const verdict = ask(pod, run, container, after, 'startup', container.startupProbe, context);
    after = verdict.container;
    if (verdict.result === false) return { container: after, killed: 'Startup' };
    if (verdict.result === null) return { container: after, killed: null };
  }
  after = { ...after, started: true };
  if (container.livenessProbe !== undefined && run.ending === null) {
    // It may ask another container of the Pod, which starts in this very sync.
    if (isStarting(run, context)) {
      context.again(keyText(pod), 0);
      return { container: after, killed: null };
    }
    const verdict = ask(pod, run, container, after, 'liveness', container.livenessProbe, context);
    after = verdict.container;
    if (verdict.result === false) return { container: after, killed: 'Liveness' };
  }
  return { container: readiness(pod, run, container, after, context), killed: null };
}

/** Whether a container of the Pod is due to start. */
function isStarting(run: PodRun, { nowMs }: KubeletContext): boolean {
  return run.containers.some(
    ({ role, state }) => role === 'main' && state.kind === 'waiting' && state.untilMs <= nowMs,
  );
}

function readiness(
  pod: Pod,
  run: PodRun,
  container: Container,
  before: ContainerRun,
  context: KubeletContext,
): ContainerRun {
  if (container.readinessProbe === undefined) {
    const wait = readyAfter(pod, before, context);
    if (wait > 0) context.again(keyText(pod), wait);
    return { ...before, ready: run.forced ?? wait === 0 };
  }
  const probe = container.readinessProbe;
  const verdict = ask(pod, run, container, before, 'readiness', probe, context);
  return verdict.result === null
    ? verdict.container
    : { ...verdict.container, ready: verdict.result };
}

function keyText(pod: Pod): string {
  return `${pod.metadata.namespace}/${pod.metadata.name}`;
}

/** Milliseconds until svcspec.dev/ready-after lets readiness succeed. */
function readyAfter(pod: Pod, container: ContainerRun, { nowMs }: KubeletContext): number {
  if (container.state.kind !== 'running') return 0;
  const after = durationOf(pod, 'ready-after', container.name, 0);
  return Math.max(0, container.state.sinceMs + after - nowMs);
}

type Which = 'startup' | 'liveness' | 'readiness';

interface Verdict {
  readonly container: ContainerRun;
  /** null: not decided, the standing verdict holds. */
  readonly result: boolean | null;
}

function ask(
  pod: Pod,
  run: PodRun,
  container: Container,
  before: ContainerRun,
  which: Which,
  probe: Probe,
  context: KubeletContext,
): Verdict {
  const { nowMs, spec } = context;
  const since = before.state.kind === 'running' ? before.state.sinceMs : nowMs;
  const instant = isInstant(spec.timing);
  const periodMs = (probe.periodSeconds ?? 10) * 1000;
  const firstMs = since + (instant ? 0 : (probe.initialDelaySeconds ?? 0) * 1000);
  const last = before.probes[which] ?? { ...fresh, nextAtMs: firstMs };
  const overridden = which === 'readiness' && run.forced !== null;
  if (last.nextAtMs > nowMs && !overridden) {
    context.again(keyText(pod), last.nextAtMs - nowMs, settled(before, which, last, probe));
    return { container: before, result: null };
  }
  const outcome = outcomeOf(pod, run, container, before, which, probe, context);
  const tries = instant || overridden ? Math.max(probe.failureThreshold ?? 3, 1) : 1;
  const step = count(last, outcome.success, tries, nowMs + periodMs);
  if (!outcome.success && step.failures <= (probe.failureThreshold ?? 3)) {
    complain(pod, which, outcome, context);
  }
  const after = { ...before, probes: { ...before.probes, [which]: step } };
  const result = decide(step, probe);
  const held =
    result === null ? after : { ...after, ready: which === 'readiness' ? result : after.ready };
  context.again(
    keyText(pod),
    nextDelay(pod, before, which, periodMs, context),
    settled(held, which, step, probe),
  );
  return { container: after, result };
}

/** A readiness that the ready-after annotation holds back is asked when it ends, not a period later. */
function nextDelay(
  pod: Pod,
  container: ContainerRun,
  which: Which,
  periodMs: number,
  context: KubeletContext,
): number {
  const wait = which === 'readiness' ? readyAfter(pod, container, context) : 0;
  return wait > 0 ? Math.min(wait, periodMs) : periodMs;
}

function count(last: ProbeRun, success: boolean, tries: number, nextAtMs: number): ProbeRun {
  return success
    ? { successes: last.successes + tries, failures: 0, nextAtMs }
    : { successes: 0, failures: last.failures + tries, nextAtMs };
}

function decide(run: ProbeRun, probe: Probe): boolean | null {
  if (run.successes >= (probe.successThreshold ?? 1)) return true;
  if (run.failures >= (probe.failureThreshold ?? 3)) return false;
  return null;
}

/** Whether another try is not expected to change the verdict. */
function settled(container: ContainerRun, which: Which, run: ProbeRun, probe: Probe): boolean {
  const verdict = decide(run, probe);
  // A program counts as alive until its probe says otherwise.
  if (verdict === null) return which === 'liveness' && run.failures === 0;
  return which === 'readiness' ? verdict === container.ready : verdict;
}

function outcomeOf(
  pod: Pod,
  run: PodRun,
  container: Container,
  state: ContainerRun,
  which: Which,
  probe: Probe,
  context: KubeletContext,
): ProbeOutcome {
  if (which === 'readiness') {
    if (run.forced === true) return { success: true, text: '' };
    if (run.forced === false || readyAfter(pod, state, context) > 0) {
      return { success: false, text: refusal(probe) };
    }
  }
  return context.runtime.probe(pod, container.name, numbered(container, probe));
}

function refusal(probe: Probe): string {
  return probe.httpGet === undefined
    ? 'connection refused'
    : 'HTTP probe failed with statuscode: 503';
}

/** The probe with a named port replaced by the container's number. */
function numbered(container: Container, probe: Probe): Probe {
  const named = (port: number | string): number | string =>
    typeof port === 'number'
      ? port
      : (container.ports?.find((one) => one.name === port)?.containerPort ?? port);
  const { httpGet, tcpSocket } = probe;
  return {
    ...probe,
    ...(httpGet === undefined ? {} : { httpGet: { ...httpGet, port: named(httpGet.port) } }),
    ...(tcpSocket === undefined
      ? {}
      : { tcpSocket: { ...tcpSocket, port: named(tcpSocket.port) } }),
  };
}

function complain(pod: Pod, which: Which, outcome: ProbeOutcome, context: KubeletContext): void {
  const name = which[0]?.toUpperCase() + which.slice(1);
  context.client.event(pod, 'Warning', 'Unhealthy', `${name} probe failed: ${outcome.text}`);
}
