// An ip set as an immutable value: what kind of members it holds, and the members. Rules name sets; whoever writes the
// rules carries them (`RuleLayer.sets`). Types that kube-proxy, policy engines and balancers use; not modelled:
// timeouts, counters, comments, list:set, and the SET target. Models net/netfilter/ipset/ip_set_{hash,bitmap}_*.c.
import type { Addr, Family } from '../../net/addr.ts';
import type { Cidr } from '../../net/cidr.ts';
import type { Proto } from '../../net/packet.ts';
import { HashMembers, type Member, type Members } from './members.ts';

export type SetType =
  | 'hash:ip'
  | 'hash:net'
  | 'hash:ip,port'
  | 'hash:ip,port,ip'
  | 'hash:ip,port,net'
  | 'bitmap:port';

export interface IpSet {
  readonly name: string;
  readonly type: SetType;
  /** Of the addresses; a bitmap:port has none and serves both families. */
  readonly family: Family | null;
  /** As it was created; the kernel doubles it while the set grows. */
  readonly hashsize: number;
  readonly maxelem: number;
  readonly members: Members;
}

/** Longest name of a set (IPSET_MAXNAMELEN - 1). */
export const setNameMax = 31;
/** What the tool asks for when nothing is said. */
export const hashsizeDefault = 1024;
export const maxelemDefault = 65536;

/** A set as `ipset create NAME TYPE family ... hashsize 1024 maxelem 65536` makes it; `family` null for bitmap:port. */
export function createSet(
  name: string,
  type: SetType,
  family: Family | null,
  members: Members = HashMembers.empty,
): IpSet {
  if (name === '' || name.length > setNameMax) {
    throw new Error(`setname '${name}' is longer than ${setNameMax} characters`);
  }
  const bare = type === 'bitmap:port' ? null : (family ?? 4);
  const sizes = { hashsize: hashsizeDefault, maxelem: maxelemDefault };
  return { name, type, family: bare, ...sizes, members };
}

/** How many of a packet's fields a rule must name for the type (ip_set_type.dimension). */
export const dimensions: Readonly<Record<SetType, number>> = {
  'hash:ip': 1,
  'hash:net': 1,
  'hash:ip,port': 2,
  'hash:ip,port,ip': 3,
  'hash:ip,port,net': 3,
  'bitmap:port': 1,
};

const nothing: Member = { addr: null, bits: 0, proto: 0, port: 0, second: null, secondBits: 0 };

/** A member of hash:ip. */
export function ipMember(addr: Addr): Member {
  return { ...nothing, addr };
}

/** A member of hash:net; host bits must be clear. */
export function netMember(net: Cidr): Member {
  return { ...nothing, addr: net.low, bits: net.bits };
}

/** A member of hash:ip,port. */
export function ipPortMember(addr: Addr, proto: Proto, port: number): Member {
  return { ...nothing, addr, proto, port };
}

/** A member of hash:ip,port,ip. */
export function ipPortIpMember(addr: Addr, proto: Proto, port: number, second: Addr): Member {
  return { ...nothing, addr, proto, port, second };
}

/** A member of hash:ip,port,net. */
export function ipPortNetMember(addr: Addr, proto: Proto, port: number, net: Cidr): Member {
  return { ...nothing, addr, proto, port, second: net.low, secondBits: net.bits };
}

/** A member of bitmap:port. */
export function portMember(port: number): Member {
  return { ...nothing, port };
}
