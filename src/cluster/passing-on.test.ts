// Containers that pass requests on, in a whole cluster: each hop is balanced by itself, the requests of one connection too;
// what fails behind them ends in time, also in a circle, and the same seed gives the same ends.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failedStatus, lastOf, wayOf } from '../analysis/upstream.ts';
import { formatAddr } from '../net/addr.ts';
import type { Attempt, Cluster } from './cluster.ts';
import { clusterDocument, clusterOf } from './fixture.test.ts';

/** Pods of a StatefulSet behind a Service of its name. */
function set(name: string, replicas: number, more: string, service = ''): string {
  return `---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: ${name}, namespace: web }
spec:
  replicas: ${replicas}
  serviceName: ${name}
  podManagementPolicy: Parallel
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} }, annotations: { ${more} } }
    spec: { containers: [ { name: c, image: "nginx:1.27", ports: [ { containerPort: 80 } ] } ] }
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: web }
spec: { selector: { app: ${name} }, ports: [ { port: 80 } ], ${service} }
`;
}

const proxyTo = (url: string) => `svcspec.dev/proxy-to: "${url}"`;
const client = `---
apiVersion: v1
kind: Pod
metadata: { name: client, namespace: web }
spec: { containers: [ { name: shell, image: alpine } ] }
`;
const hosts = '  hosts: [ { name: laptop, ip: 203.0.113.50 } ]\n';
const front = set('nginx', 2, proxyTo('http://backend'));
const back = set('backend', 3, '');

const start = (text: string, seed = 1) =>
  clusterOf(clusterDocument(2, hosts) + text + client, seed);
const ask = (cluster: Cluster, timeoutMs = 130_000) =>
  cluster.connect('pod/web/client', 'svc/web/nginx:80', { timeoutMs });

/** "pod/web/nginx-0 pod/web/backend-1", "502 by pod/web/nginx-0". */
function ended(attempt: Attempt): string {
  const status = failedStatus(attempt);
  const way = wayOf(attempt).join(' ');
  return status === null ? way : `${status} by ${way}`;
}

function tally(cluster: Cluster, count: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (let n = 0; n < count; n++) {
    const end = ended(ask(cluster));
    counts.set(end, (counts.get(end) ?? 0) + 1);
    cluster.advance(1);
  }
  return counts;
}

test('every pair of a proxy and a backend comes up, and the backend sees the proxy', () => {
  const cluster = start(front + back);
  const pairs = tally(cluster.fork(), 60);
  assert.equal(pairs.size, 6, [...pairs.keys()].join('\n'));
  const attempt = ask(cluster);
  const [proxy = ''] = wayOf(attempt);
  const seen = lastOf(attempt).dial?.source?.addr;
  assert.equal(seen, cluster.addressesOf(proxy)[0]);
  assert.notEqual(seen, attempt.dial?.source?.addr);
  const body = new TextDecoder().decode(attempt.dial?.reply ?? new Uint8Array());
  assert.ok(body.endsWith(`\r\n\r\n${wayOf(attempt)[1]?.replace('pod/web/', '')}`), body);
});

test('in userspace mode both layers take turns, also where one node has both', () => {
  const document = clusterDocument(1, hosts).replace('"1.34"', '"1.25"');
  const mode = `---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: userspace
`;
  const cluster = clusterOf(document + mode + front + back + client);
  const pairs = tally(cluster, 60);
  assert.deepEqual([...pairs.values()], [10, 10, 10, 10, 10, 10]);
});

test('the same seed gives the same ends, another one others', () => {
  const ends = (seed: number) => {
    const cluster = start(front + back, seed);
    return Array.from({ length: 12 }, () => ended(ask(cluster))).join('\n');
  };
  assert.equal(ends(1), ends(1));
  assert.notEqual(ends(1), ends(2));
});

test('one connection stays with its proxy, its requests spread over the backends', () => {
  const cluster = start(front + back);
  const { dial } = cluster.connect('pod/web/client', 'nginx:80', { keep: true });
  const id = dial?.kept ?? assert.fail('it is not kept');
  const ways = Array.from({ length: 20 }, () => {
    cluster.advance(1);
    const used = cluster.useConnection(id);
    assert.equal(used.outcome, 'answered');
    return [used.dial.backend, used.dial.upstream?.dial?.backend];
  });
  assert.deepEqual([...new Set(ways.map(([proxy]) => proxy))], [dial?.backend]);
  assert.equal(new Set(ways.map(([, backend]) => backend)).size, 3);
});

interface Row {
  readonly name: string;
  readonly text: string;
  readonly before?: (cluster: Cluster) => void;
  readonly timeoutMs?: number;
  /** Of `ended`, or the outcome. */
  readonly want: RegExp;
  readonly failure?: string | null;
  /** How long the client has waited. */
  readonly elapsedMs?: number;
}

const policy = `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: closed, namespace: web }
spec: { podSelector: { matchLabels: { app: backend } } }
`;

const rows: readonly Row[] = [
  { name: 'no backend', text: front + set('backend', 0, ''), want: /^502 by/, failure: 'refused' },
  { name: 'no such name', text: front, want: /^502 by/, failure: 'unresolved' },
  {
    name: 'DNS is down: the look-up takes its time',
    text: front + back,
    before: (cluster) => {
      cluster.delete('Deployment', 'kube-system/coredns');
      cluster.advance(5000);
    },
    want: /^502 by/,
    failure: 'unresolved',
  },
  {
    name: 'a policy: no connection within a minute',
    text: front + back + policy,
    want: /^504 by/,
    failure: 'timeout',
    elapsedMs: 60_000,
  },
  {
    name: 'a policy, and a client that does not wait so long',
    text: front + back + policy,
    timeoutMs: 5_000,
    want: /^timeout$/,
    failure: 'timeout',
    elapsedMs: 5_000,
  },
  {
    name: 'an address that nobody has',
    text: set('nginx', 1, proxyTo('http://10.0.0.12:81')),
    want: /^502 by/,
    failure: 'refused',
  },
  {
    name: 'itself, by its Service',
    text: set('nginx', 3, proxyTo('http://nginx')),
    want: /^500 by/,
    failure: null,
  },
  {
    name: 'itself, by localhost',
    text: set('nginx', 1, proxyTo('http://localhost:80')),
    want: /^500 by/,
    failure: null,
  },
  {
    name: 'two that pass on to each other',
    text: front + set('backend', 2, proxyTo('http://nginx/')),
    want: /^500 by/,
    failure: null,
  },
  {
    name: 'two in a row',
    text: front + set('backend', 2, proxyTo('http://db')) + set('db', 1, ''),
    want: /^pod\/web\/nginx-\d pod\/web\/backend-\d pod\/web\/db-0$/,
    failure: null,
  },
  {
    name: 'two in a row, the second without anybody behind it',
    text: front + set('backend', 2, proxyTo('http://db')),
    want: /^502 by pod\/web\/nginx-\d pod\/web\/backend-\d$/,
    failure: null,
  },
  {
    name: 'two with the same words, each about its own Pod',
    text:
      set('nginx', 1, `${proxyTo('http://backend:81')}, svcspec.dev/listen: "80"`) +
      set(
        'backend',
        1,
        `svcspec.dev/listen: "80,81", ${proxyTo('http://127.0.0.1:80')}`,
        'clusterIP: None',
      ),
    want: /^500 by/,
    failure: null,
  },
  {
    name: 'headless: a backend that is gone from the network, and the next one',
    text: front + set('backend', 1, '', 'clusterIP: None'),
    want: /backend-0$/,
    failure: null,
  },
];
for (const row of rows) {
  test(`passing on to ${row.name}`, () => {
    const cluster = start(row.text);
    row.before?.(cluster);
    const attempt = ask(cluster, row.timeoutMs);
    const outcome = attempt.dial?.outcome ?? 'not dialled';
    assert.match(outcome === 'answered' ? ended(attempt) : outcome, row.want);
    if (row.failure !== undefined) {
      assert.equal(attempt.dial?.upstream?.failure, row.failure);
    }
    if (row.elapsedMs !== undefined) assert.equal(attempt.dial?.elapsedMs, row.elapsedMs);
  });
}

test('a probe asks those behind, and a container that only waits for them becomes ready', () => {
  const probe = 'readinessProbe: { httpGet: { port: 80 } }';
  const probing = front.replace('ports: [ { containerPort: 80 } ]', `$&, ${probe}`);
  const cluster = start(probing + back);
  const ready = () => cluster.objects.get('StatefulSet', 'web/nginx')?.status?.readyReplicas ?? 0;
  assert.equal(ready(), 2);
  cluster.scale('StatefulSet', 'web/backend', 0);
  cluster.advance(60_000);
  assert.equal(ready(), 0);
  const events = cluster.objects.rawList('Event', 'web').map((event) => String(event['message']));
  assert.ok(events.includes('Readiness probe failed: HTTP probe failed with statuscode: 502'));
  cluster.scale('StatefulSet', 'web/backend', 1);
  cluster.advance(60_000);
  assert.equal(ready(), 2);
});

test('an annotation that changes under a running program is followed', () => {
  const cluster = start(front + back + set('other', 1, ''));
  const path = 'metadata.annotations["svcspec.dev/proxy-to"]';
  for (const n of [0, 1]) cluster.set('Pod', `web/nginx-${n}`, path, 'http://other');
  assert.match(ended(ask(cluster)), /other-0$/);
  for (const n of [0, 1]) cluster.set('Pod', `web/nginx-${n}`, path, null);
  assert.match(ended(ask(cluster)), /^pod\/web\/nginx-\d$/);
});

test('what a proxy does not pass on is reported, and a URL that is none', () => {
  const { notices } = start(
    set('udp', 1, `${proxyTo('http://backend')}, svcspec.dev/listen: "80,53/UDP"`) +
      set('mute', 1, `${proxyTo('http://backend')}, svcspec.dev/reply: hello`) +
      set('odd', 1, proxyTo('backend:80')),
  );
  const wanted = [
    /passes on HTTP over TCP alone: its port 53\/UDP answers by itself$/,
    /never says its svcspec.dev\/reply: container "c" passes requests on$/,
    /svcspec.dev\/proxy-to: "backend:80", which is no url: /,
  ];
  for (const want of wanted) {
    assert.ok(
      notices.some((notice) => want.test(notice)),
      `${want}\n${notices.join('\n')}`,
    );
  }
});

test('a connection without proxies says nothing of upstreams', () => {
  const cluster = start(back);
  const { dial } = cluster.connect('pod/web/client', 'backend:80');
  assert.equal(dial?.outcome, 'answered');
  assert.ok(dial !== null && !('upstream' in dial));
  assert.equal(formatAddr(dial?.dialled.addr ?? 0).split('.')[0], '10');
});
