// Step one for each service port: how its addresses are captured in the chains that all Services
// share. These rules are rewritten on every sync upstream; here they are kept as long as the
// service port and its plan stay the same.
// Models the "Capture the clusterIP ... Capture healthCheckNodePorts" part of syncProxyRules.
import type { Addr } from '../../net/addr.ts';
import { cidr } from '../../net/cidr.ts';
import { TCP } from '../../net/packet.ts';
import type { Match, Rule } from '../../netfilter/rule.ts';
import { type PortPlan, usesFirewallChain } from '../plan.ts';
import { because, type RefusalReason } from '../reason.ts';
import * as parts from '../rule-parts.ts';
import type { ServicePort } from '../service-port.ts';
import type { PortChains } from './names.ts';

/** The shared chains, by table. */
export type SharedChain =
  | 'nat KUBE-SERVICES'
  | 'nat KUBE-NODEPORTS'
  | 'filter KUBE-SERVICES'
  | 'filter KUBE-EXTERNAL-SERVICES'
  | 'filter KUBE-PROXY-FIREWALL'
  | 'filter KUBE-NODEPORTS';

export interface SharedRule {
  readonly chain: SharedChain;
  readonly rule: Rule;
}

export interface PortalOptions {
  /** Write the rule that counts connections to node ports on localhost. */
  readonly countLocalhost: boolean;
  /** Interns a path of the Service. */
  readonly origin: (path: string) => number;
}

/** One service port's rules in the shared chains, in the order they are written. */
export function portalRules(
  port: ServicePort,
  chains: PortChains,
  plan: PortPlan,
  options: PortalOptions,
): readonly SharedRule[] {
  const { origin } = options;
  return [
    ...clusterIPRules(port, chains, plan, origin),
    ...externalIPRules(port, chains, plan, origin),
    ...loadBalancerRules(port, chains, plan, origin),
    ...nodePortRules(port, chains, plan, options),
    ...healthCheckRules(port, origin),
  ];
}

type Origin = PortalOptions['origin'];

function clusterIPRules(
  port: ServicePort,
  chains: PortChains,
  plan: PortPlan,
  origin: Origin,
): readonly SharedRule[] {
  if (!plan.hasInternal) {
    const to = addressed(port, port.clusterIP);
    return [
      refusal('filter KUBE-SERVICES', port, plan, [], to, origin, {
        noEndpoints: `spec.ports[${port.index}]`,
        noLocal: 'spec.internalTrafficPolicy',
      }),
    ];
  }
  const target = parts.jump(port.internalPolicyLocal ? chains.local : chains.cluster);
  const matches = [parts.comment(`${port.name} cluster IP`), ...addressed(port, port.clusterIP)];
  const rule = parts.rule(matches, target, origin(`spec.ports[${port.index}]`));
  return [{ chain: 'nat KUBE-SERVICES', rule }];
}

function externalIPRules(
  port: ServicePort,
  chains: PortChains,
  plan: PortPlan,
  origin: Origin,
): readonly SharedRule[] {
  return port.externalIPs.flatMap(({ value, index }) => {
    const path = `spec.externalIPs[${index}]`;
    const rules: SharedRule[] = [];
    if (plan.hasEndpoints) {
      const matches = [parts.comment(`${port.name} external IP`), ...addressed(port, value)];
      const rule = parts.rule(matches, parts.jump(chains.external), origin(path));
      rules.push({ chain: 'nat KUBE-SERVICES', rule });
    }
    if (!plan.hasExternal) {
      rules.push(externalRefusal(port, plan, [], addressed(port, value), origin, path));
    }
    return rules;
  });
}

function loadBalancerRules(
  port: ServicePort,
  chains: PortChains,
  plan: PortPlan,
  origin: Origin,
): readonly SharedRule[] {
  const path = `spec.ports[${port.index}]`;
  const usesFirewall = usesFirewallChain(port, plan);
  const rules: SharedRule[] = [];
  for (const { value } of port.loadBalancerVIPs) {
    const to = addressed(port, value);
    if (plan.hasEndpoints) {
      const matches = [parts.comment(`${port.name} loadbalancer IP`), ...to];
      const target = parts.jump(usesFirewall ? chains.firewall : chains.external);
      rules.push({
        chain: 'nat KUBE-SERVICES',
        rule: parts.rule(matches, target, origin(path)),
      });
    }
    if (usesFirewall) {
      const text = `${port.name} traffic not accepted by ${chains.firewall}`;
      const rule = parts.rule(
        [parts.comment(text), ...to],
        parts.drop,
        origin('spec.loadBalancerSourceRanges'),
      );
      rules.push({
        chain: 'filter KUBE-PROXY-FIREWALL',
        rule: because('load-balancer-source-ranges', rule),
      });
    }
  }
  if (plan.hasExternal) return rules;
  for (const { value } of port.loadBalancerVIPs) {
    rules.push(externalRefusal(port, plan, [], addressed(port, value), origin, path));
  }
  return rules;
}

/** Node ports are not limited by loadBalancerSourceRanges. */
function nodePortRules(
  port: ServicePort,
  chains: PortChains,
  plan: PortPlan,
  { countLocalhost, origin }: PortalOptions,
): readonly SharedRule[] {
  if (port.nodePort === 0) return [];
  const path = `spec.ports[${port.index}].nodePort`;
  const to = (between: readonly Match[] = []) => parts.toPort(port.proto, port.nodePort, between);
  const rules: SharedRule[] = [];
  if (plan.hasEndpoints) {
    const target = parts.jump(chains.external);
    const loopback = parts.range('dst', cidr('127.0.0.0/8'));
    const counted = [
      parts.comment(port.name),
      ...to([loopback]),
      parts.nfacct('localhost_nps_accepted_pkts'),
    ];
    const chain = 'nat KUBE-NODEPORTS';
    if (countLocalhost) rules.push({ chain, rule: parts.rule(counted, target, origin(path)) });
    const matches = [parts.comment(port.name), ...to()];
    rules.push({ chain, rule: parts.rule(matches, target, origin(path)) });
  }
  if (!plan.hasExternal) {
    rules.push(externalRefusal(port, plan, [parts.local('dst')], to(), origin, path));
  }
  return rules;
}

/** The port is open whether or not this node has local endpoints: the answer tells the load
 * balancer. */
function healthCheckRules(port: ServicePort, origin: Origin): readonly SharedRule[] {
  if (port.healthCheckNodePort === 0) return [];
  const matches = [
    parts.comment(`${port.name} health check node port`),
    ...parts.toPort(TCP, port.healthCheckNodePort),
  ];
  const rule = parts.rule(matches, parts.accept, origin('spec.healthCheckNodePort'));
  return [{ chain: 'filter KUBE-NODEPORTS', rule }];
}

function externalRefusal(
  port: ServicePort,
  plan: PortPlan,
  before: readonly Match[],
  to: readonly Match[],
  origin: Origin,
  path: string,
): SharedRule {
  const paths = { noEndpoints: path, noLocal: 'spec.externalTrafficPolicy' };
  return refusal('filter KUBE-EXTERNAL-SERVICES', port, plan, before, to, origin, paths);
}

/** REJECT when no node has an endpoint, DROP when only this one has none and the policy is Local.
 * */
function refusal(
  chain: SharedChain,
  port: ServicePort,
  plan: PortPlan,
  before: readonly Match[],
  to: readonly Match[],
  origin: Origin,
  paths: { readonly noEndpoints: string; readonly noLocal: string },
): SharedRule {
  const reason: RefusalReason = plan.hasEndpoints ? 'no-local-endpoints' : 'no-endpoints';
  const text = `${port.name} has ${plan.hasEndpoints ? 'no local endpoints' : 'no endpoints'}`;
  const target = plan.hasEndpoints ? parts.drop : parts.reject;
  const path = plan.hasEndpoints ? paths.noLocal : paths.noEndpoints;
  const rule = parts.rule([parts.comment(text), ...before, ...to], target, origin(path));
  return { chain, rule: because(reason, rule) };
}

function addressed(port: ServicePort, to: Addr): readonly Match[] {
  return parts.toPort(port.proto, port.port, [parts.address('dst', to)]);
}
