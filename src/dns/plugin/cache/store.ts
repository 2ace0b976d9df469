// The two stores of the cache: 256 shards, each with room for capacity/256 items; a full shard drops one at random
// (CoreDNS plugin/pkg/cache, plugin/cache/item.go). Shards follow upstream's FNV-64 hash, of which only the lowest byte
// matters. Items are values: who counts a hit puts a new one.
import type { Choices } from '../../../sim/choices.ts';
import { Table } from '../../../sim/table.ts';
import type { Message } from '../../message/message.ts';

export interface Item {
  readonly key: Key;
  /** As it came from behind, records with the TTLs they had. */
  readonly message: Message;
  readonly storedMs: number;
  /** Whole seconds it is valid from then on. */
  readonly duration: number;
  /** Hits in a row, and the last of them (plugin/cache/freq); what `prefetch` counts. */
  readonly hits: number;
  readonly hitMs: number;
  /** A refresh of it is under way until then. */
  readonly refreshMs: number;
  /** After a refresh that failed: no other before. */
  readonly retryMs: number;
  /** It answers its question. */
  readonly answering: boolean;
  /** The answering item that this one, which is none, took the place of. */
  readonly lastGood: Item | null;
  /** What stood there until `storedMs`, where a refresh beside the queries put this one. */
  readonly before: Item | null;
}

/** Shard number -> its items, oldest first. */
export type Store = Table<readonly Item[]>;

export interface Stores {
  readonly success: Store;
  readonly denial: Store;
}

export function emptyStores(): Stores {
  return { success: new Table(), denial: new Table() };
}

export function forkStores(stores: Stores): Stores {
  return { success: stores.success.fork(), denial: stores.denial.fork() };
}

export interface Key {
  readonly qname: string;
  readonly type: number;
  readonly class: number;
  readonly dnssecOk: boolean;
  readonly cd: boolean;
  /** In which all items with this key stand. */
  readonly shard: string;
}

/** All shard numbers, as the keys of their table. */
const shards: readonly string[] = Array.from({ length: 256 }, (_, i) => String(i));

/** With the shard that it belongs to. */
export function keyed(asked: Omit<Key, 'shard'>): Key {
  const { qname, type, dnssecOk, cd } = asked;
  let hash = 0x25; // lowest byte of the FNV-64 offset basis
  hash = mixed(hash, dnssecOk ? 49 : 48);
  hash = mixed(hash, cd ? 49 : 48);
  hash = mixed(hash, type >>> 8);
  hash = mixed(hash, type & 0xff);
  for (let i = 0; i < qname.length; i++) hash = mixed(hash, qname.charCodeAt(i) & 0xff);
  return { qname, type, class: asked.class, dnssecOk, cd, shard: shards[hash] as string };
}

/** By the lowest byte of FNV-64's prime. */
function mixed(hash: number, byte: number): number {
  return ((hash * 0xb3) & 0xff) ^ byte;
}

function isSame(a: Key, b: Key): boolean {
  return (
    a.qname === b.qname &&
    a.type === b.type &&
    a.class === b.class &&
    a.dnssecOk === b.dnssecOk &&
    a.cd === b.cd
  );
}

/** What stands under a key at that time. */
export function find(store: Store, key: Key, nowMs: number): Item | undefined {
  const items = store.get(key.shard);
  if (items === undefined) return undefined;
  let item = items.find((one) => isSame(one.key, key));
  while (item !== undefined && item.before !== null && item.storedMs > nowMs) item = item.before;
  return item;
}

/** Adds or replaces. A full shard first drops an item that `choices` picks; true: one was dropped. */
export function add(
  store: Store,
  key: Key,
  item: Item,
  capacity: number,
  choices: Choices,
): boolean {
  const items = (store.get(key.shard) ?? []).filter((other) => !isSame(other.key, key));
  const max = Math.max(4, Math.floor(capacity / 256));
  const isFull = items.length >= max;
  if (isFull) {
    const evicted = choices.pick('dns/cache-evict', new Array<number>(items.length).fill(1));
    items.splice(evicted, 1);
  }
  store.set(key.shard, [...items, item]);
  return isFull;
}

/** Puts `item` in the place of `old`, wherever that stands. */
export function swap(store: Store, key: Key, old: Item, item: Item): void {
  const within = (one: Item): Item => {
    if (one === old) return item;
    return one.before === null ? one : { ...one, before: within(one.before) };
  };
  const items = store.get(key.shard) ?? [];
  store.set(
    key.shard,
    items.map((one) => (isSame(one.key, key) ? within(one) : one)),
  );
}

export function remove(store: Store, key: Key): void {
  const items = store.get(key.shard) ?? [];
  if (!items.some((item) => isSame(item.key, key))) return;
  store.set(
    key.shard,
    items.filter((item) => !isSame(item.key, key)),
  );
}

export function sizeOf(store: Store): number {
  let size = 0;
  for (const items of store.values()) size += items.length;
  return size;
}

/** Seconds left, upwards of 0 while valid, below when stale; Go's Duration.Seconds() cut to an integer. */
export function ttlLeft(item: Item, nowMs: number): number {
  return item.duration - Math.trunc((nowMs - item.storedMs) / 1000);
}
