// The stub resolver: which names are asked, in which order, of whom, how long it waits, and when it stops. One walk,
// driven by the rows of flavour.table.ts; it says everything it sent. It has no clock: `exchange` is told when it
// happens and says how long it took. Not modelled: `rotate`, `use-vc`, `no-aaaa`.
import { type Addr, familyOf, formatAddr, parseAddr } from '../../net/addr.ts';
import { ndots, type ResolvConf } from '../../net/resolv-conf.ts';
import type { ExchangeResult } from '../../node/program.ts';
import { decode } from '../message/decode.ts';
import { encode } from '../message/encode.ts';
import { type Message, parseType, query, typeName, typeOf } from '../message/message.ts';
import { absolute, labelsOf } from '../message/name.ts';
import { dataText } from '../message/text.ts';
import {
  type CandidateOutcome,
  FLAVOURS,
  type Flavour,
  type ResolverKind,
} from './flavour.table.ts';
import { type HostsEntry, hostAddresses } from './hosts.ts';
import { type SentQuery, sentQuery } from './sent-query.ts';

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
}

/** The socket of a datagram that is not the first of its socket. */
export interface Socket {
  readonly port: number;
  /** It is sent right behind the first one, before any answer. */
  readonly atOnce: boolean;
}

export interface Resolved {
  readonly name: string;
  readonly type: string;
  readonly resolver: ResolverKind;
  readonly search: readonly string[];
  readonly ndots: number;
  readonly queries: readonly SentQuery[];
  readonly outcome: CandidateOutcome;
  readonly addresses: readonly string[];
  readonly elapsedMs: number;
}

/** What `resolve` looks for: both families as getaddrinfo does, or one record type. */
export type Wanted = 'address' | string;

/** Looks a name up as the flavour's C library would. `hosts` is asked first, for addresses only. */
export function resolve(
  conf: ResolvConf,
  kind: ResolverKind,
  name: string,
  wanted: Wanted,
  io: ResolverIo,
  hosts: readonly HostsEntry[] = [],
): Resolved {
  const flavour = FLAVOURS[kind];
  const types = wanted === 'address' ? addressTypes(flavour) : [parseType(wanted) ?? 1];
  const walk = new Walk(conf, flavour, io);
  const about = { name, type: wanted, resolver: kind, search: walk.search, ndots: ndots(conf) };
  const literal = parseAddr(name);
  const known = literal === undefined ? hostAddresses(hosts, name) : [literal];
  const local = known.filter(
    (a) => wanted === 'address' || typeName(familyOf(a) === 4 ? 1 : 28) === wanted,
  );
  if (local.length > 0) {
    const addresses = local.map(formatAddr);
    return { ...about, queries: [], outcome: 'answered', addresses, elapsedMs: 0 };
  }
  const result = walk.run(name, types);
  const { queries, elapsedMs } = walk;
  return {
    ...about,
    queries,
    elapsedMs,
    outcome: result.outcome,
    addresses: addressesOf(result.replies),
  };
}

/** uClibc asks for AAAA first. */
function addressTypes(flavour: Flavour): readonly number[] {
  return flavour.walks === 'type' ? [28, 1] : [1, 28];
}

function addressesOf(replies: readonly Message[]): readonly string[] {
  const records = replies.flatMap((reply) => reply.answers);
  const found = records.filter((record) => record.kind === 'A' || record.kind === 'AAAA');
  return [...new Set(found.map(dataText))];
}

/** Names to ask, in order, all absolute (glibc __res_context_search, musl name_from_dns_search, Go nameList). */
export function candidates(conf: ResolvConf, kind: ResolverKind, name: string): readonly string[] {
  const flavour = FLAVOURS[kind];
  if (name.endsWith('.')) return [name];
  const enough = labelsOf(name).length - 1 >= ndots(conf);
  const searched = searchOf(conf, flavour).map((domain) => absolute(`${name}.${domain}`));
  const asIs = `${name}.`;
  switch (flavour.order) {
    case 'ndots':
      return enough ? [asIs, ...searched] : [...searched, asIs];
    case 'ndots-or-search':
      return enough ? [asIs] : [...searched, asIs];
    case 'as-is-first':
      return [asIs, ...searched];
  }
}

function searchOf(conf: ResolvConf, flavour: Flavour): readonly string[] {
  return conf.search.join(' ').length > flavour.searchLineMax ? [] : conf.search;
}

const nameserversMax = 3;

interface Found {
  readonly outcome: CandidateOutcome;
  readonly replies: readonly Message[];
}

interface Asked {
  readonly reply: Message | null;
  /** The client's own; undefined: nobody knows. */
  readonly port: number | undefined;
  readonly elapsedMs: number;
}

class Walk {
  readonly queries: SentQuery[] = [];
  readonly search: readonly string[];
  elapsedMs = 0;
  readonly #conf: ResolvConf;
  readonly #flavour: Flavour;
  readonly #kind: ResolverKind;
  readonly #io: ResolverIo;
  readonly #servers: readonly Addr[];

  constructor(conf: ResolvConf, flavour: Flavour, io: ResolverIo) {
    this.#conf = conf;
    this.#flavour = flavour;
    this.#io = io;
    this.#kind =
      (Object.keys(FLAVOURS) as ResolverKind[]).find((k) => FLAVOURS[k] === flavour) ?? 'glibc';
    this.search = searchOf(conf, flavour);
    const configured = conf.nameservers.slice(0, nameserversMax);
    this.#servers = configured.length > 0 ? configured : [0x7f000001];
  }

  run(name: string, types: readonly number[]): Found {
    const names = candidates(this.#conf, this.#kind, name);
    if (this.#flavour.walks === 'name') return this.#byName(name, names, types);
    const found = types.map((type) => this.#byType(names, type));
    const answered = found.filter((f) => f.outcome === 'answered');
    if (answered.length > 0) {
      return { outcome: 'answered', replies: answered.flatMap((f) => f.replies) };
    }
    return found.find((f) => f.outcome === 'nodata') ?? found.at(-1) ?? nothing('nxdomain');
  }

  /** Every candidate with all types at once, until one outcome ends the walk. */
  #byName(name: string, names: readonly string[], types: readonly number[]): Found {
    const asIs = absolute(name);
    const seen: CandidateOutcome[] = [];
    let first: CandidateOutcome | null = null;
    for (const [i, candidate] of names.entries()) {
      const found = this.#candidate(candidate, types);
      if (found.outcome === 'answered') return found;
      if (i === 0 && candidate === asIs) first = found.outcome;
      seen.push(found.outcome);
      if (this.#flavour.continues.includes(found.outcome)) continue;
      const tried = names.slice(0, i + 1).includes(asIs);
      if (!this.#flavour.lastResort || tried) return nothing(first ?? found.outcome);
      const last = this.#candidate(asIs, types);
      return last.outcome === 'answered' ? last : nothing(last.outcome);
    }
    // glibc: the error of the name as typed, if that came first; else NODATA and SERVFAIL win over NXDOMAIN.
    if (first !== null) return nothing(first);
    if (this.#flavour.lastResort && seen.includes('nodata')) return nothing('nodata');
    if (this.#flavour.lastResort && seen.includes('servfail')) return nothing('servfail');
    return nothing(seen.at(-1) ?? 'nxdomain');
  }

  #candidate(name: string, types: readonly number[]): Found {
    const asked =
      this.#flavour.servers === 'in-turn' ? this.#inTurn(name, types) : this.#atOnce(name, types);
    const outcomes = asked.map(outcomeOf);
    const replies = asked.flatMap((reply) => (reply === null ? [] : [reply]));
    if (this.#flavour.eitherNxdomain) {
      const bad = outcomes.find((o) => o === 'timeout' || o === 'servfail' || o === 'refused');
      if (bad !== undefined) return nothing(bad);
      if (outcomes.includes('nxdomain')) return nothing('nxdomain');
    }
    if (outcomes.includes('answered')) return { outcome: 'answered', replies };
    return nothing(
      outcomes.find((o) => o !== 'nxdomain' && o !== 'nodata') ?? outcomes[0] ?? 'nxdomain',
    );
  }

  /** glibc and Go: both queries to one server; a failure goes on to the next server, then the next attempt. */
  #inTurn(name: string, types: readonly number[]): readonly (Message | null)[] {
    let replies: readonly (Message | null)[] = types.map(() => null);
    for (let attempt = 0; attempt < this.#attempts(); attempt++) {
      for (const [index, server] of this.#servers.entries()) {
        const asked = this.#together(server, name, types, this.#waitMs(index));
        replies = asked.map((a) => a.reply);
        if (replies.some((r) => r !== null && usable(r)) && !replies.includes(null)) return replies;
      }
    }
    return replies;
  }

  /** All types of one name: behind one another, or each after the answer to the one before (single-request). */
  #together(
    server: Addr,
    name: string,
    types: readonly number[],
    waitMs: number,
  ): readonly Asked[] {
    const inOrder = this.#flavour.oneSocket && this.#hasOption('single-request');
    const reopens = !this.#flavour.oneSocket || this.#hasOption('single-request-reopen');
    const asked: Asked[] = [];
    for (const type of types) {
      const port = reopens ? undefined : asked[0]?.port;
      const socket = port === undefined ? undefined : { port, atOnce: !inOrder };
      const one = this.#ask(server, name, type, waitMs, socket);
      asked.push(one);
      if (inOrder || (reopens && this.#flavour.oneSocket)) this.elapsedMs += one.elapsedMs;
    }
    const isSequence = inOrder || (reopens && this.#flavour.oneSocket);
    if (!isSequence) this.elapsedMs += Math.max(...asked.map((a) => a.elapsedMs));
    return asked;
  }

  #hasOption(name: string): boolean {
    return this.#conf.options.includes(name);
  }

  /** musl: every server at once, again after each interval, until every type has a usable reply. */
  #atOnce(name: string, types: readonly number[]): readonly (Message | null)[] {
    const replies: (Message | null)[] = types.map(() => null);
    const failed: (Message | null)[] = types.map(() => null);
    let servfails = 2 * types.length;
    let port: number | undefined;
    for (let attempt = 0; attempt < this.#attempts(); attempt++) {
      let slowest = 0;
      for (const [i, type] of types.entries()) {
        if (replies[i] !== null) continue;
        let best = this.#flavour.timeoutMs;
        for (const server of this.#servers) {
          const behind = port === undefined ? undefined : { port, atOnce: attempt === 0 };
          let asked = this.#ask(server, name, type, this.#flavour.timeoutMs, behind);
          port ??= asked.port;
          while (asked.reply?.rcode === 2 && servfails-- > 0) {
            const again = port === undefined ? undefined : { port, atOnce: false };
            asked = this.#ask(server, name, type, this.#flavour.timeoutMs, again);
          }
          if (asked.reply === null || !usable(asked.reply))
            failed[i] = asked.reply ?? failed[i] ?? null;
          else if (replies[i] === null || asked.elapsedMs < best) {
            replies[i] = asked.reply;
            best = asked.elapsedMs;
          }
        }
        slowest = Math.max(slowest, best);
      }
      this.elapsedMs += slowest;
      if (!replies.includes(null)) break;
    }
    return replies.map((reply, i) => reply ?? failed[i] ?? null);
  }

  /** uClibc: one type walks the list; a server that fails is left and the list starts anew at the next. */
  #byType(names: readonly string[], type: number): Found {
    let outcome: CandidateOutcome = 'timeout';
    for (let tries = 0; tries < this.#attempts() * this.#servers.length; tries++) {
      const server = this.#servers[tries % this.#servers.length] as Addr;
      for (const name of names) {
        const asked = this.#ask(server, name, type, this.#flavour.timeoutMs);
        this.elapsedMs += asked.elapsedMs;
        outcome = outcomeOf(asked.reply);
        if (asked.reply !== null && outcome === 'answered')
          return { outcome, replies: [asked.reply] };
        if (!this.#flavour.continues.includes(outcome)) break;
      }
      if (outcome === 'nodata' || outcome === 'nxdomain') return nothing(outcome);
    }
    return nothing(outcome);
  }

  #attempts(): number {
    return this.#option('attempts:') ?? this.#flavour.attempts;
  }

  #option(prefix: string): number | undefined {
    const text = this.#conf.options.findLast((option) => option.startsWith(prefix));
    return text === undefined ? undefined : Number.parseInt(text.slice(prefix.length), 10) || 0;
  }

  /** glibc doubles the wait with each server and divides it among them; at least a second. */
  #waitMs(index: number): number {
    const option = this.#option('timeout:');
    const base = option === undefined ? this.#flavour.timeoutMs : option * 1000;
    if (!this.#flavour.dividesTimeout || index === 0) return base;
    return Math.max(1000, Math.floor((base * 2 ** index) / this.#servers.length / 1000) * 1000);
  }

  /** One query; a truncated reply is asked for again over TCP, and is none where that fails (glibc's send_vc, Go's exchange). */
  #ask(server: Addr, name: string, type: number, timeoutMs: number, socket?: Socket): Asked {
    const { ednsSize } = this.#flavour;
    const edns =
      ednsSize === null ? null : { udpSize: ednsSize, version: 0, dnssecOk: false, options: [] };
    const udp = this.#send(
      server,
      query(this.#io.nextId(), name, type, { edns }),
      'udp',
      timeoutMs,
      0,
      socket,
    );
    if (udp.reply === null || !udp.reply.tc) return udp;
    const again = query(this.#io.nextId(), name, type, { edns });
    const tcp = this.#send(server, again, 'tcp', timeoutMs, udp.elapsedMs);
    const elapsedMs = udp.elapsedMs + tcp.elapsedMs;
    return { reply: tcp.reply, elapsedMs, port: udp.port };
  }

  #send(
    server: Addr,
    message: Message,
    transport: 'udp' | 'tcp',
    timeoutMs: number,
    afterMs: number,
    socket?: Socket,
  ): Asked {
    const atMs = this.#io.nowMs + this.elapsedMs + afterMs;
    const result = this.#io.exchange(server, encode(message), transport, timeoutMs, atMs, socket);
    const decoded = result.kind === 'reply' ? decode(result.message) : null;
    const read = decoded?.kind === 'message' ? decoded.message : null;
    const reply = read !== null && read.id === message.id && read.qr ? read : null;
    this.queries.push(sentQuery(message, server, transport, atMs, reply, result.cached ?? false));
    return { reply, elapsedMs: result.elapsedMs, port: result.port };
  }
}

function nothing(outcome: CandidateOutcome): Found {
  return { outcome, replies: [] };
}

function usable(reply: Message): boolean {
  return reply.rcode === 0 || reply.rcode === 3;
}

/** An answer needs a record of the type that was asked for; a bare CNAME is no data. */
export function outcomeOf(reply: Message | null): CandidateOutcome {
  if (reply === null) return 'timeout';
  if (reply.rcode === 3) return 'nxdomain';
  if (reply.rcode === 2) return 'servfail';
  if (reply.rcode !== 0) return 'refused';
  const type = reply.questions[0]?.type;
  const has = reply.answers.some(
    (record) => typeOf(record) === type || typeName(type ?? 0) === 'ANY',
  );
  return has ? 'answered' : 'nodata';
}
