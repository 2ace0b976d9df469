// What the API says about NetworkPolicies, evaluated word by word: a second, independent reading that shares nothing with
// src/cni/policy but the object types. Words: staging/src/k8s.io/api/networking/v1/types.go.
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

function sideAllows(town: PolicyTown, dial: Dial, type: 'Ingress' | 'Egress'): boolean {
  const subject = type === 'Ingress' ? dial.to : dial.from;
  const other = type === 'Ingress' ? dial.from : dial.to;
  const isolating = town.policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === subject.metadata.namespace &&
      spec.policyTypes?.includes(type) === true &&
      meets(spec.podSelector, subject.metadata.labels ?? {}),
  );
  if (!isPod(subject) || isolating.length === 0) return true;
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

/** Whether the API lets this connection through; a Pod always reaches itself. */
export function allowed(town: PolicyTown, dial: Dial): boolean {
  if (dial.from === dial.to) return true;
  return sideAllows(town, dial, 'Egress') && sideAllows(town, dial, 'Ingress');
}
