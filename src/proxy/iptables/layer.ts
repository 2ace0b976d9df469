// kube-proxy's rules on one node as a layer: what a full sync leaves behind, built when somebody
// looks at it. A node that never carries a packet costs one small object. The history of partial
// syncs (stale chains, rules of an older sync) is deliberately not kept: see README.md.
import type { Family } from '../../net/addr.ts';
import type { Chain, Hooking, Rule, RuleLayer, TableName } from '../../netfilter/rule.ts';
import type { Causes } from '../../sim/causes.ts';
import { byCodeUnit } from '../../sim/table.ts';
import type { ProxyConfig, ProxyNode } from '../config.ts';
import type { ProxyPort, ProxySnapshot } from '../snapshot.ts';
import { sortedGet, sortedValues } from '../sorted-map.ts';
import { type ChunkView, cacheOf, owner, type PortView, type RuleCache } from './cache.ts';
import { canaryChain, canaryTables, filterChains, natChains } from './constant.table.ts';
import {
  type ConstantOptions,
  forwardRules,
  jumpHookings,
  localnetGuard,
  markRules,
  nodePortJumps,
  postroutingRules,
} from './constant.ts';
import type { SharedChain } from './portal.ts';
import { type Settings, settingsFor, withComments } from './settings.ts';

/** A layer that can also say in which order kube-proxy writes it. */
export interface IptablesLayer extends RuleLayer {
  readonly settings: Settings;
  /** Every service port of the family, in the order of writing. */
  views(): readonly PortView[];
  /** A service port as it is or was, with or without comments at its endpoints' rules. */
  viewOf(port: ProxyPort, comments: boolean): PortView;
  /** The key of the service port whose own chain has this name, if rules that lead to it were ever built. */
  portOf(chain: string): string | undefined;
}

/** The rules of the kube-proxy on `node`, for one family. `causes` is the cluster's, shared by its
 * forks. */
export function rulesFor(
  snapshot: ProxySnapshot,
  node: ProxyNode,
  config: ProxyConfig,
  causes: Causes,
  family: Family = 4,
): IptablesLayer {
  return new LazyLayer(snapshot, node, config, causes, family);
}

const jumps = jumpHookings();
/** The names that service ports' own chains can have. */
export const ownName = /^KUBE-(SVC|SVL|EXT|FW|SEP)-[A-Z2-7]{16}$/;

const sharedChains: ReadonlySet<string> = new Set<SharedChain>([
  'nat KUBE-SERVICES',
  'nat KUBE-NODEPORTS',
  'filter KUBE-SERVICES',
  'filter KUBE-EXTERNAL-SERVICES',
  'filter KUBE-PROXY-FIREWALL',
  'filter KUBE-NODEPORTS',
]);

class LazyLayer implements IptablesLayer {
  readonly owner = owner;
  readonly family: Family;
  readonly hookings: readonly Hooking[] = jumps;
  readonly #snapshot: ProxySnapshot;
  readonly #node: ProxyNode;
  readonly #config: ProxyConfig;
  readonly #cache: RuleCache;
  readonly #built = new Map<string, Chain | undefined>();
  #settings: Settings | undefined;
  #chunks: readonly ChunkView[] | undefined;
  #natNames: readonly string[] | undefined;

  constructor(
    snapshot: ProxySnapshot,
    node: ProxyNode,
    config: ProxyConfig,
    causes: Causes,
    family: Family,
  ) {
    this.#snapshot = snapshot;
    this.#node = node;
    this.#config = config;
    this.#cache = cacheOf(causes);
    this.family = family;
  }

  get settings(): Settings {
    this.#settings ??= settingsFor(this.#snapshot, this.#node, this.#config, this.family);
    return this.#settings;
  }

  views(): readonly PortView[] {
    const ports = [...sortedValues(this.#snapshot.ports[this.family])];
    return ports.map((port) => this.#cache.view(port, this.settings));
  }

  viewOf(port: ProxyPort, comments: boolean): PortView {
    return this.#cache.view(port, withComments(this.settings, comments));
  }

  portOf(chain: string): string | undefined {
    return this.#cache.portOf(chain);
  }

  chain(table: TableName, name: string): Chain | undefined {
    const key = `${table} ${name}`;
    if (!this.#built.has(key)) this.#built.set(key, this.#build(table, name));
    return this.#built.get(key);
  }

  chains(table: TableName): readonly string[] {
    switch (table) {
      case 'filter':
        return [...filterChains, 'KUBE-FIREWALL', canaryChain].sort(byCodeUnit);
      case 'nat': {
        const own = () => this.views().flatMap((view) => view.fragment().chains);
        this.#natNames ??= [...natChains, canaryChain, ...own()].sort(byCodeUnit);
        return this.#natNames;
      }
      case 'mangle':
        return [canaryChain];
      case 'raw':
      case 'security':
        return [];
    }
  }

  #build(table: TableName, name: string): Chain | undefined {
    const { constant, constantKey } = this.settings;
    const full = `${table} ${name}`;
    if (sharedChains.has(full)) return this.#shared(full as SharedChain);
    const rules = constantRules(table, name, constant);
    if (rules !== undefined) return this.#cache.constantChain(table, name, rules, constantKey);
    return table === 'nat' && ownName.test(name) ? this.#own(name) : undefined;
  }

  #shared(chain: SharedChain): Chain {
    const { constant, constantKey } = this.settings;
    this.#chunks ??= this.#snapshot.ports[this.family].chunks.map((chunk) =>
      this.#cache.chunkView(chunk, this.settings),
    );
    return chain === 'nat KUBE-SERVICES'
      ? this.#cache.sharedChain(chain, this.#chunks, nodePortJumps(constant), constantKey)
      : this.#cache.sharedChain(chain, this.#chunks, [], '');
  }

  #own(name: string): Chain | undefined {
    // A name nobody ever jumped to can still be asked for by a user: then everything is built once.
    if (this.#cache.portOf(name) === undefined) for (const view of this.views()) view.fragment();
    const key = this.#cache.portOf(name);
    const port = key === undefined ? key : sortedGet(this.#snapshot.ports[this.family], key);
    if (port === undefined) return undefined;
    return this.#cache.view(port, this.settings).fragment().byName.get(name);
  }
}

function constantRules(
  table: TableName,
  name: string,
  options: ConstantOptions,
): readonly Rule[] | undefined {
  if (name === canaryChain) return canaryTables.includes(table) ? [] : undefined;
  switch (`${table} ${name}`) {
    case 'nat KUBE-POSTROUTING':
      return postroutingRules(options);
    case 'nat KUBE-MARK-MASQ':
      return markRules(options);
    case 'filter KUBE-FORWARD':
      return forwardRules(options);
    case 'filter KUBE-FIREWALL':
      // The chain is made in any case; its rule only where localhost node ports work.
      return options.localhostNodePorts ? [localnetGuard] : [];
    default:
      return undefined;
  }
}
