// The transactions of one kube-proxy over time: the first sync in full, later ones for what has
// changed, and what stays behind in the kernel meanwhile. Pure: takes what an older sync left,
// gives what to feed to nft and what is left now. The packets' rules are layer.ts's.
// Models syncProxyRules and nftElementStorage of pkg/proxy/nftables/proxier.go.
import type { EndpointSlice } from '../../api/types.ts';
import type { Family } from '../../net/addr.ts';
import type { NftElement, NftValue } from '../../netfilter/nft/table.ts';
import { byCodeUnit } from '../../sim/table.ts';
import { fullSyncPeriodMs } from '../mode.ts';
import type { ServiceEntry } from '../snapshot.ts';
import { sortedGet, sortedValues } from '../sorted-map.ts';
import { hasFeature } from '../versions.ts';
import { inVersion, type ServiceSet, serviceSets, setTable } from './base.table.ts';
import { keyText } from './frontends.ts';
import { type ProxyTable, sameData } from './layer.ts';
import type { Operation } from './operation.ts';
import { ensureChain, setupOperations } from './setup.ts';
import type { Step } from './view.ts';
import { keyWords, transactionText } from './written.ts';

/** What a kube-proxy and its node remember between syncs. */
export interface SyncMemory {
  /** What the last sync wrote; null: the kernel has no table. */
  readonly table: ProxyTable | null;
  /** Chains of Services in the kernel, those flushed and not yet deleted among them. */
  readonly chains: ReadonlySet<string>;
  /** Of the process: flushed chain -> when the last sync found it unused. */
  readonly stale: ReadonlyMap<string, number>;
  /** Null: this process has not synced yet. */
  readonly fullSyncMs: number | null;
}

export interface SyncResult {
  /** Texts for `nft -f -`, one after the other: deletions of chains that were stale, then the sync
   * itself. */
  readonly transactions: readonly string[];
  readonly memory: SyncMemory;
}

/** A node on which no kube-proxy ran in this mode. */
export const nothingWritten: SyncMemory = {
  table: null,
  chains: new Set(),
  stale: new Map(),
  fullSyncMs: null,
};

/** Chains wait for their deletion: before Linux 6.2 a map that has lost its element still counts as
 * a user for a moment. */
export const staleMs = 1000;

/** The kernel keeps everything, a new process remembers nothing. */
export function restarted({ table, chains }: SyncMemory): SyncMemory {
  return { ...nothingWritten, table, chains };
}

/** The whole text of a first sync on a clean node. */
export function fullSyncText(table: ProxyTable): string {
  return sync(nothingWritten, table, 0).transactions.join('');
}

/** One sync at `nowMs` that makes `table` stand. `forced`: something asked for a full sync, such as
 * other topology labels. */
export function sync(
  memory: SyncMemory,
  table: ProxyTable,
  nowMs: number,
  forced = false,
): SyncResult {
  const { family, settings } = table;
  const readsElements = hasFeature('NFTablesReadsElements', settings.minor);
  const isFirst = memory.fullSyncMs === null;
  const isDue =
    readsElements && memory.fullSyncMs !== null && nowMs - memory.fullSyncMs > fullSyncPeriodMs;
  const isFull = isFirst || forced || isDue;
  const due = [...memory.stale].filter(([, since]) => since < nowMs - staleMs);
  const deleted = due.map(([name]) => name).sort(byCodeUnit);
  const existing = new Set([...memory.chains].filter((name) => !deleted.includes(name)));
  const writer = new Writer(memory, table, existing, isFirst);
  if (isFull) writer.setUp(isFirst, readsElements);
  const changed = memory.table === null ? null : changedServices(memory.table, table);
  for (const port of sortedValues(table.ports)) {
    const { service } = port.service;
    writer.port(table.steps(port), !isFull && changed !== null && !changed.has(service));
  }
  const stale = writer.cleanUp();
  const removal = deleted.map((name): Operation => ({ kind: 'deleteChain', name }));
  return {
    transactions: [removal, writer.operations]
      .filter((operations) => operations.length > 0)
      .map((operations) => transactionText(operations, family)),
    memory: {
      table,
      chains: new Set([...existing, ...writer.active]),
      stale: new Map(stale.map((name) => [name, nowMs])),
      fullSyncMs: isFull ? nowMs : memory.fullSyncMs,
    },
  };
}

/** "ns/name" of the Services of which a port or a slice came, went or changed. A slice counts also
 * when the endpoints stay the same. */
export function changedServices(before: ProxyTable, after: ProxyTable): ReadonlySet<string> {
  const { family } = after;
  const changed = new Set<string>();
  for (const [from, to] of [
    [before.snapshot.services, after.snapshot.services],
    [after.snapshot.services, before.snapshot.services],
  ] as const) {
    const shared = new Set(to.chunks);
    for (const chunk of from.chunks) {
      if (shared.has(chunk)) continue;
      for (const [i, entry] of chunk.values.entries()) {
        const key = chunk.keys[i] as string;
        if (!isSame(entry, sortedGet(to, key), family)) changed.add(key);
      }
    }
  }
  return changed;
}

function isSame(a: ServiceEntry, b: ServiceEntry | undefined, family: Family): boolean {
  return (
    b !== undefined &&
    sameItems(a.ports[family], b.ports[family], () => false) &&
    sameItems(slicesOf(a, family), slicesOf(b, family), sameText)
  );
}

function slicesOf({ slices }: ServiceEntry, family: Family): readonly EndpointSlice[] {
  return slices.filter((slice) => slice.addressType === (family === 4 ? 'IPv4' : 'IPv6'));
}

function sameItems<T>(a: readonly T[], b: readonly T[], same: (a: T, b: T) => boolean): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i] || same(item, b[i] as T));
}

function sameText(a: EndpointSlice, b: EndpointSlice): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Writes one transaction. */
class Writer {
  readonly operations: Operation[] = [];
  /** Chains of Services that are in use. */
  readonly active = new Set<string>();
  readonly #table: ProxyTable;
  readonly #existing: ReadonlySet<string>;
  readonly #existingSets: ReadonlySet<string>;
  readonly #activeSets = new Set<string>();
  readonly #keepsEndpoints: boolean;
  readonly #stores = new Map<ServiceSet, ElementStore>();

  constructor(
    memory: SyncMemory,
    table: ProxyTable,
    existing: ReadonlySet<string>,
    isFirst: boolean,
  ) {
    this.#table = table;
    this.#existing = existing;
    const sets = memory.table?.sets() ?? [];
    this.#existingSets = new Set(sets.filter((name) => name.startsWith('affinity-')));
    this.#keepsEndpoints =
      isFirst && hasFeature('NFTablesKeepsEndpointChains', table.settings.minor);
    for (const { name } of inVersion(serviceSets, table.settings.minor)) {
      const elements = memory.table?.set(name)?.elements ?? [];
      this.#stores.set(name, new ElementStore(name, elements, this.operations));
    }
  }

  setUp(isFirst: boolean, readsElements: boolean): void {
    this.operations.push(...setupOperations(this.#table.settings, isFirst));
    if (readsElements) return;
    for (const store of this.#stores.values()) store.clear();
  }

  /** One service port. With `isUnchanged` only what the shared maps lack is written. */
  port(steps: readonly Step[], isUnchanged: boolean): void {
    const kept = this.#keepsEndpoints ? this.#keptChains(steps) : new Set<string>();
    for (const step of steps) {
      switch (step.kind) {
        case 'chain':
          if (isUnchanged || kept.has(step.name)) this.active.add(step.name);
          else this.operations.push(...ensureChain(step.name, this.active));
          break;
        case 'element':
          this.#stores.get(step.set)?.ensure(step.element);
          break;
        case 'set':
          this.#activeSets.add(step.set.name);
          if (!isUnchanged) this.operations.push({ kind: 'addSet', set: step.set });
          break;
        case 'rule':
          if (!isUnchanged && !kept.has(step.chain)) {
            this.operations.push({ kind: 'addRule', chain: step.chain, rule: step.rule });
          }
      }
    }
  }

  /** Flushes what nobody uses any more; the names of the chains. */
  cleanUp(): readonly string[] {
    const stale = [...this.#existing].filter((name) => !this.active.has(name)).sort(byCodeUnit);
    const unused = [...this.#existingSets].filter((name) => !this.#activeSets.has(name));
    this.operations.push(
      ...stale.map((name): Operation => ({ kind: 'flushChain', name })),
      ...unused.sort(byCodeUnit).map((name): Operation => {
        return { kind: 'deleteSet', name, isMap: false };
      }),
    );
    for (const store of this.#stores.values()) store.deleteRest();
    return stale;
  }

  /** An endpoint's chain says all in its name but whether there is affinity. */
  #keptChains(steps: readonly Step[]): ReadonlySet<string> {
    const hasAffinity = steps.some((step) => step.kind === 'set');
    const kept = new Set<string>();
    for (const step of steps) {
      if (step.kind !== 'chain' || !step.isEndpoint || !this.#existing.has(step.name)) continue;
      const set = step.name.replace(/^endpoint-/, 'affinity-');
      if (this.#existingSets.has(set) === hasAffinity) kept.add(step.name);
    }
    return kept;
  }
}

/** The elements of one map as a sync goes along. */
class ElementStore {
  readonly #set: ServiceSet;
  readonly #operations: Operation[];
  readonly #elements = new Map<string, NftElement>();
  readonly #rest: Map<string, NftElement>;

  constructor(set: ServiceSet, elements: readonly NftElement[], operations: Operation[]) {
    this.#set = set;
    this.#operations = operations;
    for (const element of elements) {
      this.#elements.set(keyText(element.key as readonly NftValue[]), element);
    }
    this.#rest = new Map(this.#elements);
  }

  clear(): void {
    const isMap = setTable.some((row) => row.name === this.#set && row.isMap);
    this.#operations.push({ kind: 'flushSet', name: this.#set, isMap });
    this.#elements.clear();
    this.#rest.clear();
  }

  ensure(element: NftElement): void {
    const text = keyText(element.key as readonly NftValue[]);
    const known = this.#elements.get(text);
    this.#rest.delete(text);
    if (known !== undefined && sameData(known.data, element.data)) return;
    const set = this.#set;
    if (known !== undefined) this.#operations.push({ kind: 'deleteElement', set, element });
    this.#operations.push({ kind: 'addElement', set, element });
    this.#elements.set(text, element);
  }

  deleteRest(): void {
    const set = this.#set;
    const rest = [...this.#rest.values()].map((element) => ({ set, element }));
    rest.sort((a, b) => byCodeUnit(keyWords(a), keyWords(b)));
    for (const old of rest) this.#operations.push({ kind: 'deleteElement', ...old });
  }
}
