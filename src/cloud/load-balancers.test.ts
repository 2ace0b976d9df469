// Addresses that the cloud hands out, what it refuses, and its log.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anyCloud } from '../api/cloud-providers.table.ts';
import type { Pin } from '../api/cluster-spec.ts';
import type { Service } from '../api/types.ts';
import { addr } from '../net/addr.ts';
import { cidr } from '../net/cidr.ts';
import { LoadBalancers } from './load-balancers.ts';

function cloudOf(pool: string, pins: Readonly<Record<string, string>> = {}, minor = 34) {
  return new LoadBalancers({
    provider: {
      name: null,
      loadBalancerPool: cidr(pool),
      ipMode: 'VIP',
      checks: anyCloud.checks,
      whenNoneHealthy: 'none',
    },
    pins: Object.entries(pins).map(
      ([object, ip]) => ({ object, loadBalancerIP: addr(ip) }) as unknown as Pin,
    ),
    minor,
  });
}

function serviceOf(name: string, spec: object = {}, annotations = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default', uid: `${name}-0000-1111-2222`, annotations },
    spec: { ports: [{ port: 80 }], ipFamilies: ['IPv4'], ...spec },
  } as unknown as Service;
}

/** The address, or why there is none. */
function asked(cloud: LoadBalancers, service: Service): string {
  const status = cloud.ensure(service, ['n1'], 0);
  return typeof status === 'string' ? status : (status.ingress?.[0]?.ip ?? '');
}

const rows: readonly {
  name: string;
  pool: string;
  pins?: Readonly<Record<string, string>>;
  services: readonly (readonly [string, object, string])[];
}[] = [
  {
    name: 'in order, without the first and the last of the range',
    pool: '192.0.2.0/30',
    services: [
      ['a', {}, '192.0.2.1'],
      ['b', {}, '192.0.2.2'],
      ['c', {}, 'no free address in the pool 192.0.2.0/30'],
      ['a', {}, '192.0.2.1'],
    ],
  },
  {
    name: 'both of a pair, and one alone',
    pool: '192.0.2.0/31',
    services: [
      ['a', {}, '192.0.2.0'],
      ['b', {}, '192.0.2.1'],
      ['c', {}, 'no free address in the pool 192.0.2.0/31'],
    ],
  },
  {
    name: 'pins first, and nobody else gets them',
    pool: '52.15.34.16/29',
    pins: { 'Service/default/web': '52.15.34.21', 'Service/default/late': '52.15.34.17' },
    services: [
      ['other', {}, '52.15.34.18'],
      ['web', {}, '52.15.34.21'],
      ['wants', { loadBalancerIP: '52.15.34.17' }, 'the address 52.15.34.17 is in use'],
    ],
  },
  {
    name: 'what spec.loadBalancerIP asks for',
    pool: '192.0.2.0/29',
    services: [
      ['a', { loadBalancerIP: '192.0.2.4' }, '192.0.2.4'],
      ['b', { loadBalancerIP: '192.0.2.4' }, 'the address 192.0.2.4 is in use'],
      [
        'c',
        { loadBalancerIP: '198.51.100.1' },
        'the address 198.51.100.1 is not in the pool 192.0.2.0/29',
      ],
      ['a', { loadBalancerIP: '192.0.2.5' }, '192.0.2.5'],
      ['b', { loadBalancerIP: '192.0.2.4' }, '192.0.2.4'],
    ],
  },
  {
    name: 'a family that the pool does not have',
    pool: '192.0.2.0/29',
    services: [
      ['a', { ipFamilies: ['IPv6'] }, 'the pool 192.0.2.0/29 has no IPv6 addresses'],
      ['b', { ipFamilies: ['IPv6', 'IPv4'] }, '192.0.2.1'],
    ],
  },
  {
    name: 'IPv6',
    pool: '2001:db8::/125',
    services: [['a', { ipFamilies: ['IPv6'] }, '2001:db8::']],
  },
];

for (const row of rows) {
  test(`a cloud's addresses: ${row.name}`, () => {
    const cloud = cloudOf(row.pool, row.pins);
    const got = row.services.map(([name, spec]) => asked(cloud, serviceOf(name, spec)));
    assert.deepEqual(
      got,
      row.services.map(([, , want]) => want),
    );
  });
}

test('an address that is given back is handed out again', () => {
  const cloud = cloudOf('192.0.2.0/30');
  for (const name of ['a', 'b']) asked(cloud, serviceOf(name));
  cloud.remove(serviceOf('a'), 0);
  assert.equal(asked(cloud, serviceOf('c')), '192.0.2.1');
});

test('a balancer has a name, nodes and ports; its log has all that was asked', () => {
  const cloud = cloudOf('192.0.2.0/31');
  const notes = { 'service.beta.kubernetes.io/aws-load-balancer-type': 'nlb' };
  const web = serviceOf(
    'web',
    {},
    {
      ...notes,
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
    },
  );
  cloud.ensure(web, ['n1', 'n2'], 10);
  cloud.update(web, ['n2'], 20);
  assert.deepEqual(cloud.of(web), {
    name: 'aweb000011112222',
    service: 'default/web',
    address: addr('192.0.2.0'),
    nodes: ['n2'],
    ports: [{ proto: 6, port: 80 }],
  });
  const fork = cloud.fork();
  fork.remove(web, 30);
  assert.equal(fork.of(web), undefined);
  assert.ok(cloud.of(web) !== undefined, 'a fork never changes its parent');
  const said = { service: 'default/web', annotations: notes, error: null };
  assert.deepEqual(fork.calls, [
    { atMs: 10, verb: 'ensure', nodes: ['n1', 'n2'], ...said },
    { atMs: 20, verb: 'update', nodes: ['n2'], ...said },
    { atMs: 30, verb: 'delete', nodes: [], ...said },
  ]);
});

test('the mode of an ingress point is said since 1.30', () => {
  for (const [minor, want] of [
    [29, [{ ip: '192.0.2.0' }]],
    [30, [{ ip: '192.0.2.0', ipMode: 'VIP' }]],
  ] as const) {
    const status = cloudOf('192.0.2.0/31', {}, minor).ensure(serviceOf('a'), [], 0);
    assert.deepEqual(status, { ingress: want });
  }
});
