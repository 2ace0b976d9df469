// Blame in IPVS mode, where rules name sets and the kernel's virtual servers say the rest: the same reasons as in the
// other modes, with the Service and the line of its manifest.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../cluster/cluster.ts';
import { createSimulated } from '../cluster/simulated.ts';
import { loadTexts } from '../input/load.ts';
import { attemptDocument } from './trace-document.ts';

const base = `
apiVersion: svcspec.dev/v1alpha1
kind: Cluster
metadata: { name: blame }
spec:
  networking: { podSubnet: 10.244.0.0/16 }
  nodes:
    - { name: control-plane, internalIP: 192.168.66.100, roles: [control-plane] }
    - { name: node01, internalIP: 192.168.66.101, podCIDR: 10.244.1.0/24 }
    - { name: node02, internalIP: 192.168.66.102, podCIDR: 10.244.2.0/24 }
  cloudProvider: { loadBalancerPool: 198.51.100.9/32, ipMode: VIP }
  hosts:
    - { name: laptop, ip: 203.0.113.50 }
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: ipvs
---
apiVersion: v1
kind: Pod
metadata: { name: client }
spec: { nodeName: node01, containers: [{ name: shell, image: alpine }] }
---
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec:
  nodeName: node02
  containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }]
---
`;
const service = (more: string) => `
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.80
${more}
`;
const toWeb = '  selector: { app: web }\n  ports: [{ port: 80, nodePort: 30080 }]';

interface Row {
  readonly name: string;
  readonly text: string;
  readonly from?: string;
  readonly to: string;
  readonly before?: (cluster: Cluster) => void;
  readonly want: RegExp;
  /** A part of the line that is pointed at. */
  readonly line: string;
}

const rows: readonly Row[] = [
  {
    name: 'a selector that matches nobody',
    text: service('  selector: { app: wbe }\n  ports: [{ port: 80 }]'),
    to: '10.96.0.80:80',
    want: /^no-endpoints: .*no Pod in namespace default has the labels app=wbe/,
    line: '{ app: wbe }',
  },
  {
    name: 'internal policy Local of a Service with a cluster IP alone',
    text: service(
      '  internalTrafficPolicy: Local\n  selector: { app: web }\n  ports: [{ port: 80 }]',
    ),
    to: '10.96.0.80:80',
    want: /^no-local-endpoints: Service\/default\/web has endpoints, but none on node\/node01/,
    line: 'internalTrafficPolicy: Local',
  },
  {
    name: 'external policy Local, and a client that is not masked',
    text: service(`  type: NodePort\n  externalTrafficPolicy: Local\n${toWeb}`),
    from: 'host/laptop',
    to: '192.168.66.101:30080',
    want: /^no-local-endpoints: .*without masking the client, and the answer is lost; ready endpoints are on node02 only$/,
    line: 'externalTrafficPolicy: Local',
  },
  {
    name: 'a port that the Service has not',
    text: service(`  type: NodePort\n${toWeb}`),
    to: '10.96.0.80:10250',
    want: /^no-such-port: Service\/default\/web has no port 10250\/TCP: it has 80\/TCP, and node\/node01 refuses everything else$/,
    line: 'ports:',
  },
  {
    name: 'a client outside of the source ranges',
    text: service(`  type: LoadBalancer\n  loadBalancerSourceRanges: [10.0.0.0/8]\n${toWeb}`),
    from: 'host/laptop',
    to: '198.51.100.9:80',
    want: /^load-balancer-source-ranges: Service\/default\/web does not accept this client: it is outside loadBalancerSourceRanges: 203\.0\.113\.50 is in none of 10\.0\.0\.0\/8$/,
    line: 'loadBalancerSourceRanges',
  },
  {
    name: 'a targetPort where nobody listens',
    text: service('  selector: { app: web }\n  ports: [{ port: 80, targetPort: 8080 }]'),
    to: '10.96.0.80:80',
    want: /^no-listener: nothing listens on 10\.244\.2\.\d+:8080: targetPort of Service\/default\/web; pod\/default\/web listens on 80; it is assumed to listen on its declared ports alone: .*svcspec\.dev\/listen: "80,8080"$/,
    line: 'targetPort: 8080',
  },
  {
    name: 'a stopped kube-proxy still sends to a Pod that is gone',
    text: service(`  type: NodePort\n${toWeb}`),
    to: '10.96.0.80:80',
    before: (cluster) => {
      cluster.setComponent({ kind: 'kube-proxy', node: null }, 'stops');
      cluster.delete('Pod', 'default/web');
      cluster.advance(60_000);
    },
    want: /a rule for 10\.\S+, which no Pod has now; its kube-proxy is stopped or behind$/,
    line: 'metadata: { name: web }',
  },
  {
    name: 'what ipvs mode left behind sends to a Pod that is gone',
    text: service(`  type: NodePort\n${toWeb}`),
    to: '10.96.0.80:80',
    before: (cluster) => {
      cluster.restartProxy('node01', { proxyMode: 'iptables' });
      cluster.delete('Pod', 'default/web');
      cluster.advance(60_000);
    },
    want: /a rule for 10\.\S+, which no Pod has now; its kube-proxy wrote that in ipvs mode, runs in iptables mode now, and does not clean up after the other: /,
    line: 'metadata: { name: web }',
  },
];

for (const row of rows) {
  test(`blame in IPVS mode: ${row.name}`, () => {
    const text = `${base}${row.text}`;
    const { clusterSpec, manifests } = loadTexts([{ file: 'web.yaml', text }]);
    const cluster = createSimulated({ spec: clusterSpec, manifests });
    row.before?.(cluster);
    const attempt = cluster.connect(row.from ?? 'pod/default/client', row.to);
    const { blame } = attemptDocument(cluster, attempt);
    assert.match(`${blame?.id}: ${blame?.message}`, row.want);
    const line = blame?.line ?? null;
    const pointed = line === null ? '' : (text.split('\n')[line - 1] ?? '');
    assert.ok(pointed.includes(row.line), `${pointed} has no "${row.line}"`);
  });
}
