// What a client or a target that does not work is told: the workload of that name, its namespace, the node port.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterDocument, clusterOf, fate, podText } from './fixture.test.ts';

const deployment = (name: string, namespace: string) => `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [ { name: c, image: nginx, ports: [ { containerPort: 80 } ] } ] }
`;
const cluster = clusterOf(
  `${clusterDocument(2, '  hosts: [ { name: laptop, ip: 198.51.100.7 } ]')}---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { type: NodePort, selector: { app: a }, ports: [ { port: 80, nodePort: 30080 } ] }
${podText('a')}${deployment('backend', 'shop')}${deployment('other', 'shop')}`,
);

const rows = [
  {
    name: 'a Pod that is a Deployment',
    from: 'pod/shop/backend',
    to: 'web:80',
    hint: 'a Deployment has this name: write deploy/shop/backend (in a feature: Deployment "shop/backend")',
  },
  {
    name: 'an unknown Deployment',
    from: 'deploy/shop/bakcend',
    to: 'web:80',
    hint: 'Deployments in "shop": backend, other',
  },
  {
    name: 'a Deployment of another namespace',
    from: 'deploy/backend',
    to: 'web:80',
    hint: 'it is in namespace "shop": write deploy/shop/backend',
  },
  {
    name: 'a Service from outside, with a node port',
    from: 'host/laptop',
    to: 'svc/default/web:80',
    hint: 'port 80 has node port 30080: dial node/node01:30080',
  },
];
for (const { name, from, to, hint } of rows) {
  test(`hint: ${name}`, () => assert.throws(() => cluster.connect(from, to), { hint }));
}

for (const from of ['host/laptop', 'pod/default/a', 'node/node01', 'node/node02']) {
  test(`${from} reaches a node port by node/NAME:PORT`, () => {
    assert.equal(fate(cluster, from, 'node/node02:30080'), 'answered pod/default/a');
  });
}
test('node/NAME:PORT of no node names the nodes', () => {
  const dial = () => cluster.connect('host/laptop', 'node/n9:30080');
  assert.throws(dial, { code: 'unknown-object', message: 'there is no node "n9"' });
});
