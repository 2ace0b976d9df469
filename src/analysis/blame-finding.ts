// What the three phases of blame hand over: which reason, about which object, and what to add to its sentence.
// Not the sentences: those stand in blame.table.ts.

import type { Position } from '../api/input-error.ts';
import { type Endpoint, type EndpointSlice, keyOf, type Service } from '../api/types.ts';
import type { Attempt, Cluster } from '../cluster/cluster.ts';
import { type Addr, formatAddr } from '../net/addr.ts';
import type { BlameReason } from './blame.table.ts';

/** A value of a stored object. */
export interface Spot {
  readonly object: string;
  readonly path: string;
}

export interface Finding {
  readonly reason: BlameReason;
  readonly object?: string | undefined;
  /** Replaces the row's path. */
  readonly path?: string | undefined;
  /** Where to look, when that is not in the blamed object. */
  readonly at?: Spot | undefined;
  /** The very place, where it is known better than by object and path. */
  readonly position?: Position | null;
  readonly where?: string;
  readonly name?: string;
  readonly detail?: string;
}

export function objectOf(service: Service): string {
  return `Service/${keyOf(service)}`;
}

/** The Service takes nothing from this client; says who dialled, and whom it takes. */
export function sourceRangesFinding(service: Service, { dial }: Attempt): Finding {
  const { loadBalancerSourceRanges: ranges = [] } = service.spec;
  const who = dial === null ? 'it' : formatAddr(dial.client.addr);
  const detail = `${who} is in none of ${ranges.join(', ')}`;
  const more = ranges.length === 0 ? {} : { detail };
  return { reason: 'sourceRanges', object: objectOf(service), ...more };
}

/** "Service/demo/web" -> the stored Service. */
export function serviceOf(cluster: Cluster, object: string | undefined): Service | undefined {
  return object?.startsWith('Service/')
    ? cluster.objects.get('Service', object.slice('Service/'.length))
    : undefined;
}

/** The Service that has this cluster IP. */
export function clusterIPOwner(cluster: Cluster, addr: Addr): Service | undefined {
  const text = formatAddr(addr);
  return cluster.objects
    .list('Service')
    .find((candidate) => (candidate.spec?.clusterIPs ?? []).includes(text));
}

/** The EndpointSlices that kube-proxy reads for a Service. */
export function slicesOf(cluster: Cluster, { metadata }: Service): readonly EndpointSlice[] {
  return cluster.objects
    .list('EndpointSlice', metadata.namespace ?? 'default')
    .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === metadata.name);
}

/** All endpoints of a Service, whatever their state. */
export function endpointsOf(cluster: Cluster, service: Service): readonly Endpoint[] {
  return slicesOf(cluster, service).flatMap((slice) => slice.endpoints ?? []);
}

/** "a, b, c and 4 more". */
export function listed(names: readonly string[], max = 3): string {
  const more = names.length - max;
  return `${names.slice(0, max).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
