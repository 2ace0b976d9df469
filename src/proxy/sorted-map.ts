// An immutable map sorted by key, kept as a list of small sorted chunks: a change copies one chunk
// and the list of chunks, never the whole map, so a cluster of 10,000 Services pays for an event
// what one of 100 pays. Deliberately no general collection: just what a proxy's view of the cluster
// needs.
import { byCodeUnit } from '../sim/table.ts';

const chunkMax = 128;

export interface Chunk<V> {
  readonly keys: readonly string[];
  readonly values: readonly V[];
}

/** Chunks hold one key at least, are sorted, and do not overlap. Keys are in code-unit order. */
export interface SortedMap<V> {
  readonly chunks: readonly Chunk<V>[];
  readonly size: number;
}

export function emptySortedMap<V>(): SortedMap<V> {
  return { chunks: [], size: 0 };
}

/** The map of all these, made at once. */
export function sortedMapOf<V>(values: ReadonlyMap<string, V>): SortedMap<V> {
  const keys = [...values.keys()].sort(byCodeUnit);
  const chunks: Chunk<V>[] = [];
  for (let at = 0; at < keys.length; at += chunkMax / 2) {
    const own = keys.slice(at, at + chunkMax / 2);
    chunks.push({ keys: own, values: own.map((key) => values.get(key) as V) });
  }
  return { chunks, size: keys.length };
}

export function sortedGet<V>(map: SortedMap<V>, key: string): V | undefined {
  const chunk = map.chunks[chunkIndex(map, key)];
  if (chunk === undefined) return undefined;
  const at = lowerBound(chunk.keys, key);
  return chunk.keys[at] === key ? chunk.values[at] : undefined;
}

/** The map with `key` bound to `value`; the same map when it already is. */
export function sortedSet<V>(map: SortedMap<V>, key: string, value: V): SortedMap<V> {
  const index = chunkIndex(map, key);
  const chunk = map.chunks[index];
  if (chunk === undefined) return { chunks: [{ keys: [key], values: [value] }], size: 1 };
  const at = lowerBound(chunk.keys, key);
  if (chunk.keys[at] === key) {
    if (chunk.values[at] === value) return map;
    const replaced = { keys: chunk.keys, values: chunk.values.with(at, value) };
    return { chunks: map.chunks.with(index, replaced), size: map.size };
  }
  const keys = chunk.keys.toSpliced(at, 0, key);
  const values = chunk.values.toSpliced(at, 0, value);
  return {
    chunks: map.chunks.toSpliced(index, 1, ...split({ keys, values })),
    size: map.size + 1,
  };
}

/** The map without `key`; the same map when it is not there. */
export function sortedDelete<V>(map: SortedMap<V>, key: string): SortedMap<V> {
  const index = chunkIndex(map, key);
  const chunk = map.chunks[index];
  const at = chunk === undefined ? 0 : lowerBound(chunk.keys, key);
  if (chunk === undefined || chunk.keys[at] !== key) return map;
  const rest = { keys: chunk.keys.toSpliced(at, 1), values: chunk.values.toSpliced(at, 1) };
  const chunks =
    rest.keys.length === 0 ? map.chunks.toSpliced(index, 1) : map.chunks.with(index, rest);
  return { chunks, size: map.size - 1 };
}

export function* sortedValues<V>(map: SortedMap<V>): IterableIterator<V> {
  for (const chunk of map.chunks) yield* chunk.values;
}

function split<V>(chunk: Chunk<V>): readonly Chunk<V>[] {
  if (chunk.keys.length <= chunkMax) return [chunk];
  const half = chunkMax / 2;
  return [
    { keys: chunk.keys.slice(0, half), values: chunk.values.slice(0, half) },
    { keys: chunk.keys.slice(half), values: chunk.values.slice(half) },
  ];
}

/** The chunk where `key` is or belongs: the last one that starts at or before it. */
function chunkIndex<V>(map: SortedMap<V>, key: string): number {
  let low = 0;
  let high = map.chunks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const first = (map.chunks[middle] as Chunk<V>).keys[0] as string;
    if (byCodeUnit(first, key) <= 0) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (byCodeUnit(keys[middle] as string, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
