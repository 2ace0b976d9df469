// From an address, protocol and port to the service ports that claim it, whatever node asks: the
// index behind the big maps. It follows a snapshot by what changed since the last one, so that one
// Service's change costs that Service's keys; an endpoint's change costs nothing.
import type { Addr } from '../../net/addr.ts';
import { byCodeUnit } from '../../sim/table.ts';
import type { ServicePort } from '../service-port.ts';
import type { ProxyPort } from '../snapshot.ts';
import {
  emptySortedMap,
  type SortedMap,
  sortedDelete,
  sortedGet,
  sortedMapOf,
  sortedSet,
  sortedValues,
} from '../sorted-map.ts';

export interface FrontendIndex {
  readonly ports: SortedMap<ProxyPort>;
  /** Text of a key of a map (`keyText`) -> keys of service ports, in their order. */
  readonly claims: SortedMap<readonly string[]>;
}

/** The text of a key of any of the maps: values in decimal, joined. */
export function keyText(key: readonly (Addr | string)[]): string {
  return key.join(' ');
}

/** The index of `ports`, made from `known`'s when that is given. */
export function frontendsOf(
  ports: SortedMap<ProxyPort>,
  known: FrontendIndex = { ports: emptySortedMap(), claims: emptySortedMap() },
): FrontendIndex {
  if (known.ports === ports) return known;
  if (known.ports.size === 0) return { ports, claims: allClaims(ports) };
  const gone = servicesOnlyIn(known.ports, ports);
  const come = servicesOnlyIn(ports, known.ports);
  let { claims } = known;
  for (const [key, service] of gone) {
    if (come.get(key) === service) continue;
    for (const text of textsOf(service)) claims = unclaimed(claims, text, key);
  }
  for (const [key, service] of come) {
    if (gone.get(key) === service) continue;
    for (const text of textsOf(service)) claims = claimed(claims, text, key);
  }
  return { ports, claims };
}

function allClaims(ports: SortedMap<ProxyPort>): FrontendIndex['claims'] {
  const claims = new Map<string, string[]>();
  for (const { service } of sortedValues(ports)) {
    for (const text of textsOf(service)) {
      const keys = claims.get(text);
      if (keys === undefined) claims.set(text, [service.key]);
      else keys.push(service.key);
    }
  }
  return sortedMapOf(claims);
}

/** Service ports of the chunks that are in the first map and not in the second. */
function servicesOnlyIn(
  map: SortedMap<ProxyPort>,
  other: SortedMap<ProxyPort>,
): ReadonlyMap<string, ServicePort> {
  const shared = new Set(other.chunks);
  const services = new Map<string, ServicePort>();
  for (const chunk of map.chunks) {
    if (shared.has(chunk)) continue;
    for (const { service } of chunk.values) services.set(service.key, service);
  }
  return services;
}

/** Every key under which one of the port's elements can stand in any map. */
function textsOf(port: ServicePort): ReadonlySet<string> {
  const others = [...port.externalIPs, ...port.loadBalancerVIPs].map(({ value }) => value);
  const addresses = [port.clusterIP, ...others];
  return new Set([
    keyText([port.clusterIP]),
    ...addresses.map((address) => keyText([address, port.proto, port.port])),
    ...(port.nodePort === 0 ? [] : [keyText([port.proto, port.nodePort])]),
  ]);
}

function claimed(claims: FrontendIndex['claims'], text: string, key: string) {
  const keys = sortedGet(claims, text) ?? [];
  return sortedSet(claims, text, [...keys, key].sort(byCodeUnit));
}

function unclaimed(claims: FrontendIndex['claims'], text: string, key: string) {
  const keys = (sortedGet(claims, text) ?? []).filter((other) => other !== key);
  return keys.length === 0 ? sortedDelete(claims, text) : sortedSet(claims, text, keys);
}
