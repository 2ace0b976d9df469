// One service port as a node sees it in nftables mode: its part of the shared maps, its chains and
// sets, and all of it in the order in which kube-proxy writes it.
import type { NftChain, NftRule, NftSet } from '../../netfilter/nft/table.ts';
import type { Categories } from '../categorize.ts';
import type { ServicePort } from '../service-port.ts';
import { hairpinElement, type PortElements, type ServiceElement } from './elements.ts';
import type { OwnRule, PortRules } from './port-rules.ts';
import type { Settings } from './settings.ts';
import { tableName } from './setup.ts';

/** Shared by all nodes that choose the same endpoints. */
export interface PortView {
  readonly service: ServicePort;
  readonly categories: Categories;
  readonly elements: PortElements;
  /** Built when somebody looks. */
  rules(): PortRules;
  chains(): ReadonlyMap<string, NftChain>;
}

/** One thing of a service port, in the order of writing. */
export type Step =
  | { readonly kind: 'chain'; readonly name: string; readonly isEndpoint: boolean }
  | ({ readonly kind: 'element' } & ServiceElement)
  | { readonly kind: 'set'; readonly set: NftSet }
  | ({ readonly kind: 'rule' } & OwnRule);

export type Origin = (object: string, path: string) => number;

export function stepsOf(view: PortView, settings: Settings, origin: Origin): readonly Step[] {
  const { elements } = view;
  const { endpointChains, policyChains, firewallChain, ...rules } = view.rules();
  const chain = (name: string, isEndpoint = false): Step => ({ kind: 'chain', name, isEndpoint });
  const endpoints = view.categories.reachable.flatMap((_, i): Step[] => {
    const name = endpointChains[i];
    const hairpin = hairpinOf(view, i, settings, origin);
    return [
      ...(name === undefined ? [] : [chain(name, true)]),
      ...(hairpin === null ? [] : [{ kind: 'element', ...hairpin } as const]),
    ];
  });
  return [
    ...endpoints,
    ...policyChains.map((name) => chain(name)),
    ...elements.addresses.map(elementStep),
    ...(firewallChain === null ? [] : [chain(firewallChain)]),
    ...elements.loadBalancer.map(elementStep),
    ...elements.nodePort.map(elementStep),
    ...rules.entry.map(ruleStep),
    ...rules.affinitySets.map((set): Step => ({ kind: 'set', set })),
    ...rules.balance.map(ruleStep),
  ];
}

/** All that the service port adds to the shared maps and sets. */
export function elementsOf(
  view: PortView,
  settings: Settings,
  origin: Origin,
): readonly ServiceElement[] {
  const { addresses, loadBalancer, nodePort } = view.elements;
  const hairpins = view.categories.reachable.flatMap(
    (_, i) => hairpinOf(view, i, settings, origin) ?? [],
  );
  return [...hairpins, ...addresses, ...loadBalancer, ...nodePort];
}

/** Endpoints on this node can be their own clients. */
function hairpinOf(
  { categories, service }: PortView,
  index: number,
  { features, locality }: Settings,
  origin: Origin,
): ServiceElement | null {
  const endpoint = categories.reachable[index];
  if (endpoint === undefined || !features.inlineMark) return null;
  if (endpoint.nodeName !== locality.nodeName) return null;
  return hairpinElement(service, endpoint, origin(endpoint.object, endpoint.path));
}

/** The port's chains with their rules, in the order in which they are made. */
export function ownChains(
  rules: PortRules,
  family: Settings['family'],
): ReadonlyMap<string, NftChain> {
  const { endpointChains, policyChains, firewallChain, entry, balance } = rules;
  const names = [...endpointChains, ...policyChains, ...(firewallChain ? [firewallChain] : [])];
  const lists = new Map<string, NftRule[]>(names.map((name) => [name, []]));
  for (const { chain, rule } of [...entry, ...balance]) lists.get(chain)?.push(rule);
  const chains = new Map<string, NftChain>();
  for (const [name, list] of lists) chains.set(name, plainChain(name, family, list));
  return chains;
}

function plainChain(name: string, family: Settings['family'], rules: readonly NftRule[]): NftChain {
  return { kind: 'nft', family, table: tableName, name, base: null, comment: null, rules };
}

function elementStep(element: ServiceElement): Step {
  return { kind: 'element', ...element };
}

function ruleStep(rule: OwnRule): Step {
  return { kind: 'rule', ...rule };
}
