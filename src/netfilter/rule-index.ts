// Which rules of a long chain can match a packet at all: rules are sorted once into buckets by exact destination,
// protocol and port (or one of them), and whatever has no such test stays a candidate for every packet. Buckets are
// found by a 32-bit hash, so a clash only adds a candidate that will not match. Only a shortcut: verdicts, draws, notes
// and counts equal the linear walk's, because a rule is skipped only when it fails before anything with a side effect
// is looked at. Knows nothing of what the rules are for.
import type { Addr } from '../net/addr.ts';
import type { Packet } from '../net/packet.ts';
import { folded, mix } from './flow-table.ts';
import { hasSideEffect, isHeader } from './match.ts';
import type { Match, Rule } from './rule.ts';

/** Chains up to this length are walked as they are. */
export const linearMax = 16;

/** One ordinal, or several in ascending order. */
type Bucket = number | number[];

const kinds = ['full', 'dst', 'port', 'src'] as const;
type Kind = (typeof kinds)[number];

export interface RuleIndex {
  readonly buckets: ReadonlyMap<number, Bucket>;
  /** The kinds of test by which any rule is filed. */
  readonly kinds: readonly Kind[];
  /** Rules without an exact test, ascending. */
  readonly rest: readonly number[];
}

/** The ordinals of the rules that can match the packet, and perhaps others, ascending. */
export function candidates(index: RuleIndex, packet: Packet): readonly number[] {
  let found = index.rest;
  for (const kind of index.kinds) {
    const bucket = index.buckets.get(keyOf(kind, packet.src, packet.dst, packet));
    if (bucket !== undefined) found = merged(found, bucket);
  }
  return found;
}

function keyOf(
  kind: Kind,
  src: Addr,
  dst: Addr,
  to: { readonly proto: number; readonly dport: number },
): number {
  switch (kind) {
    case 'full':
      return mix(mix(1, folded(dst)), portKey(to.proto, to.dport));
    case 'dst':
      return mix(2, folded(dst));
    case 'port':
      return mix(3, portKey(to.proto, to.dport));
    case 'src':
      return mix(4, folded(src));
  }
}

function merged(a: readonly number[], bucket: Bucket): readonly number[] {
  const b = typeof bucket === 'number' ? [bucket] : bucket;
  if (a.length === 0) return b;
  const both: number[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const x = a[i] ?? Number.POSITIVE_INFINITY;
    const y = b[j] ?? Number.POSITIVE_INFINITY;
    both.push(Math.min(x, y));
    if (x <= y) i++;
    if (y <= x) j++;
  }
  return both;
}

function portKey(proto: number, port: number): number {
  return proto * 65536 + port;
}

/** Null: the chain is short, or too few of its rules have an exact test. */
export function indexOf(rules: readonly Rule[]): RuleIndex | null {
  if (rules.length <= linearMax) return null;
  const buckets = new Map<number, Bucket>();
  const used = new Set<Kind>();
  const rest: number[] = [];
  for (const [ordinal, rule] of rules.entries()) {
    const filed = placesOf(rule);
    if (filed === undefined) rest.push(ordinal);
    else {
      used.add(filed.kind);
      for (const key of filed.keys) add(buckets, key, ordinal);
    }
  }
  if (rest.length * 4 > rules.length * 3) return null;
  return { buckets, kinds: kinds.filter((kind) => used.has(kind)), rest };
}

interface Places {
  readonly kind: Kind;
  readonly keys: readonly number[];
}

function placesOf(rule: Rule): Places | undefined {
  const dst = exactAddr(rule, 'dst');
  const ports = exactPorts(rule);
  if (ports.length > 0) {
    const kind = dst === undefined ? 'port' : 'full';
    return { kind, keys: ports.map((to) => keyOf(kind, 0, dst ?? 0, to)) };
  }
  const to = { proto: 0, dport: 0 };
  if (dst !== undefined) return { kind: 'dst', keys: [keyOf('dst', 0, dst, to)] };
  const src = exactAddr(rule, 'src');
  return src === undefined ? undefined : { kind: 'src', keys: [keyOf('src', src, 0, to)] };
}

function add(buckets: Map<number, Bucket>, key: number, ordinal: number): void {
  const bucket = buckets.get(key);
  if (bucket === undefined) buckets.set(key, ordinal);
  else if (typeof bucket === 'number') {
    if (bucket !== ordinal) buckets.set(key, [bucket, ordinal]);
  } else if (bucket.at(-1) !== ordinal) bucket.push(ordinal);
}

function exactAddr(rule: Rule, side: 'src' | 'dst'): Addr | undefined {
  for (const match of rule.matches) {
    if (match.kind !== 'address' || match.side !== side || match.negated) continue;
    if (match.low === match.high) return match.low;
  }
  return undefined;
}

interface To {
  readonly proto: number;
  readonly dport: number;
}

/** Protocols and ports, when a destination port is tested before anything with a side effect. */
function exactPorts(rule: Rule): readonly To[] {
  for (const match of rule.matches) {
    if (isHeader(match)) continue;
    if (hasSideEffect(match)) return [];
    const found = portsOf(match, rule);
    if (found !== undefined) return found;
  }
  return [];
}

function portsOf(match: Match, rule: Rule): readonly To[] | undefined {
  if (match.kind === 'port') {
    const isExact = match.side === 'dst' && !match.negated && match.low === match.high;
    return isExact ? [{ proto: match.proto, dport: match.low }] : undefined;
  }
  if (match.kind !== 'multiport' || match.side !== 'dst' || match.negated) return undefined;
  for (const other of rule.matches) {
    if (other.kind === 'protocol' && !other.negated) {
      return match.ports.map((dport) => ({ proto: other.proto, dport }));
    }
  }
  return undefined;
}
