// Makes AAAA records of A records (RFC 6147, RFC 6052; CoreDNS plugin/dns64/dns64.go).
import { IN, type Message, type ResourceRecord, replyTo, typeName } from '../../message/message.ts';
import { lower } from '../../message/name.ts';
import {
  type DnsRequest,
  type Handler,
  type Next,
  nilPointer,
  Panic,
  type Served,
} from '../../plugin.ts';

export interface Dns64Options {
  /** The first address of the prefix, and its length: 32 to 96, by eights. */
  readonly prefix: bigint;
  readonly bits: number;
  readonly translateAll: boolean;
  readonly allowIPv4: boolean;
}

const NXDOMAIN = 3;
const A = 1;
/** Seconds, where no SOA says how long the absence of AAAA records holds. */
const ttlUsual = 600;

export class Dns64Handler implements Handler {
  readonly name = 'dns64';
  readonly #options: Dns64Options;

  constructor(options: Dns64Options) {
    this.#options = options;
  }

  fork(): this {
    return this;
  }

  serve(request: DnsRequest, next: Next): Served {
    const { turn } = request;
    if (!this.#intercepts(request)) return next(request);
    // Upstream asks the next plugin without looking whether there is one.
    if (request.siblings.at(-1) === this) throw new Panic(nilPointer, request.message);
    const served = next(request);
    if (served.reply === null) return served;
    if (!this.#translates(served.reply)) return served;
    // As the plugins behind this one have left it.
    const message = served.request ?? request.message;
    const question = message.questions[0] ?? request.question;
    const found = turn.lookup(message, lower(question.name), A);
    if (found === null) throw new Panic(nilPointer, message);
    const soa = served.reply.authority.findLast((record) => record.kind === 'SOA');
    const ttlMax = soa?.ttl ?? ttlUsual;
    const answers = found.answers.map((record): ResourceRecord => {
      if (record.kind !== 'A') return record;
      const { name, class: klass, ttl } = record;
      const addr = embedded(this.#options, record.addr);
      return { kind: 'AAAA', name, class: klass, ttl: Math.min(ttl, ttlMax), addr };
    });
    const { tc, authority, additional } = found;
    const reply = { ...replyTo(message), tc, answers, authority, additional };
    return { ...served, reply, rcode: 0, cached: false };
  }

  #intercepts({ question, turn }: DnsRequest): boolean {
    if (!this.#options.allowIPv4 && typeof turn.client.addr === 'number') return false;
    return typeName(question.type) === 'AAAA' && question.class === IN;
  }

  #translates(reply: Message): boolean {
    const denied = reply.rcode === NXDOMAIN && reply.authority.some((r) => r.kind === 'SOA');
    if (denied) return false;
    return this.#options.translateAll || !reply.answers.some((r) => r.kind === 'AAAA');
  }
}

/** The address inside the prefix; bits 64 to 71 stay zero (RFC 6052 section 2.2). */
function embedded({ prefix, bits }: Dns64Options, addr: number): bigint {
  let out = prefix;
  let at = bits;
  for (let i = 3; i >= 0; i--) {
    if (at === 64) at += 8;
    out |= ((BigInt(addr) >> BigInt(8 * i)) & 0xffn) << BigInt(120 - at);
    at += 8;
  }
  return out;
}
