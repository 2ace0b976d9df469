// Load balancers in a whole cluster: what the cloud is asked, who reaches what in either mode, and what lags.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from './cluster.ts';
import { clusterDocument, clusterOf, fate, loaded, podText } from './fixture.test.ts';

const provider = (mode: string) =>
  `  cloudProvider: { loadBalancerPool: 198.51.100.0/29, ipMode: ${mode} }\n`;
const balancer = `---
apiVersion: v1
kind: Service
metadata: { name: web, annotations: { service.beta.kubernetes.io/aws-load-balancer-type: nlb } }
spec: { type: LoadBalancer, selector: { app: web }, ports: [ { port: 80 } ] }
`;
const web = podText('web', { labels: 'app: web', spec: 'nodeName: node02' });
const client = podText('client', { spec: 'nodeName: node01' });

function start(mode: string): Cluster {
  return clusterOf(clusterDocument(3, provider(mode)) + web + client);
}

test('all that the cloud was asked is listed, with the annotations', () => {
  const cluster = start('VIP');
  cluster.apply(loaded(balancer).manifests);
  cluster.delete('Node', 'node01');
  cluster.delete('Service', 'default/web');
  const asked = cluster.cloudCalls.map(({ verb, service, nodes }) => `${verb} ${service} ${nodes}`);
  assert.deepEqual(asked, [
    'ensure default/web node01,node02,node03',
    'update default/web node02,node03',
    'delete default/web ',
  ]);
  assert.deepEqual(cluster.cloudCalls[0]?.annotations, {
    'service.beta.kubernetes.io/aws-load-balancer-type': 'nlb',
  });
  assert.ok(
    cluster.notices.some((notice) =>
      notice.endsWith('nlb: the cloud is told, and does nothing about it'),
    ),
    `${cluster.notices}`,
  );
});

test('mode VIP: outside and Pods get through; mode Proxy: the balancer relays', () => {
  const outcomes = ['VIP', 'Proxy'].map((mode) => {
    const cluster = start(mode);
    cluster.apply(loaded(balancer).manifests);
    const from = ['203.0.113.7', 'pod/default/client'];
    const ends = from.map((who) => fate(cluster, who, '198.51.100.1:80').split(' ')[0]);
    const machine = cluster.blueprint().machines.find(({ name }) => name.includes('balancer'));
    return [mode, ...ends, machine?.name];
  });
  assert.deepEqual(outcomes, [
    ['VIP', 'answered', 'answered', undefined],
    ['Proxy', 'answered', 'answered', 'host/load-balancer-198.51.100.1'],
  ]);
});

test('a fork has its own balancers', () => {
  const cluster = start('VIP');
  const fork = cluster.fork();
  fork.apply(loaded(balancer).manifests);
  assert.equal(fate(fork, '203.0.113.7', '198.51.100.1:80').split(' ')[0], 'answered');
  assert.equal(fate(cluster, '203.0.113.7', '198.51.100.1:80').split(' ')[0], 'timeout');
  assert.deepEqual(cluster.cloudCalls, []);
});

test('without a cloud there is no load balancer to lag or to stop', () => {
  const cluster = clusterOf(clusterDocument(1));
  const message = /the cluster has no cloud that makes load balancers/;
  assert.throws(() => cluster.setLag({ kind: 'load-balancer' }, 1000), message);
  assert.throws(() => cluster.setComponent({ kind: 'load-balancer' }, 'stops'), message);
});
