// What the lazy modes of a cluster's kube-proxies keep of their syncs. Proxies that sync together share one past; one
// that lags, stands still or starts again has its own from then on. What is kept is the mode's affair.
import type { Cidr } from '../net/cidr.ts';
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
  readonly serviceCIDRs: readonly Cidr[];
  readonly restarted?: boolean;
  readonly periodic?: boolean;
}

export class ProxyPasts {
  #shared: LazyPast | null = null;
  #own: Table<LazyPast> = new Table();
  /** Nodes that were added since the last sync of all. */
  #begun: Table<true> = new Table();

  fork(): ProxyPasts {
    const copy = new ProxyPasts();
    copy.#shared = this.#shared;
    copy.#own = this.#own.fork();
    copy.#begun = this.#begun.fork();
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

  /** A node is added: nothing of the others' past is its own. */
  begin(node: string, sync: ProxySync): void {
    if (this.#shared === null || this.#own.has(node)) return;
    const past = pastAfter(null, { ...sync, restarted: true });
    if (past === null) return;
    this.#own.set(node, past);
    this.#begun.set(node, true);
  }

  /** Added nodes that have synced with the others, where nothing older stands: theirs is the same past from now on. */
  rejoin(isApart: (node: string) => boolean): void {
    for (const node of this.#begun.keys()) {
      if (!isApart(node)) this.#own.delete(node);
      this.#begun.delete(node);
    }
  }

  /** Of those that sync together; null: they have not yet. */
  get common(): LazyPast | null {
    return this.#shared;
  }

  /** Nodes that have their own. */
  get nodes(): readonly string[] {
    return this.#own.keys();
  }
}

/** What the mode keeps after one more sync; null: its past is kept elsewhere. */
export function pastAfter(before: LazyPast | null, sync: ProxySync): LazyPast | null {
  const { mode, restarted = false, periodic = false, ...rest } = sync;
  if (mode.kind !== 'lazy') return null;
  const own = before?.mode === mode.name ? before : null;
  return mode.after(own, { ...rest, restarted, periodic });
}
