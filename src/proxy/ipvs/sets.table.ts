// The ipsets of kube-proxy's IPVS mode, as data: base name, type, and the comment that the iptables
// rules around them carry (the sets themselves have none).
// Models ipsetInfo of pkg/proxy/ipvs/proxier.go and the names of ipset.go; unchanged from
// Kubernetes 1.30 on.
import type { Family } from '../../net/addr.ts';

/** Types of the ipset tool that kube-proxy uses. */
export type SetKind =
  | 'hash:ip'
  | 'hash:ip,port'
  | 'hash:ip,port,ip'
  | 'hash:ip,port,net'
  | 'bitmap:port';

export type SetName =
  | 'KUBE-LOOP-BACK'
  | 'KUBE-CLUSTER-IP'
  | 'KUBE-EXTERNAL-IP'
  | 'KUBE-EXTERNAL-IP-LOCAL'
  | 'KUBE-LOAD-BALANCER'
  | 'KUBE-LOAD-BALANCER-FW'
  | 'KUBE-LOAD-BALANCER-LOCAL'
  | 'KUBE-LOAD-BALANCER-SOURCE-IP'
  | 'KUBE-LOAD-BALANCER-SOURCE-CIDR'
  | 'KUBE-NODE-PORT-TCP'
  | 'KUBE-NODE-PORT-LOCAL-TCP'
  | 'KUBE-NODE-PORT-UDP'
  | 'KUBE-NODE-PORT-LOCAL-UDP'
  | 'KUBE-NODE-PORT-SCTP-HASH'
  | 'KUBE-NODE-PORT-LOCAL-SCTP-HASH'
  | 'KUBE-HEALTH-CHECK-NODE-PORT'
  | 'KUBE-IPVS-IPS';

export interface SetRow {
  readonly name: SetName;
  readonly type: SetKind;
  readonly comment: string;
}

function row(name: SetName, type: SetKind, comment: string): SetRow {
  return { name, type, comment };
}

const external = 'Kubernetes service external ip + port';
const balancer = 'Kubernetes service load balancer ip + port';
const sctp = "type 'hash ip:port'";

/** In upstream's order, which is the order in which they are made here (a Go map's upstream). */
export const setTable: readonly SetRow[] = [
  row(
    'KUBE-LOOP-BACK',
    'hash:ip,port,ip',
    'Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose',
  ),
  row(
    'KUBE-CLUSTER-IP',
    'hash:ip,port',
    'Kubernetes service cluster ip + port for masquerade purpose',
  ),
  row('KUBE-EXTERNAL-IP', 'hash:ip,port', `${external} for masquerade and filter purpose`),
  row('KUBE-EXTERNAL-IP-LOCAL', 'hash:ip,port', `${external} with externalTrafficPolicy=local`),
  row('KUBE-LOAD-BALANCER', 'hash:ip,port', 'Kubernetes service lb portal'),
  row('KUBE-LOAD-BALANCER-FW', 'hash:ip,port', `${balancer} for load balancer with sourceRange`),
  row('KUBE-LOAD-BALANCER-LOCAL', 'hash:ip,port', `${balancer} with externalTrafficPolicy=local`),
  row(
    'KUBE-LOAD-BALANCER-SOURCE-IP',
    'hash:ip,port,ip',
    `${balancer} + source IP for packet filter purpose`,
  ),
  row(
    'KUBE-LOAD-BALANCER-SOURCE-CIDR',
    'hash:ip,port,net',
    `${balancer} + source cidr for packet filter purpose`,
  ),
  row('KUBE-NODE-PORT-TCP', 'bitmap:port', 'Kubernetes nodeport TCP port for masquerade purpose'),
  row(
    'KUBE-NODE-PORT-LOCAL-TCP',
    'bitmap:port',
    'Kubernetes nodeport TCP port with externalTrafficPolicy=local',
  ),
  row('KUBE-NODE-PORT-UDP', 'bitmap:port', 'Kubernetes nodeport UDP port for masquerade purpose'),
  row(
    'KUBE-NODE-PORT-LOCAL-UDP',
    'bitmap:port',
    'Kubernetes nodeport UDP port with externalTrafficPolicy=local',
  ),
  row(
    'KUBE-NODE-PORT-SCTP-HASH',
    'hash:ip,port',
    `Kubernetes nodeport SCTP port for masquerade purpose with ${sctp}`,
  ),
  row(
    'KUBE-NODE-PORT-LOCAL-SCTP-HASH',
    'hash:ip,port',
    `Kubernetes nodeport SCTP port with externalTrafficPolicy=local with ${sctp}`,
  ),
  row('KUBE-HEALTH-CHECK-NODE-PORT', 'bitmap:port', 'Kubernetes health check node port'),
  row('KUBE-IPVS-IPS', 'hash:ip', 'Addresses on the ipvs interface'),
];

/** ipset takes at most 31 characters. */
const nameMax = 31;

/** The set's name in a family: both families' sets live side by side on a machine. */
export function setName(name: SetName, family: Family): string {
  return family === 4 ? name : name.replace('KUBE-', 'KUBE-6-').slice(0, nameMax);
}

export const setComments: ReadonlyMap<SetName, string> = new Map(
  setTable.map(({ name, comment }) => [name, comment]),
);
