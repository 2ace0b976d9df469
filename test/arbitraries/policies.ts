// Random namespaces, Pods on two nodes and NetworkPolicies, small enough that labels, ports and ranges often meet.
import fc from 'fast-check';
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
