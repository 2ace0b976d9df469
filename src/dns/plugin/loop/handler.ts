// Finds out whether the process forwards to itself: after the start it sends a name that nobody else knows to its own
// listener, and ends when that name comes by more than twice (CoreDNS plugin/loop: loop.go, setup.go). The query takes
// the same way as any other, out of the process and wherever the forwards lead it.
import { formatEndpoint, parseAddr } from '../../../net/addr.ts';
import { UDP } from '../../../net/packet.ts';
import { encode } from '../../message/encode.ts';
import { query } from '../../message/message.ts';
import {
  type DnsEnvironment,
  type DnsRequest,
  type Handler,
  type Next,
  returned,
  type Served,
  type Turn,
} from '../../plugin.ts';

const HINFO = 13;
const SERVFAIL = 2;
/** A loop is one that brings the name back so often. */
const seenMax = 2;
/** How long the process tries, how long one try waits (miekg/dns dnsTimeout), and the pause after a try that failed. */
const triesMs = 30_000;
const patienceMs = 2000;
const pauseMs = 1000;
/** How long it looks out for the name after it had an answer. */
const watchMs = 2000;

interface Memory {
  /** When it started; null: not yet. */
  readonly startMs: number | null;
  readonly qname: string;
  readonly seen: number;
  /** It looks no more from then on. */
  readonly offMs: number;
  /** What it dies of. */
  readonly fatal: string | null;
}

const asleep: Memory = { startMs: null, qname: '', seen: 0, offMs: 0, fatal: null };

export class LoopHandler implements Handler {
  readonly name = 'loop';
  readonly #zone: string;
  readonly #port: number;
  #memory: Memory;

  constructor(zone: string, port: number, memory: Memory = asleep) {
    this.#zone = zone;
    this.#port = port;
    this.#memory = memory;
  }

  fork(): LoopHandler {
    return new LoopHandler(this.#zone, this.#port, this.#memory);
  }

  started(turn: Turn): string | number | null {
    const fromMs = turn.nowMs();
    this.#begin(turn.environment, fromMs);
    const { startMs, qname } = this.#memory;
    if (fromMs >= (startMs ?? fromMs) + triesMs) return null;
    // An address without a host is this machine.
    const local = parseAddr('127.0.0.1') ?? 0;
    const probe = encode(query(1, qname, HINFO));
    const result = turn.exchange(UDP, local, this.#port, probe, patienceMs);
    const { fatal } = this.#memory;
    if (fatal !== null) return fatal;
    if (result.kind === 'reply') {
      this.#memory = { ...this.#memory, offMs: turn.nowMs() + watchMs };
      return null;
    }
    this.#memory = { ...this.#memory, seen: 0 };
    return result.elapsedMs + pauseMs;
  }

  serve(request: DnsRequest, next: Next): Served {
    const { question, qname, turn } = request;
    const { offMs, fatal } = this.#memory;
    const isWatching = fatal === null && turn.nowMs() < offMs;
    if (question.type !== HINFO || !isWatching || qname !== this.#memory.qname)
      return next(request);
    const seen = this.#memory.seen + 1;
    this.#memory = { ...this.#memory, seen };
    if (seen <= seenMax) return next(request);
    this.#die(turn);
    return returned(SERVFAIL);
  }

  #begin(environment: DnsEnvironment, nowMs: number): void {
    if (this.#memory.startMs !== null) return;
    const labels = numbersOf(environment, nowMs);
    const qname = `${labels}.${this.#zone === '.' ? '' : this.#zone}`;
    this.#memory = { startMs: nowMs, qname, seen: 0, offMs: nowMs + triesMs, fatal: null };
  }

  #die(turn: Turn): void {
    const { addr, port } = turn.client;
    const way = `(${formatEndpoint(addr, port)} -> :${this.#port})`;
    const where = `detected for zone "${this.#zone}"`;
    const help = 'see https://coredns.io/plugins/loop#troubleshooting';
    const query = `Query: "HINFO ${this.#memory.qname}"`;
    const fatal = `[FATAL] plugin/loop: Loop ${way} ${where}, ${help}. ${query}`;
    this.#memory = { ...this.#memory, fatal };
  }
}

/** Two numbers of 62 bits: a hash of the process's addresses and the time, for no decision hangs on them. */
function numbersOf({ localAddrs }: DnsEnvironment, nowMs: number): string {
  let hash = 0xcbf29ce484222325n;
  const mix = (value: bigint): bigint => {
    hash = ((hash ^ value) * 0x100000001b3n) & 0xffffffffffffffffn;
    return hash;
  };
  for (const addr of localAddrs) mix(BigInt(addr));
  mix(BigInt(Math.round(nowMs)));
  const number = (): string => {
    for (let i = 0n; i < 8n; i++) mix(i + 1n);
    return String(hash >> 2n);
  };
  return `${number()}.${number()}`;
}
