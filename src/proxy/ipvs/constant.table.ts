// The chains of kube-proxy's IPVS mode, its jumps from the built-in chains, and the rules that
// match a set and lead somewhere, as data.
// Models iptablesChains, iptablesJumpChain and ipsetWithIptablesChain of pkg/proxy/ipvs/proxier.go.
import type { Proto } from '../../net/packet.ts';
import { SCTP, TCP, UDP } from '../../net/packet.ts';
import type { Hook, TableName } from '../../netfilter/rule.ts';
import type { SetName } from './sets.table.ts';

/** In the order of their lines in the restore input, table by table. */
export const natChains = [
  'KUBE-SERVICES',
  'KUBE-POSTROUTING',
  'KUBE-NODE-PORT',
  'KUBE-LOAD-BALANCER',
  'KUBE-MARK-MASQ',
] as const;
export const filterChains = [
  'KUBE-FORWARD',
  'KUBE-NODE-PORT',
  'KUBE-PROXY-FIREWALL',
  'KUBE-SOURCE-RANGES-FIREWALL',
  'KUBE-IPVS-FILTER',
  'KUBE-IPVS-OUT-FILTER',
] as const;

export type OwnChain =
  | `nat ${(typeof natChains)[number]}`
  | `filter ${(typeof filterChains)[number]}`;

export interface JumpRow {
  readonly table: TableName;
  readonly from: Hook;
  readonly to: string;
  readonly comment: string;
}

function jump(table: TableName, from: Hook, to: string, comment: string): JumpRow {
  return { table, from, to, comment };
}

const portals = 'kubernetes service portals';
const firewall = 'kube-proxy firewall rules';
const access = 'kubernetes ipvs access filter';

/** In the order in which each is made sure of; each is put on top, so the last stands first. */
export const jumpTable: readonly JumpRow[] = [
  jump('nat', 'OUTPUT', 'KUBE-SERVICES', portals),
  jump('nat', 'PREROUTING', 'KUBE-SERVICES', portals),
  jump('nat', 'POSTROUTING', 'KUBE-POSTROUTING', 'kubernetes postrouting rules'),
  jump('filter', 'FORWARD', 'KUBE-FORWARD', 'kubernetes forwarding rules'),
  jump('filter', 'INPUT', 'KUBE-NODE-PORT', 'kubernetes health check rules'),
  jump('filter', 'INPUT', 'KUBE-PROXY-FIREWALL', firewall),
  jump('filter', 'FORWARD', 'KUBE-PROXY-FIREWALL', firewall),
  jump('filter', 'INPUT', 'KUBE-IPVS-FILTER', access),
  jump('filter', 'OUTPUT', 'KUBE-IPVS-OUT-FILTER', access),
];

export type Flags = readonly ('src' | 'dst')[];

/** A rule that is written while its set has members. */
export interface SetRuleRow {
  readonly set: SetName;
  readonly chain: OwnChain;
  readonly target: 'MASQUERADE' | 'RETURN' | 'KUBE-MARK-MASQ' | string;
  readonly flags: Flags;
  readonly proto: Proto | null;
}

const toPort: Flags = ['dst'];
const toBoth: Flags = ['dst', 'dst'];
const fromToo: Flags = ['dst', 'dst', 'src'];

function rule(
  set: SetName,
  chain: OwnChain,
  target: string,
  flags: Flags,
  proto: Proto | null = null,
): SetRuleRow {
  return { set, chain, target, flags, proto };
}

const nodePort = 'nat KUBE-NODE-PORT';
const mark = 'KUBE-MARK-MASQ';

/** In the order of writing. The local set of node ports returns before the other marks. */
export const setRuleTable: readonly SetRuleRow[] = [
  rule('KUBE-LOOP-BACK', 'nat KUBE-POSTROUTING', 'MASQUERADE', fromToo),
  rule('KUBE-LOAD-BALANCER', 'nat KUBE-SERVICES', 'KUBE-LOAD-BALANCER', toBoth),
  rule('KUBE-LOAD-BALANCER-LOCAL', 'nat KUBE-LOAD-BALANCER', 'RETURN', toBoth),
  rule('KUBE-NODE-PORT-LOCAL-TCP', nodePort, 'RETURN', toPort, TCP),
  rule('KUBE-NODE-PORT-TCP', nodePort, mark, toPort, TCP),
  rule('KUBE-NODE-PORT-LOCAL-UDP', nodePort, 'RETURN', toPort, UDP),
  rule('KUBE-NODE-PORT-UDP', nodePort, mark, toPort, UDP),
  rule('KUBE-NODE-PORT-LOCAL-SCTP-HASH', nodePort, 'RETURN', toBoth, SCTP),
  rule('KUBE-NODE-PORT-SCTP-HASH', nodePort, mark, toBoth, SCTP),
  rule(
    'KUBE-LOAD-BALANCER-FW',
    'filter KUBE-PROXY-FIREWALL',
    'KUBE-SOURCE-RANGES-FIREWALL',
    toBoth,
  ),
  rule('KUBE-LOAD-BALANCER-SOURCE-CIDR', 'filter KUBE-SOURCE-RANGES-FIREWALL', 'RETURN', fromToo),
  rule('KUBE-LOAD-BALANCER-SOURCE-IP', 'filter KUBE-SOURCE-RANGES-FIREWALL', 'RETURN', fromToo),
];
