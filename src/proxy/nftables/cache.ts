// Keeps what was built for a service port as long as the port stays the same, for all nodes that
// see it alike, and which ports an address leads to. Equal content gives the identical object after
// every event. Nothing here can be seen in a result: a fresh cache builds the same.
import type { Family } from '../../net/addr.ts';
import type { NftChain } from '../../netfilter/nft/table.ts';
import type { Causes } from '../../sim/causes.ts';
import { bounded, inner, memo, perKey } from '../../sim/memo.ts';
import type { Categories } from '../categorize.ts';
import { choiceSignature, chooseEndpoints, dependsOnNode } from '../node-choice.ts';
import { planPort } from '../plan.ts';
import type { ServicePort } from '../service-port.ts';
import type { ProxyPort } from '../snapshot.ts';
import type { SortedMap } from '../sorted-map.ts';
import { type BaseContent, baseContent } from './base-content.ts';
import { type PortElements, portElements } from './elements.ts';
import { type FrontendIndex, frontendsOf } from './frontends.ts';
import { type PortChains, portChains } from './names.ts';
import { type PortRules, portRules } from './port-rules.ts';
import type { Settings } from './settings.ts';
import { type Origin, ownChains, type PortView } from './view.ts';

export const owner = 'kube-proxy';

interface PortMemo {
  readonly names: PortChains;
  readonly elements: Map<string, PortElements>;
}

const basesMax = 64;

/** What was built for one cluster and its forks (they share `causes`). */
export class TableCache {
  readonly origin: Origin;
  readonly #ports = new WeakMap<ServicePort, PortMemo>();
  readonly #views = new WeakMap<ProxyPort, Map<string, PortView>>();
  readonly #bases = new Map<string, BaseContent>();
  readonly #frontends = new Map<Family, FrontendIndex>();

  constructor(causes: Causes) {
    this.origin = (object, path) => causes.intern(object, path, owner);
  }

  view(port: ProxyPort, settings: Settings): PortView {
    const views = inner(this.#views, port);
    const choose = () => chooseEndpoints(port, settings.locality);
    if (!dependsOnNode(port)) {
      return memo(views, settings.key, () => this.#view(port.service, settings, choose()));
    }
    return memo(views, settings.fullKey, () => {
      const chosen = choose();
      const key = `${settings.key}#${choiceSignature(port, chosen, settings.nodeIP)}`;
      return memo(views, key, () => this.#view(port.service, settings, chosen));
    });
  }

  /** The table's own chains and sets. */
  base(settings: Settings): BaseContent {
    return bounded(this.#bases, basesMax, settings.baseKey, () => baseContent(settings));
  }

  /** Which service ports an address or node port leads to. */
  frontends(ports: SortedMap<ProxyPort>, family: Family): FrontendIndex {
    const index = frontendsOf(ports, this.#frontends.get(family));
    this.#frontends.set(family, index);
    return index;
  }

  #view(service: ServicePort, settings: Settings, categories: Categories): PortView {
    const { names, elements } = this.#port(service);
    const plan = planPort(service, categories);
    const { origin } = this;
    const { hasEndpoints, hasInternal, hasExternal } = plan;
    const key = [hasEndpoints, hasInternal, hasExternal].join();
    const ofService = (path: string) => origin(`Service/${service.service}`, path);
    let rules: PortRules | undefined;
    let chains: ReadonlyMap<string, NftChain> | undefined;
    const view: PortView = {
      service,
      categories,
      elements: memo(elements, key, () => portElements(service, names, plan, ofService)),
      rules: () => {
        rules ??= portRules({ port: service, names, plan, categories, settings, origin });
        return rules;
      },
      chains: () => {
        chains ??= ownChains(view.rules(), settings.family);
        return chains;
      },
    };
    return view;
  }

  #port(service: ServicePort): PortMemo {
    let known = this.#ports.get(service);
    if (known === undefined) {
      known = { names: portChains(service), elements: new Map() };
      this.#ports.set(service, known);
    }
    return known;
  }
}

export const cacheOf = perKey((causes: Causes) => new TableCache(causes));
