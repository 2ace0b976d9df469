// Random namespaces, Pods on two nodes, NetworkPolicies and policies of the cluster, small enough that labels, ports and ranges often meet.
import fc from 'fast-check';
import type { ClusterPeer, ClusterPolicy } from '../../src/api/clusterpolicy/types.ts';
import type {
  LabelSelector,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  Pod,
} from '../../src/api/types.ts';

export interface PolicyTown {
  readonly namespaces: readonly { readonly name: string; readonly labels: Labels }[];
  readonly pods: readonly Pod[];
  readonly policies: readonly NetworkPolicy[];
  readonly clusterPolicies: readonly ClusterPolicy[];
}

type Labels = Readonly<Record<string, string>>;

export const townNodes: readonly string[] = ['n1', 'n2'];
const spaces = ['red', 'blue'];
const keys = ['app', 'tier'];
const values = ['a', 'b'];
export const townPorts: readonly number[] = [80, 81, 8080];
const names = ['web', 'api'];
const protocols = ['TCP', 'UDP', 'SCTP'];

const pick = <T>(list: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...list);
const some = <T>(one: fc.Arbitrary<T>, max: number): fc.Arbitrary<T[]> =>
  fc.array(one, { maxLength: max });

const labels: fc.Arbitrary<Labels> = fc
  .tuple(fc.option(pick(values)), fc.option(pick(values)))
  .map((both) =>
    Object.fromEntries(both.flatMap((value, i) => (value === null ? [] : [[keys[i], value]]))),
  );

const expression = fc.oneof(
  fc.record({ key: pick(keys), operator: pick(['In', 'NotIn']), values: some(pick(values), 2) }),
  fc.record({ key: pick(keys), operator: pick(['Exists', 'DoesNotExist']) }),
);

const selector: fc.Arbitrary<LabelSelector> = fc.oneof(
  fc.constant({}),
  labels.map((matchLabels) => ({ matchLabels })),
  some(expression, 2).map((matchExpressions) => ({ matchExpressions })),
);

/** Where a Pod's address may lie. */
const address = (node: string, i: number): string => `10.244.${node === 'n1' ? 1 : 2}.${10 + i}`;

const ranges = ['10.244.0.0/16', '10.244.1.0/24', '10.244.2.0/28', '0.0.0.0/0', '10.244.1.11/32'];
const insides = ['10.244.1.0/28', '10.244.1.10/31', '10.244.1.11/32', '10.244.2.12/30'];

const block: fc.Arbitrary<NetworkPolicyPeer> = fc
  .tuple(pick(ranges), some(pick(insides), 2))
  .map(([cidr, except]) => ({ ipBlock: { cidr, except } }));

const peer: fc.Arbitrary<NetworkPolicyPeer> = fc.oneof(
  selector.map((podSelector) => ({ podSelector })),
  selector.map((namespaceSelector) => ({ namespaceSelector })),
  fc.record({ podSelector: selector, namespaceSelector: selector }),
  block,
);

const port: fc.Arbitrary<NetworkPolicyPort> = fc.oneof(
  fc.record({ protocol: pick(protocols) }),
  fc.record({ protocol: pick(protocols), port: pick(townPorts) }),
  fc.record({ protocol: pick(protocols), port: pick(names) }),
  fc.tuple(pick(protocols), pick(townPorts), pick(townPorts)).map(([protocol, one, two]) => ({
    protocol,
    port: Math.min(one, two),
    endPort: Math.max(one, two),
  })),
);

const rule = fc.record({ peers: some(peer, 2), ports: some(port, 2) });

const spec = fc
  .record({
    podSelector: selector,
    ingress: some(rule, 2),
    egress: some(rule, 2),
    policyTypes: pick([['Ingress'], ['Egress'], ['Ingress', 'Egress']]),
  })
  .map(({ ingress, egress, ...more }) => ({
    ...more,
    ingress: ingress.map(({ peers, ports }) => ({ from: peers, ports })),
    egress: egress.map(({ peers, ports }) => ({ to: peers, ports })),
  }));

const clusterSubject = fc.oneof(
  selector.map((namespaces) => ({ namespaces })),
  fc
    .tuple(selector, selector)
    .map(([namespaceSelector, podSelector]) => ({ pods: { namespaceSelector, podSelector } })),
);

const networks = fc.array(pick(ranges), { minLength: 1, maxLength: 2 });
const egressPeer: fc.Arbitrary<ClusterPeer> = fc.oneof(
  clusterSubject,
  networks.map((list) => ({ networks: [...new Set(list)] })),
);

const numbered = fc.record({ protocol: pick(protocols), low: pick(townPorts), wide: fc.boolean() });
const clusterPorts = fc.oneof(
  fc.constant(null),
  fc.array(fc.oneof(numbered, pick(names)), { minLength: 1, maxLength: 2 }),
);

function adminPorts(ports: typeof clusterPorts extends fc.Arbitrary<infer T> ? T : never) {
  if (ports === null) return {};
  const list = ports.map((port) => {
    if (typeof port === 'string') return { namedPort: port };
    const { protocol, low, wide } = port;
    return wide
      ? { portRange: { protocol, start: low, end: low + 1 } }
      : { portNumber: { protocol, port: low } };
  });
  return { ports: list };
}

function byProtocol(ports: typeof clusterPorts extends fc.Arbitrary<infer T> ? T : never) {
  if (ports === null) return {};
  const protocolsOf = ports.map((port) => {
    if (typeof port === 'string') return { destinationNamedPort: port };
    const { protocol, low, wide } = port;
    const destinationPort = wide ? { range: { start: low, end: low + 1 } } : { number: low };
    return { [protocol.toLowerCase()]: { destinationPort } };
  });
  return { protocols: protocolsOf };
}

const actionOf = pick(['Accept', 'Deny', 'Pass']);
const listOf = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 1, maxLength: 2 });

/** The three kinds in turn; what a baseline of v1alpha1 cannot say is Deny there. */
const clusterPolicy = fc
  .record({
    kind: pick(['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy']),
    tier: pick(['Admin', 'Baseline']),
    priority: fc.integer({ min: 0, max: 2 }),
    subject: clusterSubject,
    ingress: some(
      fc.record({ action: actionOf, peers: listOf(clusterSubject), ports: clusterPorts }),
      2,
    ),
    egress: some(
      fc.record({ action: actionOf, peers: listOf(egressPeer), ports: clusterPorts }),
      2,
    ),
  })
  .map(({ kind, tier, priority, subject, ingress, egress }) => {
    const isNew = kind === 'ClusterNetworkPolicy';
    const isBaseline = kind === 'BaselineAdminNetworkPolicy';
    const action = (word: string) => {
      if (isNew) return word;
      if (word === 'Accept') return 'Allow';
      return isBaseline ? 'Deny' : word;
    };
    const portsOf = isNew ? byProtocol : adminPorts;
    return {
      apiVersion: `policy.networking.k8s.io/${isNew ? 'v1alpha2' : 'v1alpha1'}`,
      kind,
      spec: {
        ...(isNew ? { tier } : {}),
        ...(isBaseline ? {} : { priority }),
        subject,
        ingress: ingress.map(({ peers, ports, action: word }) => ({
          action: action(word),
          from: peers,
          ...portsOf(ports),
        })),
        egress: egress.map(({ peers, ports, action: word }) => ({
          action: action(word),
          to: peers,
          ...portsOf(ports),
        })),
      },
    };
  });

const containerPort = fc.record({
  name: pick(names),
  containerPort: pick(townPorts),
  protocol: pick(protocols),
});

const podParts = fc.record({
  namespace: pick(spaces),
  labels,
  node: pick(townNodes),
  ports: some(containerPort, 2),
  sidecar: fc.boolean(),
  hostNetwork: fc.boolean().map((one) => one),
  phase: pick(['Running', 'Running', 'Running', 'Succeeded']),
});

export const anyPolicyTown: fc.Arbitrary<PolicyTown> = fc
  .record({
    labels: fc.tuple(labels, labels),
    pods: fc.array(podParts, { minLength: 2, maxLength: 6 }),
    policies: some(fc.record({ namespace: pick(spaces), spec }), 4),
    clusterPolicies: some(clusterPolicy, 3),
  })
  .map((town) => ({
    namespaces: spaces.map((name, i) => ({ name, labels: town.labels[i] ?? {} })),
    pods: town.pods.map((parts, i) => podOf(parts, i)),
    policies: town.policies.map((policy, i) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: `p${i}`, namespace: policy.namespace },
      spec: policy.spec,
    })) as unknown as NetworkPolicy[],
    clusterPolicies: town.clusterPolicies.map((policy, i) => ({
      ...policy,
      metadata: { name: `c${i}` },
    })) as unknown as ClusterPolicy[],
  }));

type Parts = typeof podParts extends fc.Arbitrary<infer T> ? T : never;

function podOf(parts: Parts, i: number): Pod {
  const { namespace, labels: own, node, ports, sidecar, phase } = parts;
  // One in eight: hostNetwork is rare.
  const hostNetwork = parts.hostNetwork && i % 4 === 3;
  const container = { name: 'c', image: 'x' };
  const ip = hostNetwork ? `192.168.0.${node === 'n1' ? 1 : 2}` : address(node, i);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pod${i}`, namespace, labels: own },
    spec: {
      nodeName: node,
      hostNetwork,
      containers: [sidecar ? container : { ...container, ports }],
      initContainers: [{ ...container, name: 's', restartPolicy: sidecar ? 'Always' : '', ports }],
    },
    status: { phase, podIPs: [{ ip }] },
  } as unknown as Pod;
}
