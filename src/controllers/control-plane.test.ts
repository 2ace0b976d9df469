// The control plane end to end: from a Deployment and a Service to ready endpoints, and back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { environmentOf, happenToPod } from '../kubelet/happen.ts';
import { replayed } from '../sim/choices.ts';
import { ControlPlane, webDeployment, webService } from './control-plane.fixture.ts';
import { controllers } from './controllers.ts';

function demo(replicas = 3, more: object = {}): ControlPlane {
  const plane = new ControlPlane();
  plane.apply(webService(), webDeployment(replicas, more));
  return plane;
}

test('a Deployment and a Service end in ready endpoints', () => {
  const plane = demo();
  assert.deepEqual(plane.endpoints('default/web'), ['10.244.0.2', '10.244.0.3', '10.244.0.4']);
  const slices = plane.server
    .list('EndpointSlice', 'default')
    .filter((s) => s.metadata.name !== 'kubernetes');
  assert.equal(slices.length, 1);
  const ready = slices[0]?.endpoints?.map((one) => one.conditions?.ready);
  assert.deepEqual(ready, [true, true, true]);
  const status = plane.server.get('Deployment', 'default/web')?.status;
  assert.equal(status?.availableReplicas, 3);
  assert.deepEqual(
    status?.conditions?.map((one) => `${one.type}=${one.status} ${one.reason}`),
    ['Available=True MinimumReplicasAvailable', 'Progressing=True NewReplicaSetAvailable'],
  );
});

test('scaling 3 -> 2 removes the newest pod (document 002)', () => {
  const plane = demo();
  const sequence = (name: string) => plane.index.sequenceOf('Pod', `default/${name}`);
  const byAge = [...plane.pods()].sort((a, b) => sequence(a) - sequence(b));
  const older = byAge.slice(0, 2).map((name) => plane.server.get('Pod', `default/${name}`));
  plane.server.scale('Deployment', 'default/web', 2);
  plane.settle();
  assert.deepEqual(plane.endpoints('default/web'), older.map((pod) => pod?.status?.podIP).sort());
  assert.deepEqual(plane.pods(), older.map((pod) => pod?.metadata.name).sort());
});

test('a rolling update replaces all pods and keeps the old ReplicaSet at 0', () => {
  const plane = demo();
  plane.server.patchPath(
    'Deployment',
    'default/web',
    'spec.template.spec.containers[0].image',
    'web:2',
  );
  plane.settle();
  const images = plane.server.list('Pod').map((pod) => pod.spec.containers[0]?.image);
  assert.deepEqual(images, ['web:2', 'web:2', 'web:2']);
  const sizes = plane.server.list('ReplicaSet').map((set) => set.spec.replicas);
  assert.deepEqual([...sizes].sort(), [0, 3]);
  const revision = plane.server.get('Deployment', 'default/web')?.metadata.annotations;
  assert.equal(revision?.['deployment.kubernetes.io/revision'], '2');
});

test('a crash takes the address away and the relist brings it back; the environment is rebuilt', () => {
  const plane = demo(1);
  const name = `default/${plane.pods()[0]}`;
  assert.equal(environmentOf(name, undefined, plane.state)?.['WEB_SERVICE_PORT'], '80');
  plane.apply({ ...webService(), metadata: { name: 'late', namespace: 'default' } });
  assert.equal(environmentOf(name, undefined, plane.state)?.['LATE_SERVICE_PORT'], undefined);
  const pod = plane.server.get('Pod', name);
  assert.ok(pod);
  happenToPod(pod, 'crashes', plane.kubelet());
  plane.settle();
  assert.deepEqual(plane.endpoints('default/web'), []);
  plane.advance(1000);
  assert.deepEqual(plane.endpoints('default/web'), ['10.244.0.2']);
  assert.equal(plane.server.get('Pod', name)?.status?.containerStatuses?.[0]?.restartCount, 1);
  assert.equal(environmentOf(name, undefined, plane.state)?.['LATE_SERVICE_PORT'], '80');
});

test('a failed readiness probe takes the address away', () => {
  const plane = demo(1, { readinessProbe: { httpGet: { path: '/', port: 80 } } });
  assert.equal(plane.endpoints('default/web').length, 1);
  plane.probes.set(`default/${plane.pods()[0]}`, false);
  plane.advance(10_000);
  assert.deepEqual(plane.endpoints('default/web'), []);
  plane.probes.clear();
  plane.advance(10_000);
  assert.equal(plane.endpoints('default/web').length, 1);
});

test('deleting the Deployment collects everything it made', () => {
  const plane = demo();
  plane.server.delete('Deployment', 'default/web');
  plane.settle();
  assert.deepEqual(plane.pods(), []);
  assert.deepEqual(plane.server.list('ReplicaSet'), []);
  plane.server.delete('Service', 'default/web');
  plane.settle();
  assert.equal(plane.server.list('EndpointSlice', 'default').length, 1);
});

test('a StatefulSet makes its pods in order, with names that stay', () => {
  const plane = new ControlPlane();
  plane.apply({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'default' },
    spec: {
      replicas: 2,
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      template: {
        metadata: { labels: { app: 'db' } },
        spec: { containers: [{ name: 'db', image: 'db:1' }] },
      },
    },
  });
  assert.deepEqual(plane.pods(), ['db-0', 'db-1']);
  plane.server.delete('Pod', 'default/db-0');
  plane.settle();
  assert.deepEqual(plane.pods(), ['db-0', 'db-1']);
  assert.equal(plane.server.get('Pod', 'default/db-0')?.spec.hostname, 'db-0');
});

test('a selectorless Service has its Endpoints mirrored', () => {
  const plane = new ControlPlane();
  plane.apply(
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'db', namespace: 'default' },
      spec: { ports: [{ port: 80 }] },
    },
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'db', namespace: 'default' },
      subsets: [{ addresses: [{ ip: '192.0.2.42' }], ports: [{ port: 9376 }] }],
    },
  );
  const slice = plane.server
    .list('EndpointSlice', 'default')
    .find((one) => one.metadata.name.startsWith('db-'));
  assert.deepEqual(slice?.endpoints?.[0]?.addresses, ['192.0.2.42']);
  assert.equal(slice?.ports?.[0]?.port, 9376);
});

test('a hostPort that is taken everywhere leaves the pod pending, in upstream words', () => {
  const plane = new ControlPlane();
  plane.apply(webDeployment(3, { ports: [{ containerPort: 80, hostPort: 8080 }] }));
  const pending = plane.server.list('Pod').find((pod) => pod.spec.nodeName === undefined);
  const scheduled = pending?.status?.conditions?.find((one) => one.type === 'PodScheduled');
  assert.equal(
    scheduled?.message,
    "0/2 nodes are available: 2 node(s) didn't have free ports for the requested pod ports. " +
      'preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
  );
});

/** What every order of work must agree on: sizes, phases and addresses, names aside. */
function face(plane: ControlPlane): unknown {
  const { server } = plane;
  const status = server.get('Deployment', 'default/web')?.status;
  const slices = server
    .list('EndpointSlice', 'default')
    .filter((s) => s.metadata.name !== 'kubernetes');
  return {
    pods: server.list('Pod').map((pod) => [pod.status?.phase, pod.spec.containers[0]?.image]),
    perNode: plane.spec.nodes.map((node) => plane.index.podsOnNode(node.name)),
    sets: server.list('ReplicaSet').map((set) => [set.metadata.name, set.spec.replicas]),
    counts: [status?.replicas, status?.availableReplicas, status?.updatedReplicas],
    endpoints: plane.endpoints('default/web').length,
    ready: slices.flatMap((slice) => (slice.endpoints ?? []).map((e) => e.conditions?.ready)),
  };
}

function run(picks: readonly number[], all = controllers): unknown {
  const plane = new ControlPlane({ order: replayed(picks), all });
  plane.apply(webService(), webDeployment(3));
  plane.server.patchPath(
    'Deployment',
    'default/web',
    'spec.template.spec.containers[0].image',
    'web:2',
  );
  plane.server.scale('Deployment', 'default/web', 2);
  plane.settle();
  return face(plane);
}

test('any order of controller work converges to the same state', () => {
  const want = run([]);
  const picks = fc.array(fc.nat({ max: 12 }), { maxLength: 120 });
  fc.assert(
    fc.property(picks, (list) => assert.deepEqual(run(list), want)),
    { numRuns: 20 },
  );
});

test('the convergence property catches a controller that forgets pod events', () => {
  const deaf = controllers.map((one) =>
    one.name === 'endpoints' ? { ...one, watches: ['Service'] } : one,
  );
  const picks = fc.array(fc.nat({ max: 12 }), { minLength: 40, maxLength: 120 });
  const property = fc.property(picks, (list) => assert.deepEqual(run(list, deaf), run([])));
  assert.throws(() => fc.assert(property, { numRuns: 20 }));
});

test('a DaemonSet runs one pod on every node', () => {
  const plane = new ControlPlane();
  plane.apply({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: 'default' },
    spec: {
      selector: { matchLabels: { app: 'agent' } },
      template: {
        metadata: { labels: { app: 'agent' } },
        spec: { containers: [{ name: 'agent', image: 'agent:1' }] },
      },
    },
  });
  const nodes = plane.server.list('Pod').map((pod) => pod.spec.nodeName);
  assert.deepEqual([...nodes].sort(), ['node01', 'node02']);
  assert.equal(plane.server.get('DaemonSet', 'default/agent')?.status?.numberReady, 2);
});

test('a deleted pod stays an unready, terminating endpoint until its grace is used', () => {
  const preStop = { sleep: { seconds: 5 } };
  const plane = demo(1, { lifecycle: { preStop } });
  const name = `default/${plane.pods()[0]}`;
  plane.server.delete('Pod', name);
  plane.settle();
  const slice = plane.server
    .list('EndpointSlice', 'default')
    .find((s) => s.metadata.name !== 'kubernetes');
  const old = slice?.endpoints?.find((one) => `default/${one.targetRef?.name}` === name);
  assert.deepEqual(old?.conditions, { ready: false, serving: true, terminating: true });
  plane.advance(5000);
  assert.equal(plane.server.get('Pod', name), undefined);
});
