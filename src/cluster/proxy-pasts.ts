// What the lazy modes of a cluster's kube-proxies keep of their syncs. Proxies that sync together share one past; one
// that lags, stands still or starts again has its own from then on. What is kept is the mode's affair.
import type { ProxyConfig } from '../proxy/config.ts';
import type { LazyPast, Mode } from '../proxy/mode.ts';
import type { ProxySnapshot } from '../proxy/snapshot.ts';
import { Table } from '../sim/table.ts';

/** One sync of a kube-proxy. */
export interface ProxySync {
  readonly mode: Mode;
  readonly config: ProxyConfig;
  readonly snapshot: ProxySnapshot;
  readonly nowMs: number;
  readonly restarted?: boolean;
}

export class ProxyPasts {
  #shared: LazyPast | null = null;
  #own: Table<LazyPast> = new Table();

  fork(): ProxyPasts {
    const copy = new ProxyPasts();
    copy.#shared = this.#shared;
    copy.#own = this.#own.fork();
    return copy;
  }

  of(node: string): LazyPast | null {
    return this.#own.get(node) ?? this.#shared;
  }

  /** The node does not sync with the others this time. */
  keep(node: string): void {
    const past = this.of(node);
    if (past !== null) this.#own.set(node, past);
  }

  /** All nodes without a past of their own have synced. */
  shared(sync: ProxySync): void {
    this.#shared = pastAfter(this.#shared, sync);
  }

  synced(node: string, sync: ProxySync): void {
    const past = pastAfter(this.of(node), sync);
    if (past !== null) this.#own.set(node, past);
  }

  /** Nodes that have their own. */
  get nodes(): readonly string[] {
    return this.#own.keys();
  }
}

function pastAfter(before: LazyPast | null, sync: ProxySync): LazyPast | null {
  const { mode, config, snapshot, nowMs, restarted = false } = sync;
  if (mode.kind !== 'lazy' || mode.after === undefined) return null;
  const own = before?.mode === mode.name ? before : null;
  return mode.after(own, { snapshot, config, nowMs, restarted });
}
