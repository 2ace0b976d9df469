// What is written under /proc/sys in each namespace. Beyond what the machine's own switches say, the lab turns off what
// would make two equal flows end differently: limits on ICMP errors, redirects, slow neighbour discovery.
import type { Sysctls } from '../../node/machine.ts';
import type { Files } from './forgetting.ts';

const net = '/proc/sys/net';

/** In every namespace, before it has devices. */
export const spaceSysctls: Files = [
  [`${net}/ipv4/conf/*/rp_filter`, '0'],
  [`${net}/ipv4/conf/*/send_redirects`, '0'],
  [`${net}/ipv4/conf/*/accept_redirects`, '0'],
  [`${net}/ipv6/conf/*/accept_redirects`, '0'],
  [`${net}/ipv6/conf/*/accept_ra`, '0'],
  [`${net}/ipv6/conf/*/accept_dad`, '0'],
  [`${net}/ipv4/ping_group_range`, '0 0'],
  // A client's port is free at once.
  [`${net}/ipv4/tcp_max_tw_buckets`, '0'],
  [`${net}/ipv4/icmp_ratelimit`, '0'],
  [`${net}/ipv4/icmp_ratemask`, '0'],
  [`${net}/ipv6/icmp/ratelimit`, '0'],
  [`${net}/ipv6/icmp/ratemask`, ''],
  // Of a namespace only since Linux 6.10.
  [`${net}/ipv4/icmp_msgs_per_se*`, '1000000'],
  [`${net}/ipv4/icmp_msgs_burs*`, '1000000'],
];

/** Of conntrack: all that is short enough for a slow run to outlast. */
const lasting = [
  'icmp_timeout',
  'icmpv6_timeout',
  'udp_timeout',
  'udp_timeout_stream',
  'tcp_timeout_syn_sent',
  'tcp_timeout_syn_recv',
  'tcp_timeout_fin_wait',
  'tcp_timeout_close_wait',
  'tcp_timeout_last_ack',
  'tcp_timeout_time_wait',
  'tcp_timeout_close',
  'tcp_timeout_unacknowledged',
  'tcp_timeout_max_retrans',
];

/** What tells a node from a Pod. */
export function machineSysctls({
  forward,
  routeLocalnet,
  bridgeNf,
  bridgeNf6 = bridgeNf,
  localnetDevices = [],
}: Sysctls): Files {
  const bit = (on: boolean): string => (on ? '1' : '0');
  return [
    [`${net}/ipv4/ip_forward`, bit(forward)],
    [`${net}/ipv6/conf/all/forwarding`, bit(forward)],
    [`${net}/ipv4/conf/all/route_localnet`, bit(routeLocalnet)],
    [`${net}/ipv4/conf/cni*/route_localnet`, '0'],
    ...localnetDevices.map((device): [string, string] => [
      `${net}/ipv4/conf/${device}/route_localnet`,
      '1',
    ]),
    [`${net}/bridge/bridge-nf-call-iptables`, bit(bridgeNf)],
    [`${net}/bridge/bridge-nf-call-ip6tables`, bit(bridgeNf6)],
    // A neighbour that is not there is found missing after 60 ms, not after 3 s.
    ...['ipv4', 'ipv6'].flatMap(
      (family): Files => [
        [`${net}/${family}/neigh/*/retrans_time_ms`, '20'],
        [`${net}/${family}/neigh/*/mcast_solicit`, '3'],
      ],
    ),
    // Entries go when virtual time says so.
    ...lasting.map((name): [string, string] => [`${net}/netfilter/nf_conntrack_${name}`, '86400']),
    // With it on, the layer-4 hash spreads flows over the nodes that announce an address.
    [`${net}/ipv4/fib_multipath_hash_policy`, '1'],
    [`${net}/ipv6/fib_multipath_hash_policy`, '1'],
  ];
}

/** Of a node's end of a Pod's own cable, which answers for addresses that the node only routes to, at once. */
export function cableSysctls(device: string): Files {
  return [
    [`${net}/ipv4/conf/${device}/proxy_arp`, '1'],
    [`${net}/ipv4/neigh/${device}/proxy_delay`, '0'],
    [`${net}/ipv4/conf/${device}/route_localnet`, '0'],
  ];
}
