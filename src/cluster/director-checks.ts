// The virtual servers of a director's keepalived: they stand in the host's IPVS, and health checks add and remove their real
// servers. A check is a connection from the host through all rules; what becomes of it counts when it is known, after the
// time-out where nothing comes back. Models keepalived's check daemon; its random warm-up is drawn in tenths.
import type { CheckConf, RealServerConf, VirtualServerConf } from '../api/keepalived.ts';
import { checked, newChecker } from '../cloud/keepalived/checker.ts';
import { changed, type PoolEffect, startPool, stopLogs, trio } from '../cloud/keepalived/pool.ts';
import { familyOf, formatEndpoint } from '../net/addr.ts';
import { TCP } from '../net/packet.ts';
import type { Ipvs } from '../netfilter/ipvs/ipvs.ts';
import { httpRequest, parseHttp, statusOf } from '../programs/http.ts';
import { decodeUtf8 } from '../programs/utf8.ts';
import { dialFrom } from './dialling.ts';
import { type DirectorSpec, directorsOf } from './director-state.ts';
import type { State } from './state.ts';

/** keepalived waits a second before its first checks (BOOTSTRAP_DELAY). */
const bootstrapMs = 1000;

/** One check of one real server, all by index; `run` is that of the keepalived which makes it. */
interface Which {
  readonly host: string;
  readonly run: number;
  readonly virtual: number;
  readonly real: number;
  readonly check: number;
}

/** The virtual servers are added to IPVS, and the checks begin. */
export function startServers(state: State, host: DirectorSpec): void {
  const { directors, engine, spec } = state.parts;
  const { name, keepalived } = host;
  const ipvs = ipvsOf(state, host);
  const sysctls = spec.hosts.find((one) => one.name === name)?.sysctls ?? {};
  const on = (setting: string) => (sysctls[`net.ipv4.vs.${setting}`] ?? 0) !== 0;
  ipvs.setSysctls({
    conntrack: on('conntrack'),
    connReuseMode: sysctls['net.ipv4.vs.conn_reuse_mode'] ?? 1,
    expireNodestConn: on('expire_nodest_conn'),
    expireQuiescentTemplate: on('expire_quiescent_template'),
    sloppyTcp: on('sloppy_tcp'),
  });
  for (const [virtual, server] of keepalived.virtualServers.entries()) {
    const { proto, addr, port, scheduler, flags, persistence } = server;
    const origin = originOf(state, name, virtual);
    ipvs.addService({ proto, addr, port, scheduler, flags, persistence, origin });
    const { pool, effects } = startPool(server);
    directors.pools.set(`${name} ${virtual}`, pool);
    act(state, host, virtual, effects);
  }
  for (const [which, conf] of checksOf(state, host)) {
    const [real, virtual] = namesOf(host, which);
    directors.log(name, `Activating healthchecker for service ${real} for VS ${virtual}`);
    directors.checkers.set(checkerKey(which), newChecker(conf));
    const warmupMs = Math.floor((conf.warmupMs * drawTenth(state, which)) / 10);
    engine.call('check-real-server', which, bootstrapMs + warmupMs, true);
  }
}

/** As if every real server had been checked: what a cluster begins with has come to rest. */
export function restChecks(state: State, host: DirectorSpec): void {
  for (const [which, conf] of checksOf(state, host)) {
    const { ok } = attempt(state, which, conf);
    judge(state, host, which, conf, ok);
  }
}

/** A keepalived that stops takes its virtual servers away; with the machine, all of its kernel goes. */
export function endServers(state: State, host: DirectorSpec, how: 'stopped' | 'gone'): void {
  const { directors } = state.parts;
  const { name, keepalived } = host;
  for (const [virtual, server] of keepalived.virtualServers.entries()) {
    const key = `${name} ${virtual}`;
    const pool = directors.pools.get(key);
    if (how === 'stopped' && pool !== undefined) {
      for (const text of stopLogs(pool)) directors.log(name, text);
      ipvsOf(state, host).deleteService(server);
    }
    directors.pools.delete(key);
  }
  for (const [which] of checksOf(state, host)) directors.checkers.delete(checkerKey(which));
}

/** A delayed call of the engine (assemble.ts): a check is due. */
export function checkRealServer(state: State, which: Which): void {
  const found = find(state, which);
  if (found === undefined) return;
  const { ok, afterMs } = attempt(state, which, found.conf);
  if (afterMs > 0) {
    state.parts.engine.call('checked-real-server', { which, ok }, afterMs, true);
  } else checkedRealServer(state, { which, ok });
}

/** Another: what came of it is known. */
export function checkedRealServer(
  state: State,
  { which, ok }: { readonly which: Which; readonly ok: boolean },
): void {
  const found = find(state, which);
  if (found === undefined) return;
  const delayMs = judge(state, found.host, which, found.conf, ok);
  state.parts.engine.call('check-real-server', which, delayMs, true);
}

/** How long until the next check. */
function judge(
  state: State,
  host: DirectorSpec,
  which: Which,
  conf: CheckConf,
  ok: boolean,
): number {
  const { directors } = state.parts;
  const key = checkerKey(which);
  const before = directors.checkers.get(key) ?? newChecker(conf);
  const { checker, logs, change, delayMs } = checked(before, conf, ok);
  if (checker !== before) directors.checkers.set(key, checker);
  const [name] = namesOf(host, which);
  for (const text of logs) directors.log(host.name, text.replace('NAME', name));
  const pool = directors.pools.get(`${host.name} ${which.virtual}`);
  if (change !== null && pool !== undefined) {
    const turn = changed(pool, which.real, change);
    directors.pools.set(`${host.name} ${which.virtual}`, turn.pool);
    act(state, host, which.virtual, turn.effects);
  }
  return delayMs;
}

function act(
  state: State,
  host: DirectorSpec,
  virtual: number,
  effects: readonly PoolEffect[],
): void {
  const server = host.keepalived.virtualServers[virtual] as VirtualServerConf;
  const ipvs = ipvsOf(state, host);
  const there = (addr: unknown, port: number) =>
    ipvs.destinations(server, state.nowMs).some((one) => one.addr === addr && one.port === port);
  for (const effect of effects) {
    if (effect.kind === 'log') {
      state.parts.directors.log(host.name, effect.text);
      continue;
    }
    const { addr, port, weight } = effect;
    if (weight === null) {
      ipvs.deleteDestination(server, { addr, port });
      continue;
    }
    const real = server.realServers.findIndex((one) => one.addr === addr && one.port === port);
    const origin = originOf(state, host.name, virtual, real);
    const destination = { addr, port, weight, origin };
    if (there(addr, port)) ipvs.updateDestination(server, destination);
    else ipvs.addDestination(server, destination, state.nowMs);
  }
}

/** One connection, or request, from the host. */
function attempt(
  state: State,
  { host }: Which,
  { kind, addr: to, port, timeoutMs, path, virtualhost, statusCodes }: CheckConf,
): { readonly ok: boolean; readonly afterMs: number } {
  const name = virtualhost === '' ? formatEndpoint(to, port) : virtualhost;
  const message =
    kind === 'tcp' ? '' : httpRequest('GET', path, name, ['User-Agent: KeepAliveClient']);
  const request = { from: `host/${host}`, proto: TCP, to, port, message, timeoutMs } as const;
  const { outcome, reply, elapsedMs: afterMs } = dialFrom(state, request);
  if (outcome !== 'answered' || kind === 'tcp') return { ok: outcome === 'answered', afterMs };
  const response = reply === null ? null : parseHttp(decodeUtf8(reply));
  const status = response === null ? 0 : statusOf(response);
  return { ok: statusCodes.some(({ low, high }) => status >= low && status <= high), afterMs };
}

function checksOf(state: State, host: DirectorSpec): readonly (readonly [Which, CheckConf])[] {
  const run = state.parts.directors.runs.get(host.name) ?? 0;
  return host.keepalived.virtualServers.flatMap(({ realServers }, virtual) =>
    realServers.flatMap(({ checks }, real) =>
      checks.map((conf, check) => [{ host: host.name, run, virtual, real, check }, conf] as const),
    ),
  );
}

/** Undefined: the keepalived that would make the check runs no more. */
function find(
  state: State,
  which: Which,
): { readonly host: DirectorSpec; readonly conf: CheckConf } | undefined {
  if (state.parts.directors.runs.get(which.host) !== which.run) return undefined;
  const host = directorsOf(state).find(({ name }) => name === which.host);
  const real = host?.keepalived.virtualServers[which.virtual]?.realServers[which.real];
  const conf = real?.checks[which.check];
  return host === undefined || conf === undefined ? undefined : { host, conf };
}

/** Real server and virtual server as logs have them. */
function namesOf(host: DirectorSpec, { virtual, real }: Which): readonly [string, string] {
  const server = host.keepalived.virtualServers[virtual] as VirtualServerConf;
  const { proto, realServers } = server;
  return [trio(realServers[real] as RealServerConf, proto), trio(server, proto)];
}

function checkerKey({ host, virtual, real, check }: Which): string {
  return `${host} ${virtual} ${real} ${check}`;
}

const tenths = Array.from({ length: 10 }, () => 1);

function drawTenth({ choices }: State, { host, virtual, real }: Which): number {
  return choices.pick(`warmup/${host}/${virtual}/${real}`, tenths);
}

function ipvsOf({ parts: { fabric } }: State, host: DirectorSpec): Ipvs {
  return fabric.ipvs(`host/${host.name}`, familyOf(host.ip));
}

function originOf({ parts }: State, host: string, virtual: number, real = -1): number {
  const path = `keepalived.virtual_server[${virtual}]${real < 0 ? '' : `.real_server[${real}]`}`;
  return parts.causes.intern(`host/${host}`, path, 'keepalived');
}
