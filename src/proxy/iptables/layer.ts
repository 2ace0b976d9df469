// kube-proxy's rules on one node as a layer: what a full sync leaves behind, built when somebody looks at it. A node
// that never carries a packet costs one small object. The history of partial syncs (stale chains, rules of an older
// sync) is deliberately not kept: see README.md.
import type { Family } from '../../net/addr.ts';
import type { Chain, Rule, RuleLayer, TableName } from '../../netfilter/rule.ts';
import type { Causes } from '../../sim/causes.ts';
import { byCodeUnit } from '../../sim/table.ts';
import type { ProxyConfig, ProxyNode } from '../config.ts';
import type { ProxySnapshot } from '../snapshot.ts';
import { sortedGet, sortedValues } from '../sorted-map.ts';
import { cacheOf, owner, type PortView, type RuleCache } from './cache.ts';
import { canaryChain, canaryTables, filterChains, natChains } from './constant.table.ts';
import {
  forwardRules,
  jumpHookings,
  localnetGuard,
  markRules,
  nodePortJumps,
  postroutingRules,
} from './constant.ts';
import type { SharedChain } from './portal.ts';
import { type Settings, settingsFor } from './settings.ts';

/** A layer that can also say in which order kube-proxy writes it. */
export interface IptablesLayer extends RuleLayer {
  readonly settings: Settings;
  /** Every service port of the family, in the order of writing. */
  views(): readonly PortView[];
}

const hookings = jumpHookings();

/** The rules of the kube-proxy on `node`, for one family. `causes` is the cluster's, shared by its forks. */
export function rulesFor(
  snapshot: ProxySnapshot,
  node: ProxyNode,
  config: ProxyConfig,
  causes: Causes,
  family: Family = 4,
): IptablesLayer {
  const cache = cacheOf(causes);
  let known: Settings | undefined;
  const settings = () => (known ??= settingsFor(snapshot, node, config, family));
  const ports = snapshot.ports[family];
  const built = new Map<string, Chain | undefined>();
  const views = () => [...sortedValues(ports)].map((port) => cache.view(port, settings()));
  const own = (name: string): Chain | undefined => {
    const port = sortedGet(ports, cache.portOf(name) ?? '');
    return port === undefined
      ? undefined
      : cache.view(port, settings()).fragment().byName.get(name);
  };
  const build = (table: TableName, name: string): Chain | undefined => {
    if (name === canaryChain) {
      return canaryTables.includes(table) ? plain(table, name, []) : undefined;
    }
    if (table !== 'nat' && table !== 'filter') return undefined;
    const constant = constantChain(table, name, settings());
    if (constant !== undefined) return constant;
    const shared = sharedChains.get(`${table} ${name}`);
    if (shared !== undefined) {
      const chunks = ports.chunks.map((chunk) => cache.chunkView(chunk, settings()));
      return assemble(cache, shared, chunks, settings());
    }
    if (table !== 'nat') return undefined;
    if (cache.portOf(name) === undefined) for (const view of views()) view.fragment();
    return own(name);
  };
  let natNames: readonly string[] | undefined;
  return {
    owner,
    family,
    hookings,
    views,
    get settings() {
      return settings();
    },
    chain(table, name) {
      const key = `${table} ${name}`;
      if (!built.has(key)) built.set(key, build(table, name));
      return built.get(key);
    },
    chains(table) {
      switch (table) {
        case 'filter':
          return [...filterChains, 'KUBE-FIREWALL', canaryChain].sort(byCodeUnit);
        case 'nat':
          natNames ??= [
            ...natChains,
            canaryChain,
            ...views().flatMap((view) => view.fragment().chains),
          ].sort(byCodeUnit);
          return natNames;
        case 'mangle':
          return [canaryChain];
        default:
          return [];
      }
    },
  };
}

const sharedChains: ReadonlyMap<string, SharedChain> = new Map(
  (
    [
      'nat KUBE-SERVICES',
      'nat KUBE-NODEPORTS',
      'filter KUBE-SERVICES',
      'filter KUBE-EXTERNAL-SERVICES',
      'filter KUBE-PROXY-FIREWALL',
      'filter KUBE-NODEPORTS',
    ] as const
  ).map((chain) => [chain, chain]),
);

function assemble(
  cache: RuleCache,
  chain: SharedChain,
  chunks: readonly ReturnType<RuleCache['chunkView']>[],
  settings: Settings,
): Chain {
  const isEntry = chain === 'nat KUBE-SERVICES';
  const last = isEntry ? nodePortJumps(settings.constant) : [];
  return cache.sharedChain(chain, chunks, last, isEntry ? settings.constantKey : '');
}

function constantChain(
  table: 'nat' | 'filter',
  name: string,
  { constant }: Settings,
): Chain | undefined {
  const rules = constantRules(`${table} ${name}`, constant);
  return rules === undefined ? undefined : plain(table, name, rules);
}

function constantRules(chain: string, options: Settings['constant']): readonly Rule[] | undefined {
  switch (chain) {
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

function plain(table: TableName, name: string, rules: readonly Rule[]): Chain {
  return { table, name, policy: null, rules, owner };
}
