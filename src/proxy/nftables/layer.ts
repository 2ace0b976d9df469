// kube-proxy's table on one node, for one family, as a layer: what a full sync leaves behind. Maps
// are indexes over the snapshot, chains are built when somebody walks or lists them; a node that
// never carries a packet costs one small object. The past is sync.ts's: see README.md.
import type { Addr, Family } from '../../net/addr.ts';
import type {
  NftChain,
  NftData,
  NftElement,
  NftSet,
  NftTable,
  NftValue,
} from '../../netfilter/nft/table.ts';
import type { RuleLayer } from '../../netfilter/rule.ts';
import { nftLayer } from '../../netfilter/ruleset.ts';
import type { Causes } from '../../sim/causes.ts';
import type { ProxyConfig, ProxyNode } from '../config.ts';
import type { ProxyPort, ProxySnapshot } from '../snapshot.ts';
import { type Chunk, type SortedMap, sortedGet, sortedValues } from '../sorted-map.ts';
import { inVersion, type ServiceSet, serviceSets } from './base.table.ts';
import { cacheOf, owner, type TableCache } from './cache.ts';
import { keyText } from './frontends.ts';
import { portKeyOf } from './names.ts';
import { type Settings, settingsFor } from './settings.ts';
import { tableComment, tableName } from './setup.ts';
import { elementsOf, type PortView, type Step, stepsOf } from './view.ts';

/** A layer that can also say what kube-proxy writes. */
export interface NftablesLayer extends RuleLayer {
  readonly table: ProxyTable;
}

/** The rules of the kube-proxy on `node`, for one family. `causes` is the cluster's, shared by its
 * forks. */
export function rulesFor(
  snapshot: ProxySnapshot,
  node: ProxyNode,
  config: ProxyConfig,
  causes: Causes,
  family: Family = 4,
): NftablesLayer {
  const table = new ProxyTable(snapshot, node, config, causes, family);
  return { ...nftLayer(owner, family, [table]), table };
}

export class ProxyTable implements NftTable {
  readonly name = tableName;
  readonly comment = tableComment;
  readonly family: Family;
  readonly snapshot: ProxySnapshot;
  readonly #node: ProxyNode;
  readonly #config: ProxyConfig;
  readonly #cache: TableCache;
  readonly #sets = new Map<string, NftSet | undefined>();
  #settings: Settings | undefined;

  constructor(
    snapshot: ProxySnapshot,
    node: ProxyNode,
    config: ProxyConfig,
    causes: Causes,
    family: Family,
  ) {
    this.snapshot = snapshot;
    this.#node = node;
    this.#config = config;
    this.#cache = cacheOf(causes);
    this.family = family;
  }

  get ports(): SortedMap<ProxyPort> {
    return this.snapshot.ports[this.family];
  }

  get settings(): Settings {
    this.#settings ??= settingsFor(this.#node, this.#config, this.family);
    return this.#settings;
  }

  get baseChains(): readonly NftChain[] {
    const chains = [...this.#cache.base(this.settings).chains.values()];
    return chains.filter((chain) => chain.base !== null);
  }

  sets(): readonly string[] {
    const own = this.views().flatMap((view) => view.rules().affinitySets.map((set) => set.name));
    return [...this.#cache.base(this.settings).sets.keys(), ...own];
  }

  set(name: string): NftSet | undefined {
    if (!this.#sets.has(name)) this.#sets.set(name, this.#buildSet(name));
    return this.#sets.get(name);
  }

  chains(): readonly string[] {
    const own = this.views().flatMap((view) => [...view.chains().keys()]);
    return [...this.#cache.base(this.settings).chains.keys(), ...own];
  }

  chain(name: string): NftChain | undefined {
    return (
      this.#cache.base(this.settings).chains.get(name) ?? this.#owner(name)?.chains().get(name)
    );
  }

  /** Every service port of the family, in the order of writing. */
  views(): readonly PortView[] {
    return [...sortedValues(this.ports)].map((port) => this.view(port));
  }

  view(port: ProxyPort): PortView {
    return this.#cache.view(port, this.settings);
  }

  /** What kube-proxy writes for a service port, in order. */
  steps(port: ProxyPort): readonly Step[] {
    return stepsOf(this.view(port), this.settings, this.#cache.origin);
  }

  #owner(name: string): PortView | undefined {
    const key = portKeyOf(name);
    const port = key === undefined ? undefined : sortedGet(this.ports, key);
    return port === undefined ? undefined : this.view(port);
  }

  #buildSet(name: string): NftSet | undefined {
    const own = this.#cache.base(this.settings).sets.get(name);
    if (own === undefined) {
      return this.#owner(name)
        ?.rules()
        .affinitySets.find((set) => set.name === name);
    }
    const filled = inVersion(serviceSets, this.settings.minor).find((row) => row.name === name);
    return filled === undefined ? own : new ServiceElements(own, filled.name, this, this.#cache);
  }
}

/** One of the maps that Services fill. */
class ServiceElements implements NftSet {
  readonly name: ServiceSet;
  readonly type: NftSet['type'];
  readonly data: NftSet['data'];
  readonly flags: NftSet['flags'];
  readonly timeoutSeconds = null;
  readonly size = null;
  readonly comment: string | null;
  readonly #table: ProxyTable;
  readonly #cache: TableCache;
  #elements: readonly NftElement[] | undefined;

  constructor(own: NftSet, name: ServiceSet, table: ProxyTable, cache: TableCache) {
    this.name = name;
    this.type = own.type;
    this.data = own.data;
    this.flags = own.flags;
    this.comment = own.comment;
    this.#table = table;
    this.#cache = cache;
  }

  get elements(): readonly NftElement[] {
    this.#elements ??= [...foldElements(this.#all(this.#table.views())).values()];
    return this.#elements;
  }

  /** Handed on by itself. */
  readonly find = (key: readonly NftValue[]): NftElement | undefined => {
    const text = keyText(key);
    const ports =
      this.name === 'hairpin-connections' ? this.#hairpinPorts(key) : this.#claimants(text);
    if (ports.length === 0) return undefined;
    const views = ports.map((port) => this.#table.view(port));
    return foldElements(this.#all(views)).get(text);
  };

  *#all(views: readonly PortView[]): IterableIterator<NftElement> {
    for (const view of views) {
      for (const { set, element } of elementsOf(view, this.#table.settings, this.#cache.origin)) {
        if (set === this.name) yield element;
      }
    }
  }

  #claimants(text: string): readonly ProxyPort[] {
    const { ports, family } = this.#table;
    const keys = sortedGet(this.#cache.frontends(ports, family).claims, text) ?? [];
    return keys.flatMap((key) => sortedGet(ports, key) ?? []);
  }

  /** Only an address that connects with itself is asked about further. */
  #hairpinPorts([from, to, proto, port]: readonly NftValue[]): readonly ProxyPort[] {
    if (from !== to) return [];
    const text = keyText([from as Addr, proto as Addr, port as Addr]);
    return this.#table.ports.chunks.flatMap((chunk) => endpointIndex(chunk).get(text) ?? []);
  }
}

const endpointIndexes = new WeakMap<Chunk<ProxyPort>, ReadonlyMap<string, readonly ProxyPort[]>>();

/** Of one chunk: address, protocol and port of an endpoint -> the service ports that have it. */
function endpointIndex(chunk: Chunk<ProxyPort>): ReadonlyMap<string, readonly ProxyPort[]> {
  const known = endpointIndexes.get(chunk);
  if (known !== undefined) return known;
  const index = new Map<string, ProxyPort[]>();
  for (const port of chunk.values) {
    for (const endpoint of port.endpoints.list) {
      const text = keyText([endpoint.address, port.service.proto, endpoint.port]);
      const ports = index.get(text);
      if (ports === undefined) index.set(text, [port]);
      else if (ports.at(-1) !== port) ports.push(port);
    }
  }
  endpointIndexes.set(chunk, index);
  return index;
}

/** What is left when elements are made sure of one after the other: a key keeps its element until
 * one with another verdict takes its place. */
export function foldElements(elements: Iterable<NftElement>): ReadonlyMap<string, NftElement> {
  const folded = new Map<string, NftElement>();
  for (const element of elements) {
    const text = keyText(element.key as readonly NftValue[]);
    const known = folded.get(text);
    if (known === undefined || !sameData(known.data, element.data)) folded.set(text, element);
  }
  return folded;
}

export function sameData(a: NftData | null, b: NftData | null): boolean {
  if (a === null || b === null || a.kind !== b.kind) return a === b;
  return !('chain' in a && 'chain' in b) || a.chain === b.chain;
}
