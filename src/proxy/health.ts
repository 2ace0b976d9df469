// What kube-proxy answers to health checks, as data: the health check node port of a Service (one
// per eTP Local load balancer) and its own /healthz and /livez. Who listens and where is the node's
// work.
// Models pkg/proxy/healthcheck/service_health.go and proxy_health.go.
import { type Family, formatAddr } from '../net/addr.ts';
import { formatTime } from '../sim/time.ts';
import type { ProxyNode } from './config.ts';
import type { ProxySnapshot } from './snapshot.ts';
import { sortedGet } from './sorted-map.ts';

export interface HealthAnswer {
  readonly status: 200 | 503;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** "ns/name" -> health check node port, over both families. */
export function healthCheckNodePorts(snapshot: ProxySnapshot): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const family of [4, 6] as const) {
    for (const chunk of snapshot.ports[family].chunks) {
      for (const [service, port] of portsOfChunk(chunk)) found.set(service, port);
    }
  }
  return found;
}

type PortChunk = ProxySnapshot['ports'][4]['chunks'][number];
const chunks = new WeakMap<PortChunk, readonly (readonly [string, number])[]>();

/** Most chunks have none, and a change touches one of them. */
function portsOfChunk(chunk: PortChunk): readonly (readonly [string, number])[] {
  let found = chunks.get(chunk);
  if (found === undefined) {
    found = chunk.values.flatMap(({ service }) =>
      service.healthCheckNodePort === 0
        ? []
        : [[service.service, service.healthCheckNodePort] as const],
    );
    chunks.set(chunk, found);
  }
  return found;
}

/** How many different addresses of ready endpoints the Service ("ns/name") has on the node. */
export function localReadyEndpoints(
  snapshot: ProxySnapshot,
  node: Pick<ProxyNode, 'name'>,
  service: string,
): number {
  const ports = sortedGet(snapshot.services, service)?.ports;
  const addresses = new Set<string>();
  for (const { endpoints } of ports === undefined ? [] : [...ports[4], ...ports[6]]) {
    for (const endpoint of endpoints.list) {
      if (endpoint.ready && endpoint.nodeName === node.name) {
        addresses.add(formatAddr(endpoint.address));
      }
    }
  }
  return addresses.size;
}

/** The answer at a health check node port, for any method and path. */
export function healthCheckAnswer(
  service: string,
  localEndpoints: number,
  proxyHealthy: boolean,
): HealthAnswer {
  const [namespace, name] = service.split('/') as [string, string];
  const value = {
    service: { namespace, name },
    localEndpoints,
    serviceProxyHealthy: proxyHealthy,
  };
  return {
    status: localEndpoints > 0 && proxyHealthy ? 200 : 503,
    headers: {
      'Content-Type': 'application/json',
      'X-Content-Type-Options': 'nosniff',
      'X-Load-Balancing-Endpoint-Weight': `${localEndpoints}`,
    },
    body: JSON.stringify(value, null, '\t'),
  };
}

/** A kube-proxy's own state. */
export interface ProxyHealth {
  /** When the oldest change that is not yet in the rules was queued; null: none is waiting. */
  readonly queuedMs: number | null;
  readonly syncPeriodMs: number;
  /** The node is being deleted or tainted ToBeDeletedByClusterAutoscaler. */
  readonly nodeLeaving: boolean;
}

export type HealthPath = 'healthz' | 'livez';

/** Whether /healthz (or, without the node's part, /livez) answers 200. */
export function isProxyHealthy(health: ProxyHealth, nowMs: number, path: HealthPath): boolean {
  const { queuedMs, syncPeriodMs, nodeLeaving } = health;
  const current = queuedMs === null || nowMs - queuedMs < 2 * syncPeriodMs;
  return current && (path === 'livez' || !nodeLeaving);
}

/** The cluster autoscaler's taint on a node that it is about to delete. */
export const toBeDeletedTaint = 'ToBeDeletedByClusterAutoscaler';

/** What the answer says besides its status. */
export interface ProxyReport {
  readonly minor: number;
  readonly families: readonly Family[];
  readonly lastSyncMs: number;
  readonly startMs: number;
  readonly nowMs: number;
}

/** /livez and the node's part of /healthz (KEP-3836). */
const livezSince = 28;
/** One status for each family, as JSON. */
const familiesSince = 33;

/** The answer at /healthz and /livez; null: the version has no such path. */
export function proxyHealthAnswer(
  health: ProxyHealth,
  path: HealthPath,
  report: ProxyReport,
): HealthAnswer | null {
  const { minor, nowMs, lastSyncMs } = report;
  if (path === 'livez' && minor < livezSince) return null;
  const seen = minor < livezSince ? { ...health, nodeLeaving: false } : health;
  const healthy = isProxyHealthy(seen, nowMs, path);
  // "Recent" when it is healthy, whenever the last sync was.
  const updatedMs = healthy ? nowMs : lastSyncMs;
  return {
    status: healthy ? 200 : 503,
    headers: { 'Content-Type': 'application/json', 'X-Content-Type-Options': 'nosniff' },
    body:
      minor < familiesSince
        ? quotedBody(seen, path, report, updatedMs)
        : jsonBody(seen, path, report, updatedMs),
  };
}

function quotedBody(
  { nodeLeaving }: ProxyHealth,
  path: HealthPath,
  { minor, nowMs, startMs }: ProxyReport,
  updatedMs: number,
): string {
  const times = [updatedMs, nowMs].map((ms) => goTime(ms, startMs));
  const text = `{"lastUpdated": "${times[0]}","currentTime": "${times[1]}"`;
  const node = path === 'healthz' && minor >= livezSince ? `, "nodeEligible": ${!nodeLeaving}` : '';
  return `${text}${node}}`;
}

/** time.Time's String, with the reading of the monotonic clock since the process began. */
function goTime(ms: number, startMs: number): string {
  const seconds = `${Math.floor(ms / 1000)}`;
  const fraction =
    ms % 1000 === 0
      ? ''
      : `.${String(ms % 1000)
          .padStart(3, '0')
          .replace(/0+$/, '')}`;
  const [date = '', clock = ''] = formatTime(Number(seconds) * 1000)
    .slice(0, -1)
    .split('T');
  const monotonic = (Math.max(0, ms - startMs) / 1000).toFixed(9);
  return `${date} ${clock}${fraction} +0000 UTC m=+${monotonic}`;
}

function jsonBody(
  health: ProxyHealth,
  path: HealthPath,
  { nowMs, families, lastSyncMs }: ProxyReport,
  updatedMs: number,
): string {
  const healthy = isProxyHealthy(health, nowMs, 'livez');
  const status = Object.fromEntries(
    families.map((family) => [`IPv${family}`, { lastUpdated: rfc3339(lastSyncMs), healthy }]),
  );
  return JSON.stringify({
    lastUpdated: rfc3339(updatedMs),
    currentTime: rfc3339(nowMs),
    ...(path === 'healthz' ? { nodeEligible: !health.nodeLeaving } : {}),
    healthy,
    status,
  });
}

/** RFC3339Nano without trailing zeros, as encoding/json writes times. */
function rfc3339(ms: number): string {
  const whole = formatTime(ms - (ms % 1000));
  if (ms % 1000 === 0) return whole;
  return whole.replace(
    'Z',
    `.${String(ms % 1000)
      .padStart(3, '0')
      .replace(/0+$/, '')}Z`,
  );
}
