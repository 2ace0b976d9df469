// One kube-proxy over time: what a later sync writes, and when chains that nobody uses go. The
// numbers of operations are those of upstream's TestSyncProxyRulesRepeated and ...Startup.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  added,
  deleted,
  modified,
  service,
  slice,
  snapshotOf,
  testConfig,
  testNode,
} from '../../../test/arbitraries/proxy-objects.ts';
import type { WatchEvent } from '../../api/types.ts';
import { Causes } from '../../sim/causes.ts';
import type { ProxySnapshot } from '../snapshot.ts';
import { withEvent } from '../snapshot.ts';
import { rulesFor } from './layer.ts';
import { nothingWritten, restarted, type SyncMemory, sync } from './sync.ts';

const p8080 = { name: 'p8080', port: 8080, protocol: 'TCP' };

/** A kube-proxy of 1.34 whose syncs can be looked at. */
class KubeProxy {
  memory: SyncMemory = nothingWritten;
  snapshot: ProxySnapshot;
  nowMs = 0;
  readonly #causes = new Causes();
  readonly #minor: number;

  constructor(snapshot: ProxySnapshot, minor = 34) {
    this.snapshot = snapshot;
    this.#minor = minor;
  }

  receive(...events: readonly WatchEvent[]): this {
    for (const event of events) this.snapshot = withEvent(this.snapshot, event);
    return this;
  }

  /** The lines of each transaction. */
  sync(forced = false): readonly (readonly string[])[] {
    const config = { ...testConfig, minor: this.#minor };
    const { table } = rulesFor(this.snapshot, testNode, config, this.#causes);
    const result = sync(this.memory, table, this.nowMs, forced);
    this.memory = result.memory;
    return result.transactions.map((text) => text.trimEnd().split('\n'));
  }
}

const svc1 = service('ns1/svc1', { clusterIP: '172.30.0.41' });
const svc2 = service('ns2/svc2', { clusterIP: '172.30.0.42', ports: [p8080] });
const svc3 = service('ns3/svc3', { clusterIP: '172.30.0.43' });
const svc4 = service('ns4/svc4', { clusterIP: '172.30.0.44' });
const eps2 = slice('ns2/svc2', ['10.0.2.1'], { ports: [p8080] });
const eps3 = slice('ns3/svc3', ['10.0.3.1']);
const first = snapshotOf(svc1, slice('ns1/svc1', ['10.0.1.1']), svc2, eps2);

function started(minor = 34): KubeProxy {
  const proxy = new KubeProxy(first, minor);
  proxy.sync();
  return proxy;
}

test('H33 a new Service costs its own operations', () => {
  const proxy = started().receive(added(svc3), added(eps3));
  const [lines = [], ...rest] = proxy.sync();
  assert.equal(rest.length, 0);
  assert.equal(lines.length, 10);
  assert.ok(
    lines.every((line) => /svc3|172\.30\.0\.43/.test(line)),
    lines.join('\n'),
  );
});

test('H33 chains of a deleted Service are flushed at once and deleted more than a second on', () => {
  const proxy = started().receive(deleted(svc2));
  const chains = [
    'endpoint-7RVP4LUQ-ns2/svc2/tcp/p8080__10.0.2.1/8080',
    'service-MHHHYRWA-ns2/svc2/tcp/p8080',
  ];
  assert.deepEqual(proxy.sync(), [
    [
      ...chains.map((name) => `flush chain ip kube-proxy ${name}`),
      'delete element ip kube-proxy cluster-ips { 172.30.0.42 }',
      'delete element ip kube-proxy service-ips { 172.30.0.42 . tcp . 8080 }',
    ],
  ]);
  proxy.nowMs = 1000;
  const flushed = chains.map((name) => `flush chain ip kube-proxy ${name}`);
  assert.deepEqual(proxy.sync(), [flushed], 'too early: they are flushed once more');
  proxy.nowMs = 2001;
  const deletions = chains.map((name) => `delete chain ip kube-proxy ${name}`);
  assert.deepEqual(proxy.sync(), [deletions]);
  assert.deepEqual(proxy.sync(), []);
});

test('H33 a Service without endpoints is two elements; its endpoints bring its chains', () => {
  const proxy = started().receive(added(svc4));
  assert.deepEqual(proxy.sync(), [
    [
      'add element ip kube-proxy cluster-ips { 172.30.0.44 }',
      'add element ip kube-proxy no-endpoint-services { 172.30.0.44 . tcp . 80 comment "ns4/svc4:p80" : goto reject-chain }',
    ],
  ]);
  const [lines = []] = proxy.receive(added(slice('ns4/svc4', ['10.0.4.1']))).sync();
  assert.equal(lines.length, 10);
  assert.equal(
    lines.at(-1),
    'delete element ip kube-proxy no-endpoint-services { 172.30.0.44 . tcp . 80 }',
  );
});

test('H33 another endpoint: new chains are written, the old one waits', () => {
  const proxy = started().receive(added(svc3), added(eps3));
  proxy.sync();
  const [lines = []] = proxy.receive(modified(eps3, slice('ns3/svc3', ['10.0.3.2']))).sync();
  assert.equal(lines.length, 9);
  assert.match(lines.at(-1) ?? '', /^flush chain ip kube-proxy endpoint-\w+-ns3\/svc3/);
});

test('H33 endpoints that come back in time keep their chains', () => {
  const proxy = started();
  const empty = slice('ns2/svc2', [], { ports: [p8080] });
  assert.equal(proxy.receive(modified(eps2, empty)).sync()[0]?.length, 4);
  const [lines = []] = proxy.receive(modified(empty, eps2)).sync();
  assert.equal(lines.length, 10);
  proxy.nowMs = 5000;
  assert.deepEqual(proxy.sync(), []);
});

const startRows = [
  { name: 'H34 1.34: endpoint chains are left alone', minor: 34, want: 14 },
  // 1.36 has no endpoint chains; what is in the maps stays.
  { name: 'H34 1.36: only what is missing is added', minor: 36, want: 8 },
];

for (const { name, minor, want } of startRows) {
  test(name, () => {
    const empty = new KubeProxy(snapshotOf(), minor).sync()[0]?.length ?? 0;
    const proxy = started(minor);
    proxy.memory = restarted(proxy.memory);
    proxy.snapshot = snapshotOf(
      svc1,
      slice('ns1/svc1', ['10.0.1.1', '10.0.1.2']),
      svc2,
      eps2,
      svc3,
    );
    const [lines = []] = proxy.sync();
    assert.equal(lines.length - empty, want, lines.slice(empty).join('\n'));
  });
}

test('H34 what a Service left that is gone at the start is flushed, then deleted', () => {
  const proxy = started();
  proxy.memory = restarted(proxy.memory);
  proxy.receive(deleted(svc2));
  const [lines = []] = proxy.sync();
  assert.equal(
    lines.filter((line) => line.startsWith('flush chain') && line.includes('svc2')).length,
    2,
  );
  proxy.nowMs = 1001;
  assert.equal(
    proxy.sync()[0]?.every((line) => line.startsWith('delete chain')),
    true,
  );
});

const sticky = {
  clusterIP: '172.30.0.45',
  sessionAffinity: 'ClientIP',
  sessionAffinityConfig: { clientIP: { timeoutSeconds: 90 } },
};

test('D affinity sets of endpoints that are gone are deleted at once', () => {
  const five = service('ns5/svc5', sticky);
  const eps5 = slice('ns5/svc5', ['10.0.5.1', '10.0.5.2']);
  const proxy = started().receive(added(five), added(eps5));
  const sets = proxy.sync()[0]?.filter((line) => line.startsWith('add set'));
  assert.equal(sets?.length, 2);
  assert.match(sets?.[0] ?? '', / \{ type ipv4_addr ; flags dynamic,timeout ; timeout 90s ; \}$/);
  const [lines = []] = proxy.receive(modified(eps5, slice('ns5/svc5', ['10.0.5.2']))).sync();
  const deletedSets = lines.filter((line) => line.startsWith('delete set'));
  assert.equal(deletedSets.length, 1);
  assert.match(deletedSets[0] ?? '', /affinity-\w+-ns5\/svc5\/tcp\/p80__10\.0\.5\.1\/80$/);
});

test('D a full sync once an hour, but not in 1.32, which clears the maps when it has one', () => {
  for (const [minor, hourly] of [
    [32, false],
    [33, true],
    [36, true],
  ] as const) {
    const proxy = started(minor);
    proxy.nowMs = 3_600_000;
    assert.deepEqual(proxy.sync(), []);
    proxy.nowMs += 1;
    assert.equal(proxy.sync().length > 0, hourly, `1.${minor}`);
    const [lines = []] = proxy.sync(true);
    assert.equal(lines.includes('flush map ip kube-proxy service-ips'), minor === 32);
    assert.equal(
      lines.some((line) => line.startsWith('delete chain')),
      false,
      'hooks stay',
    );
  }
});

test('two Services that claim one address: the last one has it, and each sync says so again', () => {
  const claim = (key: string, clusterIP: string) =>
    service(key, { clusterIP, externalIPs: ['192.168.99.1'] });
  const proxy = new KubeProxy(
    snapshotOf(
      claim('ns/a', '172.30.0.1'),
      slice('ns/a', ['10.0.0.1']),
      claim('ns/b', '172.30.0.2'),
      slice('ns/b', ['10.0.0.2']),
    ),
  );
  proxy.sync();
  const [lines = []] = proxy.sync();
  assert.equal(lines.length, 4);
  assert.match(lines.at(-1) ?? '', /goto external-\w+-ns\/b\/tcp\/p80 \}$/);
  const { table } = proxy.memory;
  const found = table?.set('service-ips')?.find?.([0xc0a86301, 6, 80]);
  assert.match(JSON.stringify(found?.data), /external-\w+-ns\/b\//);
});
