// `CoreDNS stops` and `CoreDNS starts`: its containers are killed for as long.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterDocument, clusterOf, podText } from './fixture.test.ts';

const start = clusterOf(clusterDocument(2) + podText('client'));
const outcome = (cluster: typeof start) =>
  cluster.fork().resolve('pod/default/client', 'kubernetes.default').outcome;

test('CoreDNS stops: its containers crash again and again, and nobody answers; it starts at once', () => {
  const cluster = start.fork();
  const other = cluster.fork();
  cluster.setComponent({ kind: 'coredns' }, 'stops');
  assert.equal(outcome(cluster), 'timeout');
  cluster.advance(60_000);
  assert.equal(outcome(cluster), 'timeout');
  const status = cluster.objects.list('Pod', 'kube-system')[0]?.status?.containerStatuses?.[0];
  assert.equal(status?.state?.waiting?.reason, 'CrashLoopBackOff');
  assert.equal(status?.lastState?.terminated?.exitCode, 137);
  cluster.setComponent({ kind: 'coredns' }, 'starts');
  assert.equal(outcome(cluster), 'answered');
  assert.equal(outcome(other), 'answered', 'a fork has its own');
});

test('CoreDNS stops: a Pod that comes later is killed too', () => {
  const cluster = start.fork();
  cluster.setComponent({ kind: 'coredns' }, 'stops');
  cluster.scale('Deployment', 'kube-system/coredns', 3);
  const ready = cluster.objects
    .list('Pod', 'kube-system')
    .map((pod) => pod.status?.containerStatuses?.[0]?.ready);
  assert.deepEqual(ready, [false, false, false]);
});
