// The walk through one table's chain at one hook: rule by rule, jumps and returns, the first verdict. It says nothing
// of hook order, conntrack or translation: those stand in kernel.ts, which is handed every NAT target. This plain
// linear walk is the meaning of a rule set; compiled.ts does the same in less time. Models ipt_do_table.
import { type MatchEnv, matchesRule } from './match.ts';
import type { Verdict } from './netfilter.ts';
import type { Chain, Hook, Rule, RuleSource, TableName, Target } from './rule.ts';
import type { Effect } from './trace.ts';

export type NatTarget = Extract<Target, { kind: 'dnat' | 'snat' | 'redirect' | 'masquerade' }>;

export interface WalkEnv extends MatchEnv {
  /** The chain that is walked just now. */
  chain: Chain | null;
  readonly hook: Hook;
  /** Sets the flow's mapping; the verdict of the NAT target. */
  translate(target: NatTarget): Verdict;
  /** Conntrack leaves the packet alone from here on. */
  untrack(): void;
}

/** The verdict of the table's built-in chain of `env.hook`; accept when the table has none. */
export type Walk = (env: WalkEnv, table: TableName) => Verdict;

/** Gets a rule source ready to be walked. */
export type Walker = (rules: RuleSource) => Walk;

export const accept: Verdict = { kind: 'accept' };
export const drop: Verdict = { kind: 'drop' };

/** Jumps deeper than this mean a loop, which the kernel refuses to load. */
export const depthMax = 256;

/** Looks at every rule. */
export const linear: Walker = (rules) => (env, table) => {
  const chain = rules.chain(table, env.hook);
  if (chain === undefined) return accept;
  const verdict = walkChain(rules, env, chain, 0);
  return verdict ?? policyOf(env, chain);
};

/** What becomes of a packet that no rule of a built-in chain decided about. */
export function policyOf(env: WalkEnv, chain: Chain): Verdict {
  if (chain.policy !== 'DROP') return accept;
  env.context.trace.rule(env.hook, chain, -1, 'policy');
  return drop;
}

/** Null: the end of the chain was reached or RETURN was met. */
function walkChain(rules: RuleSource, env: WalkEnv, chain: Chain, depth: number): Verdict | null {
  if (depth > depthMax) throw loops(chain);
  const { trace } = env.context;
  const length = chain.rules.length;
  let counted = 0;
  for (let i = 0; i < length; i++) {
    const rule = chain.rules[i] as Rule;
    env.chain = chain;
    if (!matchesRule(rule, env)) continue;
    trace.walked(i + 1 - counted);
    counted = i + 1;
    trace.rule(env.hook, chain, i, effects[rule.target.kind]);
    const step = takeTarget(rules, env, chain, rule.target, depth);
    if (step !== 'continue') return step;
  }
  trace.walked(length - counted);
  return null;
}

/** What a trace calls a target. */
export const effects: Readonly<Record<Target['kind'], Effect>> = {
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
  notrack: 'notrack',
  none: 'count',
};

function takeTarget(
  rules: RuleSource,
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
      return walkChain(rules, env, called(rules, chain, target.chain), depth + 1) ?? 'continue';
    case 'goto':
      return walkChain(rules, env, called(rules, chain, target.chain), depth + 1);
    case 'mark':
      env.packet.mark = ((env.packet.mark & ~target.mask) ^ target.value) >>> 0;
      return 'continue';
    case 'dnat':
    case 'snat':
    case 'redirect':
    case 'masquerade':
      return env.translate(target);
    case 'notrack':
      env.untrack();
      return 'continue';
    case 'none':
      return 'continue';
  }
}

/** The chain that a rule of `from` jumps to. */
export function called(rules: RuleSource, from: Chain, name: string): Chain {
  const chain = rules.chain(from.table, name);
  if (chain === undefined) {
    throw new Error(
      `chain ${from.name} of table ${from.table} jumps to ${name}, which is not there`,
    );
  }
  return chain;
}

export function loops(chain: Chain): Error {
  return new Error(`chain ${chain.name} of table ${chain.table} loops`);
}
