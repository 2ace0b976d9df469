// Random NetworkPolicies for the Pods of a case: what its labels, port names and addresses can tell apart.
import fc from 'fast-check';

export type CasePolicy = Readonly<Record<string, unknown>>;

const pick = <T>(...list: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...list);

/** Endpoints are labelled with their Service, clients with nothing. */
const pods = pick<object>(
  {},
  { matchLabels: { app: 's0' } },
  { matchLabels: { app: 's1' } },
  { matchExpressions: [{ key: 'app', operator: 'Exists' }] },
  { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] },
);

const peer = fc.oneof(
  pods.map((podSelector) => ({ podSelector })),
  pick(
    { namespaceSelector: {} },
    { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } },
    { ipBlock: { cidr: '203.0.113.0/24', except: ['203.0.113.60/32'] } },
    { ipBlock: { cidr: '192.168.4.0/24' } },
    { ipBlock: { cidr: '10.244.0.0/16', except: ['10.244.1.0/24'] } },
    { ipBlock: { cidr: '10.96.0.0/16' } },
    { ipBlock: { cidr: '0.0.0.0/0', except: ['192.0.2.0/24'] } },
    { ipBlock: { cidr: 'fd00:10:244::/56' } },
  ),
);

const port = pick<object>(
  { port: 'p0', protocol: 'TCP' },
  { port: 'p1', protocol: 'UDP' },
  { port: 8080, endPort: 8090, protocol: 'TCP' },
  { port: 80, protocol: 'TCP' },
  { protocol: 'UDP' },
  { protocol: 'TCP' },
);

const rules = (side: 'from' | 'to') =>
  fc.array(
    fc
      .record({ peers: fc.array(peer, { maxLength: 2 }), ports: fc.array(port, { maxLength: 2 }) })
      .map(({ peers, ports }) => ({ [side]: peers, ports })),
    { maxLength: 2 },
  );

const policy: fc.Arbitrary<CasePolicy> = fc.record({
  podSelector: pods,
  policyTypes: pick(['Ingress'], ['Egress'], ['Ingress', 'Egress']),
  ingress: rules('from'),
  egress: rules('to'),
});

/** Two clusters in three have none. */
export const casePolicies: fc.Arbitrary<readonly CasePolicy[]> = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.array(policy, { minLength: 1, maxLength: 3 }) },
);

export function policyObjects(policies: readonly CasePolicy[]): readonly object[] {
  return policies.map((spec, i) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { namespace: 'demo', name: `p${i}` },
    spec,
  }));
}
