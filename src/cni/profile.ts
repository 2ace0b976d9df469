// What a CNI profile is: what it writes on every node, and what it leaves alone. Addresses come from host-local in all
// profiles; the wires themselves are the fabric's. Policy engines and port mappings are later profiles' matter.
import type { Cidr } from '../net/cidr.ts';
import type { RuleLayer } from '../netfilter/rule.ts';

export interface CniProfile {
  readonly name: string;
  /** One sentence for documentation and messages. */
  readonly summary: string;
  /** Whether NetworkPolicy objects change anything. */
  readonly enforcesPolicy: boolean;
  /** The rules it has on a node; the same object for the same ranges, so that nodes and forks share them. */
  layers(podSubnets: readonly Cidr[]): readonly RuleLayer[];
}
