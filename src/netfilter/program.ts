// One chain as a list of numbers: for each rule its checks in the order in which the kernel makes them, then its
// target. Comments and bookkeeping are not in it. What is checked often has an instruction of its own, everything else
// refers to its match and is judged by match.ts. Like xt_table_info's blob: one piece of memory, walked without
// following pointers: what a target needs stands behind it.
import { isHeader } from './match.ts';
import type { Chain, Match, Rule, Target } from './rule.ts';
import { indexOf, type RuleIndex } from './rule-index.ts';
import { effectCode } from './trace.ts';
import { effects } from './walk.ts';

/** Instructions, with the words that follow them. */
export const op = {
  /** effect, target, the target's words: all checks passed. */
  take: 0,
  /** low, span: addresses as 32 signed bits. */
  src: 1,
  notSrc: 2,
  dst: 3,
  notDst: 4,
  /** protocol */
  proto: 5,
  /** protocol, low, high */
  dport: 6,
  /** mask, value */
  mark: 7,
  notMark: 8,
  /** below */
  random: 9,
  /** ordinal of the match in its rule */
  other: 10,
} as const;

/** Targets; `mark` is followed by mask and value, `jump` and `goto` by a place for the chain they lead to (null), what
 * translates or rejects by the target itself. */
export const take = {
  accept: 0,
  drop: 1,
  return: 2,
  reject: 3,
  jump: 4,
  goto: 5,
  mark: 6,
  dnat: 7,
  snat: 7,
  redirect: 7,
  masquerade: 7,
  none: 8,
  notrack: 9,
} as const satisfies Readonly<Record<Target['kind'], number>>;

export interface Program {
  readonly chain: Chain;
  /** How many rules. The words begin with the place of each rule's first instruction. */
  readonly length: number;
  readonly words: readonly Word[];
  readonly index: RuleIndex | null;
}

/** All are numbers but for what stands behind a target. */
export type Word = number | Target | null;

const programs = new WeakMap<Chain, Program>();

/** The chain's program: made once, for all machines and forks that share the chain. */
export function programOf(chain: Chain): Program {
  let program = programs.get(chain);
  if (program === undefined) {
    const { rules } = chain;
    const words: Word[] = rules.map(() => 0);
    for (const [ordinal, rule] of rules.entries()) {
      words[ordinal] = words.length;
      write(words, rule);
    }
    program = { chain, length: rules.length, words, index: indexOf(rules) };
    programs.set(chain, program);
  }
  return program;
}

function write(words: Word[], rule: Rule): void {
  for (const [ordinal, match] of rule.matches.entries()) {
    if (isHeader(match)) words.push(...instruction(match, ordinal));
  }
  for (const [ordinal, match] of rule.matches.entries()) {
    if (!isHeader(match)) words.push(...instruction(match, ordinal));
  }
  const { target } = rule;
  words.push(op.take, effectCode(effects[target.kind]), take[target.kind]);
  switch (target.kind) {
    case 'mark':
      words.push(target.mask | 0, target.value | 0);
      break;
    case 'jump':
    case 'goto':
      words.push(null);
      break;
    case 'reject':
    case 'dnat':
    case 'snat':
    case 'redirect':
    case 'masquerade':
      words.push(target);
  }
}

function instruction(match: Match, ordinal: number): readonly number[] {
  const other = [op.other, ordinal];
  switch (match.kind) {
    case 'comment':
      return [];
    case 'address': {
      const { low, high, side, negated } = match;
      if (typeof low !== 'number' || typeof high !== 'number' || low > high) return other;
      const [plain, not] = side === 'src' ? [op.src, op.notSrc] : [op.dst, op.notDst];
      return [negated ? not : plain, low | 0, (high - low) | 0];
    }
    case 'protocol':
      return match.negated ? other : [op.proto, match.proto];
    case 'port':
      if (match.negated || match.side === 'src') return other;
      // Without ports the module only asks for its protocol.
      if (match.side === null) return [op.proto, match.proto];
      return [op.dport, match.proto, match.low, match.high];
    case 'mark':
      if (match.value >>> 0 !== match.value) return other;
      return [match.negated ? op.notMark : op.mark, match.mask | 0, match.value | 0];
    case 'random':
      return [op.random, match.below];
    default:
      return other;
  }
}
