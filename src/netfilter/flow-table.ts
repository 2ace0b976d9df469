// Flows under both their tuples: a copy-on-write hash table on integers, because building a text key for each packet
// costs more than looking it up. Not a general map: a flow brings its tuples' hashes along, so nothing is hashed twice.
// Models nf_conntrack_hash (one table, each entry in it once per direction).
import type { Addr } from '../net/addr.ts';
import type { Tuple } from '../net/packet.ts';

/** What the table must know of a flow. Neither tuple changes while the flow is in a table. */
export interface Tracked {
  readonly original: Tuple;
  readonly originalHash: number;
  readonly reply: Tuple;
  readonly replyHash: number;
}

interface Held<F> {
  readonly key: Tuple;
  readonly flow: F;
}

/** A flow whose tuple of this hash has it alone; else all tuples of the hash, never changed in place. */
type Slot<F> = F | readonly Held<F>[];

export class FlowTable<F extends Tracked> {
  #slots: Map<number, Slot<F>>;
  #shared = false;

  constructor(slots: Map<number, Slot<F>> = new Map()) {
    this.#slots = slots;
  }

  /** A table with the same content; whoever writes first pays for the copy. */
  fork(): FlowTable<F> {
    this.#shared = true;
    const copy = new FlowTable(this.#slots);
    copy.#shared = true;
    return copy;
  }

  /** The flow under a tuple; `hash` is the tuple's. */
  get(tuple: Tuple, hash: number): F | undefined {
    const slot = this.#slots.get(hash);
    if (slot === undefined) return undefined;
    if (isShared(slot)) return slot.find((held) => sameTuple(held.key, tuple))?.flow;
    return sameTuple(keyIn(slot, hash), tuple) ? slot : undefined;
  }

  /** Puts the flow under both its tuples, in place of whatever stands there. */
  set(flow: F): void {
    this.#own();
    this.#put(flow.original, flow.originalHash, flow);
    this.#put(flow.reply, flow.replyHash, flow);
  }

  /** Puts the flow under its reply tuple alone: who looks for its original finds another flow. */
  setReply(flow: F): void {
    this.#own();
    this.#put(flow.reply, flow.replyHash, flow);
  }

  /** Empties both the flow's tuples, whoever holds them. */
  delete(flow: F): void {
    this.#own();
    this.#drop(flow.original, flow.originalHash);
    this.#drop(flow.reply, flow.replyHash);
  }

  deleteReply(flow: F): void {
    this.#own();
    this.#drop(flow.reply, flow.replyHash);
  }

  /** How many hashes are taken: about two for each flow. */
  get taken(): number {
    return this.#slots.size;
  }

  /** The flows that stand under their original tuple, in no order that means anything. */
  flows(): readonly F[] {
    const flows: F[] = [];
    for (const [hash, slot] of this.#slots) {
      if (isShared(slot)) {
        for (const { key, flow } of slot) if (sameTuple(key, flow.original)) flows.push(flow);
      } else if (slot.originalHash === hash) flows.push(slot);
    }
    return flows;
  }

  #put(key: Tuple, hash: number, flow: F): void {
    const slot = this.#slots.get(hash);
    if (flow.originalHash !== flow.replyHash) {
      if (slot === undefined || (!isShared(slot) && sameTuple(keyIn(slot, hash), key))) {
        this.#slots.set(hash, flow);
        return;
      }
    }
    const others = heldIn(slot, hash).filter((held) => !sameTuple(held.key, key));
    this.#slots.set(hash, [...others, { key, flow }]);
  }

  #drop(key: Tuple, hash: number): void {
    const slot = this.#slots.get(hash);
    if (slot === undefined) return;
    const others = heldIn(slot, hash).filter((held) => !sameTuple(held.key, key));
    if (others.length === 0) this.#slots.delete(hash);
    else if (isShared(slot)) this.#slots.set(hash, others);
  }

  #own(): void {
    if (!this.#shared) return;
    this.#slots = new Map(this.#slots);
    this.#shared = false;
  }
}

function isShared<F extends Tracked>(slot: Slot<F>): slot is readonly Held<F>[] {
  return Array.isArray(slot);
}

function keyIn(flow: Tracked, hash: number): Tuple {
  return flow.originalHash === hash ? flow.original : flow.reply;
}

function heldIn<F extends Tracked>(slot: Slot<F> | undefined, hash: number): readonly Held<F>[] {
  if (slot === undefined) return [];
  return isShared(slot) ? slot : [{ key: keyIn(slot, hash), flow: slot }];
}

export function sameTuple(a: Tuple, b: Tuple): boolean {
  if (a === b) return true;
  return (
    a.sport === b.sport &&
    a.dport === b.dport &&
    a.src === b.src &&
    a.dst === b.dst &&
    a.proto === b.proto
  );
}

/** A tuple's hash: 32 bits, signed. */
export function hashOf(tuple: Tuple): number {
  const source = mix(mix(tuple.proto, folded(tuple.src)), tuple.sport);
  return mix(mix(source, folded(tuple.dst)), tuple.dport);
}

/** Stirs a word into a hash. */
export function mix(hash: number, word: number): number {
  const stirred = Math.imul(hash ^ word, 0x9e3779b1);
  return stirred ^ (stirred >>> 15);
}

/** An address as 32 bits, signed. */
export function folded(addr: Addr): number {
  if (typeof addr === 'number') return addr | 0;
  return Number(BigInt.asIntN(32, addr ^ (addr >> 32n) ^ (addr >> 64n) ^ (addr >> 96n)));
}
