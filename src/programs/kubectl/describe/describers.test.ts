// What describers print at each version, as rows; whole objects are compared in test/describe.test.ts, and with the
// machine's own kubectls in test/real-kubectl-describe.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnyObject } from '../../../api/types.ts';
import { describeObject } from './describers.table.ts';
import { smartLabel } from './generic.ts';
import { tabbed } from './writer.ts';

const metadata = { name: 'web', namespace: 'demo', uid: 'u' };

function described(object: object, minor: number, others: readonly AnyObject[] = []): string {
  const lookup = {
    get: (kind: string, namespace: string | undefined, name: string) =>
      others.find(
        (one) =>
          one.kind === kind && one.metadata.name === name && one.metadata.namespace === namespace,
      ),
    list: (kind: string) => others.filter((one) => one.kind === kind),
  };
  return describeObject(object as AnyObject, {
    lookup,
    nowSeconds: 1_767_225_600 + 300,
    minor,
    showEvents: true,
  });
}

function linesOf(text: string, ...titles: readonly string[]): readonly string[] {
  return text.split('\n').filter((line) => titles.some((title) => line.startsWith(title)));
}

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata,
  spec: {
    type: 'LoadBalancer',
    clusterIP: '10.96.0.9',
    clusterIPs: ['10.96.0.9'],
    loadBalancerIP: '203.0.113.7',
    internalTrafficPolicy: 'Cluster',
    externalTrafficPolicy: 'Local',
    trafficDistribution: 'PreferClose',
    sessionAffinity: 'None',
    ports: [{ port: 80, protocol: 'TCP', targetPort: 'http', appProtocol: 'http' }],
  },
  status: { loadBalancer: { ingress: [{ ip: '203.0.113.7', ipMode: 'VIP' }] } },
};

const slice = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'web-1', namespace: 'demo', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  ports: [{ name: '', port: 8080, protocol: 'TCP' }],
  endpoints: [1, 2, 3, 4].map((n) => ({
    addresses: [`10.0.0.${n}`],
    conditions: { ready: n !== 4 },
  })),
} as unknown as AnyObject;

const endpoints = {
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { name: 'web', namespace: 'demo' },
  subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 8080, protocol: 'TCP' }] }],
} as unknown as AnyObject;

const titles = ['IP:', 'Desired', 'LoadBalancer', 'Endpoints', 'Internal', 'Traffic', 'AppP'];

const byVersion: readonly { readonly minor: number; readonly lines: readonly string[] }[] = [
  {
    minor: 30,
    lines: [
      'IP:                       10.96.0.9',
      'IP:                       203.0.113.7',
      'LoadBalancer Ingress:     203.0.113.7',
      'Endpoints:                10.0.0.1:8080',
    ],
  },
  {
    minor: 31,
    lines: [
      'IP:                       10.96.0.9',
      'Desired LoadBalancer IP:  203.0.113.7',
      'LoadBalancer Ingress:     203.0.113.7 (VIP)',
      'Endpoints:                10.0.0.1:8080,10.0.0.2:8080,10.0.0.3:8080 + 1 more...',
      'Internal Traffic Policy:  Cluster',
    ],
  },
  {
    minor: 34,
    lines: [
      'IP:                       10.96.0.9',
      'Desired LoadBalancer IP:  203.0.113.7',
      'LoadBalancer Ingress:     203.0.113.7 (VIP)',
      'Endpoints:                10.0.0.1:8080,10.0.0.2:8080,10.0.0.3:8080 + 0 more...',
      'Internal Traffic Policy:  Cluster',
      'Traffic Distribution:     PreferClose',
    ],
  },
  {
    minor: 36,
    lines: [
      'IP:                       10.96.0.9',
      'Desired LoadBalancer IP:  203.0.113.7',
      'LoadBalancer Ingress:     203.0.113.7 (VIP)',
      'Endpoints:                10.0.0.1:8080,10.0.0.2:8080,10.0.0.3:8080 + 0 more...',
      'AppProtocol:              http',
      'Internal Traffic Policy:  Cluster',
      'Traffic Distribution:     PreferClose',
    ],
  },
];

for (const { minor, lines } of byVersion) {
  test(`describe a Service as kubectl 1.${minor} does`, () => {
    assert.deepEqual(linesOf(described(service, minor, [slice, endpoints]), ...titles), lines);
  });
}

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata,
  spec: {
    containers: [{ name: 'a', ports: [{ name: 'http', containerPort: 80, protocol: 'TCP' }] }],
  },
};
for (const [minor, text] of [
  [33, '    Port:         80/TCP'],
  [34, '    Port:         80/TCP (http)'],
] as const) {
  test(`describe a container's port as kubectl 1.${minor} does`, () => {
    assert.deepEqual(linesOf(described(pod, minor), '    Port:'), [text]);
  });
}

const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, status: {} };
for (const [minor, count] of [
  [35, 1],
  [36, 0],
] as const) {
  test(`describe a Node's kube-proxy as kubectl 1.${minor} does`, () => {
    assert.equal(linesOf(described(node, minor), '  Kube-Proxy Version:').length, count);
  });
}

const events = [
  ['Pulled', 'Normal', '2026-01-01T00:00:00Z', '2026-01-01T00:03:00Z', 3],
  ['BackOff', 'Warning', '2026-01-01T00:01:00Z', '2026-01-01T00:01:00Z', 1],
].map(([reason, type, firstTimestamp, lastTimestamp, count]) => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: reason, namespace: 'demo' },
  involvedObject: { kind: 'Pod', ...metadata },
  source: { component: 'kubelet' },
  message: `${reason} it\n`,
  ...{ reason, type, firstTimestamp, lastTimestamp, count },
})) as unknown as AnyObject[];

test('events come by their last time, counted ones with both ages', () => {
  const text = described(pod, 34, events);
  assert.deepEqual(text.slice(text.indexOf('Events:')).split('\n'), [
    'Events:',
    '  Type     Reason   Age              From     Message',
    '  ----     ------   ----             ----     -------',
    '  Warning  BackOff  4m               kubelet  BackOff it',
    '  Normal   Pulled   2m (x3 over 5m)  kubelet  Pulled it',
    '',
  ]);
});

for (const [field, minor, label] of [
  ['creationTimestamp', 34, 'Creation Timestamp'],
  ['uid', 34, 'UID'],
  ['podCIDRs', 34, 'Pod CID Rs'],
  ['podCIDRs', 35, 'Pod Cid Rs'],
  ['podCIDRs', 36, 'Pod CIDRs'],
  ['two_words', 34, 'two_words'],
  ['externalURL', 34, 'External URL'],
] as const) {
  test(`the label of ${field} in kubectl 1.${minor}`, () => {
    assert.equal(smartLabel(field, minor), label);
  });
}

for (const [text, aligned] of [
  ['a:\tb\nlong:\tc\n', 'a:     b\nlong:  c\n'],
  ['a:\tb\nplain\nlonger:\tc\n', 'a:  b\nplain\nlonger:  c\n'],
  ['a\t\tb\nc\td\te\n', 'a     b\nc  d  e\n'],
] as const) {
  test(`columns of ${JSON.stringify(text)}`, () => {
    assert.equal(tabbed(text), aligned);
  });
}
