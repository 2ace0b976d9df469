// Step two for each service port: its own nat chains, from the external entry down to the
// endpoints' DNAT. These are what a partial sync leaves out when the Service did not change.
// Models the second half of the service loop of syncProxyRules and writeServiceToEndpointRules.
import type { Chain, Match, Rule } from '../../netfilter/rule.ts';
import type { Categories } from '../categorize.ts';
import type { LocalDetector } from '../config.ts';
import type { ProxyEndpoint } from '../endpoints.ts';
import { type PortPlan, usesExternalChain, usesFirewallChain } from '../plan.ts';
import { probabilityBelow } from '../probability.ts';
import * as parts from '../rule-parts.ts';
import type { ServicePort } from '../service-port.ts';
import { endpointChain, type PortChains } from './names.ts';

export interface OwnRule {
  readonly chain: string;
  readonly rule: Rule;
  /** A source range is written with its length, also a single address. */
  readonly writesRange: boolean;
}

export interface Fragment {
  /** In the order their lines are written. */
  readonly chains: readonly string[];
  readonly rules: readonly OwnRule[];
  readonly byName: ReadonlyMap<string, Chain>;
}

export interface FragmentOptions {
  readonly detector: LocalDetector | null;
  readonly masqueradeAll: boolean;
  /** Comments of endpoint rules are left out in large clusters. */
  readonly comments: boolean;
  /** The node's IP is in a source range: the load balancer's own addresses are let in too. */
  readonly allowFromNode: boolean;
  /** Interns a path of an object. */
  readonly origin: (object: string, path: string) => number;
}

interface Context extends FragmentOptions {
  readonly port: ServicePort;
  readonly names: PortChains;
  readonly plan: PortPlan;
  readonly categories: Categories;
  readonly service: (path: string) => number;
}

const markForMasquerade = parts.jump('KUBE-MARK-MASQ');

/** The chains of one service port on a node that has these endpoints. */
export function portFragment(
  port: ServicePort,
  names: PortChains,
  plan: PortPlan,
  categories: Categories,
  options: FragmentOptions,
): Fragment {
  const service = (path: string) => options.origin(`Service/${port.service}`, path);
  const context: Context = { ...options, port, names, plan, categories, service };
  const cluster = categories.cluster ?? [];
  const local = categories.local ?? [];
  const rules = [
    ...internalRules(context),
    ...(usesExternalChain(port, plan) ? externalRules(context) : []),
    ...(usesFirewallChain(port, plan) ? firewallRules(context) : []),
    ...balanceRules(context, names.cluster, cluster),
    ...balanceRules(context, names.local, local),
    ...categories.reachable.flatMap((endpoint) => endpointRules(context, endpoint)),
  ];
  const chains = [
    ...(usesExternalChain(port, plan) ? [names.external] : []),
    ...(usesFirewallChain(port, plan) ? [names.firewall] : []),
    ...(cluster.length > 0 ? [names.cluster] : []),
    ...(local.length > 0 ? [names.local] : []),
    ...categories.reachable.map((endpoint) => endpointChain(port, endpoint.text)),
  ];
  return { chains, rules, byName: chainsOf(chains, rules) };
}

function internalRules(context: Context): readonly OwnRule[] {
  const { port, plan, names, detector, masqueradeAll } = context;
  if (!plan.hasInternal || (!masqueradeAll && detector === null)) return [];
  const matches = [
    parts.comment(`${port.name} cluster IP`),
    ...parts.toPort(port.proto, port.port, [parts.address('dst', port.clusterIP)]),
    ...(masqueradeAll || detector === null ? [] : [parts.fromLocal(detector, true)]),
  ];
  const chain = port.internalPolicyLocal ? names.local : names.cluster;
  const origin = context.service(`spec.ports[${port.index}]`);
  return [own(chain, parts.rule(matches, markForMasquerade, origin))];
}

function externalRules(context: Context): readonly OwnRule[] {
  const { port, plan, names, detector } = context;
  const origin = context.service('spec.externalTrafficPolicy');
  const write = (matches: readonly Match[], chain: string) =>
    own(names.external, parts.rule(matches, parts.jump(chain), origin));
  const about = (what: string) => parts.comment(`${what} for ${port.name} external destinations`);
  const fromNode = parts.local('src');
  const rules = port.externalPolicyLocal
    ? [
        ...(detector === null
          ? []
          : [write([about('pod traffic'), parts.fromLocal(detector, false)], names.cluster)]),
        write([about('masquerade LOCAL traffic'), fromNode], 'KUBE-MARK-MASQ'),
        write([about('route LOCAL traffic'), fromNode], names.cluster),
      ]
    : [write([about('masquerade traffic')], 'KUBE-MARK-MASQ')];
  if (plan.hasExternal) {
    rules.push(write([], port.externalPolicyLocal ? names.local : names.cluster));
  }
  return rules;
}

function firewallRules(context: Context): readonly OwnRule[] {
  const { port, names, allowFromNode, service } = context;
  const enter = (source: Match, path: string) => {
    const matches = [parts.comment(`${port.name} loadbalancer IP`), source];
    return parts.rule(matches, parts.jump(names.external), service(path));
  };
  const rules = port.sourceRanges.map(({ value, index }) => ({
    chain: names.firewall,
    rule: enter(parts.range('src', value), `spec.loadBalancerSourceRanges[${index}]`),
    writesRange: true,
  }));
  const path = 'spec.loadBalancerSourceRanges';
  // A load balancer's address is often local to the node, which then comes back with it as its
  // source.
  const fromVIPs = allowFromNode ? port.loadBalancerVIPs : [];
  const rest = `other traffic to ${port.name} will be dropped by KUBE-PROXY-FIREWALL`;
  return [
    ...rules,
    ...fromVIPs.map(({ value }) => own(names.firewall, enter(parts.address('src', value), path))),
    own(names.firewall, parts.rule([parts.comment(rest)], parts.none, service(path))),
  ];
}

/** Affinity first, over all endpoints; then each endpoint by chance, the last one for certain. */
function balanceRules(
  context: Context,
  chain: string,
  endpoints: readonly ProxyEndpoint[],
): readonly OwnRule[] {
  const { port, comments, origin, service } = context;
  const seconds = port.affinitySeconds;
  const about = (endpoint: ProxyEndpoint) =>
    comments ? [parts.comment(`${port.name} -> ${endpoint.text}`)] : [];
  const remembered = (endpoint: ProxyEndpoint) => {
    const list = endpointChain(port, endpoint.text);
    const recent: Match = { kind: 'recent', list, op: 'rcheck', seconds, reap: true };
    const matches = [...about(endpoint), recent];
    return own(chain, parts.rule(matches, parts.jump(list), service('spec.sessionAffinity')));
  };
  const chosen = (endpoint: ProxyEndpoint, i: number) => {
    const below = probabilityBelow(endpoints.length - i);
    const chance: Match[] = i < endpoints.length - 1 ? [{ kind: 'random', below }] : [];
    const target = parts.jump(endpointChain(port, endpoint.text));
    const matches = [...about(endpoint), ...chance];
    return own(chain, parts.rule(matches, target, origin(endpoint.object, endpoint.path)));
  };
  return [...(seconds === null ? [] : endpoints.map(remembered)), ...endpoints.map(chosen)];
}

function endpointRules(context: Context, endpoint: ProxyEndpoint): readonly OwnRule[] {
  const { port, comments, origin, service } = context;
  const chain = endpointChain(port, endpoint.text);
  const about = comments ? [parts.comment(port.name)] : [];
  const hairpin = [...about, parts.address('src', endpoint.address)];
  const remember: readonly Match[] =
    port.affinitySeconds === null
      ? []
      : [{ kind: 'recent', list: chain, op: 'set', seconds: null, reap: false }];
  const translate = [...about, ...remember, ...parts.anyPort(port.proto)];
  const target = parts.dnat(endpoint.address, endpoint.port);
  const path = `spec.ports[${port.index}].targetPort`;
  return [
    own(chain, parts.rule(hairpin, markForMasquerade, origin(endpoint.object, endpoint.path))),
    own(chain, parts.rule(translate, target, service(path))),
  ];
}

function own(chain: string, rule: Rule): OwnRule {
  return { chain, rule, writesRange: false };
}

function chainsOf(names: readonly string[], rules: readonly OwnRule[]): ReadonlyMap<string, Chain> {
  const lists = new Map<string, Rule[]>(names.map((name) => [name, []]));
  for (const { chain, rule } of rules) lists.get(chain)?.push(rule);
  const chains = new Map<string, Chain>();
  for (const [name, list] of lists) {
    chains.set(name, { table: 'nat', name, policy: null, rules: list, owner: 'kube-proxy' });
  }
  return chains;
}
