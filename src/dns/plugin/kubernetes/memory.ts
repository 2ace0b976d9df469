// Values that were made of the API's objects, kept as long as they are right: all that is read while a value is made is
// noted, and it stands for as long as the API gives the very same objects and lists. Both are never changed in place, so
// no write can be missed. Not here: what depends on anything else, whose maker says so by `spoil`.
import type { Kind, Kinds, Lister } from '../../../api/types.ts';

/** One read; `key` of a list is its namespace. */
interface Read {
  readonly kind: Kind;
  readonly key: string | undefined;
  readonly isList: boolean;
  readonly got: unknown;
}

interface Kept<V> {
  readonly value: V;
  readonly reads: readonly Read[];
}

/** When there are more values, all are forgotten. */
const keptMax = 1024;

/** By name and record type. It is the Lister that makers must read through. */
export class Memory<V> implements Lister {
  readonly #lister: Lister;
  readonly #kept = new Map<number, Map<string, Kept<V>>>();
  #size = 0;
  /** Of the value that is being made; null: none is, or it cannot be kept. */
  #reads: Read[] | null = null;

  constructor(lister: Lister) {
    this.#lister = lister;
  }

  get<K extends Kind>(kind: K, key: string): Kinds[K] | undefined {
    const got = this.#lister.get(kind, key);
    this.#reads?.push({ kind, key, isList: false, got });
    return got;
  }

  list<K extends Kind>(kind: K, namespace?: string): readonly Kinds[K][] {
    const got = this.#lister.list(kind, namespace);
    this.#reads?.push({ kind, key: namespace, isList: true, got });
    return got;
  }

  /** undefined: there is none, or what it was made of has changed. */
  recall(name: string, type: number): V | undefined {
    const kept = this.#kept.get(type)?.get(name);
    return kept !== undefined && this.#stands(kept.reads) ? kept.value : undefined;
  }

  /** Makes a value and keeps it, unless it is spoilt or another is made meanwhile. */
  make(name: string, type: number, maker: () => V): V {
    const reads: Read[] = [];
    this.#reads = reads;
    try {
      const value = maker();
      if (this.#reads === reads) this.#keep(name, type, { value, reads });
      return value;
    } finally {
      this.#reads = null;
    }
  }

  /** The value that is being made depends on more than the API's objects. */
  spoil(): void {
    this.#reads = null;
  }

  #keep(name: string, type: number, kept: Kept<V>): void {
    if (this.#size++ >= keptMax) {
      this.#kept.clear();
      this.#size = 1;
    }
    let names = this.#kept.get(type);
    if (names === undefined) {
      names = new Map();
      this.#kept.set(type, names);
    }
    names.set(name, kept);
  }

  #stands(reads: readonly Read[]): boolean {
    for (const { kind, key, isList, got } of reads) {
      const now = isList ? this.#lister.list(kind, key) : this.#lister.get(kind, key ?? '');
      if (now !== got) return false;
    }
    return true;
  }
}
