// The object store: one sorted table per kind and namespace, copied only when a fork writes. Holds immutable
// objects with their provenance and the one resourceVersion counter; knows no rules of the API.
// Modelled after etcd's key order: keys sort by code unit, "ns/name".
import type { AnyObject } from '../api/types.ts';
import { byCodeUnit } from '../sim/table.ts';
import type { Provenance } from './provenance.ts';

export interface Stored {
  readonly object: AnyObject;
  readonly from: Provenance;
}

/** Who may write in place; a fork gives both sides new ones, so that everything before is shared. */
type Owner = Readonly<Record<never, never>>;

/** Objects of one kind in one namespace, sorted by name. */
interface Bucket {
  readonly owner: Owner;
  readonly byName: Map<string, Stored>;
  /** Sorted; aligned with `objects`. */
  names: string[];
  objects: AnyObject[];
  /** What was added since somebody last asked for the order: not yet in `names`. */
  added: string[];
  /** `objects` was given to a reader and must not be changed in place. */
  lent: boolean;
}

interface KindTable {
  readonly owner: Owner;
  readonly byNamespace: Map<string, Bucket>;
  /** All objects in key order, until the next write. */
  all: readonly AnyObject[] | null;
}

const none: readonly AnyObject[] = [];

function splitKey(key: string): readonly [namespace: string, name: string] {
  const slash = key.indexOf('/');
  return slash < 0 ? ['', key] : [key.slice(0, slash), key.slice(slash + 1)];
}

/** Index of `name` or where it would stand. */
function search(names: readonly string[], name: string): number {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((names[middle] as string) < name) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Brings what was added into its place, all at once: many are added between two times that somebody looks. */
function arrange(bucket: Bucket): void {
  const { names: before, objects: old, added } = bucket;
  if (added.length === 0) return;
  added.sort(byCodeUnit);
  const names: string[] = [];
  const objects: AnyObject[] = [];
  let at = 0;
  for (const name of added) {
    for (; at < before.length && (before[at] as string) < name; at++) {
      names.push(before[at] as string);
      objects.push(old[at] as AnyObject);
    }
    names.push(name);
    objects.push((bucket.byName.get(name) as Stored).object);
  }
  bucket.names = names.concat(before.slice(at));
  bucket.objects = objects.concat(old.slice(at));
  bucket.added = [];
  bucket.lent = false;
}

/** The objects in order, for a reader that keeps them. */
function lend(bucket: Bucket): readonly AnyObject[] {
  arrange(bucket);
  bucket.lent = true;
  return bucket.objects;
}

/** The objects in order, to be changed in place. */
function changeable(bucket: Bucket): AnyObject[] {
  if (bucket.lent) bucket.objects = bucket.objects.slice();
  bucket.lent = false;
  return bucket.objects;
}

export class Store {
  #owner: Owner = {};
  #kinds: Map<string, KindTable>;
  #kindsOwner: Owner;
  /** The last resourceVersion given out. */
  revision: number;

  constructor() {
    this.#kinds = new Map();
    this.#kindsOwner = this.#owner;
    this.revision = 0;
  }

  /** Shares everything; whoever writes first copies the tables it writes to. */
  fork(): Store {
    const copy = new Store();
    copy.#kinds = this.#kinds;
    copy.#kindsOwner = this.#kindsOwner;
    copy.revision = this.revision;
    this.#owner = {};
    return copy;
  }

  get(kind: string, key: string): Stored | undefined {
    const [namespace, name] = splitKey(key);
    return this.#kinds.get(kind)?.byNamespace.get(namespace)?.byName.get(name);
  }

  /** Sorted by key; the same array until the next write to the kind (or namespace). */
  list(kind: string, namespace?: string): readonly AnyObject[] {
    const table = this.#kinds.get(kind);
    if (table === undefined) return none;
    if (namespace !== undefined) {
      const bucket = table.byNamespace.get(namespace);
      if (bucket === undefined) return none;
      return lend(bucket);
    }
    table.all ??= none.concat(
      ...[...table.byNamespace.entries()]
        .sort(([a], [b]) => byCodeUnit(`${a}/`, `${b}/`))
        .map(([, bucket]) => lend(bucket)),
    );
    return table.all;
  }

  /** Kinds with at least one object, sorted. */
  kinds(): readonly string[] {
    return [...this.#kinds.entries()]
      .filter(([, table]) => [...table.byNamespace.values()].some((b) => b.byName.size > 0))
      .map(([kind]) => kind)
      .sort(byCodeUnit);
  }

  put(kind: string, key: string, value: Stored): void {
    const [namespace, name] = splitKey(key);
    const bucket = this.#writable(kind, namespace);
    if (bucket.byName.has(name)) {
      const at = search(bucket.names, name);
      if (bucket.names[at] === name) changeable(bucket)[at] = value.object;
    } else bucket.added.push(name);
    bucket.byName.set(name, value);
  }

  remove(kind: string, key: string): void {
    const [namespace, name] = splitKey(key);
    const bucket = this.#writable(kind, namespace);
    if (!bucket.byName.has(name)) return;
    arrange(bucket);
    bucket.byName.delete(name);
    const objects = changeable(bucket);
    const at = search(bucket.names, name);
    bucket.names.splice(at, 1);
    objects.splice(at, 1);
  }

  #writable(kind: string, namespace: string): Bucket {
    if (this.#kindsOwner !== this.#owner) {
      this.#kinds = new Map(this.#kinds);
      this.#kindsOwner = this.#owner;
    }
    let table = this.#kinds.get(kind);
    if (table === undefined || table.owner !== this.#owner) {
      table = { owner: this.#owner, byNamespace: new Map(table?.byNamespace), all: null };
      this.#kinds.set(kind, table);
    }
    table.all = null;
    let bucket = table.byNamespace.get(namespace);
    if (bucket === undefined || bucket.owner !== this.#owner) {
      bucket = {
        owner: this.#owner,
        byName: new Map(bucket?.byName),
        names: bucket?.names.slice() ?? [],
        objects: bucket?.objects.slice() ?? [],
        added: bucket?.added.slice() ?? [],
        lent: false,
      };
      table.byNamespace.set(namespace, bucket);
    }
    return bucket;
  }
}
