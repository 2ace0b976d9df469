// Where the rules of policies stand: at which hooks of a node, in which order, and what passes them unasked. Data alone; a
// CNI profile that judges elsewhere hands in a list of its own.
import type { Addr, Family } from '../../net/addr.ts';
import type { NftField } from '../../netfilter/nft/field.table.ts';
import type { NftChain, NftRule, NftStatement } from '../../netfilter/nft/table.ts';
import type { Hook } from '../../netfilter/rule.ts';
import { owner } from './names.ts';

export type Direction = 'ingress' | 'egress';

/** A base chain in which the policies of one direction are asked. */
export interface PolicyHook {
  readonly direction: Direction;
  readonly hook: Hook;
  /** As nf_tables counts: lower comes first; iptables' nat stands at -100 and 100, its filter at 0. */
  readonly priority: number;
}

/** After DNAT and before SNAT, so that a policy sees the Pod behind a Service and the client's own address. What goes on
 * to another machine crosses FORWARD; what a Pod sends to its own node, INPUT, after IPVS has taken its share (99); what
 * IPVS sends on, OUTPUT. */
export const afterDnat: readonly PolicyHook[] = [
  { direction: 'egress', hook: 'INPUT', priority: 110 },
  { direction: 'egress', hook: 'FORWARD', priority: -10 },
  { direction: 'ingress', hook: 'FORWARD', priority: -9 },
  { direction: 'egress', hook: 'OUTPUT', priority: -10 },
  { direction: 'ingress', hook: 'OUTPUT', priority: -9 },
];

/** Where an engine judges, and what it takes for the destination of egress. */
export interface PolicyEngine {
  readonly hooks: readonly PolicyHook[];
  /** Egress is judged before DNAT: a policy that selects Pods means the cluster IPs of their Services too (services.ts), and
   * what goes to the node's own first address passes. */
  readonly clusterIPs: boolean;
}

/** What most engines do. */
export const usualEngine: PolicyEngine = { hooks: afterDnat, clusterIPs: false };

/** Hooks that the node's own processes send through, who may always speak to its Pods. */
const sentHere: ReadonlySet<Hook> = new Set(['OUTPUT', 'POSTROUTING']);

/** The side of a packet that is the other end of the direction, and the one that is the policy's subject. */
export function fieldsOf(
  direction: Direction,
  family: Family,
): { readonly subject: NftField; readonly peer: NftField } {
  const source = family === 4 ? 'ip saddr' : 'ip6 saddr';
  const destination = family === 4 ? 'ip daddr' : 'ip6 daddr';
  return direction === 'ingress'
    ? { subject: destination, peer: source }
    : { subject: source, peer: destination };
}

/** "ingress-pods": the map from a Pod's address to its chain. */
export function podMap(direction: Direction): string {
  return `${direction}-pods`;
}

/** What passes unasked: replies, and in IPv6 the discovery of neighbours, which conntrack leaves untracked
 * (nf_conntrack_proto_icmpv6) and without which nobody finds anybody. */
function known(family: Family): NftStatement {
  const replies = ['established', 'related'];
  const flags = family === 4 ? replies : [...replies, 'untracked'];
  return { kind: 'flags', field: 'ct state', negated: false, flags };
}

const own: NftStatement = {
  kind: 'compare',
  field: 'fib saddr type',
  negated: false,
  value: 'local',
};
const accepted: NftStatement = { kind: 'verdict', verdict: { kind: 'accept' } };

export function plainRule(statements: readonly NftStatement[]): NftRule {
  return { statements, comment: null, origin: 0 };
}

/** The base chains of a node's table; `node`: its own first address. */
export function baseChains(
  { hooks, clusterIPs }: PolicyEngine,
  family: Family,
  node: Addr | undefined,
): readonly NftChain[] {
  return hooks.map(({ direction, hook, priority }) => {
    const { subject, peer } = fieldsOf(direction, family);
    const rules = [plainRule([known(family), accepted])];
    if (direction === 'ingress' && sentHere.has(hook)) rules.push(plainRule([own, accepted]));
    if (direction === 'egress' && clusterIPs && node !== undefined) {
      const toNode = { kind: 'compare', field: peer, negated: false, value: node } as const;
      rules.push(plainRule([toNode, accepted]));
    }
    const key = { kind: 'fields', fields: [subject] } as const;
    const map = { kind: 'named', name: podMap(direction) } as const;
    rules.push(plainRule([{ kind: 'vmap', key, map }]));
    return {
      kind: 'nft',
      family,
      table: owner,
      name: `${direction}-${hook.toLowerCase()}`,
      base: { type: 'filter', hook, priority, policy: 'accept' },
      comment: null,
      rules,
    };
  });
}
