// When kube-proxies write, and what they delete: stopped, lagging and restarted ones, recent lists between two syncs,
// a node that is added.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UDP } from '../net/packet.ts';
import type { Cluster, Component } from './cluster.ts';
import { clusterDocument, clusterOf, fate, loaded, podText } from './fixture.test.ts';

const onNode = (name: string, node: string, port: string) => `---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: web } }
spec:
  nodeName: ${node}
  containers: [ { name: c, image: nginx, ports: [ ${port} ] } ]
`;
const service = (more: string) => `---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { clusterIP: 10.96.0.77, selector: { app: web }, ${more} }
`;
const pods = (port: string) => onNode('a', 'node02', port) + onNode('b', 'node03', port);
const client = podText('client', { spec: 'nodeName: node01' });
const target = '10.96.0.77:53';
const proxy: Component = { kind: 'kube-proxy', node: 'node01' };

const dns = 'containerPort: 53, protocol: UDP';
const dnsText = client + pods(`{ ${dns} }`) + service('ports: [ { port: 53, protocol: UDP } ]');
const lab = clusterOf(clusterDocument(3) + dnsText);
const configuration = (mode: string) => `---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: ${mode}
`;

/** Where a UDP flow of a fixed source port ends up. */
const flow = (cluster: Cluster) =>
  fate(cluster, 'pod/default/client', target, { proto: UDP, sourcePort: 5555 });

/** Sends one datagram and deletes the Pod that took it. */
function loseBackend(cluster: Cluster): { readonly survivor: string } {
  const taken = flow(cluster) === 'answered pod/default/a' ? 'a' : 'b';
  cluster.delete('Pod', `default/${taken}`);
  return { survivor: `answered pod/default/${taken === 'a' ? 'b' : 'a'}` };
}

for (const mode of ['iptables', 'nftables']) {
  test(`A14: a kube-proxy in ${mode} mode deletes stale UDP flows, and those it missed`, () => {
    const cluster = clusterOf(clusterDocument(3) + dnsText + configuration(mode));
    flow(cluster);
    const attentive = cluster.fork();
    const { survivor: other } = loseBackend(attentive);
    assert.equal(flow(attentive), other);
    cluster.setComponent(proxy, 'stops');
    const { survivor } = loseBackend(cluster);
    assert.notEqual(flow(cluster), survivor);
    cluster.setComponent(proxy, 'starts');
    assert.equal(flow(cluster), survivor);
  });
}

test('A14: a kube-proxy that lags deletes UDP flows when it writes, not before', () => {
  const cluster = lab.fork();
  flow(cluster);
  cluster.setLag(proxy, 2_000);
  const { survivor } = loseBackend(cluster);
  assert.notEqual(flow(cluster), survivor);
  cluster.advance(2_000);
  assert.equal(flow(cluster), survivor);
});

test('a stopped kube-proxy writes nothing, whatever its lag', () => {
  const cluster = lab.fork();
  cluster.setComponent(proxy, 'stops');
  cluster.setLag(proxy, 1_000);
  const before = cluster.rules('node01', { format: 'iptables-save' });
  cluster.delete('Pod', 'default/a');
  cluster.advance(5_000);
  assert.equal(cluster.rules('node01', { format: 'iptables-save' }), before);
});

test('a lag that ends leaves no kube-proxy behind, and never takes it back', () => {
  const cluster = lab.fork();
  const dnats = (node: string) =>
    cluster.rules(node, { format: 'iptables-save' }).match(/ -j DNAT .*:53\n/g)?.length;
  const all = dnats('node02') ?? 0;
  cluster.setLag(proxy, 2_000);
  cluster.delete('Pod', 'default/a');
  assert.equal(dnats('node01'), all);
  cluster.setLag(proxy, 0);
  cluster.delete('Pod', 'default/b');
  assert.equal(dnats('node01'), dnats('node02'));
  cluster.advance(10_000);
  assert.equal(dnats('node01'), dnats('node02'));
});

test('B8: an endpoint that was gone between two connections has forgotten its clients', () => {
  const port = '{ containerPort: 80 }';
  const more = 'sessionAffinity: ClientIP, ports: [ { port: 80 } ]';
  const text = clusterDocument(3) + client + pods(port) + service(more);
  const moved = Array.from({ length: 12 }, (_, seed) => {
    const cluster = clusterOf(text, seed);
    const ask = () => fate(cluster, 'pod/default/client', '10.96.0.77:80').split(' pod/')[1] ?? '';
    const first = ask();
    cluster.happen('Pod', first, 'stops being ready');
    cluster.happen('Pod', first, 'becomes ready');
    return ask() !== first;
  });
  assert.deepEqual([...new Set(moved)].sort(), [false, true]);
});

test('a node that is added has the rules of its kube-proxy before anything else changes', () => {
  const cluster = clusterOf(
    clusterDocument(3) + pods('{ containerPort: 80 }') + service('ports: [ { port: 80 } ]'),
  );
  assert.match(fate(cluster, 'node/node01', '10.96.0.77:80'), /^answered/);
  const node = `apiVersion: v1
kind: Node
metadata: { name: node04 }
status: { addresses: [ { type: InternalIP, address: 10.0.0.14 } ] }
`;
  cluster.apply(loaded(node).manifests);
  assert.match(fate(cluster, 'node/node04', '10.96.0.77:80'), /^answered/);
});
