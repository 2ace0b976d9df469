// kube-proxy's jumps from the built-in chains and the rules that do not depend on any Service, as
// data.
// Models iptablesJumpChains, iptablesKubeletJumpChains and the constant rules of
// pkg/proxy/iptables/proxier.go.
import type { Hook, TableName } from '../../netfilter/rule.ts';

export interface JumpRow {
  readonly table: TableName;
  readonly from: Hook;
  readonly to: string;
  /** "" for none. */
  readonly comment: string;
  /** Only for the first packet of a flow. */
  readonly newOnly: boolean;
}

const outside = 'kubernetes externally-visible service portals';
const portals = 'kubernetes service portals';
const firewall = 'kubernetes load balancer firewall';

function row(table: TableName, from: Hook, to: string, comment: string, newOnly = false): JumpRow {
  return { table, from, to, comment, newOnly };
}

/** In the order in which each is made sure of. Each is put on top of its chain, so the last of a
 * chain stands first. */
export const jumpTable: readonly JumpRow[] = [
  row('filter', 'INPUT', 'KUBE-EXTERNAL-SERVICES', outside, true),
  row('filter', 'FORWARD', 'KUBE-EXTERNAL-SERVICES', outside, true),
  row('filter', 'INPUT', 'KUBE-NODEPORTS', 'kubernetes health check service ports'),
  row('filter', 'FORWARD', 'KUBE-SERVICES', portals, true),
  row('filter', 'OUTPUT', 'KUBE-SERVICES', portals, true),
  row('filter', 'FORWARD', 'KUBE-FORWARD', 'kubernetes forwarding rules'),
  row('filter', 'INPUT', 'KUBE-PROXY-FIREWALL', firewall, true),
  row('filter', 'OUTPUT', 'KUBE-PROXY-FIREWALL', firewall, true),
  row('filter', 'FORWARD', 'KUBE-PROXY-FIREWALL', firewall, true),
  row('nat', 'OUTPUT', 'KUBE-SERVICES', portals),
  row('nat', 'PREROUTING', 'KUBE-SERVICES', portals),
  row('nat', 'POSTROUTING', 'KUBE-POSTROUTING', 'kubernetes postrouting rules'),
];

/** Also kubelet's: where kubelet ran first they are found and left where they stand. */
export const kubeletJumpTable: readonly JumpRow[] = [
  row('filter', 'INPUT', 'KUBE-FIREWALL', ''),
  row('filter', 'OUTPUT', 'KUBE-FIREWALL', ''),
];

/** Chains that are always there, in the order of their lines. */
export const filterChains = [
  'KUBE-SERVICES',
  'KUBE-EXTERNAL-SERVICES',
  'KUBE-FORWARD',
  'KUBE-NODEPORTS',
  'KUBE-PROXY-FIREWALL',
] as const;
export const natChains = [
  'KUBE-SERVICES',
  'KUBE-NODEPORTS',
  'KUBE-POSTROUTING',
  'KUBE-MARK-MASQ',
] as const;

/** Watched by kube-proxy: gone means that somebody flushed the tables. Never part of a restore. */
export const canaryChain = 'KUBE-PROXY-CANARY';
export const canaryTables: readonly TableName[] = ['mangle', 'nat', 'filter'];

/** More endpoints than this make a large cluster. */
export const largeClusterEndpoints = 1000;
