// Which rules of a long chain can match a packet at all: chains are sorted once into buckets by exact destination,
// protocol and port (or one of them), and whatever has no such test stays a candidate for every packet. Only a
// shortcut: verdicts, draws, notes and counts equal the linear walk's, because a rule is skipped only when it fails
// before anything with a side effect is looked at. Knows nothing of what the rules are for.
import type { Addr } from '../net/addr.ts';
import type { Packet } from '../net/packet.ts';
import { hasSideEffect, isHeader } from './match.ts';
import type { Chain, Match, Rule } from './rule.ts';
import type { Candidates, Lookup } from './walk.ts';

/** Chains up to this length are walked as they are. */
export const linearMax = 16;

/** Ordinals, ascending. */
type Bucket = number[];

interface Index {
  /** By destination, then by protocol and port. */
  readonly full: Map<Addr, Map<number, Bucket>>;
  readonly dst: Map<Addr, Bucket>;
  readonly port: Map<number, Bucket>;
  readonly src: Map<Addr, Bucket>;
  readonly rest: Bucket;
  readonly length: number;
}

/** Null: too few rules of the chain have an exact test. */
const indexes = new WeakMap<Chain, Index | null>();

/** Candidates by index for long chains, every rule for short ones. */
export const indexed: Lookup = (chain, env) => {
  if (chain.rules.length <= linearMax) return null;
  let index = indexes.get(chain);
  if (index === undefined) {
    index = build(chain.rules);
    indexes.set(chain, index);
  }
  return index === null ? null : new Merge(index, env.packet);
};

const none: Bucket = [];

/** Walks the packet's buckets side by side. */
class Merge implements Candidates {
  readonly #buckets: readonly Bucket[];
  readonly #at = [0, 0, 0, 0, 0];
  readonly #length: number;

  constructor(index: Index, packet: Packet) {
    const port = portKey(packet.proto, packet.dport);
    this.#buckets = [
      index.full.get(packet.dst)?.get(port) ?? none,
      index.dst.get(packet.dst) ?? none,
      index.port.get(port) ?? none,
      index.src.get(packet.src) ?? none,
      index.rest,
    ];
    this.#length = index.length;
  }

  next(from: number): number {
    let best = this.#length;
    for (let i = 0; i < this.#buckets.length; i++) {
      const bucket = this.#buckets[i] as Bucket;
      let at = this.#at[i] as number;
      while (at < bucket.length && (bucket[at] as number) < from) at++;
      this.#at[i] = at;
      if (at < bucket.length && (bucket[at] as number) < best) best = bucket[at] as number;
    }
    return best;
  }
}

function portKey(proto: number, port: number): number {
  return proto * 65536 + port;
}

function build(rules: readonly Rule[]): Index | null {
  const index: Index = {
    full: new Map(),
    dst: new Map(),
    port: new Map(),
    src: new Map(),
    rest: [],
    length: rules.length,
  };
  for (const [ordinal, rule] of rules.entries()) file(index, rule, ordinal);
  return index.rest.length * 2 > rules.length ? null : index;
}

function file(index: Index, rule: Rule, ordinal: number): void {
  const dst = exactAddr(rule, 'dst');
  const ports = exactPorts(rule);
  if (dst !== undefined && ports.length > 0) {
    let byPort = index.full.get(dst);
    if (byPort === undefined) {
      byPort = new Map();
      index.full.set(dst, byPort);
    }
    for (const port of ports) add(byPort, port, ordinal);
  } else if (dst !== undefined) add(index.dst, dst, ordinal);
  else if (ports.length > 0) for (const port of ports) add(index.port, port, ordinal);
  else {
    const src = exactAddr(rule, 'src');
    if (src === undefined) index.rest.push(ordinal);
    else add(index.src, src, ordinal);
  }
}

function add<K>(buckets: Map<K, Bucket>, key: K, ordinal: number): void {
  const bucket = buckets.get(key);
  if (bucket === undefined) buckets.set(key, [ordinal]);
  else if (bucket.at(-1) !== ordinal) bucket.push(ordinal);
}

function exactAddr(rule: Rule, side: 'src' | 'dst'): Addr | undefined {
  for (const match of rule.matches) {
    if (match.kind !== 'address' || match.side !== side || match.negated) continue;
    if (match.low === match.high) return match.low;
  }
  return undefined;
}

/** Protocol and port keys, when a destination port is tested before anything with a side effect. */
function exactPorts(rule: Rule): readonly number[] {
  for (const match of rule.matches) {
    if (isHeader(match)) continue;
    if (hasSideEffect(match)) return [];
    const keys = portsOf(match, rule);
    if (keys !== undefined) return keys;
  }
  return [];
}

function portsOf(match: Match, rule: Rule): readonly number[] | undefined {
  if (match.kind === 'port') {
    const isExact = match.side === 'dst' && !match.negated && match.low === match.high;
    return isExact ? [portKey(match.proto, match.low)] : undefined;
  }
  if (match.kind !== 'multiport' || match.side !== 'dst' || match.negated) return undefined;
  for (const other of rule.matches) {
    if (other.kind === 'protocol' && !other.negated) {
      return match.ports.map((port) => portKey(other.proto, port));
    }
  }
  return undefined;
}
