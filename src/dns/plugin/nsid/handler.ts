// Names the server to clients that ask for it (RFC 5001; CoreDNS plugin/nsid/nsid.go).
import type { Edns, Message } from '../../message/message.ts';
import type { DnsRequest, Handler, Next, Served } from '../../plugin.ts';

const NSID = 3;

export class NsidHandler implements Handler {
  readonly name = 'nsid';
  readonly #data: Uint8Array;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  fork(): this {
    return this;
  }

  serve(request: DnsRequest, next: Next): Served {
    const asked = request.message.edns?.options.some(({ code }) => code === NSID);
    const served = next(request);
    if (asked !== true || served.reply === null) return served;
    return { ...served, reply: this.#named(served.reply, request.message.edns?.udpSize ?? 0) };
  }

  #named(reply: Message, udpSize: number): Message {
    const edns: Edns = reply.edns ?? { udpSize, version: 0, dnssecOk: true, options: [] };
    const own = { code: NSID, bytes: this.#data };
    const has = edns.options.some(({ code }) => code === NSID);
    const options = has
      ? edns.options.map((option) => (option.code === NSID ? own : option))
      : [...edns.options, own];
    return { ...reply, edns: { ...edns, options } };
  }
}
