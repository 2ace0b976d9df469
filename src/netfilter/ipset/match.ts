// `-m set --match-set NAME src,dst,...`: which member a packet stands for, and whether the set holds it. A packet the
// type cannot read (too few flags, another family, no ports) is in no set, so a negated match holds. Models
// net/netfilter/xt_set.c and the kadt functions of net/netfilter/ipset/ip_set_*.c.
import type { Addr } from '../../net/addr.ts';
import { type Packet, TCP, UDP } from '../../net/packet.ts';
import type { Member } from './members.ts';
import { dimensions, type IpSet } from './set.ts';

export type SetFlag = 'src' | 'dst';

/** Whether the packet's fields that the flags name are in the set. */
export function inSet(set: IpSet, flags: readonly SetFlag[], packet: Packet): boolean {
  if (flags.length < dimensions[set.type]) return false;
  if (set.family !== null && set.family !== packet.family) return false;
  const [first, second, third] = flags;
  switch (set.type) {
    case 'hash:ip':
      return set.members.has(memberOf(addrOf(packet, first)));
    case 'hash:net':
      return inNets(set, addrOf(packet, first));
    case 'bitmap:port': {
      if (packet.proto !== TCP && packet.proto !== UDP) return false;
      return set.members.has(memberOf(null, 0, portOf(packet, first)));
    }
    case 'hash:ip,port':
      return hasPorts(packet) && set.members.has(portMemberOf(packet, first, second, null));
    case 'hash:ip,port,ip':
      return (
        hasPorts(packet) &&
        set.members.has(portMemberOf(packet, first, second, addrOf(packet, third)))
      );
    case 'hash:ip,port,net':
      return hasPorts(packet) && inPortNets(set, packet, flags);
  }
}

/** Whether the very member, or for a whole address a network that holds it, is in the set: `ipset test`. */
export function holds(set: IpSet, member: Member): boolean {
  const { members } = set;
  if (members.has(member)) return true;
  const wide = member.addr !== null && typeof member.addr === 'bigint' ? 128 : 32;
  if (set.type === 'hash:net' && member.bits === wide) return inNets(set, member.addr as Addr);
  if (set.type !== 'hash:ip,port,net' || member.secondBits !== wide) return false;
  return members.prefixes.some((bits) =>
    members.has({ ...member, second: network(member.second as Addr, bits), secondBits: bits }),
  );
}

function inNets({ members }: IpSet, addr: Addr): boolean {
  for (const bits of members.prefixes) {
    if (members.has({ ...memberOf(network(addr, bits)), bits })) return true;
  }
  return false;
}

function inPortNets({ members }: IpSet, packet: Packet, flags: readonly SetFlag[]): boolean {
  const [first, second, third] = flags;
  const addr = addrOf(packet, third);
  for (const bits of members.prefixes) {
    const member = portMemberOf(packet, first, second, network(addr, bits));
    if (members.has({ ...member, secondBits: bits })) return true;
  }
  return false;
}

/** Addresses and ports are read from where a packet has them: TCP, UDP, SCTP (ip_set_getport.c). */
function hasPorts(packet: Packet): boolean {
  return packet.icmp === null;
}

function memberOf(addr: Addr | null, proto: Member['proto'] = 0, port = 0): Member {
  return { addr, bits: 0, proto, port, second: null, secondBits: 0 };
}

function portMemberOf(
  packet: Packet,
  first: SetFlag | undefined,
  second: SetFlag | undefined,
  third: Addr | null,
): Member {
  const { proto } = packet;
  const port = portOf(packet, second);
  return { addr: addrOf(packet, first), bits: 0, proto, port, second: third, secondBits: 0 };
}

function addrOf(packet: Packet, flag: SetFlag | undefined): Addr {
  return flag === 'src' ? packet.src : packet.dst;
}

function portOf(packet: Packet, flag: SetFlag | undefined): number {
  return flag === 'src' ? packet.sport : packet.dport;
}

/** The address with all but its first `bits` cleared. */
export function network(addr: Addr, bits: number): Addr {
  if (typeof addr === 'number') {
    return bits === 0 ? 0 : (addr & (0xffffffff << (32 - bits))) >>> 0;
  }
  const host = BigInt(128 - bits);
  return (addr >> host) << host;
}
