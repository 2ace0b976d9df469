// Two families in one cluster: which address of a node a client dials, and how ends of IPv6 are written.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulated } from '../cluster/simulated.ts';
import { loadTexts } from '../input/load.ts';
import { attemptDocument } from './trace-document.ts';
import { attemptText } from './trace-text.ts';

const text = `apiVersion: svcspec.dev/v1alpha1
kind: Cluster
metadata: { name: dual }
spec:
  networking: { podSubnet: "10.244.0.0/16,fd00:10:244::/56", serviceSubnet: "10.96.0.0/12,fd00:10:96::/112" }
  nodes: [{ name: n1, internalIP: "192.168.4.102,fd00:4::102" }]
  hosts: [{ name: old, ip: 203.0.113.50 }, { name: new, ip: "2001:db8::50" }]
---
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec: { containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { type: NodePort, ipFamilyPolicy: RequireDualStack, selector: { app: web }, ports: [{ port: 80, nodePort: 30080 }] }
`;
const { clusterSpec: spec, manifests } = loadTexts([{ file: 'dual.yaml', text }]);
const cluster = createSimulated({ spec, manifests });

for (const [host, dialled, source] of [
  ['old', '192.168.4.102:30080', /source seen 10\.244\.\d+\.\d+:\d+\n/],
  ['new', '[fd00:4::102]:30080', /source seen \[fd00:10:244:[^\]]+\]:\d+\n/],
  ['2001:db8::77', '[fd00:4::102]:30080', /source seen \[fd00:/],
] as const) {
  test(`node/n1 from ${host} is ${dialled}`, () => {
    const from = host.includes(':') ? host : `host/${host}`;
    const attempt = attemptDocument(cluster, cluster.connect(from, 'node/n1:30080'));
    assert.equal(attempt.outcome, 'answered');
    assert.equal(attempt.dialled, dialled);
    assert.match(attemptText(attempt), source);
  });
}
