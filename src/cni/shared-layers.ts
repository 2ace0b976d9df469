// The same layer object for the same words, so that nodes and forks share rules and whatever is kept with them.
import { type Family, familyOf } from '../net/addr.ts';
import type { Cidr } from '../net/cidr.ts';
import type { RuleLayer } from '../netfilter/rule.ts';
import { inner, memo } from '../sim/memo.ts';
import type { CniNode, CniProfile } from './profile.ts';

/** Rules that are the same on all nodes of a cluster, of the families that its Pods have. */
export function sharedBySubnets(
  build: (family: Family, podSubnets: readonly Cidr[]) => RuleLayer,
): CniProfile['layer'] {
  return shared(
    () => '',
    (family, { podSubnets }) => build(family, podSubnets),
  );
}

/** Rules of each node by its own, of the families that the cluster's Pods have. */
export function sharedByNode(
  build: (family: Family, node: CniNode) => RuleLayer,
): CniProfile['layer'] {
  return shared(keyOf, build);
}

function keyOf({ name, addresses, podCIDRs }: CniNode): string {
  return [name, ...addresses, ...podCIDRs.map(({ low, bits }) => `${low}/${bits}`)].join(' ');
}

/** One layer for each text that `textOf` has for a node; undefined for a family that no Pod has. */
function shared(
  textOf: (node: CniNode) => string,
  build: (family: Family, node: CniNode) => RuleLayer,
): CniProfile['layer'] {
  const known = new WeakMap<readonly Cidr[], Map<string, RuleLayer>>();
  return (node, family) => {
    const { podSubnets } = node;
    if (!podSubnets.some(({ low }) => familyOf(low) === family)) return undefined;
    return memo(inner(known, podSubnets), `${family} ${textOf(node)}`, () => build(family, node));
  };
}
