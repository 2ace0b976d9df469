// A CoreDNS that does not get its first lists from the API server: how its start waits, and what it answers then.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from './cluster.ts';
import { clusterDocument, clusterOf, loaded, podText } from './fixture.test.ts';

const corefile = (more = '') => `---
apiVersion: v1
kind: ConfigMap
metadata: { name: coredns, namespace: kube-system }
data:
  Corefile: |
    .:53 {
      ready
      kubernetes cluster.local
      reload
      ${more}
    }
`;
const policy = `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: no-way-out, namespace: kube-system }
spec: { podSelector: {}, policyTypes: [Egress] }
`;
const waiting = '[INFO] plugin/kubernetes: waiting for Kubernetes API before starting server';
const unsynced = '[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API';
const document = (more = '') => clusterDocument(1, more) + podText('client');

function first(cluster: Cluster) {
  const [pod] = cluster.objects.list('Pod', 'kube-system');
  const key = `kube-system/${pod?.metadata.name}`;
  return { key, ip: pod?.status?.podIP ?? '', log: () => cluster.logs(key) };
}

const rcodeOf = (cluster: Cluster, ip: string) => {
  const dig = ['dig', '+noall', '+comments', '+tries=1', '+time=1', `@${ip}`];
  const { stdout } = cluster.exec('pod/default/client', [
    ...dig,
    'kubernetes.default.svc.cluster.local',
  ]);
  return /status: (\w+)/.exec(stdout)?.[1] ?? 'silence';
};

const cases = [
  { name: 'a policy shuts it in', version: '1.34', lines: [...Array(9).fill(waiting), unsynced] },
  { name: 'a policy shuts it in, before 1.9.1', version: '1.23', lines: [unsynced] },
  { name: 'a policy shuts it in, before 1.8.4', version: '1.20', lines: [] },
];
for (const { name, version, lines } of cases) {
  test(`B16: ${name}: it waits, and starts without its lists`, () => {
    const text = document().replace('"1.34"', `"${version}"`);
    const cluster = clusterOf(text + corefile());
    const { key, ip, log } = first(cluster);
    cluster.apply(loaded(policy).manifests);
    cluster.happen('Pod', key, 'restarts');
    const said = log()
      .split('\n')
      .filter((line) => /Kubernetes API/.test(line));
    assert.deepEqual(said, lines);
    assert.ok(log().indexOf('.:53\n') > log().lastIndexOf('Kubernetes API'), log());
    assert.equal(rcodeOf(cluster, ip), 'SERVFAIL');
    const ready = cluster.exec('pod/default/client', [
      'curl',
      '-s',
      '-i',
      `http://${ip}:8181/ready`,
    ]);
    assert.match(ready.stdout, /503 Service Unavailable[\s\S]*kubernetes$/);
    const conditions = cluster.objects.get('Pod', key)?.status?.conditions;
    assert.equal(conditions?.find(({ type }) => type === 'Ready')?.status, 'False');
    cluster.delete('NetworkPolicy', 'kube-system/no-way-out');
    cluster.advance(40_000);
    assert.equal(rcodeOf(cluster, ip), 'NOERROR');
    const after = cluster.objects.get('Pod', key)?.status?.conditions;
    assert.equal(after?.find(({ type }) => type === 'Ready')?.status, 'True');
  });
}

test('B16: nothing listens while the start waits, and it ends when the lists come', () => {
  const cluster = clusterOf(document('  timing: realistic') + corefile());
  cluster.advance(30_000);
  cluster.apply(loaded(policy).manifests);
  cluster.advance(5000);
  const { key } = first(cluster);
  cluster.happen('Pod', key, 'restarts');
  cluster.advance(2200);
  const { ip, log } = first(cluster);
  assert.equal(rcodeOf(cluster.fork(), ip), 'silence');
  cluster.delete('NetworkPolicy', 'kube-system/no-way-out');
  cluster.advance(2000);
  assert.equal(rcodeOf(cluster.fork(), ip), 'NOERROR');
  assert.doesNotMatch(log(), /unsynced/);
});

test('B16: a process that starts while one before it still waits has its own five seconds', () => {
  const cluster = clusterOf(document('  timing: realistic') + corefile());
  cluster.advance(30_000);
  cluster.apply(loaded(policy).manifests);
  cluster.advance(5000);
  const { key, log } = first(cluster);
  cluster.happen('Pod', key, 'restarts');
  cluster.advance(2200);
  cluster.happen('Pod', key, 'restarts');
  cluster.advance(14_000);
  cluster.advance(4000);
  const said = log()
    .split('\n')
    .filter((line) => line === waiting);
  assert.equal(said.length, 9, log());
});

test('B16: a policy that comes later changes nothing, and one elsewhere neither', () => {
  const cluster = clusterOf(document() + corefile() + policy.replace('kube-system', 'default'));
  assert.equal(rcodeOf(cluster.fork(), first(cluster).ip), 'silence', 'the client is shut in');
  assert.doesNotMatch(first(cluster).log(), /Kubernetes API/);
  const later = clusterOf(document() + corefile());
  later.apply(loaded(policy).manifests);
  assert.equal(rcodeOf(later, first(later).ip), 'NOERROR');
});

test('a reload while the API server is stopped: the old one answers for 5 s, the new one knows nothing', () => {
  const timing = '  timing: { configMap: 1s, dnsReload: 30s }';
  const cluster = clusterOf(document(timing) + corefile());
  cluster.apply(loaded(corefile('errors')).manifests);
  cluster.setComponent({ kind: 'apiserver' }, 'stops');
  const { ip, log } = first(cluster);
  while (!log().includes('Reloading')) cluster.advance(250);
  cluster.advance(4000);
  assert.equal(rcodeOf(cluster, ip), 'NOERROR');
  cluster.advance(2000);
  assert.ok(log().includes(`${unsynced}\n[INFO] plugin/reload: Running`), log());
  assert.equal(rcodeOf(cluster, ip), 'SERVFAIL');
  cluster.setComponent({ kind: 'apiserver' }, 'starts');
  cluster.advance(30_000);
  assert.equal(rcodeOf(cluster, ip), 'NOERROR');
});
