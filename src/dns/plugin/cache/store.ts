// The two stores of the cache: 256 shards, each with room for capacity/256 items; a full shard drops one at random
// (CoreDNS plugin/pkg/cache). Shards follow upstream's FNV-64 hash, of which only the lowest byte matters.
import type { Choices } from '../../../sim/choices.ts';
import { Table } from '../../../sim/table.ts';
import type { Message } from '../../message/message.ts';

export interface Item {
  readonly key: string;
  /** As it came from behind, records with the TTLs they had. */
  readonly message: Message;
  readonly storedMs: number;
  /** Seconds it is valid from then on. */
  readonly duration: number;
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

export function find(store: Store, key: Key): Item | undefined {
  const text = keyText(key);
  return store.get(shardOf(key))?.find((item) => item.key === text);
}

/** Adds or replaces. A full shard first drops an item that `choices` picks. */
export function add(store: Store, key: Key, item: Item, capacity: number, choices: Choices): void {
  const shard = shardOf(key);
  const items = (store.get(shard) ?? []).filter((other) => other.key !== item.key);
  const max = Math.max(4, Math.floor(capacity / 256));
  if (items.length >= max) {
    const evicted = choices.pick('dns/cache-evict', new Array<number>(items.length).fill(1));
    items.splice(evicted, 1);
  }
  store.set(shard, [...items, item]);
}

/** Seconds left, upwards of 0 while valid; Go's Duration.Seconds() cut to an integer. */
export function ttlLeft(item: Item, nowMs: number): number {
  return item.duration - Math.floor((nowMs - item.storedMs) / 1000);
}
