import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../api/error.ts';
import type { Service } from '../api/types.ts';
import { clusterSpec, newServer, service } from './server.fixture.ts';

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
  return 'accepted';
}

test('A3 a new cluster has its namespaces and default/kubernetes on the first address', () => {
  const server = newServer();
  const names = server.list('Namespace').map((n) => n.metadata.name);
  assert.deepEqual(names, ['default', 'kube-node-lease', 'kube-public', 'kube-system']);
  assert.equal(server.get('Service', 'default/kubernetes')?.spec.clusterIP, '10.96.0.1');
  assert.equal(server.get('Endpoints', 'default/kubernetes')?.subsets?.[0]?.ports?.[0]?.port, 6443);
});

test('A1 a created Service carries defaults, an address and server metadata', () => {
  const server = newServer();
  server.drainEvents();
  const made = server.create(service('web', { ports: [{ port: 80 }] }));
  const { clusterIP = '', ...spec } = made.spec;
  assert.match(clusterIP, /^10\.(9[6-9]|10\d|11[01])\./);
  assert.deepEqual(spec, {
    ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
    sessionAffinity: 'None',
    type: 'ClusterIP',
    internalTrafficPolicy: 'Cluster',
    clusterIPs: [clusterIP],
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
  });
  assert.equal(made.metadata.creationTimestamp, '2026-01-01T00:00:00Z');
  assert.match(made.metadata.uid ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
  assert.deepEqual(
    server.drainEvents().map((e) => [e.type, e.kind, e.key]),
    [
      ['ADDED', 'IPAddress', clusterIP],
      ['ADDED', 'Service', 'default/web'],
    ],
  );
});

test('A2 an update that changes nothing makes no event and keeps the resourceVersion', () => {
  const server = newServer();
  const made = server.create(service('web', { ports: [{ port: 80 }] }));
  server.drainEvents();
  assert.equal(server.update(made), made);
  assert.deepEqual(server.drainEvents(), []);
});

test('A2 a stale resourceVersion is a conflict', () => {
  const server = newServer();
  const made = server.create(service('web', { ports: [{ port: 80 }] }));
  server.update({ ...made, spec: { ...made.spec, selector: { app: 'web' } } });
  assert.equal(
    refusal(() => server.update({ ...made, spec: { ...made.spec, selector: { app: 'x' } } })),
    'Operation cannot be fulfilled on services "web": the object has been modified; please apply your changes to the latest version and try again',
  );
});

test('A2 namespaces must exist and must not be terminating', () => {
  const server = newServer();
  const web = service('web', { ports: [{ port: 80 }] }, 'demo');
  assert.equal(
    refusal(() => server.create(web)),
    'namespaces "demo" not found',
  );
  server.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } });
  server.delete('Namespace', 'demo');
  assert.equal(server.get('Namespace', 'demo')?.status?.phase, 'Terminating');
  assert.equal(
    refusal(() => server.create(web)),
    'services "web" is forbidden: unable to create new content in namespace demo because it is being terminated',
  );
});

test('A2 creating a Service again: AlreadyExists last, a pinned address first', () => {
  const server = newServer();
  server.create(service('web', { ports: [{ port: 80 }], clusterIP: '10.96.5.5' }));
  assert.equal(
    refusal(() => server.create(service('web', { ports: [{ port: 80 }] }))),
    'services "web" already exists',
  );
  assert.equal(
    refusal(() => server.create(service('web', { ports: [{ port: 80 }], clusterIP: '10.96.5.5' }))),
    'Service "web" is invalid: spec.clusterIPs: Invalid value: ["10.96.5.5"]: failed to allocate IP 10.96.5.5: provided IP is already allocated',
  );
});

test('A3 a refused Service takes nothing; a deleted one gives back', () => {
  const server = newServer();
  const pinned: Partial<Service['spec']> = { clusterIP: '10.96.7.7', type: 'NodePort' };
  const ports = [{ port: 80, nodePort: 30001 }];
  refusal(() => server.create(service('Bad_Name', { ...pinned, ports })));
  server.create(service('a', { ...pinned, ports }));
  server.delete('Service', 'default/a');
  server.create(service('b', { ...pinned, ports }));
  assert.equal(server.get('Service', 'default/b')?.spec.clusterIP, '10.96.7.7');
});

test('pins: address and node ports go to their Service and to nobody else', () => {
  const pin = { object: 'Service/default/web', clusterIP: '10.96.9.9', nodePorts: { '': 32567 } };
  const server = newServer({ spec: clusterSpec({ pins: [pin] }) });
  assert.throws(
    () => server.create(service('thief', { ports: [{ port: 1 }], clusterIP: '10.96.9.9' })),
    { name: 'InputError', code: 'pin-taken' },
  );
  const made = server.create(service('web', { ports: [{ port: 80 }], type: 'NodePort' }));
  assert.equal(made.spec.clusterIP, '10.96.9.9');
  assert.equal(made.spec.ports?.[0]?.nodePort, 32567);
});

test('a Pod is deleted with its grace period, then for good', () => {
  const server = newServer();
  server.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'x:1' }], nodeName: 'n1' },
  });
  server.delete('Pod', 'default/p');
  const pod = server.get('Pod', 'default/p');
  assert.equal(pod?.metadata.deletionTimestamp, '2026-01-01T00:00:30Z');
  assert.equal(pod?.metadata.deletionGracePeriodSeconds, 30);
  server.delete('Pod', 'default/p', { gracePeriodSeconds: 0 });
  assert.equal(server.get('Pod', 'default/p'), undefined);
});

test('finalizers hold an object until the last one is taken', () => {
  const server = newServer();
  const made = server.create({
    ...service('web', { ports: [{ port: 80 }], clusterIP: '10.96.5.5' }),
    metadata: { name: 'web', namespace: 'default', finalizers: ['example.com/hold'] },
  });
  server.delete('Service', 'default/web');
  const held = server.get('Service', 'default/web');
  assert.notEqual(held?.metadata.deletionTimestamp, undefined);
  server.update({ ...made, metadata: { name: 'web', namespace: 'default' } });
  assert.equal(server.get('Service', 'default/web'), undefined);
  server.create(service('next', { ports: [{ port: 80 }], clusterIP: '10.96.5.5' }));
});

test('list gives the objects of one namespace, sorted, and the same array between writes', () => {
  const server = newServer();
  for (const name of ['b', 'a']) {
    server.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    for (const s of ['z', 'y']) server.create(service(s, { ports: [{ port: 1 }] }, name));
  }
  const keys = server.list('Service').map((s) => `${s.metadata.namespace}/${s.metadata.name}`);
  assert.deepEqual(keys, ['a/y', 'a/z', 'b/y', 'b/z', 'default/kubernetes']);
  const list = server.list('Service', 'a');
  assert.equal(server.list('Service', 'a'), list);
  server.create(service('x', { ports: [{ port: 1 }] }, 'a'));
  assert.deepEqual([list.length, server.list('Service', 'a').length], [2, 3]);
});
