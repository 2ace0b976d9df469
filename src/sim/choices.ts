// All chance and all order go through one interface. Who answers decides what a run means: a seeded
// stream (the default), a replayed list, an enumeration of every branch, or an exploration of schedules.
// Nothing else in the core draws a number or picks an order.
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

export interface Choices {
  /** Picks 0..weights.length-1 with probability weight/sum. Weights are non-negative integers with a sum below
   * 2^53. `point` names the decision; points that start with "order/" decide schedules, all others chance. */
  pick(point: string, weights: readonly number[]): number;
  /** An independent copy that continues from the same place. */
  fork(): Choices;
  /** Orders other than the usual one are asked for; the usual one is the oldest first, and nothing late. */
  readonly explores?: boolean;
  /** Set where somebody follows what happens: told of each task that runs, and of what is late. */
  readonly follower?: Follower | undefined;
  /** Set by an enumeration of branches, where the same draws lead to the same place again and again. */
  readonly past?: Past;
}

/** A moment in virtual milliseconds, and what happens then, or that it happens later than usual. */
export type Follower = (atMs: number, text: string, isLate: boolean) => void;

/** What earlier branches of an enumeration came to. */
export interface Past {
  /** Runs `work`, then `keep`, whose result must hold all that `work` changed. Where an earlier branch did so after the
   * same draws, and with draws that this branch must make too, nothing is run: `value` and `kept` are that branch's. */
  recall<T, K>(work: () => T, keep: () => K): Recalled<T, K>;
}

export interface Recalled<T, K> {
  readonly value: T;
  readonly kept: K;
  /** Nothing was run: whoever goes on must go on from `kept`. */
  readonly old: boolean;
}

/** Schedule points keep their first candidate (oldest first) unless schedules are explored. */
export function isOrder(point: string): boolean {
  return point[0] === 'o' && point.startsWith('order/');
}

class Seeded implements Choices {
  readonly #stream: RandomGenerator;
  readonly explores: boolean;
  constructor(stream: RandomGenerator, explore: boolean) {
    this.#stream = stream;
    this.explores = explore;
  }
  pick(point: string, weights: readonly number[]): number {
    if (weights.length < 2 || (isOrder(point) && !this.explores)) return 0;
    let sum = 0;
    for (const weight of weights) sum += weight;
    const high = this.#stream.next() >>> 0;
    const low = this.#stream.next() >>> 0;
    // The remainder by 2^31, which netfilter draws by, is the low bits: a division of 53 bits is slow.
    let left = sum === 2 ** 31 ? low & 0x7fffffff : ((high & 0x1fffff) * 2 ** 32 + low) % sum;
    for (let i = 0; i < weights.length; i++) {
      left -= weights[i] ?? 0;
      if (left < 0) return i;
    }
    return weights.length - 1;
  }
  fork(): Choices {
    return new Seeded(this.#stream.clone(), this.explores);
  }
}

/** Draws from one stream; with `explore` also draws the order of everything that may be reordered. */
export function seeded(seed: number, explore = false): Choices {
  return new Seeded(xoroshiro128plus(seed), explore);
}

class Replayed implements Choices {
  readonly #picks: readonly number[];
  #at: number;
  constructor(picks: readonly number[], at: number) {
    this.#picks = picks;
    this.#at = at;
  }
  pick(_point: string, weights: readonly number[]): number {
    const pick = this.#picks[this.#at++] ?? 0;
    return Math.min(pick, weights.length - 1);
  }
  fork(): Choices {
    return new Replayed(this.#picks, this.#at);
  }
}

/** Answers from a list, then 0 for ever: shrinking a failure is shrinking this list. */
export function replayed(picks: readonly number[]): Choices {
  return new Replayed(picks, 0);
}

export interface Branch<T> {
  readonly value: T;
  /** Exact product of the weights' shares along the branch. */
  readonly probability: number;
}

/** One call of `recall`: all draws up to its end, those it made itself, and what came of it. */
interface Memory {
  readonly path: readonly number[];
  readonly taken: readonly number[];
  readonly open: readonly number[][];
  readonly factors: readonly number[];
  readonly value: unknown;
  readonly kept: unknown;
}

class Enumerated implements Choices, Past {
  readonly prefix: readonly number[];
  readonly taken: number[] = [];
  /** Candidates with weight > 0 at each point of chance. */
  readonly open: number[][] = [];
  /** The share of each choice; the branch's probability is their product in this order. */
  readonly factors: number[] = [];
  readonly past: Past = this;
  /** By call. */
  readonly memories: Memory[];
  #calls = 0;
  /** `before`: the calls of the branch walked last. Branches come in order, so what does not lie on the way to this
   * one is never met again. */
  constructor(prefix: readonly number[], before: readonly Memory[]) {
    this.prefix = prefix;
    const parting = before.findIndex(({ path }) => path.some((pick, i) => prefix[i] !== pick));
    this.memories = before.slice(0, parting < 0 ? before.length : parting);
  }
  get probability(): number {
    return this.factors.reduce((product, factor) => product * factor, 1);
  }
  pick(point: string, weights: readonly number[]): number {
    if (isOrder(point) || weights.length < 2) return 0;
    const possible = weights.flatMap((weight, i) => (weight > 0 ? [i] : []));
    const choice = this.prefix[this.taken.length] ?? possible[0] ?? 0;
    const sum = weights.reduce((a, b) => a + b, 0);
    this.factors.push((weights[choice] ?? 0) / sum);
    this.taken.push(choice);
    this.open.push(possible);
    return choice;
  }
  fork(): Choices {
    return this; // one enumeration walks one branch, however many parts take part in it
  }
  recall<T, K>(work: () => T, keep: () => K): Recalled<T, K> {
    const call = this.#calls++;
    const from = this.taken.length;
    const memory = this.memories[call];
    if (memory !== undefined) {
      this.taken.push(...memory.taken);
      this.open.push(...memory.open);
      this.factors.push(...memory.factors);
      return { value: memory.value as T, kept: memory.kept as K, old: true };
    }
    const value = work();
    const kept = keep();
    const [taken, open, factors] = [this.taken, this.open, this.factors].map((l) => l.slice(from));
    const made = { path: [...this.taken], taken, open, factors, value, kept };
    this.memories[call] = made as Memory;
    return { value, kept, old: false };
  }
}

/** Chance has more ways than are walked. */
export class TooManyBranches extends RangeError {}

/** Runs `run` once for every combination of chance; each run must start from the same state (a fork).
 * Throws TooManyBranches past `branchesMax`. */
export function enumerate<T>(run: (choices: Choices) => T, branchesMax = 100_000): Branch<T>[] {
  const branches: Branch<T>[] = [];
  let memories: readonly Memory[] = [];
  let prefix: number[] | undefined = [];
  while (prefix !== undefined) {
    const choices = new Enumerated(prefix, memories);
    const value = run(choices);
    memories = choices.memories;
    branches.push({ value, probability: choices.probability });
    if (branches.length > branchesMax) {
      throw new TooManyBranches(
        `more than ${branchesMax} random branches: sample with a count instead`,
      );
    }
    prefix = nextPrefix(choices);
  }
  return branches;
}

function nextPrefix(done: Enumerated): number[] | undefined {
  for (let i = done.taken.length - 1; i >= 0; i--) {
    const open = done.open[i] ?? [];
    const next = open[open.indexOf(done.taken[i] ?? 0) + 1];
    if (next !== undefined) return [...done.taken.slice(0, i), next];
  }
  return undefined;
}
