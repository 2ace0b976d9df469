// What a hook has to do under a rule source, in order of priority: the tables that hold rules, conntrack, translation.
// Steps without work are left out. Models the hook registrations of net/netfilter; the running of steps stands in
// kernel.ts.
import type { Manip } from './nat.ts';
import type { NftField } from './nft/field.table.ts';
import type { NftChain, NftStatement, NftTable } from './nft/table.ts';
import type { Hook, RuleSource, TableName } from './rule.ts';

type TableStep = { readonly kind: 'table'; readonly table: TableName };
type NftStep = { readonly kind: 'nft'; readonly table: NftTable; readonly chain: NftChain };

/** One of the lists of rules that translation asks for a first packet's mapping. */
export type NatList = TableStep | NftStep;

export interface NatStep {
  readonly kind: 'nat';
  readonly manip: Manip;
  /** In the order in which they are asked; null: iptables' nat table alone. */
  readonly lists: readonly NatList[] | null;
}

export type Step =
  | { readonly kind: 'conntrack' }
  | TableStep
  | NatStep
  | NftStep
  | { readonly kind: 'ipvs'; readonly way: 'in' | 'out'; readonly priority: number }
  | { readonly kind: 'confirm' };

const conntrackStep: Step = { kind: 'conntrack' };
const confirmStep: Step = { kind: 'confirm' };
const raw: Step = { kind: 'table', table: 'raw' };
const mangle: Step = { kind: 'table', table: 'mangle' };
const filter: Step = { kind: 'table', table: 'filter' };
const security: Step = { kind: 'table', table: 'security' };
const dnat: Step = { kind: 'nat', manip: 'dst', lists: null };
const snat: Step = { kind: 'nat', manip: 'src', lists: null };

const ipvs = (way: 'in' | 'out', priority: number): Step => ({ kind: 'ipvs', way, priority });

/** In the order of `priorityOf`. */
const hookSteps: Readonly<Record<Hook, readonly Step[]>> = {
  PREROUTING: [raw, conntrackStep, mangle, dnat],
  INPUT: [mangle, filter, security, ipvs('out', 98), ipvs('in', 99), snat, confirmStep],
  FORWARD: [mangle, filter, security, ipvs('out', 100)],
  OUTPUT: [raw, conntrackStep, mangle, dnat, ipvs('out', -99), ipvs('in', -98), filter, security],
  POSTROUTING: [mangle, snat, confirmStep],
};

const tablePriorities: Readonly<Record<TableName, number>> = {
  raw: -300,
  mangle: -150,
  nat: -100,
  filter: 0,
  security: 50,
};

/** enum nf_ip_hook_priorities. */
function priorityOf(step: Step): number {
  switch (step.kind) {
    case 'conntrack':
      return -200;
    case 'table':
      return tablePriorities[step.table];
    case 'nat':
      return natPriority[step.manip];
    case 'ipvs':
      return step.priority;
    case 'nft':
      return step.chain.base?.priority ?? 0;
    case 'confirm':
      return Number.POSITIVE_INFINITY;
  }
}

const natPriority: Readonly<Record<Manip, number>> = { dst: -100, src: 100 };

export type Plan = Readonly<Record<Hook, readonly Step[]>>;

const plans = new WeakMap<RuleSource, Plan>();

/** The steps that have something to do under these rules. */
export function planOf(rules: RuleSource): Plan {
  const known = plans.get(rules);
  if (known !== undefined) return known;
  const tables = rules.tables();
  const tracks = needsConntrack(rules) || rules.nft.some(needsFlows);
  const nats = tables.includes('nat') || rules.nft.some((table) => table.baseChains.some(isNat));
  const isBusy = (step: Step, hook: Hook): boolean => {
    switch (step.kind) {
      case 'conntrack':
      case 'confirm':
        return tracks;
      case 'ipvs':
        return true;
      case 'nat':
        return tracks && nats;
      case 'table': {
        const chain = rules.chain(step.table, hook);
        return chain !== undefined && (chain.rules.length > 0 || chain.policy === 'DROP');
      }
      case 'nft':
        return step.chain.rules.length > 0 || step.chain.base?.policy === 'drop';
    }
  };
  const keep = (hook: Hook) => {
    const steps = hookSteps[hook].filter((step) => isBusy(step, hook));
    return rules.nft.length === 0 ? steps : withNft(rules, hook, steps, isBusy);
  };
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

function isNat({ base }: NftChain): boolean {
  return base?.type === 'nat';
}

/** Filter chains stand among the other steps by priority. Chains of type nat are called by translation, which has a
 * place of its own: their priority only says in which order it asks them. */
function withNft(
  rules: RuleSource,
  hook: Hook,
  steps: readonly Step[],
  isBusy: (step: Step, hook: Hook) => boolean,
): readonly Step[] {
  const made = rules.made();
  const chains = rules.nft.flatMap((table) =>
    table.baseChains
      .filter((chain) => chain.base?.hook === hook)
      .map((chain): NftStep => ({ kind: 'nft', table, chain })),
  );
  const busy = chains.filter((step) => isBusy(step, hook));
  const plain = busy.filter(({ chain }) => !isNat(chain));
  const all = [...steps.map((step) => withLists(step, made, busy)), ...plain];
  return sorted(all, priorityOf, made);
}

function withLists(step: Step, made: Made, busy: readonly NftStep[]): Step {
  if (step.kind !== 'nat') return step;
  const lists: readonly NatList[] = [
    ...(made.includes('nat') ? [{ kind: 'table', table: 'nat' } as const] : []),
    ...busy.filter(({ chain }) => isNat(chain)),
  ];
  const priority = (list: NatList) =>
    list.kind === 'table' ? natPriority[step.manip] : priorityOf(list);
  return { ...step, lists: sorted(lists, priority, made) };
}

type Made = ReturnType<RuleSource['made']>;

/** By priority; of equals the one registered last comes first (nf_hook_entries_grow). */
function sorted<S extends Step>(
  steps: readonly S[],
  priority: (step: S) => number,
  made: Made,
): readonly S[] {
  const age = (step: S) => {
    if (step.kind === 'table' || step.kind === 'nft') return made.indexOf(step.table);
    return step.kind === 'nat' ? made.findIndex(hasNat) : -1;
  };
  return steps
    .map((step, i) => ({ step, i, priority: priority(step), age: age(step) }))
    .sort((a, b) => Math.sign(a.priority - b.priority) || b.age - a.age || b.i - a.i)
    .map(({ step }) => step);
}

function hasNat(table: TableName | NftTable): boolean {
  return typeof table === 'string' ? table === 'nat' : table.baseChains.some(isNat);
}

/** Conntrack runs for tables that look at a flow or translate it. Base chains say so first in most tables. */
function needsFlows(table: NftTable): boolean {
  const wants = (chain: NftChain | undefined) =>
    chain?.rules.some((rule) => rule.statements.some(looksAtFlow)) === true;
  return table.baseChains.some(wants) || table.chains().some((name) => wants(table.chain(name)));
}

function looksAtFlow(statement: NftStatement): boolean {
  switch (statement.kind) {
    case 'flags':
    case 'nat':
    case 'redirect':
    case 'masquerade':
      return true;
    case 'in':
      return statement.key.some(isOfFlow);
    case 'compare':
      return isOfFlow(statement.field);
    case 'vmap':
      return statement.key.kind === 'fields' && statement.key.fields.some(isOfFlow);
    default:
      return false;
  }
}

function isOfFlow(field: NftField): boolean {
  return field === 'ct state' || field === 'ct status';
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
