// Random small clusters as plain values: one to four nodes with a client Pod each, and Services of every kind that is
// modelled. A picture says by itself where everything stands (addresses and node ports are pinned), so that a test can
// work out what must happen without asking the cluster. clusterOf makes the real one.
import fc from 'fast-check';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { createSimulated } from '../../src/cluster/simulated.ts';
import { type Loaded, loadTexts } from '../../src/input/load.ts';
import type { Choices } from '../../src/sim/choices.ts';

export type Policy = 'Cluster' | 'Local';

export interface BackendPicture {
  /** From 1. */
  readonly node: number;
  /** closed: ready, but nobody listens. */
  readonly state: 'ready' | 'unready' | 'closed';
  readonly workload: 'pod' | 'deployment';
}

export interface PortPicture {
  readonly name: string;
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
  readonly target: number | string;
}

export interface ServicePicture {
  readonly type: 'ClusterIP' | 'NodePort' | 'headless';
  readonly internal: Policy;
  readonly external: Policy;
  /** Seconds, or null. */
  readonly affinity: number | null;
  readonly hasExternalIP: boolean;
  readonly ports: readonly PortPicture[];
  /** Pods that the selector picks; null: no selector, an Endpoints object names the outside hosts. */
  readonly backends: readonly BackendPicture[] | null;
}

export interface Picture {
  readonly nodes: number;
  readonly services: readonly ServicePicture[];
}

const portsOffered: readonly PortPicture[] = [
  { name: 'http', protocol: 'TCP', port: 80, target: 'web' },
  { name: 'plain', protocol: 'TCP', port: 8000, target: 8080 },
  { name: 'dns', protocol: 'UDP', port: 53, target: 'dns' },
  { name: 'udp80', protocol: 'UDP', port: 80, target: 8053 },
];

const policy = fc.constantFrom<Policy>('Cluster', 'Local');

function backend(nodes: number): fc.Arbitrary<BackendPicture> {
  return fc.record({
    node: fc.integer({ min: 1, max: nodes }),
    state: fc.constantFrom('ready', 'ready', 'ready', 'ready', 'unready', 'closed'),
    workload: fc.constantFrom('pod', 'deployment'),
  });
}

function service(nodes: number): fc.Arbitrary<ServicePicture> {
  return fc
    .record({
      type: fc.constantFrom('ClusterIP', 'NodePort', 'NodePort', 'headless'),
      internal: policy,
      external: policy,
      affinity: fc.constantFrom(null, null, 100),
      hasExternalIP: fc.boolean(),
      ports: fc.subarray([...portsOffered], { minLength: 1, maxLength: 3 }),
      backends: fc.option(fc.array(backend(nodes), { maxLength: 4 }), { freq: 6 }),
      nameless: fc.boolean(),
    })
    .map(({ nameless, ...rest }): ServicePicture => {
      const { type, ports } = rest;
      const named = ports.length === 1 && nameless ? ports.map((p) => ({ ...p, name: '' })) : ports;
      const inside = { ...rest, ports: named };
      if (type !== 'headless') return inside;
      return { ...inside, hasExternalIP: false, internal: 'Cluster', affinity: null };
    });
}

export interface PictureLimits {
  readonly nodesMax?: number;
  readonly servicesMax?: number;
}

export function anyPicture(limits: PictureLimits = {}): fc.Arbitrary<Picture> {
  const { nodesMax = 4, servicesMax = 3 } = limits;
  return fc.integer({ min: 1, max: nodesMax }).chain((nodes) =>
    fc.record({
      nodes: fc.constant(nodes),
      services: fc.array(service(nodes), { minLength: 1, maxLength: servicesMax }),
    }),
  );
}

export const serviceName = (s: number): string => `s${s}`;
export const clusterIP = (s: number): string => `10.96.1.${10 + s}`;
export const externalIP = (s: number): string => `198.51.100.${10 + s}`;
export const nodePort = (s: number, p: number): number => 30_000 + s * 10 + p;
export const nodeName = (node: number): string => `n${node}`;
export const nodeIP = (node: number): string => `192.168.4.${100 + node}`;
/** The node's address on the bridge of its Pods. */
export const gateway = (node: number): string => `10.244.${node}.1`;
export const clientIP = (node: number): string => `10.244.${node}.200`;
export const hostIPs = { outside: '203.0.113.50', routed: '203.0.113.60' } as const;
export const legacyHosts = [
  { name: 'legacy-a', ip: '192.0.2.42' },
  { name: 'legacy-b', ip: '192.0.2.43' },
] as const;
const legacyPorts = { TCP: 9376, UDP: 9377 } as const;

const hash = '5d8f7c9b64';

/** One endpoint of a Service, as it must come to be. */
export interface EndpointPicture {
  readonly machine: string;
  readonly ip: string;
  /** Null: outside the cluster. */
  readonly node: number | null;
  readonly state: BackendPicture['state'];
}

export const backendIP = (s: number, b: number, { node }: BackendPicture): string =>
  `10.244.${node}.${10 + s * 10 + b}`;

/** The Service's Pods, whether ready or not, or the outside hosts. */
export function endpointsOf(picture: Picture, s: number): readonly EndpointPicture[] {
  const backends = picture.services[s]?.backends ?? null;
  if (backends === null) {
    return legacyHosts.map(({ name, ip }) => ({
      machine: `host/${name}`,
      ip,
      node: null,
      state: 'ready',
    }));
  }
  return backends.map((one, b) => ({
    machine: `pod/demo/${podName(s, b, one)}`,
    ip: backendIP(s, b, one),
    node: one.node,
    state: one.state,
  }));
}

function podName(s: number, b: number, { workload }: BackendPicture): string {
  const name = `${serviceName(s)}-${b}`;
  return workload === 'pod' ? name : `${name}-${hash}-aaaa${b}`;
}

/** What a Service port is led to at an endpoint: every second Pod calls another number "web". */
export function targetPort(picture: Picture, s: number, p: number, endpoint: number): number {
  const port = picture.services[s]?.ports[p];
  if (port === undefined) throw new Error(`no port ${p} of Service ${s}`);
  if (picture.services[s]?.backends === null) return legacyPorts[port.protocol];
  if (port.target === 'web') return endpoint % 2 === 0 ? 8080 : 8081;
  return typeof port.target === 'number' ? port.target : 8053;
}

function template(s: number, b: number, { node, state }: BackendPicture) {
  const annotations: Record<string, string> = {};
  if (state === 'closed') annotations['svcspec.dev/listen'] = '9/TCP';
  const web = b % 2 === 0 ? 8080 : 8081;
  const ports = [
    { name: 'web', containerPort: web },
    { name: 'other', containerPort: web === 8080 ? 8081 : 8080 },
    { name: 'dns', containerPort: 8053, protocol: 'UDP' },
  ];
  return {
    metadata: { labels: { app: serviceName(s), part: `${b}` }, annotations },
    spec: {
      nodeSelector: { 'kubernetes.io/hostname': nodeName(node) },
      containers: [{ name: 'web', image: 'nginx', ports }],
    },
  };
}

function workload(s: number, b: number, one: BackendPicture): object {
  const { metadata, spec } = template(s, b, one);
  const named = { namespace: 'demo', name: `${serviceName(s)}-${b}` };
  if (one.workload === 'pod') {
    return { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, ...named }, spec };
  }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: named,
    spec: { selector: { matchLabels: metadata.labels }, template: { metadata, spec } },
  };
}

function serviceObjects(s: number, plan: ServicePicture): readonly object[] {
  const metadata = { namespace: 'demo', name: serviceName(s) };
  const isNodePort = plan.type === 'NodePort';
  const headless = plan.type === 'headless';
  const external = isNodePort || plan.hasExternalIP;
  const spec = {
    ...(headless ? {} : { type: plan.type, internalTrafficPolicy: plan.internal }),
    clusterIP: headless ? 'None' : clusterIP(s),
    ...(external ? { externalTrafficPolicy: plan.external } : {}),
    ...(plan.hasExternalIP ? { externalIPs: [externalIP(s)] } : {}),
    ...(plan.affinity === null ? {} : sticky(plan.affinity)),
    ...(plan.backends === null ? {} : { selector: { app: serviceName(s) } }),
    ports: plan.ports.map(({ name, protocol, port, target }, p) => ({
      ...(name === '' ? {} : { name }),
      ...(isNodePort ? { nodePort: nodePort(s, p) } : {}),
      protocol,
      port,
      targetPort: target,
    })),
  };
  const made = { apiVersion: 'v1', kind: 'Service', metadata, spec };
  return plan.backends === null ? [made, endpointsObject(metadata, plan)] : [made];
}

function sticky(timeoutSeconds: number) {
  return { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds } } };
}

function endpointsObject(metadata: object, plan: ServicePicture): object {
  const ports = plan.ports.map(({ name, protocol }) => ({
    ...(name === '' ? {} : { name }),
    protocol,
    port: legacyPorts[protocol],
  }));
  const addresses = legacyHosts.map(({ ip }) => ({ ip }));
  return { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets: [{ addresses, ports }] };
}

function clusterDocument(picture: Picture): object {
  const numbers = Array.from({ length: picture.nodes }, (_, i) => i + 1);
  const pods = picture.services.flatMap(({ backends }, s) =>
    (backends ?? []).map((one, b) => {
      const ip = backendIP(s, b, one);
      if (one.workload === 'pod') return { object: `Pod/demo/${podName(s, b, one)}`, ip };
      const suffix = podName(s, b, one).slice(-5);
      const object = `Deployment/demo/${serviceName(s)}-${b}`;
      return { object, hash, pods: [{ suffix, ip, node: nodeName(one.node) }] };
    }),
  );
  const clients = numbers.map((n) => ({ object: `Pod/demo/c${n}`, ip: clientIP(n) }));
  const dns = ['one00', 'two00'].map((suffix, i) => ({
    suffix,
    ip: `10.244.1.${240 + i}`,
    node: nodeName(1),
  }));
  const via = (to: string) => ({ to, via: nodeName(1) });
  return {
    apiVersion: 'svcspec.dev/v1alpha1',
    kind: 'Cluster',
    metadata: { name: 'picture' },
    spec: {
      networking: { podSubnet: '10.244.0.0/16', serviceSubnet: '10.96.0.0/16' },
      nodes: numbers.map((n) => ({
        name: nodeName(n),
        internalIP: nodeIP(n),
        podCIDR: `10.244.${n}.0/24`,
      })),
      hosts: [
        { name: 'outside', ip: hostIPs.outside },
        {
          name: 'routed',
          ip: hostIPs.routed,
          routes: [via('10.96.0.0/16'), via('198.51.100.0/24')],
        },
        ...legacyHosts.map((host) => ({ ...host, listen: ['9376/TCP', '9377/UDP'] })),
      ],
      pins: [...pods, ...clients, { object: 'Deployment/kube-system/coredns', hash, pods: dns }],
    },
  };
}

/** Everything of the picture in the order in which it is applied. `proxy`: fields of KubeProxyConfiguration. */
export function documentsOf(picture: Picture, proxy?: object): readonly object[] {
  const clients = Array.from({ length: picture.nodes }, (_, i) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'demo', name: `c${i + 1}` },
    spec: { nodeName: nodeName(i + 1), containers: [{ name: 'shell', image: 'alpine' }] },
  }));
  const services = picture.services.flatMap((plan, s) => [
    ...serviceObjects(s, plan),
    ...(plan.backends ?? []).map((one, b) => workload(s, b, one)),
  ]);
  const configuration = {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    ...proxy,
  };
  return [
    clusterDocument(picture),
    ...(proxy === undefined ? [] : [configuration]),
    ...clients,
    ...services,
  ];
}

export function loaded(documents: readonly object[]): Loaded {
  const text = documents.map((document) => JSON.stringify(document)).join('\n---\n');
  return loadTexts([{ file: 'picture.yaml', text }]);
}

export interface MakeOptions {
  readonly seed?: number;
  readonly choices?: Choices;
  readonly proxy?: object;
}

export function clusterOf(picture: Picture, { proxy, ...options }: MakeOptions = {}): Cluster {
  const { clusterSpec, manifests, notices } = loaded(documentsOf(picture, proxy));
  const cluster = createSimulated({ spec: clusterSpec, manifests, notices, ...options });
  makeUnready(cluster, picture);
  return cluster;
}

/** Unready Pods run, but their readiness failed after they had started. */
export function makeUnready(cluster: Cluster, picture: Picture): void {
  picture.services.forEach((_, s) => {
    for (const { machine, state } of endpointsOf(picture, s)) {
      if (state !== 'unready') continue;
      cluster.happen('Pod', machine.slice('pod/'.length), 'stops being ready');
    }
  });
}
