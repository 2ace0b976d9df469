// What the API says about policies, evaluated word by word: a second, independent reading that shares nothing with
// src/cni/policy but the object types. Words: staging/src/k8s.io/api/networking/v1/types.go, and apis/v1alpha1 and v1alpha2
// of sigs.k8s.io/network-policy-api.
import type { ClusterPeer, ClusterPolicy, ClusterRule } from '../src/api/clusterpolicy/types.ts';
import type {
  LabelSelector,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  Pod,
} from '../src/api/types.ts';
import type { PolicyTown } from './arbitraries/policies.ts';

export interface Dial {
  readonly from: Pod;
  readonly to: Pod;
  readonly protocol: string;
  readonly port: number;
}

type Labels = Readonly<Record<string, string>>;

function meets(selector: LabelSelector | undefined, labels: Labels): boolean {
  for (const [key, value] of Object.entries(selector?.matchLabels ?? {})) {
    if (labels[key] !== value) return false;
  }
  for (const { key, operator, values = [] } of selector?.matchExpressions ?? []) {
    const has = key in labels;
    const listed = has && values.includes(labels[key] ?? '');
    if (operator === 'In' && !listed) return false;
    if (operator === 'NotIn' && listed) return false;
    if (operator === 'Exists' && !has) return false;
    if (operator === 'DoesNotExist' && has) return false;
  }
  return true;
}

const ipOf = (pod: Pod): string => pod.status?.podIPs?.[0]?.ip ?? '';

function numberOf(ip: string): number {
  return ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function inside(ip: string, cidr: string): boolean {
  const [base = '', bits = '32'] = cidr.split('/');
  const width = 2 ** (32 - Number(bits));
  return Math.floor(numberOf(ip) / width) === Math.floor(numberOf(base) / width);
}

/** A Pod that has an address of its own and has not ended. */
function isPod(pod: Pod): boolean {
  return pod.spec.hostNetwork !== true && pod.status?.phase === 'Running';
}

function peerIs(town: PolicyTown, policy: NetworkPolicy, peer: NetworkPolicyPeer, pod: Pod) {
  if (peer.ipBlock !== undefined) {
    const { cidr, except = [] } = peer.ipBlock;
    return inside(ipOf(pod), cidr) && !except.some((one) => inside(ipOf(pod), one));
  }
  if (!isPod(pod)) return false;
  const { namespace } = pod.metadata;
  if (peer.namespaceSelector === undefined) {
    if (namespace !== policy.metadata.namespace) return false;
  } else {
    const labels = town.namespaces.find(({ name }) => name === namespace)?.labels ?? {};
    if (!meets(peer.namespaceSelector, labels)) return false;
  }
  return peer.podSelector === undefined || meets(peer.podSelector, pod.metadata.labels ?? {});
}

function portIs({ port, endPort, protocol }: NetworkPolicyPort, dial: Dial): boolean {
  if ((protocol ?? 'TCP') !== dial.protocol) return false;
  if (port === undefined) return true;
  if (typeof port === 'number') return port <= dial.port && dial.port <= (endPort ?? port);
  if (!isPod(dial.to)) return false;
  const { containers, initContainers = [] } = dial.to.spec;
  const running = [
    ...containers,
    ...initContainers.filter((one) => one.restartPolicy === 'Always'),
  ];
  return running.some(({ ports = [] }) =>
    ports.some(
      (one) =>
        one.name === port && one.protocol === dial.protocol && one.containerPort === dial.port,
    ),
  );
}

type Side = 'Ingress' | 'Egress';

/** Null: no NetworkPolicy selects the Pod. A Pod reaches itself whatever they say. */
function namespaced(town: PolicyTown, dial: Dial, type: Side): boolean | null {
  const subject = type === 'Ingress' ? dial.to : dial.from;
  const other = type === 'Ingress' ? dial.from : dial.to;
  const isolating = town.policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === subject.metadata.namespace &&
      spec.policyTypes?.includes(type) === true &&
      meets(spec.podSelector, subject.metadata.labels ?? {}),
  );
  if (isolating.length === 0) return null;
  if (dial.from === dial.to) return true;
  return isolating.some((policy) => {
    const rules =
      type === 'Ingress'
        ? (policy.spec.ingress ?? []).map(({ from = [], ports = [] }) => ({ peers: from, ports }))
        : (policy.spec.egress ?? []).map(({ to = [], ports = [] }) => ({ peers: to, ports }));
    return rules.some(
      ({ peers, ports }) =>
        (peers.length === 0 || peers.some((peer) => peerIs(town, policy, peer, other))) &&
        (ports.length === 0 || ports.some((port) => portIs(port, dial))),
    );
  });
}

function memberOf(town: PolicyTown, { namespaces, pods }: ClusterPeer, pod: Pod): boolean {
  if (!isPod(pod)) return false;
  const space = town.namespaces.find(({ name }) => name === pod.metadata.namespace)?.labels ?? {};
  if (namespaces !== undefined) return meets(namespaces, space);
  if (pods === undefined) return false;
  return meets(pods.namespaceSelector, space) && meets(pods.podSelector, pod.metadata.labels ?? {});
}

function ruleMeans(town: PolicyTown, rule: ClusterRule, dial: Dial, other: Pod): boolean {
  const isPeer = (rule.from ?? rule.to ?? []).some(
    (peer) =>
      memberOf(town, peer, other) || (peer.networks ?? []).some((one) => inside(ipOf(other), one)),
  );
  if (!isPeer) return false;
  const port = (protocol: string | undefined, low: number | string, high?: number) =>
    portIs(
      { protocol: protocol ?? dial.protocol, port: low, ...(high ? { endPort: high } : {}) },
      dial,
    );
  const { ports, protocols } = rule;
  if (ports !== undefined) {
    return ports.some(({ portNumber, portRange, namedPort }) => {
      if (namedPort !== undefined) return port(undefined, namedPort);
      if (portNumber !== undefined) return port(portNumber.protocol, portNumber.port);
      return portRange !== undefined && port(portRange.protocol, portRange.start, portRange.end);
    });
  }
  if (protocols === undefined) return true;
  return protocols.some(({ destinationNamedPort, tcp, udp, sctp }) => {
    if (destinationNamedPort !== undefined) return port(undefined, destinationNamedPort);
    const own = { TCP: tcp, UDP: udp, SCTP: sctp }[dial.protocol]?.destinationPort;
    if (own === undefined) return false;
    if (own.number !== undefined) return port(dial.protocol, own.number);
    return own.range !== undefined && port(dial.protocol, own.range.start, own.range.end);
  });
}

function tierOf({ kind, spec }: ClusterPolicy): string {
  if (kind === 'ClusterNetworkPolicy') return spec.tier ?? '';
  return kind === 'AdminNetworkPolicy' ? 'Admin' : 'Baseline';
}

/** The first rule that means the connection, by priority and then by kind and name; null: none, or it passes. */
function tierSays(town: PolicyTown, dial: Dial, type: Side, tier: string): boolean | null {
  const subject = type === 'Ingress' ? dial.to : dial.from;
  const other = type === 'Ingress' ? dial.from : dial.to;
  const name = ({ kind, metadata }: ClusterPolicy) => `${kind}/${metadata.name}`;
  const policies = town.clusterPolicies
    .filter((policy) => tierOf(policy) === tier && memberOf(town, policy.spec.subject, subject))
    .sort(
      (a, b) => (a.spec.priority ?? 0) - (b.spec.priority ?? 0) || (name(a) < name(b) ? -1 : 1),
    );
  for (const { spec } of policies) {
    for (const rule of (type === 'Ingress' ? spec.ingress : spec.egress) ?? []) {
      if (!ruleMeans(town, rule, dial, other)) continue;
      return rule.action === 'Pass' ? null : rule.action !== 'Deny';
    }
  }
  return null;
}

function sideAllows(town: PolicyTown, dial: Dial, type: Side): boolean {
  if (!isPod(type === 'Ingress' ? dial.to : dial.from)) return true;
  return (
    tierSays(town, dial, type, 'Admin') ??
    namespaced(town, dial, type) ??
    tierSays(town, dial, type, 'Baseline') ??
    true
  );
}

/** Whether the API lets this connection through, were it to leave the Pod. */
export function allowed(town: PolicyTown, dial: Dial): boolean {
  return sideAllows(town, dial, 'Egress') && sideAllows(town, dial, 'Ingress');
}
