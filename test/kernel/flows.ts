// Every flow that a case has addresses for, by what it is about: Services, host ports, the outside world, a Pod's own
// Service. Clients are Pods, nodes and outside hosts, in either family.
import {
  balancerIP,
  clusterIP,
  clusterIP6,
  endpointIP,
  externalIP,
  externalIP6,
  gatewayIP,
  legacy,
  legacy6,
  legacyPort,
  nodeIP,
  nodeIP6,
  nodePort,
  numbersTo,
  podName,
  targetPort,
  unusedNodePort,
} from './addresses.ts';
import { type Case, type CaseFlow, type CaseService, hasNodePorts } from './case.ts';
import { type CaseHostPod, hostPodName, hostPortTargets } from './host-ports.ts';

export type Target = Pick<CaseFlow, 'to' | 'protocol'>;

export const flowKinds = [
  'services',
  'host ports',
  'own host port',
  'egress',
  'own Service',
] as const;
export type FlowKind = (typeof flowKinds)[number];

type Drawn = Omit<Case, 'flows'>;

/** A kind may have none. */
export function flowsOf(made: Drawn): Readonly<Record<FlowKind, readonly CaseFlow[]>> {
  const clients = clientsOf(made);
  const each = (targets: (from: string) => readonly Target[]): readonly CaseFlow[] =>
    clients.flatMap((from) =>
      targets(from)
        .filter(({ to }) => speaks(from, to))
        .map(({ to, protocol }) => ({ from, to, protocol, sourcePort: null })),
    );
  return {
    services: each((from) => made.services.flatMap((plan) => serviceTargets(made, plan, from))),
    'host ports': each((from) => made.hostPods.flatMap((pod) => hostPortTargets(made, pod, from))),
    'own host port': made.hostPods.flatMap(ownHostPorts),
    egress: each((from) => egressTargets(made, from)),
    'own Service': ownFlows(made),
  };
}

/** Outside hosts have one address each. */
function speaks(from: string, to: string): boolean {
  return from === outside6 ? to.startsWith('[') : !(from.startsWith('host/') && to.startsWith('['));
}

const outside6 = 'host/outside6';

function clientsOf({ nodes, dual, services, hostPods }: Drawn): readonly string[] {
  return [
    ...numbersTo(nodes).flatMap((n) => [`pod/demo/c${n}`, `node/n${n}`]),
    'host/outside',
    'host/routed',
    'host/legacy-a',
    ...(dual ? [outside6] : []),
    ...services.flatMap(({ id, endpoints }) =>
      (endpoints ?? []).map((_, e) => `pod/demo/${podName(id, e)}`),
    ),
    ...hostPods.map(({ id }) => `pod/demo/${hostPodName(id)}`),
  ];
}

function serviceTargets(made: Drawn, plan: CaseService, from: string): readonly Target[] {
  const { nodes, dual, ipMode } = made;
  const { id, type, endpoints, affinity } = plan;
  const numbers = numbersTo(nodes);
  const inside = !from.startsWith('host/');
  const headless = type === 'headless';
  const open = hasNodePorts(plan);
  return plan.ports.flatMap(({ protocol, port }, p): Target[] => {
    const at = (ip: string, to: number) => ({ to: `${ip}:${to}`, protocol });
    return [
      ...(headless ? [] : [at(clusterIP(id), port), at(clusterIP(id), port)]),
      ...(headless ? [] : [at(clusterIP(id), 9999)]),
      ...(plan.externalIP ? [at(externalIP(id), port), at(externalIP(id), 9999)] : []),
      // A balancer of ipMode Proxy relays: nothing real stands for it. One of a Service with affinity picks the node by the
      // client alone, where the lab's router hashes ports too; from inside, kube-proxy is met first.
      ...(type === 'LoadBalancer' && ipMode === 'VIP' && (inside || affinity === null)
        ? [at(balancerIP(id), port), at(balancerIP(id), port)]
        : []),
      ...(open ? numbers.map((n) => at(nodeIP(n), nodePort(id, p))) : []),
      ...(open && inside ? numbers.map((n) => at(gatewayIP(n), nodePort(id, p))) : []),
      ...(open && from.startsWith('node/') ? [at('127.0.0.1', nodePort(id, p))] : []),
      ...(endpoints ?? []).map((one, e) => at(endpointIP(id, e, one), targetPort(id, e, p, one))),
      ...(endpoints === null ? legacy.map((ip) => at(ip, legacyPort[protocol])) : []),
      at(nodeIP(1), unusedNodePort),
      ...(dual ? serviceTargets6(plan, numbers, p) : []),
    ];
  });
}

/** The same in the second family; Pods' own addresses of it are not pinned. */
function serviceTargets6(
  plan: CaseService,
  nodes: readonly number[],
  p: number,
): readonly Target[] {
  const { id, type } = plan;
  const { protocol, port } = plan.ports[p] ?? { protocol: 'TCP', port: 0 };
  const at = (ip: string, to: number): Target => ({ to: `[${ip}]:${to}`, protocol });
  return [
    ...(type === 'headless' ? [] : [at(clusterIP6(id), port), at(clusterIP6(id), port)]),
    ...(type === 'headless' ? [] : [at(clusterIP6(id), 9999)]),
    ...(plan.externalIP ? [at(externalIP6(id), port)] : []),
    ...(hasNodePorts(plan) ? nodes.map((n) => at(nodeIP6(n), nodePort(id, p))) : []),
  ];
}

function egressTargets(made: Drawn, from: string): readonly Target[] {
  const { dual } = made;
  if (from.startsWith('host/')) return [];
  const protocols = (['TCP', 'UDP', 'SCTP'] as const).filter(
    (one) => one !== 'SCTP' || usesSctp(made),
  );
  return protocols.flatMap((protocol): Target[] => [
    ...legacy.map((ip) => ({ to: `${ip}:${legacyPort[protocol]}`, protocol })),
    ...(dual ? [{ to: `[${legacy6}]:${legacyPort[protocol]}`, protocol }] : []),
  ]);
}

/** A Pod with host ports at its own node. */
function ownHostPorts({ id, node, ports }: CaseHostPod): readonly CaseFlow[] {
  const from = `pod/demo/${hostPodName(id)}`;
  return ports.map(({ protocol, hostPort }) => {
    return { from, to: `${nodeIP(node)}:${hostPort}`, protocol, sourcePort: null };
  });
}

function usesSctp({ services, hostPods }: Drawn): boolean {
  return [...services, ...hostPods].some(({ ports }) =>
    (ports as readonly { readonly protocol: string }[]).some(({ protocol }) => protocol === 'SCTP'),
  );
}

/** Each endpoint at every address of its own Service. */
function ownFlows(made: Drawn): readonly CaseFlow[] {
  return made.services.flatMap((plan) =>
    (plan.endpoints ?? []).flatMap((one, e) => {
      const from = `pod/demo/${podName(plan.id, e)}`;
      const direct = endpointIP(plan.id, e, one);
      return serviceTargets(made, plan, from)
        .filter(({ to }) => !to.endsWith(':9999') && !to.startsWith(`${direct}:`))
        .map(({ to, protocol }) => ({ from, to, protocol, sourcePort: null }));
    }),
  );
}
