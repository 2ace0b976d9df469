import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulated } from '../cluster/simulated.ts';
import { loadTexts } from '../input/load.ts';
import { byAddress } from './by-address.ts';

const text = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: nginx, image: nginx, ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { clusterIP: 10.96.0.80, selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: many }
spec: { clusterIP: None, selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: client }
spec: { containers: [{ name: c, image: busybox }] }
`;
const { clusterSpec, manifests } = loadTexts([{ file: 'all.yaml', text }]);
const cluster = createSimulated({ spec: clusterSpec, manifests });

const rows = [
  { name: 'a name with one address is dialled by it', where: 'web:80', want: '10.96.0.80:80' },
  { name: 'a URL too', where: 'http://web/', want: '10.96.0.80:80' },
  { name: 'a name with several addresses stays a name', where: 'many:80', want: 'many:80' },
  { name: 'an unknown name stays a name', where: 'nobody:80', want: 'nobody:80' },
  { name: 'an address stays as it is', where: '10.96.0.80:80', want: '10.96.0.80:80' },
  { name: 'svc/ stays as it is', where: 'svc/default/web:80', want: 'svc/default/web:80' },
];
for (const { name, where, want } of rows) {
  test(`what a row of connections dials: ${name}`, () => {
    assert.equal(byAddress(cluster, 'pod/default/client', where), want);
  });
}
