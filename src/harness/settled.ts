// Settled clusters by how they were made: the cluster's folder and the commands that followed, as JSON. Set-up is a
// pure function of these and the seed, so scenarios that start alike pay once and go on from a fork.
import type { Cluster } from '../cluster/cluster.ts';

/** How many different states are kept; the oldest goes first. */
const keptMax = 200;

export class Settled {
  readonly #kept = new Map<string, Cluster>();
  readonly #seen = new Set<string>();

  /** A fork of the state with this key; `make` runs when it is not kept. A state that follows another one is kept from
   * the second time on: most scenarios go their own way after the first steps. */
  get(key: string, first: boolean, make: () => Cluster): Cluster {
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept.fork();
    const made = make();
    if (!first && !this.#seen.has(key)) {
      this.#seen.add(key);
      return made;
    }
    if (this.#kept.size >= keptMax) {
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined) this.#kept.delete(oldest);
    }
    this.#kept.set(key, made);
    return made.fork();
  }
}
