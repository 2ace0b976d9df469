// Services as an engine knows them that judges egress before DNAT: their cluster IPs, with the Service's port wherever a
// policy means its Pods' one. Models getMatchingServiceClusterIPs of amazon-network-policy-controller-k8s
// (pkg/resolvers/endpoints.go, pkg/k8s/service_utils.go), its choices included: the first port that fits is the only one.
import type { Service } from '../../api/types.ts';
import { matchesLabels } from '../../api/types.ts';
import { type Addr, parseAddr } from '../../net/addr.ts';
import { type Proto, parseProto, TCP } from '../../net/packet.ts';
import type { Labels, PolicyPod } from './pods.ts';
import type { PolicyRule, PortMatch } from './policy.ts';

export interface PolicyServicePort {
  readonly proto: Proto;
  readonly port: number;
  readonly target: number | string;
}

export interface PolicyService {
  readonly namespace: string;
  readonly selector: Labels;
  /** The first one: the controller adds no other. */
  readonly clusterIP: Addr;
  readonly ports: readonly PolicyServicePort[];
}

/** Null: it has no cluster IP. */
export function policyServiceOf({ metadata, spec }: Service): PolicyService | null {
  const clusterIP = parseAddr(spec.clusterIP ?? '');
  if (clusterIP === undefined) return null;
  const ports = (spec.ports ?? []).flatMap(({ protocol, port, targetPort }) => {
    const proto = protocol === undefined ? TCP : parseProto(protocol);
    return proto === undefined ? [] : [{ proto, port, target: targetPort ?? port }];
  });
  const namespace = metadata.namespace ?? 'default';
  return { namespace, selector: spec.selector ?? {}, clusterIP, ports };
}

/** A policy's rules of egress where the destination is what was dialled: Services beside the Pods that are meant; a port's
 * name means nothing where no Pods are named whose it could be. */
export function dialledRules(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  return rules.flatMap((rule): readonly PolicyRule[] => {
    const { peer, port, path } = rule;
    if (peer.kind !== 'pods') return port.kind === 'named' ? [] : [rule];
    const ports = rules.filter((other) => other.path === path).map((other) => other.port);
    return [rule, { ...rule, peer: { kind: 'services', pods: peer, ports } }];
  });
}

/** Ports of a Service, from the lower to the higher. */
export interface ServicePorts {
  readonly low: number;
  readonly high: number;
}

/** The Service's ports that a policy's port stands for; null: none. `beside`: all ports that the rule names; `pods`: of the
 * Service's namespace. The end of a policy's range is taken as it is, though it counts the Pods' ports. */
export function servicePorts(
  service: PolicyService,
  match: Wanted,
  beside: readonly PortMatch[],
  pods: readonly PolicyPod[],
): ServicePorts | null {
  const own = pods.filter(({ labels }) => matchesLabels(service.selector, labels));
  const found = directPort(service, match) ?? portByPods(service, match, own);
  if (found === undefined) return null;
  if (match.kind === 'named') return { low: found, high: found };
  if (leadsElsewhere(service, found, match.proto, beside, own)) return null;
  return { low: found, high: match.high > match.low ? Math.max(found, match.high) : found };
}

type Wanted = PortMatch & { readonly kind: 'range' | 'named' };

function wantedOf(match: Wanted): number | string {
  return match.kind === 'named' ? match.name : match.low;
}

/** LookupServiceListenPort: the targetPort is the very number or name. */
function directPort({ ports }: PolicyService, match: Wanted): number | undefined {
  const wanted = wantedOf(match);
  return ports.find(({ proto, target }) => proto === match.proto && target === wanted)?.port;
}

/** LookupListenPortFromPodSpec: a Pod's container knows the number by name, or the name by number. */
function portByPods(
  { ports }: PolicyService,
  match: Wanted,
  own: readonly PolicyPod[],
): number | undefined {
  const wanted = wantedOf(match);
  for (const pod of own) {
    const meant = pod.ports.find(({ name, port, proto }) => {
      return proto === match.proto && (match.kind === 'named' ? name : port) === wanted;
    });
    if (meant === undefined) continue;
    const found = ports.find(({ proto, target }) => {
      return proto === match.proto && (target === meant.name || target === meant.port);
    });
    if (found !== undefined) return found.port;
  }
  return undefined;
}

/** hasTargetPortBypass: the Service leads to a port by name, and a Pod calls one so that the rule does not allow. */
function leadsElsewhere(
  { ports }: PolicyService,
  found: number,
  proto: Proto,
  beside: readonly PortMatch[],
  own: readonly PolicyPod[],
): boolean {
  const { target } = ports.find((one) => one.port === found && one.proto === proto) ?? {};
  if (typeof target !== 'string') return false;
  return own.some((pod) => {
    const meant = pod.ports.find((one) => one.name === target && one.proto === proto);
    return meant !== undefined && !beside.some((one) => allows(one, meant.port, proto));
  });
}

function allows(match: PortMatch, port: number, proto: Proto): boolean {
  switch (match.kind) {
    case 'any':
      return true;
    case 'protocol':
      return match.proto === proto;
    case 'range':
      return match.proto === proto && match.low <= port && port <= match.high;
    case 'named':
      return false;
  }
}
