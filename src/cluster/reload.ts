// A changed Corefile reaches the CoreDNS that runs by it, where it has the plugin `reload`: the kubelet writes the file
// anew after a while, and the plugin looks at it once in a period that is drawn at its start. One that is wrong is logged,
// and the old one stays in force. Not here: SIGUSR1. Models coredns plugin/reload and caddy's Instance.Restart.
import { InputError } from '../api/input-error.ts';
import { keyOf, type Pod } from '../api/types.ts';
import { COREFILE, parseCorefile } from '../dns/corefile/corefile.ts';
import { type CorefileHash, hashOf } from '../dns/corefile/hash.ts';
import { coreDnsOf } from '../dns/kubeadm/version.ts';
import { METRICS } from '../dns/metrics/metrics.table.ts';
import { runningLine } from '../dns/server/banner.ts';
import type { DnsServer } from '../dns/server/server.ts';
import { merged } from '../kubelet/environment.ts';
import { noFileStart } from './dns-failures.ts';
import { mountedFiles, printLine, runsDns } from './dns-pod.ts';
import { processOf } from './dns-servers.ts';
import { getsLists, goOnUnsynced } from './dns-sync.ts';
import { listenAs } from './runtime.ts';
import type { State } from './state.ts';

/** Plans that every CoreDNS that reads this ConfigMap, "ns/name", looks at it. */
export function planReloads(state: State, configMap: string): void {
  const { dns, engine, spec } = state.parts;
  for (const machine of dns.readersOf(state, configMap)) {
    const delayMs = nextLook(state, machine, state.nowMs + spec.timing.configMapMs);
    if (delayMs !== null) engine.call('reload-corefile', machine, delayMs);
  }
}

/** Milliseconds until it looks for the first time from `fromMs` on; null: it never does. */
function nextLook(state: State, machine: string, fromMs: number): number | null {
  const { dns, spec } = state.parts;
  const run = dns.run(machine);
  const services = dns.server(state, machine).services;
  const reload = services.findLast((service) => service.kind === 'reload');
  if (run === undefined || reload === undefined) return null;
  const { dnsReloadMs } = spec.timing;
  if (dnsReloadMs === 0) return fromMs - state.nowMs;
  const intervalMs = reload.isNamed ? reload.intervalMs : dnsReloadMs;
  const jitterMs = Math.min(reload.jitterMs, intervalMs / 2);
  const periodMs = run.periodMs ?? intervalMs + drawn(state, jitterMs);
  dns.setRun(machine, { ...run, periodMs });
  const looks = Math.max(1, Math.ceil((fromMs - run.sinceMs) / periodMs));
  return run.sinceMs + looks * periodMs - state.nowMs;
}

/** So many values stand for all between minus and plus half of the jitter. */
const steps = 15;

function drawn(state: State, jitterMs: number): number {
  if (jitterMs === 0) return 0;
  const pick = state.choices.pick('dns/reload-jitter', new Array<number>(steps).fill(1));
  return Math.round((jitterMs * (2 * pick + 1 - steps)) / (2 * steps));
}

/** The plugin looks at its file. */
export function reloadCorefile(state: State, machine: string): void {
  const { api, dns, spec } = state.parts;
  const pod = api.get('Pod', machine.slice('pod/'.length));
  const run = dns.run(machine);
  if (pod === undefined || run === undefined || run.isEnding) return;
  if (state.parts.kubelets.stopped.has(pod.spec.nodeName ?? '')) {
    lookAgain(state, machine);
    return;
  }
  const hash = hashNow(state, pod);
  if (hash === null) return;
  if (typeof hash === 'string') {
    printLine(state, pod, `[WARNING] plugin/reload: Corefile parse failed: ${hash}`);
    notice(state, `${machine}: plugin/reload: Corefile parse failed: ${hash}`);
    const again = spec.timing.dnsReloadMs === 0 ? null : nextLook(state, machine, state.nowMs + 1);
    if (again !== null) state.parts.engine.call('reload-corefile', machine, again, true);
    return;
  }
  if (hash.hex === run.hash) return;
  dns.setRun(machine, { ...run, hash: hash.hex });
  const { metrics } = dns.server(state, machine);
  metrics?.delete(METRICS.reloadVersion);
  restart(state, pod, machine);
  const label = hash.name.toLowerCase();
  metrics?.set(metrics.cell(METRICS.reloadVersion, [label, hash.hex]), 1);
}

/** Nobody writes the file while the kubelet is down. */
function lookAgain(state: State, machine: string): void {
  const againMs = nextLook(state, machine, state.nowMs + waitMs);
  if (againMs !== null) state.parts.engine.call('reload-corefile', machine, againMs, true);
}

const waitMs = 1000;

/** Of the Corefile as it is now; a text: it does not parse; null: there is none. Directives are not known by name yet. */
function hashNow(state: State, pod: Pod): CorefileHash | string | null {
  try {
    const given = processOf(state, pod);
    const { file = COREFILE, version = coreDnsOf(state.parts.spec.minor) } = given;
    const files = mountedFiles(state, pod);
    const blocks = parseCorefile(given.corefile, {
      file,
      known: () => true,
      version,
      env: given.env ?? {},
      readFile: (path) => files.get(path),
      files: () => [...files.keys()].sort(),
    });
    return hashOf(blocks, file, version);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message.startsWith(noFileStart) ? null : error.message;
  }
}

/** A new instance that waits for its lists, while the old one goes on. */
export interface WaitingReload {
  readonly machine: string;
  readonly uid: string | undefined;
  readonly waitedMs: number;
}

/** A delayed call of the engine (assemble.ts). */
export function reloadWaits(state: State, { machine, uid, waitedMs }: WaitingReload): void {
  const pod = state.parts.api.get('Pod', machine.slice('pod/'.length));
  const run = state.parts.dns.run(machine);
  if (pod === undefined || pod.metadata.uid !== uid || run === undefined || run.isEnding) return;
  restart(state, pod, machine, waitedMs);
}

/** A new instance takes over the process, or the old one stays. `waitedMs`: its setup was printed so long ago. */
function restart(state: State, pod: Pod, machine: string, waitedMs: number | null = null): void {
  const { dns, engine, kubelets } = state.parts;
  const say = (line: string) => printLine(state, pod, line);
  const before = dns.server(state, machine);
  const run = kubelets.pods.get(machine.slice('pod/'.length));
  const isServer = (name: string) =>
    pod.spec.containers.some((one) => one.name === name && runsDns(one.image));
  const container = run?.containers.find(({ name }) => isServer(name));
  if (container?.start == null) return;
  if (waitedMs === null) say('[INFO] Reloading');
  const printed: string[] = [];
  let server: DnsServer;
  try {
    server = dns.prepare(state, pod, before, { printed });
  } catch (error) {
    if (!(error instanceof InputError) || error.code !== 'corefile') throw error;
    failed(state, pod, before, error.message);
    return;
  }
  if (waitedMs === null) for (const line of printed) say(line);
  const { startup } = server;
  const env = merged(container.start.environment);
  const isSynced = getsLists(state, pod, server, env);
  if (!isSynced && startup !== undefined) {
    const { tellMs, limitMs, tells, givesUp } = startup;
    const passedMs = waitedMs === null ? 0 : Math.min(waitedMs + tellMs, limitMs);
    const line = passedMs >= limitMs ? givesUp : tells;
    if (waitedMs !== null && line !== null) say(line);
    if (passedMs < limitMs) {
      const task = { machine, uid: pod.metadata.uid, waitedMs: passedMs };
      engine.call('reload-waits', task, Math.min(tellMs, limitMs - passedMs));
      return;
    }
  }
  for (const { text } of before.linesDue(Number.POSITIVE_INFINITY)) say(text);
  dns.install(state, machine, server, isSynced);
  if (!isSynced) goOnUnsynced(state, pod, container.name, env);
  listenAs(state, machine, container.start, server);
  if (server.services.some(({ kind }) => kind === 'reload')) say(runningLine(server.hash));
  say('[INFO] Reloading complete');
}

/** The old instance stays. */
function failed(state: State, pod: Pod, before: DnsServer, message: string): void {
  const say = (line: string) => printLine(state, pod, line);
  say(`[ERROR] Restart failed: ${message}`);
  const why = `starting with listener file descriptors: ${message}`;
  const line = `[ERROR] plugin/reload: Corefile changed but reload failed: ${why}`;
  say(line);
  before.metrics?.count(METRICS.reloadFailed);
  notice(state, `pod/${keyOf(pod)}: ${line}`);
}

/** Said once, however often it is tried. */
function notice({ notices }: State, text: string): void {
  if (!notices.includes(text)) notices.push(text);
}
