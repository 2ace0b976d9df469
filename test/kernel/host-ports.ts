// Pods with host ports for a case: on any address of their node, on one, on 127.0.0.1; no two of a node that clash.
import fc from 'fast-check';
import { gatewayIP, nodeIP, nodeIP6, numbersTo } from './addresses.ts';
import type { Case, CaseProtocol } from './case.ts';
import type { Target } from './flows.ts';

export interface CaseHostPort {
  readonly protocol: CaseProtocol;
  readonly hostPort: number;
  readonly containerPort: number;
  /** "node", "node6": the node's own; the others as they are written. */
  readonly hostIP: '' | '0.0.0.0' | '::' | '127.0.0.1' | 'node' | 'node6';
}

export interface CaseHostPod {
  /** Its number: name and address follow from it. */
  readonly id: number;
  readonly node: number;
  readonly ports: readonly CaseHostPort[];
}

export const hostPodName = (id: number): string => `h${id}`;
export const hostPodIP = ({ id, node }: CaseHostPod): string => `10.244.${node}.${150 + id}`;

const port = (protocols: readonly CaseProtocol[]): fc.Arbitrary<CaseHostPort> =>
  fc.record({
    protocol: fc.constantFrom(...protocols),
    hostPort: fc.constantFrom(443, 5353, 8080),
    containerPort: fc.constantFrom(80, 8080),
    hostIP: fc.constantFrom('', '', '', '0.0.0.0', '::', '127.0.0.1', 'node', 'node6'),
  });

/** A third of the clusters have none. */
export function hostPods(nodes: number, sctp: boolean): fc.Arbitrary<readonly CaseHostPod[]> {
  const protocols: readonly CaseProtocol[] = [
    'TCP',
    'TCP',
    'UDP',
    ...(sctp ? ['SCTP' as const] : []),
  ];
  const pod = (id: number) =>
    fc.record({
      id: fc.constant(id),
      node: fc.integer({ min: 1, max: nodes }),
      ports: fc.array(port(protocols), { minLength: 1, maxLength: 3 }),
    });
  return fc
    .constantFrom(0, 2, 3)
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, id) => pod(id))))
    .map((pods) => withoutClashes(pods));
}

/** Of ports that clash the first one stays. */
function withoutClashes(pods: readonly CaseHostPod[]): readonly CaseHostPod[] {
  const taken: (CaseHostPort & { readonly node: number })[] = [];
  return pods.flatMap((pod) => {
    const ports = pod.ports.filter((one) => {
      const { hostPort, protocol, hostIP } = one;
      const clashes = taken.some(
        (other) =>
          other.node === pod.node &&
          other.hostPort === hostPort &&
          other.protocol === protocol &&
          (isAny(other) || isAny(one) || other.hostIP === hostIP),
      );
      if (!clashes) taken.push({ ...one, node: pod.node });
      return !clashes;
    });
    return ports.length === 0 ? [] : [{ ...pod, ports }];
  });
}

function isAny({ hostIP }: CaseHostPort): boolean {
  return hostIP === '' || hostIP === '0.0.0.0' || hostIP === '::';
}

export function hostPodObject(pod: CaseHostPod): object {
  const own = { node: nodeIP(pod.node), node6: nodeIP6(pod.node) };
  const ports = pod.ports.map(({ hostIP, ...rest }) => ({
    ...rest,
    ...(hostIP === '' ? {} : { hostIP: own[hostIP as keyof typeof own] ?? hostIP }),
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'demo', name: hostPodName(pod.id), labels: { app: 'host-port' } },
    spec: { nodeName: `n${pod.node}`, containers: [{ name: 'web', image: 'nginx', ports }] },
  };
}

/** Where a client meets a Pod's host ports, and where it does not: on other nodes. */
export function hostPortTargets(
  { nodes, dual }: Pick<Case, 'nodes' | 'dual'>,
  pod: CaseHostPod,
  from: string,
): readonly Target[] {
  const { node } = pod;
  const every = [node, node, ...numbersTo(nodes)];
  const isNode = from.startsWith('node/');
  const isInside = !from.startsWith('host/');
  return pod.ports.flatMap(({ protocol, hostPort, containerPort }): readonly Target[] => {
    const at = (ip: string, to: number): Target => ({ to: `${ip}:${to}`, protocol });
    return [
      ...every.map((n) => at(nodeIP(n), hostPort)),
      ...(isNode ? [at('127.0.0.1', hostPort), at('127.0.0.1', hostPort)] : []),
      ...(isInside ? [at(gatewayIP(node), hostPort)] : []),
      at(hostPodIP(pod), containerPort),
      ...(dual ? every.map((n) => at(`[${nodeIP6(n)}]`, hostPort)) : []),
      ...(dual && isNode ? [at('[::1]', hostPort)] : []),
    ];
  });
}
