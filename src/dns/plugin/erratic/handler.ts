// A server for tests of clients: drops, delays and cuts (CoreDNS plugin/erratic/erratic.go). Queries are counted.
import { type ResourceRecord, replyTo, typeName } from '../../message/message.ts';
import { type DnsRequest, type Handler, returned, type Served, wrote } from '../../plugin.ts';

export interface ErraticOptions {
  /** Every Nth query; 0: none. */
  readonly drop: number;
  readonly delay: number;
  readonly truncate: bigint;
  /** Milliseconds. */
  readonly delayMs: number;
  readonly large: boolean;
}

const SERVFAIL = 2;
const ownAddress = 0xc0000235;
const ownAddress6 = 0x20010db8000000000000000000000053n;
const glueAddresses = [0x20010bd8000000000000000000000053n, 0x20010500000000000000000000000054n];
const silence: Served = { reply: null, rcode: 0, error: null, cached: false };

interface Owner {
  readonly name: string;
  readonly class: number;
  readonly ttl: number;
}

export class ErraticHandler implements Handler {
  readonly name = 'erratic';
  readonly #options: ErraticOptions;
  #queries: number;

  constructor(options: ErraticOptions, queries = 0) {
    this.#options = options;
    this.#queries = queries;
  }

  fork(): ErraticHandler {
    return new ErraticHandler(this.#options, this.#queries);
  }

  serve({ message, question, turn }: DnsRequest): Served {
    const { drop, delay, truncate, delayMs, large } = this.#options;
    const count = this.#queries++;
    if (drop > 0 && count % drop === 0) return silence;
    if (delay > 0 && count % delay === 0) turn.wait(delayMs);
    // Upstream writes & where % is meant.
    const tc = truncate > 0n && (BigInt(count) & truncate) === 0n;
    const owner = { name: question.name, class: 1, ttl: 0 };
    const reply = { ...replyTo(message), aa: true, tc };
    const type = typeName(question.type);
    if (type === 'A') {
      const record: ResourceRecord = { ...owner, kind: 'A', addr: ownAddress };
      return wrote({ ...reply, answers: new Array<ResourceRecord>(large ? 30 : 1).fill(record) });
    }
    if (type === 'AAAA') {
      return wrote({ ...reply, answers: [{ ...owner, kind: 'AAAA', addr: ownAddress6 }] });
    }
    if (type === 'AXFR') return wrote({ ...replyTo(message), aa: true, answers: zone(owner, tc) });
    return returned(SERVFAIL);
  }

  ready(): boolean {
    return this.#queries >= 3 && this.#queries < 5;
  }

  autoPath(): readonly string[] {
    return ['a.example.org.', 'b.example.org.', ''];
  }
}

/** The records of a zone by that name; a cut one lacks its last (plugin/erratic/xfr.go). */
function zone(owner: Owner, isCut: boolean): readonly ResourceRecord[] {
  const { name } = owner;
  const nameServers = [`a.${name}`, `b.${name}`];
  const soa: ResourceRecord = {
    ...owner,
    kind: 'SOA',
    mname: 'sns.dns.icann.org.',
    rname: 'noc.dns.icann.org.',
    serial: 2_018_050_825,
    refresh: 7200,
    retry: 3600,
    expire: 1_209_600,
    minimum: 3600,
  };
  const ns = nameServers.map((target) => ({ ...owner, kind: 'NS' as const, target })).reverse();
  const glue = nameServers.map((own, i) => {
    return { ...owner, name: own, kind: 'AAAA' as const, addr: glueAddresses[i] ?? 0n };
  });
  return [soa, ...ns, ...glue, ...(isCut ? [] : [soa])];
}
