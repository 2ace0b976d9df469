// What a listening program is to the machine it runs on: something that takes a message and answers it. Programs
// are code; what they remember is in a forkable state that the cluster keeps. The programs themselves stand in
// src/programs and src/dns.
import type { Addr } from '../net/addr.ts';
import type { Proto } from '../net/packet.ts';
import type { DialResult } from './dial.ts';
import type { Upstream } from './upstream.ts';

/** The other end as the program's socket sees it. */
export interface Peer {
  readonly addr: Addr;
  readonly port: number;
  readonly proto: Proto;
}

/** What a program may do while it answers: talk to others from the machine it runs on. */
export interface ProgramContext {
  /** "pod/demo/web-1", "node/node01", "host/laptop". */
  readonly machine: string;
  /** Virtual milliseconds, including what waiting has cost inside this exchange. */
  readonly nowMs: number;
  /** Where the program has passed this connection on to; null or absent: it is new, or was answered here. */
  readonly passedOn?: PassedOn | null;
  /** Virtual milliseconds at which the client gives up. */
  readonly untilMs?: number;
  /** What the programs that wait for this one have asked for on the same request's behalf, each in its own words. */
  readonly asked?: readonly string[];
  /** Sends one message and waits for one answer (UDP: a datagram each way; TCP: connect, exchange, close). */
  exchange(
    proto: Proto,
    to: Addr,
    port: number,
    message: Uint8Array,
    timeoutMs: number,
    more?: DialMore,
  ): ExchangeResult;
  /** The same, and all that came of it. */
  dial(
    proto: Proto,
    to: Addr,
    port: number,
    message: Uint8Array,
    timeoutMs: number,
    more?: DialMore,
  ): DialResult;
}

/** What a dial of a program may say besides. */
export interface DialMore {
  /** Virtual milliseconds; absent: once everything before it is over. */
  readonly atMs?: number;
  /** Of a socket that is open already. */
  readonly port?: number;
  /** As `Moment.atOnce`. */
  readonly atOnce?: boolean;
  /** What it asks for, to be found again in `asked` of whoever is asked. */
  readonly asks?: string;
  /** The program does not wait for it: its time is nobody's. */
  readonly aside?: boolean;
}

export type ExchangeResult = (
  | {
      readonly kind: 'reply';
      readonly message: Uint8Array;
      /** Messages that follow on the same connection. */
      readonly more?: readonly Uint8Array[];
    }
  | { readonly kind: 'timeout' | 'refused' | 'unreachable' }
) & {
  readonly elapsedMs: number;
  /** The client's own port, where it is known. */
  readonly port?: number;
  /** How far it came, where that is known: "connect" until a connection stood. */
  readonly phase?: 'connect' | 'reply';
};

export interface ServerProgram {
  /** Answers one message; null: silence. `elapsedMs` is how long it took in virtual time. */
  receive(message: Uint8Array, peer: Peer, context: ProgramContext): Answer;
}

/** Who took in the end what a program passed on, by which source that one knows it, the way there and back, and how it
 * ended. */
export interface RelayedTo
  extends Pick<
    DialResult,
    'backend' | 'source' | 'client' | 'dialled' | 'trace' | 'outcome' | 'upstream'
  > {
  /** As a rule's: what caused the program to pick this destination. */
  readonly origin: number;
}

/** Where a program has passed a connection on to, and why there. */
export type PassedOn = Pick<RelayedTo, 'dialled' | 'origin'>;

export interface Answer {
  /** Null: silence. */
  readonly reply: Uint8Array | null;
  readonly elapsedMs: number;
  /** Messages that follow `reply` on the same connection (a DNS zone transfer). */
  readonly more?: readonly Uint8Array[];
  /** The program only passed it on. */
  readonly relayed?: RelayedTo;
  /** Those that it tried to pass it on to before, in order; with none of them a connection came about. */
  readonly tried?: readonly RelayedTo[];
  /** The connection is closed with data unread, so the client is reset. */
  readonly closed?: boolean;
  /** What the program asked of others in order to answer. */
  readonly upstream?: Upstream;
}
