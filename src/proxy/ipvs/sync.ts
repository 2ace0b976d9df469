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
  /** The process has just started: weights of wanted servers are set to 1 again. */
  readonly isFirst: boolean;
  /** Changed in place. */
  readonly leaving: LeavingList;
}

/** One sync; gives the addresses that the dummy device holds from then on, the same list when they
 * are the same. `before` is what the same process last wanted: of what is wanted still, and by one
 * service port alone, nothing can have changed. */
export function syncServers(
  input: SyncInput,
  layer: IpvsLayer,
  before: IpvsLayer | null,
): readonly Addr[] {
  const wanted = frontEndsOf(layer);
  const kept = input.isFirst || before === null ? new Set<FrontEnd>() : steady(wanted, before);
  for (const frontEnd of wanted) {
    if (kept.has(frontEnd) && isInPlace(input, frontEnd)) continue;
    syncService(input, frontEnd);
    syncEndpoints(input, frontEnd);
  }
  cleanLegacy(input, new Set(wanted.map(({ key }) => key)), layer);
  return boundAddresses(input.held, wanted);
}

/** New addresses come after those that stay. */
function boundAddresses(held: readonly Addr[], wanted: readonly FrontEnd[]): readonly Addr[] {
  const addresses = new Set(wanted.flatMap((f) => (f.isBound ? [f.address] : [])));
  const kept = held.filter((address) => addresses.has(address));
  if (kept.length === held.length && kept.length === addresses.size) return held;
  return [...new Set([...kept, ...addresses])];
}

export function frontEndsOf(layer: IpvsLayer): readonly FrontEnd[] {
  return layer.chunks.flatMap(({ views }) => views.flatMap(({ parts }) => parts.frontEnds));
}

/** "10.96.0.1:80/TCP": VirtualServer.String. */
export function keyText({ addr, port, proto }: ServiceKey): string {
  return `${formatEndpoint(addr, port)}/${protoName(proto).toUpperCase()}`;
}

/** Front ends that were wanted before and were and are no other port's too. Two ports with one
 * address and port undo each other's servers in every sync; the last one has them in the end. */
function steady(wanted: readonly FrontEnd[], before: IpvsLayer): ReadonlySet<FrontEnd> {
  const old = frontEndsOf(before);
  const known = new Set(old);
  const contested = new Set([...contestedKeys(old), ...contestedKeys(wanted)]);
  return new Set(wanted.filter((f) => known.has(f) && !contested.has(f.key)));
}

function contestedKeys(frontEnds: readonly FrontEnd[]): readonly string[] {
  const seen = new Set<string>();
  return frontEnds.flatMap(({ key }) => {
    if (seen.has(key)) return [key];
    seen.add(key);
    return [];
  });
}

/** Nobody took it away, and no server of its is on its way out. */
function isInPlace({ ipvs, leaving }: SyncInput, { key, address, port, proto }: FrontEnd): boolean {
  if (ipvs.service({ addr: address, port, proto }) === undefined) return false;
  return ![...leaving.values()].some(({ service }) => keyText(service) === key);
}

function syncService({ ipvs, scheduler }: SyncInput, frontEnd: FrontEnd): void {
  const service = serviceOf(frontEnd, scheduler);
  const applied = ipvs.service(service);
  if (applied === undefined) ipvs.addService(service);
  else if (!sameService(applied, service)) ipvs.updateService(service);
}

/** The virtual server that a front end asks for. */
export function serviceOf(frontEnd: FrontEnd, scheduler: string): VirtualService {
  const { address: addr, port, proto, persistentSeconds } = frontEnd;
  const bits = familyOf(addr) === 4 ? 32 : 128;
  const persistence =
    persistentSeconds === null ? null : { timeoutSeconds: persistentSeconds, bits };
  // mh: the source port counts too (IP_VS_SVC_F_SCHED_MH_PORT).
  const flags: readonly ServiceFlag[] = scheduler === 'mh' ? ['flag-2'] : [];
  return { proto, addr, port, scheduler, flags, persistence };
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
  const { ipvs, nowMs, leaving } = input;
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
    ipvs.addDestination(service, { ...real, weight: 1 }, nowMs);
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
function cleanLegacy(
  { ipvs, excludeCIDRs }: SyncInput,
  active: ReadonlySet<string>,
  { family }: IpvsLayer,
): void {
  for (const service of ipvs.services()) {
    if (familyOf(service.addr) !== family || active.has(keyText(service))) continue;
    if (excludeCIDRs.some((range) => contains(range, service.addr))) continue;
    ipvs.deleteService(service);
  }
}
