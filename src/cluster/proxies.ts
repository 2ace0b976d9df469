// All kube-proxies of a cluster: what each has received, and the rules that follow from it. Every running proxy reads
// the same change log, so they share one snapshot; a stopped or slow one keeps an older snapshot of its own.
// The rules themselves are src/proxy's work; they are built when a node's rules are first walked or printed.
import type { NodeSpec } from '../api/cluster-spec.ts';
import type { Node, WatchEvent } from '../api/types.ts';
import type { Addr, Family } from '../net/addr.ts';
import { parseAddr } from '../net/addr.ts';
import { parseCidr } from '../net/cidr.ts';
import type { ProxyConfig, ProxyNode } from '../proxy/config.ts';
import { type IptablesLayer, rulesFor } from '../proxy/iptables/layer.ts';
import { emptySnapshot, type ProxySnapshot, withEvent } from '../proxy/snapshot.ts';
import type { Causes } from '../sim/causes.ts';
import { Table } from '../sim/table.ts';

export class Proxies {
  readonly config: ProxyConfig;
  readonly #causes: Causes;
  #current: ProxySnapshot;
  /** Node -> what its stopped or slow proxy last wrote. */
  #held: Table<ProxySnapshot>;
  /** Something was written that the nodes have not loaded yet. */
  stale = true;

  constructor(config: ProxyConfig, causes: Causes) {
    this.config = config;
    this.#causes = causes;
    this.#current = emptySnapshot();
    this.#held = new Table();
  }

  fork(): Proxies {
    const copy = new Proxies(this.config, this.#causes);
    copy.#current = this.#current;
    copy.#held = this.#held.fork();
    copy.stale = this.stale;
    return copy;
  }

  get current(): ProxySnapshot {
    return this.#current;
  }

  receive(events: readonly WatchEvent[]): void {
    const before = this.#current;
    for (const event of events) this.#current = withEvent(this.#current, event);
    if (this.#current !== before) this.stale = true;
  }

  snapshotOf(node: string): ProxySnapshot {
    return this.#held.get(node) ?? this.#current;
  }

  isHeld(node: string): boolean {
    return this.#held.has(node);
  }

  /** The node's rules stay as they are now, until `release`. */
  hold(node: string, snapshot: ProxySnapshot = this.snapshotOf(node)): void {
    this.#held.set(node, snapshot);
    this.stale = true;
  }

  release(node: string): void {
    this.#held.delete(node);
    this.stale = true;
  }

  /** What the node's proxy has written. The same snapshot and node give the same object, in every fork. */
  layer(node: ProxyNode, family: Family): IptablesLayer {
    return layerOf(this.snapshotOf(node.name), node, this.config, this.#causes, family);
  }
}

const layers = new WeakMap<ProxySnapshot, WeakMap<ProxyNode, Map<Family, IptablesLayer>>>();

function layerOf(
  snapshot: ProxySnapshot,
  node: ProxyNode,
  config: ProxyConfig,
  causes: Causes,
  family: Family,
): IptablesLayer {
  let byNode = layers.get(snapshot);
  if (byNode === undefined) {
    byNode = new WeakMap();
    layers.set(snapshot, byNode);
  }
  let byFamily = byNode.get(node);
  if (byFamily === undefined) {
    byFamily = new Map();
    byNode.set(node, byFamily);
  }
  let layer = byFamily.get(family);
  if (layer === undefined) {
    layer = rulesFor(snapshot, node, config, causes, family);
    byFamily.set(family, layer);
  }
  return layer;
}

const proxyNodes = new WeakMap<Node, ProxyNode>();

/** What kube-proxy sees of the node it runs on; one object per version of the Node object. */
export function proxyNodeOf(node: Node, spec: NodeSpec | undefined): ProxyNode {
  let known = proxyNodes.get(node);
  if (known === undefined) {
    const written = (node.status?.addresses ?? []).flatMap((a): Addr[] => {
      const value = a.type === 'Hostname' ? undefined : parseAddr(a.address);
      return value === undefined ? [] : [value];
    });
    const podCIDRs = (node.spec.podCIDRs ?? []).flatMap((text) => parseCidr(text) ?? []);
    known = {
      name: node.metadata.name,
      addresses: written.length > 0 || spec === undefined ? written : [spec.internalIP],
      labels: node.metadata.labels ?? {},
      podCIDRs,
    };
    proxyNodes.set(node, known);
  }
  return known;
}
