// CoreDNS processes around which something goes away: their Pod's object, their ConfigMap, their kubelet; and two of them
// that want one port.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from './cluster.ts';
import { clusterDocument, clusterOf, loaded, podText } from './fixture.test.ts';

const answers = (text: string): readonly string[] => [
  'template IN A {',
  `  answer "{{ .Name }} 5 IN A ${text}"`,
  '}',
];

function configMap(name: string, lines: readonly string[]): string {
  return `---
apiVersion: v1
kind: ConfigMap
metadata: { name: ${name} }
data:
  Corefile: |
    .:53 {
${lines.map((line) => `      ${line}`).join('\n')}
    }
`;
}

interface More {
  readonly isOnHost?: boolean;
  /** A container beside it. */
  readonly beside?: boolean;
}

/** A Pod on node01 that runs CoreDNS by a ConfigMap of its name, and declares no port. */
function coreDns(name: string, lines: readonly string[], more: More = {}): string {
  const { isOnHost = false, beside = false } = more;
  return `${configMap(name, lines)}---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: ${name} } }
spec:
  nodeName: node01
  hostNetwork: ${isOnHost}
  containers:
    - name: coredns
      image: registry.k8s.io/coredns/coredns:v1.12.1
      args: [-conf, /etc/coredns/Corefile]
      volumeMounts: [{ name: conf, mountPath: /etc/coredns }]
${beside ? '    - { name: beside, image: nginx }' : ''}
  volumes: [{ name: conf, configMap: { name: ${name} } }]
`;
}

const client = podText('client', { spec: 'nodeName: node02' });
const document = clusterDocument(2) + client;

function ask(cluster: Cluster, at: string, type = 'A'): string {
  const dig = ['dig', '+short', '+tries=1', '+time=1', `@${at}`, 'a.org', type];
  return cluster.exec('pod/default/client', dig).stdout.trim();
}

const ipOf = (cluster: Cluster, name: string): string =>
  cluster.objects.get('Pod', `default/${name}`)?.status?.podIP ?? '';

test('a CoreDNS whose kubelet is down goes on when its Pod is deleted by force, and ends when the kubelet is back', () => {
  const cluster = clusterOf(document + coreDns('dns', answers('192.0.2.1')));
  const ip = ipOf(cluster, 'dns');
  cluster.setComponent({ kind: 'kubelet', node: 'node01' }, 'stops');
  cluster.delete('Pod', 'default/dns', { gracePeriodSeconds: 0 });
  assert.equal(ask(cluster, ip), '192.0.2.1');
  assert.equal(ask(cluster.fork(), ip), '192.0.2.1');
  cluster.setComponent({ kind: 'kubelet', node: 'node01' }, 'starts');
  assert.match(ask(cluster, ip), /timed out|no servers/);
});

test('a container that starts again finds the files of a ConfigMap that is gone', () => {
  const cluster = clusterOf(document + coreDns('dns', ['reload', ...answers('192.0.2.1')]));
  const ip = ipOf(cluster, 'dns');
  cluster.delete('ConfigMap', 'default/dns');
  for (const what of ['restarts', 'crashes'] as const) {
    cluster.happen('Pod', 'default/dns', what);
    cluster.advance(60_000);
    assert.equal(ask(cluster.fork(), ip), '192.0.2.1', what);
  }
  const fork = cluster.fork();
  fork.apply(loaded(configMap('dns', ['reload', ...answers('192.0.2.2')])).manifests);
  fork.advance(200_000);
  assert.equal(ask(fork, ip), '192.0.2.2', 'there is a ConfigMap of that name again');
  assert.equal(ask(cluster, ip), '192.0.2.1', 'that was the fork');
});

test('a Pod that comes when the ConfigMap is gone does not start', () => {
  const cluster = clusterOf(document + coreDns('dns', answers('192.0.2.1')));
  cluster.delete('ConfigMap', 'default/dns');
  cluster.delete('Pod', 'default/dns');
  const [, pod = ''] = coreDns('dns', []).split('---\n').slice(1);
  cluster.apply(loaded(pod).manifests);
  const status = cluster.objects.get('Pod', 'default/dns')?.status;
  assert.equal(status?.containerStatuses?.[0]?.state?.waiting?.reason, 'ContainerCreating');
});

test('nobody writes a changed Corefile while the kubelet is down', () => {
  const cluster = clusterOf(document + coreDns('dns', ['reload', ...answers('192.0.2.1')]));
  const ip = ipOf(cluster, 'dns');
  cluster.setComponent({ kind: 'kubelet', node: 'node01' }, 'stops');
  cluster.apply(loaded(configMap('dns', ['reload', ...answers('192.0.2.2')])).manifests);
  cluster.advance(200_000);
  assert.equal(ask(cluster.fork(), ip), '192.0.2.1');
  cluster.setComponent({ kind: 'kubelet', node: 'node01' }, 'starts');
  cluster.advance(200_000);
  assert.equal(ask(cluster, ip), '192.0.2.2');
});

test('two CoreDNS on the network of one node share its port: SO_REUSEPORT', () => {
  const isOnHost = true;
  const cluster = clusterOf(
    document +
      coreDns('one', ['health', ...answers('192.0.2.1')], { isOnHost }) +
      coreDns('two', ['health', ...answers('192.0.2.2')], { isOnHost }),
  );
  const heard = Array.from({ length: 24 }, () => ask(cluster, '10.0.0.11'));
  assert.deepEqual([...new Set(heard)].sort(), ['192.0.2.1', '192.0.2.2']);
  cluster.delete('Pod', 'default/one');
  const left = Array.from({ length: 8 }, () => ask(cluster, '10.0.0.11'));
  assert.deepEqual([...new Set(left)], ['192.0.2.2']);
});

test('a loop ends its own container alone, and is the last line of its log', () => {
  const lines = ['log', 'loop', 'forward . 127.0.0.1'];
  const cluster = clusterOf(document + coreDns('dns', lines, { beside: true }));
  const statuses = cluster.objects.get('Pod', 'default/dns')?.status?.containerStatuses ?? [];
  const restarts = Object.fromEntries(statuses.map((one) => [one.name, one.restartCount > 0]));
  assert.deepEqual(restarts, { coredns: true, beside: false });
  const log = cluster.logs('default/dns', 'coredns', true).trimEnd().split('\n');
  assert.match(log.at(-1) ?? '', /^\[FATAL\] plugin\/loop: /);
  assert.match(log[0] ?? '', /^maxprocs|^\.:53|^CoreDNS/);
});

test('what one process has begun to try the next one tries on its own: its probes of loop are no more', () => {
  const lines = ['log', 'loop', 'forward . 192.0.2.53'];
  const timing = clusterDocument(2, '  timing: realistic');
  const cluster = clusterOf(timing + client + coreDns('dns', lines));
  cluster.advance(60_000);
  const probesAfter = (restarts: readonly number[]) => {
    const fork = cluster.fork();
    for (const ms of restarts) {
      fork.happen('Pod', 'default/dns', 'restarts');
      fork.advance(ms);
    }
    return fork.logs('default/dns').match(/HINFO.*/g)?.length;
  };
  const alone = probesAfter([20_000]);
  assert.equal(alone, 3);
  assert.equal(probesAfter([2000, 20_000]), alone);
});

test('a Service that aims at a CoreDNS does not make it start its plugins again', () => {
  const cluster = clusterOf(document + coreDns('dns', ['log', 'loop', ...answers('192.0.2.1')]));
  const probes = () => cluster.logs('default/dns').match(/HINFO/g)?.length;
  const before = probes();
  const service = `apiVersion: v1
kind: Service
metadata: { name: dns }
spec: { selector: { app: dns }, ports: [{ port: 53, protocol: UDP }] }
`;
  cluster.apply(loaded(service).manifests);
  assert.equal(before, 1);
  assert.equal(probes(), before);
  assert.equal(ask(cluster, ipOf(cluster, 'dns')), '192.0.2.1');
});

test('a node-cache that is deleted by force takes its rules and its device away', () => {
  const bind = ['bind __PILLAR__LOCAL__DNS__', ...answers('192.0.2.1')];
  const text = coreDns('cache', bind, { isOnHost: true })
    .replace('coredns/coredns:v1.12.1', 'dns/k8s-dns-node-cache:1.26.7')
    .replace('-conf, /etc/coredns/Corefile', '-localip, 169.254.20.10, -conf, /etc/Corefile')
    .replace(
      'configMap: { name: cache }',
      'configMap: { name: cache, items: [{ key: Corefile, path: Corefile.base }] }',
    );
  const cluster = clusterOf(document + text);
  const traces = () =>
    `${cluster.rules('node01', { format: 'iptables-save' })}${cluster.exec('node/node01', ['ip', 'addr']).stdout}`;
  assert.match(traces(), /-d 169\.254\.20\.10\/32[\s\S]*inet 169\.254\.20\.10/);
  cluster.delete('Pod', 'default/cache', { gracePeriodSeconds: 0 });
  assert.doesNotMatch(traces(), /169\.254\.20\.10/);
});

test('a Corefile that stays wrong is one notice, however often it is looked at', () => {
  const timing = '  timing: { configMap: 1s, dnsReload: 5s }';
  const cluster = clusterOf(
    clusterDocument(2, timing) + client + coreDns('dns', ['reload', ...answers('192.0.2.1')]),
  );
  cluster.apply(loaded(configMap('dns', ['reload', 'import {'])).manifests);
  cluster.advance(120_000);
  const own = cluster.notices.filter((text) => text.includes('plugin/reload'));
  assert.equal(own.length, 1, own.join('\n'));
});
