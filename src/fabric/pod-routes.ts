// Which node a pod address is routed to, kept once for all nodes: every node has the same host-gw routes but for
// its own ranges, and 5,000 nodes with 5,000 routes each would be 25 million. Longest prefix wins.
import { type Addr, formatAddr } from '../net/addr.ts';
import { type Cidr, cidr, contains, single } from '../net/cidr.ts';
import { Table } from '../sim/table.ts';

interface Length {
  readonly bits: number;
  readonly six: boolean;
  readonly count: number;
}

export class PodRoutes {
  /** `routeKey` -> machine name of the node. */
  #nodes: Table<string>;
  /** How many routes there are of each prefix length, longest first. Immutable. */
  #lengths: readonly Length[];

  /** Machine name of a node -> its own ranges. */
  #ranges: Table<readonly Cidr[]>;

  constructor(
    nodes: Table<string> = new Table(),
    lengths: readonly Length[] = [],
    ranges: Table<readonly Cidr[]> = new Table(),
  ) {
    this.#nodes = nodes;
    this.#lengths = lengths;
    this.#ranges = ranges;
  }

  fork(): PodRoutes {
    return new PodRoutes(this.#nodes.fork(), this.#lengths, this.#ranges.fork());
  }

  /** The ranges that a node's pods have their addresses of. */
  rangesOf(node: string): readonly Cidr[] {
    return this.#ranges.get(node) ?? [];
  }

  /** Adds routes to a node's ranges, which are `rangesOf` from now on. */
  giveRanges(node: string, ranges: readonly Cidr[]): void {
    this.#ranges.set(node, ranges);
    for (const range of ranges) this.set(range, node);
  }

  /** Adds routes to those of a pod's addresses that none of its node's ranges holds. */
  addPod(node: string, addresses: readonly Addr[]): void {
    const ranges = this.rangesOf(node);
    for (const own of addresses) {
      if (!ranges.some((range) => contains(range, own))) this.set(single(own), node);
    }
  }

  removePod(addresses: readonly { readonly addr: Addr }[]): void {
    for (const own of addresses) this.delete(single(own.addr));
  }

  dropRanges(node: string): void {
    for (const range of this.rangesOf(node)) this.delete(range);
  }

  get writes(): number {
    return this.#nodes.writes;
  }

  *entries(): IterableIterator<{ readonly to: Cidr; readonly node: string }> {
    for (const [key, node] of this.#nodes.entries()) yield { to: rangeOf(key), node };
  }

  set(to: Cidr, node: string): void {
    const key = routeKey(to.low, to.bits);
    if (!this.#nodes.has(key)) this.#count(to, 1);
    this.#nodes.set(key, node);
  }

  delete(to: Cidr): void {
    if (this.#nodes.delete(routeKey(to.low, to.bits))) this.#count(to, -1);
  }

  find(to: Addr): { readonly node: string; readonly bits: number } | undefined {
    const six = typeof to === 'bigint';
    for (const length of this.#lengths) {
      if (length.six !== six) continue;
      const node = this.#nodes.get(routeKey(masked(to, length.bits), length.bits));
      if (node !== undefined) return { node, bits: length.bits };
    }
    return undefined;
  }

  #count(to: Cidr, by: 1 | -1): void {
    const six = typeof to.low === 'bigint';
    const same = (l: { bits: number; six: boolean }) => l.bits === to.bits && l.six === six;
    const count = (this.#lengths.find(same)?.count ?? 0) + by;
    const others = this.#lengths.filter((length) => !same(length));
    const all = count > 0 ? [...others, { bits: to.bits, six, count }] : others;
    this.#lengths = all.sort((a, b) => b.bits - a.bits);
  }
}

function masked(value: Addr, bits: number): Addr {
  if (typeof value === 'number') {
    const width = 2 ** (32 - bits);
    return Math.floor(value / width) * width;
  }
  const width = BigInt(128 - bits);
  return (value >> width) << width;
}

function rangeOf(key: string): Cidr {
  const [low = '', bits = ''] = key.split('/');
  const six = bits.endsWith('n');
  return cidr(`${formatAddr(six ? BigInt(low) : Number(low))}/${parseInt(bits, 10)}`);
}

function routeKey(low: Addr, bits: number): string {
  return `${low}/${bits}${typeof low === 'bigint' ? 'n' : ''}`;
}
