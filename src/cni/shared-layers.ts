// The same layer object for the same words, so that nodes and forks share rules and whatever is kept with them.
import { type Family, familyOf } from '../net/addr.ts';
import type { Cidr } from '../net/cidr.ts';
import type { RuleLayer } from '../netfilter/rule.ts';
import type { CniNode, CniProfile } from './profile.ts';

/** Rules that are the same on all nodes of a cluster, of the families that its Pods have. */
export function sharedBySubnets(
  build: (family: Family, podSubnets: readonly Cidr[]) => RuleLayer,
): CniProfile['layer'] {
  const known = new WeakMap<readonly Cidr[], Map<Family, RuleLayer>>();
  return ({ podSubnets }, family) => {
    if (!podSubnets.some(({ low }) => familyOf(low) === family)) return undefined;
    const layers = known.get(podSubnets) ?? new Map<Family, RuleLayer>();
    known.set(podSubnets, layers);
    const layer = layers.get(family) ?? build(family, podSubnets);
    layers.set(family, layer);
    return layer;
  };
}

/** Rules of each node by its own, of the families that the cluster's Pods have. */
export function sharedByNode(
  build: (family: Family, node: CniNode) => RuleLayer,
): CniProfile['layer'] {
  const known = new WeakMap<readonly Cidr[], Map<string, RuleLayer>>();
  return (node, family) => {
    if (!node.podSubnets.some(({ low }) => familyOf(low) === family)) return undefined;
    const layers = known.get(node.podSubnets) ?? new Map<string, RuleLayer>();
    known.set(node.podSubnets, layers);
    const key = `${family} ${node.name} ${keyOf(node)}`;
    const layer = layers.get(key) ?? build(family, node);
    layers.set(key, layer);
    return layer;
  };
}

function keyOf({ addresses, podCIDRs }: CniNode): string {
  return [...addresses, ...podCIDRs.map(({ low, bits }) => `${low}/${bits}`)].join(' ');
}
