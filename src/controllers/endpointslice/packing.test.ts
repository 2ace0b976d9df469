// Upstream's reconciler_test.go as tables: how endpoints are packed into slices and how few writes that takes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoint, EndpointSlice } from '../../api/types.ts';
import { endpointsMax, packGroup } from './packing.ts';
import { SliceBench, web } from './slices.fixture.ts';

function endpoint(i: number, ready = true): Endpoint {
  return {
    addresses: [`10.0.${i >> 8}.${i & 255}`],
    conditions: { ready, serving: ready, terminating: false },
    targetRef: { kind: 'Pod', namespace: 'default', name: `pod-${i}`, uid: `${i}` },
  };
}
const range = (from: number, to: number, step = 1): readonly number[] =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);
const ports = [{ name: '', port: 80, protocol: 'TCP' }];
const slice = (name: string, endpoints: readonly Endpoint[]): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, namespace: 'default' },
  addressType: 'IPv4',
  ports,
  endpoints,
});

const rows: readonly {
  name: string;
  wanted: readonly Endpoint[];
  existing?: readonly (readonly Endpoint[])[];
  max?: number;
  create?: readonly number[];
  update?: readonly number[];
  remove?: number;
}[] = [
  { name: 'many pods', wanted: range(0, 250).map((i) => endpoint(i)), create: [100, 100, 50] },
  {
    name: 'some are there: a new slice for each hundred, the rest where it fits best',
    wanted: range(0, 250).map((i) => endpoint(i)),
    existing: [range(1, 246, 4).map((i) => endpoint(i)), range(3, 246, 4).map((i) => endpoint(i))],
    create: [100],
    update: [89],
  },
  {
    name: 'the rest fits into no slice as a whole: another new one',
    wanted: range(0, 300).map((i) => endpoint(i)),
    existing: [range(1, 296, 4).map((i) => endpoint(i)), range(3, 296, 4).map((i) => endpoint(i))],
    create: [100, 52],
  },
  {
    name: 'slices that change anyway are filled, fullest first',
    wanted: [
      ...range(0, 80).map((i) => endpoint(i, i % 10 !== 0)),
      ...range(100, 120).map((i) => endpoint(i, i % 10 !== 0)),
      ...range(200, 215).map((i) => endpoint(i)),
    ],
    existing: [range(0, 80).map((i) => endpoint(i)), range(100, 120).map((i) => endpoint(i))],
    update: [95, 20],
  },
  {
    name: 'ten slices of thirty stay as they are: nothing is rebalanced',
    wanted: range(0, 300).map((i) => endpoint(i)),
    existing: range(0, 10).map((s) => range(s * 30, s * 30 + 30).map((i) => endpoint(i))),
  },
  {
    name: 'an emptied slice goes',
    wanted: [endpoint(1)],
    existing: [[endpoint(1)], [endpoint(2)]],
    remove: 1,
  },
  {
    name: 'a slice that shrinks is written',
    wanted: [endpoint(1)],
    existing: [[endpoint(1), endpoint(2)]],
    update: [1],
  },
  {
    name: 'hints alone are no change',
    wanted: [endpoint(1)],
    existing: [[{ ...endpoint(1), hints: { forZones: [{ name: 'a' }] } }]],
  },
  ...[
    [50, [50, 50, 50, 50, 50]],
    [80, [80, 80, 80, 10]],
    [150, [150, 100]],
    [250, [250]],
    [500, [250]],
  ].map(([max, create]) => ({
    name: `at most ${max} endpoints per slice`,
    wanted: range(0, 250).map((i) => endpoint(i)),
    max: max as number,
    create: create as number[],
  })),
];

for (const row of rows) {
  test(`packing: ${row.name}`, () => {
    const existing = (row.existing ?? []).map((one, i) => slice(`s-${i}`, one));
    const group = { ports, endpoints: row.wanted };
    const plan = packGroup(group, existing, (one) => one, row.max ?? endpointsMax);
    const sizes = (list: readonly { readonly endpoints?: readonly Endpoint[] }[]) =>
      list.map((one) => one.endpoints?.length ?? 0);
    assert.deepEqual(
      [sizes(plan.create), sizes(plan.update), plan.remove.length],
      [row.create ?? [], row.update ?? [], row.remove ?? 0],
    );
  });
}

/** A Service and pods pod-0 ... with one slice each hundred; writes so far are not counted. */
function filled(pods: number, spec: object = {}): SliceBench {
  const bench = new SliceBench();
  for (const i of range(0, pods)) {
    bench.pod(`pod-${i}`, { ips: [`10.0.${i >> 8}.${i & 255}`], ready: i % 3 !== 0 });
  }
  bench.create(web(spec));
  bench.counted();
  return bench;
}

test('a changed target port takes over all slices, names and all', () => {
  const bench = filled(250);
  const names = bench.slices().map(({ metadata }) => metadata.name);
  bench.set('Service', 'default/web', 'spec.ports[0].targetPort', 81);
  assert.deepEqual(bench.counted(), { update: 4 }, 'three slices and the Endpoints');
  assert.deepEqual(bench.sizes(), [100, 100, 50]);
  assert.deepEqual(
    bench.slices().map(({ metadata }) => metadata.name),
    names,
  );
});

test("a Service's labels are copied to all slices; reserved ones never cause a write", () => {
  const bench = filled(250);
  bench.set('Service', 'default/web', 'metadata.labels', { foo: 'bar' });
  assert.deepEqual(bench.counted(), { update: 4 });
  assert.deepEqual(bench.slices()[0]?.metadata.labels, {
    foo: 'bar',
    'kubernetes.io/service-name': 'web',
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
  });
  bench.writes = [];
  bench.set('Service', 'default/web', 'metadata.labels', {
    foo: 'bar',
    'kubernetes.io/service-name': 'bad',
    'endpointslice.kubernetes.io/managed-by': 'actor',
    'service.kubernetes.io/headless': 'invalid',
  });
  assert.deepEqual(
    bench.writes.filter((text) => !/ default\/web$/.test(text)),
    [],
  );
});

test('scaled to nothing, a Service keeps one slice without endpoints and ports', () => {
  const bench = filled(3);
  const [before] = bench.slices();
  for (const i of [0, 1, 2])
    bench.server.delete('Pod', `default/pod-${i}`, { gracePeriodSeconds: 0 });
  bench.settle();
  const [placeholder, ...more] = bench.slices();
  assert.deepEqual(more, []);
  assert.equal(placeholder?.metadata.name, before?.metadata.name, 'the slice that would go');
  assert.deepEqual([placeholder?.endpoints, placeholder?.ports], [[], []]);
  bench.counted();
  bench.set('Service', 'default/web', 'spec.ports[0].port', 81);
  assert.deepEqual(bench.counted(), {}, 'a placeholder stays');
});

test('a slice that somebody deletes or changes is made good after a second', () => {
  const bench = filled(2);
  const name = bench.slices()[0]?.metadata.name;
  bench.delete('EndpointSlice', `default/${name}`);
  assert.deepEqual(bench.sizes(), []);
  bench.advance(999);
  assert.deepEqual(bench.sizes(), []);
  bench.advance(1);
  assert.deepEqual(bench.sizes(), [2]);
  const key = `default/${bench.slices()[0]?.metadata.name}`;
  bench.set('EndpointSlice', key, 'endpoints[0].conditions.ready', true);
  assert.deepEqual(bench.slices()[0]?.endpoints?.[0]?.conditions?.ready, true);
  bench.advance(1000);
  assert.deepEqual(bench.slices()[0]?.endpoints?.[0]?.conditions?.ready, false, 'pod-0');
  assert.deepEqual(bench.waiting, [], 'own writes are no reason to look again');
});

test('a slice that is no longer marked as managed is left, and another one made', () => {
  const bench = filled(1);
  const name = bench.slices()[0]?.metadata.name;
  const label = 'metadata.labels["endpointslice.kubernetes.io/managed-by"]';
  bench.set('EndpointSlice', `default/${name}`, label, 'me');
  bench.advance(1000);
  assert.deepEqual(bench.sizes(), [1, 1]);
  assert.ok(bench.slices().some((one) => one.metadata.name === name));
});

test('slices of an older Service of the name are never taken over', () => {
  const bench = filled(1);
  const [old] = bench.slices();
  bench.delete('Service', 'default/web');
  bench.create(web());
  const [now, ...more] = bench.slices();
  assert.deepEqual(more, []);
  assert.notEqual(now?.metadata.name, old?.metadata.name);
  assert.equal(
    now?.metadata.ownerReferences?.[0]?.uid,
    bench.server.get('Service', 'default/web')?.metadata.uid,
  );
});

test('a Service that is being deleted has its slices kept level, but gets no new ones', () => {
  const bench = filled(2, {});
  bench.set('Service', 'default/web', 'metadata.finalizers', ['example.com/wait']);
  bench.delete('Service', 'default/web');
  bench.ready('pod-1', false);
  assert.equal(bench.slices()[0]?.endpoints?.[1]?.conditions?.ready, false);
  bench.delete('EndpointSlice', `default/${bench.slices()[0]?.metadata.name}`);
  bench.advance(5000);
  assert.deepEqual(bench.sizes(), []);
});
