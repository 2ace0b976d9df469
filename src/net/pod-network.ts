// How Pods are plugged into their nodes and nodes into each other, as plain data: what a network plugin chooses and
// whoever builds machines follows. Addresses are not its matter: they are handed out before.
import type { Addr, Family } from './addr.ts';

export interface PodNetwork {
  /** Where a Pod's cable ends on its node. */
  readonly leg: /** At a port of the node's bridge, which holds the first address of each of the node's Pod ranges. */
    | { readonly kind: 'bridge'; readonly device: string }
    /** At a device of its own, towards which the node has a route to the Pod's address. */
    | { readonly kind: 'veth'; readonly address: 'gateway' | 'none' };
  /** The router that a Pod knows: the first address of its range, or the same one everywhere, which nobody owns and
   * the node answers for (proxy ARP). */
  readonly gateway: 'first' | Readonly<Record<Family, Addr>>;
  /** How a Pod reaches its own range: as neighbours, through its router, or (its address stands alone) as all else. */
  readonly podRange: 'on-link' | 'through-gateway' | 'unknown';
  /** How packets for Pods get from node to node. */
  readonly between: /** Each node has a route to each other's ranges by its address. */
    | { readonly kind: 'routes' }
    /** Each node has a route by a tunnel device whose address is the first of its range, in IPv4 (IPv6 goes by the nodes'
     * addresses); with `direct: 'same-subnet'`
     * only to nodes that are no neighbours. */
    | {
        readonly kind: 'overlay';
        readonly device: string;
        readonly direct: 'never' | 'same-subnet';
      }
    /** The network itself knows where every Pod is, and so do all who stand on it. */
    | { readonly kind: 'lan' };
  /** What a node does with packets for addresses of its own ranges that no Pod has: it looks for a neighbour, swallows
   * them, or routes them like any other. */
  readonly unused: 'neighbour' | 'swallow' | 'route';
}

/** A bridge cni0 on each node (hairpin mode on) and routes between nodes: the plugin bridge with host-gw routes. */
export const bridgedPods: PodNetwork = {
  leg: { kind: 'bridge', device: 'cni0' },
  gateway: 'first',
  podRange: 'on-link',
  between: { kind: 'routes' },
  unused: 'neighbour',
};
