// The layout of Endpoints, their limit, labels and annotations; upstream's endpoints_controller_test.go and
// pkg/api/v1/endpoints/util_test.go as tables.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointSubset } from '../../api/types.ts';
import { SliceBench, web } from '../endpointslice/slices.fixture.ts';
import { repacked } from './repack.ts';
import { truncated } from './truncate.ts';

/** "1.1 1.2 | 1.3 | 80 http:81": ready, not ready, ports. */
function subset(text: string): EndpointSubset {
  const [ready = '', not = '', ports = ''] = text.split('|').map((part) => part.trim());
  const list = (part: string) => (part === '' ? [] : part.split(' '));
  const addresses = (part: string) =>
    list(part).map((one) => {
      const [ip = '', uid] = one.split('#');
      const full = `10.0.${ip}`;
      return uid === undefined ? { ip: full } : { ip: full, targetRef: { kind: 'Pod', uid } };
    });
  return {
    addresses: addresses(ready),
    notReadyAddresses: addresses(not),
    ports: list(ports).map((one) => {
      const [name = '', port = ''] = one.split(':');
      return { name, port: Number(port), protocol: 'TCP' };
    }),
  };
}

function textOf({ addresses = [], notReadyAddresses = [], ports = [] }: EndpointSubset): string {
  const [ready, not] = [addresses, notReadyAddresses].map((list) =>
    list
      .map(
        ({ ip, targetRef }) => ip.slice(5) + (targetRef === undefined ? '' : `#${targetRef.uid}`),
      )
      .join(' '),
  );
  return `${ready} | ${not} | ${ports.map(({ name, port }) => `${name}:${port}`).join(' ')}`;
}

const layouts: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['nothing', [], []],
  ['no address', ['|| a:80'], []],
  ['no port', ['0.1 ||'], ['0.1 |  | ']],
  ['one of each', ['0.1 | 0.2 | a:80'], ['0.1 | 0.2 | a:80']],
  ['the same ports are one', ['0.1 || a:80', '0.2 || a:80'], ['0.1 0.2 |  | a:80']],
  ['the same addresses are one', ['0.1 || a:80', '0.1 || b:81'], ['0.1 |  | a:80 b:81']],
  [
    'addresses of two ports, one more of a third',
    ['0.1 0.2 || a:80', '0.1 0.2 || b:81', '0.1 || c:82'],
    ['0.1 0.2 |  | a:80 b:81', '0.1 |  | c:82'],
  ],
  ['not ready wins, port by port', ['0.1 || a:80', '| 0.1 | a:80'], [' | 0.1 | a:80']],
  [
    'ready on one port and not on the other',
    ['0.1 || a:80', '| 0.1 | b:81'],
    ['0.1 |  | a:80', ' | 0.1 | b:81'],
  ],
  ['twice is once', ['0.1 0.1 || a:80 a:80'], ['0.1 |  | a:80']],
  ['one address of two Pods is two', ['0.1#x 0.1#y || a:80'], ['0.1#x 0.1#y |  | a:80']],
  ['order is that of bytes', ['0.9 0.10 0.1 || a:80'], ['0.1 0.10 0.9 |  | a:80']],
];
for (const [name, given, want] of layouts) {
  test(`the layout of Endpoints: ${name}`, () => {
    assert.deepEqual(repacked(given.map(subset)).map(textOf), want);
  });
}

test('the layout of Endpoints does not depend on the order of what is given', () => {
  const parts = ['0.1 || a:80', '0.2 || b:81', '| 0.3 | a:80', '0.2 || a:80'];
  const want = repacked(parts.map(subset));
  assert.deepEqual(repacked([...parts].reverse().map(subset)), want);
});

const many = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({ ip: `10.${from}.${i >> 8}.${i & 255}` }));
/** [ready, not ready] by subset. */
const cuts: readonly (readonly [
  readonly (readonly [number, number])[],
  readonly (readonly [number, number])[],
])[] = [
  [[[1000, 0]], [[1000, 0]]],
  [[[1001, 0]], [[1000, 0]]],
  [[[500, 501]], [[500, 500]]],
  [[[1500, 500]], [[1000, 0]]],
  [
    [
      [400, 0],
      [800, 0],
    ],
    [
      [334, 0],
      [666, 0],
    ],
  ],
  [
    [
      [100, 500],
      [100, 1000],
    ],
    [
      [100, 267],
      [100, 533],
    ],
  ],
  [[[0, 1200]], [[0, 1000]]],
];
for (const [given, want] of cuts) {
  test(`Endpoints over capacity: ${JSON.stringify(given)}`, () => {
    const subsets = given.map(([ready, not], i) => ({
      addresses: many(ready, i),
      notReadyAddresses: many(not, 100 + i),
    }));
    const got = truncated(subsets).map(({ addresses = [], notReadyAddresses = [] }) => [
      addresses.length,
      notReadyAddresses.length,
    ]);
    assert.deepEqual(got, want);
  });
}

const overCapacity = 'endpoints.kubernetes.io/over-capacity';

test('more than 1000 addresses are cut and marked, until they fit again; slices have them all', () => {
  const bench = new SliceBench();
  for (let i = 0; i < 1001; i++) bench.pod(`pod-${i}`, { ips: [`10.1.${i >> 8}.${i & 255}`] });
  bench.create(web());
  const endpoints = () => bench.server.get('Endpoints', 'default/web');
  assert.equal(endpoints()?.subsets?.[0]?.addresses?.length, 1000);
  assert.equal(endpoints()?.metadata.annotations?.[overCapacity], 'truncated');
  assert.equal(
    bench.sizes().reduce((sum, one) => sum + one, 0),
    1001,
  );
  bench.server.delete('Pod', 'default/pod-7', { gracePeriodSeconds: 0 });
  bench.settle();
  assert.equal(endpoints()?.subsets?.[0]?.addresses?.length, 1000);
  assert.equal(endpoints()?.metadata.annotations?.[overCapacity], undefined);
});

const headless = 'service.kubernetes.io/headless';
const managedBy = 'endpoints.kubernetes.io/managed-by';
const labels: readonly (readonly [string, number, object, object, object])[] = [
  ['none, 1.32', 32, {}, {}, {}],
  ['none', 34, {}, {}, { [managedBy]: 'endpoint-controller' }],
  ['the Service has some', 32, {}, { a: 'b' }, { a: 'b' }],
  ['headless', 32, { clusterIP: 'None' }, { a: 'b' }, { a: 'b', [headless]: '' }],
  ['a Service that says headless and is not', 32, {}, { [headless]: '' }, {}],
  [
    'a Service that says who manages',
    34,
    {},
    { [managedBy]: 'me' },
    { [managedBy]: 'endpoint-controller' },
  ],
];
for (const [name, minor, spec, given, want] of labels) {
  test(`labels of Endpoints: ${name}`, () => {
    const bench = new SliceBench({ minor });
    bench.pod('pod-1');
    bench.create(web(spec, { labels: given }));
    assert.deepEqual(bench.server.get('Endpoints', 'default/web')?.metadata.labels ?? {}, want);
    bench.counted();
    bench.set('Service', 'default/web', 'spec.sessionAffinity', 'ClientIP');
    assert.deepEqual(bench.counted(), {}, 'nothing changes: nothing is written');
  });
}

test('what a user writes into Endpoints stays until the Service is synced; deleted ones come back', () => {
  const bench = new SliceBench();
  bench.pod('pod-1');
  bench.create(web());
  const ips = () =>
    bench.server
      .get('Endpoints', 'default/web')
      ?.subsets?.flatMap(({ addresses = [] }) => addresses.map(({ ip }) => ip));
  bench.set('Endpoints', 'default/web', 'subsets[0].addresses[0].ip', '192.0.2.9');
  assert.deepEqual(ips(), ['192.0.2.9']);
  bench.set('Service', 'default/web', 'metadata.annotations.a', 'b');
  assert.deepEqual(ips(), ['10.0.0.1']);
  bench.delete('Endpoints', 'default/web');
  assert.deepEqual(ips(), ['10.0.0.1']);
});

test('Endpoints go with their Service, those of no Service stay', () => {
  const bench = new SliceBench();
  const own = (name: string) => ({
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name, namespace: 'default' },
    subsets: [{ addresses: [{ ip: '192.0.2.9' }], ports: [{ port: 80 }] }],
  });
  bench.create(own('db'), own('lone'), web({ selector: undefined }, { name: 'db' }));
  bench.delete('Service', 'default/db');
  assert.equal(bench.server.get('Endpoints', 'default/db'), undefined);
  assert.ok(bench.server.get('Endpoints', 'default/lone') !== undefined);
});

test('a Service of type ExternalName, or without a selector, gets neither Endpoints nor slices', () => {
  const bench = new SliceBench();
  bench.pod('pod-1');
  bench.counted();
  bench.create(
    web({ type: 'ExternalName', externalName: 'a.b', ports: [] }),
    web({ selector: undefined }, { name: 'free' }),
  );
  assert.deepEqual(bench.counted(), {});
});
