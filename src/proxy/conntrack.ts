// Which UDP flows a kube-proxy deletes after a change, as data: whoever owns the conntrack table
// applies them with `isStale`. TCP flows are never touched, and a Service without a serving
// endpoint keeps its flows.
// Models pkg/proxy/conntrack/cleanup.go: since 1.32 the table is compared with what is served;
// before, deletions were worked out from the change (deleted Services, Services that got endpoints,
// endpoints that went away).

import { type Addr, type Family, familyOf, formatAddr } from '../net/addr.ts';
import { type Proto, UDP } from '../net/packet.ts';
import { distinctFor, type ProxyEndpoint } from './endpoints.ts';
import type { ServicePort } from './service-port.ts';
import { type ProxyPort, type ProxySnapshot, udpEndpointsChanged } from './snapshot.ts';
import { sortedGet, sortedValues } from './sorted-map.ts';
import { hasFeature } from './versions.ts';

/** UDP flows of a family to `dst`:`dport` (null: any) whose answers come from where `replies` says. */
export interface StaleFlows {
  readonly family: Family;
  readonly dst: Addr | null;
  readonly dport: number | null;
  readonly replies:
    | { readonly kind: 'any' }
    | { readonly kind: 'from'; readonly address: Addr }
    /** From none of these: "10.0.0.1:53", or "10.0.0.1" where ports are not compared. */
    | { readonly kind: 'notFrom'; readonly serving: ReadonlySet<string>; readonly ports: boolean };
}

/** The parts of a conntrack entry that kube-proxy compares. */
export interface Flow {
  readonly proto: Proto;
  /** Original direction, before DNAT. */
  readonly dst: Addr;
  readonly dport: number;
  /** Reply direction: the endpoint, or `dst` again when the flow was not translated. */
  readonly replySrc: Addr;
  readonly replySport: number;
}

/** What the kube-proxies of Kubernetes 1.`minor` delete when `before` has become `after`. The node
 * tells which of several endpoints of one address counts. */
export function staleFlows(
  before: ProxySnapshot,
  after: ProxySnapshot,
  family: Family,
  minor: number,
  nodeName = '',
): readonly StaleFlows[] {
  if (before === after) return [];
  return hasFeature('ConntrackReconcile', minor)
    ? reconciled(before, after, family, minor, nodeName)
    : changed(before, after, family);
}

export function isStale(flow: Flow, { family, dst, dport, replies }: StaleFlows): boolean {
  if (flow.proto !== UDP || familyOf(flow.dst) !== family) return false;
  if (dst !== null && flow.dst !== dst) return false;
  if (dport !== null && flow.dport !== dport) return false;
  switch (replies.kind) {
    case 'any':
      return true;
    case 'from':
      return flow.replySrc === replies.address;
    case 'notFrom':
      return !replies.serving.has(replyKey(flow.replySrc, flow.replySport, replies.ports));
  }
}

function replyKey(address: Addr, port: number, ports: boolean): string {
  return ports ? `${formatAddr(address)} ${port}` : formatAddr(address);
}

/** Where clients address a service port: its addresses, and any address at its node port. */
function frontends(port: ServicePort): readonly Pick<StaleFlows, 'dst' | 'dport'>[] {
  return [
    ...addresses(port).map((dst) => ({ dst, dport: port.port })),
    ...(port.nodePort === 0 ? [] : [{ dst: null, dport: port.nodePort }]),
  ];
}

function addresses(port: ServicePort): readonly Addr[] {
  const others = [...port.externalIPs, ...port.loadBalancerVIPs].map(({ value }) => value);
  return [port.clusterIP, ...others];
}

function serving(port: ProxyPort | undefined): readonly ProxyEndpoint[] {
  return (port?.endpoints.list ?? []).filter((endpoint) => endpoint.serving);
}

function reconciled(
  before: ProxySnapshot,
  after: ProxySnapshot,
  family: Family,
  minor: number,
  nodeName: string,
): readonly StaleFlows[] {
  if (!udpEndpointsChanged(before, after, family)) return [];
  const ports = hasFeature('ConntrackComparesPorts', minor);
  const choice = { nodeName, runningDuplicates: hasFeature('RunningDuplicateWins', minor) };
  const found = new Map<string, StaleFlows>();
  for (const port of sortedValues(after.ports[family])) {
    const isUDP = port.service.proto === UDP;
    const distinct = isUDP ? distinctFor(port.endpoints, choice) : [];
    const endpoints = distinct.filter((endpoint) => endpoint.serving);
    if (endpoints.length === 0) continue;
    const keys = endpoints.map((e) => replyKey(e.address, e.port, ports));
    const replies = { kind: 'notFrom', serving: new Set(keys), ports } as const;
    for (const { dst, dport } of frontends(port.service)) {
      // Of two Services with one frontend the last one's endpoints count.
      found.set(`${dst} ${dport}`, { family, dst, dport, replies });
    }
  }
  return [...found.values()];
}

/** Up to 1.31. Addresses are then cleared whatever the port. */
function changed(
  before: ProxySnapshot,
  after: ProxySnapshot,
  family: Family,
): readonly StaleFlows[] {
  const found: StaleFlows[] = [];
  const any = { kind: 'any' } as const;
  for (const port of sortedValues(before.ports[family])) {
    const now = sortedGet(after.ports[family], port.service.key);
    if (now === port || port.service.proto !== UDP) continue;
    if (now === undefined) {
      const clear = (dst: Addr) => ({ family, dst, dport: null, replies: any });
      found.push(...addresses(port.service).map(clear));
    }
    const still = new Set(serving(now).map((endpoint) => endpoint.text));
    for (const gone of serving(port).filter((endpoint) => !still.has(endpoint.text))) {
      const replies = { kind: 'from', address: gone.address } as const;
      for (const { dst, dport } of frontends(now?.service ?? port.service)) {
        found.push({ family, dst, dport: dst === null ? dport : null, replies });
      }
    }
  }
  for (const port of sortedValues(after.ports[family])) {
    const was = sortedGet(before.ports[family], port.service.key);
    if (was === port || port.service.proto !== UDP) continue;
    if (serving(was).length > 0 || serving(port).length === 0) continue;
    for (const { dst, dport } of frontends(port.service)) {
      found.push({ family, dst, dport: dst === null ? dport : null, replies: any });
    }
  }
  return found;
}
