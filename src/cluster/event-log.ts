// The one change log of a cluster and how far every component has read it. A component that is stopped or slow
// simply has an older cursor. Entries that everybody has read are dropped, so a settled cluster's log is empty.
import type { WatchEvent } from '../api/types.ts';

interface Entry {
  readonly event: WatchEvent;
  /** When it was written, in virtual milliseconds. */
  readonly atMs: number;
}

export class EventLog {
  #entries: Entry[];
  #shared = false;
  /** Absolute number of #entries[0]. */
  #base: number;
  readonly #cursors: Map<string, number>;

  constructor(components: readonly string[]) {
    this.#entries = [];
    this.#base = 0;
    this.#cursors = new Map(components.map((name) => [name, 0]));
  }

  /** `readers`: who will read them. All others that are level with the log stay so. */
  append(events: readonly WatchEvent[], readers: ReadonlySet<string>, atMs: number): void {
    if (events.length === 0) return;
    const end = this.#base + this.#entries.length;
    for (const [component, cursor] of this.#cursors) {
      if (cursor === end && !readers.has(component)) {
        this.#cursors.set(component, end + events.length);
      }
    }
    if (this.#shared) this.#entries = this.#entries.slice();
    this.#shared = false;
    for (const event of events) this.#entries.push({ event, atMs });
    this.#trim();
  }

  /** How many entries somebody still has to read. */
  get size(): number {
    return this.#entries.length;
  }

  /** When the oldest entry that the component has not read was written; undefined: it has read them all. */
  unreadSinceMs(component: string): number | undefined {
    return this.#entries[(this.#cursors.get(component) ?? 0) - this.#base]?.atMs;
  }

  /** What was written up to `untilMs` and the component has not read yet, oldest first; moves its cursor. */
  read(component: string, untilMs: number): readonly WatchEvent[] {
    const start = (this.#cursors.get(component) ?? 0) - this.#base;
    let end = this.#entries.length;
    while (end > start && (this.#entries[end - 1] as Entry).atMs > untilMs) end--;
    const unread = this.#entries.slice(start, end).map(({ event }) => event);
    this.#cursors.set(component, this.#base + end);
    this.#trim();
    return unread;
  }

  fork(): EventLog {
    const copy = new EventLog([]);
    this.#shared = true;
    copy.#shared = true;
    copy.#entries = this.#entries;
    copy.#base = this.#base;
    for (const [component, cursor] of this.#cursors) copy.#cursors.set(component, cursor);
    return copy;
  }

  #trim(): void {
    const read = Math.min(...this.#cursors.values());
    if (read === this.#base + this.#entries.length) {
      this.#base = read;
      this.#entries = [];
      this.#shared = false;
    }
  }
}
