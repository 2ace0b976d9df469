// The endpoints of a service port, merged from its EndpointSlices and sorted, independent of any
// node: which of them are local is asked per node. Models pkg/proxy/endpointslicecache.go and
// endpoint.go.
import type { EndpointSlice, Endpoint as SliceEndpoint } from '../api/types.ts';
import { type Addr, type Family, familyOf, formatEndpoint } from '../net/addr.ts';
import { type Proto, parseProto } from '../net/packet.ts';
import { byCodeUnit } from '../sim/table.ts';
import { parseAddrSloppy } from './sloppy.ts';

export interface ProxyEndpoint {
  /** "10.180.0.1:80", "[fd00::1]:80": what endpoints are sorted and compared by. */
  readonly text: string;
  readonly address: Addr;
  readonly port: number;
  readonly nodeName: string | null;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly zoneHints: readonly string[];
  readonly nodeHints: readonly string[];
  /** "Pod/ns/name" when the slice says so, else "EndpointSlice/ns/name". */
  readonly object: string;
  /** Path inside `object`: "" for a Pod, "endpoints[2]" inside a slice. */
  readonly path: string;
}

export interface PortEndpoints {
  /** Sorted by text as strings. The same text can stand twice, when slices overlap: `distinctFor`
   * decides. */
  readonly list: readonly ProxyEndpoint[];
  readonly hasDuplicates: boolean;
  readonly hasHints: boolean;
}

export const noEndpoints: PortEndpoints = { list: [], hasDuplicates: false, hasHints: false };

/** Endpoints of the named service port. `slices` are one Service's, sorted by name. */
export function portEndpoints(
  slices: readonly EndpointSlice[],
  family: Family,
  portName: string,
  proto: Proto,
): PortEndpoints {
  const list: ProxyEndpoint[] = [];
  for (const slice of slices) {
    if (slice.addressType !== (family === 4 ? 'IPv4' : 'IPv6')) continue;
    for (const port of slice.ports ?? []) {
      if (port.name !== portName || parseProto(port.protocol ?? 'TCP') !== proto) continue;
      if (port.port === undefined || port.port === 0) continue;
      list.push(...sliceEndpoints(slice, family, port.port));
    }
  }
  if (list.length === 0) return noEndpoints;
  list.sort((a, b) => byCodeUnit(a.text, b.text));
  return {
    list,
    hasDuplicates: list.some((endpoint, i) => i > 0 && endpoint.text === list[i - 1]?.text),
    hasHints: list.some((e) => e.zoneHints.length > 0 || e.nodeHints.length > 0),
  };
}

/** How a kube-proxy chooses among endpoints of one address, which overlapping slices can hold. */
export interface DuplicateChoice {
  readonly nodeName: string;
  /** The last that does not terminate; else the first, unless a later one is on this node. */
  readonly runningDuplicates: boolean;
}

/** One endpoint per "ip:port". */
export function distinctFor(
  endpoints: PortEndpoints,
  { nodeName, runningDuplicates }: DuplicateChoice,
): readonly ProxyEndpoint[] {
  if (!endpoints.hasDuplicates) return endpoints.list;
  const distinct: ProxyEndpoint[] = [];
  for (const endpoint of endpoints.list) {
    const last = distinct.length - 1;
    if (distinct[last]?.text !== endpoint.text) distinct.push(endpoint);
    else if (runningDuplicates ? !endpoint.terminating : endpoint.nodeName === nodeName) {
      distinct[last] = endpoint;
    }
  }
  return distinct;
}

/** How many different "ip:port" there are. */
export function countOf(endpoints: PortEndpoints): number {
  const { list } = endpoints;
  if (!endpoints.hasDuplicates) return list.length;
  return list.filter((endpoint, i) => endpoint.text !== list[i - 1]?.text).length;
}

/** Whether two lists say the same, so that the older object can be kept. */
export function sameEndpoints(a: PortEndpoints, b: PortEndpoints): boolean {
  return (
    a.list.length === b.list.length &&
    a.list.every((endpoint, i) => sameEndpoint(endpoint, b.list[i] as ProxyEndpoint))
  );
}

function sameEndpoint(a: ProxyEndpoint, b: ProxyEndpoint): boolean {
  return (
    a.text === b.text &&
    a.nodeName === b.nodeName &&
    a.ready === b.ready &&
    a.serving === b.serving &&
    a.terminating === b.terminating &&
    a.object === b.object &&
    a.path === b.path &&
    a.zoneHints.join() === b.zoneHints.join() &&
    a.nodeHints.join() === b.nodeHints.join()
  );
}

/** A slice is immutable, so what is read from it once is kept as long as it lives. */
const read = new WeakMap<EndpointSlice, Map<number, readonly ProxyEndpoint[]>>();

function sliceEndpoints(
  slice: EndpointSlice,
  family: Family,
  port: number,
): readonly ProxyEndpoint[] {
  let byPort = read.get(slice);
  if (byPort === undefined) {
    byPort = new Map();
    read.set(slice, byPort);
  }
  const known = byPort.get(port);
  if (known !== undefined) return known;
  const list: ProxyEndpoint[] = [];
  for (const [index, endpoint] of (slice.endpoints ?? []).entries()) {
    // Only the first address counts; an endpoint without one, or of the other family, is ignored.
    const address = parseAddrSloppy(endpoint.addresses?.[0] ?? '');
    if (address === undefined || familyOf(address) !== family) continue;
    list.push(proxyEndpoint(slice, endpoint, index, address, port));
  }
  byPort.set(port, list);
  return list;
}

function proxyEndpoint(
  slice: EndpointSlice,
  endpoint: SliceEndpoint,
  index: number,
  address: Addr,
  port: number,
): ProxyEndpoint {
  const { conditions, hints, targetRef, nodeName } = endpoint;
  const namespace = slice.metadata.namespace ?? 'default';
  const isPod = targetRef?.kind === 'Pod' && targetRef.name !== undefined;
  return {
    text: formatEndpoint(address, port),
    address,
    port,
    nodeName: nodeName ?? null,
    ready: conditions?.ready ?? true,
    serving: conditions?.serving ?? true,
    terminating: conditions?.terminating ?? false,
    zoneHints: (hints?.forZones ?? []).map(({ name }) => name),
    nodeHints: (hints?.forNodes ?? []).map(({ name }) => name),
    object: isPod
      ? `Pod/${targetRef.namespace ?? namespace}/${targetRef.name}`
      : `EndpointSlice/${namespace}/${slice.metadata.name}`,
    path: isPod ? '' : `endpoints[${index}]`,
  };
}
