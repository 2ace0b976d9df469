// The walk through one table's chain at one hook: rule by rule, jumps and returns, the first verdict. It says nothing
// of hook order, conntrack or translation: those stand in kernel.ts, which is handed every NAT target. The plain
// linear walk is the meaning of a rule set; a `Lookup` may skip rules that cannot match. Models ipt_do_table.
import { type MatchEnv, matchesRule } from './match.ts';
import type { Verdict } from './netfilter.ts';
import type { Chain, Hook, Rule, RuleSource, TableName, Target } from './rule.ts';
import type { Effect } from './trace.ts';

export type NatTarget = Extract<Target, { kind: 'dnat' | 'snat' | 'redirect' | 'masquerade' }>;

/** Which rules of a chain can match the packet: `next(from)` is the first such ordinal >= from, or the chain's length. */
export interface Candidates {
  next(from: number): number;
}

/** Candidates for the packet of `env`; null: look at every rule. */
export type Lookup = (chain: Chain, env: MatchEnv) => Candidates | null;

export interface WalkEnv extends MatchEnv {
  /** The chain that is walked just now. */
  chain: Chain | null;
  readonly rules: RuleSource;
  readonly hook: Hook;
  readonly lookup: Lookup;
  /** Sets the flow's mapping; the verdict of the NAT target. */
  readonly translate: (target: NatTarget) => Verdict;
}

export const accept: Verdict = { kind: 'accept' };
export const drop: Verdict = { kind: 'drop' };

/** Looks at every rule. */
export const linear: Lookup = () => null;

/** Jumps deeper than this mean a loop, which the kernel refuses to load. */
const depthMax = 256;

/** The verdict of the table's built-in chain of `env.hook`; accept when the table has none. */
export function walkTable(env: WalkEnv, table: TableName): Verdict {
  const chain = env.rules.chain(table, env.hook);
  if (chain === undefined) return accept;
  const verdict = walkChain(env, chain, 0);
  if (verdict !== null) return verdict;
  if (chain.policy !== 'DROP') return accept;
  env.context.trace.rule(env.hook, chain, -1, 'policy');
  return drop;
}

/** Null: the end of the chain was reached or RETURN was met. */
function walkChain(env: WalkEnv, chain: Chain, depth: number): Verdict | null {
  if (depth > depthMax) throw new Error(`chain ${chain.name} of table ${chain.table} loops`);
  const { trace } = env.context;
  const length = chain.rules.length;
  const candidates = env.lookup(chain, env);
  let counted = 0;
  for (let i = candidates?.next(0) ?? 0; i < length; i = candidates?.next(i + 1) ?? i + 1) {
    const rule = chain.rules[i] as Rule;
    env.chain = chain;
    if (!matchesRule(rule, env)) continue;
    trace.walked(i + 1 - counted);
    counted = i + 1;
    trace.rule(env.hook, chain, i, effects[rule.target.kind]);
    const step = takeTarget(env, chain, rule.target, depth);
    if (step !== 'continue') return step;
  }
  trace.walked(length - counted);
  return null;
}

const effects: Readonly<Record<Target['kind'], Effect>> = {
  accept: 'accept',
  drop: 'drop',
  return: 'return',
  reject: 'reject',
  jump: 'jump',
  goto: 'jump',
  mark: 'mark',
  dnat: 'dnat',
  snat: 'snat',
  redirect: 'dnat',
  masquerade: 'masquerade',
  none: 'count',
};

function takeTarget(
  env: WalkEnv,
  chain: Chain,
  target: Target,
  depth: number,
): Verdict | null | 'continue' {
  switch (target.kind) {
    case 'accept':
      return accept;
    case 'drop':
      return drop;
    case 'return':
      return null;
    case 'reject':
      return { kind: 'reject', with: target.with };
    case 'jump':
      return walkChain(env, called(env, chain, target.chain), depth + 1) ?? 'continue';
    case 'goto':
      return walkChain(env, called(env, chain, target.chain), depth + 1);
    case 'mark':
      env.packet.mark = ((env.packet.mark & ~target.mask) ^ target.value) >>> 0;
      return 'continue';
    case 'dnat':
    case 'snat':
    case 'redirect':
    case 'masquerade':
      return env.translate(target);
    case 'none':
      return 'continue';
  }
}

function called(env: WalkEnv, from: Chain, name: string): Chain {
  const chain = env.rules.chain(from.table, name);
  if (chain === undefined) {
    throw new Error(
      `chain ${from.name} of table ${from.table} jumps to ${name}, which is not there`,
    );
  }
  return chain;
}
