// What happens to Pods and nodes while a cluster runs, and what follows for Endpoints, rules and traffic: crash, failed
// probe, node down (case 24), labels and selectors that change (case 22), deletion.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blameOf } from '../analysis/blame.ts';
import type { Pod } from '../api/types.ts';
import type { Cluster } from './cluster.ts';
import { clusterDocument, clusterOf, endpointsOf, fate, loaded, podText } from './fixture.test.ts';

const deployment = `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [ { name: c, image: nginx, ports: [ { containerPort: 80 } ] } ] }
`;
const service = `---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { clusterIP: 10.96.0.80, selector: { app: web }, ports: [ { port: 80 } ] }
`;
const client = podText('client', { spec: 'nodeName: node01' });
const start = clusterOf(clusterDocument(3) + deployment + service + client);

const web = (cluster: Cluster): readonly Pod[] =>
  cluster.objects.list('Pod', 'default').filter((pod) => pod.metadata.name.startsWith('web-'));
const keyOf = (pod: Pod | undefined) => `default/${pod?.metadata.name}`;
const addressOf = (pod: Pod | undefined) => pod?.status?.podIP ?? '';

function fates(cluster: Cluster, times = 12): readonly string[] {
  const all = Array.from({ length: times }, () => fate(cluster, 'pod/default/client', 'web:80'));
  return [...new Set(all.map((text) => text.split(' ')[0] ?? ''))].sort();
}

test('case 24: a node that goes down is noticed after 50 s, and its Pods come back with it', () => {
  const cluster = start.fork();
  const victim = web(cluster).find((pod) => pod.spec.nodeName === 'node02');
  const address = addressOf(victim);
  cluster.happen('Node', 'node02', 'goes down');
  assert.ok(endpointsOf(cluster, 'default/web').includes(address), 'not noticed at once');
  // On a copy: look-ups that wait for an answer let the clock go on.
  assert.ok(
    fates(cluster.fork()).includes('timeout'),
    'traffic to the dead node is lost meanwhile',
  );
  cluster.advance(49_000);
  assert.ok(endpointsOf(cluster, 'default/web').includes(address), 'not noticed after 49 s');
  cluster.advance(2_000);
  assert.ok(endpointsOf(cluster, 'default/web').includes(`(${address})`), 'not ready after 51 s');
  const ready = cluster.objects
    .get('Node', 'node02')
    ?.status?.conditions?.find(({ type }) => type === 'Ready');
  assert.equal(ready?.status, 'Unknown');
  assert.deepEqual(fates(cluster), ['answered']);
  cluster.happen('Node', 'node02', 'comes back');
  assert.ok(endpointsOf(cluster, 'default/web').includes(address), 'back with the node');
  assert.equal(web(cluster).length, 3);
});

test('case 24: the grace period of a node that was back in between begins anew', () => {
  const cluster = start.fork();
  cluster.happen('Node', 'node02', 'goes down');
  cluster.advance(40_000);
  cluster.happen('Node', 'node02', 'comes back');
  cluster.happen('Node', 'node02', 'goes down');
  const ready = () =>
    cluster.objects.get('Node', 'node02')?.status?.conditions?.find(({ type }) => type === 'Ready')
      ?.status;
  cluster.advance(49_000);
  assert.equal(ready(), 'True');
  cluster.advance(2_000);
  assert.equal(ready(), 'Unknown');
});

test('a Pod that is made for a node that is down is tolerated for 300 s of its own', () => {
  const pinned = deployment
    .replace('replicas: 3', 'replicas: 1')
    .replace('spec: { containers', 'spec: { nodeName: node02, containers');
  const cluster = clusterOf(clusterDocument(3) + pinned);
  const first = keyOf(web(cluster)[0]);
  cluster.happen('Node', 'node02', 'goes down');
  cluster.advance(360_000);
  const others = () => web(cluster).filter((pod) => keyOf(pod) !== first);
  assert.equal(others().length, 1, 'one takes its place, on the same node');
  cluster.advance(299_000);
  assert.equal(others().length, 2, 'and one more, when the time of that one is up');
});

test('the Pods of a Node that is deleted stay endpoints until their Service is synced, and are then away', () => {
  const cluster = start.fork();
  const victim = web(cluster).find((pod) => pod.spec.nodeName === 'node02');
  const address = addressOf(victim);
  const node = cluster.objects.raw('Node', 'node02');
  cluster.delete('Node', 'node02');
  const isListed = () =>
    JSON.stringify(cluster.objects.list('EndpointSlice', 'default')).includes(address);
  assert.ok(isListed(), 'no Service is synced because of a node');
  for (const service of ['default/web', 'kube-system/kube-dns']) {
    cluster.set('Service', service, 'metadata.labels.touched', 'yes');
  }
  assert.ok(!isListed(), 'EndpointSlices know no Pod without a node');
  const told = cluster.objects
    .rawList('Event', 'default')
    .find((event) => event['reason'] === 'FailedToUpdateEndpointSlices');
  assert.equal(
    told?.['message'],
    `Error updating Endpoint Slices for Service default/web: skipping Pod ${victim?.metadata.name} for Service default/web: Node node02 Not Found`,
  );
  assert.deepEqual(fates(cluster), ['answered']);
  assert.equal(fate(cluster, 'pod/default/client', `${address}:80`), 'timeout noreply');
  assert.equal(fate(cluster, `pod/${keyOf(victim)}`, '10.0.0.11:10250'), 'timeout noreply');
  assert.throws(() => cluster.connect('node/node02', '10.0.0.11:10250'), /there is no node/);
  cluster.advance(61_000);
  assert.equal(cluster.objects.get('Pod', keyOf(victim)), undefined);
  assert.equal(web(cluster).length, 3);
  assert.equal(endpointsOf(cluster, 'default/web').length, 3);
  const metadata = { name: 'node02' };
  const again = { apiVersion: 'v1', kind: 'Node', metadata, status: node?.['status'] };
  cluster.apply(loaded(JSON.stringify(again)).manifests);
  assert.equal(fate(cluster, 'node/node02', '10.96.0.80:80').split(' ')[0], 'answered');
});

test('nothing on a node that is down talks to anybody, itself included', () => {
  const cluster = start.fork();
  const victim = web(cluster).find((pod) => pod.spec.nodeName === 'node02');
  cluster.happen('Node', 'node02', 'goes down');
  const own = `${addressOf(victim)}:80`;
  for (const [from, to] of [
    ['node/node02', '10.0.0.12:10250'],
    ['node/node02', '10.0.0.11:10250'],
    [`pod/${keyOf(victim)}`, own],
    [`pod/${keyOf(victim)}`, '10.0.0.11:10250'],
  ] as const) {
    const { dial } = cluster.connect(from, to);
    assert.equal(`${dial?.outcome} ${dial?.backend}`, 'timeout null', `${from} to ${to}`);
  }
});

test('a component of a node that is not there is an error, not a silent nothing', () => {
  const cluster = start.fork();
  for (const kind of ['kube-proxy', 'kubelet'] as const) {
    const error = { code: 'unknown-object', message: 'there is no node "node77"' };
    assert.throws(() => cluster.setComponent({ kind, node: 'node77' }, 'stops'), error);
  }
  assert.throws(() => cluster.setLag({ kind: 'kube-proxy', node: 'node77' }, 1), /no node/);
});

test('a link loses 0 to 100 percent', () => {
  const lose = (percent: number) => () =>
    start.fork().setLink('node/node01', 'node/node02', { kind: 'loses', percent });
  for (const percent of [-1, 101, 0.5]) assert.throws(lose(percent), { code: 'usage' });
  assert.doesNotThrow(lose(100));
});

test('an address that no outside host can have is no client', () => {
  const cluster = start.fork();
  for (const from of ['10.244.2.99', '10.96.0.1', '127.0.0.1', '0.0.0.0', '224.0.0.1', '::1']) {
    assert.throws(() => cluster.connect(from, '10.0.0.11:10250'), { code: 'unknown-object' }, from);
  }
  assert.equal(fate(cluster, '203.0.113.9', '10.0.0.11:10250'), 'answered node/node01');
});

test('a Node without spec is a node, and one with an address that is taken goes without it', () => {
  const cluster = start.fork();
  const node = (name: string) => `apiVersion: v1
kind: Node
metadata: { name: ${name} }
status: { addresses: [ { type: InternalIP, address: 10.0.0.19 } ] }
`;
  for (const name of ['node08', 'node09']) cluster.apply(loaded(node(name)).manifests);
  assert.equal(fate(cluster, 'node/node01', '10.0.0.19:10250'), 'answered node/node08');
  assert.ok(cluster.notices.some((notice) => notice.includes('belongs to node/node08')));
});

test('a node that stays down is emptied 300 s after its taint', () => {
  const cluster = start.fork();
  cluster.happen('Node', 'node02', 'goes down');
  cluster.advance(360_000);
  const alive = web(cluster).filter((pod) => pod.metadata.deletionTimestamp === undefined);
  assert.equal(alive.length, 3);
  assert.ok(alive.every((pod) => pod.spec.nodeName !== 'node02'));
  cluster.happen('Node', 'node02', 'comes back');
  assert.equal(web(cluster).length, 3, 'the old Pod is gone for good');
});

test('case 24: a container that crashes restarts, and its address returns', () => {
  const cluster = start.fork();
  const key = keyOf(web(cluster)[0]);
  const address = addressOf(web(cluster)[0]);
  cluster.happen('Pod', key, 'crashes');
  const restarts = () => cluster.objects.get('Pod', key)?.status?.containerStatuses?.[0];
  assert.equal(restarts()?.restartCount, 1, 'the first time at once');
  cluster.happen('Pod', key, 'crashes');
  assert.equal(restarts()?.state?.waiting?.reason, 'CrashLoopBackOff');
  assert.equal(restarts()?.restartCount, 1, 'what waits for its back-off has not restarted yet');
  assert.ok(endpointsOf(cluster, 'default/web').includes(`(${address})`));
  cluster.advance(10_000);
  assert.equal(restarts()?.restartCount, 2, 'the second time after 10 s');
  assert.equal(addressOf(cluster.objects.get('Pod', key)), address);
  assert.ok(endpointsOf(cluster, 'default/web').includes(address));
});

test('a stale rule leads to an address that nobody has: no route, not a closed port', () => {
  const cluster = start.fork();
  cluster.setComponent({ kind: 'kube-proxy', node: null }, 'stops');
  cluster.scale('Deployment', 'default/web', 0);
  const attempt = cluster.connect('pod/default/client', 'web:80');
  assert.equal(attempt.dial?.outcome, 'unreachable');
  const blame = blameOf(cluster, attempt);
  assert.equal(blame?.id, 'no-route');
  assert.equal(blame?.object, 'Service/default/web');
});

test('case 24: a Pod whose probe fails leaves the Endpoints, but answers at its own address', () => {
  const cluster = start.fork();
  const [pod] = web(cluster);
  cluster.happen('Pod', keyOf(pod), 'stops being ready');
  assert.ok(endpointsOf(cluster, 'default/web').includes(`(${addressOf(pod)})`));
  const direct = fate(cluster, 'pod/default/client', `${addressOf(pod)}:80`);
  assert.equal(direct, `answered pod/${keyOf(pod)}`);
  const served = Array.from({ length: 20 }, () => fate(cluster, 'pod/default/client', 'web:80'));
  assert.ok(!served.includes(`answered pod/${keyOf(pod)}`));
  cluster.happen('Pod', keyOf(pod), 'becomes ready');
  assert.ok(endpointsOf(cluster, 'default/web').includes(addressOf(pod)));
});

test('a probe of a port where nobody listens never succeeds, in the kubelet words', () => {
  const probe = 'readinessProbe: { httpGet: { path: /x, port: 8081 } }';
  const cluster = clusterOf(`${clusterDocument(1)}---
apiVersion: v1
kind: Pod
metadata: { name: bad, labels: { app: web } }
spec: { containers: [ { name: c, image: nginx, ports: [ { containerPort: 80 } ], ${probe} } ] }
${service}${client}`);
  cluster.advance(60_000);
  const ip = addressOf(cluster.objects.get('Pod', 'default/bad'));
  assert.deepEqual(endpointsOf(cluster, 'default/web'), [`(${ip})`]);
  const [event] = cluster.objects
    .rawList('Event', 'default')
    .filter((e) => e['type'] === 'Warning');
  const want = `Readiness probe failed: Get "http://${ip}:8081/x": dial tcp ${ip}:8081: connect: connection refused`;
  assert.equal(event?.['message'], want);
  assert.equal(fate(cluster, 'pod/default/client', 'web:80'), 'refused icmp');
});

test('case 22: a Pod that loses its label leaves Service and ReplicaSet, and is replaced', () => {
  const cluster = start.fork();
  const [pod] = web(cluster);
  cluster.set('Pod', keyOf(pod), 'metadata.labels.app', 'debug');
  const orphan = cluster.objects.get('Pod', keyOf(pod));
  assert.equal(orphan?.metadata.ownerReferences, undefined);
  assert.equal(web(cluster).length, 4);
  const endpoints = endpointsOf(cluster, 'default/web');
  assert.equal(endpoints.length, 3);
  assert.ok(!endpoints.includes(addressOf(pod)));
});

test('case 22: a changed selector changes the Endpoints, and no selector leaves them', () => {
  const cluster = start.fork();
  cluster.set('Service', 'default/web', 'spec.selector.app', 'client');
  const ip = addressOf(cluster.objects.get('Pod', 'default/client'));
  assert.deepEqual(endpointsOf(cluster, 'default/web'), [ip]);
  cluster.set('Service', 'default/web', 'spec.selector.app', 'nobody');
  assert.deepEqual(endpointsOf(cluster, 'default/web'), []);
  assert.equal(fate(cluster, 'pod/default/client', 'web:80'), 'refused icmp');
});

test('deleting a Service removes its slices, its rules and its name', () => {
  const cluster = start.fork();
  cluster.delete('Service', 'default/web');
  const slices = cluster.objects
    .list('EndpointSlice', 'default')
    .filter((slice) => slice.metadata.name.startsWith('web-'));
  assert.deepEqual(slices, []);
  assert.equal(cluster.objects.get('Endpoints', 'default/web'), undefined);
  assert.ok(!cluster.rules('node01', { format: 'iptables-save' }).includes('default/web'));
  assert.equal(fate(cluster, 'pod/default/client', 'web:80'), 'nxdomain');
  assert.equal(fate(cluster, 'pod/default/client', '10.96.0.80:80'), 'timeout noreply');
});

test('deleting a Namespace removes everything in it', () => {
  const inShop = (text: string) => text.replaceAll('{ name: web', '{ namespace: shop, name: web');
  const sets = ['StatefulSet', 'DaemonSet'].map((kind) =>
    deployment
      .replace('kind: Deployment', `kind: ${kind}`)
      .replace('replicas: 3', kind === 'DaemonSet' ? '' : 'serviceName: web')
      .replaceAll('web', `web-${kind.toLowerCase()}`),
  );
  const cluster = clusterOf(
    clusterDocument(2) + inShop(deployment + sets.join('') + service) + client,
  );
  assert.equal(cluster.objects.list('Pod', 'shop').length, 3 + 1 + 2);
  cluster.delete('Namespace', 'shop');
  for (const kind of [
    'Pod',
    'Service',
    'Deployment',
    'ReplicaSet',
    'EndpointSlice',
    'Endpoints',
    'Event',
  ]) {
    assert.deepEqual(cluster.objects.rawList(kind, 'shop'), [], kind);
  }
  assert.equal(cluster.objects.get('Namespace', 'shop'), undefined);
});

test('a Deployment adopts the orphan ReplicaSet whose template is its own', () => {
  const cluster = start.fork();
  const [before] = cluster.objects.list('ReplicaSet', 'default');
  const pods = web(cluster).map(keyOf);
  cluster.delete('Deployment', 'default/web');
  assert.deepEqual(web(cluster), [], 'without orphaning nothing stays');
  const orphan = start.fork();
  const key = `default/${before?.metadata.name}`;
  orphan.set('ReplicaSet', key, 'metadata.ownerReferences', null);
  const [after] = orphan.objects.list('ReplicaSet', 'default');
  assert.equal(orphan.objects.list('ReplicaSet', 'default').length, 1);
  assert.equal(after?.metadata.ownerReferences?.[0]?.name, 'web');
  assert.deepEqual(web(orphan).map(keyOf), pods);
});

test('a StatefulSet Pod keeps its name over deletion', () => {
  const cluster = clusterOf(`${clusterDocument(2)}---
apiVersion: v1
kind: Service
metadata: { name: db }
spec: { clusterIP: None, selector: { app: db }, ports: [ { port: 80 } ] }
${deployment
  .replace('kind: Deployment', 'kind: StatefulSet')
  .replace('replicas: 3', 'serviceName: db\n  replicas: 2')
  .replaceAll('web', 'db')}${client}`);
  const before = cluster.objects.get('Pod', 'default/db-0');
  cluster.delete('Pod', 'default/db-0');
  const after = cluster.objects.get('Pod', 'default/db-0');
  assert.notEqual(after?.metadata.uid, before?.metadata.uid);
  assert.equal(fate(cluster, 'pod/default/client', 'db-0.db:80'), 'answered pod/default/db-0');
});

test('what is applied later goes on where the cluster stands', () => {
  const cluster = start.fork();
  cluster.apply(loaded(podText('late', { labels: 'app: web' })).manifests);
  assert.equal(endpointsOf(cluster, 'default/web').length, 4);
});

test('a Pod that is deleted by force runs on under a kubelet that is down, until that returns', () => {
  const cluster = start.fork();
  const victim = web(cluster).find((pod) => pod.spec.nodeName === 'node02');
  const address = `${addressOf(victim)}:80`;
  cluster.setComponent({ kind: 'kubelet', node: 'node02' }, 'stops');
  cluster.delete('Pod', keyOf(victim), { gracePeriodSeconds: 0 });
  assert.equal(cluster.objects.get('Pod', keyOf(victim)), undefined, 'the object goes at once');
  assert.ok(!endpointsOf(cluster, 'default/web').includes(addressOf(victim)));
  const ask = () => fate(cluster, 'pod/default/client', address);
  assert.equal(ask(), `answered pod/${keyOf(victim)}`, 'the container runs on');
  cluster.setComponent({ kind: 'kubelet', node: 'node02' }, 'starts');
  assert.notEqual(ask().split(' ')[0], 'answered', 'the kubelet has cleaned up');
});

test('a second delete with a shorter grace period cuts the first one short', () => {
  const cluster = start.fork();
  const stubborn = podText('slow', { spec: 'nodeName: node01', labels: 'app: web' }).replace(
    'metadata: {',
    'metadata: { annotations: { svcspec.dev/stop-after: 25s },',
  );
  cluster.apply(loaded(stubborn).manifests);
  cluster.delete('Pod', 'default/slow');
  // Before the new period is over, counted from the first delete: later than that the API server allows 1 s.
  cluster.advance(1000);
  assert.ok(cluster.objects.get('Pod', 'default/slow'), 'works on for 25 s');
  cluster.delete('Pod', 'default/slow', { gracePeriodSeconds: 3 });
  cluster.advance(2999);
  assert.ok(cluster.objects.get('Pod', 'default/slow'), 'and for 3 s of the new period');
  cluster.advance(1);
  assert.equal(cluster.objects.get('Pod', 'default/slow'), undefined);
});

test('a liveness probe may ask a container that starts after its own', () => {
  const probe = 'livenessProbe: { tcpSocket: { port: 9000 } }';
  const spec = `spec: { containers: [ { name: a, image: x, ${probe} }, { name: b, image: "y", ports: [ { containerPort: 9000 } ] } ] }`;
  const pod = `---\napiVersion: v1\nkind: Pod\nmetadata: { name: two }\n${spec}\n`;
  const status = clusterOf(clusterDocument(1) + pod).objects.get('Pod', 'default/two')?.status;
  assert.deepEqual(
    status?.containerStatuses?.map((one) => [one.name, one.restartCount]),
    [
      ['a', 0],
      ['b', 0],
    ],
  );
});

test('a controller that is refused says so, tries again, and ends nothing', () => {
  const big = `---
apiVersion: v1
kind: Endpoints
metadata: { name: big, annotations: { note: "${'x'.repeat(262_140)}" } }
subsets: [ { addresses: [ { ip: 192.0.2.9 } ], ports: [ { port: 80 } ] } ]
---
apiVersion: v1
kind: Service
metadata: { name: big }
spec: { selector: { app: web }, ports: [ { port: 80 } ] }
`;
  const cluster = start.fork();
  cluster.apply(loaded(big).manifests, 'create');
  const told = cluster.notices.filter((notice) => notice.startsWith('controller '));
  const limit = 'metadata.annotations: Too long: may not be more than 262144 bytes';
  assert.deepEqual(told, [
    `controller endpoints: default/big: Endpoints "big" is invalid: ${limit}`,
  ]);
  assert.deepEqual(endpointsOf(cluster, 'default/web').length, 3, 'the others go on');
  cluster.delete('Endpoints', 'default/big');
  cluster.advance(1_000_000);
  assert.ok(cluster.objects.get('Endpoints', 'default/big')?.subsets?.length, 'tried again');
});
