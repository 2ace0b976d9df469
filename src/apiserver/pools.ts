// The pools of cluster IPs and node ports: what is taken, what is withheld for pins, and which one is next.
// Taking is planned first and committed when the object is stored, so a refused request changes nothing.
// Models pkg/registry/core/service/{ipallocator,portallocator}.
import { type Addr, familyOf, formatAddr } from '../net/addr.ts';
import { type Cidr, size } from '../net/cidr.ts';
import type { Choices } from '../sim/choices.ts';
import { Table } from '../sim/table.ts';
import { pickBelow } from './pick.ts';

/** Consecutive numbers that are handed out: addresses of one subnet, or ports. */
export interface Range {
  readonly of: 'address' | 'port';
  /** The first one. */
  readonly low: Addr;
  /** How many: offsets 0..count-1. */
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

/** The usable addresses of a subnet: without the network's own and, for IPv4, the broadcast address. */
export function addressRange(subnet: Cidr): Range {
  const total = Math.min(size(subnet), 2 ** 32);
  const count = Math.max(0, total - (familyOf(subnet.low) === 4 ? 2 : 1));
  return {
    of: 'address',
    low: plus(subnet.low, 1),
    count,
    band: Math.min(addressBand(total), count),
  };
}

export function portRange({ low, high }: { readonly low: number; readonly high: number }): Range {
  const count = high - low + 1;
  return { of: 'port', low, count, band: portBand(count) };
}

function plus(value: Addr, offset: number): Addr {
  return typeof value === 'number' ? value + offset : value + BigInt(offset);
}

export function inRange({ low, count }: Range, value: Addr): boolean {
  if (typeof low === 'number')
    return typeof value === 'number' && value >= low && value - low < count;
  return typeof value === 'bigint' && value >= low && value - low < BigInt(count);
}

/** How the pools call a number: "10.96.0.1", "30080". */
export function nameAt({ of, low }: Range, offset: number): string {
  const value = plus(low, offset);
  return of === 'port' ? String(value) : formatAddr(value);
}

export class Pool {
  /** Name -> who has it: "Service/demo/web". */
  readonly #taken: Table<string>;
  /** Names that only their owner may have. */
  readonly withheld: ReadonlyMap<string, string>;

  constructor(withheld: ReadonlyMap<string, string>, taken = new Table<string>()) {
    this.withheld = withheld;
    this.#taken = taken;
  }

  fork(): Pool {
    return new Pool(this.withheld, this.#taken.fork());
  }

  ownerOf(name: string): string | undefined {
    return this.#taken.get(name);
  }

  /** Everything taken, sorted, as "name owner". */
  taken(): readonly string[] {
    return this.#taken.keys().map((name) => `${name} ${this.ownerOf(name)}`);
  }

  take(name: string, owner: string): void {
    if (this.ownerOf(name) !== undefined) throw new Error(`${name} is taken already`);
    this.#taken.set(name, owner);
  }

  release(name: string): void {
    this.#taken.delete(name);
  }

  /** A free one as upstream scans: from a random start through the upper band, then the lower one;
   * undefined when the range is full. `also` are those planned but not yet taken. */
  next(
    range: Range,
    choices: Choices,
    point: string,
    also: ReadonlySet<string>,
  ): string | undefined {
    const { count, band } = range;
    const upper = { low: band, count: count - band };
    return (
      this.#scan(range, upper, choices, point, also) ??
      this.#scan(range, { low: 0, count: band }, choices, point, also)
    );
  }

  #scan(
    range: Range,
    { low, count }: { readonly low: number; readonly count: number },
    choices: Choices,
    point: string,
    also: ReadonlySet<string>,
  ): string | undefined {
    if (count <= 0) return undefined;
    const start = pickBelow(choices, point, count);
    for (let i = 0; i < count; i++) {
      const name = nameAt(range, low + ((start + i) % count));
      if (this.#taken.has(name) || this.withheld.has(name) || also.has(name)) continue;
      return name;
    }
    return undefined;
  }
}
