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
  /** The number of the next entry to read, of each component that has not read all: the others are level. */
  readonly #behind: Map<string, number>;

  constructor() {
    this.#entries = [];
    this.#base = 0;
    this.#behind = new Map();
  }

  /** `readers`: who will read them. All others that are level with the log stay so. */
  append(events: readonly WatchEvent[], readers: Iterable<string>, atMs: number): void {
    if (events.length === 0) return;
    const end = this.#base + this.#entries.length;
    for (const component of readers) {
      if (!this.#behind.has(component)) this.#behind.set(component, end);
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
    const next = this.#behind.get(component);
    return next === undefined ? undefined : this.#entries[next - this.#base]?.atMs;
  }

  /** What was written up to `untilMs` and the component has not read yet, oldest first; moves its cursor. */
  read(component: string, untilMs: number): readonly WatchEvent[] {
    const next = this.#behind.get(component);
    if (next === undefined) return [];
    const start = next - this.#base;
    let end = this.#entries.length;
    while (end > start && (this.#entries[end - 1] as Entry).atMs > untilMs) end--;
    const unread = this.#entries.slice(start, end).map(({ event }) => event);
    if (end === this.#entries.length) this.#behind.delete(component);
    else this.#behind.set(component, this.#base + end);
    this.#trim();
    return unread;
  }

  fork(): EventLog {
    const copy = new EventLog();
    this.#shared = true;
    copy.#shared = true;
    copy.#entries = this.#entries;
    copy.#base = this.#base;
    for (const [component, next] of this.#behind) copy.#behind.set(component, next);
    return copy;
  }

  #trim(): void {
    if (this.#behind.size > 0) return;
    this.#base += this.#entries.length;
    this.#entries = [];
    this.#shared = false;
  }
}
