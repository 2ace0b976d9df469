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
const silence: Served = { reply: null, rcode: 0, error: null, cached: false };

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
    return returned(SERVFAIL);
  }

  ready(): boolean {
    return this.#queries >= 3 && this.#queries < 5;
  }

  autoPath(): readonly string[] {
    return ['a.example.org.', 'b.example.org.', ''];
  }
}
