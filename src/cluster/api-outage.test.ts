// What goes on and what waits while the API server is stopped, and what follows when it starts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterDocument, clusterOf, fate, podText } from './fixture.test.ts';

const start = clusterOf(clusterDocument(3) + podText('client', { spec: 'nodeName: node01' }));
const ready = (cluster: typeof start) =>
  cluster.objects.get('Node', 'node02')?.status?.conditions?.find(({ type }) => type === 'Ready')
    ?.status;

test('a node that went down before is noticed when the API server runs again', () => {
  const cluster = start.fork();
  cluster.happen('Node', 'node02', 'goes down');
  cluster.setComponent({ kind: 'apiserver' }, 'stops');
  cluster.advance(120_000);
  assert.equal(ready(cluster), 'True', 'nobody can write it');
  cluster.setComponent({ kind: 'apiserver' }, 'starts');
  cluster.advance(5_000);
  assert.equal(ready(cluster), 'Unknown');
});

test('a fork stops on its own; nobody listens at the address of the one that is stopped', () => {
  const cluster = start.fork();
  const stopped = cluster.fork();
  stopped.setComponent({ kind: 'apiserver' }, 'stops');
  assert.match(fate(stopped, 'pod/default/client', 'kubernetes:443'), /^refused/);
  assert.match(fate(cluster, 'pod/default/client', 'kubernetes:443'), /^answered/);
  assert.throws(() => stopped.fork().delete('Pod', 'default/client'), /was refused - did you/);
  cluster.delete('Pod', 'default/client');
});

test('what would need a kubelet meanwhile is refused', () => {
  const cluster = start.fork();
  cluster.setComponent({ kind: 'apiserver' }, 'stops');
  assert.throws(() => cluster.happen('Pod', 'default/client', 'crashes'), /not modelled/);
});
