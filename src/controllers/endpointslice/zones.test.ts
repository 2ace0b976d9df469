// Upstream's topologycache tests as tables: shares of CPU by zone, allocations, moves between zones, hints, events.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node } from '../../api/types.ts';
import { allocationsFor, movesBetween } from './allocation.ts';
import { type PodFace, SliceBench, web } from './slices.fixture.ts';
import { isOverloaded, sharesAmong } from './zones.ts';

/** "zone cpu [not-ready] [label]" */
function nodeOf(text: string): Node {
  const [zone = '', cpu = '', ...rest] = text.split(' ');
  const labels: Record<string, string> = { 'topology.kubernetes.io/zone': zone };
  for (const label of rest) if (label !== 'not-ready') labels[label] = '';
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: text, labels },
    spec: {},
    status: {
      allocatable: { cpu },
      conditions: [{ type: 'Ready', status: rest.includes('not-ready') ? 'False' : 'True' }],
    },
  };
}

const controlPlane = 'node-role.kubernetes.io/control-plane';
const shares: readonly { name: string; nodes: readonly string[]; want: object | null }[] = [
  { name: 'no node', nodes: [], want: null },
  { name: 'one node', nodes: ['a 1000m'], want: null },
  { name: 'one zone', nodes: ['a 1000m', 'a 1000m'], want: null },
  { name: 'two zones', nodes: ['a 1000m', 'b 1'], want: { a: 0.5, b: 0.5 } },
  { name: 'one of two not ready', nodes: ['a 1 not-ready', 'b 1'], want: null },
  { name: 'one of two a control plane', nodes: ['a 1', `b 1 ${controlPlane}`], want: null },
  {
    name: 'one of two an old master',
    nodes: ['a 1', 'b 1 node-role.kubernetes.io/master'],
    want: null,
  },
  {
    name: 'a further node that is not ready',
    nodes: ['a 1', 'b 1', 'b 1 not-ready'],
    want: { a: 0.5, b: 0.5 },
  },
  {
    name: 'a control plane without CPU is not asked',
    nodes: ['a 1', 'b 1', `b 0 ${controlPlane}`],
    want: { a: 0.5, b: 0.5 },
  },
  {
    name: 'three zones',
    nodes: ['a 1', 'a 1000m', 'a 1', 'a 2', 'b 3', 'b 1500m', 'c 0.5'],
    want: { a: 0.5, b: 0.45, c: 0.05 },
  },
  { name: 'a node without a zone spoils it', nodes: ['a 1', 'b 1', ' 1'], want: null },
  { name: 'a node without CPU spoils it', nodes: ['a 1', 'b 1', 'b 0'], want: null },
];
for (const { name, nodes, want } of shares) {
  test(`shares of CPU: ${name}`, () => assert.deepEqual(sharesAmong(nodes.map(nodeOf)), want));
}

const noInfo =
  'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes';
const overload =
  'Unable to allocate minimum required endpoints to each zone without exceeding overload threshold';
const third = { a: 0.3, b: 0.4, c: 0.3 };
const allocations: readonly {
  shares: Record<string, number> | null;
  endpoints: number;
  want: string | Record<string, readonly [number, number]>;
}[] = [
  { shares: null, endpoints: 5, want: noInfo },
  { shares: {}, endpoints: 5, want: 'Nodes only ready in one zone' },
  {
    shares: third,
    endpoints: 2,
    want: 'Insufficient number of endpoints (2 endpoints, 3 zones)',
  },
  { shares: third, endpoints: 4, want: { a: [1, 1], b: [2, 2], c: [1, 1] } },
  { shares: { a: 0.45, b: 0.55 }, endpoints: 2, want: { a: [1, 1], b: [1, 1] } },
  {
    shares: { a: 0.35, b: 0.35, c: 0.3 },
    endpoints: 10,
    want: { a: [3, 4], b: [3, 4], c: [3, 4] },
  },
  {
    shares: { a: 0.5, b: 0.45, c: 0.05 },
    endpoints: 3,
    want: `${overload} (3 endpoints, 3 zones)`,
  },
];
for (const row of allocations) {
  test(`allocations: ${row.endpoints} over ${JSON.stringify(row.shares)}`, () => {
    const got = allocationsFor(row.shares, row.endpoints);
    if (typeof got === 'string') assert.equal(got, row.want);
    else {
      const bounds = [...got].map(([zone, one]) => [zone, [one.minimum, one.maximum]]);
      assert.deepEqual(Object.fromEntries(bounds), row.want);
    }
  });
}

type Numbers = Readonly<Record<string, number>>;
const moves: readonly (readonly [string, Numbers, Numbers, Numbers, Numbers])[] = [
  ['nothing', {}, {}, {}, {}],
  ['level enough', { a: 1.2, b: 1.1, c: 1 }, { a: 1, b: 1, c: 1 }, {}, {}],
  ['less than half is not moved', { a: 5.1, b: 5.1, c: 5.8 }, { a: 16 }, { a: 10 }, { b: 5, c: 5 }],
  ['the neediest', { a: 5, b: 5.6, c: 5.4 }, { a: 16 }, { a: 11 }, { b: 6, c: 5 }],
  ['the richest', { a: 5, b: 5.6, c: 5.4 }, { b: 8, c: 8 }, { b: 2, c: 3 }, { a: 5 }],
  ['too many everywhere', { a: 5, b: 5, c: 5 }, { a: 6, b: 6, c: 6 }, {}, {}],
];
for (const [name, desired, counts, giving, receiving] of moves) {
  test(`moves between zones: ${name}`, () => {
    const rows = Object.entries(desired).map(
      ([zone, want]) => [zone, { minimum: 0, maximum: 0, desired: want }] as const,
    );
    const got = movesBetween(new Map(rows), counts);
    assert.deepEqual(
      [Object.fromEntries(got.giving), Object.fromEntries(got.receiving)],
      [giving, receiving],
    );
  });
}

const overloads: readonly (readonly [Numbers, Record<string, number> | null, boolean])[] = [
  [{}, { a: 0.5, b: 0.5 }, false],
  [{ a: 1, b: 1 }, null, true],
  [{ a: 1, b: 1 }, {}, true],
  [{ a: 4, b: 4, c: 4 }, { a: 0.34, b: 0.33, c: 0.33 }, false],
  [{ a: 5, b: 4, c: 5 }, { a: 0.3, b: 0.4, c: 0.3 }, true],
  [{ a: 2 }, { a: 0.5, b: 0.5 }, true],
];
for (const [counts, of, want] of overloads) {
  test(`overload: ${JSON.stringify(counts)} over ${JSON.stringify(of)}`, () => {
    assert.equal(isOverloaded(counts, of), want);
  });
}

const auto = { annotations: { 'service.kubernetes.io/topology-mode': 'Auto' } };
const zones = ['zone-a', 'zone-b', 'zone-c'];

/** Pods by node number: pod-0 on node-0 ... */
function placed(bench: SliceBench, nodes: readonly number[], more: PodFace = {}): void {
  for (const [i, node] of nodes.entries()) {
    bench.pod(`pod-${i}`, { ips: [`10.0.0.${i + 1}`], node: `node-${node}`, ...more });
  }
}

/** "own zone>hinted zones" of every endpoint, by address. */
function hints(bench: SliceBench): readonly string[] {
  return bench
    .slices()
    .flatMap(({ endpoints = [] }) => endpoints)
    .sort((a, b) => ((a.addresses[0] ?? '') < (b.addresses[0] ?? '') ? -1 : 1))
    .map(({ zone, hints: given }) => {
      const { forZones = [], forNodes = [] } = given ?? {};
      return `${zone ?? ''}>${[...forZones, ...forNodes].map(({ name }) => name).join('+')}`;
    });
}

const enabled =
  'Normal TopologyAwareHintsEnabled: Topology Aware Hints has been enabled, addressType: IPv4';
const disabled = 'Warning TopologyAwareHintsDisabled: ';

test('Auto: endpoints in every zone are hinted for it, and the event says so once', () => {
  const bench = new SliceBench({ zones });
  placed(bench, [0, 1, 2]);
  bench.create(web({}, auto));
  assert.deepEqual(hints(bench), ['zone-a>zone-a', 'zone-b>zone-b', 'zone-c>zone-c']);
  assert.deepEqual(bench.events('web'), [enabled]);
  bench.counted();
  bench.set('Service', 'default/web', 'spec.sessionAffinity', 'ClientIP');
  assert.deepEqual(bench.counted(), {}, 'hints that fit are left alone');
  assert.deepEqual(bench.events('web'), [enabled]);
});

test('Auto: a zone with too many gives to those with too few', () => {
  const bench = new SliceBench({ zones: ['zone-a', 'zone-b'] });
  placed(bench, [0, 0, 0, 0]);
  bench.create(web({}, auto));
  assert.deepEqual(hints(bench), [
    'zone-a>zone-b',
    'zone-a>zone-b',
    'zone-a>zone-a',
    'zone-a>zone-a',
  ]);
});

test('Auto: endpoints that are not ready get no hint and do not count', () => {
  const bench = new SliceBench({ zones: ['zone-a', 'zone-b'] });
  placed(bench, [0, 1]);
  bench.pod('pod-9', { ips: ['10.0.0.9'], ready: false });
  bench.create(web({}, auto));
  assert.deepEqual(hints(bench), ['zone-a>zone-a', 'zone-b>zone-b', 'zone-a>']);
});

const refusals: readonly {
  name: string;
  zones: readonly string[];
  nodes: readonly number[];
  want: string;
}[] = [
  {
    name: 'fewer endpoints than zones',
    zones,
    nodes: [0, 1],
    want: 'Insufficient number of endpoints (2 endpoints, 3 zones), addressType: IPv4',
  },
  {
    name: 'one zone',
    zones: ['zone-a', 'zone-a'],
    nodes: [0, 1],
    want: `${noInfo}, addressType: IPv4`,
  },
  {
    name: 'a node without a zone',
    zones: ['zone-a', 'zone-b', ''],
    nodes: [0, 1, 2],
    want: `${noInfo}, addressType: IPv4`,
  },
];
for (const row of refusals) {
  test(`Auto: no hints with ${row.name}`, () => {
    const bench = new SliceBench({ zones: row.zones });
    placed(bench, row.nodes);
    bench.create(web({}, auto));
    assert.ok(
      hints(bench).every((text) => text.endsWith('>')),
      `${hints(bench)}`,
    );
    assert.deepEqual(bench.events('web'), [`${disabled}${row.want}`]);
  });
}

test('Auto: an endpoint on a control plane without a zone disables the hints of all', () => {
  const bench = new SliceBench({ zones: ['zone-a', 'zone-b'] });
  bench.node('master', '', '4', { [controlPlane]: '' });
  placed(bench, [0, 1, 0]);
  bench.pod('pod-9', { ips: ['10.0.0.9'], node: 'master' });
  bench.create(web({}, auto));
  assert.deepEqual(hints(bench), ['zone-a>', 'zone-b>', 'zone-a>', '>']);
  const text = 'One or more endpoints do not have a zone specified, addressType: IPv4';
  assert.deepEqual(bench.events('web'), [`${disabled}${text}`]);
});

test('Auto: where an endpoint has no zone, slices without hints are written in every sync', () => {
  const bench = new SliceBench({ zones: ['zone-a', 'zone-b'] });
  bench.node('master', '', '4', { [controlPlane]: '' });
  placed(bench, [0, 1, 0]);
  bench.pod('pod-9', { ips: ['10.0.0.9'], node: 'master' });
  bench.create(web({}, auto));
  const time = () =>
    bench.slices()[0]?.metadata.annotations?.['endpoints.kubernetes.io/last-change-trigger-time'];
  assert.ok(time() !== undefined);
  bench.set('Service', 'default/web', 'metadata.annotations.a', 'b');
  assert.equal(time(), undefined, 'nothing has changed since, and the annotation says so');
});

test('Auto: an endpoint less disables the hints, and the annotation that goes removes them', () => {
  const bench = new SliceBench({ zones: ['zone-a', 'zone-b'] });
  placed(bench, [0, 1]);
  bench.create(web({}, auto));
  bench.ready('pod-1', false);
  assert.deepEqual(hints(bench), ['zone-a>', 'zone-b>']);
  bench.ready('pod-1', true);
  assert.deepEqual(hints(bench), ['zone-a>zone-a', 'zone-b>zone-b']);
  bench.set('Service', 'default/web', 'metadata.annotations', undefined);
  assert.deepEqual(hints(bench), ['zone-a>', 'zone-b>']);
  assert.deepEqual([...bench.events('web')].sort(), [
    enabled,
    `${disabled}Insufficient number of endpoints (1 endpoints, 2 zones), addressType: IPv4`,
    `${disabled}Topology Aware Hints has been disabled, addressType: IPv4`,
  ]);
});

test('Auto: a node that comes or turns not ready overloads endpoints, and they are hinted anew', () => {
  const bench = new SliceBench({ zones: ['zone-a', 'zone-b'] });
  placed(bench, [0, 1, 0, 1, 0, 1]);
  bench.create(web({}, auto));
  const level = hints(bench);
  bench.node('node-2', 'zone-b');
  bench.settle();
  const forB = hints(bench).filter((text) => text.endsWith('>zone-b'));
  assert.equal(forB.length, 4, 'zone-b has 8 of 12 CPUs');
  const node = bench.server.get('Node', 'node-2');
  assert.ok(node);
  const conditions = [{ type: 'Ready', status: 'False' }];
  bench.server.updateStatus({ ...node, status: { ...node.status, conditions } });
  bench.settle();
  assert.deepEqual(hints(bench), level);
  bench.delete('Node', 'node-1');
  assert.deepEqual(new Set(hints(bench).map((text) => text.split('>')[1])), new Set(['']));
});

const annotations: readonly (readonly [string, number, object, boolean])[] = [
  ['auto', 34, { 'service.kubernetes.io/topology-mode': 'auto' }, true],
  ['AUTO', 34, { 'service.kubernetes.io/topology-mode': 'AUTO' }, false],
  ['the old one', 34, { 'service.kubernetes.io/topology-aware-hints': 'Auto' }, true],
  ['too new for 1.26', 26, { 'service.kubernetes.io/topology-mode': 'Auto' }, false],
  ['the old one, 1.26', 26, { 'service.kubernetes.io/topology-aware-hints': 'Auto' }, true],
];
for (const [name, minor, given, want] of annotations) {
  test(`the topology annotation: ${name}`, () => {
    const bench = new SliceBench({ zones: ['zone-a', 'zone-b'], minor });
    placed(bench, [0, 1]);
    bench.create(web({}, { annotations: given }));
    assert.deepEqual(
      hints(bench),
      want ? ['zone-a>zone-a', 'zone-b>zone-b'] : ['zone-a>', 'zone-b>'],
    );
  });
}

const own = ['zone-a>zone-a', 'zone-b>zone-b'];
const none = ['zone-a>', 'zone-b>'];
const distributions: readonly (readonly [string, number, readonly string[]])[] = [
  ['PreferClose', 31, own],
  ['PreferClose', 34, own],
  ['PreferSameZone', 34, own],
  ['PreferSameNode', 34, ['zone-a>zone-a+node-0', 'zone-b>zone-b+node-1']],
];
for (const [value, minor, want] of distributions) {
  test(`trafficDistribution ${value}, 1.${minor}`, () => {
    const bench = new SliceBench({ zones: ['zone-a', 'zone-b'], minor });
    placed(bench, [0, 1]);
    bench.create(web({ trafficDistribution: value }));
    assert.deepEqual(hints(bench), want);
    bench.ready('pod-1', false);
    assert.deepEqual(
      hints(bench),
      [want[0], 'zone-b>'],
      'an endpoint that turns not ready loses it',
    );
    bench.set('Service', 'default/web', 'spec.trafficDistribution', undefined);
    assert.deepEqual(hints(bench), none);
  });
}

test('trafficDistribution on a node without a zone: no hint; until 1.32 one for the zone ""', () => {
  for (const [minor, want] of [
    [34, undefined],
    [32, { forZones: [{ name: '' }] }],
  ] as const) {
    const bench = new SliceBench({ minor });
    placed(bench, [0]);
    bench.create(web({ trafficDistribution: 'PreferClose' }));
    assert.deepEqual(bench.slices()[0]?.endpoints?.[0]?.hints, want);
  }
});

test('the topology annotation wins over trafficDistribution', () => {
  const bench = new SliceBench({ zones: ['zone-a', 'zone-b'] });
  placed(bench, [0, 0]);
  bench.create(web({ trafficDistribution: 'PreferClose' }, auto));
  assert.deepEqual(hints(bench), ['zone-a>zone-b', 'zone-a>zone-a']);
  bench.set('Service', 'default/web', 'metadata.annotations', undefined);
  assert.deepEqual(hints(bench), ['zone-a>zone-a', 'zone-a>zone-a']);
});
