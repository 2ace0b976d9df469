// What a component knows of the API server when its watch events come late: the objects as of the last event it was
// given, its own writes included at once (upstream's controllers get there by expectations). Kinds it does not watch it
// reads as they are. Without delays there are no views: a store and its index are never behind.
// Models client-go's informer caches.
import type { AnyObject, Client, Kind, Kinds, Lister, WatchEvent } from '../api/types.ts';
import { keyOf } from '../api/types.ts';
import { nowhere } from '../apiserver/provenance.ts';
import { Store } from '../apiserver/store.ts';
import type { ObjectIndex } from '../controllers/object-index.ts';

export class View {
  readonly watches: ReadonlySet<string>;
  readonly #store: Store;
  readonly index: ObjectIndex;
  /** "Kind key" -> the own write that events up to it are older than. */
  readonly #ahead: Map<string, WatchEvent>;

  private constructor(
    watches: ReadonlySet<string>,
    store: Store,
    index: ObjectIndex,
    ahead: Iterable<readonly [string, WatchEvent]>,
  ) {
    this.watches = watches;
    this.#store = store;
    this.index = index;
    this.#ahead = new Map(ahead);
  }

  /** A component that has been told everything up to now. */
  static of(
    watches: ReadonlySet<string>,
    list: (kind: string) => readonly AnyObject[],
    index: ObjectIndex,
  ): View {
    const store = new Store();
    for (const kind of watches) {
      for (const object of list(kind)) put(store, kind, keyOf(object), object);
    }
    return new View(watches, store, index.fork(), []);
  }

  fork(): View {
    return new View(this.watches, this.#store.fork(), this.index.fork(), this.#ahead);
  }

  /** Takes in a write at once where the component has no watch: the index covers all kinds. */
  hear(event: WatchEvent): void {
    if (!this.watches.has(event.kind)) this.index.apply(event);
  }

  /** Takes in a watch event; false when the component has written something newer itself. */
  deliver(event: WatchEvent): boolean {
    const name = `${event.kind} ${event.key}`;
    const ahead = this.#ahead.get(name);
    if (ahead === undefined) {
      this.#apply(event);
      return true;
    }
    if (ahead === event) this.#ahead.delete(name);
    return ahead === event;
  }

  /** Takes in what the component has just written. */
  wrote(event: WatchEvent): void {
    if (!this.watches.has(event.kind)) return;
    this.#ahead.set(`${event.kind} ${event.key}`, event);
    this.#apply(event);
  }

  #apply(event: WatchEvent): void {
    const { kind, key } = event;
    const previous = this.#store.get(kind, key)?.object;
    if (event.type === 'DELETED') {
      if (previous === undefined) return;
      this.#store.remove(kind, key);
      this.index.apply({ ...event, previous, object: previous });
      return;
    }
    put(this.#store, kind, key, event.object);
    this.index.apply({ ...event, type: previous === undefined ? 'ADDED' : 'MODIFIED', previous });
  }

  get<K extends Kind>(kind: K, key: string, live: Lister): Kinds[K] | undefined {
    if (!this.watches.has(kind)) return live.get(kind, key);
    return this.#store.get(kind, key)?.object as Kinds[K] | undefined;
  }

  list<K extends Kind>(kind: K, namespace: string | undefined, live: Lister): readonly Kinds[K][] {
    if (!this.watches.has(kind)) return live.list(kind, namespace);
    return this.#store.list(kind, namespace) as unknown as readonly Kinds[K][];
  }

  /** Reads from the view, writes through `client`. */
  client(client: Client): Client {
    return {
      ...client,
      get: (kind, key) => this.get(kind, key, client),
      list: (kind, namespace) => this.list(kind, namespace, client),
    };
  }
}

function put(store: Store, kind: string, key: string, object: AnyObject): void {
  store.put(kind, key, { object, from: nowhere });
}
