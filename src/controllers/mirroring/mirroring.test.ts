// When Endpoints are mirrored, what the slices look like, and when they go: upstream's
// endpointslicemirroring tests as tables.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SliceBench, web } from '../endpointslice/slices.fixture.ts';

const free = (metadata: object = {}) => web({ selector: undefined }, { name: 'db', ...metadata });

function own(subsets: readonly object[], metadata: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'db', namespace: 'default', ...metadata },
    subsets,
  };
}
const one = [{ addresses: [{ ip: '192.0.2.42' }], ports: [{ port: 9376 }] }];

/** "family ports: address(!) ...": an address that is not ready has a mark. */
function faces(bench: SliceBench): readonly string[] {
  return bench
    .slices('db')
    .map(({ addressType, ports = [], endpoints = [] }) => {
      const at = ports.map(({ name, port }) => `${name}:${port}`).join(',');
      const list = endpoints.map(
        ({ addresses, conditions }) => `${addresses[0]}${conditions?.ready === true ? '' : '!'}`,
      );
      return `${addressType} ${at}: ${list.join(' ')}`;
    })
    .sort();
}

const skip = { 'endpointslice.kubernetes.io/skip-mirror': 'true' };
const leader = { 'control-plane.alpha.kubernetes.io/leader': '{}' };
const conditions: readonly {
  name: string;
  service?: object;
  endpoints?: object;
  want: boolean;
}[] = [
  { name: 'a Service without a selector', service: free(), endpoints: own(one), want: true },
  { name: 'no Service', endpoints: own(one), want: false },
  { name: 'no Endpoints', service: free(), want: false },
  {
    name: 'a Service with a selector',
    service: web({}, { name: 'db' }),
    endpoints: own(one),
    want: false,
  },
  {
    name: 'the label that says not to',
    service: free(),
    endpoints: own(one, { labels: skip }),
    want: false,
  },
  {
    name: 'that label with another value',
    service: free(),
    endpoints: own(one, { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'yes' } }),
    want: true,
  },
  {
    name: 'Endpoints of a leader election',
    service: free(),
    endpoints: own(one, { annotations: leader }),
    want: false,
  },
];
for (const { name, service, endpoints, want } of conditions) {
  test(`mirrored or not: ${name}`, () => {
    const bench = new SliceBench();
    // The order of the two does not matter.
    if (endpoints !== undefined) bench.create(endpoints);
    if (service !== undefined) bench.create(service);
    const mirrors = bench
      .slices('db')
      .filter(({ metadata }) =>
        metadata.labels?.['endpointslice.kubernetes.io/managed-by']?.includes('mirroring'),
      );
    assert.equal(mirrors.length, want ? 1 : 0);
  });
}

const layouts: readonly (readonly [string, readonly object[], readonly string[]])[] = [
  ['one address', one, ['IPv4 :9376: 192.0.2.42']],
  ['no subset', [], []],
  [
    'ready and not ready',
    [
      {
        addresses: [{ ip: '192.0.2.1' }],
        notReadyAddresses: [{ ip: '192.0.2.2' }],
        ports: [{ port: 80 }],
      },
    ],
    ['IPv4 :80: 192.0.2.1 192.0.2.2!'],
  ],
  [
    'both families',
    [{ addresses: [{ ip: '192.0.2.1' }, { ip: '2001:db8::1' }], ports: [{ port: 80 }] }],
    ['IPv4 :80: 192.0.2.1', 'IPv6 :80: 2001:db8::1'],
  ],
  [
    'two subsets of one port are one slice',
    [
      { addresses: [{ ip: '192.0.2.1' }], ports: [{ name: 'a', port: 80 }] },
      { addresses: [{ ip: '192.0.2.2' }], ports: [{ name: 'a', port: 80 }] },
    ],
    ['IPv4 a:80: 192.0.2.1 192.0.2.2'],
  ],
  [
    'two subsets of the same addresses are one slice',
    [
      { addresses: [{ ip: '192.0.2.1' }], ports: [{ name: 'a', port: 80 }] },
      { addresses: [{ ip: '192.0.2.1' }], ports: [{ name: 'b', port: 81 }] },
    ],
    ['IPv4 a:80,b:81: 192.0.2.1'],
  ],
  [
    'different ports are different slices',
    [
      { addresses: [{ ip: '192.0.2.1' }], ports: [{ name: 'a', port: 80 }] },
      { addresses: [{ ip: '192.0.2.2' }], ports: [{ name: 'a', port: 81 }] },
    ],
    ['IPv4 a:80: 192.0.2.1', 'IPv4 a:81: 192.0.2.2'],
  ],
  ['no ports', [{ addresses: [{ ip: '192.0.2.1' }] }], ['IPv4 : 192.0.2.1']],
];
for (const [name, subsets, want] of layouts) {
  test(`mirrored slices: ${name}`, () => {
    const bench = new SliceBench();
    bench.create(free(), own(subsets));
    assert.deepEqual(faces(bench), want);
    bench.counted();
    bench.set('Service', 'default/db', 'metadata.annotations.a', 'b');
    assert.deepEqual(bench.counted(), {});
  });
}

test('labels, annotations and owner of a mirrored slice', () => {
  const bench = new SliceBench();
  bench.create(
    free({ labels: { of: 'service' } }),
    own(one, {
      labels: { of: 'endpoints', 'kubernetes.io/service-name': 'other' },
      annotations: {
        kept: 'yes',
        'endpoints.kubernetes.io/last-change-trigger-time': 'never',
        'kubectl.kubernetes.io/last-applied-configuration': '{}',
      },
    }),
  );
  const [slice] = bench.slices('db');
  const { labels, annotations, ownerReferences, generateName } = slice?.metadata ?? {};
  assert.deepEqual(labels, {
    of: 'endpoints',
    'kubernetes.io/service-name': 'db',
    'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
  });
  assert.deepEqual(annotations, { kept: 'yes' });
  assert.deepEqual(
    ownerReferences?.map(({ kind, name, controller }) => `${kind} ${name} ${controller}`),
    ['Endpoints db true'],
  );
  assert.equal(generateName, 'db-');
  bench.counted();
  bench.set('Endpoints', 'default/db', 'metadata.labels.of', 'mine');
  assert.equal(bench.slices('db')[0]?.metadata.labels?.['of'], 'mine');
  assert.deepEqual(bench.counted(), { update: 2 });
});

test('host name, node and target are taken over; no other conditions, no zone', () => {
  const bench = new SliceBench({ zones: ['zone-a'] });
  const targetRef = { kind: 'Pod', namespace: 'default', name: 'p', uid: 'u' };
  const address = { ip: '192.0.2.1', hostname: 'first', nodeName: 'node-0', targetRef };
  bench.create(free(), own([{ addresses: [address], ports: [{ port: 80 }] }]));
  assert.deepEqual(bench.slices('db')[0]?.endpoints, [
    {
      addresses: ['192.0.2.1'],
      conditions: { ready: true },
      hostname: 'first',
      nodeName: 'node-0',
      targetRef,
    },
  ]);
});

test('1000 addresses of a subset are mirrored, ready ones first, and an event says how many are not', () => {
  const bench = new SliceBench();
  const many = (count: number, net: number) =>
    Array.from({ length: count }, (_, i) => ({ ip: `10.${net}.${i >> 8}.${i & 255}` }));
  const subset = {
    addresses: many(700, 1),
    notReadyAddresses: many(500, 0),
    ports: [{ port: 80 }],
  };
  bench.create(free(), own([subset]));
  const endpoints = bench.slices('db').flatMap((slice) => slice.endpoints ?? []);
  assert.equal(endpoints.length, 1000);
  assert.equal(endpoints.filter(({ conditions: c }) => c?.ready === true).length, 700);
  assert.deepEqual(bench.events('db'), [
    'Warning TooManyAddressesToMirror: A max of 1000 addresses can be mirrored to EndpointSlices per Endpoints subset. 200 addresses were skipped',
  ]);
});

const ends: readonly (readonly [string, (bench: SliceBench) => void])[] = [
  ['the Endpoints go', (bench) => bench.delete('Endpoints', 'default/db')],
  ['the Service goes', (bench) => bench.delete('Service', 'default/db')],
  [
    'they are not to be mirrored any more',
    (bench) => bench.set('Endpoints', 'default/db', 'metadata.labels', skip),
  ],
  ['they have no addresses', (bench) => bench.set('Endpoints', 'default/db', 'subsets', [])],
];
for (const [name, happen] of ends) {
  test(`mirrored slices go when ${name}`, () => {
    const bench = new SliceBench();
    bench.create(free(), own(one));
    assert.equal(bench.slices('db').length, 1);
    happen(bench);
    assert.deepEqual(faces(bench), []);
  });
}

test('a selector that comes makes the Endpoints and slices those of its Pods; one that goes leaves them', () => {
  const bench = new SliceBench();
  bench.pod('pod-1');
  bench.create(free(), own(one));
  bench.set('Service', 'default/db', 'spec.selector', { app: 'web' });
  assert.deepEqual(faces(bench), ['IPv4 :80: 10.0.0.1']);
  bench.set('Service', 'default/db', 'spec.selector', undefined);
  assert.deepEqual(
    faces(bench),
    ['IPv4 :80: 10.0.0.1', 'IPv4 :80: 10.0.0.1'],
    'those of the Pods stay, and the Endpoints that are left are mirrored beside them',
  );
});

test('Endpoints that are deleted and made again take the slice over', () => {
  const bench = new SliceBench();
  bench.create(free(), own(one));
  const [before] = bench.slices('db');
  bench.server.delete('Endpoints', 'default/db');
  bench.create(own(one));
  const [now, ...more] = bench.slices('db');
  assert.deepEqual(more, []);
  assert.equal(now?.metadata.name, before?.metadata.name);
  const { uid } = bench.server.get('Endpoints', 'default/db')?.metadata ?? {};
  assert.equal(now?.metadata.ownerReferences?.[0]?.uid, uid);
});

test('a changed port takes the slice over, name and all', () => {
  const bench = new SliceBench();
  bench.create(free(), own(one));
  const [before] = bench.slices('db');
  bench.counted();
  bench.set('Endpoints', 'default/db', 'subsets[0].ports[0].port', 80);
  assert.deepEqual(bench.counted(), { update: 2 });
  assert.equal(bench.slices('db')[0]?.metadata.name, before?.metadata.name);
  assert.deepEqual(faces(bench), ['IPv4 :80: 192.0.2.42']);
});

test('a mirrored slice that somebody changes or deletes is made good', () => {
  const bench = new SliceBench();
  bench.create(free(), own(one));
  const key = () => `default/${bench.slices('db')[0]?.metadata.name}`;
  bench.set('EndpointSlice', key(), 'endpoints[0].conditions.ready', false);
  assert.deepEqual(faces(bench), ['IPv4 :9376: 192.0.2.42']);
  bench.delete('EndpointSlice', key());
  assert.deepEqual(faces(bench), ['IPv4 :9376: 192.0.2.42']);
});
