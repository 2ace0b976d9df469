import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulated } from '../cluster/simulated.ts';
import { loadTexts } from '../input/load.ts';
import { blameOf } from './blame.ts';

const pods = `
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec: { containers: [{ name: web, image: nginx, ports: [{ name: http, containerPort: 80 }] }] }
---
apiVersion: v1
kind: Pod
metadata: { name: client }
spec: { containers: [{ name: shell, image: alpine }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
`;

const rows = [
  {
    name: 'a port the Service lacks is named beside those it has',
    spec: 'spec: { selector: { app: web }, ports: [{ name: http, port: 80 }] }',
    to: 'web:81',
    want: {
      id: 'no-such-port',
      message:
        'Service/default/web has no port 81/TCP: it has http 80/TCP, and no rule matches anything else',
    },
  },
  {
    name: 'a targetPort name that no ready Pod has',
    spec: 'spec: { selector: { app: web }, ports: [{ port: 80, targetPort: htpp }] }',
    to: 'web:80',
    want: {
      id: 'no-endpoints',
      message:
        'Service/default/web has no ready endpoints, so node/node01 rejects the connection: no ready Pod has a container port named "htpp" (TCP): they name http',
    },
  },
  {
    name: 'a targetPort number where nothing listens',
    spec: 'spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }',
    to: 'web:80',
    want: { id: 'no-listener' },
  },
];
for (const row of rows) {
  test(`blame: ${row.name}`, () => {
    const text = `${pods}${row.spec}\n`;
    const { clusterSpec, manifests } = loadTexts([{ file: 'web.yaml', text }]);
    const cluster = createSimulated({ spec: clusterSpec, manifests });
    const blame = blameOf(cluster, cluster.connect('pod/default/client', row.to));
    assert.equal(blame?.id, row.want.id);
    if (row.want.message !== undefined) {
      assert.equal(blame?.message.replace(/node\/node0\d/, 'node/node01'), row.want.message);
    }
    assert.equal(blame?.object, 'Service/default/web');
    assert.equal(blame?.line, text.split('\n').length - 1);
  });
}
