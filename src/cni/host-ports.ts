// The host ports of every node, as the Pods that hold them come and go. Not the rules: portmap.ts writes those.
import type { Family } from '../net/addr.ts';
import type { RuleLayer } from '../netfilter/rule.ts';
import { inner, memo } from '../sim/memo.ts';
import { Table } from '../sim/table.ts';
import { type MappedPod, portmapLayer } from './portmap.ts';

export class HostPorts {
  /** Node -> Pods in the order of their ADD; an empty list: there were some. */
  #pods: Table<readonly MappedPod[]>;
  /** "ns/name" -> its node and what was asked for it. */
  #held: Table<{ readonly node: string; readonly pod: MappedPod }>;

  constructor(
    pods: Table<readonly MappedPod[]> = new Table(),
    held: Table<{ readonly node: string; readonly pod: MappedPod }> = new Table(),
  ) {
    this.#pods = pods;
    this.#held = held;
  }

  fork(): HostPorts {
    return new HostPorts(this.#pods.fork(), this.#held.fork());
  }

  add(node: string, key: string, pod: MappedPod): void {
    this.remove(key);
    this.#held.set(key, { node, pod });
    this.#pods.set(node, [...(this.#pods.get(node) ?? []), pod]);
  }

  /** Whether the Pod had any. */
  remove(key: string): boolean {
    const held = this.#held.get(key);
    if (held === undefined) return false;
    this.#held.delete(key);
    const others = (this.#pods.get(held.node) ?? []).filter((pod) => pod !== held.pod);
    this.#pods.set(held.node, others);
    return true;
  }

  /** What portmap has written on a node; undefined: it was never called there. */
  layer(node: string, family: Family): RuleLayer | undefined {
    const pods = this.#pods.get(node);
    if (pods === undefined) return undefined;
    return memo(inner(layers, pods), `${family}`, () => portmapLayer(family, pods));
  }
}

/** The same layer for the same list, so that forks share rules. */
const layers = new WeakMap<readonly MappedPod[], Map<string, RuleLayer>>();
