// kube-proxy's health over HTTP: /healthz and /livez of the process, and a health check node port for each load balancer
// with externalTrafficPolicy Local. Real sockets of the node, open while the process runs. What they answer is
// src/proxy/health.ts's work. Models the wiring of pkg/proxy/healthcheck.
import { type Addr, familyOf } from '../net/addr.ts';
import { TCP } from '../net/packet.ts';
import type { ServerProgram } from '../node/program.ts';
import { findSocket, type Socket } from '../node/socket.ts';
import { httpMessage, parseHttp } from '../programs/http.ts';
import { decodeUtf8, encodeUtf8 } from '../programs/utf8.ts';
import { nodePortAddresses } from '../proxy/config.ts';
import {
  type HealthAnswer,
  healthCheckAnswer,
  healthCheckNodePorts,
  isProxyHealthy,
  localReadyEndpoints,
  type ProxyHealth,
  proxyHealthAnswer,
  toBeDeletedTaint,
} from '../proxy/health.ts';
import { formatHttpDate } from '../sim/time.ts';
import { familiesOf, proxyNodeOn } from './dialling.ts';
import type { State } from './state.ts';

export const healthzProgram = 'kube-proxy/healthz';
export const healthCheckProgram = 'kube-proxy/health-check';
export const metricsProgram = 'kube-proxy/metrics';

/** What a health socket knows. */
export interface HealthData {
  readonly node: string;
  /** "ns/name"; empty: the process's own. */
  readonly service: string;
}

/** The process begins: its own health, and the Services' as of the rules it has. */
export function openHealth(state: State, node: string): void {
  const { proxies, fabric } = state.parts;
  if (proxies.isStopped(node)) return;
  const { address, port } = proxies.configOf(node).healthz;
  const data: HealthData = { node, service: '' };
  fabric.listen(`node/${node}`, healthSocket(healthzProgram, address, port, data));
  const { metrics } = proxies.configOf(node);
  fabric.listen(`node/${node}`, healthSocket(metricsProgram, metrics.address, metrics.port, data));
  syncHealthPorts(state, node);
}

function healthSocket(
  program: string,
  addr: Addr | null,
  port: number,
  data: HealthData,
): Omit<Socket, 'owner'> {
  return { proto: TCP, addr, port, program, data, assumed: false };
}

/** SyncServices: opens and closes health check node ports after a sync of the node's rules. */
export function syncHealthPorts(state: State, node: string): void {
  const { proxies, fabric } = state.parts;
  if (proxies.isStopped(node) || !fabric.has(`node/${node}`)) return;
  const config = proxies.configOf(node);
  const wanted =
    config.mode === 'userspace'
      ? new Map<string, number>()
      : healthCheckNodePorts(proxies.snapshotOf(node));
  const machine = `node/${node}`;
  const open = fabric.sockets(machine).filter(({ program }) => program === healthCheckProgram);
  if (wanted.size === 0 && open.length === 0) return;
  fabric.unlisten(machine, ({ program, data, port }) => {
    const { service } = (data ?? {}) as HealthData;
    return program === healthCheckProgram && wanted.get(service) !== port;
  });
  const addresses = listenOn(state, node);
  for (const [service, port] of wanted) {
    if (open.some(({ data, port: own }) => own === port && dataOf(data).service === service)) {
      continue;
    }
    for (const addr of addresses) {
      const socket = healthSocket(healthCheckProgram, addr, port, { node, service });
      // All of them or none: an address where it cannot listen closes the others.
      if (fabric.listen(machine, socket)) continue;
      fabric.unlisten(machine, (s) => s.program === healthCheckProgram && s.port === port);
      break;
    }
  }
}

/** Everywhere, or on the node's addresses that take node ports. */
function listenOn(state: State, node: string): readonly (Addr | null)[] {
  const config = state.parts.proxies.configOf(node);
  const seen = proxyNodeOn(state, node);
  const families = familiesOf(state.parts.spec);
  const ports = families.map((family) => nodePortAddresses(config, seen, family));
  if (ports.every(({ matchAll }) => matchAll)) return [null];
  return ports.flatMap(({ matchAll, addresses }, i) =>
    matchAll ? seen.addresses.filter((own) => familyOf(own) === families[i]) : addresses,
  );
}

function dataOf(data: unknown): HealthData {
  return data as HealthData;
}

/** The server behind a health socket. */
export function healthServer(state: State, { node, service }: HealthData): ServerProgram {
  return {
    receive: (message, _peer, { nowMs }) => {
      const request = parseHttp(decodeUtf8(message));
      const [method = 'GET', target = '/'] = request?.start.split(' ') ?? [];
      const answer =
        service === ''
          ? processAnswer(state, node, target.split('?')[0] ?? '', nowMs)
          : serviceAnswer(state, node, service, nowMs);
      return { reply: encodeUtf8(httpText(answer, method, nowMs)), elapsedMs: 0 };
    },
  };
}

/** The server of the metrics: what it says beside them (serveMetrics of cmd/kube-proxy/app/server.go). */
export function metricsServer(state: State, { node }: HealthData): ServerProgram {
  return {
    receive: (message, _peer, { nowMs }) => {
      const request = parseHttp(decodeUtf8(message));
      const [method = 'GET', target = '/'] = request?.start.split(' ') ?? [];
      const answer = metricsAnswer(state, node, target.split('?')[0] ?? '');
      return { reply: encodeUtf8(httpText(answer, method, nowMs)), elapsedMs: 0 };
    },
  };
}

const unmodelled = /^\/(metrics|configz|flagz|statusz|debug)(\/|$)/;

function metricsAnswer(state: State, node: string, path: string) {
  const body =
    path === '/proxyMode'
      ? state.parts.proxies.modeOf(node).name
      : path === '/healthz' || path === '/healthz/ping'
        ? 'ok'
        : null;
  if (body !== null) return { status: 200, headers: plain, body };
  if (!unmodelled.test(path)) return { ...notFound, headers: plain };
  return { status: 501, headers: plain, body: `svcspec does not model ${path} of kube-proxy\n` };
}

const notFound = { status: 404, body: '404 page not found\n' } as const;
const plain = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };

function processAnswer(state: State, node: string, path: string, nowMs: number) {
  const report = {
    minor: state.parts.spec.minor,
    families: familiesOf(state.parts.spec),
    lastSyncMs: state.parts.proxies.lastSyncMs(node) ?? state.nowMs,
    startMs: 0,
    nowMs,
  };
  const known = path === '/healthz' ? 'healthz' : path === '/livez' ? 'livez' : null;
  const answer = known && proxyHealthAnswer(healthOf(state, node), known, report);
  return answer ?? { ...notFound, headers: plain };
}

function serviceAnswer(state: State, node: string, service: string, nowMs: number): HealthAnswer {
  const count = localReadyEndpoints(state.parts.proxies.snapshotOf(node), { name: node }, service);
  return healthCheckAnswer(service, count, isProxyHealthy(healthOf(state, node), nowMs, 'livez'));
}

/** As net/http's server writes it: the handler's headers by name, then its own. */
function httpText(
  { status, headers, body }: Omit<HealthAnswer, 'status'> & { readonly status: number },
  method: string,
  nowMs: number,
): string {
  const own = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1));
  const all = [...own, ['Date', formatHttpDate(nowMs)], ['Content-Length', `${body.length}`]];
  const lines = all.map(([name, value]) => `${name}: ${value}`);
  return httpMessage(status, lines, method === 'HEAD' ? '' : body);
}

function healthOf(state: State, name: string): ProxyHealth {
  const { proxies, api } = state.parts;
  const node = api.get('Node', name);
  const taints = node?.spec.taints ?? [];
  return {
    queuedMs: proxies.queuedMs(name),
    syncPeriodMs: proxies.configOf(name).syncPeriodMs,
    nodeLeaving:
      node === undefined ||
      node.metadata.deletionTimestamp !== undefined ||
      taints.some(({ key }) => key === toBeDeletedTaint),
  };
}

/** Whether a balancer's check of the Service's health check node port on the node succeeds. */
export function passesHealthCheck(state: State, node: string, service: string): boolean {
  const isOpen = state.parts.fabric
    .sockets(`node/${node}`)
    .some(
      ({ program, data }) => program === healthCheckProgram && dataOf(data).service === service,
    );
  return isOpen && serviceAnswer(state, node, service, state.nowMs).status === 200;
}

/** Where clouds ask for kube-proxy's own health, whatever its configuration says. */
const proxyCheckPort = 10_256;

/** Whether a balancer's check of the node's kube-proxy succeeds: GET /healthz. */
export function passesProxyCheck(state: State, node: string): boolean {
  const { fabric } = state.parts;
  const machine = `node/${node}`;
  const to = fabric.addressOf(machine, 0) ?? fabric.addressOf(machine, 0n);
  if (to === undefined) return false;
  const socket = findSocket(fabric.sockets(machine), TCP, to, proxyCheckPort);
  if (socket?.program !== healthzProgram) return false;
  return processAnswer(state, node, '/healthz', state.nowMs).status === 200;
}
