// What kube-proxies have received of Services and EndpointSlices, as an immutable value: an event
// makes a new snapshot that shares everything it does not touch, so identity of a `ProxyPort` means
// "nothing changed here" and rules can be kept by it. Independent of any node: all nodes of a
// cluster share one snapshot.
// Models ServiceChangeTracker and EndpointsChangeTracker of pkg/proxy, without their pending and
// applied halves.

import type { AnyObject, EndpointSlice, Service, WatchEvent } from '../api/types.ts';
import type { Family } from '../net/addr.ts';
import { comparisonText } from '../sim/memo.ts';
import { byCodeUnit } from '../sim/table.ts';
import { defaultProxyConfig } from './config.ts';
import { countOf, type PortEndpoints, portEndpoints, sameEndpoints } from './endpoints.ts';
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

/** As `samePort`, wherever in its Service each value stands. */
function writesSame(a: ServicePort, b: ServicePort | undefined): boolean {
  if (a === b || b === undefined) return a === b;
  const bare = (key: string, value: unknown) => (key === 'index' ? 0 : value);
  return comparisonText(a, bare) === comparisonText(b, bare);
}

/** Field by field through text. */
function samePort(a: ServicePort, b: ServicePort): boolean {
  return comparisonText(a) === comparisonText(b);
}

/** "ns/name" of the Services of which a kube-proxy of the family has to write something anew. */
export function* servicesChanged(
  before: ProxySnapshot,
  after: ProxySnapshot,
  family: Family,
): IterableIterator<string> {
  for (const { key } of slicesChanged(before, after, family)) yield key;
  for (const key of changedKeys(before.services, after.services)) {
    const old = sortedGet(before.services, key)?.ports[family] ?? [];
    const now = sortedGet(after.services, key)?.ports[family] ?? [];
    const isSame = (port: ProxyPort, i: number) => writesSame(port.service, now[i]?.service);
    if (old.length !== now.length || !old.every(isSame)) yield key;
  }
}

/** The service ports of `before` that went or have another version in `after`. */
export function portsReplaced(
  before: ProxySnapshot,
  after: ProxySnapshot,
  family: Family,
): readonly ProxyPort[] {
  const now = new Set(after.ports[family].chunks);
  return before.ports[family].chunks
    .filter((chunk) => !now.has(chunk))
    .flatMap((chunk) => chunk.values)
    .filter((port) => sortedGet(after.ports[family], port.service.key) !== port);
}

/** The Services whose slices of the family changed, by "ns/name", with what they were and are. */
export function* slicesChanged(
  before: ProxySnapshot,
  after: ProxySnapshot,
  family: Family,
): IterableIterator<{
  readonly key: string;
  readonly from: readonly EndpointSlice[];
  readonly to: readonly EndpointSlice[];
}> {
  const slicesOf = (entry: ServiceEntry) =>
    entry.slices.filter((slice) => slice.addressType === `IPv${family}`);
  for (const key of changedKeys(before.services, after.services)) {
    const from = slicesOf(sortedGet(before.services, key) ?? emptyEntry);
    const to = slicesOf(sortedGet(after.services, key) ?? emptyEntry);
    const isSame = from.length === to.length && from.every((slice, i) => slice === to[i]);
    if (!isSame) yield { key, from, to };
  }
}

/** Whether kube-proxies compare their UDP flows: a slice with an endpoint of a UDP port, or another
 * one of its Service, came, went or changed. What of it changed does not matter, nor whether the
 * Service is there. */
export function udpEndpointsChanged(
  before: ProxySnapshot,
  after: ProxySnapshot,
  family: Family,
): boolean {
  for (const { from, to } of slicesChanged(before, after, family)) {
    if (from.some(servesUDP) || to.some(servesUDP)) return true;
  }
  return false;
}

function servesUDP({ ports, endpoints }: EndpointSlice): boolean {
  const isUDP = (ports ?? []).some(
    ({ name, port, protocol }) => protocol === 'UDP' && name !== undefined && (port ?? 0) !== 0,
  );
  return isUDP && (endpoints ?? []).some(({ addresses }) => addresses.length > 0);
}

/** Keys whose values differ, in order; a key can come twice. */
function* changedKeys<V>(before: SortedMap<V>, after: SortedMap<V>): IterableIterator<string> {
  const [old, now] = [new Set(before.chunks), new Set(after.chunks)];
  for (const chunk of before.chunks) {
    if (now.has(chunk)) continue;
    for (const [i, key] of chunk.keys.entries()) {
      if (sortedGet(after, key) !== chunk.values[i]) yield key;
    }
  }
  for (const chunk of after.chunks) {
    if (old.has(chunk)) continue;
    for (const key of chunk.keys) if (sortedGet(before, key) === undefined) yield key;
  }
}
