// A policy of any kind as an ordered list of rules for one direction: who may speak, on which ports, and what is done.
// What the kinds of the API mean stands in network-policy.ts and cluster-policy.ts; rules of netfilter in table.ts.
import { formatSelector } from '../../api/label-selector.ts';
import { selects } from '../../api/selects.ts';
import type { LabelSelector } from '../../api/types.ts';
import type { Cidr } from '../../net/cidr.ts';
import type { Proto } from '../../net/packet.ts';
import type { Direction } from './hooks.ts';
import type { Labels, PolicyPod } from './pods.ts';

/** Pods by selectors, which are read anew whenever a label changes. */
export interface PodSet {
  readonly kind: 'pods';
  /** The one namespace that is meant; null: those that `namespaces` selects. */
  readonly namespace: string | null;
  /** Null where the namespace is given. */
  readonly namespaces: LabelSelector | null;
  readonly pods: LabelSelector;
}

export type Peer =
  | { readonly kind: 'any' }
  | PodSet
  /** Nodes by their labels; their addresses. */
  | { readonly kind: 'nodes'; readonly nodes: LabelSelector }
  | { readonly kind: 'block'; readonly range: Cidr; readonly except: readonly Cidr[] }
  /** Cluster IPs of Services whose selector, read as labels, the Pods' selector holds; `ports`: all that the policy's rule
   * names, for the port of such a peer is a Pod's (services.ts). */
  | { readonly kind: 'services'; readonly pods: PodSet; readonly ports: readonly PortMatch[] }
  /** Nobody that can be told by an address. */
  | { readonly kind: 'nobody' };

export type PortMatch =
  | { readonly kind: 'any' }
  | { readonly kind: 'protocol'; readonly proto: Proto }
  | { readonly kind: 'range'; readonly proto: Proto; readonly low: number; readonly high: number }
  /** The port that the container of the destination Pod calls so. */
  | { readonly kind: 'named'; readonly proto: Proto; readonly name: string };

/** `pass`: the next tier decides. */
export type Action = 'accept' | 'deny' | 'pass';

export interface PolicyRule {
  readonly peer: Peer;
  readonly port: PortMatch;
  readonly action: Action;
  /** JSON path of what says so: "spec.ingress[0].from[1]". */
  readonly path: string;
}

/** In the order in which they are asked. */
export type Tier = 'admin' | 'namespaced' | 'baseline';

export interface Policy {
  /** "NetworkPolicy/demo/db". */
  readonly object: string;
  /** "demo/db": unique among the policies of the tier and kind. */
  readonly key: string;
  readonly tier: Tier;
  /** Lower is asked first; of equals the one whose name comes first. */
  readonly priority: number;
  readonly subject: PodSet;
  /** Null: the policy says nothing about this direction. */
  readonly rules: Readonly<Record<Direction, readonly PolicyRule[] | null>>;
}

/** Whether a set of Pods holds one, whose namespace has these labels. */
export function holdsPod(set: PodSet, pod: PolicyPod, namespace: Labels | undefined): boolean {
  return holdsLabels(set, pod.namespace, pod.labels, namespace);
}

/** As `holdsPod`, of a Pod in namespace `name`. */
export function holdsLabels(
  set: PodSet,
  name: string,
  pod: Labels,
  namespace: Labels | undefined,
): boolean {
  if (set.namespace !== null && set.namespace !== name) return false;
  if (set.namespaces !== null) {
    if (namespace === undefined || !selects(set.namespaces, namespace)) return false;
  }
  return selects(set.pods, pod);
}

/** "demo: role=frontend", "namespaces team=a: all Pods". */
export function podSetText({ namespace, namespaces, pods }: PodSet): string {
  const where = namespace ?? `namespaces ${formatSelector(namespaces ?? {}) || 'all'}`;
  return `${where}: ${formatSelector(pods) || 'all Pods'}`;
}
