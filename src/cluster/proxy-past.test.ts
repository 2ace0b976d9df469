// What shows of kube-proxies' earlier syncs: the text of the last one, and in a large cluster
// chains that nothing leads to any more.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster, Component } from './cluster.ts';
import { clusterDocument, clusterOf } from './fixture.test.ts';

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
