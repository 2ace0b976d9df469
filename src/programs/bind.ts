// How BIND's tools ask (dig, host and nslookup share it): names of the search list, servers, tries, TCP after a cut
// answer. After bin/dig/dighost.c of 9.18. What goes wrong is said on standard output in its words.
import { decode } from '../dns/message/decode.ts';
import { encode } from '../dns/message/encode.ts';
import { COOKIE, type EdnsOption, IN, type Message, query } from '../dns/message/message.ts';
import { absolute, labelsOf } from '../dns/message/name.ts';
import { idsOf, resolvConfOf } from '../dns/resolver/container.ts';
import { type Addr, familyOf, formatAddr, parseAddr } from '../net/addr.ts';
import { TCP, UDP } from '../net/packet.ts';
import { ndots } from '../net/resolv-conf.ts';
import type { ProcessContext } from './process.ts';

export interface BindServer {
  readonly addr: Addr;
  /** As it was named. */
  readonly shown: string;
}

export interface BindLookup {
  readonly name: string;
  readonly type: number;
  readonly class: number;
  readonly servers: readonly BindServer[];
  readonly port: number;
  readonly tcp: boolean;
  readonly recurse: boolean;
  readonly ad: boolean;
  readonly cd: boolean;
  /** null: no EDNS. */
  readonly edns: { readonly udpSize: number; readonly dnssecOk: boolean } | null;
  readonly cookie: boolean;
  /** Asks who it is that answers (RFC 5001). */
  readonly nsid: boolean;
  /** The serial that an IXFR says it has. */
  readonly ixfrSerial: number | null;
  /** A cut answer will do. */
  readonly ignoresTc: boolean;
  readonly usesSearch: boolean;
  readonly search: readonly string[];
  readonly ndots: number;
  /** null: 5 s over UDP, 10 s over TCP. */
  readonly timeoutMs: number | null;
  readonly tries: number;
  /** A SERVFAIL is an answer; else the next server is asked. */
  readonly servfailStops: boolean;
  /** An answer without recursion is as good as none (nslookup). */
  readonly checksRecursion: boolean;
  readonly comments: boolean;
}

export interface BindReply {
  readonly server: BindServer;
  /** The name that was asked for, absolute. */
  readonly name: string;
  /** It came by way of the search list. */
  readonly searched: boolean;
  readonly query: Message;
  readonly reply: Message;
  readonly bytes: number;
  readonly tcp: boolean;
  readonly elapsedMs: number;
  /** Further messages of a zone transfer. */
  readonly more: readonly { readonly message: Message; readonly bytes: number }[];
}

export const bindDefaults = {
  class: 1,
  port: 53,
  tcp: false,
  recurse: true,
  ad: false,
  cd: false,
  edns: null,
  cookie: false,
  nsid: false,
  ixfrSerial: null,
  ignoresTc: false,
  usesSearch: true,
  timeoutMs: null,
  tries: 3,
  servfailStops: false,
  checksRecursion: false,
  comments: true,
} as const;

/** Of /etc/resolv.conf. */
export function bindSystem(
  context: ProcessContext,
): Pick<BindLookup, 'servers' | 'search' | 'ndots'> {
  const conf = resolvConfOf(context);
  const addresses = conf.nameservers.length > 0 ? conf.nameservers.slice(0, 3) : [0x7f000001];
  const servers = addresses.map((addr) => ({ addr, shown: formatAddr(addr) }));
  return { servers, search: conf.search, ndots: ndots(conf) };
}

/** The servers that a word names; null: it has no address. */
export function bindServers(context: ProcessContext, text: string): readonly BindServer[] | null {
  const literal = parseAddr(text);
  if (literal !== undefined) return [{ addr: literal, shown: text }];
  const found = context.resolve(text);
  if (found.kind === 'failed') return null;
  return found.addresses.map((addr) => ({ addr, shown: text }));
}

/** Why a name cannot be sent; null: it can. */
export function illegalName(name: string): string | null {
  if (/(^|[^\\])\.\./.test(name) || (name.startsWith('.') && name !== '.')) return 'empty label';
  if (labelsOf(name).some((label) => label.replace(/\\\d{3}|\\./g, 'x').length > 63)) {
    return 'label too long';
  }
  return name.length > 254 ? 'ran out of space' : null;
}

export class BindClient {
  /** What has been said so far. */
  out = '';
  readonly #context: ProcessContext;
  readonly #nextId: () => number;
  #retries = 0;

  constructor(context: ProcessContext) {
    this.#context = context;
    this.#nextId = idsOf(context);
  }

  /** `banner` stands before the message that no server could be reached, `trying` is told each name. */
  ask(
    lookup: BindLookup,
    banner: () => string = () => '',
    trying: (name: string) => void = () => {},
  ): BindReply | null {
    this.#retries = lookup.tries;
    let last: BindReply | null = null;
    for (const { name, searched } of namesOf(lookup)) {
      trying(name.replace(/(.)\.$/, '$1'));
      last = lookup.tcp ? this.#tcp(lookup, name) : this.#udp(lookup, name, banner);
      if (last === null) return null;
      last = { ...last, searched };
      if (last.reply.rcode !== 3) break;
    }
    return last;
  }

  #udp(lookup: BindLookup, name: string, banner: () => string): BindReply | null {
    for (const [index, server] of lookup.servers.entries()) {
      for (;;) {
        const sent = this.#send(lookup, server, name, false);
        if (typeof sent === 'string') {
          const where = this.#where(lookup, server);
          if (sent === 'network unreachable') return this.#unreachable(lookup, server, name);
          this.out += `;; communications error to ${where}: ${sent}\n`;
          if (this.#retries <= 1) break;
          this.#retries--;
          continue;
        }
        if (sent.reply.tc && !lookup.ignoresTc) {
          if (lookup.comments) this.out += ';; Truncated, retrying in TCP mode.\n';
          return this.#tcp(lookup, name);
        }
        const isLast = index === lookup.servers.length - 1;
        if (this.#isEnough(lookup, sent, isLast)) return sent;
        break;
      }
    }
    this.out += `${banner()};; no servers could be reached\n`;
    return null;
  }

  /** Without a route each try is over at once. */
  #unreachable(lookup: BindLookup, server: BindServer, name: string): null {
    const where = `${this.#where(lookup, server)}(${server.shown})`;
    const shown = lookup.name === name ? name : lookup.name;
    const why = `;; UDP setup with ${where} for ${shown} failed: network unreachable.\n`;
    this.out += `${why};; no servers could be reached\n`.repeat(lookup.tries);
    return null;
  }

  #tcp(lookup: BindLookup, name: string): BindReply | null {
    for (let tries = this.#retries; tries > 0; tries--) {
      for (const [index, server] of lookup.servers.entries()) {
        const sent = this.#send(lookup, server, name, true);
        const isLast = index === lookup.servers.length - 1;
        if (typeof sent !== 'string') {
          if (this.#isEnough(lookup, sent, isLast)) return sent;
          continue;
        }
        const where = `${this.#where(lookup, server)}(${server.shown})`;
        this.out += `;; Connection to ${where} for ${lookup.name} failed: ${sent}.\n`;
      }
      this.out += ';; no servers could be reached\n';
    }
    return null;
  }

  #isEnough(lookup: BindLookup, { reply, server }: BindReply, isLast: boolean): boolean {
    const failed = reply.rcode === 2 && !lookup.servfailStops;
    if (!failed && !(lookup.checksRecursion && !reply.ra && lookup.recurse)) return true;
    const why = failed ? 'SERVFAIL reply' : 'recursion not available';
    const next = isLast ? '' : ', trying next server';
    if (lookup.comments) this.out += `;; Got ${why} from ${formatAddr(server.addr)}${next}\n`;
    return isLast;
  }

  #where(lookup: BindLookup, { addr }: BindServer): string {
    return `${formatAddr(addr)}#${lookup.port}`;
  }

  /** The reply, or why there is none. */
  #send(lookup: BindLookup, server: BindServer, name: string, tcp: boolean): BindReply | string {
    const message = query(this.#nextId(), name, lookup.type, {
      rd: lookup.recurse,
      ad: lookup.ad,
      cd: lookup.cd,
      class: lookup.class,
      edns: this.#edns(lookup),
    });
    const timeoutMs = lookup.timeoutMs ?? (tcp ? 10_000 : 5000);
    const bytes = encode(withSerial(message, lookup.ixfrSerial));
    const proto = tcp ? TCP : UDP;
    const result = this.#context.exchange(proto, server.addr, lookup.port, bytes, timeoutMs);
    if (result.kind !== 'reply') return failures[result.kind];
    const reply = decode(result.message);
    if (reply.kind !== 'message') return failures.timeout;
    const more = (result.more ?? []).flatMap((one) => {
      const read = decode(one);
      return read.kind === 'message' ? [{ message: read.message, bytes: one.length }] : [];
    });
    const { elapsedMs } = result;
    const size = result.message.length;
    const found = { server, name, searched: false, query: message, reply: reply.message };
    return { ...found, bytes: size, tcp, elapsedMs, more };
  }

  #edns({ edns, cookie, nsid }: BindLookup): Message['edns'] {
    if (edns === null) return null;
    const options: EdnsOption[] = nsid ? [{ code: NSID, bytes: new Uint8Array() }] : [];
    if (cookie) {
      const bytes = Array.from({ length: 4 }, this.#nextId).flatMap((v) => [v >>> 8, v & 0xff]);
      options.push({ code: COOKIE, bytes: Uint8Array.from(bytes) });
    }
    return { ...edns, version: 0, options };
  }
}

const NSID = 3;

function withSerial(message: Message, serial: number | null): Message {
  const name = message.questions[0]?.name ?? '.';
  if (serial === null) return message;
  const times = { refresh: 0, retry: 0, expire: 0, minimum: 0 };
  const soa = { kind: 'SOA', name, class: IN, ttl: 0, mname: '.', rname: '.', serial } as const;
  return { ...message, authority: [{ ...soa, ...times }] };
}

const failures = {
  timeout: 'timed out',
  refused: 'connection refused',
  unreachable: 'network unreachable',
} as const;

/** Names with enough dots are never searched; the others are asked for as they are last. */
function namesOf(
  lookup: BindLookup,
): readonly { readonly name: string; readonly searched: boolean }[] {
  const asIs = { name: absolute(lookup.name), searched: false };
  const dots = lookup.name.split('.').length - 1;
  if (!lookup.usesSearch || lookup.name.endsWith('.') || dots >= lookup.ndots) return [asIs];
  const searched = lookup.search.map((domain) => {
    const suffix = domain.replace(/\.$/, '');
    const name = suffix === '' ? absolute(lookup.name) : `${lookup.name}.${suffix}.`;
    return { name, searched: true };
  });
  return [...searched, asIs];
}

/** Servers of one family only (`-4`, `-6`). */
export function ofFamily(
  servers: readonly BindServer[],
  family: 4 | 6 | null,
): readonly BindServer[] {
  return family === null ? servers : servers.filter(({ addr }) => familyOf(addr) === family);
}
