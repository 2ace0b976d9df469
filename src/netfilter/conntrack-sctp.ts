// What one SCTP chunk makes of an entry: the table's transition, and the verification tags without which it belongs to
// nobody. An end keeps its tag for as long as its addresses and ports, and a tag that is known is the right one. Models
// sctp_new and nf_conntrack_sctp_packet (net/netfilter/nf_conntrack_proto_sctp.c); test rows and their answers were
// measured on Linux 6.18.
import { chunks } from '../net/packet.ts';
import { type SctpState, sctpTransitions } from './conntrack-sctp.table.ts';
import type { Direction } from './conntrack-tcp.table.ts';

/** What an entry remembers of its chunks. */
export interface SctpMemory {
  readonly state: SctpState;
  /** Bits of the directions whose packets' tag is known: 1 original, 2 reply; 4: the reply's is taken to be another. */
  readonly tags: number;
}

export interface SctpStep {
  readonly memory: SctpMemory;
  /** False: the time-out goes on as it was. */
  readonly refreshes: boolean;
  readonly assures: boolean;
}

/** Chunks that need no tag that is known; heartbeats bring one. */
const untagged: ReadonlySet<number> = new Set([
  chunks.init,
  chunks.shutdownAck,
  chunks.heartbeat,
  chunks.heartbeatAck,
]);

/** The reply direction's tag is taken to be another one than it is. */
const wrongReply = 4;

/** What the first chunk says of tags; of a SHUTDOWN-ACK it is the sender's that is waited for in the answer. */
const firstTags: ReadonlyMap<number, number> = new Map([
  [chunks.init, 2],
  [chunks.heartbeat, 1],
  [chunks.shutdownAck, wrongReply],
]);

/** The memory after the first chunk of a flow; null: it starts none. */
export function startSctp(chunk: number): SctpMemory | null {
  const isStray =
    chunk === chunks.abort || chunk === chunks.shutdownComplete || chunk === chunks.cookieAck;
  const next = sctpTransitions.original[chunk]?.NONE;
  if (isStray || next === undefined) return null;
  const tags = firstTags.get(chunk) ?? 0;
  return stepSctp({ state: 'NONE', tags }, 'original', chunk)?.memory ?? null;
}

/** Null: the packet is INVALID. */
export function stepSctp(
  { state, tags }: SctpMemory,
  direction: Direction,
  chunk: number,
): SctpStep | null {
  const own = bits[direction];
  if (!untagged.has(chunk) && (tags & own) === 0) return null;
  const isHeartbeat = chunk === chunks.heartbeat || chunk === chunks.heartbeatAck;
  if (isHeartbeat && direction === 'reply' && (tags & wrongReply) !== 0) {
    // It may be another path's: a HEARTBEAT passes, and changes nothing.
    const memory = { state, tags };
    return chunk === chunks.heartbeat ? { memory, refreshes: false, assures: false } : null;
  }
  if (chunk === chunks.initAck && direction === 'original' && (tags & wrongReply) !== 0)
    return null;
  const row = sctpTransitions[direction][chunk];
  const next = row === undefined ? state : row[state];
  if (next === 'INVALID') return null;
  const other = own ^ both;
  const isOpening = chunk === chunks.init || chunk === chunks.initAck;
  const learnt = isOpening ? other : isHeartbeat ? own : 0;
  const isRepeated = chunk === chunks.init && state === 'CLOSED' && next === 'CLOSED';
  return {
    memory: {
      state: next,
      tags: (learnt & bits.reply) !== 0 ? (tags | learnt) & both : tags | learnt,
    },
    refreshes: !isRepeated,
    assures: next === 'ESTABLISHED' && state !== 'ESTABLISHED',
  };
}

const bits: Readonly<Record<Direction, number>> = { original: 1, reply: 2 };
const both = 3;
