// What kube-proxies have received of Services and EndpointSlices, as an immutable value: an event
// makes a new snapshot that shares everything it does not touch, so identity of a `ProxyPort` means
// "nothing changed here" and rules can be kept by it. Independent of any node: all nodes of a
// cluster share one snapshot.
// Models ServiceChangeTracker and EndpointsChangeTracker of pkg/proxy, without their pending and
// applied halves.
import type { AnyObject, EndpointSlice, Service, WatchEvent } from '../api/types.ts';
import type { Family } from '../net/addr.ts';
import { UDP } from '../net/packet.ts';
import { byCodeUnit } from '../sim/table.ts';
import { defaultProxyConfig } from './config.ts';
import {
  countOf,
  noEndpoints,
  type PortEndpoints,
  portEndpoints,
  sameEndpoints,
} from './endpoints.ts';
import { type ServicePort, servicePorts, watched } from './service-port.ts';
import {
  emptySortedMap,
  type SortedMap,
  sortedDelete,
  sortedGet,
  sortedSet,
} from './sorted-map.ts';

/** One service port with its endpoints: the unit that rules are built from. */
export interface ProxyPort {
  readonly service: ServicePort;
  readonly endpoints: PortEndpoints;
}

/** A Service and its slices (sorted by name), each of which can be there without the other. */
export interface ServiceEntry {
  readonly service: Service | null;
  readonly slices: readonly EndpointSlice[];
  readonly ports: Readonly<Record<Family, readonly ProxyPort[]>>;
}

export interface ProxySnapshot {
  /** The kube-proxies are of Kubernetes 1.`minor`. */
  readonly minor: number;
  /** By "ns/name". */
  readonly services: SortedMap<ServiceEntry>;
  /** By ServicePortName and protocol: the order in which rules are written (a Go map's upstream).
   * */
  readonly ports: Readonly<Record<Family, SortedMap<ProxyPort>>>;
  /** Endpoints over all service ports, ready or not: more than 1,000 is a large cluster. */
  readonly endpointCount: Readonly<Record<Family, number>>;
}

const families: readonly Family[] = [4, 6];
const serviceNameLabel = 'kubernetes.io/service-name';
const emptyEntry: ServiceEntry = { service: null, slices: [], ports: { 4: [], 6: [] } };

export function emptySnapshot(minor = defaultProxyConfig.minor): ProxySnapshot {
  return {
    minor,
    services: emptySortedMap(),
    ports: { 4: emptySortedMap(), 6: emptySortedMap() },
    endpointCount: { 4: 0, 6: 0 },
  };
}

/** The snapshot after one watch event; the same snapshot when the event is none of kube-proxy's. */
export function withEvent(snapshot: ProxySnapshot, event: WatchEvent): ProxySnapshot {
  switch (event.kind) {
    case 'Service':
      return withService(snapshot, event.key, current(event) as Service | null);
    case 'EndpointSlice':
      return withSlice(
        snapshot,
        event.previous as EndpointSlice | undefined,
        event.object as unknown as EndpointSlice,
        event.type === 'DELETED',
      );
    default:
      return snapshot;
  }
}

function current(event: WatchEvent): AnyObject | null {
  return event.type === 'DELETED' ? null : event.object;
}

function withService(snapshot: ProxySnapshot, key: string, service: Service | null): ProxySnapshot {
  const entry = sortedGet(snapshot.services, key) ?? emptyEntry;
  return replaceEntry(snapshot, key, entry, { ...entry, service });
}

function withSlice(
  snapshot: ProxySnapshot,
  previous: EndpointSlice | undefined,
  slice: EndpointSlice,
  deleted: boolean,
): ProxySnapshot {
  const before = previous === undefined ? undefined : serviceOf(previous);
  const after = deleted || !watched(slice.metadata) ? undefined : serviceOf(slice);
  const name = slice.metadata.name;
  let next = snapshot;
  for (const key of new Set([before, serviceOf(slice)])) {
    if (key === undefined || key === after) continue;
    const entry = sortedGet(next.services, key) ?? emptyEntry;
    const slices = entry.slices.filter((other) => other.metadata.name !== name);
    next = replaceEntry(next, key, entry, { ...entry, slices });
  }
  if (after === undefined) return next;
  const entry = sortedGet(next.services, after) ?? emptyEntry;
  const slices = entry.slices.filter((other) => other.metadata.name !== name);
  slices.push(slice);
  slices.sort((a, b) => byCodeUnit(a.metadata.name, b.metadata.name));
  return replaceEntry(next, after, entry, { ...entry, slices });
}

/** "ns/name" of the Service a slice belongs to, from its label. */
function serviceOf(slice: EndpointSlice): string | undefined {
  const name = slice.metadata.labels?.[serviceNameLabel] ?? '';
  return name === '' ? undefined : `${slice.metadata.namespace ?? 'default'}/${name}`;
}

function replaceEntry(
  snapshot: ProxySnapshot,
  key: string,
  before: ServiceEntry,
  changed: ServiceEntry,
): ProxySnapshot {
  const entry: ServiceEntry = {
    ...changed,
    ports: {
      4: portsOf(before, changed, 4, snapshot.minor),
      6: portsOf(before, changed, 6, snapshot.minor),
    },
  };
  const isEmpty = entry.service === null && entry.slices.length === 0;
  const services = isEmpty
    ? sortedDelete(snapshot.services, key)
    : sortedSet(snapshot.services, key, entry);
  let { ports, endpointCount } = snapshot;
  for (const family of families) {
    const change = changePorts(ports[family], before.ports[family], entry.ports[family]);
    if (change.map === ports[family]) continue;
    ports = { ...ports, [family]: change.map };
    endpointCount = { ...endpointCount, [family]: endpointCount[family] + change.added };
  }
  return { minor: snapshot.minor, services, ports, endpointCount };
}

/** The entry's service ports, keeping every object that still says the same. */
function portsOf(
  before: ServiceEntry,
  entry: ServiceEntry,
  family: Family,
  minor: number,
): readonly ProxyPort[] {
  if (entry.service === null) return [];
  const old = new Map(before.ports[family].map((port) => [port.service.key, port]));
  const services =
    entry.service === before.service
      ? before.ports[family].map((port) => port.service)
      : servicePorts(entry.service, family, minor);
  return services.map((service) => {
    const known = old.get(service.key);
    const endpoints =
      known !== undefined && entry.slices === before.slices
        ? known.endpoints
        : portEndpoints(entry.slices, family, service.portName, service.proto);
    if (known === undefined) return { service, endpoints };
    const sameService = known.service === service || samePort(known.service, service);
    if (sameService && sameEndpoints(known.endpoints, endpoints)) return known;
    return { service: sameService ? known.service : service, endpoints };
  });
}

function changePorts(
  map: SortedMap<ProxyPort>,
  before: readonly ProxyPort[],
  after: readonly ProxyPort[],
): { readonly map: SortedMap<ProxyPort>; readonly added: number } {
  const kept = new Set(after.map((port) => port.service.key));
  let next = map;
  for (const { service } of before) {
    if (!kept.has(service.key)) next = sortedDelete(next, service.key);
  }
  for (const port of after) next = sortedSet(next, port.service.key, port);
  return { map: next, added: total(after) - total(before) };
}

function total(ports: readonly ProxyPort[]): number {
  return ports.reduce((sum, port) => sum + countOf(port.endpoints), 0);
}

/** Field by field through text: bigint addresses are no JSON. */
function samePort(a: ServicePort, b: ServicePort): boolean {
  return text(a) === text(b);
}

function text(port: ServicePort): string {
  return JSON.stringify(port, (_, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
}

/** Whether an endpoint of any UDP port came, went or changed between the two. */
export function udpEndpointsChanged(before: ProxySnapshot, after: ProxySnapshot): boolean {
  return families.some(
    (family) =>
      hasChangedUDP(before.ports[family], after.ports[family]) ||
      hasChangedUDP(after.ports[family], before.ports[family]),
  );
}

function hasChangedUDP(from: SortedMap<ProxyPort>, to: SortedMap<ProxyPort>): boolean {
  const same = new Set(to.chunks);
  return from.chunks.some(
    (chunk) =>
      !same.has(chunk) &&
      chunk.values.some(({ service, endpoints }) => {
        if (service.proto !== UDP) return false;
        const other = sortedGet(to, service.key)?.endpoints ?? noEndpoints;
        return other !== endpoints && !sameEndpoints(other, endpoints);
      }),
  );
}
