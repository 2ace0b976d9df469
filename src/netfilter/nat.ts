// Address translation: what a NAT target makes of a flow's reply tuple, how a clash is resolved, and how the mapping
// is applied to packets of both directions and to the errors about them. Not modelled: helpers that rewrite payloads,
// ranges of several addresses. Models net/netfilter/nf_nat_core.c, nf_nat_masquerade.c, nf_nat_redirect.c.
import { type Addr, addr } from '../net/addr.ts';
import { ICMP, ICMPV6, type Packet, type Tuple } from '../net/packet.ts';
import type { Choices } from '../sim/choices.ts';
import type { Conntrack, Draft, Flight, Flow } from './conntrack.ts';
import { hashOf, sameTuple } from './flow-table.ts';
import type { HookContext } from './netfilter.ts';
import type { Hook } from './rule.ts';
import { invert } from './tuple.ts';
import type { NatTarget } from './walk.ts';

export type Manip = 'src' | 'dst';

/** Which side a hook's nat chain rewrites. */
export const manipOf: Readonly<Record<Exclude<Hook, 'FORWARD'>, Manip>> = {
  PREROUTING: 'dst',
  OUTPUT: 'dst',
  INPUT: 'src',
  POSTROUTING: 'src',
};

/** What a mapping may become: one address, and a port (null: keep it while it is free). */
export interface Range {
  readonly addr: Addr;
  readonly port: number | null;
  /** Never keep the port: always one at random. */
  readonly random: boolean;
}

/** Live flows whose source port was changed, by their source: a second flow of that source takes the same port. */
export interface Sources {
  readonly size: number;
  keys(): readonly string[];
  delete(key: string): boolean;
  get(key: string): readonly Tuple[] | undefined;
  /** `replies`: the flows' reply tuples. */
  set(key: string, replies: readonly Tuple[]): void;
}

/** The range a target asks for; undefined: there is no address to use, the packet is dropped. */
export function rangeOf(
  target: NatTarget,
  packet: Packet,
  context: HookContext,
  hook: Hook,
): Range | undefined {
  switch (target.kind) {
    case 'dnat':
    case 'snat':
      return { addr: target.to, port: target.port, random: target.randomFully };
    case 'redirect': {
      const own =
        hook === 'OUTPUT'
          ? addr(packet.family === 4 ? '127.0.0.1' : '::1')
          : context.host.masqueradeSource(context.inDevice ?? '', packet.family === 4 ? 0 : 0n);
      return own === undefined ? undefined : { addr: own, port: target.port, random: false };
    }
    case 'masquerade': {
      const nextHop = context.nextHop ?? packet.dst;
      const source = context.host.masqueradeSource(context.outDevice ?? '', nextHop);
      return source === undefined
        ? undefined
        : { addr: source, port: null, random: target.randomFully };
    }
  }
}

/** Settles one side of a draft's mapping. `range` null: no rule asked for one (the null binding), which still
 * resolves a clash of tuples by a new source port. */
export function setUp(
  conntrack: Conntrack,
  sources: Sources,
  flow: Draft,
  manip: Manip,
  range: Range | null,
  context: HookContext,
): void {
  if (range === null && !isHeld(conntrack, flow, flow.reply, flow.replyHash, context.nowMs)) {
    if (manip === 'src') flow.srcDone = true;
    else flow.dstDone = true;
    return;
  }
  const current = invert(flow.reply);
  const tuple =
    manip === 'dst' && range !== null && range.port !== null && !isEcho(current)
      ? withSide(current, manip, range.addr, range.port) // one address and one port: free or not
      : uniqueTuple(conntrack, sources, flow, current, manip, range, context);
  if (manip === 'src') flow.srcDone = true;
  else flow.dstDone = true;
  if (tuple.src === current.src && tuple.sport === current.sport) {
    if (tuple.dst === current.dst && tuple.dport === current.dport) return;
  }
  flow.reply = invert(tuple);
  flow.replyHash = hashOf(flow.reply);
  if (manip === 'dst') flow.dstNat = true;
  else {
    flow.srcNat = true;
    // Where no flow of the source has moved, what it may be given again is what it has.
    const moved = tuple.sport !== flow.original.sport;
    if (moved || sources.get(sourceKey(flow.original)) !== undefined) {
      remember(conntrack, sources, flow, context.nowMs);
    }
  }
}

function sourceKey(tuple: Tuple): string {
  return `${tuple.proto} ${tuple.src} ${tuple.sport}`;
}

function remember(conntrack: Conntrack, sources: Sources, flow: Flow, nowMs: number): void {
  const key = sourceKey(flow.original);
  const live = (replies: readonly Tuple[]) =>
    replies.filter((reply) => conntrack.live(reply, hashOf(reply), nowMs) !== undefined);
  const others = live(sources.get(key) ?? []);
  sources.set(key, [flow.reply, ...others]);
  if (sources.size % sweepAfter !== 0) return;
  for (const other of sources.keys()) {
    if (other !== key && live(sources.get(other) ?? []).length === 0) sources.delete(other);
  }
}

/** Sources whose flows are over are forgotten whenever there are so many more: forks copy them. */
export const sweepAfter = 512;

function uniqueTuple(
  conntrack: Conntrack,
  sources: Sources,
  flow: Flow,
  current: Tuple,
  manip: Manip,
  wanted: Range | null,
  context: HookContext,
): Tuple {
  const { nowMs } = context;
  const range = wanted ?? { addr: current[manip], port: null, random: false };
  const free = (tuple: Tuple, triesLeft = attemptsMax) =>
    !isTaken(conntrack, flow, tuple, nowMs) ||
    (triesLeft <= harderMax && givesWay(conntrack, flow, tuple, nowMs));
  if (manip === 'src' && !range.random) {
    const fits =
      range.addr === current.src && (range.port === null || range.port === current.sport);
    const first = fits ? current : mappedBefore(conntrack, sources, flow, current, range, nowMs);
    if (first !== undefined && free(first)) return first;
  }
  const moved = withSide(current, manip, range.addr, null);
  if (!range.random) {
    const port = manip === 'src' ? moved.sport : moved.dport;
    if (range.port !== null) {
      // A range of one port is taken as it is, free or not.
      if (port === range.port) return moved;
    } else if (free(moved)) return moved;
  }
  return portFor(moved, manip, range, context.choices, free);
}

/** The mapping that another live flow of the same source has. */
function mappedBefore(
  conntrack: Conntrack,
  sources: Sources,
  flow: Flow,
  current: Tuple,
  range: Range,
  nowMs: number,
): Tuple | undefined {
  for (const reply of sources.get(sourceKey(flow.original)) ?? []) {
    const other = conntrack.live(reply, hashOf(reply), nowMs);
    if (other === undefined || !sameTuple(other.reply, reply)) continue;
    if (other.reply.dst !== range.addr) continue;
    if (range.port !== null && other.reply.dport !== range.port) continue;
    if (sourceKey(other.original) !== sourceKey(flow.original)) continue;
    return withSide(current, 'src', range.addr, other.reply.dport);
  }
  return undefined;
}

function isEcho({ proto }: Tuple): boolean {
  return proto === ICMP || proto === ICMPV6;
}

function withSide(tuple: Tuple, manip: Manip, to: Addr, port: number | null): Tuple {
  const { proto, src, sport, dst, dport } = tuple;
  return manip === 'src'
    ? { proto, src: to, sport: port ?? sport, dst, dport }
    : { proto, src, sport, dst: to, dport: port ?? dport };
}

function isTaken(conntrack: Conntrack, flow: Flow, tuple: Tuple, nowMs: number): boolean {
  const reply = invert(tuple);
  return isHeld(conntrack, flow, reply, hashOf(reply), nowMs);
}

/** Evicts the closed, source-translated TCP connection whose answers have the tuple a SYN wants; false: it stays. Its
 * sequence numbers are taken to be behind. Models nf_nat_used_tuple_harder. */
function givesWay(conntrack: Conntrack, flow: Flow, tuple: Tuple, nowMs: number): boolean {
  if (flow.tcp !== 'SYN_SENT') return false;
  const reply = invert(tuple);
  const other = conntrack.live(reply, hashOf(reply), nowMs);
  if (other === undefined || !sameTuple(other.reply, reply) || !other.srcNat) return false;
  if (other.tcp !== 'TIME_WAIT' && other.tcp !== 'CLOSE') return false;
  conntrack.remove(other);
  return true;
}

/** Whether another live flow has a reply tuple. */
function isHeld(
  conntrack: Conntrack,
  flow: Flow,
  reply: Tuple,
  hash: number,
  nowMs: number,
): boolean {
  const other = conntrack.live(reply, hash, nowMs);
  return other !== undefined && !sameTuple(other.original, flow.original);
}

/** Source ports a clash may move to, by the port it had: the kernel keeps privileged ones among themselves. */
export function portRange(port: number): { readonly min: number; readonly max: number } {
  if (port < 512) return { min: 1, max: 511 };
  if (port < 1024) return { min: 600, max: 1023 };
  return { min: 1024, max: 65535 };
}

const attemptsMax = 128;
/** From here to the end of a search, closed TCP connections give way (NF_NAT_HARDER_THRESH, Linux 6.6). */
const harderMax = 32;
/** How many places a search for a port may start from when orders are explored. */
const startWeights: readonly number[] = new Array<number>(64).fill(1);

/** A free port of the range, from a place that a hash of the flow scatters: which one it is decides nothing but the
 * number printed, so it is an order of candidates to `Choices` and not a branch of chance. The last one tried when
 * none is free, and the packet will not be confirmed. An echo has one identifier for both directions. */
function portFor(
  tuple: Tuple,
  manip: Manip,
  range: Range,
  choices: Choices,
  free: (tuple: Tuple, triesLeft: number) => boolean,
): Tuple {
  const isIcmp = isEcho(tuple);
  if (manip === 'dst' && !isIcmp) {
    return range.port === null ? tuple : withSide(tuple, manip, range.addr, range.port);
  }
  const { min, max } = isIcmp
    ? { min: 0, max: 65535 }
    : range.port !== null
      ? { min: range.port, max: range.port }
      : portRange(tuple.sport);
  const size = max - min + 1;
  let offset = scatter(tuple) + choices.pick('order/netfilter/port', startWeights) * 1021;
  let attempts = Math.min(size, attemptsMax);
  let tried = tuple;
  for (;;) {
    for (let i = 0; i < attempts; i++) {
      tried = { ...tuple, sport: min + ((offset + i) % size) };
      if (free(tried, attempts - i)) return tried;
    }
    if (attempts >= size || attempts < 16) return tried;
    attempts = Math.floor(attempts / 2);
    offset += 7919;
  }
}

/** FNV-1a over the tuple's text: equal flows start their search at the same port, others elsewhere. */
function scatter(tuple: Tuple): number {
  const text = `${tuple.proto} ${tuple.src} ${tuple.sport} ${tuple.dst} ${tuple.dport}`;
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % 65536;
}

/** Applies a flow's mapping to a packet at a hook. */
export function translate(packet: Packet, flight: Flight, manip: Manip): void {
  const { flow, direction } = flight;
  const isOriginal = direction === 'original';
  const translated = (manip === 'src') === isOriginal ? flow.srcNat : flow.dstNat;
  if (!translated) return;
  // The tuple of the other direction, turned round, is what the packet must look like.
  const target = invert(isOriginal ? flow.reply : flow.original);
  if (typeof packet.icmp === 'object' && packet.icmp !== null) {
    const about = isOriginal ? flow.reply : flow.original;
    packet.icmp = { code: packet.icmp.code, about: quoted(packet.icmp.about, about, manip) };
    if (manip === 'src') packet.src = target.src;
    else packet.dst = target.dst;
    return;
  }
  if (manip === 'src') packet.src = target.src;
  else packet.dst = target.dst;
  if (packet.icmp !== null) {
    packet.sport = target.sport;
    packet.dport = target.sport;
  } else if (manip === 'src') packet.sport = target.sport;
  else packet.dport = target.dport;
}

/** The packet an error quotes runs the other way, so its other side is rewritten. */
function quoted(about: Tuple, target: Tuple, manip: Manip): Tuple {
  return manip === 'dst'
    ? { ...about, src: target.src, sport: target.sport }
    : { ...about, dst: target.dst, dport: target.dport };
}
