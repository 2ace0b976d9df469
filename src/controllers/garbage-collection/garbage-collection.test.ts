// Who is collected when an owner goes, in each mode of deletion. Cases of
// pkg/controller/garbagecollector/garbagecollector_test.go and test/integration/garbagecollector.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OwnerReference } from '../../api/types.ts';
import { ControlPlane, webDeployment } from '../control-plane.fixture.ts';

function configMap(name: string, owners: readonly object[] = [], namespace = 'default'): object {
  const metadata = { name, namespace, ownerReferences: owners };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata };
}

function owner(plane: ControlPlane, key: string, more: Partial<OwnerReference> = {}): object {
  const found = plane.server.get('ConfigMap', key);
  const { name = 'x', uid = '' } = found?.metadata ?? {};
  return { apiVersion: 'v1', kind: 'ConfigMap', name, uid, ...more };
}

function names(plane: ControlPlane): readonly string[] {
  return plane.server
    .list('ConfigMap', 'default')
    .map((one) => one.metadata.name)
    .filter((name) => name !== 'kube-root-ca.crt');
}

function started(...maps: readonly object[]): ControlPlane {
  const plane = new ControlPlane();
  plane.apply(...maps);
  return plane;
}

function events(plane: ControlPlane): readonly string[] {
  return plane.server
    .rawList('Event')
    .filter((one) => one['reason'] === 'OwnerRefInvalidNamespace')
    .map((one) => String(one['message']));
}

test('background: the owner goes at once, then what it owns', () => {
  const plane = started(configMap('a'));
  plane.apply(configMap('b', [owner(plane, 'default/a')]));
  plane.apply(configMap('c', [owner(plane, 'default/b')]));
  plane.server.delete('ConfigMap', 'default/a');
  assert.deepEqual(names(plane), ['b', 'c']);
  plane.settle();
  assert.deepEqual(names(plane), []);
});

test('an object with another owner that lives loses the reference only', () => {
  const plane = started(configMap('a'), configMap('b'));
  plane.apply(configMap('c', [owner(plane, 'default/a'), owner(plane, 'default/b')]));
  plane.server.delete('ConfigMap', 'default/a');
  plane.settle();
  assert.deepEqual(names(plane), ['b', 'c']);
  const left = plane.server.get('ConfigMap', 'default/c')?.metadata.ownerReferences;
  assert.deepEqual(
    left?.map((one) => one.name),
    ['b'],
  );
});

test('orphan: what it owned stays, without the reference', () => {
  const plane = started(configMap('a'));
  plane.apply(configMap('b', [owner(plane, 'default/a')]));
  plane.server.delete('ConfigMap', 'default/a', { propagation: 'Orphan' });
  plane.settle();
  assert.deepEqual(names(plane), ['b']);
  assert.deepEqual(plane.server.get('ConfigMap', 'default/b')?.metadata.ownerReferences ?? [], []);
});

for (const blockOwnerDeletion of [true, false]) {
  test(`foreground: an owner ${blockOwnerDeletion ? 'waits' : 'does not wait'} for the others`, () => {
    const plane = started(configMap('a'));
    const reference = owner(plane, 'default/a', { blockOwnerDeletion });
    const held = configMap('b', [reference]) as { metadata: object };
    plane.apply({ ...held, metadata: { ...held.metadata, finalizers: ['example.com/hold'] } });
    plane.server.delete('ConfigMap', 'default/a', { propagation: 'Foreground' });
    plane.settle();
    assert.deepEqual(names(plane), blockOwnerDeletion ? ['a', 'b'] : ['b']);
    const b = plane.server.get('ConfigMap', 'default/b');
    assert.ok(b?.metadata.deletionTimestamp);
    plane.server.update({ ...b, metadata: { ...b.metadata, finalizers: [] } });
    plane.settle();
    assert.deepEqual(names(plane), []);
  });
}

test('foreground: a Deployment goes after its ReplicaSet, and that after its Pods', () => {
  const plane = started(webDeployment(2));
  plane.server.delete('Deployment', 'default/web', { propagation: 'Foreground' });
  plane.take();
  assert.deepEqual(plane.server.get('Deployment', 'default/web')?.metadata.finalizers, [
    'foregroundDeletion',
  ]);
  plane.settle();
  assert.equal(plane.server.get('Deployment', 'default/web'), undefined);
  assert.deepEqual(plane.pods(), []);
  assert.deepEqual(plane.server.list('ReplicaSet'), []);
});

test('an owner with another uid is no owner: the object goes', () => {
  const plane = started(configMap('a'));
  plane.apply(configMap('b', [owner(plane, 'default/a', { uid: 'other' })]));
  assert.deepEqual(names(plane), ['a']);
});

test('an owner in another namespace is no owner: the object goes, with an event', () => {
  const plane = started({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  plane.apply(configMap('a', [], 'shop'));
  const reference = owner(plane, 'shop/a') as { uid: string };
  plane.apply(configMap('b', [reference]));
  assert.deepEqual(names(plane), []);
  assert.deepEqual(events(plane), [
    `ownerRef [v1/ConfigMap, namespace: default, name: a, uid: ${reference.uid}] does not exist in namespace "default"`,
  ]);
});

test('owners of kinds that are not known leave the object alone', () => {
  const plane = started(
    configMap('b', [{ apiVersion: 'example.com/v1', kind: 'Thing', name: 'x', uid: 'x' }]),
  );
  assert.deepEqual(names(plane), ['b']);
});
