// kube-proxies of a cluster with two families: each family's flows are its own kube-proxy's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UDP } from '../net/packet.ts';
import type { Cluster } from './cluster.ts';
import { clusterDocument, clusterOf, fate, podText } from './fixture.test.ts';

const networking = `  networking:
    podSubnet: 10.244.0.0/16,fd00:10:244::/56
    serviceSubnet: 10.96.0.0/16,fd00:10:96::/112
`;
const server = (name: string, node: string) => `---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: web } }
spec:
  nodeName: ${node}
  containers: [ { name: c, image: nginx, ports: [ { containerPort: 53, protocol: UDP } ] } ]
`;
const service = `---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIPs: [ 10.96.0.77, "fd00:10:96::77" ]
  clusterIP: 10.96.0.77
  ipFamilyPolicy: RequireDualStack
  ipFamilies: [ IPv4, IPv6 ]
  selector: { app: web }
  ports: [ { port: 53, protocol: UDP } ]
`;
const both = clusterDocument(3, networking).replaceAll(
  /internalIP: 10\.0\.0\.(\d+)/g,
  'internalIP: "10.0.0.$1,fd00:10::$1"',
);
const lab = clusterOf(
  both +
    podText('client', { spec: 'nodeName: node01' }) +
    server('a', 'node02') +
    server('b', 'node03') +
    service,
);

const flow = (cluster: Cluster, target: string, sourcePort: number) =>
  fate(cluster, 'pod/default/client', target, { proto: UDP, sourcePort });

for (const target of ['10.96.0.77:53', '[fd00:10:96::77]:53']) {
  test(`A14 a UDP flow to ${target} leaves an endpoint that is gone`, () => {
    const cluster = lab.fork();
    const taken = flow(cluster, target, 5555) === 'answered pod/default/a' ? 'a' : 'b';
    cluster.delete('Pod', `default/${taken}`);
    const survivor = `answered pod/default/${taken === 'a' ? 'b' : 'a'}`;
    assert.equal(flow(cluster, target, 5555), survivor);
  });
}
