// The pools of cluster IPs and node ports: what is taken, what is withheld for pins, and which one is next.
// Taking is planned first and committed when the object is stored, so a refused request changes nothing.
// Models pkg/registry/core/service/{ipallocator,portallocator}.
import type { Choices } from '../sim/choices.ts';
import { Table } from '../sim/table.ts';
import { pickBelow } from './pick.ts';

export interface Range {
  /** How many numbers: offsets 0..count-1. */
  readonly count: number;
  /** The first `band` offsets are handed out automatically last. */
  readonly band: number;
}

/** Band of a cluster-IP range of `total` addresses: min(max(16, total/16), 256), none up to 16. */
export function addressBand(total: number): number {
  return total <= 16 ? 0 : Math.min(Math.max(16, Math.floor(total / 16)), 256);
}

/** Band of a node-port range: min(max(16, size/32), 128), none up to 16. */
export function portBand(size: number): number {
  return size <= 16 ? 0 : Math.min(Math.max(16, Math.floor(size / 32)), 128);
}

export class Pool {
  readonly range: Range;
  /** Offset as text -> who has it: "Service/demo/web". */
  readonly #taken: Table<string>;
  /** Offsets that only their owner may have. */
  readonly withheld: ReadonlyMap<number, string>;

  constructor(range: Range, withheld: ReadonlyMap<number, string>, taken = new Table<string>()) {
    this.range = range;
    this.withheld = withheld;
    this.#taken = taken;
  }

  fork(): Pool {
    return new Pool(this.range, this.withheld, this.#taken.fork());
  }

  ownerOf(offset: number): string | undefined {
    return this.#taken.get(String(offset));
  }

  get size(): number {
    return this.#taken.size;
  }

  take(offset: number, owner: string): void {
    if (this.ownerOf(offset) !== undefined) throw new Error(`offset ${offset} is taken already`);
    this.#taken.set(String(offset), owner);
  }

  release(offset: number): void {
    this.#taken.delete(String(offset));
  }

  /** A free offset as upstream scans: from a random start through the upper band, then the lower one;
   * undefined when the range is full. `also` are offsets planned but not yet taken. */
  next(choices: Choices, point: string, also: ReadonlySet<number>): number | undefined {
    const { count, band } = this.range;
    return (
      this.#scan(choices, point, band, count - band, also) ??
      this.#scan(choices, point, 0, band, also)
    );
  }

  #scan(
    choices: Choices,
    point: string,
    low: number,
    count: number,
    also: ReadonlySet<number>,
  ): number | undefined {
    if (count <= 0) return undefined;
    const start = pickBelow(choices, point, count);
    for (let i = 0; i < count; i++) {
      const offset = low + ((start + i) % count);
      if (this.#taken.has(String(offset)) || this.withheld.has(offset) || also.has(offset))
        continue;
      return offset;
    }
    return undefined;
  }
}
