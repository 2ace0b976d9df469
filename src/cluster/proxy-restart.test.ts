// What a kube-proxy that starts anew cleans up of the mode before (platformCleanup), and what stays.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from './cluster.ts';
import { clusterDocument, clusterOf, podText } from './fixture.test.ts';
import { cleansUp } from './proxy-restart.ts';

const rows = [
  { now: 'nftables', left: 'iptables', minor: 34, want: true },
  { now: 'nftables', left: 'ipvs', minor: 34, want: true },
  { now: 'iptables', left: 'nftables', minor: 34, want: true },
  { now: 'ipvs', left: 'nftables', minor: 34, want: true },
  { now: 'ipvs', left: 'iptables', minor: 34, want: false },
  { now: 'iptables', left: 'ipvs', minor: 34, want: false },
  { now: 'iptables', left: 'iptables', minor: 34, want: false },
  { now: 'iptables', left: 'userspace', minor: 25, want: false },
  { now: 'ipvs', left: 'iptables', minor: 25, want: false },
] as const;

for (const { now, left, minor, want } of rows) {
  test(`1.${minor} in ${now} mode ${want ? 'cleans' : 'leaves'} what ${left} mode wrote`, () => {
    assert.equal(cleansUp(now, left, minor), want);
  });
}

const service = `---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { clusterIP: 10.96.0.77, selector: { app: web }, ports: [{ port: 80 }] }
`;
const lab = clusterOf(
  clusterDocument(3).replace('"1.34"', '"1.25"') +
    podText('web', { spec: 'nodeName: node02' }) +
    service,
);
const chains = (cluster: Cluster) =>
  [...cluster.rules('node01', { format: 'iptables-save' }).matchAll(/^:(KUBE-\S+)/gm)].map(
    ([, name]) => name,
  );

test('1.25 from iptables to userspace mode and back: nothing is cleaned up, nothing is there twice', () => {
  const cluster = lab.fork();
  const before = cluster.rules('node01', { format: 'iptables-save' });
  cluster.restartProxy('node01', { proxyMode: 'userspace' });
  const both = chains(cluster);
  assert.ok(both.includes('KUBE-SERVICES') && both.includes('KUBE-PORTALS-HOST'), both.join());
  cluster.restartProxy('node01', { proxyMode: 'iptables' });
  assert.deepEqual(chains(cluster), both);
  assert.equal(cluster.rules('node02', { format: 'iptables-save' }), before);
  const own = cluster.rules('node01', { format: 'iptables-save', input: true });
  assert.match(own, /KUBE-SERVICES/);
});

test('a restart that changes nothing leaves every byte as it was, also in a fork', () => {
  const cluster = lab.fork();
  const before = cluster.rules('node01', { format: 'iptables-save' });
  const fork = cluster.fork();
  fork.restartProxy(null);
  assert.equal(fork.rules('node01', { format: 'iptables-save' }), before);
  fork.restartProxy('node01', { proxyMode: 'userspace' });
  assert.equal(cluster.rules('node01', { format: 'iptables-save' }), before);
});
