// Readiness, liveness and startup probes with their thresholds: one try per tick of the prober's own ticker. In instant
// timing startup and readiness reach a verdict in one sync, as if the initial delay and the tries had passed; liveness
// keeps to the clock, for a program counts as alive until it has failed. Settling waits for a verdict on startup and
// readiness alone; what stands is asked again idly. pkg/kubelet/prober/worker.go, prober_manager.go.
import { isInstant } from '../api/timing.table.ts';
import type { Container, Pod, Probe } from '../api/types.ts';
import { keyOf } from '../api/types.ts';
import { durationOf } from './annotations.ts';
import type { KubeletContext } from './context.ts';
import type { ProbeOutcome } from './runtime.ts';
import type { ContainerRun, PodRun, ProbeRun } from './state.ts';

type Which = 'startup' | 'liveness' | 'readiness';

/** What a probe is about. */
interface Asked {
  readonly pod: Pod;
  readonly run: PodRun;
  readonly container: Container;
  readonly which: Which;
  readonly probe: Probe;
}

export interface Probed {
  readonly container: ContainerRun;
  /** The probe that failed for good: the container must be restarted. */
  readonly killed: { readonly which: 'Startup' | 'Liveness'; readonly probe: Probe } | null;
}

/** The container after all probes that are due. */
export function runProbes(
  pod: Pod,
  run: PodRun,
  container: Container,
  before: ContainerRun,
  context: KubeletContext,
): Probed {
  if (before.state.kind !== 'running') return { container: before, killed: null };
  const { startupProbe, livenessProbe } = container;
  const isEnding = run.ending !== null || before.stopping !== null;
  let after = before;
  if (startupProbe !== undefined && !after.started) {
    if (isEnding) return { container: after, killed: null };
    const asked = { pod, run, container, which: 'startup', probe: startupProbe } as const;
    const verdict = ask(asked, after, context);
    after = verdict.container;
    if (verdict.result === false) {
      return { container: after, killed: { which: 'Startup', probe: startupProbe } };
    }
    if (verdict.result === null) return { container: after, killed: null };
    after = { ...after, startedMs: context.nowMs };
  }
  after = { ...after, started: true };
  if (livenessProbe !== undefined && !isEnding) {
    const asked = { pod, run, container, which: 'liveness', probe: livenessProbe } as const;
    const verdict = ask(asked, after, context);
    after = verdict.container;
    if (verdict.result === false) {
      return { container: after, killed: { which: 'Liveness', probe: livenessProbe } };
    }
  }
  return { container: readiness(pod, run, container, after, context), killed: null };
}

function readiness(
  pod: Pod,
  run: PodRun,
  container: Container,
  before: ContainerRun,
  context: KubeletContext,
): ContainerRun {
  const probe = container.readinessProbe;
  if (probe === undefined) {
    const wait = readyAfter(pod, before, context);
    if (wait > 0) context.again(keyOf(pod), wait);
    return { ...before, ready: run.forced ?? wait === 0 };
  }
  const verdict = ask({ pod, run, container, which: 'readiness', probe }, before, context);
  return verdict.result === null
    ? verdict.container
    : { ...verdict.container, ready: verdict.result };
}

/** Milliseconds until svcspec.dev/ready-after lets readiness succeed. */
function readyAfter(pod: Pod, container: ContainerRun, { nowMs }: KubeletContext): number {
  if (container.state.kind !== 'running') return 0;
  const after = durationOf(pod, 'ready-after', container.name, 0);
  return Math.max(0, container.state.sinceMs + after - nowMs);
}

/** The first tick at which the probe may run. Tickers begin with the Pod, and the tick at which the container starts does
 * not see it yet; the readiness probe's begins anew when its container has started, for then it is run at once. */
function firstTickMs({ run, which, probe }: Asked, before: ContainerRun): number {
  const sinceMs = before.state.kind === 'running' ? before.state.sinceMs : 0;
  const anchorMs = which === 'readiness' ? (before.startedMs ?? sinceMs) : run.sinceMs;
  const seenMs = which === 'readiness' ? anchorMs : sinceMs + 1;
  const allowedMs = Math.max(seenMs, sinceMs + (probe.initialDelaySeconds ?? 0) * 1000);
  const periodMs = periodOf(probe);
  return anchorMs + Math.ceil((allowedMs - anchorMs) / periodMs) * periodMs;
}

function periodOf(probe: Probe): number {
  return Math.max(probe.periodSeconds ?? 10, 1) * 1000;
}

interface Verdict {
  readonly container: ContainerRun;
  /** null: not decided, the standing verdict holds. */
  readonly result: boolean | null;
}

function ask(asked: Asked, before: ContainerRun, context: KubeletContext): Verdict {
  const { pod, run, which, probe } = asked;
  const { nowMs } = context;
  const instant = which !== 'liveness' && isInstant(context.spec.timing);
  const firstMs = instant ? nowMs : firstTickMs(asked, before);
  const last = before.probes[which] ?? { successes: 0, failures: 0, nextAtMs: firstMs };
  const overridden = which === 'readiness' && run.forced !== null;
  if (last.nextAtMs > nowMs && !overridden) {
    context.again(keyOf(pod), last.nextAtMs - nowMs, settled(before, which, last, probe));
    return { container: before, result: null };
  }
  const outcome = outcomeOf(asked, before, context);
  const periodMs = periodOf(probe);
  const tries = instant || overridden ? triesOf(probe) : 1;
  const step = count(last, outcome, tries, nowMs + periodMs);
  if (outcome.kind !== 'success') complain(pod, which, outcome, context);
  const after = { ...before, probes: { ...before.probes, [which]: step } };
  const result = decide(step, probe);
  const held =
    result === null ? after : { ...after, ready: which === 'readiness' ? result : after.ready };
  // A readiness that the ready-after annotation holds back is asked when it ends, not a period later.
  const heldMs = which === 'readiness' ? readyAfter(pod, before, context) : 0;
  const nextMs = heldMs > 0 ? Math.min(heldMs, periodMs) : periodMs;
  context.again(keyOf(pod), nextMs, settled(held, which, step, probe));
  return { container: after, result };
}

function triesOf({ failureThreshold = 3 }: Probe): number {
  return Math.max(failureThreshold, 1);
}

/** A probe that could not be made at all counts for nothing. */
function count(last: ProbeRun, outcome: ProbeOutcome, tries: number, nextAtMs: number): ProbeRun {
  switch (outcome.kind) {
    case 'success':
      return { successes: last.successes + tries, failures: 0, nextAtMs };
    case 'failure':
      return { successes: 0, failures: last.failures + tries, nextAtMs };
    case 'error':
      return { ...last, nextAtMs };
  }
}

function decide(run: ProbeRun, probe: Probe): boolean | null {
  if (run.successes >= (probe.successThreshold ?? 1)) return true;
  if (run.failures >= (probe.failureThreshold ?? 3)) return false;
  return null;
}

/** How often those of a container that passes requests on are reached before they stand. */
const verdictsOfProxy = 3;

/** Whether another try is not expected to change the verdict. What a container is asked that passes requests on, others
 * answer, which may start beside it. */
function settled(container: ContainerRun, which: Which, run: ProbeRun, probe: Probe): boolean {
  if (which === 'liveness') return true;
  const verdict = decide(run, probe);
  if (verdict === null) return false;
  const isAsking = container.start?.proxyTo !== undefined && probe.httpGet !== undefined;
  if (!verdict && isAsking && run.failures < verdictsOfProxy * triesOf(probe)) return false;
  return which === 'readiness' ? verdict === container.ready : verdict;
}

function outcomeOf(asked: Asked, state: ContainerRun, context: KubeletContext): ProbeOutcome {
  const { pod, run, container, which, probe } = asked;
  if (which === 'readiness') {
    if (run.forced === true) return { kind: 'success', text: '' };
    if (run.forced === false || readyAfter(pod, state, context) > 0) {
      return { kind: 'failure', text: refusal(probe) };
    }
  }
  const port = probe.httpGet?.port ?? probe.tcpSocket?.port;
  const number = port === undefined ? 0 : numberOf(port, container);
  if (typeof number === 'string') return { kind: 'error', text: number };
  return context.runtime.probe(pod, container.name, numbered(probe, number));
}

function refusal(probe: Probe): string {
  return probe.httpGet === undefined
    ? 'connection refused'
    : 'HTTP probe failed with statuscode: 503';
}

/** A named port's number, or why it has none (ResolveContainerPort). */
function numberOf(port: number | string, container: Container): number | string {
  if (typeof port === 'number') return port;
  const named = container.ports?.find((one) => one.name === port)?.containerPort;
  if (named !== undefined) return named;
  if (/^\d+$/.test(port)) return Number(port);
  return `strconv.Atoi: parsing ${JSON.stringify(port)}: invalid syntax`;
}

function numbered(probe: Probe, port: number): Probe {
  const { httpGet, tcpSocket } = probe;
  return {
    ...probe,
    ...(httpGet === undefined ? {} : { httpGet: { ...httpGet, port } }),
    ...(tcpSocket === undefined ? {} : { tcpSocket: { ...tcpSocket, port } }),
  };
}

/** Since this minor an error says what it leads to. */
const saysUnknownSince = 33;

function complain(pod: Pod, which: Which, outcome: ProbeOutcome, context: KubeletContext): void {
  const name = `${which[0]?.toUpperCase()}${which.slice(1)} probe`;
  const errored =
    context.minor >= saysUnknownSince ? 'errored and resulted in unknown state' : 'errored';
  const what = outcome.kind === 'error' ? errored : 'failed';
  context.client.event(pod, 'Warning', 'Unhealthy', `${name} ${what}: ${outcome.text}`);
}
