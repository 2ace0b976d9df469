// Answers ANY with one HINFO record (RFC 8482; CoreDNS plugin/any/any.go).
import { IN, type ResourceRecord, replyTo } from '../../message/message.ts';
import { type DnsRequest, type Handler, type Next, type Served, wrote } from '../../plugin.ts';

const ANY = 255;
const HINFO = 13;

export class AnyHandler implements Handler {
  readonly name = 'any';

  fork(): this {
    return this;
  }

  serve(request: DnsRequest, next: Next): Served {
    const { message, question } = request;
    if (question.type !== ANY) return next(request);
    const answer: ResourceRecord = {
      kind: 'opaque',
      name: question.name,
      class: IN,
      ttl: 8482,
      type: HINFO,
      bytes: Uint8Array.from([...text('ANY obsoleted'), ...text('See RFC 8482')]),
    };
    return wrote({ ...replyTo(message), answers: [answer] });
  }
}

/** A character string: its length, then its bytes. */
function text(value: string): readonly number[] {
  return [value.length, ...Array.from(value, (c) => c.charCodeAt(0))];
}
