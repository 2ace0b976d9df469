// The rules that stand on a node after several syncs: those of the newest one, stale chains that
// are not deleted yet, and endpoint rules as an older sync wrote them. Only in large clusters do
// they differ from what one full sync writes.
import type { Chain } from '../../netfilter/rule.ts';
import { byCodeUnit } from '../../sim/table.ts';
import { sortedGet } from '../sorted-map.ts';
import type { PortView } from './cache.ts';
import { type IptablesLayer, ownName } from './layer.ts';
import type { LeftPort, Past } from './sync.ts';

/** `layer` is what a full sync of `past.snapshot` writes on the node. */
export function standingLayer(layer: IptablesLayer, past: Past): IptablesLayer {
  const older = new OlderChains(layer, past);
  return {
    owner: layer.owner,
    family: layer.family,
    hookings: layer.hookings,
    settings: layer.settings,
    views: () => layer.views(),
    viewOf: (port, comments) => layer.viewOf(port, comments),
    portOf: (chain) => layer.portOf(chain),
    chain: (table, name) =>
      (table === 'nat' ? older.chain(name) : undefined) ?? layer.chain(table, name),
    chains: (table) =>
      table === 'nat'
        ? [...new Set([...layer.chains(table), ...staleChains(layer, past).keys()])].sort(
            byCodeUnit,
          )
        : layer.chains(table),
  };
}

/** Own chains of service ports that a node has because of earlier syncs, by name. */
export function staleChains(layer: IptablesLayer, past: Past): ReadonlyMap<string, Chain> {
  const active = new Set(past.left.length === 0 ? [] : ownChains(layer));
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

/** One chain at a time, so that a packet pays for the service ports it meets and no others. */
class OlderChains {
  readonly #layer: IptablesLayer;
  readonly #past: Past;
  #left: ReadonlyMap<string, readonly LeftPort[]> | undefined;

  constructor(layer: IptablesLayer, past: Past) {
    this.#layer = layer;
    this.#past = past;
  }

  /** The chain as an earlier sync wrote it; undefined: as the newest one does, or not there. */
  chain(name: string): Chain | undefined {
    const key = this.#portOf(name);
    return key === undefined ? undefined : (this.#otherwise(key, name) ?? this.#stale(key, name));
  }

  /** A name that no jump was ever built to can still be asked for by a user: then everything is built once. */
  #portOf(name: string): string | undefined {
    const known = this.#layer.portOf(name);
    if (known !== undefined || !ownName.test(name)) return known;
    for (const { port, comments } of this.#past.left) this.#layer.viewOf(port, comments).fragment();
    return this.#layer.portOf(name);
  }

  #otherwise(key: string, name: string): Chain | undefined {
    const { otherwise, snapshot } = this.#past;
    if (!otherwise.has(key)) return undefined;
    const port = sortedGet(snapshot.ports[this.#layer.family], key);
    if (port === undefined) return undefined;
    const { settings } = this.#layer;
    return this.#layer.viewOf(port, !settings.comments).fragment().byName.get(name);
  }

  #stale(key: string, name: string): Chain | undefined {
    this.#left ??= byKey(this.#past.left);
    const newestFirst = this.#left.get(key)?.toReversed() ?? [];
    for (const { port, comments } of newestFirst) {
      const chain = this.#layer.viewOf(port, comments).fragment().byName.get(name);
      if (chain !== undefined) {
        return this.#layer.chain('nat', name) === undefined ? chain : undefined;
      }
    }
    return undefined;
  }
}

function byKey(left: readonly LeftPort[]): ReadonlyMap<string, readonly LeftPort[]> {
  const found = new Map<string, LeftPort[]>();
  for (const one of left) {
    const { key } = one.port.service;
    const known = found.get(key);
    if (known === undefined) found.set(key, [one]);
    else known.push(one);
  }
  return found;
}
