// What a service port adds to the maps and sets that all Services share: which addresses lead to
// its chains, and which are refused or dropped for want of endpoints. Written on every sync
// upstream; here kept as long as the service port and its plan stay the same.
// Models the "Capture the clusterIP ... Capture nodeports" part of syncProxyRules.
import type { Addr } from '../../net/addr.ts';
import type { NftElement, NftVerdict } from '../../netfilter/nft/table.ts';
import type { ProxyEndpoint } from '../endpoints.ts';
import type { PortPlan } from '../plan.ts';
import { because, type RefusalReason } from '../reason.ts';
import type { ServicePort } from '../service-port.ts';
import type { ServiceSet } from './base.table.ts';
import type { PortChains } from './names.ts';
import * as parts from './parts.ts';
import { rejectChain } from './setup.ts';

export interface ServiceElement {
  readonly set: ServiceSet;
  readonly element: NftElement;
}

/** In the order of writing; the firewall chain is made sure of before `loadBalancer`. */
export interface PortElements {
  readonly addresses: readonly ServiceElement[];
  readonly loadBalancer: readonly ServiceElement[];
  readonly nodePort: readonly ServiceElement[];
}

type Origin = (path: string) => number;

export function portElements(
  port: ServicePort,
  chains: PortChains,
  plan: PortPlan,
  origin: Origin,
): PortElements {
  return {
    addresses: [
      ...clusterIPElements(port, chains, plan, origin),
      ...port.externalIPs.flatMap(({ value, index }) =>
        externalElements(port, chains, plan, value, origin, `spec.externalIPs[${index}]`),
      ),
    ],
    loadBalancer: loadBalancerElements(port, chains, plan, origin),
    nodePort: port.nodePort === 0 ? [] : nodePortElements(port, chains, plan, origin),
  };
}

/** Whether source ranges are looked at; unlike in iptables mode also without any endpoint. */
export function filtersSources(port: ServicePort): boolean {
  return port.loadBalancerVIPs.length > 0 && port.sourceRanges.length > 0;
}

/** A connection of a local endpoint with itself, as it looks after DNAT. */
export function hairpinElement(
  { proto }: ServicePort,
  { address, port }: ProxyEndpoint,
  origin: number,
): ServiceElement {
  const element = parts.element([address, address, proto, port], null, origin);
  return { set: 'hairpin-connections', element };
}

function clusterIPElements(
  port: ServicePort,
  chains: PortChains,
  plan: PortPlan,
  origin: Origin,
): readonly ServiceElement[] {
  const path = `spec.ports[${port.index}]`;
  const known = parts.element([port.clusterIP], null, origin(path));
  return [
    { set: 'cluster-ips', element: known },
    plan.hasInternal
      ? leads(
          'service-ips',
          frontend(port, port.clusterIP),
          port.internalPolicyLocal ? chains.local : chains.cluster,
          origin(path),
        )
      : refuses('no-endpoint-services', frontend(port, port.clusterIP), port, plan, {
          noEndpoints: origin(path),
          noLocal: origin('spec.internalTrafficPolicy'),
        }),
  ];
}

/** One external address: pods and the node itself may be short-circuited although others are
 * dropped. */
function externalElements(
  port: ServicePort,
  chains: PortChains,
  plan: PortPlan,
  address: Addr,
  origin: Origin,
  path: string,
): readonly ServiceElement[] {
  const key = frontend(port, address);
  return [
    ...(plan.hasEndpoints ? [leads('service-ips', key, chains.external, origin(path))] : []),
    ...(plan.hasExternal
      ? []
      : [refuses('no-endpoint-services', key, port, plan, external(origin, path))]),
  ];
}

function loadBalancerElements(
  port: ServicePort,
  chains: PortChains,
  plan: PortPlan,
  origin: Origin,
): readonly ServiceElement[] {
  const path = `spec.ports[${port.index}]`;
  const ranges = origin('spec.loadBalancerSourceRanges');
  const found: ServiceElement[] = [];
  for (const { value } of port.loadBalancerVIPs) {
    const key = frontend(port, value);
    if (plan.hasEndpoints) found.push(leads('service-ips', key, chains.external, origin(path)));
    if (filtersSources(port)) found.push(leads('firewall-ips', key, chains.firewall, ranges));
  }
  if (plan.hasExternal) return found;
  for (const { value } of port.loadBalancerVIPs) {
    const key = frontend(port, value);
    found.push(refuses('no-endpoint-services', key, port, plan, external(origin, path)));
  }
  return found;
}

/** Node ports are not limited by loadBalancerSourceRanges. */
function nodePortElements(
  port: ServicePort,
  chains: PortChains,
  plan: PortPlan,
  origin: Origin,
): readonly ServiceElement[] {
  const path = `spec.ports[${port.index}].nodePort`;
  const key = [port.proto, port.nodePort];
  return [
    ...(plan.hasEndpoints ? [leads('service-nodeports', key, chains.external, origin(path))] : []),
    ...(plan.hasExternal
      ? []
      : [refuses('no-endpoint-nodeports', key, port, plan, external(origin, path))]),
  ];
}

function frontend({ proto, port }: ServicePort, address: Addr): readonly Addr[] {
  return [address, proto, port];
}

function external(origin: Origin, path: string): Record<'noEndpoints' | 'noLocal', number> {
  return { noEndpoints: origin(path), noLocal: origin('spec.externalTrafficPolicy') };
}

function leads(
  set: ServiceSet,
  key: readonly Addr[],
  chain: string,
  origin: number,
): ServiceElement {
  return { set, element: parts.element(key, parts.goTo(chain), origin) };
}

/** Refused when no node has an endpoint, dropped when only this one has none and the policy is
 * Local. */
function refuses(
  set: ServiceSet,
  key: readonly Addr[],
  port: ServicePort,
  plan: PortPlan,
  origins: Readonly<Record<'noEndpoints' | 'noLocal', number>>,
): ServiceElement {
  const reason: RefusalReason = plan.hasEndpoints ? 'no-local-endpoints' : 'no-endpoints';
  const data: NftVerdict = plan.hasEndpoints ? parts.drop : parts.goTo(rejectChain);
  const origin = plan.hasEndpoints ? origins.noLocal : origins.noEndpoints;
  return { set, element: because(reason, parts.element(key, data, origin, port.name)) };
}
