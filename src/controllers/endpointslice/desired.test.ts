// What one pod looks like in EndpointSlices and in Endpoints, and which Services a pod's change touches.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PodFace, SliceBench, web } from './slices.fixture.ts';

const named = (port: object, init: object = {}) => ({
  spec: { containers: [{ name: 'c', image: 'i', ports: [port] }], ...init },
});
const sidecar = {
  spec: {
    containers: [{ name: 'c', image: 'i' }],
    initContainers: [
      {
        name: 's',
        image: 'i',
        restartPolicy: 'Always',
        ports: [{ name: 'http', containerPort: 8080 }],
      },
    ],
  },
};
const plainInit = {
  spec: {
    containers: [{ name: 'c', image: 'i' }],
    initContainers: [{ name: 's', image: 'i', ports: [{ name: 'http', containerPort: 8080 }] }],
  },
};
const byName = { ports: [{ name: 'web', port: 80, targetPort: 'http' }] };

interface Row {
  readonly name: string;
  readonly pod: PodFace & { readonly deleted?: true };
  readonly service?: object;
  readonly minor?: number;
  /** Of the slices: "addresses ready serving terminating ports". */
  readonly slices: readonly string[];
  /** Of the Endpoints: "addresses | notReadyAddresses | ports". */
  readonly endpoints: readonly string[];
}

const ready = '10.0.0.1 ready serving';
const rows: readonly Row[] = [
  { name: 'ready', pod: {}, slices: [`${ready} :80`], endpoints: ['10.0.0.1 | | :80'] },
  {
    name: 'not ready',
    pod: { ready: false },
    slices: ['10.0.0.1 :80'],
    endpoints: ['| 10.0.0.1 | :80'],
  },
  {
    name: 'not ready, but published',
    pod: { ready: false },
    service: { publishNotReadyAddresses: true },
    slices: ['10.0.0.1 ready :80'],
    endpoints: ['10.0.0.1 | | :80'],
  },
  {
    name: 'terminating and still serving',
    pod: { deleted: true },
    slices: ['10.0.0.1 serving terminating :80'],
    endpoints: [],
  },
  {
    name: 'terminating and no longer serving',
    pod: { deleted: true, ready: false },
    slices: ['10.0.0.1 terminating :80'],
    endpoints: [],
  },
  {
    name: 'terminating, but published',
    pod: { deleted: true },
    service: { publishNotReadyAddresses: true },
    slices: ['10.0.0.1 ready serving terminating :80'],
    endpoints: ['10.0.0.1 | | :80'],
  },
  { name: 'failed', pod: { phase: 'Failed' }, slices: [], endpoints: [] },
  { name: 'succeeded', pod: { phase: 'Succeeded' }, slices: [], endpoints: [] },
  { name: 'without an address', pod: { ips: [] }, slices: [], endpoints: [] },
  {
    name: 'a port by number that no container declares',
    pod: named({ containerPort: 1 }),
    service: { ports: [{ port: 80, targetPort: 9999 }] },
    slices: [`${ready} :9999`],
    endpoints: ['10.0.0.1 | | :9999'],
  },
  {
    name: 'a port by name',
    pod: named({ name: 'http', containerPort: 8080 }),
    service: byName,
    slices: [`${ready} web:8080`],
    endpoints: ['10.0.0.1 | | web:8080'],
  },
  {
    name: 'a port by name of another protocol',
    pod: named({ name: 'http', containerPort: 8080, protocol: 'UDP' }),
    service: byName,
    slices: [`${ready}`],
    endpoints: [],
  },
  {
    name: "a sidecar's port by name",
    pod: sidecar,
    service: byName,
    slices: [`${ready} web:8080`],
    endpoints: ['10.0.0.1 | | web:8080'],
  },
  {
    name: "a sidecar's port by name, 1.32: Endpoints know it, EndpointSlices do not",
    pod: sidecar,
    service: byName,
    minor: 32,
    slices: [`${ready}`],
    endpoints: ['10.0.0.1 | | web:8080'],
  },
  {
    name: "a sidecar's port by name, 1.31",
    pod: sidecar,
    service: byName,
    minor: 31,
    slices: [`${ready}`],
    endpoints: [],
  },
  {
    name: "an init container's port by name",
    pod: plainInit,
    service: byName,
    slices: [`${ready}`],
    endpoints: [],
  },
  {
    name: 'headless without ports',
    pod: {},
    service: { clusterIP: 'None', ports: [] },
    slices: [`${ready}`],
    endpoints: ['10.0.0.1 | | '],
  },
  {
    name: 'an address of the other family only',
    pod: { ips: ['fd00::1'] },
    slices: [],
    endpoints: [],
  },
  {
    name: 'two addresses, one family',
    pod: { ips: ['10.0.0.1', 'fd00::1'] },
    slices: [`${ready} :80`],
    endpoints: ['10.0.0.1 | | :80'],
  },
];

function facesOf(bench: SliceBench): { slices: string[]; endpoints: string[] } {
  const portText = (port: { name?: string; port?: number }) => ` ${port.name ?? ''}:${port.port}`;
  const slices = bench.slices().flatMap(({ endpoints = [], ports = [] }) =>
    endpoints.map(({ addresses, conditions = {} }) => {
      const on = Object.entries(conditions).filter(([, value]) => value === true);
      return `${[...addresses, ...on.map(([name]) => name)].join(' ')}${ports.map(portText).join('')}`;
    }),
  );
  const subsets = bench.server.get('Endpoints', 'default/web')?.subsets ?? [];
  const endpoints = subsets.map(({ addresses = [], notReadyAddresses = [], ports = [] }) => {
    const [yes, no] = [addresses, notReadyAddresses].map((list) =>
      list.map(({ ip }) => ip).join(' '),
    );
    return `${yes} | ${no} |${ports.map(portText).join('')}`.trimStart().replace('|  |', '| |');
  });
  return { slices, endpoints: endpoints.map((text) => (text.endsWith('|') ? `${text} ` : text)) };
}

for (const row of rows) {
  test(`a pod in endpoints: ${row.name}`, () => {
    const bench = new SliceBench({ minor: row.minor ?? 34 });
    bench.pod('pod-1', row.pod);
    if (row.pod.deleted === true) bench.server.delete('Pod', 'default/pod-1');
    bench.create(web(row.service));
    const { slices, endpoints } = row;
    assert.deepEqual(facesOf(bench), { slices, endpoints });
    bench.counted();
    bench.set('Pod', 'default/pod-1', 'metadata.annotations.a', 'b');
    assert.deepEqual(bench.counted(), {}, 'a sync that changes nothing writes nothing');
  });
}

test('node, zone, target and host name of an endpoint', () => {
  const bench = new SliceBench({ zones: ['zone-a'] });
  bench.pod('pod-1', {
    spec: { hostname: 'first', subdomain: 'web', containers: [{ name: 'c', image: 'i' }] },
  });
  bench.create(web({ clusterIP: 'None' }));
  const [endpoint] = bench.slices()[0]?.endpoints ?? [];
  const { uid } = bench.server.get('Pod', 'default/pod-1')?.metadata ?? {};
  const targetRef = { kind: 'Pod', namespace: 'default', name: 'pod-1', uid };
  assert.deepEqual(endpoint, {
    addresses: ['10.0.0.1'],
    conditions: { ready: true, serving: true, terminating: false },
    hostname: 'first',
    nodeName: 'node-0',
    zone: 'zone-a',
    targetRef,
  });
  assert.deepEqual(bench.server.get('Endpoints', 'default/web')?.subsets?.[0]?.addresses, [
    { ip: '10.0.0.1', hostname: 'first', nodeName: 'node-0', targetRef },
  ]);
  assert.equal(bench.slices()[0]?.metadata.labels?.['service.kubernetes.io/headless'], '');
});

test('a pod of an unknown node is left out, said and tried again, later and later', () => {
  const bench = new SliceBench();
  bench.pod('pod-1');
  bench.pod('pod-2', { node: 'gone' });
  bench.create(web());
  assert.deepEqual(bench.sizes(), [1]);
  assert.deepEqual(bench.events('web'), [
    'Warning FailedToUpdateEndpointSlices: Error updating Endpoint Slices for Service default/web: ' +
      'skipping Pod pod-2 for Service default/web: Node gone Not Found',
  ]);
  assert.deepEqual(bench.waiting, [1000]);
  bench.advance(1000);
  assert.deepEqual(bench.waiting, [2000]);
  bench.node('gone', '');
  bench.settle();
  assert.deepEqual(bench.sizes(), [1], 'a Node wakes no Service');
  bench.advance(2000);
  assert.deepEqual(bench.sizes(), [2]);
  assert.deepEqual(bench.waiting, []);
});

test('several pods of unknown nodes are said in one sentence; published ones are kept', () => {
  const bench = new SliceBench();
  bench.pod('pod-1', { node: 'gone' });
  bench.pod('pod-2', { node: 'lost' });
  bench.create(web());
  assert.match(
    bench.events('web')[0] ?? '',
    /default\/web: \[skipping Pod pod-1 .* Node gone Not Found, skipping Pod pod-2 .* Node lost Not Found\]$/,
  );
  bench.set('Service', 'default/web', 'spec.publishNotReadyAddresses', true);
  assert.deepEqual(bench.sizes(), [2]);
});

test('a pod touches the Services that select it, and those that did', () => {
  const bench = new SliceBench();
  bench.pod('pod-1');
  const other = web({ selector: { app: 'other' } }, { name: 'other' });
  bench.create(web(), other, web({ selector: { app: 'web', tier: 'x' } }, { name: 'strict' }));
  bench.counted();
  bench.ready('pod-1', false);
  assert.deepEqual(bench.counted(), { update: 2 });
  bench.set('Pod', 'default/pod-1', 'metadata.labels.app', 'other');
  assert.deepEqual(
    [bench.sizes('web'), bench.sizes('other'), bench.sizes('strict')],
    [[0], [1], [0]],
  );
});

/** "addressType: addresses" of each slice, sorted. */
function byFamily(bench: SliceBench): readonly string[] {
  return bench
    .slices()
    .map(({ addressType, endpoints = [] }) => {
      const addresses = endpoints.flatMap((one) => one.addresses);
      return `${addressType}: ${addresses.join(' ')}`.trim();
    })
    .sort();
}

test('both families: a set of slices for each, and Endpoints of the first one', () => {
  const bench = new SliceBench({ secondary: 'fd00:96::/108' });
  bench.pod('pod-1', { ips: ['10.0.0.1', 'fd00:0::1'] });
  bench.pod('pod-2', { ips: ['10.0.0.2'] });
  bench.create(web({ ipFamilyPolicy: 'RequireDualStack' }));
  assert.deepEqual(byFamily(bench), ['IPv4: 10.0.0.1 10.0.0.2', 'IPv6: fd00::1']);
  const addresses = bench.server.get('Endpoints', 'default/web')?.subsets?.[0]?.addresses;
  assert.deepEqual(
    addresses?.map(({ ip }) => ip),
    ['10.0.0.1', '10.0.0.2'],
  );
  bench.set('Service', 'default/web', 'spec.ipFamilyPolicy', 'SingleStack');
  assert.deepEqual(
    byFamily(bench),
    ['IPv4: 10.0.0.1 10.0.0.2'],
    'a family that goes takes its slices',
  );
});

test('a family without any address has a slice without endpoints', () => {
  const bench = new SliceBench({ secondary: 'fd00:96::/108' });
  bench.pod('pod-1');
  bench.create(web({ ipFamilyPolicy: 'PreferDualStack', ipFamilies: ['IPv6', 'IPv4'] }));
  assert.deepEqual(byFamily(bench), ['IPv4: 10.0.0.1', 'IPv6:']);
  assert.deepEqual(bench.server.get('Endpoints', 'default/web')?.subsets ?? [], []);
});
