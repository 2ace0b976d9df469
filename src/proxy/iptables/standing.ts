// The rules that stand on a node after several syncs: those of the newest one, stale chains that
// are not deleted yet, and endpoint rules as an older sync wrote them. Only in large clusters do
// they differ from what one full sync writes.
import type { Chain } from '../../netfilter/rule.ts';
import { byCodeUnit } from '../../sim/table.ts';
import type { ProxyPort } from '../snapshot.ts';
import { sortedGet } from '../sorted-map.ts';
import type { PortView } from './cache.ts';
import type { IptablesLayer } from './layer.ts';
import type { Past } from './sync.ts';

/** `layer` is what a full sync of `past.snapshot` writes on the node. */
export function standingLayer(layer: IptablesLayer, past: Past): IptablesLayer {
  const older = olderChains(layer, past);
  return {
    owner: layer.owner,
    family: layer.family,
    hookings: layer.hookings,
    settings: layer.settings,
    views: () => layer.views(),
    viewOf: (port, comments) => layer.viewOf(port, comments),
    chain: (table, name) =>
      (table === 'nat' ? older().get(name) : undefined) ?? layer.chain(table, name),
    chains: (table) =>
      table === 'nat'
        ? [...new Set([...layer.chains(table), ...older().keys()])].sort(byCodeUnit)
        : layer.chains(table),
  };
}

/** Own chains of service ports that a node has because of earlier syncs, by name. */
export function staleChains(layer: IptablesLayer, past: Past): ReadonlyMap<string, Chain> {
  const active = new Set(ownChains(layer));
  const stale = new Map<string, Chain>();
  for (const { port, comments } of past.left) {
    for (const [name, chain] of layer.viewOf(port, comments).fragment().byName) {
      if (!active.has(name)) stale.set(name, chain);
    }
  }
  return stale;
}

/** The names of all own chains of service ports, in the order of writing. */
export function ownChains(layer: IptablesLayer): readonly string[] {
  return layer.views().flatMap((view: PortView) => view.fragment().chains);
}

function olderChains(layer: IptablesLayer, past: Past): () => ReadonlyMap<string, Chain> {
  let found: Map<string, Chain> | undefined;
  return () => {
    if (found !== undefined) return found;
    found = new Map(staleChains(layer, past));
    for (const key of past.otherwise) {
      const port: ProxyPort | undefined = sortedGet(past.snapshot.ports[layer.family], key);
      if (port === undefined) continue;
      const view = layer.viewOf(port, !layer.settings.comments);
      for (const [name, chain] of view.fragment().byName) found.set(name, chain);
    }
    return found;
  };
}
