// What kube-proxy answers to health checks, as data: the health check node port of a Service (one
// per eTP Local load balancer) and its own /healthz and /livez. Who listens and where is the node's
// work.
// Models pkg/proxy/healthcheck/service_health.go and proxy_health.go.
import { formatAddr } from '../net/addr.ts';
import type { ProxyNode } from './config.ts';
import type { ProxyPort, ProxySnapshot } from './snapshot.ts';
import { sortedValues } from './sorted-map.ts';

export interface HealthAnswer {
  readonly status: 200 | 503;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Health check node port -> "ns/name", over both families. */
export function healthCheckNodePorts(snapshot: ProxySnapshot): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const { service } of everyPort(snapshot)) {
    if (service.healthCheckNodePort !== 0) found.set(service.healthCheckNodePort, service.service);
  }
  return found;
}

/** How many different addresses of ready endpoints the Service ("ns/name") has on the node. */
export function localReadyEndpoints(
  snapshot: ProxySnapshot,
  node: Pick<ProxyNode, 'name'>,
  service: string,
): number {
  const addresses = new Set<string>();
  for (const port of everyPort(snapshot)) {
    if (port.service.service !== service) continue;
    for (const endpoint of port.endpoints.list) {
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

/** Whether /healthz (or, without the node's part, /livez) answers 200. */
export function isProxyHealthy(health: ProxyHealth, nowMs: number, path: 'healthz' | 'livez') {
  const { queuedMs, syncPeriodMs, nodeLeaving } = health;
  const current = queuedMs === null || nowMs - queuedMs <= 2 * syncPeriodMs;
  return current && (path === 'livez' || !nodeLeaving);
}

function* everyPort(snapshot: ProxySnapshot): IterableIterator<ProxyPort> {
  yield* sortedValues(snapshot.ports[4]);
  yield* sortedValues(snapshot.ports[6]);
}
