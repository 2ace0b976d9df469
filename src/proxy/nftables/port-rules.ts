// A service port's own chains: from the external entry down to the endpoints' DNAT, and the sets
// that remember clients. What a partial sync leaves out when the Service did not change.
// Models the second half of the service loop of syncProxyRules and its writeServiceToEndpoint...
// functions.
import type { NftElement, NftRule, NftSet, NftStatement } from '../../netfilter/nft/table.ts';
import type { Categories } from '../categorize.ts';
import type { ProxyEndpoint } from '../endpoints.ts';
import { allowsFrom } from '../node-choice.ts';
import { type PortPlan, usesExternalChain } from '../plan.ts';
import { because } from '../reason.ts';
import type { ServicePort } from '../service-port.ts';
import { filtersSources } from './elements.ts';
import { type EndpointNames, endpointNames, type PortChains } from './names.ts';
import * as parts from './parts.ts';
import type { Settings } from './settings.ts';
import { markChain } from './setup.ts';

export interface OwnRule {
  readonly chain: string;
  readonly rule: NftRule;
}

export interface PortRules {
  /** Each kind in the order in which it is made sure of. */
  readonly endpointChains: readonly string[];
  readonly policyChains: readonly string[];
  readonly firewallChain: string | null;
  /** How clients get in. */
  readonly entry: readonly OwnRule[];
  /** Who talks with which endpoint. */
  readonly affinitySets: readonly NftSet[];
  /** How one endpoint is chosen and translated to. */
  readonly balance: readonly OwnRule[];
}

export interface PortContext {
  readonly port: ServicePort;
  readonly names: PortChains;
  readonly plan: PortPlan;
  readonly categories: Categories;
  readonly settings: Settings;
  /** Interns a path of an object. */
  readonly origin: (object: string, path: string) => number;
}

/** An endpoint with its names. */
interface Target extends EndpointNames {
  readonly endpoint: ProxyEndpoint;
}

export function portRules(context: PortContext): PortRules {
  const { port, names, plan, categories, settings } = context;
  const targets = new Map<ProxyEndpoint, Target>();
  for (const endpoint of categories.reachable) {
    targets.set(endpoint, { endpoint, ...endpointNames(port, endpoint) });
  }
  const reachable = [...targets.values()];
  const chosen = (list: readonly ProxyEndpoint[] | null) =>
    (list ?? []).flatMap((endpoint) => targets.get(endpoint) ?? []);
  const cluster = chosen(categories.cluster);
  const local = chosen(categories.local);
  const hasAffinity = port.affinitySeconds !== null;
  const direct = settings.features.inlineMark && !hasAffinity;
  const balance = direct ? translateByChance : balanceRules;
  const isExternal = usesExternalChain(port, plan);
  const firewall = filtersSources(port);
  return {
    endpointChains: direct ? [] : reachable.map(({ chain }) => chain),
    policyChains: [
      ...(cluster.length > 0 ? [names.cluster] : []),
      ...(local.length > 0 ? [names.local] : []),
      ...(isExternal ? [names.external] : []),
    ],
    firewallChain: firewall ? names.firewall : null,
    entry: [
      ...internalRules(context),
      ...(isExternal ? externalRules(context) : []),
      ...(firewall ? [firewallRule(context)] : []),
    ],
    affinitySets: hasAffinity ? reachable.map((target) => affinitySet(context, target)) : [],
    balance: [
      ...balance(context, names.cluster, cluster),
      ...balance(context, names.local, local),
      ...(direct ? [] : reachable.flatMap((target) => endpointRules(context, target))),
    ],
  };
}

/** Traffic to the ClusterIP from outside the cluster may come in on any node, so it is masqueraded.
 * */
function internalRules(context: PortContext): readonly OwnRule[] {
  const { port, plan, names, settings } = context;
  const { detector, masqueradeAll, family, features } = settings;
  if (features.inlineMark || !plan.hasInternal) return [];
  if (!masqueradeAll && detector === null) return [];
  const statements = [
    parts.compare(parts.destination(family), port.clusterIP),
    ...(features.masqueradeMatchesPort ? [parts.toPort(port.proto, port.port)] : []),
    ...(masqueradeAll || detector === null
      ? []
      : [parts.fromLocal(detector, family, features.interfaceField, true)]),
    parts.jump(markChain),
  ];
  const chain = port.internalPolicyLocal ? names.local : names.cluster;
  return [{ chain, rule: parts.rule(statements, own(context, `spec.ports[${port.index}]`)) }];
}

function externalRules(context: PortContext): readonly OwnRule[] {
  const { port, plan, names, settings } = context;
  const { detector, family, features, mark } = settings;
  const origin = own(context, 'spec.externalTrafficPolicy');
  const write = (statements: readonly NftStatement[], comment: string | null = null): OwnRule => ({
    chain: names.external,
    rule: parts.rule(statements, origin, comment),
  });
  const masquerade = features.inlineMark ? parts.mark('or', mark) : parts.jump(markChain);
  const toCluster = parts.verdict(parts.goTo(names.cluster));
  const fromNode = parts.compare('fib saddr type', 'local');
  const rules: OwnRule[] = [];
  if (!port.externalPolicyLocal) {
    rules.push(write([masquerade], features.inlineMark ? 'masquerade' : null));
  } else {
    if (detector !== null) {
      const fromPod = parts.fromLocal(detector, family, features.interfaceField, false);
      rules.push(write([fromPod, toCluster], 'short-circuit pod traffic'));
    }
    rules.push(
      write([fromNode, masquerade], 'masquerade local traffic'),
      write([fromNode, toCluster], 'short-circuit local traffic'),
    );
  }
  if (plan.hasExternal) {
    const chain = port.externalPolicyLocal ? names.local : names.cluster;
    rules.push(write([parts.verdict(parts.goTo(chain))]));
  }
  return rules;
}

/** A load balancer's address is often local to the node, which then comes back with it as its
 * source. */
function firewallRule(context: PortContext): OwnRule {
  const { port, names, settings } = context;
  const origin = own(context, 'spec.loadBalancerSourceRanges');
  const vips = allowsFrom(port, settings.nodeIP) ? port.loadBalancerVIPs : [];
  const sources = [
    ...port.sourceRanges.map(({ value }) => parts.range(value)),
    ...vips.map(({ value }) => value),
  ];
  const others = parts.among(parts.source(settings.family), sources, true);
  const rule = parts.rule([others, parts.verdict(parts.drop)], origin);
  return { chain: names.firewall, rule: because('load-balancer-source-ranges', rule) };
}

/** Known clients first, then one endpoint by chance. */
function balanceRules(
  context: PortContext,
  chain: string,
  targets: readonly Target[],
): readonly OwnRule[] {
  if (targets.length === 0) return [];
  const { port, settings } = context;
  const saddr = parts.source(settings.family);
  const remembered = own(context, 'spec.sessionAffinity');
  const known = port.affinitySeconds === null ? [] : targets;
  const elements = targets.map(({ chain: name, endpoint }, i) =>
    parts.element([i], parts.goTo(name), caused(context, endpoint)),
  );
  const chance: NftStatement = { kind: 'vmap', ...parts.oneOf(elements) };
  return [
    ...known.map((target) => {
      const isKnown = parts.inSet([saddr], target.affinitySet);
      const statements = [isKnown, parts.verdict(parts.goTo(target.chain))];
      return { chain, rule: parts.rule(statements, remembered) };
    }),
    { chain, rule: parts.rule([chance], own(context, `spec.ports[${port.index}]`)) },
  ];
}

/** One rule that chooses an endpoint by chance and translates to it. */
function translateByChance(
  context: PortContext,
  chain: string,
  targets: readonly Target[],
): readonly OwnRule[] {
  if (targets.length === 0) return [];
  const { port } = context;
  const elements = targets.map(({ endpoint }, i): NftElement => {
    const values = [endpoint.address, endpoint.port];
    return parts.element([i], { kind: 'values', values }, caused(context, endpoint));
  });
  const to = { kind: 'map', ...parts.oneOf(elements), port: true } as const;
  const translate: NftStatement = { kind: 'nat', type: 'dnat', to, fullyRandom: false };
  const origin = own(context, `spec.ports[${port.index}].targetPort`);
  return [{ chain, rule: parts.rule([parts.protocol(port.proto), translate], origin) }];
}

function endpointRules(context: PortContext, target: Target): readonly OwnRule[] {
  const { port, settings } = context;
  const { endpoint, chain, affinitySet: set } = target;
  const saddr = parts.source(settings.family);
  const hairpin = [parts.compare(saddr, endpoint.address), parts.jump(markChain)];
  const remember: NftStatement = {
    kind: 'dynset',
    op: 'update',
    set,
    key: [saddr],
    timeoutSeconds: null,
  };
  const translate = [parts.protocol(port.proto), parts.translate(endpoint.address, endpoint.port)];
  const write = (statements: readonly NftStatement[], origin: number): OwnRule => ({
    chain,
    rule: parts.rule(statements, origin),
  });
  return [
    ...(settings.features.inlineMark ? [] : [write(hairpin, caused(context, endpoint))]),
    ...(port.affinitySeconds === null
      ? []
      : [write([remember], own(context, 'spec.sessionAffinity'))]),
    write(translate, own(context, `spec.ports[${port.index}].targetPort`)),
  ];
}

function affinitySet({ port, settings }: PortContext, { affinitySet: name }: Target): NftSet {
  return {
    name,
    type: [settings.family === 4 ? 'ipv4_addr' : 'ipv6_addr'],
    data: null,
    flags: ['dynamic', 'timeout'],
    timeoutSeconds: port.affinitySeconds,
    size: null,
    comment: null,
    elements: [],
  };
}

function own({ origin, port }: PortContext, path: string): number {
  return origin(`Service/${port.service}`, path);
}

function caused({ origin }: PortContext, { object, path }: ProxyEndpoint): number {
  return origin(object, path);
}
