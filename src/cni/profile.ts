// What a CNI profile is: how it wires Pods (data, which the fabric follows), what it writes on every node, and what it
// leaves alone. A profile is one file; docs/cni-profiles.md shows how to add one. The rules of policies are policy/'s.
import type { Addr, Family } from '../net/addr.ts';
import type { Cidr } from '../net/cidr.ts';
import type { PodNetwork } from '../net/pod-network.ts';
import type { RuleLayer } from '../netfilter/rule.ts';
import type { PolicyEngine } from './policy/hooks.ts';

/** What a plugin knows of the node that it runs on. */
export interface CniNode {
  readonly name: string;
  /** The internal IP first. */
  readonly addresses: readonly Addr[];
  /** Its own Pod ranges. */
  readonly podCIDRs: readonly Cidr[];
  /** The cluster's, one of each family. */
  readonly podSubnets: readonly Cidr[];
}

export interface CniProfile {
  readonly name: string;
  /** One sentence for documentation and messages. */
  readonly summary: string;
  readonly network: PodNetwork;
  /** The node's end of a Pod's own cable, as the plugin names it; absent: Pods stand on a bridge. */
  readonly leg?: (namespace: string, name: string, sandbox: string) => string;
  /** Whether Pods get the next free address of their node's range, or of the cluster's: then nodes have no range. */
  readonly addresses: 'node-range' | 'pod-subnet';
  /** What the plugin says when no address is left; absent: host-local's words. */
  readonly noAddress?: string;
  /** Name of the network in its configuration list where it chains the plugin portmap; null: host ports do nothing. */
  readonly portmap: string | null;
  /** Whether NetworkPolicy objects change anything. */
  readonly enforcesPolicy: boolean;
  /** Where policies are judged; absent: after DNAT and before SNAT (`usualEngine`). */
  readonly policyEngine?: PolicyEngine;
  /** The rules it has on a node, of one family; the same object for the same words, so that nodes and forks share it; undefined:
   * none, as of a family that Pods do not have. */
  readonly layer: (node: CniNode, family: Family) => RuleLayer | undefined;
}
