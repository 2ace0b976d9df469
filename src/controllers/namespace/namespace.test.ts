// Deleting a namespace: the order, what it says while something holds it, and that nothing stays or crashes. Cases of
// pkg/controller/namespace/deletion/*_test.go.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clusterSpec } from '../../apiserver/server.fixture.ts';
import { seeded } from '../../sim/choices.ts';
import { ControlPlane, nodeSpec } from '../control-plane.fixture.ts';

const template = {
  metadata: { labels: { app: 'a' } },
  spec: { containers: [{ name: 'c', image: 'c' }] },
};
const selector = { matchLabels: { app: 'a' } };

function object(kind: string, apiVersion: string, more: object): object {
  return { apiVersion, kind, metadata: { name: 'x', namespace: 'shop' }, ...more };
}

const content: readonly object[] = [
  object('Deployment', 'apps/v1', { spec: { replicas: 2, selector, template } }),
  object('DaemonSet', 'apps/v1', { spec: { selector, template } }),
  object('StatefulSet', 'apps/v1', { spec: { replicas: 2, serviceName: 'x', selector, template } }),
  object('Job', 'batch/v1', {
    spec: {
      template: {
        metadata: { annotations: { 'svcspec.dev/exit-after': '1h' } },
        spec: { ...template.spec, restartPolicy: 'Never' },
      },
    },
  }),
  object('Service', 'v1', { spec: { selector: { app: 'a' }, ports: [{ port: 80 }] } }),
  object('PodDisruptionBudget', 'policy/v1', { spec: { minAvailable: 1, selector } }),
  object('Ingress', 'networking.k8s.io/v1', {
    spec: { defaultBackend: { service: { name: 'x', port: { number: 80 } } } },
  }),
];

function planeOf(minor: number, order = 1): ControlPlane {
  const nodes = [nodeSpec('n1', '10.0.0.1'), nodeSpec('n2', '10.0.0.2')];
  const plane = new ControlPlane({
    spec: { ...clusterSpec({ minor }), nodes },
    order: seeded(order),
  });
  plane.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  return plane;
}

/** "Kind name" of all that is in the namespace, but for Events. */
function left(plane: ControlPlane): readonly string[] {
  return plane.server
    .kinds()
    .filter((kind) => kind !== 'Event')
    .flatMap((kind) =>
      plane.server.rawList(kind, 'shop').map((one) => `${kind} ${one.metadata.name}`),
    );
}

function conditions(plane: ControlPlane): readonly string[] {
  const all = plane.server.get('Namespace', 'shop')?.status?.conditions ?? [];
  return all.map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`);
}

for (const minor of [32, 34]) {
  test(`1.${minor}: a namespace goes with everything in it`, () => {
    const plane = planeOf(minor);
    plane.apply(...content);
    plane.server.delete('Namespace', 'shop');
    plane.settle();
    assert.deepEqual(left(plane), []);
    assert.equal(plane.server.get('Namespace', 'shop'), undefined);
    assert.deepEqual(plane.server.rawList('Event', 'shop'), []);
  });
}

test('Pods go first since 1.33; before, everything at once', () => {
  for (const [minor, stays] of [
    [32, false],
    [33, true],
  ] as const) {
    const plane = planeOf(minor);
    const annotations = { 'svcspec.dev/stop-after': '10s' };
    plane.apply(
      {
        ...object('Pod', 'v1', { spec: template.spec }),
        metadata: { name: 'x', namespace: 'shop', annotations },
      },
      object('ConfigMap', 'v1', { data: {} }),
    );
    plane.server.delete('Namespace', 'shop');
    plane.settle();
    assert.equal(left(plane).includes('ConfigMap x'), stays);
    plane.advance(10_000);
    assert.deepEqual(left(plane), []);
    assert.equal(plane.server.get('Namespace', 'shop'), undefined);
  }
});

test('what a finalizer holds is told, and goes when it is free', () => {
  const plane = planeOf(34);
  const metadata = { name: 'held', namespace: 'shop', finalizers: ['example.com/hold'] };
  plane.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
  plane.server.delete('Namespace', 'shop');
  plane.settle();
  assert.deepEqual(conditions(plane), [
    'NamespaceDeletionDiscoveryFailure=False ResourcesDiscovered: All resources successfully discovered',
    'NamespaceDeletionGroupVersionParsingFailure=False ParsedGroupVersions: All legacy kube types successfully parsed',
    'NamespaceDeletionContentFailure=False ContentDeleted: All content successfully deleted, may be waiting on finalization',
    'NamespaceContentRemaining=True SomeResourcesRemain: Some resources are remaining: configmaps. has 1 resource instances',
    'NamespaceFinalizersRemaining=True SomeFinalizersRemain: Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
  ]);
  const held = plane.server.get('ConfigMap', 'shop/held');
  assert.ok(held);
  plane.server.update({ ...held, metadata: { ...held.metadata, finalizers: [] } });
  plane.settle();
  assert.equal(plane.server.get('Namespace', 'shop'), undefined);
});

test('property: whatever the order of work, nothing stays', () => {
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(32, 34), (order, minor) => {
      const plane = planeOf(minor, order);
      plane.apply(...content);
      plane.server.delete('Namespace', 'shop');
      plane.settle();
      plane.advance(60_000);
      assert.deepEqual(left(plane), []);
      assert.equal(plane.server.get('Namespace', 'shop'), undefined);
    }),
    { numRuns: 20 },
  );
});
