// Messages that come from outside of the simulation: who is asked, and that nobody is where no process runs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode } from '../dns/message/encode.ts';
import { query } from '../dns/message/message.ts';
import { addr } from '../net/addr.ts';
import { UDP } from '../net/packet.ts';
import type { Cluster } from './cluster.ts';
import { noServer } from './dns-queries.ts';
import { clusterDocument, clusterOf } from './fixture.test.ts';

function asked(cluster: Cluster): string {
  const message = encode(query(1, 'kubernetes.default.svc.cluster.local.', 1));
  const client = { addr: addr('127.0.0.1'), port: 40_000, proto: UDP } as const;
  const { replies, why } = cluster.askDns(message, client);
  return replies.length > 0 ? 'answered' : why;
}

test('a CoreDNS that has crashed is not asked, though a kubelet that is down has not said so', () => {
  const cluster = clusterOf(clusterDocument(1));
  assert.equal(asked(cluster), 'answered');
  cluster.setComponent({ kind: 'kubelet', node: 'node01' }, 'stops');
  const before = cluster.objects.list('Pod', 'kube-system');
  for (const { metadata } of before) {
    cluster.happen('Pod', `kube-system/${metadata.name}`, 'crashes');
    const isLast = metadata.name === before.at(-1)?.metadata.name;
    assert.equal(asked(cluster), isLast ? noServer : 'answered');
  }
  assert.deepEqual(cluster.objects.list('Pod', 'kube-system'), before, 'they count as ready');
});
