// One packet as the simulated kernel sees it: header fields as integers, and what it carries as a tagged
// value. Mutable on purpose: NAT rewrites it in place while it walks; `clone` is for whoever keeps one.
// Not modelled: fragments, IP options, sequence numbers, checksums, several chunks in one SCTP packet.
import type { Addr, Family } from './addr.ts';

/** IANA protocol numbers that are modelled. */
export const ICMP = 1;
export const TCP = 6;
export const UDP = 17;
export const ICMPV6 = 58;
export const SCTP = 132;
export type Proto = 1 | 6 | 17 | 58 | 132;

const names: Readonly<Record<Proto, string>> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  58: 'ipv6-icmp',
  132: 'sctp',
};

/** "tcp": lower case, as iptables prints it. */
export function protoName(proto: Proto): string {
  return names[proto];
}

/** "TCP" or "tcp" -> 6; undefined when it is no transport protocol of Kubernetes. */
export function parseProto(text: string): Proto | undefined {
  switch (text.toUpperCase()) {
    case 'TCP':
      return TCP;
    case 'UDP':
      return UDP;
    case 'SCTP':
      return SCTP;
    default:
      return undefined;
  }
}

/** TCP header flags as bits, in wire order. */
export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const PSH = 8;
export const ACK = 16;

/** SCTP chunk types (RFC 9260, 3.2). A packet carries one; what a SACK does, no DATA leaves undone. */
export const chunks = {
  data: 0,
  init: 1,
  initAck: 2,
  heartbeat: 4,
  heartbeatAck: 5,
  abort: 6,
  shutdown: 7,
  shutdownAck: 8,
  error: 9,
  cookieEcho: 10,
  cookieAck: 11,
  shutdownComplete: 14,
} as const;

/** What asks for a new connection: SYN, INIT; a datagram has nothing to say. */
export function openingFlags(proto: Proto): number {
  return proto === TCP ? SYN : proto === SCTP ? chunks.init : 0;
}

/** An ICMP error that quotes the packet it is about (RFC 792, RFC 4443). */
export interface IcmpError {
  /** What the kernel of the sender of `about` makes of it. */
  readonly code:
    | 'port-unreachable'
    | 'net-unreachable'
    | 'host-unreachable'
    | 'admin-prohibited'
    | 'ttl-exceeded';
  /** The quoted packet's tuple as the reporter saw it (after NAT); NAT turns it back on the way. */
  readonly about: Tuple;
}

export interface Tuple {
  readonly proto: Proto;
  readonly src: Addr;
  readonly sport: number;
  readonly dst: Addr;
  readonly dport: number;
}

export interface Packet {
  readonly family: Family;
  readonly proto: Proto;
  src: Addr;
  dst: Addr;
  /** Ports; for an ICMP echo the identifier stands in both. */
  sport: number;
  dport: number;
  /** fwmark (unsigned 32 bits): lives on the packet, not on the flow. */
  mark: number;
  /** TCP: flags. SCTP: the type of its chunk. 0 for other protocols. */
  flags: number;
  /** NAT replaces an error that quotes a translated packet. */
  icmp: IcmpError | 'echo-request' | 'echo-reply' | null;
  /** Application bytes; empty for handshake packets. */
  readonly payload: Uint8Array;
}

export const noPayload = new Uint8Array(0);

export function clone(packet: Packet): Packet {
  return { ...packet };
}
