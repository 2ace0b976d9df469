// The service controller against a cloud that a test rules: upstream's controller_test.go as tables.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnyObject, Node, Service } from '../../api/types.ts';
import { clusterSpec } from '../../apiserver/server.fixture.ts';
import { type ApiServer, createApiServer } from '../../apiserver/server.ts';
import { seeded } from '../../sim/choices.ts';
import { formatTime } from '../../sim/time.ts';
import type { ControllerContext } from '../controller.ts';
import { indexedClient } from '../indexed-client.ts';
import { Memory } from '../memory.ts';
import { ObjectIndex } from '../object-index.ts';
import type { CloudBalancers } from './cloud.ts';
import { serviceLb } from './service-lb.ts';
import { isTarget, needsUpdate, nodeMatters } from './wants.ts';

const finalizer = 'service.kubernetes.io/load-balancer-cleanup';

/** A cloud that remembers what it was asked, and refuses while `failure` says why. */
class Cloud implements CloudBalancers {
  readonly calls: string[] = [];
  failure: string | null = null;
  readonly #known = new Set<string>();

  exists({ metadata }: Service): boolean {
    return this.#known.has(metadata.uid ?? '');
  }
  ensure({ metadata }: Service, nodes: readonly string[]) {
    this.calls.push(`ensure ${metadata.name} ${nodes.join(',')}`);
    if (this.failure !== null) return this.failure;
    this.#known.add(metadata.uid ?? '');
    return { ingress: [{ ip: '192.0.2.1', ipMode: 'VIP' }] };
  }
  update({ metadata }: Service, nodes: readonly string[]): void {
    this.calls.push(`update ${metadata.name} ${nodes.join(',')}`);
  }
  remove({ metadata }: Service): void {
    this.calls.push(`delete ${metadata.name}`);
    this.#known.delete(metadata.uid ?? '');
  }
}

class Bench {
  readonly server: ApiServer;
  readonly cloud = new Cloud();
  readonly memory = new Memory();
  readonly #minor: number;
  #work: { readonly key: string; readonly atMs: number }[] = [];
  nowMs = 0;

  constructor(more: { minor?: number; nodes?: readonly string[] } = {}) {
    this.#minor = more.minor ?? 34;
    const spec = clusterSpec({ minor: this.#minor });
    this.server = createApiServer({ spec, choices: seeded(1), nowMs: () => this.nowMs });
    for (const name of more.nodes ?? ['n1', 'n2']) this.node(name);
    this.settle();
  }

  #context(): ControllerContext {
    return {
      client: indexedClient(this.server, () => {}),
      index: new ObjectIndex(),
      memory: this.memory,
      cloud: this.cloud,
      spec: clusterSpec({ minor: this.#minor }),
      choices: seeded(1),
      nowMs: this.nowMs,
      now: formatTime(this.nowMs),
      minor: this.#minor,
      again: (key, delayMs) => this.#work.push({ key, atMs: this.nowMs + delayMs }),
    };
  }

  settle(): void {
    for (let steps = 0; steps < 1000; steps++) {
      for (const event of this.server.drainEvents()) {
        if (!serviceLb.watches.includes(event.kind)) continue;
        for (const key of serviceLb.keysOf(event, this.#context())) {
          this.#work.push({ key, atMs: this.nowMs });
        }
      }
      const i = this.#work.findIndex(({ atMs }) => atMs <= this.nowMs);
      const [work] = i < 0 ? [] : this.#work.splice(i, 1);
      if (work === undefined) return;
      serviceLb.sync(work.key, this.#context());
    }
    throw new Error('does not settle');
  }

  advance(ms: number): void {
    const until = this.nowMs + ms;
    for (;;) {
      const next = Math.min(...this.#work.map(({ atMs }) => atMs));
      if (next > until) break;
      this.nowMs = next;
      this.settle();
    }
    this.nowMs = until;
  }

  get waiting(): readonly number[] {
    return this.#work.map(({ atMs }) => atMs - this.nowMs);
  }

  node(name: string, labels: object = {}): void {
    this.server.create({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels },
      spec: {},
    } as unknown as AnyObject);
  }

  create(spec: object = {}, metadata: object = {}): void {
    this.server.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'default', ...metadata },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }], ...spec },
    } as unknown as AnyObject);
    this.settle();
  }

  set(path: string, value: unknown, kind = 'Service', key = 'default/web'): void {
    this.server.patchPath(kind, key, path, value);
    this.settle();
  }

  get web(): Service | undefined {
    return this.server.get('Service', 'default/web');
  }

  /** The calls since the last time. */
  calls(): readonly string[] {
    return this.cloud.calls.splice(0);
  }

  /** "Type Reason: message", the one that came last at the end. */
  events(): readonly string[] {
    const list = this.server.rawList('Event', 'default');
    const order = (one: AnyObject) => Number(one.metadata.resourceVersion);
    return [...list]
      .sort((a, b) => order(a) - order(b))
      .map((one) => `${one['type']} ${one['reason']}: ${one['message']}`);
  }
}

test('a Service of type LoadBalancer: finalizer, balancer, address, events', () => {
  const bench = new Bench();
  bench.create();
  assert.deepEqual(bench.calls(), ['ensure web n1,n2']);
  assert.deepEqual(bench.web?.metadata.finalizers, [finalizer]);
  const ingress = [{ ip: '192.0.2.1', ipMode: 'VIP' }];
  assert.deepEqual(bench.web?.status?.loadBalancer, { ingress });
  assert.deepEqual(bench.events(), [
    'Normal EnsuringLoadBalancer: Ensuring load balancer',
    'Normal EnsuredLoadBalancer: Ensured load balancer',
  ]);
  const version = bench.web?.metadata.resourceVersion;
  bench.set('metadata.labels', { a: 'b' });
  assert.deepEqual(bench.calls(), [], 'labels do not matter to a balancer');
  assert.notEqual(bench.web?.metadata.resourceVersion, version);
});

const others: readonly (readonly [string, object])[] = [
  ['type ClusterIP', { type: 'ClusterIP' }],
  ['type NodePort', { type: 'NodePort' }],
  ['a loadBalancerClass', { loadBalancerClass: 'example.com/lb' }],
];
for (const [name, spec] of others) {
  test(`nobody asks the cloud for a Service with ${name}`, () => {
    const bench = new Bench();
    bench.create(spec);
    bench.advance(60_000);
    assert.deepEqual([bench.calls(), bench.events()], [[], []]);
    assert.equal(bench.web?.metadata.finalizers, undefined);
  });
}

test('a Service that is deleted goes when its balancer is gone', () => {
  const bench = new Bench();
  bench.create();
  bench.calls();
  bench.server.delete('Service', 'default/web');
  assert.ok(bench.web !== undefined, 'it terminates while the finalizer is there');
  bench.settle();
  assert.equal(bench.web, undefined);
  assert.deepEqual(bench.calls(), ['delete web']);
  assert.deepEqual(bench.events().slice(2), [
    'Normal DeletingLoadBalancer: Deleting load balancer',
    'Normal DeletedLoadBalancer: Deleted load balancer',
  ]);
});

test('a Service that changes its type away loses balancer, finalizer and status', () => {
  const bench = new Bench();
  bench.create();
  bench.calls();
  bench.set('spec.type', 'ClusterIP');
  assert.deepEqual(bench.calls(), ['delete web']);
  assert.deepEqual(bench.web?.metadata.finalizers ?? [], []);
  assert.deepEqual(bench.web?.status?.loadBalancer, {});
  bench.set('spec.type', 'LoadBalancer');
  assert.deepEqual(bench.calls(), ['ensure web n1,n2']);
});

test('a refusal is said and tried again after 5 s, 10 s ... 300 s; a change tries at once', () => {
  const bench = new Bench();
  bench.cloud.failure = 'no free address in the pool 192.0.2.0/30';
  bench.create();
  assert.deepEqual(bench.events(), [
    'Normal EnsuringLoadBalancer: Ensuring load balancer',
    'Warning SyncLoadBalancerFailed: Error syncing load balancer: failed to ensure load balancer: no free address in the pool 192.0.2.0/30',
  ]);
  assert.deepEqual(bench.web?.status?.loadBalancer, {});
  const waits: number[] = [];
  for (let i = 0; i < 8; i++) {
    const [wait = 0] = bench.waiting;
    waits.push(wait / 1000);
    bench.advance(wait);
  }
  assert.deepEqual(waits, [5, 10, 20, 40, 80, 160, 300, 300]);
  bench.cloud.failure = null;
  bench.advance(300_000);
  assert.equal(bench.web?.status?.loadBalancer?.ingress?.[0]?.ip, '192.0.2.1');
  assert.deepEqual(bench.waiting, []);
});

test('nodes that come, go and are excluded are told to all balancers; a taint waits for the next sync', () => {
  const bench = new Bench();
  bench.create();
  bench.calls();
  bench.node('n3');
  bench.settle();
  assert.deepEqual(bench.calls(), ['update web n1,n2,n3']);
  bench.set(
    'metadata.labels',
    { 'node.kubernetes.io/exclude-from-external-load-balancers': 'true' },
    'Node',
    'n1',
  );
  assert.deepEqual(bench.calls(), ['update web n2,n3']);
  const taints = [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }];
  bench.set('spec.taints', taints, 'Node', 'n2');
  assert.deepEqual(bench.calls(), []);
  bench.set('metadata.annotations', { 'example.com/a': 'b' });
  assert.deepEqual(bench.calls(), ['ensure web n3']);
  bench.server.delete('Node', 'n3');
  bench.settle();
  assert.deepEqual(bench.calls(), ['update web ']);
  const told = bench.events();
  assert.ok(told.includes('Normal UpdatedLoadBalancer: Updated load balancer with new hosts'));
  assert.equal(
    told.at(-1),
    'Warning UnAvailableLoadBalancer: There are no available nodes for LoadBalancer',
  );
});

test('a node that is cordoned stays', () => {
  const bench = new Bench();
  bench.create();
  bench.calls();
  bench.set('spec.unschedulable', true, 'Node', 'n1');
  bench.create({}, { name: 'other' });
  assert.deepEqual(bench.calls(), ['ensure other n1,n2']);
});

test('a Service that is being deleted takes no finalizer: its balancer is not made again', () => {
  const bench = new Bench();
  bench.create({}, { finalizers: ['example.com/hold'] });
  bench.server.delete('Service', 'default/web');
  bench.settle();
  bench.set('spec.type', 'ClusterIP');
  bench.calls();
  bench.set('spec.type', 'LoadBalancer');
  assert.deepEqual(bench.calls(), []);
  assert.match(
    bench.events().at(-1) ?? '',
    /^Warning SyncLoadBalancerFailed: Error syncing load balancer: failed to add load balancer cleanup finalizer: Service "web" is invalid: metadata.finalizers: Forbidden: no new finalizers/,
  );
});

test('without nodes a balancer is made all the same, with a warning', () => {
  const bench = new Bench({ nodes: [] });
  bench.create();
  assert.deepEqual(bench.calls(), ['ensure web ']);
  assert.deepEqual(bench.events(), [
    'Normal EnsuringLoadBalancer: Ensuring load balancer',
    'Warning UnAvailableLoadBalancer: There are no available nodes for LoadBalancer',
    'Normal EnsuredLoadBalancer: Ensured load balancer',
  ]);
});

test('without its finalizer a Service goes at once, and its balancer stays behind, as upstream', () => {
  const bench = new Bench();
  bench.create();
  bench.calls();
  bench.set('metadata.finalizers', []);
  bench.server.delete('Service', 'default/web');
  bench.settle();
  assert.deepEqual(bench.calls(), []);
  bench.create();
  assert.deepEqual(
    bench.calls(),
    ['delete web', 'ensure web n1,n2'],
    'until one of its name comes',
  );
});

const base: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', uid: 'u' },
  spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
};
const updates: readonly (readonly [string, object, object, boolean])[] = [
  ['nothing', {}, {}, false],
  ['labels', {}, { labels: { a: 'b' } }, false],
  ['annotations', {}, { annotations: { a: 'b' } }, true],
  ['uid', {}, { uid: 'v' }, true],
  ['type', { type: 'NodePort' }, {}, true],
  ['class', { loadBalancerClass: 'a/b' }, {}, true],
  ['port', { ports: [{ port: 81 }] }, {}, true],
  ['node port', { ports: [{ port: 80, nodePort: 30000 }] }, {}, true],
  ['target port', { ports: [{ port: 80, targetPort: 81 }] }, {}, true],
  ['port name', { ports: [{ port: 80, name: 'a' }] }, {}, true],
  ['appProtocol', { ports: [{ port: 80, appProtocol: 'http' }] }, {}, true],
  ['another port', { ports: [{ port: 80 }, { port: 81 }] }, {}, true],
  ['session affinity', { sessionAffinity: 'ClientIP' }, {}, true],
  ['affinity time', { sessionAffinityConfig: { clientIP: { timeoutSeconds: 1 } } }, {}, true],
  ['source ranges', { loadBalancerSourceRanges: ['10.0.0.0/8'] }, {}, true],
  ['load-balancer IP', { loadBalancerIP: '192.0.2.9' }, {}, true],
  ['external IPs', { externalIPs: ['192.0.2.9'] }, {}, true],
  ['external policy', { externalTrafficPolicy: 'Local' }, {}, true],
  ['internal policy', { internalTrafficPolicy: 'Local' }, {}, false],
  ['health-check port', { healthCheckNodePort: 30001 }, {}, true],
  ['families', { ipFamilies: ['IPv4', 'IPv6'] }, {}, true],
  ['selector', { selector: { a: 'b' } }, {}, false],
];
for (const [name, spec, metadata, want] of updates) {
  test(`a balancer follows a change of a Service: ${name}: ${want}`, () => {
    const after = {
      ...base,
      spec: { ...base.spec, ...spec },
      metadata: { ...base.metadata, ...metadata },
    };
    assert.equal(needsUpdate(base, after), want);
  });
}

function node(labels: Readonly<Record<string, string>>, spec: object = {}): Node {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', labels }, spec };
}
const exclude = 'node.kubernetes.io/exclude-from-external-load-balancers';
const targets: readonly (readonly [string, Node, number, boolean])[] = [
  ['plain', node({}), 34, true],
  [
    'not ready',
    { ...node({}), status: { conditions: [{ type: 'Ready', status: 'False' }] } },
    34,
    true,
  ],
  ['unschedulable', node({}, { unschedulable: true }), 34, true],
  ['excluded', node({ [exclude]: '' }), 34, false],
  ['excluded "true"', node({ [exclude]: 'true' }), 34, false],
  ['excluded "false", 1.34', node({ [exclude]: 'false' }), 34, true],
  ['excluded "false", 1.33', node({ [exclude]: 'false' }), 33, false],
  ['excluded "no"', node({ [exclude]: 'no' }), 34, false],
  [
    'tainted by the autoscaler',
    node({}, { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }] }),
    34,
    false,
  ],
  ['tainted otherwise', node({}, { taints: [{ key: 'a', effect: 'NoSchedule' }] }), 34, true],
];
for (const [name, object, minor, want] of targets) {
  test(`balancers send to a node: ${name}: ${want}`, () => {
    assert.equal(isTarget(object, minor), want);
  });
}

test('a node matters by its label and its provider id alone', () => {
  const taints = [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }];
  assert.equal(nodeMatters(node({}), node({ [exclude]: '' }), 34), true);
  assert.equal(nodeMatters(node({}), node({}, { providerID: 'x' }), 34), true);
  assert.equal(nodeMatters(node({}), node({ zone: 'a' }, { taints }), 34), false);
});
