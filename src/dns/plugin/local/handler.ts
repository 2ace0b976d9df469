// Answers names that nobody should ask a server for: localhost and the reverse zones of 0, 127 and 255 (CoreDNS
// plugin/local/local.go). A name whose first label is localhost is
// answered too, from 1.14.5 on also one whose last label is.
import { IN, type Message, type ResourceRecord, replyTo, typeName } from '../../message/message.ts';
import { longestZone } from '../../message/name.ts';
import { type DnsRequest, type Handler, type Next, type Served, wrote } from '../../plugin.ts';

const zones = ['localhost.', '0.in-addr.arpa.', '127.in-addr.arpa.', '255.in-addr.arpa.'];
const ttl = 604_800;
const NXDOMAIN = 3;

export interface LocalOptions {
  /** Whether `localhost.a.test` is one, and `a.localhost`. */
  readonly hasPrefix: boolean;
  readonly hasSuffix: boolean;
}

export class LocalHandler implements Handler {
  readonly name = 'local';
  readonly #options: LocalOptions;

  constructor(options: LocalOptions) {
    this.#options = options;
  }

  fork(): this {
    return this;
  }

  serve(request: DnsRequest, next: Next): Served {
    const { message, question, qname } = request;
    const { name } = question;
    const type = typeName(question.type);
    const { hasPrefix, hasSuffix } = this.#options;
    const deep =
      (hasPrefix && qname.length > 'localhost.'.length && qname.startsWith('localhost.')) ||
      (hasSuffix && qname.endsWith('.localhost.'));
    const found = longestZone(zones, qname);
    if (!deep && found === undefined) return next(request);
    const reply = replyTo(message);
    const zone = name.slice(name.length - (found ?? '').length);
    if (deep || zones.includes(qname))
      return wrote(atZone(reply, name, type, deep || qname === 'localhost.', !deep));
    if (qname !== '1.0.0.127.in-addr.arpa.') {
      return wrote({ ...reply, rcode: NXDOMAIN, authority: [soa(zone)] });
    }
    if (type !== 'PTR') return wrote({ ...reply, authority: [soa(zone)] });
    const owner = { name, class: IN, ttl };
    return wrote({ ...reply, answers: [{ ...owner, kind: 'PTR', target: 'localhost.' }] });
  }
}

/** `apex`: SOA and NS are asked of the zone itself. */
function atZone(
  reply: Message,
  name: string,
  type: string,
  addresses: boolean,
  apex: boolean,
): Message {
  const owner = { name, class: IN, ttl };
  const answer = (record: ResourceRecord): Message => ({ ...reply, answers: [record] });
  if (addresses && type === 'A') return answer({ ...owner, kind: 'A', addr: 0x7f000001 });
  if (addresses && type === 'AAAA') return answer({ ...owner, kind: 'AAAA', addr: 1n });
  if (apex && type === 'SOA') return answer(soa(name));
  if (apex && type === 'NS') return answer({ ...owner, kind: 'NS', target: 'localhost.' });
  return { ...reply, authority: [soa(name)] };
}

function soa(name: string): ResourceRecord {
  const names = { mname: 'localhost.', rname: 'root.localhost.' };
  const numbers = { serial: 1, refresh: 0, retry: 0, expire: 0, minimum: ttl };
  return { kind: 'SOA', name, class: IN, ttl, ...names, ...numbers };
}
