// What a CNI profile is: what it writes on every node, and what it leaves alone. Addresses come from host-local in all
// profiles; the wires themselves are the fabric's. The rules of policies are src/cni/policy's; port mappings
// are a later profile's matter.
import type { Cidr } from '../net/cidr.ts';
import type { RuleLayer } from '../netfilter/rule.ts';
import type { PolicyHook } from './policy/hooks.ts';

export interface CniProfile {
  readonly name: string;
  /** One sentence for documentation and messages. */
  readonly summary: string;
  /** Whether NetworkPolicy objects change anything. */
  readonly enforcesPolicy: boolean;
  /** Where policies are judged; absent: after DNAT and before SNAT (`afterDnat`). */
  readonly policyHooks?: readonly PolicyHook[];
  /** The rules it has on a node; the same object for the same ranges, so that nodes and forks share them. */
  layers(podSubnets: readonly Cidr[]): readonly RuleLayer[];
}
