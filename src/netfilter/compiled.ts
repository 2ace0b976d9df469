// The walk of walk.ts over compiled chains: the same verdicts, draws, notes, traces and counts, but jumps go straight
// to the chain they name and long chains are entered by index. What is compiled and linked is kept with the rule
// source, so all forks of a machine share it. Not a second meaning: where the two differ, this one is wrong.

import type { Packet } from '../net/packet.ts';
import { matchesOne } from './match.ts';
import type { Verdict } from './netfilter.ts';
import { op, type Program, programOf, take, type Word } from './program.ts';
import type { Chain, Match, Rule, RuleSource, TableName, Target } from './rule.ts';
import { candidates, type RuleIndex } from './rule-index.ts';
import { hookCode } from './trace.ts';
import {
  accept,
  called,
  depthMax,
  drop,
  loops,
  type NatTarget,
  policyOf,
  type Walk,
  type WalkEnv,
  type Walker,
} from './walk.ts';

/** How a long chain's rules are found. */
export type Find = (index: RuleIndex, packet: Packet) => readonly number[];

/** A program whose jumps are resolved when they are first taken: the chain then stands behind its jump. */
interface Linked extends Omit<Program, 'words'> {
  readonly words: (Word | Linked)[];
}

/** One rule source's chains that were walked, by table and name. */
class Links {
  readonly rules: RuleSource;
  readonly #known = new Map<TableName, Map<string, Linked | null>>();

  constructor(rules: RuleSource) {
    this.rules = rules;
  }

  /** Null: the table has no such built-in chain. */
  root(table: TableName, hook: string): Linked | null {
    const known = this.#known.get(table)?.get(hook);
    if (known !== undefined) return known;
    const chain = this.rules.chain(table, hook);
    return chain === undefined ? this.#keep(table, hook, null) : this.#link(chain);
  }

  callee(from: Chain, name: string): Linked {
    const known = this.#known.get(from.table)?.get(name);
    return known ?? this.#link(called(this.rules, from, name));
  }

  #link(chain: Chain): Linked {
    const { length, words, index } = programOf(chain);
    return this.#keep(chain.table, chain.name, { chain, length, words: [...words], index });
  }

  #keep<L extends Linked | null>(table: TableName, name: string, linked: L): L {
    const known = this.#known.get(table) ?? new Map<string, Linked | null>();
    this.#known.set(table, known.set(name, linked));
    return linked;
  }
}

const links = new WeakMap<RuleSource, Links>();

/** A walker that finds the rules of long chains by `find`. */
export function walkerBy(find: Find): Walker {
  return (rules): Walk => {
    const known = links.get(rules) ?? new Links(rules);
    links.set(rules, known);
    return (env, table) => {
      const root = known.root(table, env.hook);
      if (root === null) return accept;
      const run = { env, links: known, find, hook: hookCode(env.hook) };
      return walkChain(run, root, 0) ?? policyOf(env, root.chain);
    };
  };
}

/** The walker that machines use. */
export const compiled: Walker = walkerBy(candidates);

interface Run {
  readonly env: WalkEnv;
  readonly links: Links;
  readonly find: Find;
  readonly hook: number;
}

/** Null: the end of the chain was reached or RETURN was met. */
function walkChain(run: Run, at: Linked, depth: number): Verdict | null {
  const { chain, length, words, index } = at;
  if (depth > depthMax) throw loops(chain);
  const { env } = run;
  const { trace } = env.context;
  const ordinals = index === null ? null : run.find(index, env.packet);
  const count = ordinals === null ? length : ordinals.length;
  let counted = 0;
  for (let i = 0; i < count; i++) {
    const ordinal = ordinals === null ? i : (ordinals[i] as number);
    const end = passed(words, words[ordinal] as number, env, chain, ordinal);
    if (end < 0) continue;
    trace.walked(ordinal + 1 - counted);
    counted = ordinal + 1;
    trace.step(run.hook + (words[end] as number), chain, ordinal);
    switch (words[end + 1]) {
      case take.accept:
        return accept;
      case take.drop:
        return drop;
      case take.return:
        return null;
      case take.jump: {
        const verdict = walkChain(run, calleeOf(run, at, ordinal, end + 2), depth + 1);
        if (verdict !== null) return verdict;
        break;
      }
      case take.goto:
        return walkChain(run, calleeOf(run, at, ordinal, end + 2), depth + 1);
      case take.mark:
        env.packet.mark =
          ((env.packet.mark & ~(words[end + 2] as number)) ^ (words[end + 3] as number)) >>> 0;
        break;
      case take.notrack:
        env.untrack();
        break;
      case take.none:
        break;
      default:
        return decided(env, words[end + 2] as Target);
    }
  }
  trace.walked(length - counted);
  return null;
}

function decided(env: WalkEnv, target: Target): Verdict {
  if (target.kind === 'reject') return { kind: 'reject', with: target.with };
  return env.translate(target as NatTarget);
}

/** The chain that a rule jumps to; `place`: where it stands among the words. */
function calleeOf(run: Run, at: Linked, ordinal: number, place: number): Linked {
  const known = at.words[place] as Linked | null;
  if (known !== null) return known;
  const { target } = at.chain.rules[ordinal] as Rule;
  const name = target.kind === 'jump' || target.kind === 'goto' ? target.chain : '';
  const callee = run.links.callee(at.chain, name);
  at.words[place] = callee;
  return callee;
}

const half = 2 ** 31;

/** Where the target stands when every check holds; -1 when one fails. */
function passed(
  words: Linked['words'],
  from: number,
  env: WalkEnv,
  chain: Chain,
  ordinal: number,
): number {
  const { packet } = env;
  for (let pc = from; ; ) {
    const a = words[pc + 1] as number;
    switch (words[pc]) {
      case op.take:
        return pc + 1;
      case op.src:
        if (!isIn(packet.src, a, words[pc + 2] as number)) return -1;
        pc += 3;
        break;
      case op.notSrc:
        if (isIn(packet.src, a, words[pc + 2] as number)) return -1;
        pc += 3;
        break;
      case op.dst:
        if (!isIn(packet.dst, a, words[pc + 2] as number)) return -1;
        pc += 3;
        break;
      case op.notDst:
        if (isIn(packet.dst, a, words[pc + 2] as number)) return -1;
        pc += 3;
        break;
      case op.proto:
        if (packet.proto !== a) return -1;
        pc += 2;
        break;
      case op.dport:
        if (packet.proto !== a) return -1;
        if (packet.dport < (words[pc + 2] as number)) return -1;
        if (packet.dport > (words[pc + 3] as number)) return -1;
        pc += 4;
        break;
      case op.mark:
        if ((packet.mark & a) !== words[pc + 2]) return -1;
        pc += 3;
        break;
      case op.notMark:
        if ((packet.mark & a) === words[pc + 2]) return -1;
        pc += 3;
        break;
      case op.random:
        if (env.context.choices.pick('netfilter/random', [a, half - a]) !== 0) return -1;
        pc += 2;
        break;
      default:
        env.chain = chain;
        if (!matchesOne((chain.rules[ordinal] as Rule).matches[a] as Match, env)) return -1;
        pc += 2;
    }
  }
}

function isIn(addr: Packet['src'], low: number, span: number): boolean {
  return typeof addr === 'number' && (addr - low) >>> 0 <= span >>> 0;
}
