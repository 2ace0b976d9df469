// Who reaches what through a composed cluster, from Pods, nodes and outside hosts: Endpoints made by hand (case 17),
// ExternalName (case 15), names of Pods (case 7), node ports and routes of hosts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterDocument, clusterOf, fate, podText } from './fixture.test.ts';

const service = (name: string, spec: string) =>
  `---\napiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\nspec: ${spec}\n`;
const endpoints = (name: string, ips: string, port: string) => `---
apiVersion: v1
kind: Endpoints
metadata: { name: ${name} }
subsets: [ { addresses: [ ${ips} ], ports: [ ${port} ] } ]
`;

const document = clusterDocument(
  2,
  `  apiServer: { address: 10.192.0.2, port: 6443 }
  pins:
    - { object: Pod/default/a, node: node02, ip: 10.244.1.9 }
    - { object: Pod/default/b, node: node02, ip: 10.244.1.7 }
  hosts:
    - { name: legacy-db, ip: 192.0.2.42, listen: [ "9376" ] }
    - { name: example, ip: 93.184.216.34, listen: [ "80" ] }
    - name: routed
      ip: 198.51.100.7
      routes: [ { to: 203.0.113.10/32, via: node01 }, { to: 10.96.0.0/12, via: node01 } ]
    - { name: plain, ip: 198.51.100.8 }
  upstreamDNS: |
    example.com. 300 IN A 93.184.216.34
    www.example.com. 300 IN CNAME example.com.`,
);

const cluster = clusterOf(
  document +
    service('legacy', '{ ports: [ { port: 80, targetPort: 9376 } ] }') +
    endpoints('legacy', '{ ip: 192.0.2.42 }', '{ port: 9376 }') +
    service('misnamed', '{ ports: [ { port: 80, targetPort: 9376 } ] }') +
    endpoints('misname', '{ ip: 192.0.2.42 }', '{ port: 9376 }') +
    service('misport', '{ ports: [ { name: http, port: 80, targetPort: 9376 } ] }') +
    endpoints('misport', '{ ip: 192.0.2.42 }', '{ name: web, port: 9376 }') +
    service('twice', '{ ports: [ { port: 80 } ] }') +
    endpoints('twice', '{ ip: 10.96.0.80 }', '{ port: 80 }') +
    service('both', '{ ports: [ { port: 80 } ] }') +
    endpoints('both', '{ ip: 93.184.216.34 }, { ip: 10.244.1.9 }', '{ port: 80 }') +
    service(
      'web',
      '{ type: NodePort, clusterIP: 10.96.0.80, externalIPs: [ 203.0.113.10 ], selector: { app: a }, ports: [ { port: 80, nodePort: 30080 } ] }',
    ) +
    service('ext', '{ type: ExternalName, externalName: www.example.com }') +
    service('gone', '{ type: ExternalName, externalName: nosuch.example.com }') +
    service('sub', '{ clusterIP: None, selector: { app: b }, ports: [ { port: 80 } ] }') +
    podText('a') +
    podText('b', { spec: 'hostname: hb\n  subdomain: sub' }) +
    podText('client', { spec: 'nodeName: node01' }),
);

const inside = 'pod/default/client';
const rows: readonly { name: string; from?: string; to: string; want: string }[] = [
  { name: 'case 17: an outside database', to: 'legacy:80', want: 'answered host/legacy-db' },
  { name: 'case 17: Endpoints of another name', to: 'misnamed:80', want: 'refused icmp' },
  { name: 'case 17: Endpoints with another port name', to: 'misport:80', want: 'refused icmp' },
  {
    name: 'case 17: a cluster IP as endpoint is lost',
    to: 'twice:80',
    want: 'timeout noreply',
  },
  {
    name: 'case 17: the API server outside the nodes',
    to: 'kubernetes.default:443',
    want: 'answered host/kube-apiserver',
  },
  { name: 'case 15: through the CNAME', to: 'ext:80', want: 'answered host/example' },
  { name: 'case 15: a target that is gone', to: 'gone:80', want: 'nodata' },
  { name: 'case 7: hostname.subdomain', to: 'hb.sub:80', want: 'answered pod/default/b' },
  {
    name: 'case 7: a hostname replaces the dashed name',
    to: '10-244-1-7.sub:80',
    want: 'nxdomain',
  },
  {
    name: 'case 7: the Pod name by its address',
    to: '10-244-1-7.default.pod.cluster.local:80',
    want: 'answered pod/default/b',
  },
  { name: 'a Pod to a node port', to: '10.0.0.11:30080', want: 'answered pod/default/a' },
  ...['10.0.0.11:30080', '10.0.0.12:30080', '127.0.0.1:30080', '10.96.0.80:80'].map((to) => ({
    name: `a node to ${to}`,
    from: 'node/node01',
    to,
    want: 'answered pod/default/a',
  })),
  ...['10.0.0.11:30080', '10.0.0.12:30080'].map((to) => ({
    name: `a host to ${to}`,
    from: 'host/plain',
    to,
    want: 'answered pod/default/a',
  })),
  ...['203.0.113.10:80', '10.96.0.80:80'].map((to) => ({
    name: `a host with a route to ${to}`,
    from: 'host/routed',
    to,
    want: 'answered pod/default/a',
  })),
  ...['203.0.113.10:80', '10.96.0.80:80', '10.244.1.9:80'].map((to) => ({
    name: `a host without a route to ${to}`,
    from: 'host/plain',
    to,
    want: 'timeout noreply',
  })),
  {
    name: 'any outside address to a node port',
    from: '198.51.100.99',
    to: '10.0.0.12:30080',
    want: 'answered pod/default/a',
  },
];
for (const { name, from = inside, to, want } of rows) {
  test(`reach: ${name}`, () => assert.equal(fate(cluster.fork(), from, to), want));
}

test('reach, case 17: backends inside and outside share the traffic', () => {
  const copy = cluster.fork();
  const seen = new Set(Array.from({ length: 20 }, () => fate(copy, inside, 'both:80')));
  assert.deepEqual([...seen].sort(), ['answered host/example', 'answered pod/default/a']);
});

test('reach, case 17: Endpoints are mirrored, the API server writes its own slice', () => {
  const managed = cluster.objects
    .list('EndpointSlice', 'default')
    .map(({ metadata }) => [
      metadata.labels?.['kubernetes.io/service-name'],
      metadata.labels?.['endpointslice.kubernetes.io/managed-by'],
    ]);
  const mirrored = managed.filter(([, by]) => by === 'endpointslicemirroring-controller.k8s.io');
  assert.deepEqual(mirrored.map(([name]) => name).sort(), ['both', 'legacy', 'misport', 'twice']);
});

test('reach, case 15: one answer holds the CNAMEs and the address; a dead target the bare CNAME', () => {
  const found = cluster.fork().resolve(inside, 'ext').queries[0];
  assert.deepEqual(
    found?.answers.map(({ name, type, data }) => `${name} ${type} ${data}`),
    [
      'ext.default.svc.cluster.local. CNAME www.example.com.',
      'www.example.com. CNAME example.com.',
      'example.com. A 93.184.216.34',
    ],
  );
  const gone = cluster.fork().resolve(inside, 'gone').queries[0];
  assert.equal(gone?.rcode, 'NOERROR');
  assert.deepEqual(
    gone?.answers.map(({ type, data }) => `${type} ${data}`),
    ['CNAME nosuch.example.com.'],
  );
});
