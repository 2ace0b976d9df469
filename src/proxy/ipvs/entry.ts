// One member of an ipset as kube-proxy writes it, and its text. Models Entry.String of
// pkg/proxy/ipvs/ipset/ipset.go.
import { type Addr, formatAddr } from '../../net/addr.ts';
import { type Cidr, formatCidr } from '../../net/cidr.ts';
import { type Proto, protoName } from '../../net/packet.ts';
import type { Member as KernelMember } from '../../netfilter/ipset/members.ts';
import {
  ipMember,
  ipPortIpMember,
  ipPortMember,
  ipPortNetMember,
  portMember,
} from '../../netfilter/ipset/set.ts';

/** `kind` is the set's type. */
export type Entry =
  | { readonly kind: 'hash:ip'; readonly address: Addr }
  | {
      readonly kind: 'hash:ip,port';
      readonly address: Addr;
      readonly proto: Proto;
      readonly port: number;
    }
  | {
      readonly kind: 'hash:ip,port,ip';
      readonly address: Addr;
      readonly proto: Proto;
      readonly port: number;
      readonly second: Addr;
    }
  | {
      readonly kind: 'hash:ip,port,net';
      readonly address: Addr;
      readonly proto: Proto;
      readonly port: number;
      readonly range: Cidr;
    }
  | { readonly kind: 'bitmap:port'; readonly port: number };

/** "10.96.0.1,tcp:443", "fd00:10:96::1,tcp:443": IPv6 addresses stand without brackets. */
export function entryText(entry: Entry): string {
  switch (entry.kind) {
    case 'hash:ip':
      return formatAddr(entry.address);
    case 'hash:ip,port':
      return front(entry);
    case 'hash:ip,port,ip':
      return `${front(entry)},${formatAddr(entry.second)}`;
    case 'hash:ip,port,net':
      return `${front(entry)},${formatCidr(entry.range)}`;
    case 'bitmap:port':
      return `${entry.port}`;
  }
}

/** Whether the ipset tool takes it: a range of all addresses has no place in a hash:ip,port,net set
 * ("The value of the CIDR parameter of the IP address is invalid"). kube-proxy logs and goes on. */
export function isStorable(entry: Entry): boolean {
  return entry.kind !== 'hash:ip,port,net' || entry.range.bits > 0;
}

/** As the kernel holds it. */
export function memberOf(entry: Entry): KernelMember {
  switch (entry.kind) {
    case 'hash:ip':
      return ipMember(entry.address);
    case 'hash:ip,port':
      return ipPortMember(entry.address, entry.proto, entry.port);
    case 'hash:ip,port,ip':
      return ipPortIpMember(entry.address, entry.proto, entry.port, entry.second);
    case 'hash:ip,port,net':
      return ipPortNetMember(entry.address, entry.proto, entry.port, entry.range);
    case 'bitmap:port':
      return portMember(entry.port);
  }
}

function front(entry: {
  readonly address: Addr;
  readonly proto: Proto;
  readonly port: number;
}): string {
  return `${formatAddr(entry.address)},${protoName(entry.proto)}:${entry.port}`;
}
