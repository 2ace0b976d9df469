import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ApiError } from '../api/error.ts';
import { rowOf } from '../api/scheme.ts';
import { keyOf, type Service, type ServiceSpec } from '../api/types.ts';
import { seeded } from '../sim/choices.ts';
import { pickBelow } from './pick.ts';
import { addressBand, Pool, portBand } from './pools.ts';
import { clusterSpec, newServer, service } from './server.fixture.ts';
import type { ApiServer } from './server.ts';
import { held } from './service-allocation.ts';

function message(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
  return 'accepted';
}

test('A3 address bands', () => {
  const bands = [16, 24, 256, 4096, 1 << 20].map(addressBand);
  assert.deepEqual(bands, [0, 16, 16, 256, 256]);
});
test('A4 the default node-port band is 86', () => assert.equal(portBand(2768), 86));

test('A3 automatic addresses come from the upper band until it is full', () => {
  const range = { of: 'port', low: 100, count: 20, band: 4 } as const;
  const pool = new Pool(new Map([['107', 'Service/a/pinned']]));
  const choices = seeded(7);
  const order: string[] = [];
  for (let n = pool.next(range, choices, 'p', new Set()); n !== undefined; ) {
    pool.take(n, 'x');
    order.push(n);
    n = pool.next(range, choices, 'p', new Set());
  }
  assert.deepEqual(order.slice(15).sort(), ['100', '101', '102', '103']);
  assert.equal(order.length, 19);
  assert.ok(!order.includes('107'));
});

test('pickBelow is uniform over more candidates than one pick takes', () => {
  const choices = seeded(3);
  const counts = [0, 0, 0];
  for (let i = 0; i < 3000; i++) {
    const value = pickBelow(choices, 'p', 1000);
    assert.ok(value >= 0 && value < 1000);
    counts[Math.floor((value * 3) / 1000)] = (counts[Math.floor((value * 3) / 1000)] ?? 0) + 1;
  }
  for (const count of counts) assert.ok(count > 850 && count < 1150, String(counts));
});

const ports53 = [
  { name: 'udp', port: 53, protocol: 'UDP' },
  { name: 'tcp', port: 53, protocol: 'TCP' },
];

test('A4 create: ports of one number share a node port; update: they do not', () => {
  const server = newServer();
  const made = server.create(service('dns', { type: 'NodePort', ports: ports53 }));
  const [udp, tcp] = made.spec.ports ?? [];
  assert.equal(udp?.nodePort, tcp?.nodePort);
  const plain = server.create(service('late', { ports: ports53 }));
  const late = server.update({ ...plain, spec: { ...plain.spec, type: 'NodePort' } });
  const [a, b] = late.spec.ports ?? [];
  assert.notEqual(a?.nodePort, b?.nodePort);
});

const refused: readonly { name: string; spec: ServiceSpec; minor?: number; want: string }[] = [
  {
    name: 'A3 an address outside the range (1.34)',
    spec: { ports: [{ port: 80 }], clusterIP: '10.0.0.1' },
    want: 'spec.clusterIPs: Invalid value: ["10.0.0.1"]: failed to allocate IP 10.0.0.1: the provided network does not match the current range',
  },
  {
    name: 'A3 an address outside the range (1.32)',
    minor: 32,
    spec: { ports: [{ port: 80 }], clusterIP: '10.0.0.1' },
    want: 'spec.clusterIPs: Invalid value: []string{"10.0.0.1"}: failed to allocate IP 10.0.0.1: the provided IP (10.0.0.1) is not in the valid range. The range of valid IPs is 10.96.0.0/12',
  },
  {
    name: 'A4 a node port outside the range',
    spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] },
    want: 'spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
  },
  {
    name: 'A4 one node port for two service ports',
    spec: {
      type: 'NodePort',
      ports: [
        { name: 'a', port: 80, nodePort: 30080 },
        { name: 'b', port: 81, protocol: 'UDP', nodePort: 30080 },
      ],
    },
    want: 'spec.ports[1].nodePort: Invalid value: 30080: provided port is already allocated',
  },
  {
    name: 'A3 dual stack on a cluster with one range',
    spec: { ports: [{ port: 80 }], ipFamilyPolicy: 'RequireDualStack' },
    want: 'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
  },
  {
    name: 'A3 a family the cluster lacks',
    spec: { ports: [{ port: 80 }], ipFamilies: ['IPv6'] },
    want: 'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster',
  },
  {
    name: 'A2 an allocation error hides validation errors',
    spec: { type: 'NodePort', sessionAffinity: 'x', ports: [{ port: 0, nodePort: 1 }] },
    want: 'spec.ports[0].nodePort: Invalid value: 1: provided port is not in the valid range. The range of valid ports is 30000-32767',
  },
];
for (const row of refused) {
  test(row.name, () => {
    const server = newServer({ spec: clusterSpec({ minor: row.minor ?? 34 }) });
    const got = message(() => server.create(service('web', row.spec)));
    assert.equal(got, `Service "web" is invalid: ${row.want}`);
  });
}

test('A3 headless without a selector is dual-stack even on a single-stack cluster', () => {
  const made = newServer().create(service('h', { clusterIP: 'None' }));
  assert.deepEqual(made.spec.ipFamilies, ['IPv4', 'IPv6']);
  assert.equal(made.spec.ipFamilyPolicy, 'RequireDualStack');
  assert.deepEqual(made.spec.clusterIPs, ['None']);
});

test('A3 a full range is an internal error', () => {
  const server = newServer({ spec: clusterSpec({ serviceSubnet: '10.0.0.0/30' }) });
  server.create(service('one', { ports: [{ port: 80 }] }));
  assert.equal(
    message(() => server.create(service('two', { ports: [{ port: 80 }] }))),
    'Internal error occurred: failed to allocate a serviceIP: range is full',
  );
});

test('A5 LoadBalancer/Local to ClusterIP and to ExternalName wipes what belonged to the type', () => {
  const server = newServer();
  const made = server.create(
    service('web', { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: [{ port: 80 }] }),
  );
  assert.ok((made.spec.healthCheckNodePort ?? 0) >= 30000);
  const cluster = server.update({ ...made, spec: { ...made.spec, type: 'ClusterIP' } });
  assert.equal(cluster.spec.clusterIP, made.spec.clusterIP);
  assert.equal(cluster.spec.ports?.[0]?.nodePort, undefined);
  const gone = ['healthCheckNodePort', 'allocateLoadBalancerNodePorts', 'externalTrafficPolicy'];
  for (const field of gone) assert.ok(!(field in cluster.spec), field);
  const name = server.update({
    ...cluster,
    spec: { ...cluster.spec, type: 'ExternalName', externalName: 'db.example.com' },
  });
  assert.equal(name.spec.clusterIP, undefined);
  const ip = made.spec.clusterIP ?? '';
  server.create(service('next', { clusterIP: ip, ports: [{ port: 80 }] }));
  const back = server.update({ ...name, spec: { ...name.spec, type: 'ClusterIP' } });
  assert.notEqual(back.spec.clusterIP, ip);
});

/** Numbers held by two Services at once; the property below must find none. */
function shared(server: ApiServer): string[] {
  const seen = new Map<string, string>();
  const found: string[] = [];
  for (const { metadata, spec } of server.list('Service')) {
    const name = metadata.name;
    const held = new Set<string>();
    for (const ip of spec.clusterIPs ?? []) if (ip !== 'None') held.add(ip);
    for (const port of spec.ports ?? []) if (port.nodePort) held.add(String(port.nodePort));
    if (spec.healthCheckNodePort) held.add(String(spec.healthCheckNodePort));
    for (const value of held) {
      if (seen.has(value)) found.push(`${value}: ${seen.get(value)}, ${name}`);
      seen.set(value, name ?? '');
    }
  }
  return found;
}

const types = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'] as const;
const write = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  deletes: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  type: fc.constantFrom(...types),
  families: fc.constantFrom('SingleStack', 'PreferDualStack', 'RequireDualStack', undefined),
  policy: fc.constantFrom('Cluster', 'Local'),
  clusterIP: fc.option(fc.constantFrom('10.0.0.2', '10.0.0.3', 'None'), { nil: undefined }),
  nodePort: fc.option(fc.constantFrom(30001, 30002), { nil: undefined }),
});
type Write = typeof write extends fc.Arbitrary<infer T> ? T : never;

function specOf({ type, policy, families, clusterIP, nodePort }: Write): ServiceSpec {
  const external = type === 'NodePort' || type === 'LoadBalancer';
  return {
    type,
    ...(type === 'ExternalName' ? { externalName: 'x.y' } : {}),
    ...(clusterIP === undefined || type === 'ExternalName' ? {} : { clusterIP }),
    ...(external ? { externalTrafficPolicy: policy } : {}),
    ...(families === undefined ? {} : { ipFamilyPolicy: families }),
    ports: [{ port: 80, ...(nodePort === undefined || !external ? {} : { nodePort }) }],
  };
}

/** Runs one write; refusals are fine. */
function run(server: ApiServer, one: Write): void {
  const key = `default/${one.name}`;
  const old = server.get('Service', key);
  message(() => {
    if (one.deletes) server.delete('Service', key);
    else if (old === undefined) server.create(service(one.name, specOf(one)));
    else server.update<Service>(service(one.name, specOf(one)));
  });
}

const small = clusterSpec({ serviceSubnet: '10.0.0.0/28' });

test('allocation never hands out one address or port twice', () => {
  fc.assert(
    fc.property(fc.array(write, { maxLength: 40 }), fc.integer(), (writes, seed) => {
      const server = newServer({ spec: small, choices: seeded(seed) });
      for (const one of writes) {
        run(server, one);
        assert.deepEqual(shared(server), []);
      }
    }),
    { numRuns: 60 },
  );
});

/** What the pools hold and what the stored Services say they hold, as sorted texts. */
function books(server: ApiServer): { readonly taken: string[]; readonly stored: string[] } {
  const taken = server.allocated();
  const stored = server.list('Service').flatMap((one) => {
    const { addresses, ports } = held(one);
    return [...addresses, ...ports].map((name) => `${name} Service/${keyOf(one)}`);
  });
  return { taken: [...taken].sort(), stored: stored.sort() };
}

const rowService = rowOf({ kind: 'Service' });

/** As `run`, but half of the writes are dry: those change nothing. */
function runMaybeDry(server: ApiServer, one: Write, dryRun: boolean): void {
  if (!dryRun) {
    run(server, one);
    return;
  }
  const name = { namespace: 'default', name: one.name };
  const body = service(one.name, specOf(one));
  message(() => {
    if (one.deletes) server.requests.delete(rowService, name, { dryRun });
    else server.requests.update(rowService, name, body, { dryRun });
  });
}

const twoSmall = clusterSpec({ serviceSubnet: '10.0.0.0/28', secondary: 'fd00::/124' });

test('the pools hold what the store says after any writes, refusals and dry runs', () => {
  const steps = fc.array(fc.tuple(write, fc.boolean()), { maxLength: 40 });
  fc.assert(
    fc.property(steps, fc.integer(), (writes, seed) => {
      const server = newServer({ spec: twoSmall, choices: seeded(seed) });
      for (const [one, dryRun] of writes) {
        const before = dump(server);
        runMaybeDry(server, one, dryRun);
        if (dryRun) assert.equal(dump(server), before);
        const { taken, stored } = books(server);
        assert.deepEqual(taken, stored);
      }
    }),
    { numRuns: 60 },
  );
});

test('the check above can fail: an address that was not given back is found', () => {
  const server = newServer();
  server.create(service('a', { ports: [{ port: 80 }] }));
  const leaky = { ...server, allocated: () => server.allocated(), list: () => [] };
  const { taken, stored } = books(leaky as unknown as ApiServer);
  assert.notDeepEqual(taken, stored);
});

test('the check above can fail: a copied address is found', () => {
  const server = newServer();
  const made = server.create(service('a', { ports: [{ port: 80 }] }));
  const copy = { list: () => [made, { ...made, metadata: { name: 'b' } }] };
  assert.equal(shared(copy as unknown as ApiServer).length, 1);
});

/** Everything a reader can see, as text. */
function dump(server: ApiServer): string {
  return JSON.stringify(server.kinds().map((kind) => [kind, server.rawList(kind)]));
}

test('a fork never changes its parent, nor the parent its fork', () => {
  fc.assert(
    fc.property(
      fc.array(write, { maxLength: 15 }),
      fc.array(fc.tuple(fc.boolean(), write), { maxLength: 25 }),
      (before, after) => {
        const parent = newServer({ spec: small });
        for (const one of before) run(parent, one);
        const child = parent.fork({ choices: seeded(2), nowMs: () => 5 });
        const alone = parent.fork({ choices: seeded(2), nowMs: () => 5 });
        for (const [onChild, one] of after) {
          const other = onChild ? parent : child;
          const was = dump(other);
          run(onChild ? child : parent, one);
          assert.equal(dump(other), was);
        }
        for (const [onChild, one] of after) if (onChild) run(alone, one);
        assert.equal(dump(alone), dump(child));
      },
    ),
    { numRuns: 40 },
  );
});

test('the check above can fail: a fork that is its parent is found', () => {
  const parent = newServer();
  const child = parent;
  const was = dump(parent);
  child.create(service('a', { ports: [{ port: 80 }] }));
  assert.notEqual(dump(parent), was);
});

test('same seed, same bytes; another seed, other addresses', () => {
  const made = (seed: number) => {
    const server = newServer({ choices: seeded(seed) });
    for (const name of ['a', 'b', 'c']) server.create(service(name, { ports: [{ port: 80 }] }));
    return dump(server);
  };
  assert.equal(made(4), made(4));
  assert.notEqual(made(4), made(5));
});
