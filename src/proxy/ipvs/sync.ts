// Step three: the node's table of virtual servers and the addresses of its dummy device are brought
// to what is wanted. What the kernel held before matters: a server that stays keeps its place in
// the list, one that returns goes to the head, and connections live on.
// Models syncService, syncEndpoint and cleanLegacyService of pkg/proxy/ipvs/proxier.go.
import type { Addr } from '../../net/addr.ts';
import { familyOf, formatEndpoint } from '../../net/addr.ts';
import { type Cidr, contains } from '../../net/cidr.ts';
import { protoName } from '../../net/packet.ts';
import type { Ipvs } from '../../netfilter/ipvs/ipvs.ts';
import type {
  DestinationStatus,
  ServiceFlag,
  ServiceKey,
  VirtualService,
} from '../../netfilter/ipvs/service.ts';
import { byCodeUnit } from '../../sim/table.ts';
import type { ProxyEndpoint } from '../endpoints.ts';
import type { ChunkView } from './cache.ts';
import type { FrontEnd } from './frontends.ts';
import { type LeavingList, takeAway, takeBack } from './graceful.ts';
import type { IpvsLayer } from './layer.ts';

export const dummyDevice = 'kube-ipvs0';

export interface SyncInput {
  readonly ipvs: Ipvs;
  /** Addresses of the dummy device now. */
  readonly held: readonly Addr[];
  readonly nowMs: number;
  readonly scheduler: string;
  readonly excludeCIDRs: readonly Cidr[];
  /** Interns what caused a server. */
  readonly originOf: (endpoint: ProxyEndpoint) => number;
  /** The process has just started: weights of wanted servers are set to 1 again. */
  readonly isFirst: boolean;
  /** Changed in place. */
  readonly leaving: LeavingList;
}

/** What a process knows after a sync. */
export interface Synced {
  /** What the dummy device is to hold; the same list when it holds it already. */
  readonly addresses: readonly Addr[];
  /** Keys of front ends that several service ports have: they undo each other's servers in every
   * sync, and the last one has them. */
  readonly contested: ReadonlySet<string>;
}

/** What the same process last wanted. */
export interface Before {
  readonly layer: IpvsLayer;
  readonly contested: ReadonlySet<string>;
}

/** One sync. Where what is wanted has not changed since `before`, the kernel has not either, for
 * nobody else writes there; only contested front ends and those with servers on their way out are
 * gone through each time. */
export function syncServers(input: SyncInput, layer: IpvsLayer, before: Before | null): Synced {
  const { chunks } = layer;
  const dirty = before === null ? null : dirtyKeys(chunks, before, input.leaving);
  const touched = dirty === null ? [] : [...dirty];
  for (const chunk of chunks) {
    if (dirty !== null && !touched.some((key) => chunk.frontEnds.has(key))) continue;
    for (const { parts } of chunk.views) {
      for (const frontEnd of parts.frontEnds) {
        if (dirty !== null && !dirty.has(frontEnd.key)) continue;
        syncService(input, frontEnd);
        syncEndpoints(input, frontEnd);
      }
    }
  }
  if (before === null || dirty === null) cleanAll(input, layer);
  else cleanGone(input, chunks, before.layer.chunks, dirty);
  const keys = dirty ?? chunks.flatMap(({ frontEnds }) => [...frontEnds.keys()]);
  return {
    addresses: boundAddresses(input.held, chunks, before?.layer.chunks ?? []),
    contested: contestedAmong(new Set(keys), chunks),
  };
}

type Chunks = readonly ChunkView[];

/** Keys of front ends that came, went or changed, are contested, or have servers that leave. */
function dirtyKeys(chunks: Chunks, before: Before, leaving: LeavingList): ReadonlySet<string> {
  const dirty = new Set(before.contested);
  for (const { service } of leaving.values()) dirty.add(keyText(service));
  const old = without(before.layer.chunks, chunks);
  const now = without(chunks, before.layer.chunks);
  for (const chunk of [...now, ...old]) {
    for (const key of chunk.frontEnds.keys()) {
      const [a, b] = [frontEndsAt(now, key), frontEndsAt(old, key)];
      if (a.length !== b.length || a.some((frontEnd, i) => frontEnd !== b[i])) dirty.add(key);
    }
  }
  return dirty;
}

function without(chunks: Chunks, others: Chunks): Chunks {
  const known = new Set(others);
  return chunks.filter((chunk) => !known.has(chunk));
}

/** The front ends with this key, in order. */
export function frontEndsAt(chunks: Chunks, key: string): readonly FrontEnd[] {
  return chunks.flatMap(({ frontEnds }) => frontEnds.get(key) ?? []);
}

function contestedAmong(keys: ReadonlySet<string>, chunks: Chunks): ReadonlySet<string> {
  const once = new Set<string>();
  const contested = new Set<string>();
  for (const { frontEnds } of chunks) {
    for (const key of keys.size < frontEnds.size ? keys : frontEnds.keys()) {
      const found = frontEnds.get(key);
      if (found === undefined || !keys.has(key)) continue;
      if (found.length > 1 || once.has(key)) contested.add(key);
      once.add(key);
    }
  }
  return contested;
}

/** New addresses come after those that stay. Addresses that nobody wanted before either were left
 * by another process, and go with its first sync. */
function boundAddresses(held: readonly Addr[], chunks: Chunks, old: Chunks): readonly Addr[] {
  const known = setOf(held);
  const added = new Set(without(chunks, old).flatMap(({ bound }) => [...bound]));
  const fresh = new Set([...added].filter((address) => !known.has(address)));
  const left = old.length === 0 ? [known] : without(old, chunks).map(({ bound }) => bound);
  const gone = new Set(left.flatMap((bound) => [...bound]).filter((address) => isGone(address)));
  function isGone(address: Addr): boolean {
    if (added.has(address) || !known.has(address)) return false;
    return !chunks.some(({ bound }) => bound.has(address));
  }
  if (fresh.size === 0 && gone.size === 0) return held;
  return [...held.filter((address) => !gone.has(address)), ...fresh];
}

const sets = new WeakMap<readonly Addr[], ReadonlySet<Addr>>();

/** Ten thousand addresses are the same list as long as none comes or goes. */
function setOf(list: readonly Addr[]): ReadonlySet<Addr> {
  let set = sets.get(list);
  if (set === undefined) {
    set = new Set(list);
    sets.set(list, set);
  }
  return set;
}

export function frontEndsOf(layer: IpvsLayer): readonly FrontEnd[] {
  return layer.chunks.flatMap(({ views }) => views.flatMap(({ parts }) => parts.frontEnds));
}

/** "10.96.0.1:80/TCP": VirtualServer.String. */
export function keyText({ addr, port, proto }: ServiceKey): string {
  return `${formatEndpoint(addr, port)}/${protoName(proto).toUpperCase()}`;
}

function syncService({ ipvs, scheduler }: SyncInput, frontEnd: FrontEnd): void {
  const service = serviceOf(frontEnd, scheduler);
  const applied = ipvs.service(service);
  if (applied === undefined) ipvs.addService(service);
  else if (!sameService(applied, service)) ipvs.updateService(service);
}

/** The virtual server that a front end asks for. */
export function serviceOf(frontEnd: FrontEnd, scheduler: string): VirtualService {
  const { address: addr, port, proto, persistentSeconds, origin } = frontEnd;
  const bits = familyOf(addr) === 4 ? 32 : 128;
  const persistence =
    persistentSeconds === null ? null : { timeoutSeconds: persistentSeconds, bits };
  // mh: the source port counts too (IP_VS_SVC_F_SCHED_MH_PORT).
  const flags: readonly ServiceFlag[] = scheduler === 'mh' ? ['flag-2'] : [];
  return { proto, addr, port, scheduler, flags, persistence, origin };
}

/** VirtualServer.Equal: the netmask is not compared. */
function sameService(a: VirtualService, b: VirtualService): boolean {
  return (
    a.scheduler === b.scheduler &&
    a.flags.join() === b.flags.join() &&
    a.persistence?.timeoutSeconds === b.persistence?.timeoutSeconds
  );
}

function syncEndpoints(input: SyncInput, { key, endpoints, ...at }: FrontEnd): void {
  const { ipvs, nowMs, leaving, originOf } = input;
  const service: ServiceKey = { proto: at.proto, addr: at.address, port: at.port };
  if (ipvs.service(service) === undefined) return;
  const held = ipvs.destinations(service, nowMs);
  const names = new Map(held.map((real) => [realText(real), real]));
  for (const endpoint of endpoints) {
    const real = { addr: endpoint.address, port: endpoint.port };
    if (names.has(endpoint.text)) {
      if (input.isFirst && held.some(({ weight }) => weight !== 1)) {
        ipvs.updateDestination(service, { ...real, weight: 1 });
      }
      const back = leaving.get(`${key}/${endpoint.text}`);
      if (back === undefined) continue;
      takeBack(ipvs, leaving, back);
    }
    ipvs.addDestination(service, { ...real, weight: 1, origin: originOf(endpoint) }, nowMs);
  }
  for (const [text, real] of gone(names, endpoints)) {
    const name = `${key}/${text}`;
    if (leaving.has(name)) continue;
    takeAway(ipvs, leaving, { name, service, real: { addr: real.addr, port: real.port } }, nowMs);
  }
}

/** Sorted, as a Go set's difference is not. */
function gone(
  held: ReadonlyMap<string, DestinationStatus>,
  endpoints: readonly ProxyEndpoint[],
): readonly (readonly [string, DestinationStatus])[] {
  const wanted = new Set(endpoints.map(({ text }) => text));
  return [...held].filter(([text]) => !wanted.has(text)).sort(([a], [b]) => byCodeUnit(a, b));
}

function realText({ addr, port }: DestinationStatus): string {
  return formatEndpoint(addr, port);
}

/** Virtual servers that no service port wants go, whoever made them; not those in excludeCIDRs. */
function cleanAll({ ipvs, excludeCIDRs }: SyncInput, { family, chunks }: IpvsLayer): void {
  for (const service of ipvs.services()) {
    if (familyOf(service.addr) !== family || isWanted(chunks, keyText(service))) continue;
    if (!isExcluded(excludeCIDRs, service.addr)) ipvs.deleteService(service);
  }
}

/** The same, of what this process has made. */
function cleanGone(
  { ipvs, excludeCIDRs }: SyncInput,
  chunks: Chunks,
  old: Chunks,
  dirty: ReadonlySet<string>,
): void {
  for (const key of dirty) {
    const [frontEnd] = frontEndsAt(old, key);
    if (frontEnd === undefined || isWanted(chunks, key)) continue;
    const { address: addr, port, proto } = frontEnd;
    if (!isExcluded(excludeCIDRs, addr)) ipvs.deleteService({ addr, port, proto });
  }
}

function isWanted(chunks: Chunks, key: string): boolean {
  return chunks.some(({ frontEnds }) => frontEnds.has(key));
}

function isExcluded(ranges: readonly Cidr[], address: Addr): boolean {
  return ranges.some((range) => contains(range, address));
}
