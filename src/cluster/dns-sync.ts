// Whether a CoreDNS has what it watches: its first lists come over the network from the API server, and its start waits for
// them up to a limit. Later the reflectors try again (client-go reflector.go: 0.8 s, doubled up to 30 s). Simplified: the
// way there is walked only where something can be in it; without that, and once the lists are there, it counts as free.
// Models coredns plugin/kubernetes InitKubeCache.
import type { Pod } from '../api/types.ts';
import { policyKinds } from '../cni/policy/world.ts';
import type { Startup } from '../dns/plugin.ts';
import type { DnsServer } from '../dns/server/server.ts';
import { parseAddr } from '../net/addr.ts';
import { TCP } from '../net/packet.ts';
import { dialFrom } from './dialling.ts';
import { printLine } from './dns-pod.ts';
import { opening } from './dns-servers.ts';
import { listenAs } from './runtime.ts';
import type { State } from './state.ts';

/** A process that has not had its lists. */
export interface Unsynced {
  readonly machine: string;
  readonly uid: string | undefined;
  readonly container: string;
  /** When it was set up: one that came in its place waits on its own. */
  readonly sinceMs: number;
  readonly server: Api;
  /** Since its start; null: it listens, and tries again. */
  readonly waitedMs: number | null;
  readonly backoffMs: number;
}

/** Where the API is, by the variables of the container. */
interface Api {
  readonly host: string;
  readonly port: number;
}

type Variables = Readonly<Record<string, string>>;

const firstBackoffMs = 800;
const mostBackoffMs = 30_000;

/** Whether a process that starts now gets its lists at once. */
export function getsLists(state: State, pod: Pod, server: DnsServer, env: Variables): boolean {
  return server.startup === undefined || reaches(state, pod, apiOf(env));
}

function apiOf(env: Variables): Api {
  return {
    host: env['KUBERNETES_SERVICE_HOST'] ?? '',
    port: Number(env['KUBERNETES_SERVICE_PORT'] ?? 443),
  };
}

function reaches(state: State, pod: Pod, { host, port }: Api): boolean {
  if (state.apiStopped !== null) return false;
  if (!isInDoubt(state, pod)) return true;
  const to = parseAddr(host);
  if (to === undefined) return true;
  const copy = state.fork(state.choices.fork());
  const { namespace, name } = pod.metadata;
  const from = `pod/${namespace}/${name}`;
  const message = `GET /api HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  const { outcome } = dialFrom(copy, { from, proto: TCP, to, port, message, timeoutMs: 30_000 });
  return outcome === 'answered';
}

/** A kube-proxy that does not follow, a fault of the network, a policy that may mean the Pod. */
function isInDoubt(state: State, { metadata, spec }: Pod): boolean {
  const { api, fabric, proxies } = state.parts;
  const node = spec.nodeName ?? '';
  if (fabric.hasFaults() || proxies.isStopped(node)) return true;
  return policyKinds.some((kind) => {
    const all = api.rawList(kind);
    return all.some((one) => (one.metadata.namespace ?? metadata.namespace) === metadata.namespace);
  });
}

/** The process starts without its lists: it listens when they come, or when it has waited long enough. */
export function awaitLists(
  state: State,
  { pod, container, startup }: { pod: Pod; container: string; startup: Startup },
  env: Variables,
): void {
  const { namespace, name, uid } = pod.metadata;
  const machine = `pod/${namespace}/${name}`;
  const run = state.parts.dns.run(machine);
  if (run === undefined) return;
  state.parts.dns.setRun(machine, { ...run, isSynced: false });
  const api = apiOf(env);
  const { sinceMs } = run;
  const one = { machine, uid, container, sinceMs, server: api };
  const first: Unsynced = { ...one, waitedMs: 0, backoffMs: firstBackoffMs };
  state.parts.engine.call('dns-sync', first, Math.min(startup.tellMs, startup.limitMs));
}

/** The process listens without its lists. */
export function goOnUnsynced(state: State, pod: Pod, container: string, env: Variables): void {
  const { namespace, name, uid } = pod.metadata;
  const machine = `pod/${namespace}/${name}`;
  const backoffMs = firstBackoffMs;
  const sinceMs = state.parts.dns.run(machine)?.sinceMs ?? 0;
  const one = { machine, uid, container, sinceMs, server: apiOf(env) };
  const task: Unsynced = { ...one, waitedMs: null, backoffMs };
  state.parts.engine.call('dns-sync', task, backoffMs, true);
}

/** A delayed call of the engine (assemble.ts). */
export function syncDns(state: State, task: Unsynced): void {
  const { api, dns, engine, kubelets } = state.parts;
  const { machine, container, waitedMs, backoffMs } = task;
  const key = machine.slice('pod/'.length);
  const pod = api.get('Pod', key);
  const run = dns.run(machine);
  if (pod === undefined || pod.metadata.uid !== task.uid || run?.isSynced !== false) return;
  if (run.sinceMs !== task.sinceMs) return;
  const server = dns.server(state, machine);
  const { startup } = server;
  const start = kubelets.pods.get(key)?.containers.find(({ name }) => name === container)?.start;
  if (start == null || startup === undefined) return;
  const isSynced = reaches(state, pod, task.server);
  if (isSynced) dns.setRun(machine, { ...run, isSynced });
  if (waitedMs === null) {
    const next = { ...task, backoffMs: Math.min(backoffMs * 2, mostBackoffMs) };
    if (!isSynced) engine.call('dns-sync', next, next.backoffMs, true);
    return;
  }
  const listens = () => {
    listenAs(state, machine, start, server);
    printLine(state, pod, opening(server).replace(/\n$/, ''));
  };
  if (isSynced) {
    listens();
    return;
  }
  const passedMs = Math.min(waitedMs + startup.tellMs, startup.limitMs);
  const isOver = passedMs >= startup.limitMs;
  const line = isOver ? startup.givesUp : startup.tells;
  if (line !== null) printLine(state, pod, line);
  if (!isOver) {
    const nextMs = Math.min(startup.tellMs, startup.limitMs - passedMs);
    engine.call('dns-sync', { ...task, waitedMs: passedMs }, nextMs);
    return;
  }
  listens();
  engine.call('dns-sync', { ...task, waitedMs: null }, backoffMs, true);
}
