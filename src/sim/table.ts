// A copy-on-write table of immutable values, sorted by key as etcd sorts (by code unit). A fork costs nothing
// until one side writes: the first writer after a fork copies its own table. Never rely on Map order.

export class Table<V> {
  #map: Map<string, V>;
  /** Sorted keys, or null when they must be sorted again. Shared with forks, never changed in place. */
  #keys: readonly string[] | null;
  #shared: boolean;
  /** Counts up with every write; a fork begins anew. */
  #writes = 0;

  constructor(map: Map<string, V> = new Map(), keys: readonly string[] | null = null) {
    this.#map = map;
    this.#keys = keys;
    this.#shared = false;
  }

  get writes(): number {
    return this.#writes;
  }

  get size(): number {
    return this.#map.size;
  }

  get(key: string): V | undefined {
    return this.#map.get(key);
  }

  has(key: string): boolean {
    return this.#map.has(key);
  }

  set(key: string, value: V): void {
    this.#own();
    this.#writes++;
    const before = this.#map.size;
    this.#map.set(key, value);
    if (this.#map.size !== before) this.#keys = null;
  }

  delete(key: string): boolean {
    if (!this.#map.has(key)) return false;
    this.#own();
    this.#writes++;
    this.#keys = null;
    return this.#map.delete(key);
  }

  /** All keys in code-unit order. */
  keys(): readonly string[] {
    this.#keys ??= [...this.#map.keys()].sort(byCodeUnit);
    return this.#keys;
  }

  /** Values in key order. */
  *values(): IterableIterator<V> {
    for (const key of this.keys()) yield this.#map.get(key) as V;
  }

  *entries(): IterableIterator<readonly [string, V]> {
    for (const key of this.keys()) yield [key, this.#map.get(key) as V];
  }

  /** A table with the same content; whoever writes first pays for the copy. */
  fork(): Table<V> {
    this.#shared = true;
    const copy = new Table(this.#map, this.#keys);
    copy.#shared = true;
    return copy;
  }

  #own(): void {
    if (!this.#shared) return;
    this.#map = new Map(this.#map);
    this.#shared = false;
  }
}

/** The order of Go's string comparison for ASCII, and a total one for everything else. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
