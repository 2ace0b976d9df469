// The one change log of a cluster and how far every component has read it. A component that is stopped or slow
// simply has an older cursor. Entries that everybody has read are dropped, so a settled cluster's log is empty.
import type { WatchEvent } from '../api/types.ts';

export class EventLog {
  #events: WatchEvent[];
  #shared = false;
  /** Absolute number of #events[0]. */
  #base: number;
  readonly #cursors: Map<string, number>;

  constructor(components: readonly string[]) {
    this.#events = [];
    this.#base = 0;
    this.#cursors = new Map(components.map((name) => [name, 0]));
  }

  /** `readers`: who will read them. All others that are level with the log stay so. */
  append(events: readonly WatchEvent[], readers: ReadonlySet<string>): void {
    if (events.length === 0) return;
    const end = this.#base + this.#events.length;
    for (const [component, cursor] of this.#cursors) {
      if (cursor === end && !readers.has(component)) {
        this.#cursors.set(component, end + events.length);
      }
    }
    if (this.#shared) this.#events = this.#events.slice();
    this.#shared = false;
    for (const event of events) this.#events.push(event);
    this.#trim();
  }

  /** How many entries somebody still has to read. */
  get size(): number {
    return this.#events.length;
  }

  /** Whether the component has something to read. */
  behind(component: string): boolean {
    return (this.#cursors.get(component) ?? 0) < this.#base + this.#events.length;
  }

  /** Everything the component has not read yet, oldest first; moves its cursor to the end. */
  read(component: string): readonly WatchEvent[] {
    const cursor = this.#cursors.get(component) ?? 0;
    const unread = this.#events.slice(cursor - this.#base);
    this.#cursors.set(component, this.#base + this.#events.length);
    this.#trim();
    return unread;
  }

  fork(): EventLog {
    const copy = new EventLog([]);
    this.#shared = true;
    copy.#shared = true;
    copy.#events = this.#events;
    copy.#base = this.#base;
    for (const [component, cursor] of this.#cursors) copy.#cursors.set(component, cursor);
    return copy;
  }

  #trim(): void {
    const read = Math.min(...this.#cursors.values());
    if (read === this.#base + this.#events.length) {
      this.#base = read;
      this.#events = [];
      this.#shared = false;
    }
  }
}
