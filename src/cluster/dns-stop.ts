// The end of a CoreDNS process that is told to: its callbacks run one after the other. `ready` closes at once, `health`
// goes into lameduck mode, in which everything else answers as before, and only then the sockets close (coredns/caddy
// sigtrap_posix.go, Instance.ShutdownCallbacks; CoreDNS plugin/health OnFinalShutdown). Simplified: the watches of
// `kubernetes`, which end before that, go on.

import { formatGoDuration } from '../api/go-duration.ts';
import type { Pod } from '../api/types.ts';
import type { HttpListener } from '../dns/server/service.ts';
import { printLine, runsDns } from './dns-pod.ts';
import type { SocketData } from './runtime.ts';
import type { State } from './state.ts';

/** How long the CoreDNS of a container goes on after SIGTERM; null: it is none, or does not run. */
export function lameduckMs(state: State, key: string, container: string): number | null {
  const machine = `pod/${key}`;
  if (!isCoreDns(state, key, container) || state.parts.dns.run(machine) === undefined) return null;
  return lameducks(state, machine).reduce((sum, ms) => sum + ms, 0);
}

function isCoreDns({ parts: { api } }: State, key: string, container: string): boolean {
  const found = api.get('Pod', key)?.spec.containers.find(({ name }) => name === container);
  return runsDns(found?.image);
}

/** Of each `health`, in their order. */
function lameducks(state: State, machine: string): readonly number[] {
  const { services } = state.parts.dns.server(state, machine);
  return services.flatMap((one) => (one.kind === 'health' ? Math.max(one.lameduckMs, 0) : []));
}

/** SIGTERM. A second one changes nothing. */
export function terminateDns(state: State, key: string, container: string): void {
  const { api, dns, engine } = state.parts;
  const machine = `pod/${key}`;
  const pod = api.get('Pod', key);
  const run = dns.run(machine);
  if (pod === undefined || run === undefined || run.isEnding) return;
  if (!isCoreDns(state, key, container)) return;
  const server = dns.server(state, machine);
  // A kube-dns has no such lines.
  if (server.banner === '') return;
  dns.setRun(machine, { ...run, isEnding: true });
  printLine(state, pod, '[INFO] SIGTERM: Shutting down servers then terminating');
  for (const { text } of server.linesDue(Number.POSITIVE_INFINITY)) printLine(state, pod, text);
  closeReady(state, machine, container);
  let afterMs = 0;
  for (const ms of lameducks(state, machine)) {
    if (ms === 0) continue;
    if (afterMs === 0) sayLameduck(state, { key, uid: pod.metadata.uid, ms });
    else engine.call('dns-lameduck', { key, uid: pod.metadata.uid, ms }, afterMs, true);
    afterMs += ms;
  }
}

export interface Lameduck {
  readonly key: string;
  readonly uid: string | undefined;
  readonly ms: number;
}

/** A delayed call of the engine (assemble.ts). */
export function sayLameduck(state: State, { key, uid, ms }: Lameduck): void {
  const pod: Pod | undefined = state.parts.api.get('Pod', key);
  if (pod === undefined || pod.metadata.uid !== uid) return;
  if (state.parts.dns.run(`pod/${key}`) === undefined) return;
  const text = `Going into lameduck mode for ${formatGoDuration(ms)}`;
  printLine(state, pod, `[INFO] plugin/health: ${text}`);
}

/** Sockets that no other plugin of the process has. */
function closeReady(state: State, machine: string, container: string): void {
  const { services } = state.parts.dns.server(state, machine);
  const at = (one: HttpListener) => services.filter((s) => 'at' in s && isSame(s.at, one));
  state.parts.fabric.unlisten(machine, (socket) => {
    if (socket.program !== 'coredns-http') return false;
    if ((socket.data as SocketData).container !== container) return false;
    return at(socket).every(({ kind }) => kind === 'ready');
  });
}

function isSame(a: HttpListener, b: HttpListener): boolean {
  return a.addr === b.addr && a.port === b.port;
}
