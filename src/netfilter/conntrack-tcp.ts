// What one TCP segment makes of an entry: the table's transition, and what the table alone cannot tell (reopening, SYNs
// let through unjudged, challenge ACKs, simultaneous open, data that nobody has acknowledged). Sequence numbers are not
// modelled: every segment is in window and acknowledges all there is. Models nf_conntrack_tcp_packet; test rows and
// their answers were measured on Linux 6.18.
import { ACK, FIN, type Packet, RST, SYN } from '../net/packet.ts';
import {
  type Direction,
  type Segment,
  type TcpState,
  tcpTransitions,
} from './conntrack-tcp.table.ts';

/** What an entry remembers of its segments. */
export interface TcpMemory {
  /** The last segment that was not invalid, and who sent it. */
  readonly last: Segment;
  readonly lastDirection: Direction;
  /** A FIN was seen (CLOSE_INIT): a new SYN may start the entry anew. */
  readonly closing: boolean;
  /** A SYN went through in LAST_ACK, so an ACK may be a challenge and not the last one. */
  readonly challenge: boolean;
  /** Both ends have sent a SYN. */
  readonly simultaneous: boolean;
  /** Bits of the directions whose data has no ACK yet: 1 original, 2 reply. */
  readonly unacked: number;
}

export const blank: TcpMemory = {
  last: 'none',
  lastDirection: 'original',
  closing: false,
  challenge: false,
  simultaneous: false,
  unacked: 0,
};

/** After an entry's first segment. */
export const begun: Readonly<Record<Segment, TcpMemory>> = {
  syn: { ...blank, last: 'syn' },
  synack: { ...blank, last: 'synack' },
  fin: { ...blank, last: 'fin' },
  ack: { ...blank, last: 'ack' },
  rst: { ...blank, last: 'rst' },
  none: blank,
};

export type TcpStep =
  | { readonly kind: 'invalid' }
  /** The old entry goes, and the packet starts a new one. */
  | { readonly kind: 'again' }
  /** It may pass; state and time-out stay. */
  | { readonly kind: 'ignored'; readonly memory: TcpMemory }
  | {
      readonly kind: 'judged';
      readonly from: TcpState;
      readonly to: TcpState;
      readonly memory: TcpMemory;
    };

export function segmentOf(flags: number): Segment {
  if ((flags & RST) !== 0) return 'rst';
  if ((flags & SYN) !== 0) return (flags & ACK) !== 0 ? 'synack' : 'syn';
  if ((flags & FIN) !== 0) return 'fin';
  return (flags & ACK) !== 0 ? 'ack' : 'none';
}

export function stepTcp(
  state: TcpState,
  memory: TcpMemory,
  direction: Direction,
  segment: Segment,
): TcpStep {
  const next = tcpTransitions[direction][segment][state];
  if (next === 'INVALID') return { kind: 'invalid' };
  const reopens = next === 'SYN_SENT' && (state === 'TIME_WAIT' || state === 'CLOSE');
  if (reopens) {
    const aborted = memory.last === 'rst' && memory.lastDirection === direction;
    if (memory.closing || aborted) return { kind: 'again' };
  }
  if (next === 'IGNORE' || reopens) {
    const answersIgnored =
      segment === 'synack' && memory.last === 'syn' && memory.lastDirection !== direction;
    // Both ends are in step, only this entry was not: it is taken up from here.
    if (answersIgnored) {
      const memory = { ...blank, last: segment, lastDirection: direction };
      return { kind: 'judged', from: 'SYN_SENT', to: 'SYN_RECV', memory };
    }
    const seen = { ...memory, last: segment, lastDirection: direction };
    if (segment !== 'syn' || direction !== 'original') return { kind: 'ignored', memory: seen };
    const challenge = state === 'LAST_ACK';
    return { kind: 'ignored', memory: { ...seen, challenge, simultaneous: false } };
  }
  const isChallenge =
    next === 'TIME_WAIT' &&
    state === 'LAST_ACK' &&
    segment === 'ack' &&
    memory.challenge &&
    memory.last === 'syn' &&
    memory.lastDirection !== direction;
  if (isChallenge) return { kind: 'ignored', memory: { ...memory, challenge: false } };
  const simultaneous = memory.simultaneous || next === 'SYN_SENT2';
  const opensBoth =
    next === 'SYN_RECV' && direction === 'reply' && segment === 'ack' && memory.simultaneous;
  const to = opensBoth ? 'ESTABLISHED' : next;
  const closing = memory.closing || (to === 'FIN_WAIT' && state !== 'FIN_WAIT');
  const { challenge, unacked } = memory;
  const seen: TcpMemory = {
    last: segment,
    lastDirection: direction,
    closing,
    challenge,
    simultaneous,
    unacked,
  };
  return { kind: 'judged', from: state, to, memory: seen };
}

/** Data sets its sender's bit; an ACK clears the other's. The first answer only starts the record of its side. */
export function unackedAfter(memory: TcpMemory, direction: Direction, packet: Packet): number {
  const [own, other] = direction === 'original' ? [1, 2] : [2, 1];
  const sent = packet.payload.length > 0 || (packet.flags & FIN) !== 0 ? own : 0;
  const acked = (packet.flags & ACK) !== 0 ? other : 0;
  return (memory.unacked & ~acked) | sent;
}
