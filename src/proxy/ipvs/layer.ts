// kube-proxy's iptables rules and ip sets on one node as a layer: what a sync leaves behind, built
// when somebody looks at it. Virtual servers are not part of it: they have a past (sync.ts).
import type { Family } from '../../net/addr.ts';
import { createSet, type IpSet } from '../../netfilter/ipset/set.ts';
import type {
  Chain,
  Hooking,
  Rule,
  RuleLayer,
  SetSource,
  TableName,
} from '../../netfilter/rule.ts';
import type { Causes } from '../../sim/causes.ts';
import { byCodeUnit } from '../../sim/table.ts';
import type { ProxySnapshot } from '../snapshot.ts';
import { type ChunkView, cacheOf, type IpvsCache, owner } from './cache.ts';
import { filterChains, natChains } from './constant.table.ts';
import type { Barred, Member } from './frontends.ts';
import { jumpHookings, type OwnRule, ownRules } from './rules.ts';
import type { SetPart } from './set-parts.ts';
import { type SetName, type SetRow, setName, setTable } from './sets.table.ts';
import type { Settings } from './settings.ts';

/** A layer that can also say what kube-proxy writes, and for whom. */
export interface IpvsLayer extends RuleLayer {
  readonly settings: Settings;
  readonly sets: SetSource;
  /** What each service port needs, in the order of ServicePortName. */
  readonly chunks: readonly ChunkView[];
  /** All rules in the order of writing. */
  ownRules(): readonly OwnRule[];
  /** A set's members as kube-proxy adds them: each once, the first Service's. */
  members(set: SetName): readonly Member[];
}

export function layerFor(snapshot: ProxySnapshot, settings: Settings, causes: Causes): IpvsLayer {
  return new LazyLayer(snapshot, settings, cacheOf(causes));
}

const jumps = jumpHookings();

class LazyLayer implements IpvsLayer {
  readonly owner = owner;
  readonly family: Family;
  readonly hookings: readonly Hooking[] = jumps;
  readonly settings: Settings;
  readonly #snapshot: ProxySnapshot;
  readonly #cache: IpvsCache;
  #chunks: readonly ChunkView[] | undefined;
  #chains: ReadonlyMap<string, Chain> | undefined;
  readonly #sets = new Map<SetName, IpSet>();

  constructor(snapshot: ProxySnapshot, settings: Settings, cache: IpvsCache) {
    this.#snapshot = snapshot;
    this.settings = settings;
    this.family = settings.family;
    this.#cache = cache;
  }

  get chunks(): readonly ChunkView[] {
    this.#chunks ??= this.#snapshot.ports[this.family].chunks.map((chunk) =>
      this.#cache.chunkView(chunk, this.settings),
    );
    return this.#chunks;
  }

  chain(table: TableName, name: string): Chain | undefined {
    this.#chains ??= this.#cache.chains(this.#chainsKey(), () => chainsOf(this.ownRules()));
    return this.#chains.get(`${table} ${name}`);
  }

  chains(table: TableName): readonly string[] {
    switch (table) {
      case 'nat':
        return [...natChains].sort(byCodeUnit);
      case 'filter':
        return [...filterChains].sort(byCodeUnit);
      case 'mangle':
      case 'raw':
      case 'security':
        return [];
    }
  }

  readonly sets: SetSource = {
    set: (name) => {
      const row = rowNamed(name, this.family);
      return row === undefined ? undefined : this.#set(row);
    },
    sets: () => names[this.family],
  };

  ownRules(): readonly OwnRule[] {
    const { settings } = this;
    return ownRules({ settings, isFilled: this.#isFilled, barred: this.#barred() });
  }

  members(set: SetName): readonly Member[] {
    const found = new Map<string, Member>();
    for (const part of this.#partsOf(set)) {
      for (const [text, member] of part.members) if (!found.has(text)) found.set(text, member);
    }
    return [...found.values()];
  }

  #set(row: SetRow): IpSet {
    let set = this.#sets.get(row.name);
    if (set === undefined) {
      const key = `${this.family} ${row.name}`;
      const place = `${key} ${this.settings.nodeKey}`;
      set = this.#cache.set(key, place, this.#partsOf(row.name), (members) =>
        createSet(setName(row.name, this.family), row.type, this.family, members),
      );
      this.#sets.set(row.name, set);
    }
    return set;
  }

  #partsOf(set: SetName): readonly SetPart[] {
    return this.chunks.flatMap(({ parts }) => parts.get(set) ?? []);
  }

  #isFilled = (set: SetName): boolean => this.chunks.some(({ parts }) => parts.has(set));

  #barred(): readonly Barred[] {
    return this.chunks.flatMap(({ barred }) => barred);
  }

  #chainsKey(): string {
    const filled = setTable.map(({ name }) => (this.#isFilled(name) ? 1 : 0)).join('');
    const barred = this.#barred().map(
      ({ address, proto, port, origin }) => `${address} ${proto} ${port} ${origin}`,
    );
    return `${this.settings.constantKey}|${filled}|${barred.join()}`;
  }
}

const names: Readonly<Record<Family, readonly string[]>> = {
  4: setTable.map(({ name }) => setName(name, 4)),
  6: setTable.map(({ name }) => setName(name, 6)),
};

function rowNamed(name: string, family: Family): SetRow | undefined {
  return setTable[names[family].indexOf(name)];
}

function chainsOf(rules: readonly OwnRule[]): ReadonlyMap<string, Chain> {
  const lists = new Map<string, Rule[]>();
  for (const name of natChains) lists.set(`nat ${name}`, []);
  for (const name of filterChains) lists.set(`filter ${name}`, []);
  for (const { chain, rule } of rules) lists.get(chain)?.push(rule);
  const chains = new Map<string, Chain>();
  for (const [key, list] of lists) {
    const [table, name] = key.split(' ') as [TableName, string];
    chains.set(key, { table, name, policy: null, rules: list, owner });
  }
  return chains;
}
