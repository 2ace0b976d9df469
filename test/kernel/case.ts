// Random clusters for the comparison with the real kernel, as plain values: every kind of Service that a kernel can be
// shown, with endpoints in every state, and flows from Pods, nodes and outside hosts to every address such a Service
// has, and to some that it has not. Every address is pinned, so that a case is told by its value alone and a flow keeps
// its meaning while the case is made smaller.
import fc from 'fast-check';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { createSimulated } from '../../src/cluster/simulated.ts';
import { loadTexts } from '../../src/input/load.ts';
import { type CasePolicy, casePolicies, policyObjects } from './policies.ts';

export type EndpointState = 'ready' | 'unready' | 'closed' | 'terminating' | 'terminating-unready';

export interface CaseEndpoint {
  /** From 1. */
  readonly node: number;
  readonly state: EndpointState;
  readonly hostNetwork: boolean;
}

export interface CasePort {
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
}

export interface CaseService {
  /** Its number: all its addresses follow from it. */
  readonly id: number;
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'headless';
  readonly internal: 'Cluster' | 'Local';
  readonly external: 'Cluster' | 'Local';
  /** Seconds, or null. */
  readonly affinity: number | null;
  readonly externalIP: boolean;
  /** Null: none given. */
  readonly sourceRanges: readonly string[] | null;
  readonly nodePorts: boolean;
  readonly publishNotReady: boolean;
  readonly preferClose: boolean;
  readonly ports: readonly CasePort[];
  /** Null: no selector, an Endpoints object names outside hosts. */
  readonly endpoints: readonly CaseEndpoint[] | null;
}

/** Where a Service without a selector leads: outside hosts. */
const legacy = ['192.0.2.42', '192.0.2.43'];
const legacyPort = { TCP: 9376, UDP: 9377 };

export interface CaseFlow {
  readonly from: string;
  readonly to: string;
  readonly protocol: 'TCP' | 'UDP';
  /** Null: the next free one. */
  readonly sourcePort: number | null;
}

export interface Case {
  readonly nodes: number;
  /** Default: today's Kubernetes. */
  readonly version?: string;
  /** A second family, IPv6, for nodes, Pods and Services. */
  readonly dual: boolean;
  readonly ipMode: 'VIP' | 'Proxy';
  /** Fields of KubeProxyConfiguration. */
  readonly proxy: Readonly<Record<string, unknown>>;
  readonly services: readonly CaseService[];
  readonly policies: readonly CasePolicy[];
  readonly flows: readonly CaseFlow[];
}

const two = <T>(a: T, b: T) => fc.constantFrom(a, b);

function endpoint(nodes: number): fc.Arbitrary<CaseEndpoint> {
  const state = fc.constantFrom<EndpointState>(
    ...Array<EndpointState>(6).fill('ready'),
    'unready',
    'closed',
    'terminating',
    'terminating-unready',
  );
  return fc.record({
    node: fc.integer({ min: 1, max: nodes }),
    state,
    hostNetwork: fc.constantFrom(false, false, false, false, true),
  });
}

const portsOffered: readonly CasePort[] = [
  { protocol: 'TCP', port: 80 },
  { protocol: 'UDP', port: 53 },
  { protocol: 'TCP', port: 8443 },
  { protocol: 'UDP', port: 80 },
];

const ranges: readonly (readonly string[] | null)[] = [
  null,
  null,
  ['203.0.113.50/32'],
  ['203.0.113.60/32', '10.244.0.0/16'],
  ['192.168.4.0/24', '192.0.2.0/24'],
  ['0.0.0.0/0'],
];

function service(id: number, nodes: number): fc.Arbitrary<CaseService> {
  return fc
    .record({
      type: fc.constantFrom<CaseService['type']>(
        'ClusterIP',
        'NodePort',
        'NodePort',
        'LoadBalancer',
        'LoadBalancer',
        'headless',
      ),
      internal: fc.constantFrom<'Cluster' | 'Local'>('Cluster', 'Cluster', 'Local'),
      external: two<'Cluster' | 'Local'>('Cluster', 'Local'),
      affinity: fc.constantFrom(null, null, null, 100),
      externalIP: fc.boolean(),
      sourceRanges: fc.constantFrom(...ranges),
      nodePorts: fc.constantFrom(true, true, true, false),
      publishNotReady: fc.constantFrom(false, false, false, false, true),
      preferClose: fc.constantFrom(false, false, false, true),
      ports: fc.subarray([...portsOffered], { minLength: 1, maxLength: 2 }),
      endpoints: fc.option(fc.array(endpoint(nodes), { maxLength: 4 }), { freq: 8 }),
    })
    .map((made): CaseService => {
      if (made.type !== 'headless') return { id, ...made };
      const plain = { affinity: null, internal: 'Cluster', externalIP: false } as const;
      return { id, ...made, ...plain };
    });
}

const proxies: readonly Readonly<Record<string, unknown>>[] = [
  {},
  {},
  {},
  { iptables: { masqueradeAll: true }, nftables: { masqueradeAll: true } },
  { iptables: { masqueradeBit: 5 }, nftables: { masqueradeBit: 5 } },
  { iptables: { localhostNodePorts: false } },
  { detectLocalMode: 'NodeCIDR' },
  { detectLocalMode: 'BridgeInterface', detectLocal: { bridgeInterface: 'cni0' } },
  { detectLocalMode: 'InterfaceNamePrefix', detectLocal: { interfaceNamePrefix: 'cni' } },
  { nodePortAddresses: ['192.168.4.0/24'] },
  { nodePortAddresses: ['primary'] },
];

/** In nftables mode upstream matches a prefix by `iif`, which takes whole names of devices that are there: nft refuses
 * the rules (pkg/proxy/util/localdetector.go). */
function loads(proxy: Readonly<Record<string, unknown>>, mode: CaseLimits['mode']): boolean {
  return mode !== 'nftables' || proxy['detectLocalMode'] !== 'InterfaceNamePrefix';
}

export interface CaseLimits {
  readonly flows: number;
  readonly mode: 'iptables' | 'nftables' | 'ipvs';
}

export function anyCase({ flows, mode }: CaseLimits): fc.Arbitrary<Case> {
  const sourcePort = fc.constantFrom(null, null, null, 40_000, 40_001);
  return fc.integer({ min: 1, max: 3 }).chain((nodes) =>
    fc
      .record({
        dual: fc.constantFrom(false, false, true),
        ipMode: fc.constantFrom<'VIP' | 'Proxy'>('VIP', 'VIP', 'VIP', 'Proxy'),
        proxy: fc.constantFrom(...proxies.filter((proxy) => loads(proxy, mode))),
        services: fc
          .integer({ min: 1, max: 4 })
          .chain((n) => fc.tuple(...Array.from({ length: n }, (_, id) => service(id, nodes)))),
        picks: fc.array(fc.tuple(fc.nat(), sourcePort), { minLength: flows, maxLength: flows }),
        policies: casePolicies,
      })
      .map(({ picks, proxy, ...rest }): Case => {
        const made = { nodes, ...rest, proxy: { ...proxy, mode }, flows: [] };
        const all = flowsOf(made);
        const chosen = picks.flatMap(([pick, port]) => {
          const flow = all[pick % all.length];
          return flow === undefined ? [] : [{ ...flow, sourcePort: port }];
        });
        return { ...made, flows: chosen };
      }),
  );
}

const nodeIP = (node: number): string => `192.168.4.${100 + node}`;
const nodeIP6 = (node: number): string => `fd00:192:168:4::${100 + node}`;
const clusterIP6 = (id: number): string => `fd00:10:96::1${10 + id}`;
const externalIP6 = (id: number): string => `fd00:ee::${10 + id}`;
const clusterIP = (id: number): string => `10.96.1.${10 + id}`;
const externalIP = (id: number): string => `198.51.100.${10 + id}`;
const balancerIP = (id: number): string => `52.15.34.${10 + id}`;
const nodePort = (id: number, p: number): number => 30_000 + id * 10 + p;
const podName = (id: number, e: number): string => `s${id}-${e}`;
const endpointIP = (id: number, e: number, { node, hostNetwork }: CaseEndpoint): string =>
  hostNetwork ? nodeIP(node) : `10.244.${node}.${10 + id * 10 + e}`;
/** Every second endpoint calls another number by the port's name; host-network ones must not clash. */
const targetPort = (id: number, e: number, p: number, { hostNetwork }: CaseEndpoint): number =>
  hostNetwork ? 9000 + id * 100 + e * 10 + p : 8080 + p * 10 + (e % 2);

/** Every flow that the case has addresses for. */
function flowsOf(made: Omit<Case, 'flows'>): readonly CaseFlow[] {
  const clients = clientsOf(made);
  return clients.flatMap((from) =>
    made.services.flatMap((plan) =>
      targetsOf(made, plan, from).map(({ to, protocol }) => ({
        from,
        to,
        protocol,
        sourcePort: null,
      })),
    ),
  );
}

function clientsOf({ nodes, services }: Omit<Case, 'flows'>): readonly string[] {
  const numbers = Array.from({ length: nodes }, (_, i) => i + 1);
  return [
    ...numbers.flatMap((n) => [`pod/demo/c${n}`, `node/n${n}`]),
    'host/outside',
    'host/routed',
    'host/legacy-a',
    ...services.flatMap(({ id, endpoints }) =>
      (endpoints ?? []).map((_, e) => `pod/demo/${podName(id, e)}`),
    ),
  ];
}

type Target = Pick<CaseFlow, 'to' | 'protocol'>;

function targetsOf(
  { nodes, dual, ipMode }: Pick<Case, 'nodes' | 'dual' | 'ipMode'>,
  plan: CaseService,
  from: string,
): readonly Target[] {
  const { id, type, endpoints } = plan;
  const numbers = Array.from({ length: nodes }, (_, i) => i + 1);
  const inside = !from.startsWith('host/');
  const headless = type === 'headless';
  const hasNodePorts = type === 'NodePort' || (type === 'LoadBalancer' && plan.nodePorts);
  return plan.ports.flatMap(({ protocol, port }, p): Target[] => {
    const at = (ip: string, to: number) => ({ to: `${ip}:${to}`, protocol });
    return [
      ...(headless ? [] : [at(clusterIP(id), port), at(clusterIP(id), port)]),
      ...(headless ? [] : [at(clusterIP(id), 9999)]),
      ...(plan.externalIP ? [at(externalIP(id), port), at(externalIP(id), 9999)] : []),
      // A balancer of ipMode Proxy relays; nothing real stands for it.
      ...(type === 'LoadBalancer' && ipMode === 'VIP'
        ? [at(balancerIP(id), port), at(balancerIP(id), port)]
        : []),
      ...(hasNodePorts ? numbers.map((n) => at(nodeIP(n), nodePort(id, p))) : []),
      ...(hasNodePorts && inside ? numbers.map((n) => at(`10.244.${n}.1`, nodePort(id, p))) : []),
      ...(hasNodePorts && from.startsWith('node/') ? [at('127.0.0.1', nodePort(id, p))] : []),
      ...(endpoints ?? []).map((one, e) => at(endpointIP(id, e, one), targetPort(id, e, p, one))),
      ...(endpoints === null ? legacy.map((ip) => at(ip, legacyPort[protocol])) : []),
      at(nodeIP(1), 31_999),
      ...(dual && inside ? targets6(plan, numbers, p) : []),
    ];
  });
}

/** The same in the second family; Pods' own addresses of it are not pinned. */
function targets6(plan: CaseService, nodes: readonly number[], p: number): readonly Target[] {
  const { id, type } = plan;
  const { protocol, port } = plan.ports[p] ?? { protocol: 'TCP', port: 0 };
  const at = (ip: string, to: number): Target => ({ to: `[${ip}]:${to}`, protocol });
  const hasNodePorts = type === 'NodePort' || (type === 'LoadBalancer' && plan.nodePorts);
  return [
    ...(type === 'headless' ? [] : [at(clusterIP6(id), port), at(clusterIP6(id), port)]),
    ...(type === 'headless' ? [] : [at(clusterIP6(id), 9999)]),
    ...(plan.externalIP ? [at(externalIP6(id), port)] : []),
    ...(hasNodePorts ? nodes.map((n) => at(nodeIP6(n), nodePort(id, p))) : []),
  ];
}

function podObject(id: number, e: number, one: CaseEndpoint, plan: CaseService): object {
  const ports = plan.ports.map(({ protocol }, p) => ({
    name: `p${p}`,
    containerPort: targetPort(id, e, p, one),
    protocol,
  }));
  const stops = one.state.startsWith('terminating');
  const annotations = {
    ...(one.state === 'closed' ? { 'svcspec.dev/listen': `${7000 + id * 10 + e}/TCP` } : {}),
    ...(stops ? { 'svcspec.dev/stop-after': '3000s' } : {}),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'demo', name: podName(id, e), labels: { app: `s${id}` }, annotations },
    spec: {
      nodeName: `n${one.node}`,
      ...(one.hostNetwork ? { hostNetwork: true } : {}),
      ...(stops ? { terminationGracePeriodSeconds: 3600 } : {}),
      containers: [{ name: 'web', image: 'nginx', ports }],
    },
  };
}

function serviceObjects(plan: CaseService, dual: boolean): readonly object[] {
  const { id, type, affinity } = plan;
  const metadata = { namespace: 'demo', name: `s${id}` };
  const headless = type === 'headless';
  const outward = type === 'NodePort' || type === 'LoadBalancer' || plan.externalIP;
  const hasNodePorts = type === 'NodePort' || (type === 'LoadBalancer' && plan.nodePorts);
  const spec = {
    ...(headless ? {} : { type, internalTrafficPolicy: plan.internal }),
    clusterIP: headless ? 'None' : clusterIP(id),
    ...(dual ? { ipFamilyPolicy: 'RequireDualStack' } : {}),
    ...(dual && !headless ? { clusterIPs: [clusterIP(id), clusterIP6(id)] } : {}),
    ...(outward ? { externalTrafficPolicy: plan.external } : {}),
    ...(plan.externalIP
      ? { externalIPs: [externalIP(id), ...(dual ? [externalIP6(id)] : [])] }
      : {}),
    ...(type === 'LoadBalancer'
      ? {
          allocateLoadBalancerNodePorts: plan.nodePorts,
          ...(plan.sourceRanges === null ? {} : { loadBalancerSourceRanges: plan.sourceRanges }),
        }
      : {}),
    ...(affinity === null
      ? {}
      : {
          sessionAffinity: 'ClientIP',
          sessionAffinityConfig: { clientIP: { timeoutSeconds: affinity } },
        }),
    ...(plan.publishNotReady ? { publishNotReadyAddresses: true } : {}),
    ...(plan.preferClose && !headless ? { trafficDistribution: 'PreferClose' } : {}),
    ...(plan.endpoints === null ? {} : { selector: { app: `s${id}` } }),
    ports: plan.ports.map(({ protocol, port }, p) => ({
      name: `p${p}`,
      ...(hasNodePorts ? { nodePort: nodePort(id, p) } : {}),
      protocol,
      port,
      targetPort: `p${p}`,
    })),
  };
  const made = { apiVersion: 'v1', kind: 'Service', metadata, spec };
  if (plan.endpoints !== null) return [made];
  const ports = plan.ports.map(({ protocol }, p) => ({
    name: `p${p}`,
    protocol,
    port: legacyPort[protocol],
  }));
  const addresses = legacy.map((ip) => ({ ip }));
  const subsets = [{ addresses, ports }];
  return [made, { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets }];
}

function clusterDocument({ nodes, version, ipMode, services, dual }: Case): object {
  const numbers = Array.from({ length: nodes }, (_, i) => i + 1);
  const podPins = services.flatMap(({ id, endpoints }) =>
    (endpoints ?? []).flatMap((one, e) =>
      one.hostNetwork ? [] : [{ object: `Pod/demo/${podName(id, e)}`, ip: endpointIP(id, e, one) }],
    ),
  );
  const balancerPins = services.flatMap(({ id, type }) =>
    type === 'LoadBalancer'
      ? [{ object: `Service/demo/s${id}`, loadBalancerIP: balancerIP(id) }]
      : [],
  );
  const via = (to: string) => ({ to, via: 'n1' });
  return {
    apiVersion: 'svcspec.dev/v1alpha1',
    kind: 'Cluster',
    metadata: { name: 'case' },
    spec: {
      ...(version === undefined ? {} : { kubernetesVersion: version }),
      networking: {
        podSubnet: `10.244.0.0/16${dual ? ',fd00:10:244::/56' : ''}`,
        serviceSubnet: `10.96.0.0/16${dual ? ',fd00:10:96::/112' : ''}`,
      },
      cloudProvider: { loadBalancerPool: '52.15.34.0/24', ipMode },
      nodes: numbers.map((n) => ({
        name: `n${n}`,
        internalIP: dual ? `${nodeIP(n)},${nodeIP6(n)}` : nodeIP(n),
        podCIDR: `10.244.${n}.0/24${dual ? `,fd00:10:244:${n}::/64` : ''}`,
        zone: n === 3 ? 'b' : 'a',
      })),
      hosts: [
        { name: 'outside', ip: '203.0.113.50' },
        {
          name: 'routed',
          ip: '203.0.113.60',
          routes: [via('10.96.0.0/16'), via('198.51.100.0/24'), via('10.244.0.0/16')],
        },
        ...legacy.map((ip, i) => ({
          name: `legacy-${i === 0 ? 'a' : 'b'}`,
          ip,
          listen: ['9376/TCP', '9377/UDP'],
        })),
      ],
      pins: [
        ...podPins,
        ...balancerPins,
        ...numbers.map((n) => ({ object: `Pod/demo/c${n}`, ip: `10.244.${n}.200` })),
      ],
    },
  };
}

function documentsOf(made: Case): readonly object[] {
  const clients = Array.from({ length: made.nodes }, (_, i) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'demo', name: `c${i + 1}` },
    spec: { nodeName: `n${i + 1}`, containers: [{ name: 'shell', image: 'alpine' }] },
  }));
  return [
    clusterDocument(made),
    {
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
      ...made.proxy,
    },
    ...clients,
    ...made.services.flatMap((plan) => [
      ...serviceObjects(plan, made.dual),
      ...(plan.endpoints ?? []).map((one, e) => podObject(plan.id, e, one, plan)),
    ]),
    ...policyObjects(made.policies),
  ];
}

/** The case as manifests, as somebody would look at it. */
export function textOf(made: Case): string {
  return documentsOf(made)
    .map((document) => JSON.stringify(document))
    .join('\n---\n');
}

export function clusterOf(made: Case): Cluster {
  const { clusterSpec, manifests, notices } = loadTexts([
    { file: 'case.yaml', text: textOf(made) },
  ]);
  const cluster = createSimulated({ spec: clusterSpec, manifests, notices, seed: 1 });
  for (const { id, endpoints } of made.services) {
    (endpoints ?? []).forEach(({ state }, e) => {
      const key = `demo/${podName(id, e)}`;
      if (state === 'unready' || state === 'terminating-unready') {
        cluster.happen('Pod', key, 'stops being ready');
      }
      if (state.startsWith('terminating')) cluster.delete('Pod', key);
    });
  }
  return cluster;
}
