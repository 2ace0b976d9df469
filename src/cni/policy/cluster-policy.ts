// What policies of a whole cluster say, as rules in the order in which they are written. Models the field comments of
// apis/v1alpha1 and apis/v1alpha2 of sigs.k8s.io/network-policy-api. Domain names are not looked up: such a peer is nobody.
import type {
  AdminPort,
  ClusterPeer,
  ClusterPolicy,
  ClusterPolicyProtocol,
  ClusterRule,
  NamespacedPod,
  PolicySubject,
  ProtocolMatch,
} from '../../api/clusterpolicy/types.ts';
import { parseCidr } from '../../net/cidr.ts';
import { type Proto, parseProto, SCTP, TCP, UDP } from '../../net/packet.ts';
import type { Direction } from './hooks.ts';
import type { Action, Peer, PodSet, Policy, PolicyRule, PortMatch, Tier } from './policy.ts';

const actions: Readonly<Record<ClusterRule['action'], Action>> = {
  Accept: 'accept',
  Allow: 'accept',
  Deny: 'deny',
  Pass: 'pass',
};

export function clusterPolicy({ kind, metadata, spec }: ClusterPolicy): Policy {
  const isBaseline = kind === 'BaselineAdminNetworkPolicy' || spec.tier === 'Baseline';
  const tier: Tier = isBaseline ? 'baseline' : 'admin';
  return {
    object: `${kind}/${metadata.name}`,
    key: metadata.name,
    tier,
    priority: spec.priority ?? 0,
    subject: podSet(spec.subject) ?? nobody,
    rules: {
      ingress: rulesOf(spec.ingress, 'ingress', 'from'),
      egress: rulesOf(spec.egress, 'egress', 'to'),
    },
  };
}

/** No rules: the policy says nothing about the direction. */
function rulesOf(
  rules: readonly ClusterRule[] = [],
  direction: Direction,
  side: 'from' | 'to',
): readonly PolicyRule[] | null {
  if (rules.length === 0) return null;
  return rules.flatMap((rule, i) => {
    const peers = (rule[side] ?? []).flatMap((peer, j) => {
      const path = `spec.${direction}[${i}].${side}[${j}]`;
      return peersOf(peer).map((one) => ({ peer: one, path }));
    });
    const ports = portsOf(rule);
    const action = actions[rule.action];
    return peers.flatMap(({ peer, path }) =>
      ports.map((port): PolicyRule => ({ peer, port, action, path })),
    );
  });
}

/** No namespace has an empty name. */
const nobody: PodSet = { kind: 'pods', namespace: '', namespaces: null, pods: {} };

function podSet({ namespaces, pods }: PolicySubject): PodSet | null {
  if (namespaces !== undefined) return { kind: 'pods', namespace: null, namespaces, pods: {} };
  return pods === undefined ? null : bothOf(pods);
}

function bothOf({ namespaceSelector = {}, podSelector }: Partial<NamespacedPod>): PodSet {
  const pods = podSelector ?? {};
  return { kind: 'pods', namespace: null, namespaces: namespaceSelector, pods };
}

function peersOf(peer: ClusterPeer): readonly Peer[] {
  const pods = podSet(peer);
  if (pods !== null) return [pods];
  if (peer.nodes !== undefined) return [{ kind: 'nodes', nodes: peer.nodes }];
  return (peer.networks ?? []).map((text): Peer => {
    const range = parseCidr(text);
    return range === undefined ? { kind: 'nobody' } : { kind: 'block', range, except: [] };
  });
}

function portsOf({ ports, protocols }: ClusterRule): readonly PortMatch[] {
  if (ports !== undefined) return ports.flatMap(adminPort);
  if (protocols !== undefined) return protocols.flatMap(byProtocol);
  return [{ kind: 'any' }];
}

function adminPort({ portNumber, portRange, namedPort }: AdminPort): readonly PortMatch[] {
  if (namedPort !== undefined) return anyProtocol(namedPort);
  const protocol = portNumber?.protocol ?? portRange?.protocol ?? 'TCP';
  const proto = parseProto(protocol) ?? TCP;
  const low = portNumber?.port ?? portRange?.start ?? 0;
  return [{ kind: 'range', proto, low, high: portRange?.end ?? low }];
}

/** A name alone says no protocol. */
function anyProtocol(name: string): readonly PortMatch[] {
  return [TCP, UDP, SCTP].map((proto) => ({ kind: 'named', proto: proto as Proto, name }));
}

function byProtocol(match: ClusterPolicyProtocol): readonly PortMatch[] {
  const { tcp, udp, sctp, destinationNamedPort } = match;
  if (destinationNamedPort !== undefined) return anyProtocol(destinationNamedPort);
  if (tcp !== undefined) return [ofProtocol(TCP, tcp)];
  if (udp !== undefined) return [ofProtocol(UDP, udp)];
  return sctp === undefined ? [] : [ofProtocol(SCTP, sctp)];
}

function ofProtocol(proto: Proto, { destinationPort }: ProtocolMatch): PortMatch {
  if (destinationPort === undefined) return { kind: 'protocol', proto };
  const { number, range } = destinationPort;
  const low = number ?? range?.start ?? 0;
  return { kind: 'range', proto, low, high: range?.end ?? low };
}
