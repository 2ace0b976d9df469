// Makes one rule source of what several owners wrote on a machine: built-in chains from their hookings, their own
// chains as they are. Nothing is built before it is walked or printed. Not a transaction log: an owner that rewrites
// its chains hands in a new layer. Models what iptables-restore --noflush and `iptables -C || -I` leave behind.
import type { Family } from '../net/addr.ts';
import { comparisonText, perKey } from '../sim/memo.ts';
import { byCodeUnit } from '../sim/table.ts';
import type { IpSet } from './ipset/set.ts';
import type { NftTable } from './nft/table.ts';
import type {
  Chain,
  Hook,
  Hooking,
  Rule,
  RuleLayer,
  RuleSource,
  SetSource,
  TableName,
} from './rule.ts';

/** The built-in chains of each table in hook order (xtables-nft `xtables_ipv4`). */
export const builtIns: Readonly<Record<TableName, readonly Hook[]>> = {
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
  raw: ['PREROUTING', 'OUTPUT'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
};

/** The order in which iptables-save (nf_tables) prints the tables. */
export const tableOrder: readonly TableName[] = ['mangle', 'security', 'raw', 'filter', 'nat'];

/** A layer of an owner whose chains are few and ready. */
export function plainLayer(
  owner: string,
  family: Family,
  chains: readonly Chain[],
  hookings: readonly Hooking[],
  sets?: SetSource,
): RuleLayer {
  const byTable = new Map<TableName, Map<string, Chain>>();
  for (const chain of chains) {
    const table = byTable.get(chain.table) ?? new Map<string, Chain>();
    byTable.set(chain.table, table.set(chain.name, chain));
  }
  return {
    owner,
    family,
    hookings,
    ...(sets === undefined ? {} : { sets }),
    chain: (table, name) => byTable.get(table)?.get(name),
    chains: (table) => [...(byTable.get(table)?.keys() ?? [])].sort(byCodeUnit),
  };
}

/** A layer of an owner that writes nf_tables alone. */
export function nftLayer(owner: string, family: Family, nft: readonly NftTable[]): RuleLayer {
  return { ...plainLayer(owner, family, [], []), nft };
}

/** The sets that are given, as a layer carries them. */
export function plainSets(sets: readonly IpSet[]): SetSource {
  const byName = new Map(sets.map((set) => [set.name, set]));
  const names = [...byName.keys()];
  return { set: (name) => byName.get(name), sets: () => names };
}

interface Place {
  source?: RuleSource;
  readonly next: WeakMap<RuleLayer, Place>;
}

const roots: Readonly<Record<Family, Place>> = {
  4: { next: new WeakMap() },
  6: { next: new WeakMap() },
};

/** One source of all layers of the family (others are left out), bottom first: a later layer's prepend stands above
 * an earlier one's, and its chain replaces an earlier owner's chain of the same name, as a flush and rewrite does. A
 * hooking that stands there already is not written twice. Same layers, same object: walkers may key on it. */
export function composeRules(family: Family, layers: readonly RuleLayer[]): RuleSource {
  let place = roots[family];
  for (const layer of layers) {
    if (layer.family !== family) continue;
    let next = place.next.get(layer);
    if (next === undefined) {
      next = { next: new WeakMap() };
      place.next.set(layer, next);
    }
    place = next;
  }
  place.source ??= new Composed(
    family,
    layers.filter((layer) => layer.family === family),
  );
  return place.source;
}

class Composed implements RuleSource {
  readonly family: Family;
  readonly nft: readonly NftTable[];
  readonly #layers: readonly RuleLayer[];
  readonly #chains = new Map<TableName, Map<string, Chain>>();
  #tables: readonly TableName[] | null = null;

  constructor(family: Family, layers: readonly RuleLayer[]) {
    this.family = family;
    this.#layers = layers;
    this.nft = layers.flatMap((layer) => layer.nft ?? []);
  }

  chain(table: TableName, name: string): Chain | undefined {
    let known = this.#chains.get(table);
    if (known === undefined) {
      if (!this.tables().includes(table)) return undefined;
      known = new Map(builtIns[table].map((hook) => [hook, this.#builtIn(table, hook)]));
      this.#chains.set(table, known);
    }
    const found = known.get(name);
    if (found !== undefined) return found;
    for (let i = this.#layers.length - 1; i >= 0; i--) {
      const chain = this.#layers[i]?.chain(table, name);
      if (chain === undefined) continue;
      known.set(name, chain);
      return chain;
    }
    return undefined;
  }

  chains(table: TableName): readonly string[] {
    if (!this.tables().includes(table)) return [];
    const names = new Set<string>();
    for (const layer of this.#layers) for (const name of layer.chains(table)) names.add(name);
    return [...builtIns[table], ...[...names].sort(byCodeUnit)];
  }

  tables(): readonly TableName[] {
    this.#tables ??= tableOrder.filter((table) => this.#layers.some((layer) => uses(layer, table)));
    return this.#tables;
  }

  set(name: string): IpSet | undefined {
    for (let i = this.#layers.length - 1; i >= 0; i--) {
      const found = this.#layers[i]?.sets?.set(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  sets(): readonly string[] {
    return [...new Set(this.#layers.flatMap((layer) => layer.sets?.sets() ?? []))];
  }

  made(): readonly (TableName | NftTable)[] {
    const made = new Set<TableName | NftTable>();
    for (const layer of this.#layers) {
      for (const table of tableOrder) if (uses(layer, table)) made.add(table);
      for (const table of layer.nft ?? []) made.add(table);
    }
    return [...made];
  }

  #builtIn(table: TableName, hook: Hook): Chain {
    const rules: Rule[] = [];
    for (const layer of this.#layers) {
      for (const hooking of layer.hookings) {
        if (hooking.table !== table || hooking.chain !== hook) continue;
        if (rules.some((rule) => sameRule(rule, hooking.rule))) continue;
        if (hooking.position === 'prepend') rules.unshift(hooking.rule);
        else rules.push(hooking.rule);
      }
    }
    return { table, name: hook, policy: 'ACCEPT', rules, owner: 'kernel' };
  }
}

/** Whether the owner has anything in the table, so that the table is there. */
function uses(layer: RuleLayer, table: TableName): boolean {
  return (
    layer.hookings.some((hooking) => hooking.table === table) || layer.chains(table).length > 0
  );
}

/** Whether two rules say the same (their origins aside), as `iptables -C` compares. */
function sameRule(a: Rule, b: Rule): boolean {
  return a === b || ruleKey(a) === ruleKey(b);
}

const ruleKey = perKey(({ matches, target }: Rule) => comparisonText([matches, target]));
