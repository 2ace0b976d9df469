// Load balancers in a whole cluster: what the cloud is asked, who reaches what in either mode, and what lags.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addr } from '../net/addr.ts';
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

const prefix = 'service.beta.kubernetes.io';
const remarks: readonly {
  readonly name: string;
  readonly provider: string;
  readonly notes?: string;
  readonly spec?: string;
  readonly want: readonly string[];
}[] = [
  {
    name: 'a value that the provider takes',
    provider: 'name: aws',
    notes: `${prefix}/aws-load-balancer-healthcheck-interval: "30"`,
    want: [],
  },
  {
    name: 'one that it does not take',
    provider: 'name: aws',
    notes: `${prefix}/aws-load-balancer-healthcheck-interval: "1"`,
    want: [
      `has ${prefix}/aws-load-balancer-healthcheck-interval: 1, which is no number from 5 to 300: the check stays as it is`,
    ],
  },
  {
    name: "another provider's annotation",
    provider: 'name: gce',
    notes: `${prefix}/azure-load-balancer-health-probe-interval: "30"`,
    want: [
      `has ${prefix}/azure-load-balancer-health-probe-interval: 30: the cloud is told, and does nothing about it`,
    ],
  },
  {
    name: 'affinity that AWS does not look at',
    provider: 'name: aws',
    spec: 'sessionAffinity: ClientIP, ports: [ { port: 80 } ]',
    want: [
      'has sessionAffinity ClientIP, which balancers of aws do not look at: each node keeps it for itself',
    ],
  },
  {
    name: 'affinity that it was told of',
    provider: 'name: aws',
    notes: `${prefix}/aws-load-balancer-target-group-attributes: "stickiness.enabled=true,stickiness.type=source_ip"`,
    spec: 'sessionAffinity: ClientIP, ports: [ { port: 80 } ]',
    want: [],
  },
  {
    name: 'affinity behind a balancer that ends connections',
    provider: 'ipMode: Proxy',
    spec: 'sessionAffinity: ClientIP, ports: [ { port: 80 } ]',
    want: [
      'has sessionAffinity ClientIP: a load balancer of ipMode Proxy picks a node for each connection, and nodes see its address',
    ],
  },
  {
    name: 'a number twice',
    provider: 'name: aws',
    spec: 'ports: [ { name: a, port: 53 }, { name: b, port: 53, protocol: UDP } ]',
    want: ['has port 53 twice, and a balancer of aws listens once: not for UDP'],
  },
];
for (const {
  name,
  provider: given,
  notes = '',
  spec = 'ports: [ { port: 80 } ]',
  want,
} of remarks) {
  test(`what is reported of a balanced Service: ${name}`, () => {
    const cloud = `  cloudProvider: { loadBalancerPool: 198.51.100.0/29, ${given} }\n`;
    const service = `---
apiVersion: v1
kind: Service
metadata: { name: web, annotations: { ${notes} } }
spec: { type: LoadBalancer, ${spec} }
`;
    const { notices } = clusterOf(clusterDocument(1, cloud) + service);
    const said = notices.map((notice) => notice.replace(/^.*Service "default\/web" /, ''));
    assert.deepEqual(said, want);
  });
}

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

test('health checks of a node port take no host of the document for theirs', () => {
  const hosts = '  hosts: [{ name: health-checks, ip: 203.0.113.9 }]\n';
  const aws = provider('VIP').replace('{ ', '{ name: aws, ');
  const cluster = clusterOf(`${clusterDocument(3, aws + hosts)}${web}${balancer}`);
  const { dial } = cluster.connect('host/health-checks', '198.51.100.1:80');
  assert.deepEqual([dial?.outcome, dial?.client.addr], ['answered', addr('203.0.113.9')]);
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
