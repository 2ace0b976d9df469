// dnsmasq as kubeadm started it in kube-dns: `--cache-size=1000 --no-negcache --server=/cluster.local/127.0.0.1#10053` and the
// same for the reverse zones; everything else goes to the name servers of its resolv.conf. The ConfigMap kube-dns adds stub
// domains and replaces those servers (kubernetes/dns pkg/dnsmasq/nanny.go). Models forward.c, cache.c and rfc1035.c of
// dnsmasq 2.78: what comes from behind keeps its AA, what comes from the cache has none, and RA is always set.
import { type Addr, parseAddr } from '../../net/addr.ts';
import { UDP } from '../../net/packet.ts';
import { parseResolvConf } from '../../net/resolv-conf.ts';
import { Table } from '../../sim/table.ts';
import { decode } from '../message/decode.ts';
import { encode } from '../message/encode.ts';
import { type Message, type ResourceRecord, replyTo, typeName } from '../message/message.ts';
import { isSubdomain, lower } from '../message/name.ts';
import type { Turn } from '../plugin.ts';
import { skydns } from './skydns.ts';

const REFUSED = 5;
const entriesMax = 1000;
/** --edns-packet-max. */
const ednsSize = 4096;
/** A query that nobody has answered is forgotten then. */
const patienceMs = 10_000;
/** Types that its cache holds. */
const cachedTypes: ReadonlySet<string> = new Set(['A', 'AAAA', 'PTR', 'CNAME']);

export interface DnsmasqOptions {
  /** "cluster.local." */
  readonly domain: string;
  /** Unix seconds at virtual time 0. */
  readonly startSeconds: number;
  /** Text of the keys of the ConfigMap kube-dns. */
  readonly stubDomains?: string | undefined;
  readonly upstreamNameservers?: string | undefined;
}

interface Cached {
  readonly answers: readonly ResourceRecord[];
  readonly storedMs: number;
  /** Least of its records, in seconds. */
  readonly ttl: number;
}

interface Server {
  readonly addr: Addr;
  readonly port: number;
}

export class Dnsmasq {
  readonly #options: DnsmasqOptions;
  readonly #cache: Table<Cached>;

  constructor(options: DnsmasqOptions, cache = new Table<Cached>()) {
    this.#options = options;
    this.#cache = cache;
  }

  fork(): Dnsmasq {
    return new Dnsmasq(this.#options, this.#cache.fork());
  }

  /** The answer, and whether the cache gave it; null: nobody behind it has answered. */
  answer(message: Message, turn: Turn): { reply: Message | null; cached: boolean } {
    const question = message.questions[0];
    if (question === undefined) return { reply: null, cached: false };
    const key = `${question.type} ${lower(question.name)}`;
    const known = this.#cache.get(key);
    const age = known === undefined ? 0 : Math.floor((turn.nowMs() - known.storedMs) / 1000);
    if (known !== undefined && age < known.ttl) {
      return { reply: fromCache(message, known, age), cached: true };
    }
    const reply = this.#behind(message, turn);
    if (reply === null) return { reply, cached: false };
    this.#keep(key, reply, turn.nowMs(), typeName(question.type));
    return { reply: { ...reply, id: message.id, ra: true }, cached: false };
  }

  #keep(key: string, { rcode, tc, answers }: Message, nowMs: number, type: string): void {
    const ttl = answers.reduce((least, record) => Math.min(least, record.ttl), 0xffffffff);
    if (rcode !== 0 || tc || answers.length === 0 || ttl === 0 || !cachedTypes.has(type)) return;
    // The least recently used entry goes; here the first by key, for which is chance to a test.
    if (this.#cache.size >= entriesMax) this.#cache.delete(this.#cache.keys()[0] ?? '');
    this.#cache.set(key, { answers, storedMs: nowMs, ttl });
  }

  #behind(message: Message, turn: Turn): Message | null {
    const name = lower(message.questions[0]?.name ?? '');
    const stub = this.#stubs()
      .filter(({ zone }) => isSubdomain(zone, name))
      .sort((a, b) => b.zone.length - a.zone.length)[0];
    const { domain, startSeconds } = this.#options;
    const isLocal = [domain, 'in-addr.arpa.', 'ip6.arpa.'].some((zone) => isSubdomain(zone, name));
    if (stub === undefined && isLocal) {
      return skydns(message, turn, domain, startSeconds + Math.floor(turn.nowMs() / 1000));
    }
    return ask(message, turn, stub?.servers ?? this.#upstreams(turn));
  }

  #upstreams(turn: Turn): readonly Server[] {
    const own = serversOf(parsed(this.#options.upstreamNameservers));
    if (own.length > 0) return own;
    const { nameservers } = parseResolvConf(turn.environment.resolvConf);
    return nameservers.map((addr) => ({ addr, port: 53 }));
  }

  #stubs(): readonly { readonly zone: string; readonly servers: readonly Server[] }[] {
    const value = parsed(this.#options.stubDomains);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
    return Object.entries(value).map(([zone, servers]) => ({
      zone: `${zone.toLowerCase()}.`,
      servers: serversOf(servers),
    }));
  }
}

/** One after the other: dnsmasq stays with the server that answered last, and only the client's next try asks another. */
function ask(message: Message, turn: Turn, servers: readonly Server[]): Message | null {
  if (servers.length === 0) return { ...replyTo(message, REFUSED), edns: null };
  for (const { addr, port } of servers) {
    const result = turn.exchange(UDP, addr, port, encode(message), patienceMs);
    if (result.kind !== 'reply') continue;
    const decoded = decode(result.message);
    if (decoded.kind === 'message') return decoded.message;
  }
  return null;
}

function fromCache(message: Message, { answers }: Cached, age: number): Message {
  const aged = answers.map((record) => ({ ...record, ttl: record.ttl - age }));
  const edns = message.edns === null ? null : { ...message.edns, udpSize: ednsSize, options: [] };
  return { ...replyTo(message), aa: false, ra: true, answers: aged, edns };
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** "10.0.0.53", "10.0.0.53:5353". */
function serversOf(value: unknown): readonly Server[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((text: unknown): readonly Server[] => {
    const [, host = '', port = '53'] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(String(text)) ?? [];
    const addr = parseAddr(host) ?? parseAddr(String(text));
    return addr === undefined ? [] : [{ addr, port: Number(port) }];
  });
}
