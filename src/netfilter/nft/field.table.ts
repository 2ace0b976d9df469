// What a rule of nf_tables can compare or look up: every field with its type. The field's name is its text.
import type { NftType } from './table.ts';

/** Field -> type of its values. `th` reads the port of whatever transport protocol the packet has; `tcp`, `udp` and
 * `sctp` ask for that protocol first. */
export const nftFields = {
  'ip saddr': 'ipv4_addr',
  'ip daddr': 'ipv4_addr',
  'ip protocol': 'inet_proto',
  'ip6 saddr': 'ipv6_addr',
  'ip6 daddr': 'ipv6_addr',
  'ip6 nexthdr': 'inet_proto',
  'meta l4proto': 'inet_proto',
  'th sport': 'inet_service',
  'th dport': 'inet_service',
  'tcp sport': 'inet_service',
  'tcp dport': 'inet_service',
  'udp sport': 'inet_service',
  'udp dport': 'inet_service',
  'sctp sport': 'inet_service',
  'sctp dport': 'inet_service',
  'meta mark': 'mark',
  iifname: 'ifname',
  oifname: 'ifname',
  iif: 'iface_index',
  oif: 'iface_index',
  'ct state': 'ct_state',
  'ct status': 'ct_status',
  'fib saddr type': 'fib_addrtype',
  'fib daddr type': 'fib_addrtype',
} as const satisfies Readonly<Record<string, NftType>>;

export type NftField = keyof typeof nftFields;
