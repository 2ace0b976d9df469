// The two stores of the cache: 256 shards, each with room for capacity/256 items; a full shard drops one at random
// (CoreDNS plugin/pkg/cache, plugin/cache/item.go). Shards follow upstream's FNV-64 hash, of which only the lowest byte
// matters. Items are values: who counts a hit puts a new one.
import type { Choices } from '../../../sim/choices.ts';
import { Table } from '../../../sim/table.ts';
import type { Message } from '../../message/message.ts';

export interface Item {
  readonly key: string;
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
}

export function keyText(key: Key): string {
  return `${key.dnssecOk ? 1 : 0}${key.cd ? 1 : 0}/${key.type}/${key.class}/${key.qname}`;
}

function shardOf(key: Key): string {
  let hash = 0x25; // lowest byte of the FNV-64 offset basis; 0xb3 is that of its prime
  const byte = (value: number): void => {
    hash = ((hash * 0xb3) & 0xff) ^ value;
  };
  byte(key.dnssecOk ? 49 : 48);
  byte(key.cd ? 49 : 48);
  byte(key.type >>> 8);
  byte(key.type & 0xff);
  for (let i = 0; i < key.qname.length; i++) byte(key.qname.charCodeAt(i) & 0xff);
  return String(hash);
}

/** What stands under a key at that time. */
export function find(store: Store, key: Key, nowMs: number): Item | undefined {
  const text = keyText(key);
  let item = store.get(shardOf(key))?.find((one) => one.key === text);
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
  const shard = shardOf(key);
  const items = (store.get(shard) ?? []).filter((other) => other.key !== item.key);
  const max = Math.max(4, Math.floor(capacity / 256));
  const isFull = items.length >= max;
  if (isFull) {
    const evicted = choices.pick('dns/cache-evict', new Array<number>(items.length).fill(1));
    items.splice(evicted, 1);
  }
  store.set(shard, [...items, item]);
  return isFull;
}

/** Puts `item` in the place of `old`, wherever that stands. */
export function swap(store: Store, key: Key, old: Item, item: Item): void {
  const shard = shardOf(key);
  const within = (one: Item): Item => {
    if (one === old) return item;
    return one.before === null ? one : { ...one, before: within(one.before) };
  };
  const items = store.get(shard) ?? [];
  store.set(
    shard,
    items.map((one) => (one.key === old.key ? within(one) : one)),
  );
}

export function remove(store: Store, key: Key): void {
  const shard = shardOf(key);
  const text = keyText(key);
  const items = store.get(shard) ?? [];
  if (!items.some((item) => item.key === text)) return;
  store.set(
    shard,
    items.filter((item) => item.key !== text),
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
