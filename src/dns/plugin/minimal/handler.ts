// Leaves authority and additional sections out of positive answers (CoreDNS plugin/minimal/minimal.go, whose kinds of
// replies are those of plugin/pkg/response).
import { type Message, typeName } from '../../message/message.ts';
import {
  type DnsRequest,
  type Handler,
  type Next,
  nilPointer,
  Panic,
  type Served,
  wrote,
} from '../../plugin.ts';

export class MinimalHandler implements Handler {
  readonly name = 'minimal';

  fork(): this {
    return this;
  }

  serve(request: DnsRequest, next: Next): Served {
    const served = next(request);
    const { reply, error } = served;
    if (error !== null) return { ...served, reply: null };
    if (reply === null) throw new Panic(nilPointer, served.request ?? request.message);
    if (!isPositive(reply)) return { ...served, rcode: 0 };
    return { ...served, ...wrote({ ...reply, authority: [], additional: [], edns: null }) };
  }
}

/** Neither a denial, an error, a delegation nor a transfer. */
function isPositive(reply: Message): boolean {
  const type = typeName(reply.questions[0]?.type ?? 0);
  if (reply.opcode !== 0 || type === 'AXFR' || type === 'IXFR' || reply.rcode !== 0) return false;
  if (reply.answers.length > 0) return true;
  return reply.authority.length === 0 || reply.authority.some((r) => !isReferral(r.kind));
}

function isReferral(kind: string): boolean {
  return kind === 'SOA' || kind === 'NS';
}
