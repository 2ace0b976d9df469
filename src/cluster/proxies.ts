// All kube-proxies of a cluster: what each has written, and the rules that follow from it. Every running proxy reads
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

/** A snapshot and how many came before it: a slow proxy never goes back to an older one. */
export interface Received {
  readonly snapshot: ProxySnapshot;
  readonly version: number;
}

export class Proxies {
  readonly config: ProxyConfig;
  readonly #causes: Causes;
  #current: Received;
  /** Node -> what its stopped or slow proxy last wrote. */
  #behind: Table<Received>;
  /** Nodes whose proxy does not run. */
  #stopped: Table<true>;
  /** Something was written that the nodes have not loaded yet. */
  stale = true;

  constructor(config: ProxyConfig, causes: Causes) {
    this.config = config;
    this.#causes = causes;
    this.#current = { snapshot: emptySnapshot(), version: 0 };
    this.#behind = new Table();
    this.#stopped = new Table();
  }

  fork(): Proxies {
    const copy = new Proxies(this.config, this.#causes);
    copy.#current = this.#current;
    copy.#behind = this.#behind.fork();
    copy.#stopped = this.#stopped.fork();
    copy.stale = this.stale;
    return copy;
  }

  /** What there is to write. */
  get current(): Received {
    return this.#current;
  }

  /** Whether some proxy is stopped or has something left to write. */
  get someBehind(): boolean {
    return this.#behind.size > 0;
  }

  receive(events: readonly WatchEvent[]): void {
    let { snapshot } = this.#current;
    for (const event of events) snapshot = withEvent(snapshot, event);
    if (snapshot === this.#current.snapshot) return;
    this.#current = { snapshot, version: this.#current.version + 1 };
    this.stale = true;
  }

  snapshotOf(node: string): ProxySnapshot {
    return (this.#behind.get(node) ?? this.#current).snapshot;
  }

  isBehind(node: string): boolean {
    return this.#behind.has(node);
  }

  isStopped(node: string): boolean {
    return this.#stopped.has(node);
  }

  /** The node's rules stay as they are now, until it loads something newer. */
  hold(node: string, written: Received): void {
    if (!this.#behind.has(node)) this.#behind.set(node, written);
  }

  /** The node's proxy writes what it has received; what is older than its rules changes nothing. */
  load(node: string, received: Received): void {
    const written = this.#behind.get(node);
    if (written === undefined || received.version < written.version) return;
    if (received.version === this.#current.version) this.#behind.delete(node);
    else this.#behind.set(node, received);
    this.stale = true;
  }

  stop(node: string): void {
    this.hold(node, this.#current);
    this.#stopped.set(node, true);
  }

  /** The node's proxy lists everything anew. */
  start(node: string): void {
    this.#stopped.delete(node);
    this.load(node, this.#current);
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
