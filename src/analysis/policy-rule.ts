// One rule of a NetworkPolicy as blame reads it: whom and which ports it means, and how it is said. It decides nothing; the
// rules on the nodes did (src/cni/policy).
import { formatSelector } from '../api/label-selector.ts';
import { selects } from '../api/selects.ts';
import type {
  LabelSelector,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  Pod,
} from '../api/types.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { type Addr, formatAddr } from '../net/addr.ts';
import { contains, parseCidr } from '../net/cidr.ts';
import { type Proto, parseProto, protoName, TCP } from '../net/packet.ts';
import type { Spot } from './blame-finding.ts';

export type Direction = 'ingress' | 'egress';

export interface PolicyRule {
  readonly policy: NetworkPolicy;
  readonly direction: Direction;
  /** "spec.ingress[0]". */
  readonly path: string;
  readonly peers: readonly NetworkPolicyPeer[];
  readonly side: 'from' | 'to';
  readonly ports: readonly NetworkPolicyPort[];
}

/** An end of a packet as a policy sees it. */
export interface End {
  readonly addr: Addr;
  /** The Pod that has the address. */
  readonly pod: Pod | undefined;
}

export function endAt(cluster: Cluster, addr: Addr): End {
  const text = formatAddr(addr);
  const pod = cluster.objects
    .list('Pod')
    .find(
      ({ spec, status }) =>
        spec.hostNetwork !== true && (status?.podIPs ?? []).some(({ ip }) => ip === text),
    );
  return { addr, pod };
}

/** All rules of one direction. */
export function rulesOf(
  policies: readonly NetworkPolicy[],
  direction: Direction,
): readonly PolicyRule[] {
  return policies.flatMap((policy): readonly PolicyRule[] => {
    const { ingress = [], egress = [] } = policy.spec;
    return direction === 'ingress'
      ? ingress.map(({ from = [], ports = [] }, i) => {
          const path = `spec.ingress[${i}]`;
          return { policy, direction, path, peers: from, side: 'from', ports };
        })
      : egress.map(({ to = [], ports = [] }, i) => {
          return { policy, direction, path: `spec.egress[${i}]`, peers: to, side: 'to', ports };
        });
  });
}

/** A value inside of the rule: "ports[0]"; empty: the rule. */
export function spot({ policy, path }: PolicyRule, more: string): Spot {
  return {
    object: `NetworkPolicy/${nameOf(policy)}`,
    path: more === '' ? path : `${path}.${more}`,
  };
}

/** "demo/db". */
export function nameOf({ metadata: { namespace = 'default', name } }: NetworkPolicy): string {
  return `${namespace}/${name}`;
}

/** Whether the rule's peers mean the end; none mean everybody. */
export function meansEnd(cluster: Cluster, { policy, peers }: PolicyRule, end: End): boolean {
  const own = policy.metadata.namespace ?? 'default';
  return peers.length === 0 || peers.some((peer) => meansPeer(cluster, peer, own, end));
}

function meansPeer(
  cluster: Cluster,
  { ipBlock, podSelector, namespaceSelector }: NetworkPolicyPeer,
  own: string,
  { addr, pod }: End,
): boolean {
  if (ipBlock !== undefined) return holds(ipBlock, addr);
  if (pod === undefined) return false;
  const { namespace = 'default', labels } = pod.metadata;
  if (!selects(podSelector ?? {}, labels)) return false;
  if (namespaceSelector === undefined) return namespace === own;
  return selects(namespaceSelector, cluster.objects.get('Namespace', namespace)?.metadata.labels);
}

/** Whether an ipBlock means the address. */
export function holds(
  { cidr, except = [] }: NonNullable<NetworkPolicyPeer['ipBlock']>,
  value: Addr,
): boolean {
  const within = (text: string) => {
    const range = parseCidr(text);
    return range !== undefined && contains(range, value);
  };
  return within(cidr) && !except.some(within);
}

/** Whether the rule's ports mean this one of the Pod `to`; none mean every port. */
export function meansPort(
  { ports }: PolicyRule,
  proto: Proto,
  port: number,
  to: Pod | undefined,
): boolean {
  return ports.length === 0 || ports.some((one) => isPort(one, proto, port, to));
}

export function isPort(
  { port: wanted, endPort, protocol = 'TCP' }: NetworkPolicyPort,
  proto: Proto,
  port: number,
  to: Pod | undefined,
): boolean {
  if (parseProto(protocol) !== proto) return false;
  if (wanted === undefined) return true;
  if (typeof wanted === 'number') return wanted <= port && port <= (endPort ?? wanted);
  return (to?.spec.containers ?? []).some(({ ports = [] }) =>
    ports.some(
      ({ name, containerPort, protocol: own = 'TCP' }) =>
        name === wanted && containerPort === port && parseProto(own) === proto,
    ),
  );
}

/** "8080/TCP". */
export function portOf(proto: Proto | undefined, port: number | string): string {
  return `${port}/${protoName(proto ?? TCP).toUpperCase()}`;
}

/** "80/TCP, 90-99/TCP, all of UDP"; "every port". */
export function portsText({ ports }: PolicyRule): string {
  if (ports.length === 0) return 'every port';
  return ports
    .map(({ port, endPort, protocol = 'TCP' }) => {
      if (port === undefined) return `all of ${protocol}`;
      return portOf(parseProto(protocol), endPort === undefined ? port : `${port}-${endPort}`);
    })
    .join(', ');
}

/** "Pods with app=web, or 10.0.0.0/8"; "everybody". */
export function peersText(cluster: Cluster, { policy, peers }: PolicyRule): string {
  if (peers.length === 0) return 'everybody';
  const own = policy.metadata.namespace ?? 'default';
  return peers.map((peer) => peerText(cluster, peer, own)).join(', or ');
}

function peerText(
  cluster: Cluster,
  { ipBlock, podSelector = {}, namespaceSelector }: NetworkPolicyPeer,
  own: string,
): string {
  if (ipBlock !== undefined) {
    const { cidr, except = [] } = ipBlock;
    return except.length === 0 ? cidr : `${cidr} without ${except.join(', ')}`;
  }
  const pods = isEmpty(podSelector) ? 'all Pods' : `Pods with ${formatSelector(podSelector)}`;
  if (namespaceSelector === undefined) {
    const found = cluster.objects.list('Pod', own);
    const isIdle = !found.some(({ metadata }) => selects(podSelector, metadata.labels));
    return `${pods} in ${own}${isIdle ? ' (there are none)' : ''}`;
  }
  const where = isEmpty(namespaceSelector)
    ? 'all Namespaces'
    : `Namespaces with ${formatSelector(namespaceSelector)}`;
  return `${pods} in ${where}`;
}

function isEmpty({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
  return Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
}
