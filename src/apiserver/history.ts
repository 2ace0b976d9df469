// What was committed last, for watches that start at a resourceVersion: the newest events in two blocks, of which the
// older one is dropped whole. Forks share both until one of them writes. Models the watch cache and etcd's compaction.
import type { WatchEvent } from '../api/types.ts';

/** Events in a block: between this and twice as many can be watched from. */
const blockSize = 4096;

export function revisionOf(event: WatchEvent): number {
  return Number(event.object.metadata.resourceVersion);
}

export class History {
  #older: readonly WatchEvent[] = [];
  #newer: WatchEvent[] = [];
  /** `newer` is another history's too. */
  #shared = false;
  /** The last revision whose events are gone. */
  #forgotten = 0;

  fork(): History {
    const copy = new History();
    copy.#older = this.#older;
    copy.#newer = this.#newer;
    copy.#forgotten = this.#forgotten;
    copy.#shared = true;
    this.#shared = true;
    return copy;
  }

  add(event: WatchEvent): void {
    if (this.#newer.length >= blockSize) {
      const last = this.#older.at(-1);
      if (last !== undefined) this.#forgotten = revisionOf(last);
      this.#older = this.#newer;
      this.#newer = [];
      this.#shared = false;
    } else if (this.#shared) {
      this.#newer = this.#newer.slice();
      this.#shared = false;
    }
    this.#newer.push(event);
  }

  /** Events after a revision, oldest first; undefined when some of them are forgotten. */
  since(revision: number): readonly WatchEvent[] | undefined {
    if (revision < this.#forgotten) return undefined;
    const after = (event: WatchEvent): boolean => revisionOf(event) > revision;
    const newer = this.#newer.filter(after);
    return this.#older.length === 0 ? newer : [...this.#older.filter(after), ...newer];
  }

  /** The last revision whose events are gone. */
  get forgotten(): number {
    return this.#forgotten;
  }
}
