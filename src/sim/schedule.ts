// Schedules: an order of everything that can happen in more than one. Drawn at random, written down as the decisions that
// were not the usual ones, followed again, and made shorter as long as it still shows what it showed. Chance is drawn from
// a stream of its own, so that a shorter schedule meets the same chance.
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { type Choices, isOrder, seeded } from './choices.ts';

/** Of all decisions about order those that did not take the first candidate: "order/late/x#3", the third time that this was
 * to be decided, -> candidate. So what is left out of a schedule does not change what the rest of it means. */
export type Schedule = ReadonlyMap<string, number>;

/** How often a schedule leaves the usual order, in turn: a long one is soon found, a short one says more. */
const shares = [1, 0.5, 0.2, 0.05];

/** Counts how often each decision came. */
class Decisions {
  readonly #counts = new Map<string, number>();

  next(point: string): string {
    const n = (this.#counts.get(point) ?? 0) + 1;
    this.#counts.set(point, n);
    return `${point}#${n}`;
  }
}

/** Chance is drawn by `seed` as ever; order from `turn`, which is the number of the schedule. */
export class Exploring implements Choices {
  readonly explores = true;
  readonly #chance: Choices;
  readonly #order: RandomGenerator;
  readonly #share: number;
  readonly #decisions = new Decisions();
  readonly #taken = new Map<string, number>();

  constructor(seed: number, turn: number) {
    this.#chance = seeded(seed);
    this.#order = xoroshiro128plus((Math.imul(turn, 0x9e3779b1) ^ seed) >>> 0);
    this.#share = shares[turn % shares.length] ?? 1;
  }

  pick(point: string, weights: readonly number[]): number {
    if (!isOrder(point)) return this.#chance.pick(point, weights);
    if (weights.length < 2) return 0;
    const decision = this.#decisions.next(point);
    if (this.#draw() >= this.#share) return 0;
    const picked = Math.floor(this.#draw() * weights.length);
    if (picked > 0) this.#taken.set(decision, picked);
    return picked;
  }

  /** A copy sees the usual order from here on: a schedule tells of the scenario's own cluster alone. */
  fork(): Choices {
    return this.#chance.fork();
  }

  get schedule(): Schedule {
    return this.#taken;
  }

  /** From 0 to below 1. */
  #draw(): number {
    return (this.#order.next() >>> 0) / 2 ** 32;
  }
}

/** Follows a schedule. */
export class Following implements Choices {
  readonly explores = true;
  readonly #chance: Choices;
  readonly #schedule: Schedule;
  readonly #decisions = new Decisions();

  constructor(seed: number, schedule: Schedule) {
    this.#chance = seeded(seed);
    this.#schedule = schedule;
  }

  pick(point: string, weights: readonly number[]): number {
    if (!isOrder(point)) return this.#chance.pick(point, weights);
    if (weights.length < 2) return 0;
    const picked = this.#schedule.get(this.#decisions.next(point)) ?? 0;
    return Math.min(picked, weights.length - 1);
  }

  fork(): Choices {
    return this.#chance.fork();
  }
}

type Entry = readonly [string, number];

/** A schedule from which nothing can be left out, as far as `triesMax` tries show: all smaller ones that were tried do not
 * fail. Leaves out ever smaller parts, down to single decisions, and takes the least candidates. */
export function shortest(
  schedule: Schedule,
  fails: (schedule: Schedule) => boolean,
  triesMax = 250,
): Schedule {
  let tries = 0;
  const still = (entries: readonly Entry[]): boolean =>
    tries++ < triesMax && fails(new Map(entries));
  if (schedule.size > 0 && still([])) return new Map();
  let kept: readonly Entry[] = [...schedule];
  for (let size = Math.ceil(kept.length / 2); size >= 1; ) {
    const before = kept.length;
    for (let from = 0; from < kept.length; ) {
      const without = kept.toSpliced(from, size);
      if (without.length > 0 && still(without)) kept = without;
      else from += size;
    }
    if (size > 1) size = Math.ceil(size / 2);
    else if (kept.length === before) break;
  }
  for (const [i, [decision, picked]] of kept.entries()) {
    for (let less = 1; less < picked; less++) {
      const lesser = kept.with(i, [decision, less]);
      if (!still(lesser)) continue;
      kept = lesser;
      break;
    }
  }
  return new Map(kept);
}

const prefix = 'order/';

/** "late/kubelet hears of it#2=1;task/8120#1=3"; empty for the usual order. */
export function scheduleText(schedule: Schedule): string {
  return [...schedule].map(([point, n]) => `${point.slice(prefix.length)}=${n}`).join(';');
}

/** Undefined: no such text. */
export function parseSchedule(text: string): Schedule | undefined {
  if (text === '') return new Map();
  const entries = text.split(';').map((part) => /^([^;=]+#\d{1,9})=(\d{1,9})$/.exec(part));
  if (entries.includes(null)) return undefined;
  return new Map(entries.map((match) => [`${prefix}${match?.[1]}`, Number(match?.[2])]));
}
