// What a hook has to do under a rule source, in order of priority: the tables that hold rules, conntrack, translation.
// Steps without work are left out. Models the hook registrations of net/netfilter; the running of steps stands in
// kernel.ts.
import type { Manip } from './nat.ts';
import type { Hook, RuleSource, TableName } from './rule.ts';

export type Step =
  | { readonly kind: 'conntrack' }
  | { readonly kind: 'table'; readonly table: TableName }
  | { readonly kind: 'nat'; readonly manip: Manip }
  | { readonly kind: 'confirm' };

const conntrackStep: Step = { kind: 'conntrack' };
const confirmStep: Step = { kind: 'confirm' };
const raw: Step = { kind: 'table', table: 'raw' };
const mangle: Step = { kind: 'table', table: 'mangle' };
const filter: Step = { kind: 'table', table: 'filter' };
const security: Step = { kind: 'table', table: 'security' };
const dnat: Step = { kind: 'nat', manip: 'dst' };
const snat: Step = { kind: 'nat', manip: 'src' };

/** By priority: raw -300, conntrack -200, mangle -150, dnat -100, filter 0, security 50, snat 100, confirm last. */
export const hookSteps: Readonly<Record<Hook, readonly Step[]>> = {
  PREROUTING: [raw, conntrackStep, mangle, dnat],
  INPUT: [mangle, filter, security, snat, confirmStep],
  FORWARD: [mangle, filter, security],
  OUTPUT: [raw, conntrackStep, mangle, dnat, filter, security],
  POSTROUTING: [mangle, snat, confirmStep],
};

export type Plan = Readonly<Record<Hook, readonly Step[]>>;

const plans = new WeakMap<RuleSource, Plan>();

/** The steps that have something to do under these rules. */
export function planOf(rules: RuleSource): Plan {
  const known = plans.get(rules);
  if (known !== undefined) return known;
  const tables = rules.tables();
  const tracks = needsConntrack(rules);
  const isBusy = (step: Step, hook: Hook): boolean => {
    switch (step.kind) {
      case 'conntrack':
      case 'confirm':
        return tracks;
      case 'nat':
        return tracks && tables.includes('nat');
      case 'table': {
        const chain = rules.chain(step.table, hook);
        return chain !== undefined && (chain.rules.length > 0 || chain.policy === 'DROP');
      }
    }
  };
  const keep = (hook: Hook) => hookSteps[hook].filter((step) => isBusy(step, hook));
  const plan: Plan = {
    PREROUTING: keep('PREROUTING'),
    INPUT: keep('INPUT'),
    FORWARD: keep('FORWARD'),
    OUTPUT: keep('OUTPUT'),
    POSTROUTING: keep('POSTROUTING'),
  };
  plans.set(rules, plan);
  return plan;
}

/** Conntrack runs only in a namespace where some rule asks for it: a state match or a translation. */
function needsConntrack(rules: RuleSource): boolean {
  for (const table of rules.tables()) {
    for (const name of rules.chains(table)) {
      const wants = rules
        .chain(table, name)
        ?.rules.some(
          (rule) =>
            'to' in rule.target ||
            rule.target.kind === 'masquerade' ||
            rule.target.kind === 'redirect' ||
            rule.matches.some((match) => match.kind === 'conntrack'),
        );
      if (wants === true) return true;
    }
  }
  return false;
}
