// What of a reply goes to the client: its OPT record, and as much as the transport takes (CoreDNS request/request.go,
// plugin/pkg/edns). Not here: who makes the reply, and the bytes (message/encode.ts).
import { TCP } from '../../net/packet.ts';
import type { Peer } from '../../node/program.ts';
import { encodeToFit } from '../message/encode.ts';
import { type Edns, type Message, replyTo } from '../message/message.ts';

const BADVERS = 16;

/** With an OPT of the server's own that says nothing (plugin/pkg/edns Version). */
export function badVersion(message: Message): Message {
  const edns: Edns = { udpSize: 0, version: 0, dnssecOk: false, options: [] };
  return { ...replyTo(message, BADVERS), edns };
}

/** The reply carries the client's OPT when it had one: its size, its DO, and the flags of the upper octet (request.go
 * SizeAndDo). Options that a plugin set stand for those of the client. */
export function withEdns(request: Message, reply: Message, echoed: readonly number[]): Message {
  const asked = request.edns;
  if (asked === null) return reply;
  const own = reply.edns;
  const z = ((own ?? asked).z ?? 0) & 0x7f00;
  const edns: Edns = {
    udpSize: asked.udpSize,
    version: 0,
    dnssecOk: asked.dnssecOk || own?.dnssecOk === true,
    options: own?.options ?? asked.options.filter(({ code }) => echoed.includes(code)),
  };
  return { ...reply, edns: z === 0 ? edns : { ...edns, z } };
}

/** What a datagram may have whatever OPT says, and all of it that is read (miekg/dns MinMsgSize). */
export const udpMin = 512;
const tcpMax = 65_535;

/** Null: it cannot be sent, and the client hears nothing. Size limits of the transport; above these sizes UDP replies are compressed even when they fit. */
export function fit(request: Message, reply: Message, client: Peer): Uint8Array | null {
  if (client.proto === TCP) return encodeToFit(reply, tcpMax);
  const limit = Math.max(udpMin, request.edns?.udpSize ?? udpMin);
  return encodeToFit(reply, limit, typeof client.addr === 'number' ? 1480 : 1220);
}
