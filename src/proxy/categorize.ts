// Which endpoints a service port may use on one node: "Cluster" and "Local" policy endpoints,
// topology hints, and the fall-back to endpoints that terminate but still serve. Models
// CategorizeEndpoints of pkg/proxy/topology.go.
import type { DuplicateChoice, ProxyEndpoint } from './endpoints.ts';
import { type ServicePort, usesClusterEndpoints, usesLocalEndpoints } from './service-port.ts';

/** What the choice depends on besides endpoints: the node, and the version's rules for hints. */
export interface Locality extends DuplicateChoice {
  /** topology.kubernetes.io/zone; "" when the node has no such label. */
  readonly zone: string;
  /** forNodes hints count (PreferSameTrafficDistribution). */
  readonly nodeHints: boolean;
  /** forZones hints count only for Services with the topology-mode annotation (1.30 and older). */
  readonly annotationRequired: boolean;
}

export interface Categories {
  /** null: the service port never uses Cluster policy endpoints. */
  readonly cluster: readonly ProxyEndpoint[] | null;
  /** null: the service port never uses Local policy endpoints. */
  readonly local: readonly ProxyEndpoint[] | null;
  /** Every endpoint that this node can reach by either policy, sorted. */
  readonly reachable: readonly ProxyEndpoint[];
  /** Whether any node has a usable endpoint. */
  readonly hasAny: boolean;
}

type TopologyMode = 'none' | 'PreferSameNode' | 'PreferSameZone';

const nothing: Categories = { cluster: null, local: null, reachable: [], hasAny: false };

/** Sorts out `endpoints` (distinct, in order) for one node. */
export function categorizeEndpoints(
  endpoints: readonly ProxyEndpoint[],
  port: Parameters<typeof usesClusterEndpoints>[0] & Pick<ServicePort, 'topologyMode'>,
  locality: Locality,
): Categories {
  if (endpoints.length === 0) return nothing;
  const mode = usesClusterEndpoints(port) ? topologyMode(endpoints, port, locality) : 'none';
  const cluster = usesClusterEndpoints(port) ? clusterEndpoints(endpoints, mode, locality) : null;
  if (!usesLocalEndpoints(port)) {
    return { cluster, local: null, reachable: cluster ?? [], hasAny: (cluster ?? []).length > 0 };
  }
  const onNode = endpoints.filter((e) => isLocal(e, locality));
  const ready = onNode.filter((e) => e.ready);
  const local = ready.length > 0 ? ready : onNode.filter(isDraining);
  const hasAny = endpoints.some((e) => e.ready || isDraining(e));
  if (cluster === null) return { cluster, local, reachable: local, hasAny };
  const isSuperset = mode === 'none' && (ready.length > 0 || local.length === 0);
  const reachable = isSuperset ? cluster : union(endpoints, cluster, local);
  return { cluster, local, reachable, hasAny };
}

/** Ready endpoints that fit the hints; without any, those that terminate but still serve, hints or
 * not. */
function clusterEndpoints(
  endpoints: readonly ProxyEndpoint[],
  mode: TopologyMode,
  locality: Locality,
): readonly ProxyEndpoint[] {
  const ready = endpoints.filter((e) => e.ready && fits(e, mode, locality));
  return ready.length > 0 ? ready : endpoints.filter(isDraining);
}

/** Hints count only when every ready endpoint has one and one of them names this node (or its
 * zone). */
function topologyMode(
  endpoints: readonly ProxyEndpoint[],
  port: Pick<ServicePort, 'topologyMode'>,
  { nodeName, zone, nodeHints, annotationRequired }: Locality,
): TopologyMode {
  const ready = endpoints.filter((e) => e.ready);
  if (ready.length === 0) return 'none';
  if (
    nodeHints &&
    ready.every((e) => e.nodeHints.length > 0) &&
    ready.some((e) => e.nodeHints.includes(nodeName))
  ) {
    return 'PreferSameNode';
  }
  if (annotationRequired && ['', 'disabled', 'Disabled'].includes(port.topologyMode)) return 'none';
  if (
    zone !== '' &&
    ready.every((e) => e.zoneHints.length > 0) &&
    ready.some((e) => e.zoneHints.includes(zone))
  ) {
    return 'PreferSameZone';
  }
  return 'none';
}

function fits(endpoint: ProxyEndpoint, mode: TopologyMode, locality: Locality): boolean {
  switch (mode) {
    case 'none':
      return true;
    case 'PreferSameNode':
      return endpoint.nodeHints.includes(locality.nodeName);
    case 'PreferSameZone':
      return endpoint.zoneHints.includes(locality.zone);
  }
}

function isLocal(endpoint: ProxyEndpoint, locality: Locality): boolean {
  return locality.nodeName !== '' && endpoint.nodeName === locality.nodeName;
}

function isDraining(endpoint: ProxyEndpoint): boolean {
  return endpoint.serving && endpoint.terminating;
}

/** Upstream's order is a Go map's; here it is the endpoints' own. */
function union(
  endpoints: readonly ProxyEndpoint[],
  ...lists: readonly (readonly ProxyEndpoint[])[]
): readonly ProxyEndpoint[] {
  const wanted = new Set(lists.flat());
  return endpoints.filter((e) => wanted.has(e));
}
