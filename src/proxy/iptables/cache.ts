// Keeps rules as long as what they were built from: per service port, per chunk of service ports,
// per shared chain. Equal content gives the identical object, on every node and after every event,
// so an index over a chain that did not change stays good. Nothing here can be seen in a result: a
// fresh cache builds the same rules.
import type { Chain, Rule, TableName } from '../../netfilter/rule.ts';
import type { Causes } from '../../sim/causes.ts';
import { bounded, inner, memo, perKey } from '../../sim/memo.ts';
import type { Categories } from '../categorize.ts';
import { allowsFrom, choiceSignature, chooseEndpoints, dependsOnNode } from '../node-choice.ts';
import { type PortPlan, planPort } from '../plan.ts';
import type { ServicePort } from '../service-port.ts';
import type { ProxyPort } from '../snapshot.ts';
import type { Chunk } from '../sorted-map.ts';
import { type Fragment, portFragment } from './fragment.ts';
import { type PortChains, portChains } from './names.ts';
import { portalRules, type SharedChain, type SharedRule } from './portal.ts';
import type { Settings } from './settings.ts';

export const owner = 'kube-proxy';

/** One service port's rules in the shared chains; equal ids mean equal rules. */
export interface Portal {
  readonly id: number;
  readonly rules: readonly SharedRule[];
}

/** One service port as a node sees it. */
export interface PortView {
  /** "ns/name" of its Service. */
  readonly service: string;
  readonly portal: Portal;
  fragment(): Fragment;
}

export interface ChunkView {
  readonly views: readonly PortView[];
  /** Ids of the portals: what the chunk adds to a shared chain depends on nothing else. */
  readonly ids: string;
  /** What it adds, once somebody asked. */
  readonly parts: Map<SharedChain, Part>;
}

/** A chunk's rules in one shared chain; equal ids mean equal rules. */
interface Part {
  readonly id: number;
  readonly rules: readonly Rule[];
}

interface PortMemo {
  readonly names: PortChains;
  readonly portals: Map<string, Portal>;
}

const partsMax = 4096;
const chainsMax = 256;

/** The rules built for one cluster and its forks (they share `causes`). */
export class RuleCache {
  readonly #causes: Causes;
  #portalCount = 0;
  readonly #ports = new WeakMap<ServicePort, PortMemo>();
  readonly #views = new WeakMap<ProxyPort, Map<string, PortView>>();
  readonly #chunks = new WeakMap<Chunk<ProxyPort>, Map<string, ChunkView>>();
  readonly #parts = new Map<string, Part>();
  readonly #dependent = new WeakMap<Chunk<ProxyPort>, boolean>();
  #partCount = 0;
  readonly #chains = new Map<string, Chain>();
  /** Chain name (without the prefix for a port's own chains) -> key of the service port. Names are
   * hashes: a name never changes its port, so this only grows. */
  readonly #portOf = new Map<string, string>();

  constructor(causes: Causes) {
    this.#causes = causes;
  }

  /** The key of the service port whose chain this is, if rules that lead to it were ever built. */
  portOf(chain: string): string | undefined {
    return this.#portOf.get(chain) ?? this.#portOf.get(chain.slice(-16));
  }

  view(port: ProxyPort, settings: Settings): PortView {
    const views = inner(this.#views, port);
    if (!dependsOnNode(port)) {
      return memo(views, settings.key, () =>
        this.#view(port, settings, chooseEndpoints(port, settings.locality)),
      );
    }
    return memo(views, settings.fullKey, () => {
      const chosen = chooseEndpoints(port, settings.locality);
      const key = `${settings.key}#${choiceSignature(port, chosen, settings.nodeIP)}`;
      return memo(views, key, () => this.#view(port, settings, chosen));
    });
  }

  chunkView(chunk: Chunk<ProxyPort>, settings: Settings): ChunkView {
    const views = inner(this.#chunks, chunk);
    let dependent = this.#dependent.get(chunk);
    if (dependent === undefined) {
      dependent = chunk.values.some(dependsOnNode);
      this.#dependent.set(chunk, dependent);
    }
    return memo(views, dependent ? settings.fullKey : settings.key, () => {
      const list = chunk.values.map((port) => this.view(port, settings));
      return { views: list, ids: list.map((view) => view.portal.id).join(), parts: new Map() };
    });
  }

  /** A shared chain: what each chunk adds, then `last`. `lastKey` names the content of `last`. */
  sharedChain(
    chain: SharedChain,
    chunks: readonly ChunkView[],
    last: readonly Rule[],
    lastKey: string,
  ): Chain {
    const parts = chunks.map((chunk) => this.#part(chain, chunk));
    const key = `${chain}|${parts.map((part) => part.id).join()}|${lastKey}`;
    return bounded(this.#chains, chainsMax, key, () => {
      const [table, name] = chain.split(' ') as [TableName, string];
      const rules = [...parts.flatMap((part) => part.rules), ...last];
      return { table, name, policy: null, rules, owner };
    });
  }

  /** A chain that no Service takes part in. */
  constantChain(table: TableName, name: string, rules: readonly Rule[], key: string): Chain {
    return bounded(this.#chains, chainsMax, `${table} ${name}|${key}`, () => {
      return { table, name, policy: null, rules, owner };
    });
  }

  #part(chain: SharedChain, chunk: ChunkView): Part {
    const known = chunk.parts.get(chain);
    if (known !== undefined) return known;
    const part = bounded(this.#parts, partsMax, `${chain}|${chunk.ids}`, () => {
      const rules = chunk.views.flatMap(({ portal }) =>
        portal.rules.filter((shared) => shared.chain === chain).map((shared) => shared.rule),
      );
      // All empty parts are equal.
      return { id: rules.length === 0 ? 0 : ++this.#partCount, rules };
    });
    chunk.parts.set(chain, part);
    return part;
  }

  #view(port: ProxyPort, settings: Settings, chosen: Categories): PortView {
    const { service } = port;
    const plan = planPort(service, chosen);
    const { names } = this.#port(service);
    let fragment: Fragment | undefined;
    return {
      service: service.service,
      portal: this.#portal(service, plan, settings),
      fragment: () => {
        fragment ??= portFragment(service, names, plan, chosen, {
          detector: settings.detector,
          masqueradeAll: settings.masqueradeAll,
          comments: settings.comments,
          allowFromNode: allowsFrom(service, settings.nodeIP),
          origin: (object, path) => this.#causes.intern(object, path, owner),
        });
        for (const name of fragment.chains) this.#portOf.set(name, service.key);
        return fragment;
      },
    };
  }

  #portal(service: ServicePort, plan: PortPlan, { countLocalhost }: Settings): Portal {
    const { names, portals } = this.#port(service);
    const { hasEndpoints, hasInternal, hasExternal } = plan;
    const key = [hasEndpoints, hasInternal, hasExternal, countLocalhost].join();
    return memo(portals, key, () => {
      const object = `Service/${service.service}`;
      const origin = (path: string) => this.#causes.intern(object, path, owner);
      const rules = portalRules(service, names, plan, { countLocalhost, origin });
      return { id: ++this.#portalCount, rules };
    });
  }

  #port(service: ServicePort): PortMemo {
    let known = this.#ports.get(service);
    if (known === undefined) {
      known = { names: portChains(service), portals: new Map() };
      this.#ports.set(service, known);
      this.#portOf.set(known.names.cluster.slice(-16), service.key);
    }
    return known;
  }
}

export const cacheOf = perKey((causes: Causes) => new RuleCache(causes));
