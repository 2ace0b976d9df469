// Connection tracking: which flow a packet belongs to, in which direction and state, until when the flow is kept.
// Entries are immutable values in a copy-on-write table under both their tuples; a first packet's entry is a draft
// that only its packet knows until it is confirmed. Expiry is lazy, on the virtual clock. Not modelled: helpers,
// expectations, zones, windows. Models net/netfilter/nf_conntrack_core.c and nf_conntrack_proto_{tcp,udp,icmp,sctp}.c.
import type { Addr } from '../net/addr.ts';
import { type Packet, SCTP, TCP, type Tuple, UDP } from '../net/packet.ts';
import { sctpTimeout } from './conntrack-sctp.table.ts';
import { type SctpMemory, startSctp, stepSctp } from './conntrack-sctp.ts';
import {
  type Direction,
  type TcpState,
  type Timeouts,
  tcpTimeout,
  tcpTransitions,
} from './conntrack-tcp.table.ts';
import { begun, blank, segmentOf, stepTcp, type TcpMemory, unackedAfter } from './conntrack-tcp.ts';
import { type FlowTable, hashOf, sameTuple } from './flow-table.ts';
import { invert, tupleOf } from './tuple.ts';

/** One entry. A draft is the same object before it is confirmed: only then its fields may change. */
export interface Flow {
  /** Counts up; the order in which entries are listed. */
  readonly id: number;
  readonly original: Tuple;
  readonly originalHash: number;
  readonly reply: Tuple;
  readonly replyHash: number;
  readonly srcNat: boolean;
  readonly dstNat: boolean;
  readonly seenReply: boolean;
  readonly assured: boolean;
  /** NONE for everything but TCP. */
  readonly tcp: TcpState;
  /** What a TCP entry remembers besides its state; null for other protocols. */
  readonly memory: TcpMemory | null;
  /** Null for everything but SCTP. */
  readonly sctp: SctpMemory | null;
  /** It lost a race with a flow of the same original tuple: only its answers find it, and it does not last. */
  readonly clash: boolean;
  /** UDP: traffic both ways after this makes the flow a stream. */
  readonly streamAfterMs: number;
  /** Whether both directions of NAT are settled. */
  readonly srcDone: boolean;
  readonly dstDone: boolean;
  readonly timeoutMs: number;
  readonly expiresMs: number;
}

export type Draft = { -readonly [K in keyof Flow]: Flow[K] };

/** What becomes of a datagram whose original tuple another one has confirmed first: Linux before 5.0 drops it, before 5.7
 * merges it if its mapping is the same, and since then lets it through with any mapping. */
export type Clashes = 'dropped' | 'merged' | 'resolved';

/** What a packet in flight is to conntrack. */
export interface Flight {
  flow: Draft;
  readonly direction: Direction;
  readonly state: 'NEW' | 'ESTABLISHED' | 'RELATED';
  confirmed: boolean;
}

export class Conntrack {
  #flows: FlowTable<Flow>;
  #nextId: number;
  /** The last two tuples that were looked for in vain since the last write: absent still. */
  #absent: Tuple | null = null;
  #absentBefore: Tuple | null = null;
  #sweptMs = 0;
  /** Entries made since then. */
  #made = 0;
  readonly timeouts: Timeouts;
  readonly #clashes: Clashes;
  /** nf_conntrack_max; 0: no limit. */
  readonly #max: number;

  constructor(
    flows: FlowTable<Flow>,
    nextId: number,
    timeouts: Timeouts,
    clashes: Clashes = 'resolved',
    max = 0,
  ) {
    this.#flows = flows;
    this.#nextId = nextId;
    this.timeouts = timeouts;
    this.#clashes = clashes;
    this.#max = max;
  }

  fork(): Conntrack {
    const copy = new Conntrack(
      this.#flows.fork(),
      this.#nextId,
      this.timeouts,
      this.#clashes,
      this.#max,
    );
    copy.#sweptMs = this.#sweptMs;
    copy.#made = this.#made;
    return copy;
  }

  /** The flow of a packet that enters (PREROUTING) or starts here (OUTPUT); null: INVALID; full: there is no room for
   * another, the packet must go. `atOnce`: it runs beside the
   * packet before it, whose entry it cannot have seen. */
  enter(packet: Packet, nowMs: number, atOnce = false): Flight | null | 'full' {
    if (packet.icmp !== null && typeof packet.icmp === 'object') {
      return this.#related(packet.icmp.about, packet.dst, nowMs);
    }
    const tuple = tupleOf(packet);
    const hash = hashOf(tuple);
    const known = this.live(tuple, hash, nowMs);
    if (known === undefined) return this.#start(packet, tuple, hash, nowMs);
    const direction = sameTuple(known.original, tuple) ? 'original' : 'reply';
    const isNews = atOnce && direction === 'original' && packet.proto === UDP;
    if (isNews && known.streamAfterMs === nowMs + udpStreamAfterMs) {
      return this.#start(packet, tuple, hash, nowMs);
    }
    if (known.clash) return { flow: known, direction, state: 'ESTABLISHED', confirmed: true };
    const next = this.#advance(known, direction, packet, nowMs);
    if (next === 'invalid') return null;
    if (next === 'again') {
      this.remove(known);
      return this.enter(packet, nowMs);
    }
    const state = direction === 'reply' || known.seenReply ? 'ESTABLISHED' : 'NEW';
    if (direction === 'reply') next.seenReply = true;
    const flow: Flow = next;
    if (this.#flows.get(flow.original, flow.originalHash) !== undefined) {
      this.#store(flow);
    }
    return { flow, direction, state, confirmed: true };
  }

  /** The live entry under a tuple, whose hash is given. */
  live(tuple: Tuple, hash: number, nowMs: number): Flow | undefined {
    const flow = this.#flows.get(tuple, hash);
    if (flow === undefined) {
      this.#absentBefore = this.#absent;
      this.#absent = tuple;
    }
    return flow !== undefined && flow.expiresMs > nowMs ? flow : undefined;
  }

  /** Makes a draft an entry. False: somebody else has one of its tuples, the packet must go. */
  confirm(flight: Flight, nowMs: number): boolean {
    if (flight.confirmed || flight.direction === 'reply') return true;
    const { flow } = flight;
    this.#made++;
    if (this.#made >= sweepAfter && nowMs - this.#sweptMs >= sweepEveryMs) this.#sweep(nowMs);
    if (this.#isTaken(flow.original, flow.originalHash, nowMs)) {
      const winner = this.#flows.get(flow.original, flow.originalHash);
      return winner !== undefined && this.#resolve(flight, winner, nowMs);
    }
    if (this.#isTaken(flow.reply, flow.replyHash, nowMs)) return false;
    flow.expiresMs = nowMs + flow.timeoutMs;
    flight.confirmed = true;
    this.#store(flow);
    return true;
  }

  remove(flow: Flow): void {
    this.#forgetAbsent();
    if (flow.clash) this.#flows.deleteReply(flow);
    else this.#flows.delete(flow);
  }

  /** Removes the entry that began with a tuple, whose hash is given. */
  forget(original: Tuple, hash: number): void {
    const flow = this.#flows.get(original, hash);
    if (flow !== undefined && sameTuple(flow.original, original)) this.remove(flow);
  }

  /** Somebody else has a draft's original tuple (nf_ct_resolve_clash): the same mapping makes them one flow; another one
   * is kept for its answer alone, for a second. Only of datagrams; all else is dropped. */
  #resolve(flight: Flight, winner: Flow, nowMs: number): boolean {
    const { flow } = flight;
    if (flow.original.proto !== UDP || this.#clashes === 'dropped') return false;
    if (sameTuple(winner.original, flow.original) && sameTuple(winner.reply, flow.reply)) {
      flight.flow = winner;
      flight.confirmed = true;
      return true;
    }
    if (this.#clashes === 'merged') return false;
    if (this.#isTaken(flow.reply, flow.replyHash, nowMs)) return false;
    flow.clash = true;
    flow.expiresMs = nowMs + clashMs;
    flight.confirmed = true;
    this.#forgetAbsent();
    this.#flows.setReply(flow);
    return true;
  }

  /** Live entries, oldest first. */
  list(nowMs: number): readonly Flow[] {
    const live = this.#flows.flows().filter((flow) => flow.expiresMs > nowMs);
    return live.sort((a, b) => a.id - b.id);
  }

  /** Forgets dead entries: they answer nothing, and forks copy them (gc_worker). */
  #sweep(nowMs: number): void {
    this.#sweptMs = nowMs;
    this.#made = 0;
    for (const flow of this.#flows.flows()) if (flow.expiresMs <= nowMs) this.remove(flow);
  }

  #store(flow: Flow): void {
    this.#forgetAbsent();
    this.#flows.set(flow);
  }

  #forgetAbsent(): void {
    this.#absent = null;
    this.#absentBefore = null;
  }

  /** Whether a live entry has the tuple; a dead one that has it is forgotten, under its other tuple too. */
  #isTaken(tuple: Tuple, hash: number, nowMs: number): boolean {
    if (tuple === this.#absent || tuple === this.#absentBefore) return false;
    const holder = this.#flows.get(tuple, hash);
    if (holder === undefined) return false;
    if (holder.expiresMs > nowMs) return true;
    this.remove(holder);
    return false;
  }

  /** No entry gives way (early_drop finds one only where it falls into the packet's own few buckets). */
  #isFull(nowMs: number): boolean {
    if (this.#max === 0 || this.#flows.taken < this.#max) return false;
    this.#sweep(nowMs);
    return this.#flows.flows().length >= this.#max;
  }

  #related(about: Tuple, outerDst: Addr, nowMs: number): Flight | null {
    const tuple = invert(about);
    const flow = this.live(tuple, hashOf(tuple), nowMs);
    if (flow === undefined) return null;
    const direction = sameTuple(flow.original, tuple) ? 'original' : 'reply';
    const expected = direction === 'original' ? flow.original : flow.reply;
    if (expected.dst !== outerDst) return null;
    return { flow, direction, state: 'RELATED', confirmed: true };
  }

  #start(packet: Packet, tuple: Tuple, hash: number, nowMs: number): Flight | null | 'full' {
    if (this.#isFull(nowMs)) return 'full';
    let tcp: TcpState = 'NONE';
    if (packet.proto === TCP) {
      const next = tcpTransitions.original[segmentOf(packet.flags)].NONE;
      if (next === 'INVALID' || next === 'IGNORE') return null;
      tcp = next;
    } else if (packet.icmp === 'echo-reply') return null;
    const sctp = packet.proto === SCTP ? startSctp(packet.flags) : null;
    if (sctp === null && packet.proto === SCTP) return null;
    const reply = invert(tuple);
    const flow: Draft = {
      id: this.#nextId++,
      original: tuple,
      originalHash: hash,
      reply,
      replyHash: hashOf(reply),
      srcNat: false,
      dstNat: false,
      seenReply: false,
      assured: false,
      tcp,
      memory: packet.proto === TCP ? begun[segmentOf(packet.flags)] : null,
      sctp,
      clash: false,
      streamAfterMs: nowMs + udpStreamAfterMs,
      srcDone: false,
      dstDone: false,
      timeoutMs: this.#firstTimeoutMs(packet, tcp, sctp),
      expiresMs: 0,
    };
    return { flow, direction: 'original', state: 'NEW', confirmed: false };
  }

  #firstTimeoutMs(packet: Packet, tcp: TcpState, sctp: SctpMemory | null): number {
    const t = this.timeouts;
    switch (packet.proto) {
      case 6:
        // Picked up in the middle: no long timeout before an answer is seen.
        return 1000 * (tcp === 'ESTABLISHED' ? t.tcp_timeout_unacknowledged : t[tcpTimeout[tcp]]);
      case 17:
        return 1000 * t.udp_timeout;
      case 1:
        return 1000 * t.icmp_timeout;
      case 58:
        return 1000 * t.icmpv6_timeout;
      case 132:
        return 1000 * t[sctpTimeout[sctp?.state ?? 'NONE']];
    }
  }

  #advance(
    flow: Flow,
    direction: Direction,
    packet: Packet,
    nowMs: number,
  ): Draft | 'invalid' | 'again' {
    const t = this.timeouts;
    switch (packet.proto) {
      case 6:
        return this.#advanceTcp(flow, direction, packet, nowMs);
      case 17: {
        const isStream = flow.seenReply && nowMs > flow.streamAfterMs;
        if (!isStream) return refreshed(flow, t.udp_timeout, nowMs);
        const next = refreshed(flow, t.udp_timeout_stream, nowMs);
        next.assured = true;
        return next;
      }
      case 1:
        return refreshed(flow, t.icmp_timeout, nowMs);
      case 58:
        return refreshed(flow, t.icmpv6_timeout, nowMs);
      case 132: {
        const step = flow.sctp === null ? null : stepSctp(flow.sctp, direction, packet.flags);
        if (step === null) return 'invalid';
        const { memory, refreshes, assures } = step;
        const seconds = t[sctpTimeout[memory.state]];
        const next = refreshes ? refreshed(flow, seconds, nowMs) : { ...flow };
        next.sctp = memory;
        next.assured = flow.assured || assures;
        return next;
      }
    }
  }

  #advanceTcp(
    flow: Flow,
    direction: Direction,
    packet: Packet,
    nowMs: number,
  ): Draft | 'invalid' | 'again' {
    const memory = flow.memory ?? blank;
    const segment = segmentOf(packet.flags);
    const step = stepTcp(flow.tcp, memory, direction, segment);
    switch (step.kind) {
      case 'invalid':
      case 'again':
        return step.kind;
      case 'ignored':
        return { ...flow, memory: step.memory };
      case 'judged':
        break;
    }
    const { from, to } = step;
    if (!flow.seenReply && segment === 'rst') {
      this.remove(flow); // nothing but a RST came of it
      return { ...flow };
    }
    const isFirstReply = direction === 'reply' && !flow.seenReply;
    const unacked = isFirstReply ? memory.unacked : unackedAfter(memory, direction, packet);
    const after = unacked === step.memory.unacked ? step.memory : { ...step.memory, unacked };
    // A SYN sent again keeps an entry alive no longer.
    if (!flow.seenReply && segment === 'syn' && from === 'SYN_SENT') {
      return { ...flow, tcp: to, memory: after };
    }
    const t = this.timeouts;
    const full = t[tcpTimeout[to]];
    const isPickedUp = !flow.seenReply && to === 'ESTABLISHED';
    const seconds =
      unacked !== 0 || isPickedUp ? Math.min(full, t.tcp_timeout_unacknowledged) : full;
    const assured =
      flow.assured ||
      (flow.seenReply && to === 'ESTABLISHED' && (from === 'SYN_RECV' || from === 'ESTABLISHED'));
    const next = refreshed(flow, seconds, nowMs);
    next.tcp = to;
    next.assured = assured;
    next.memory = after;
    return next;
  }
}

/** How long a flow that lost a race waits for its answer. */
const clashMs = 1000;

/** Dead entries are looked for at most this often, and after this many new ones at least. */
const sweepEveryMs = 60_000;
const sweepAfter = 256;

/** UDP becomes a stream by traffic both ways more than this after its first packet. */
export const udpStreamAfterMs = 2000;

/** A copy that lives on from now. */
function refreshed(flow: Flow, seconds: number, nowMs: number): Draft {
  const next: Draft = { ...flow };
  next.timeoutMs = seconds * 1000;
  next.expiresMs = nowMs + seconds * 1000;
  return next;
}
