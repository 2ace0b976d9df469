// The members of an ip set as a persistent hash trie: a changed set shares all but a few small nodes with the one
// before, so a set of ten thousand members is never copied. Order means nothing here: printers sort.
// Stands for ip_set_hash_gen.h's table and ip_set_bitmap_gen.h's bits; timeouts, counters and comments are left out.
import type { Addr } from '../../net/addr.ts';
import type { Proto } from '../../net/packet.ts';
import { folded, mix } from '../flow-table.ts';

/** One member. What its set's type has no field for is null or 0. */
export interface Member {
  readonly addr: Addr | null;
  /** Prefix length of `addr` in hash:net; 0 in all other types, whose addresses are whole. */
  readonly bits: number;
  /** 0: the type has none. */
  readonly proto: Proto | 0;
  readonly port: number;
  /** The last part of hash:ip,port,ip and hash:ip,port,net. */
  readonly second: Addr | null;
  /** Prefix length of `second` in hash:ip,port,net. */
  readonly secondBits: number;
}

/** What a match and a printer need of a set's members. A rule writer may have its own, made when asked. */
export interface Members {
  readonly size: number;
  /** Whether the very member is there; networks are not looked into. */
  has(member: Member): boolean;
  /** All members, in no order that means anything. */
  list(): readonly Member[];
  /** Prefix lengths of the members' networks, longest first; empty where the type holds none. */
  readonly prefixes: readonly number[];
}

/** Sixteen places by four bits of the hash, or all members of one hash. */
type Node = readonly (Node | Leaf | undefined)[];
interface Leaf {
  readonly hash: number;
  readonly held: readonly Member[];
}

const emptyNode: Node = new Array<undefined>(16).fill(undefined);

export class HashMembers implements Members {
  readonly size: number;
  readonly #root: Node;
  /** How many networks of each prefix length. */
  readonly #counts: ReadonlyMap<number, number>;
  #prefixes: readonly number[] | null = null;

  private constructor(root: Node, size: number, counts: ReadonlyMap<number, number>) {
    this.#root = root;
    this.size = size;
    this.#counts = counts;
  }

  static readonly empty = new HashMembers(emptyNode, 0, new Map());

  static of(members: Iterable<Member>): HashMembers {
    let all = HashMembers.empty;
    for (const member of members) all = all.with(member);
    return all;
  }

  get prefixes(): readonly number[] {
    this.#prefixes ??= [...this.#counts.keys()].sort((a, b) => b - a);
    return this.#prefixes;
  }

  has(member: Member): boolean {
    const hash = hashOf(member);
    let node = this.#root;
    for (let shift = 0; ; shift += 4) {
      const next = node[(hash >>> shift) & 15];
      if (next === undefined) return false;
      if (isLeaf(next)) {
        return next.hash === hash && next.held.some((held) => sameMember(held, member));
      }
      node = next;
    }
  }

  /** These members and one more; the same object when it is there already. */
  with(member: Member): HashMembers {
    if (this.has(member)) return this;
    const root = put(this.#root, hashOf(member), 0, member);
    return new HashMembers(root, this.size + 1, counted(this.#counts, member, 1));
  }

  /** These members without one; the same object when it is not there. */
  without(member: Member): HashMembers {
    if (!this.has(member)) return this;
    const root = drop(this.#root, hashOf(member), 0, member) ?? emptyNode;
    return new HashMembers(root, this.size - 1, counted(this.#counts, member, -1));
  }

  list(): readonly Member[] {
    const all: Member[] = [];
    const walk = (node: Node): void => {
      for (const next of node) {
        if (next === undefined) continue;
        if (isLeaf(next)) all.push(...next.held);
        else walk(next);
      }
    };
    walk(this.#root);
    return all;
  }
}

function isLeaf(node: Node | Leaf): node is Leaf {
  return !Array.isArray(node);
}

function put(node: Node, hash: number, shift: number, member: Member): Node {
  const place = (hash >>> shift) & 15;
  const next = node[place];
  if (next === undefined) return node.with(place, { hash, held: [member] });
  if (!isLeaf(next)) return node.with(place, put(next, hash, shift + 4, member));
  if (next.hash === hash) return node.with(place, { hash, held: [...next.held, member] });
  const below = emptyNode.with((next.hash >>> (shift + 4)) & 15, next);
  return node.with(place, put(below, hash, shift + 4, member));
}

function drop(node: Node, hash: number, shift: number, member: Member): Node | undefined {
  const place = (hash >>> shift) & 15;
  const next = node[place];
  if (next === undefined) return node;
  if (!isLeaf(next)) return pruned(node.with(place, drop(next, hash, shift + 4, member)));
  const held = next.held.filter((other) => !sameMember(other, member));
  return pruned(node.with(place, held.length === 0 ? undefined : { hash, held }));
}

function pruned(node: Node): Node | undefined {
  return node.every((next) => next === undefined) ? undefined : node;
}

function counted(
  counts: ReadonlyMap<number, number>,
  member: Member,
  by: number,
): ReadonlyMap<number, number> {
  const bits = member.bits + member.secondBits;
  if (bits === 0) return counts;
  const count = (counts.get(bits) ?? 0) + by;
  const changed = new Map(counts);
  if (count === 0) changed.delete(bits);
  else changed.set(bits, count);
  return changed;
}

function hashOf(member: Member): number {
  const { addr, proto, port, second } = member;
  const first = mix(mix(member.bits + member.secondBits, addr === null ? 0 : folded(addr)), port);
  return mix(mix(first, proto), second === null ? 0 : folded(second));
}

function sameMember(a: Member, b: Member): boolean {
  return (
    a.port === b.port &&
    a.proto === b.proto &&
    a.addr === b.addr &&
    a.second === b.second &&
    a.bits === b.bits &&
    a.secondBits === b.secondBits
  );
}
