// What a service port needs on a node, decided before any rule is written: which chains it uses and
// whether missing endpoints are refused or dropped. Models the head of the service loop of
// syncProxyRules in iptables/proxier.go and nftables/proxier.go.
import type { Categories } from './categorize.ts';
import { externallyAccessible, type ServicePort } from './service-port.ts';

/** Everything the rules outside the port's own chains depend on. */
export interface PortPlan {
  /** Some node has a usable endpoint. Without any, nothing of the port is in the nat table. */
  readonly hasEndpoints: boolean;
  /** ClusterIP traffic has somewhere to go from this node. */
  readonly hasInternal: boolean;
  /** External traffic from outside has. Pods and the node itself may still be short-circuited when
   * not. */
  readonly hasExternal: boolean;
}

export function planPort(port: ServicePort, categories: Categories): PortPlan {
  const hasEndpoints = categories.hasAny;
  const hasLocal = (categories.local ?? []).length > 0;
  return {
    hasEndpoints,
    hasInternal: hasEndpoints && (!port.internalPolicyLocal || hasLocal),
    hasExternal: hasEndpoints && (!port.externalPolicyLocal || hasLocal),
  };
}

export function usesExternalChain(port: ServicePort, plan: PortPlan): boolean {
  return plan.hasEndpoints && externallyAccessible(port);
}

export function usesFirewallChain(port: ServicePort, plan: PortPlan): boolean {
  return plan.hasEndpoints && port.loadBalancerVIPs.length > 0 && port.sourceRanges.length > 0;
}
