// What controllers remember beside the store, as client-go's caches, trackers and rate limiters do: named tables of
// immutable values that are forked with the cluster. Nothing else may hold state between two syncs.
import type { Forkable } from '../sim/component.ts';
import { Table } from '../sim/table.ts';

export class Memory implements Forkable {
  readonly #tables = new Map<string, Table<unknown>>();

  fork(): this {
    const copy = new Memory();
    for (const [name, table] of this.#tables) copy.#tables.set(name, table.fork());
    return copy as this;
  }

  /** The table of that name, empty at first. A name starts with its controller's; all its values are of one type. */
  table<V>(name: string): Table<V> {
    let table = this.#tables.get(name);
    if (table === undefined) {
      table = new Table<unknown>();
      this.#tables.set(name, table);
    }
    return table as Table<V>;
  }
}
