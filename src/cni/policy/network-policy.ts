// What a NetworkPolicy says, as rules: AND inside a peer, OR between the items of a list, an empty list is any. Models the
// field comments of staging/src/k8s.io/api/networking/v1/types.go (G1-G5); defaults were filled in by the API server.
import { parseLegacyCIDR } from '../../api/field/ips.ts';
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import { parseProto, TCP } from '../../net/packet.ts';
import type { Direction } from './hooks.ts';
import type { Peer, Policy, PolicyRule, PortMatch } from './policy.ts';

interface Rule {
  readonly peers: readonly NetworkPolicyPeer[];
  readonly ports: readonly NetworkPolicyPort[];
}

export function networkPolicy(policy: NetworkPolicy): Policy {
  const { spec } = policy;
  const namespace = policy.metadata.namespace ?? 'default';
  const types = spec.policyTypes ?? [];
  const ingress = (spec.ingress ?? []).map(({ from = [], ports = [] }) => ({ peers: from, ports }));
  const egress = (spec.egress ?? []).map(({ to = [], ports = [] }) => ({ peers: to, ports }));
  const selector = spec.podSelector ?? {};
  return {
    object: `NetworkPolicy/${keyOf(policy)}`,
    key: keyOf(policy),
    tier: 'namespaced',
    priority: 0,
    subject: { kind: 'pods', namespace, namespaces: null, pods: selector },
    rules: {
      ingress: types.includes('Ingress') ? rulesOf(ingress, 'ingress', namespace) : null,
      egress: types.includes('Egress') ? rulesOf(egress, 'egress', namespace) : null,
    },
  };
}

function rulesOf(
  rules: readonly Rule[],
  direction: Direction,
  namespace: string,
): readonly PolicyRule[] {
  const side = direction === 'ingress' ? 'from' : 'to';
  return rules.flatMap(({ peers, ports }, i) => {
    const at = `spec.${direction}[${i}]`;
    const who = peers.map((peer, j) => ({
      peer: peerOf(peer, namespace),
      at: `${at}.${side}[${j}]`,
    }));
    const where = ports.map((port, j) => ({ port: portOf(port), at: `${at}.ports[${j}]` }));
    const peersMeant = who.length === 0 ? [{ peer: anyPeer, at: null }] : who;
    const portsMeant = where.length === 0 ? [{ port: anyPort, at }] : where;
    return peersMeant.flatMap((peer) =>
      portsMeant.map((port): PolicyRule => {
        return { peer: peer.peer, port: port.port, action: 'accept', path: peer.at ?? port.at };
      }),
    );
  });
}

const anyPeer: Peer = { kind: 'any' };
const anyPort: PortMatch = { kind: 'any' };

function peerOf(peer: NetworkPolicyPeer, namespace: string): Peer {
  const { ipBlock, podSelector, namespaceSelector } = peer;
  if (ipBlock !== undefined) {
    const range = parseLegacyCIDR(ipBlock.cidr);
    if (range === undefined) return { kind: 'nobody' };
    const except = (ipBlock.except ?? []).flatMap((text) => parseLegacyCIDR(text) ?? []);
    return { kind: 'block', range, except };
  }
  const pods = podSelector ?? {};
  return namespaceSelector === undefined
    ? { kind: 'pods', namespace, namespaces: null, pods }
    : { kind: 'pods', namespace: null, namespaces: namespaceSelector, pods };
}

function portOf({ port, endPort, protocol }: NetworkPolicyPort): PortMatch {
  const proto = (protocol === undefined ? TCP : parseProto(protocol)) ?? TCP;
  if (port === undefined) return { kind: 'protocol', proto };
  if (typeof port === 'string') return { kind: 'named', proto, name: port };
  return { kind: 'range', proto, low: port, high: endPort ?? port };
}
