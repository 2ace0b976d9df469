// What the index answers without looking at every object: who owns nothing, and whose selector may match.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnyObject, WatchEvent } from '../api/types.ts';
import { ObjectIndex } from './object-index.ts';

function object(kind: string, name: string, more: object = {}, metadata: object = {}): AnyObject {
  return {
    apiVersion: 'v1',
    kind,
    metadata: { name, namespace: 'demo', uid: name, ...metadata },
    ...more,
  } as unknown as AnyObject;
}

function event(type: WatchEvent['type'], now: AnyObject, previous?: AnyObject): WatchEvent {
  return { type, kind: now.kind, key: `demo/${now.metadata.name}`, object: now, previous };
}

const selector = (matchLabels: object) => ({ spec: { selector: { matchLabels } } });

test('an object that gets a controller is an orphan no more, and one again without', () => {
  const index = new ObjectIndex();
  const owner = { apiVersion: 'v1', kind: 'X', name: 'x', uid: 'x' };
  const owned = (controller: boolean) =>
    object('Pod', 'a', { spec: {} }, { ownerReferences: [{ ...owner, controller }] });
  index.apply(event('ADDED', owned(false)));
  assert.deepEqual(index.orphans('Pod', 'demo'), ['demo/a']);
  index.apply(event('MODIFIED', owned(true), owned(false)));
  assert.equal(index.hasOrphans('Pod', 'demo'), false);
  index.apply(event('MODIFIED', owned(false), owned(true)));
  assert.equal(index.hasOrphans('Pod', 'demo'), true);
  assert.equal(index.hasOrphans('Pod', 'other'), false);
});

test('who may select: by one pair of the selector, or always when it has none', () => {
  const index = new ObjectIndex();
  const all = [
    object('ReplicaSet', 'web-1', selector({ app: 'web', hash: '1' })),
    object('ReplicaSet', 'web-2', selector({ app: 'web', hash: '2' })),
    object('ReplicaSet', 'any', { spec: { selector: { matchExpressions: [] } } }),
    object('Deployment', 'web', selector({ app: 'web' })),
    object('Service', 'web', { spec: { selector: { app: 'web' } } }),
    object('Service', 'none', { spec: {} }),
  ];
  for (const one of all) index.apply(event('ADDED', one));
  const ask = (kind: 'ReplicaSet' | 'Deployment' | 'Service', labels: Record<string, string>) =>
    index.whoMaySelect(kind, 'demo', labels);
  assert.deepEqual(ask('ReplicaSet', { hash: '2', app: 'web' }).includes('demo/web-2'), true);
  assert.deepEqual(ask('ReplicaSet', {}), ['demo/any']);
  assert.deepEqual(ask('Deployment', { app: 'web' }), ['demo/web']);
  assert.deepEqual(ask('Deployment', { app: 'x' }), []);
  assert.deepEqual(ask('Service', { app: 'web' }), ['demo/web']);
  const moved = object('Deployment', 'web', selector({ app: 'x' }));
  index.apply(event('MODIFIED', moved, object('Deployment', 'web', selector({ app: 'web' }))));
  assert.deepEqual(ask('Deployment', { app: 'web' }), []);
  assert.deepEqual(ask('Deployment', { app: 'x' }), ['demo/web']);
  const [gone] = all;
  assert.ok(gone);
  index.apply(event('DELETED', gone));
  assert.deepEqual(ask('ReplicaSet', { hash: '1', app: 'web' }).includes('demo/web-1'), false);
});

test('what the pods of a node ask for: with each that comes, ends, changes or goes, and apart on a fork', () => {
  const index = new ObjectIndex();
  const asking = (cpu: string, phase = 'Running') =>
    object('Pod', 'a', {
      spec: { nodeName: 'n1', containers: [{ name: 'c', resources: { requests: { cpu } } }] },
      status: { phase },
    });
  const [small, large, ended] = [asking('1500m'), asking('2'), asking('2', 'Succeeded')];
  const seen: number[] = [];
  const look = () => seen.push(index.requestedOn('n1', 'cpu'));
  index.apply(event('ADDED', small));
  look();
  const fork = index.fork();
  index.apply(event('MODIFIED', large, small));
  look();
  index.apply(event('MODIFIED', ended, large));
  look();
  index.apply(event('DELETED', ended));
  look();
  assert.deepEqual(seen, [1500, 2000, 0, 0]);
  assert.equal(fork.requestedOn('n1', 'cpu'), 1500);
});
