// The kernel settings of a node or an outside host that a Cluster document may give, by the name that sysctl(8) knows, with their least and
// greatest value. All are whole numbers. What kube-proxy sets as it starts stands above them.

export interface SysctlRange {
  readonly low: number;
  readonly high: number;
}

const seconds: SysctlRange = { low: 1, high: 2_147_483 };
const flag: SysctlRange = { low: 0, high: 1 };

const conntrackTimeouts = [
  'tcp_timeout_syn_sent',
  'tcp_timeout_syn_recv',
  'tcp_timeout_established',
  'tcp_timeout_fin_wait',
  'tcp_timeout_close_wait',
  'tcp_timeout_last_ack',
  'tcp_timeout_time_wait',
  'tcp_timeout_close',
  'tcp_timeout_unacknowledged',
  'udp_timeout',
  'udp_timeout_stream',
  'icmp_timeout',
  'icmpv6_timeout',
  'sctp_timeout_closed',
  'sctp_timeout_cookie_wait',
  'sctp_timeout_cookie_echoed',
  'sctp_timeout_established',
  'sctp_timeout_shutdown_sent',
  'sctp_timeout_shutdown_recd',
  'sctp_timeout_shutdown_ack_sent',
  'sctp_timeout_heartbeat_sent',
] as const;

export const conntrackPrefix = 'net.netfilter.nf_conntrack_';

/** Those of an outside host, which runs no kube-proxy. */
export const hostSysctlRanges: Readonly<Record<string, SysctlRange>> = {
  'net.ipv4.ip_forward': flag,
  'net.ipv4.vs.conn_reuse_mode': { low: 0, high: 3 },
  'net.ipv4.vs.conntrack': flag,
  'net.ipv4.vs.expire_nodest_conn': flag,
  'net.ipv4.vs.expire_quiescent_template': flag,
  'net.ipv4.vs.sloppy_tcp': flag,
  'net.ipv6.conf.all.forwarding': flag,
  'net.netfilter.nf_conntrack_max': { low: 0, high: 2_147_483_647 },
  ...Object.fromEntries(conntrackTimeouts.map((name) => [`${conntrackPrefix}${name}`, seconds])),
};

export const sysctlRanges: Readonly<Record<string, SysctlRange>> = {
  'net.bridge.bridge-nf-call-ip6tables': flag,
  'net.bridge.bridge-nf-call-iptables': flag,
  'net.ipv4.icmp_ratelimit': { low: 0, high: 2_147_483_647 },
  'net.ipv4.icmp_ratemask': { low: 0, high: 2_147_483_647 },
  'net.netfilter.nf_conntrack_max': { low: 0, high: 2_147_483_647 },
  ...Object.fromEntries(conntrackTimeouts.map((name) => [`${conntrackPrefix}${name}`, seconds])),
};
