// What shows of kube-proxies' earlier syncs: the text of the last one, and in a large cluster
// chains that nothing leads to any more.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster, Component } from './cluster.ts';
import { clusterDocument, clusterOf, loaded } from './fixture.test.ts';

const text = (name: string, clusterIP: string, ...slices: readonly (readonly string[])[]) => `---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { clusterIP: ${clusterIP}, ports: [ { port: 80 } ] }
${slices
  .map(
    (addresses, i) => `---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: ${name}-${i}, labels: { kubernetes.io/service-name: ${name} } }
addressType: IPv4
ports: [ { name: "", port: 8080, protocol: TCP } ]
endpoints:
${addresses.map((address) => `  - { addresses: [ ${address} ] }`).join('\n')}
`,
  )
  .join('')}`;

const range = (third: number, count: number) =>
  Array.from({ length: count }, (_, i) => `10.50.${third + (i >> 8)}.${i & 255}`);
const small = text('web', '10.96.7.1', ['10.50.9.1']) + text('db', '10.96.7.2', ['10.50.9.2']);
const large = small + text('big', '10.96.7.3', range(0, 600), range(4, 500));

const lastSync = (cluster: Cluster, node = 'node01') =>
  cluster.rules(node, { format: 'iptables-save', lastSync: true });
const held = (cluster: Cluster, node = 'node01') =>
  cluster.rules(node, { format: 'iptables-save', owner: 'kube-proxy' });
const ownRules = (input: string, name: string) =>
  input.split('\n').filter((line) => /^-A KUBE-S(VC|EP)-/.test(line) && line.includes(name)).length;

test('B9 the last sync wrote the own chains of the Service that changed', () => {
  const cluster = clusterOf(clusterDocument(2) + small);
  cluster.delete('EndpointSlice', 'default/web-0');
  const input = lastSync(cluster);
  assert.equal(ownRules(input, 'default/db'), 0);
  assert.equal(input.match(/^-X KUBE-S(VC|EP)-/gm)?.length, 2);
  // A full one would have written them, and has nothing to delete.
  const full = cluster.rules('node01', { format: 'iptables-save', input: true });
  assert.equal(ownRules(full, 'default/db') > 0, true);
  assert.equal(full.includes('-X '), false);
});

test('B9 a kube-proxy that starts again writes everything', () => {
  const cluster = clusterOf(clusterDocument(2) + small);
  const proxy: Component = { kind: 'kube-proxy', node: 'node01' };
  cluster.setComponent(proxy, 'stops');
  cluster.delete('EndpointSlice', 'default/web-0');
  cluster.setComponent(proxy, 'starts');
  assert.ok(ownRules(lastSync(cluster), 'default/db') > 0);
  assert.equal(lastSync(cluster).match(/^-X KUBE-S(VC|EP)-/gm)?.length, 2);
  assert.equal(ownRules(lastSync(cluster, 'node02'), 'default/db'), 0);
});

test('H25 in a large cluster stale chains stand until a sync after more than syncPeriod', () => {
  const cluster = clusterOf(clusterDocument(1) + large);
  cluster.advance(60_000);
  cluster.delete('EndpointSlice', 'default/web-0');
  const cleaned = held(cluster);
  cluster.delete('EndpointSlice', 'default/db-0');
  const sep = /^:KUBE-SEP-/gm;
  const count = (saved: string) => saved.match(sep)?.length ?? 0;
  assert.equal(count(held(cluster)), count(cleaned));
  const fork = cluster.fork();
  cluster.advance(30_001);
  assert.equal(count(held(cluster)), count(cleaned));
  cluster.delete('Service', 'default/web');
  assert.equal(count(held(cluster)), count(cleaned) - 1);
  assert.equal(count(held(fork)), count(cleaned));
});

test('an hour without a change brings a full sync, also in a large cluster', () => {
  const cluster = clusterOf(clusterDocument(1) + large);
  cluster.advance(60_000);
  cluster.delete('EndpointSlice', 'default/web-0');
  cluster.delete('EndpointSlice', 'default/db-0');
  const count = () => held(cluster).match(/^:KUBE-SEP-/gm)?.length ?? 0;
  const stale = count();
  cluster.advance(3_599_999);
  assert.equal(count(), stale);
  const written = () => lastSync(cluster).match(/^-A KUBE-SEP-/gm)?.length ?? 0;
  assert.equal(written(), 0);
  cluster.advance(1);
  assert.equal(count(), stale - 1);
  assert.ok(written() > 1_000);
});

test("the last sync of a small cluster is the last hour's too", () => {
  const cluster = clusterOf(clusterDocument(2) + small);
  cluster.delete('EndpointSlice', 'default/web-0');
  const fork = cluster.fork();
  fork.advance(3_600_000);
  assert.equal(ownRules(lastSync(cluster), 'default/db'), 0);
  assert.ok(ownRules(lastSync(fork), 'default/db') > 0);
  assert.equal(lastSync(fork).includes('-X '), false);
  const hourly = lastSync(fork);
  fork.advance(36_000_000);
  assert.equal(lastSync(fork), hourly);
});

test('1.32 syncs by the hour too, but only what has changed', () => {
  const cluster = clusterOf(clusterDocument(2).replace('"1.34"', '"1.32"') + small);
  cluster.delete('EndpointSlice', 'default/web-0');
  cluster.advance(3_600_000);
  assert.equal(ownRules(lastSync(cluster), 'default/db'), 0);
  assert.equal(lastSync(cluster).includes('-X '), false);
});

test('a node that is added has no past: its first sync is a full one', () => {
  const cluster = clusterOf(clusterDocument(2) + small);
  cluster.delete('EndpointSlice', 'default/web-0');
  const node = `apiVersion: v1
kind: Node
metadata: { name: node09 }
status: { addresses: [ { type: InternalIP, address: 10.0.0.19 } ] }
`;
  cluster.apply(loaded(node).manifests);
  assert.ok(ownRules(lastSync(cluster, 'node09'), 'default/db') > 0);
  assert.equal(lastSync(cluster, 'node09').includes('-X '), false);
  assert.equal(ownRules(lastSync(cluster), 'default/db'), 0);
  cluster.delete('EndpointSlice', 'default/db-0');
  assert.equal(lastSync(cluster, 'node09').includes('-X '), true);
});

const configuration = `---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
`;
const more = `apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata: { name: more }
spec: { cidrs: [ 172.20.0.0/16 ] }
`;
const drop = (cluster: Cluster) =>
  /ip daddr (.*) drop comment "Drop traffic to unallocated ClusterIPs"/.exec(
    cluster.rules('node01', { format: 'nft', owner: 'kube-proxy' }),
  )?.[1];
const withMore = '{ 10.96.0.0/12, 172.20.0.0/16 }';

test('nftables mode knows a further ServiceCIDR from its next full sync on', () => {
  const cluster = clusterOf(clusterDocument(2) + small + configuration);
  assert.equal(drop(cluster), '10.96.0.0/12');
  cluster.apply(loaded(more).manifests);
  cluster.settle();
  const [restarted, later] = [cluster.fork(), cluster.fork()];
  cluster.delete('EndpointSlice', 'default/web-0');
  assert.equal(drop(cluster), '10.96.0.0/12');
  restarted.restartProxy('node01');
  assert.equal(drop(restarted), withMore);
  later.advance(3_599_999);
  assert.equal(drop(later), '10.96.0.0/12');
  later.advance(1);
  assert.equal(drop(later), withMore);
});

test('nftables mode: the last sync wrote what had changed, and a new process writes everything', () => {
  const cluster = clusterOf(clusterDocument(2) + small + configuration);
  const last = (of: Cluster, node = 'node01') => of.rules(node, { format: 'nft', lastSync: true });
  cluster.advance(5_000);
  cluster.delete('EndpointSlice', 'default/web-0');
  assert.match(
    last(cluster),
    /^delete element ip kube-proxy service-ips \{ 10\.96\.7\.1 \. tcp \. 80 /m,
  );
  assert.match(last(cluster), /^flush chain ip kube-proxy service-\w+-default\/web\/tcp\/$/m);
  assert.equal(last(cluster).includes('default/db'), false);
  cluster.advance(2_000);
  const restarted = cluster.fork();
  restarted.restartProxy('node01');
  assert.ok(last(restarted).includes('default/db'));
  assert.equal(last(restarted, 'node02'), last(cluster, 'node02'));
  cluster.delete('EndpointSlice', 'default/db-0');
  // A chain that nobody has used for a second goes with the next sync.
  assert.match(last(cluster), /^delete chain ip kube-proxy service-\w+-default\/web\/tcp\/$/m);
});
