// The nodes' Leases as a client reads them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowOf } from '../api/scheme.ts';
import type { Lease } from '../api/types.ts';
import type { Cluster } from './cluster.ts';
import { clusterDocument, clusterOf } from './fixture.test.ts';

const row = rowOf({ kind: 'Lease' });

function renewals(cluster: Cluster): readonly string[] {
  const { items } = cluster.requests.list(row, { namespace: 'kube-node-lease' });
  return items.map((item) => {
    const { metadata, spec } = item as unknown as Lease;
    return `${metadata.name} ${spec?.holderIdentity} ${spec?.renewTime?.slice(11)}`;
  });
}

test('a Lease for every node, renewed every ten seconds while its kubelet runs', () => {
  const cluster = clusterOf(clusterDocument(2));
  assert.deepEqual(renewals(cluster), [
    'node01 node01 00:00:00.000000Z',
    'node02 node02 00:00:00.000000Z',
  ]);
  cluster.advance(25_000);
  cluster.happen('Node', 'node02', 'goes down');
  cluster.advance(20_000);
  assert.deepEqual(renewals(cluster), [
    'node01 node01 00:00:40.000000Z',
    'node02 node02 00:00:20.000000Z',
  ]);
  const one = cluster.requests.get(row, { namespace: 'kube-node-lease', name: 'node02' });
  assert.equal((one as unknown as Lease).spec?.renewTime, '2026-01-01T00:00:20.000000Z');
  cluster.happen('Node', 'node02', 'comes back');
  assert.deepEqual(renewals(cluster)[1], 'node02 node02 00:00:40.000000Z');
});

test('a Lease goes with its Node', () => {
  const cluster = clusterOf(clusterDocument(2));
  cluster.delete('Node', 'node02');
  assert.deepEqual(renewals(cluster).length, 1);
});
