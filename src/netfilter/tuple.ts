// Tuples as conntrack makes them of packets: what tells a flow. Models nf_ct_get_tuple and nf_ct_invert_tuple
// (net/netfilter/nf_conntrack_core.c).
import { ICMP, ICMPV6, type Packet, type Tuple } from '../net/packet.ts';

/** The tuple of a packet. An ICMP echo's identifier is `sport`, its type and code are `dport`. */
export function tupleOf(packet: Packet): Tuple {
  const { proto, src, dst } = packet;
  if (packet.icmp === null) return { proto, src, sport: packet.sport, dst, dport: packet.dport };
  const types = proto === ICMP ? { request: 8, reply: 0 } : { request: 128, reply: 129 };
  const type = packet.icmp === 'echo-request' ? types.request : types.reply;
  return { proto, src, sport: packet.sport, dst, dport: type * 256 };
}

/** The tuple of an answer. */
export function invert(tuple: Tuple): Tuple {
  const { proto, src, sport, dst, dport } = tuple;
  if (proto === ICMP || proto === ICMPV6) {
    return { proto, src: dst, sport, dst: src, dport: invertedType(dport) };
  }
  return { proto, src: dst, sport: dport, dst: src, dport: sport };
}

function invertedType(typeAndCode: number): number {
  switch (typeAndCode >> 8) {
    case 8:
      return 0;
    case 0:
      return 8 * 256;
    case 128:
      return 129 * 256;
    default:
      return 128 * 256;
  }
}
