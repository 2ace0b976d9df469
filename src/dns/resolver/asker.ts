// One look-up's messages on the wire: numbers them, sends them, reads what comes back, keeps the list of what was asked.
// It has no clock: who asks says when, in milliseconds since the look-up began. Whom to ask, and how often, is said by
// the libraries' files.
import type { Addr } from '../../net/addr.ts';
import type { ExchangeResult } from '../../node/program.ts';
import { decode } from '../message/decode.ts';
import { encode } from '../message/encode.ts';
import { type Message, query, typeOf } from '../message/message.ts';
import { lower } from '../message/name.ts';
import { type SentQuery, sentQuery } from './sent-query.ts';
import type { SourceOf } from './sort.ts';

export interface ResolverIo {
  /** Virtual milliseconds when the look-up starts. */
  readonly nowMs: number;
  /** One message to port 53 of a server at `atMs`; `cached` when the server is known to have answered so. */
  exchange(
    server: Addr,
    message: Uint8Array,
    transport: 'udp' | 'tcp',
    timeoutMs: number,
    atMs: number,
    socket?: Socket,
  ): ExchangeResult & { readonly cached?: boolean };
  nextId(): number;
  /** One of `count`, by chance; absent: the first. */
  draw?(count: number): number;
  /** What the machine would send from; absent: addresses are not sorted. */
  readonly sourceOf?: SourceOf;
}

/** The socket of a datagram that is not the first of its socket. */
export interface Socket {
  readonly port: number;
  /** It is sent right behind the first one, before any answer. */
  readonly atOnce: boolean;
}

/** What came of one message. */
export interface Heard {
  readonly reply: Message | null;
  /** Why there is no reply; null where there is one. */
  readonly failure: 'timeout' | 'refused' | 'unreachable' | null;
  /** When that was known, ms since the look-up began. */
  readonly atMs: number;
  /** The client's own port; undefined: nobody knows. */
  readonly port: number | undefined;
}

export interface Sending {
  readonly transport?: 'udp' | 'tcp';
  /** Milliseconds since the look-up began. */
  readonly fromMs: number;
  readonly timeoutMs: number;
  readonly socket?: Socket | undefined;
}

export class Asker {
  readonly queries: SentQuery[] = [];
  readonly #io: ResolverIo;
  readonly #edns: Message['edns'];
  readonly #ad: boolean;

  /** `ednsSize`: what an OPT record announces; null: there is none. */
  constructor(io: ResolverIo, ednsSize: number | null, ad: boolean) {
    this.#io = io;
    this.#edns =
      ednsSize === null ? null : { udpSize: ednsSize, version: 0, dnssecOk: false, options: [] };
    this.#ad = ad;
  }

  message(name: string, type: number): Message {
    return query(this.#io.nextId(), name, type, { edns: this.#edns, ad: this.#ad });
  }

  draw(count: number): number {
    return this.#io.draw?.(count) ?? 0;
  }

  send(message: Message, server: Addr, sending: Sending): Heard {
    const { transport = 'udp', fromMs, timeoutMs, socket } = sending;
    const atMs = this.#io.nowMs + fromMs;
    const bytes = encode(message);
    const result = this.#io.exchange(server, bytes, transport, timeoutMs, atMs, socket);
    const decoded = result.kind === 'reply' ? decode(result.message) : null;
    const read = decoded?.kind === 'message' ? decoded.message : null;
    const reply = read !== null && answersTo(read, message) ? read : null;
    const failure = reply === null ? (result.kind === 'reply' ? 'timeout' : result.kind) : null;
    this.queries.push(
      sentQuery(message, server, transport, atMs, reply, result.cached ?? false, failure),
    );
    const tookMs = result.kind === 'reply' && reply === null ? timeoutMs : result.elapsedMs;
    return { reply, failure, atMs: fromMs + tookMs, port: result.port };
  }
}

/** Resolvers drop what has another id or question. */
function answersTo(reply: Message, message: Message): boolean {
  const [asked] = message.questions;
  const [told] = reply.questions;
  if (!reply.qr || reply.id !== message.id || asked === undefined) return false;
  if (told === undefined) return reply.rcode !== 0;
  return told.type === asked.type && lower(told.name) === lower(asked.name);
}

/** A record of the type that was asked for. */
export function hasAnswer(reply: Message, type: number): boolean {
  return reply.answers.some((record) => type === 255 || typeOf(record) === type);
}
