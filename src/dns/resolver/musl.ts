// musl's walk and its one socket: name_from_dns_search of src/network/lookup_name.c and __res_msend_rc of
// src/network/res_msend.c (1.2.5; truncated answers are fetched over TCP since 1.2.4). Every server gets every query at
// once, the first usable answer counts, and ICMP errors are not heard, for the socket is not connected.
import type { Message } from '../message/message.ts';
import { type Asker, type Heard, hasAnswer } from './asker.ts';
import type { CandidateOutcome } from './flavour.table.ts';
import type { Found, GaiError } from './found.ts';
import { joined } from './names.ts';
import type { Settings } from './settings.ts';

const A = 1;
/** A name with its domain fits 255 bytes, or the domain is passed over. */
const nameMax = 256;

export function lookUpMusl(
  settings: Settings,
  asker: Asker,
  name: string,
  types: readonly number[],
): Found {
  const bare = name.replace(/\.$/, '');
  const dots = name.split('.').length - 1;
  const isSearched = dots < settings.ndots && !name.endsWith('.');
  const domains = isSearched ? settings.search : [];
  const fitting = domains.filter((domain) => domain.length < nameMax - bare.length - 1);
  let fromMs = 0;
  for (const domain of [...fitting, '']) {
    const exchange = new Exchange(settings, asker, fromMs);
    const replies = exchange.run(types.map((type) => asker.message(joined(bare, domain), type)));
    fromMs = exchange.nowMs;
    const found = judge(replies, exchange.refusal, types);
    if (found !== null) return { ...found, endMs: fromMs };
  }
  return { outcome: 'nxdomain', replies: [], error: 'EAI_NONAME', endMs: fromMs };
}

/** name_from_dns; null: the name is not there, so the next one is tried. */
function judge(
  replies: readonly (Message | null)[],
  refusal: CandidateOutcome,
  types: readonly number[],
): Omit<Found, 'endMs'> | null {
  for (const reply of replies) {
    if (reply === null) return failed(refusal, 'EAI_AGAIN');
    if (reply.rcode === 3) return null;
  }
  const heard = replies.filter((reply) => reply !== null);
  const has = heard.some((reply, i) => hasAnswer(reply, types[i] ?? A));
  // AAAA answers come first into the list, before it is sorted.
  if (has) return { outcome: 'answered', replies: heard.toReversed(), error: null };
  return failed('nodata', 'EAI_NODATA');
}

function failed(outcome: CandidateOutcome, error: GaiError): Omit<Found, 'endMs'> {
  return { outcome, replies: [], error };
}

interface Arrival {
  readonly query: number;
  readonly server: number;
  readonly heard: Heard;
  /** The whole of a truncated answer, over TCP. */
  readonly isWhole: boolean;
}

class Exchange {
  nowMs: number;
  /** What the last reply that did not count was. */
  refusal: CandidateOutcome = 'timeout';
  readonly #settings: Settings;
  readonly #asker: Asker;
  readonly #endMs: number;
  #port: number | undefined;
  #arrivals: Arrival[] = [];
  #servfails = 0;
  readonly #overTcp = new Set<number>();

  constructor(settings: Settings, asker: Asker, fromMs: number) {
    this.#settings = settings;
    this.#asker = asker;
    this.nowMs = fromMs;
    this.#endMs = fromMs + settings.timeoutMs;
  }

  run(messages: readonly Message[]): readonly (Message | null)[] {
    const replies: (Message | null)[] = messages.map(() => null);
    const { attempts, timeoutMs } = this.#settings;
    const intervalMs = Math.trunc(timeoutMs / attempts);
    const startMs = this.nowMs;
    const rounds = timeoutMs === 0 ? 0 : attempts;
    for (let round = 0; round < rounds; round++) {
      const at = startMs + round * intervalMs;
      this.nowMs = at;
      this.#servfails = 2 * messages.length;
      this.#sendAll(messages, replies);
      const untilMs = round === rounds - 1 ? this.#endMs : at + intervalMs;
      while (replies.includes(null)) {
        const arrival = this.#next(untilMs);
        if (arrival === null) break;
        this.nowMs = arrival.heard.atMs;
        if (!this.#take(arrival, messages, replies)) return replies;
      }
      if (!replies.includes(null)) return replies;
    }
    this.nowMs = this.#endMs;
    return replies;
  }

  #sendAll(messages: readonly Message[], replies: readonly (Message | null)[]): void {
    const isFirst = this.#port === undefined;
    for (const [query, message] of messages.entries()) {
      if (replies[query] !== null || this.#overTcp.has(query)) continue;
      for (const server of this.#settings.servers.keys()) {
        this.#send(query, message, server, isFirst && this.#port !== undefined);
      }
    }
  }

  #send(query: number, message: Message, server: number, atOnce: boolean): void {
    const to = this.#settings.servers[server] ?? 0;
    const socket = this.#port === undefined ? undefined : { port: this.#port, atOnce };
    const timeoutMs = this.#endMs - this.nowMs;
    const heard = this.#asker.send(message, to, { fromMs: this.nowMs, timeoutMs, socket });
    this.#port ??= heard.port;
    if (heard.reply !== null) this.#arrivals.push({ query, server, heard, isWhole: false });
  }

  /** The earliest answer that comes before the next round. */
  #next(untilMs: number): Arrival | null {
    let best: Arrival | null = null;
    for (const arrival of this.#arrivals) {
      if (arrival.heard.atMs >= untilMs) continue;
      if (best === null || arrival.heard.atMs < best.heard.atMs) best = arrival;
    }
    this.#arrivals = this.#arrivals.filter((arrival) => arrival !== best);
    return best;
  }

  /** False: a connection failed, which ends the exchange. */
  #take(arrival: Arrival, messages: readonly Message[], replies: (Message | null)[]): boolean {
    const { query, server, heard, isWhole } = arrival;
    const { reply } = heard;
    const message = messages[query];
    if (message === undefined || (this.#overTcp.has(query) && !isWhole)) return true;
    if (reply === null) return false;
    const isBad = reply.rcode !== 0 && reply.rcode !== 3;
    if (isBad) this.refusal = reply.rcode === 2 ? 'servfail' : 'refused';
    if (isWhole) {
      if (!isBad) replies[query] = reply;
      return !isBad;
    }
    if (replies[query] !== null) return true;
    if (reply.rcode === 2 && this.#servfails > 0) {
      this.#servfails--;
      this.#send(query, message, server, false);
    } else if (!isBad && reply.tc) this.#connect(query, message, server);
    else if (!isBad) replies[query] = reply;
    return true;
  }

  #connect(query: number, message: Message, server: number): void {
    this.#overTcp.add(query);
    this.refusal = 'timeout';
    const timeoutMs = this.#endMs - this.nowMs;
    const sending = { transport: 'tcp', fromMs: this.nowMs, timeoutMs } as const;
    const heard = this.#asker.send(message, this.#settings.servers[server] ?? 0, sending);
    if (heard.failure !== 'timeout') this.#arrivals.push({ query, server, heard, isWhole: true });
  }
}
