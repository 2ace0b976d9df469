// The few chains kubelet itself writes on a node: the guard around 127.0.0.0/8, a hint which
// iptables backend the node uses, and canaries by which it notices a flush. Nothing here depends on
// Pods or Services.
// Models pkg/kubelet/kubelet_network_linux.go (syncIPTablesRules). A kube-proxy on the node
// rewrites KUBE-FIREWALL with an equal rule and finds the jumps already there, which is why they
// stay below its own.

import type { Family } from '../net/addr.ts';
import { cidr } from '../net/cidr.ts';
import type { Chain, Hook, Hooking, Match, Rule, RuleLayer, TableName } from '../netfilter/rule.ts';

const owner = 'kubelet';
const loopback = cidr('127.0.0.0/8');
const canary = 'KUBE-KUBELET-CANARY';

/** kubelet's layer, the same on every node of a family. Layers of the same machine that were
 * written later stand above. */
export function kubeletLayer(family: Family): RuleLayer {
  return family === 4 ? layerIPv4 : layerIPv6;
}

/** Nobody outside reaches 127.0.0.1 through route_localnet. IPv6 has no such thing. */
const guard: Rule = {
  matches: [
    { kind: 'comment', text: 'block incoming localnet connections' },
    source('dst', false),
    source('src', true),
    { kind: 'conntrack', negated: true, states: ['RELATED', 'ESTABLISHED', 'DNAT'] },
  ],
  target: { kind: 'drop' },
  origin: 0,
};

const layerIPv4 = layer(
  4,
  [...canaries(), chain('mangle', 'KUBE-IPTABLES-HINT'), chain('filter', 'KUBE-FIREWALL', [guard])],
  [jump('OUTPUT'), jump('INPUT')],
);

const layerIPv6 = layer(6, [...canaries(), chain('mangle', 'KUBE-IPTABLES-HINT')], []);

function source(side: 'src' | 'dst', negated: boolean): Match {
  return { kind: 'address', side, negated, ...loopback };
}

function canaries(): readonly Chain[] {
  return (['mangle', 'nat', 'filter'] as const).map((table) => chain(table, canary));
}

function chain(table: TableName, name: string, rules: readonly Rule[] = []): Chain {
  return { table, name, policy: null, rules, owner };
}

function jump(from: Hook): Hooking {
  const rule: Rule = { matches: [], target: { kind: 'jump', chain: 'KUBE-FIREWALL' }, origin: 0 };
  return { table: 'filter', chain: from, position: 'prepend', rule };
}

function layer(family: Family, chains: readonly Chain[], hookings: readonly Hooking[]): RuleLayer {
  return {
    owner,
    family,
    hookings,
    chain: (table, name) => chains.find((c) => c.table === table && c.name === name),
    chains: (table) => chains.filter((c) => c.table === table).map((c) => c.name),
  };
}
