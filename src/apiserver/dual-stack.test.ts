import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../api/error.ts';
import type { Service, ServiceSpec } from '../api/types.ts';
import { clusterSpec, newServer, service } from './server.fixture.ts';

// A3: families, policy and addresses of a Service on clusters of one and of two families. Rows were compared with
// initIPFamilyFields and updateClusterIPs of pkg/registry/core/service/storage/alloc.go.

const ports = [{ port: 80 }];
const one = clusterSpec();
const two = clusterSpec({ serviceSubnet: '10.96.0.0/16', secondary: 'fd00:10:96::/112' });
const six = clusterSpec({ serviceSubnet: 'fd00:10:96::/112', secondary: '10.96.0.0/16' });

type Got = readonly [policy: string | undefined, families: string, addresses: string];

/** Policy, families, and of each address its family or "None". */
function shape({ spec }: Service): Got {
  const kinds = (spec.clusterIPs ?? []).map((ip) =>
    ip === 'None' ? ip : ip.includes(':') ? 'IPv6' : 'IPv4',
  );
  return [spec.ipFamilyPolicy, (spec.ipFamilies ?? []).join(), kinds.join()];
}

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
  return 'accepted';
}

const creates: readonly {
  readonly name: string;
  readonly on?: typeof one;
  readonly spec: ServiceSpec;
  readonly want: Got | string;
}[] = [
  { name: 'nothing asked', on: two, spec: { ports }, want: ['SingleStack', 'IPv4', 'IPv4'] },
  {
    name: 'nothing asked of IPv6',
    on: six,
    spec: { ports },
    want: ['SingleStack', 'IPv6', 'IPv6'],
  },
  {
    name: 'both preferred',
    on: two,
    spec: { ports, ipFamilyPolicy: 'PreferDualStack' },
    want: ['PreferDualStack', 'IPv4,IPv6', 'IPv4,IPv6'],
  },
  {
    name: 'both preferred where there is one',
    spec: { ports, ipFamilyPolicy: 'PreferDualStack' },
    want: ['PreferDualStack', 'IPv4', 'IPv4'],
  },
  {
    name: 'both required, the second first',
    on: two,
    spec: { ports, ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv6'] },
    want: ['RequireDualStack', 'IPv6,IPv4', 'IPv6,IPv4'],
  },
  {
    name: 'an address tells its family',
    on: two,
    spec: { ports, clusterIP: 'fd00:10:96::7' },
    want: ['SingleStack', 'IPv6', 'IPv6'],
  },
  {
    name: 'one address of two is given',
    on: two,
    spec: { ports, clusterIP: '10.96.0.7', ipFamilyPolicy: 'PreferDualStack' },
    want: ['PreferDualStack', 'IPv4,IPv6', 'IPv4,IPv6'],
  },
  {
    name: 'both addresses are given, and the policy allows it',
    on: two,
    spec: {
      ports,
      clusterIP: 'fd00:10:96::7',
      clusterIPs: ['fd00:10:96::7', '10.96.0.7'],
      ipFamilyPolicy: 'PreferDualStack',
    },
    want: ['PreferDualStack', 'IPv6,IPv4', 'IPv6,IPv4'],
  },
  {
    name: 'both addresses are given, and the default policy does not allow it',
    on: two,
    spec: { ports, clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7', 'fd00:10:96::7'] },
    want: "spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified",
  },
  {
    name: 'an address of a family that the cluster lacks',
    spec: { ports, clusterIP: 'fd00:10:96::7' },
    want: 'spec.clusterIPs[0]: Invalid value: ["fd00:10:96::7"]: IPv6 is not configured on this cluster',
  },
  {
    name: 'headless with a selector',
    on: two,
    spec: { clusterIP: 'None', selector: { app: 'web' }, ipFamilyPolicy: 'PreferDualStack' },
    want: ['PreferDualStack', 'IPv4,IPv6', 'None'],
  },
  {
    name: 'headless without a selector',
    on: six,
    spec: { clusterIP: 'None' },
    want: ['RequireDualStack', 'IPv6,IPv4', 'None'],
  },
  {
    name: 'headless without a selector, of one family',
    spec: { clusterIP: 'None', ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv6'] },
    want: ['SingleStack', 'IPv6', 'None'],
  },
  {
    name: 'headless with a selector demands what the cluster has',
    spec: { clusterIP: 'None', selector: { app: 'web' }, ipFamilies: ['IPv6'] },
    want: 'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster',
  },
  {
    name: 'the network address of the second range',
    on: two,
    spec: { ports, clusterIP: 'fd00:10:96::' },
    want: 'spec.clusterIPs: Invalid value: ["fd00:10:96::"]: failed to allocate IP fd00:10:96::: the provided IP (fd00:10:96::) is not in the valid range. The range of valid IPs is fd00:10:96::/112',
  },
];
for (const { name, on = one, spec, want } of creates) {
  test(`A3 create: ${name}`, () => {
    const server = newServer({ spec: on });
    if (typeof want === 'string') {
      const got = refusal(() => server.create(service('web', spec)));
      assert.equal(got, `Service "web" is invalid: ${want}`);
    } else assert.deepEqual(shape(server.create(service('web', spec))), want);
  });
}

const updates: readonly {
  readonly name: string;
  readonly on?: typeof one;
  readonly before: ServiceSpec;
  readonly change: (spec: ServiceSpec) => ServiceSpec;
  readonly want: Got | string;
}[] = [
  {
    name: 'upgraded by its policy',
    before: { ports },
    change: (spec) => ({ ...spec, ipFamilyPolicy: 'PreferDualStack' }),
    want: ['PreferDualStack', 'IPv4,IPv6', 'IPv4,IPv6'],
  },
  {
    name: 'upgraded by its families',
    before: { ports },
    change: (spec) => ({
      ...spec,
      ipFamilyPolicy: 'RequireDualStack',
      ipFamilies: ['IPv4', 'IPv6'],
    }),
    want: ['RequireDualStack', 'IPv4,IPv6', 'IPv4,IPv6'],
  },
  {
    name: 'the manifest of before, sent again, changes nothing',
    before: { ports, ipFamilyPolicy: 'PreferDualStack' },
    change: () => ({ ports }),
    want: ['PreferDualStack', 'IPv4,IPv6', 'IPv4,IPv6'],
  },
  {
    name: 'PreferDualStack made on one family stays so',
    on: one,
    before: { ports, ipFamilyPolicy: 'PreferDualStack' },
    change: (spec) => spec,
    want: ['PreferDualStack', 'IPv4', 'IPv4'],
  },
  {
    name: 'downgraded by its policy',
    before: { ports, ipFamilyPolicy: 'RequireDualStack' },
    change: (spec) => ({ ...spec, ipFamilyPolicy: 'SingleStack' }),
    want: ['SingleStack', 'IPv4', 'IPv4'],
  },
  {
    name: 'an address is not left out in silence',
    before: { ports, ipFamilyPolicy: 'RequireDualStack' },
    change: (spec) => ({ ...spec, clusterIPs: (spec.clusterIPs ?? []).slice(0, 1) }),
    want: 'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": must be \'SingleStack\' to release the secondary cluster IP',
  },
  {
    name: 'headless gets a second family',
    before: { clusterIP: 'None', selector: { app: 'web' } },
    change: (spec) => ({ ...spec, ipFamilyPolicy: 'RequireDualStack' }),
    want: ['RequireDualStack', 'IPv4,IPv6', 'None'],
  },
  {
    name: 'an ExternalName gets addresses of both',
    before: { type: 'ExternalName', externalName: 'a.b', ports },
    change: (spec) => ({ ...spec, type: 'ClusterIP', ipFamilyPolicy: 'RequireDualStack' }),
    want: ['RequireDualStack', 'IPv4,IPv6', 'IPv4,IPv6'],
  },
  {
    name: 'and loses them again',
    before: { ports, ipFamilyPolicy: 'RequireDualStack' },
    change: (spec) => ({ ...spec, type: 'ExternalName', externalName: 'a.b' }),
    want: [undefined, '', ''],
  },
];
for (const { name, on = two, before, change, want } of updates) {
  test(`A3 update: ${name}`, () => {
    const server = newServer({ spec: on });
    const made = server.create(service('web', before));
    const run = () => server.update<Service>(service('web', change(made.spec)));
    if (typeof want === 'string') {
      assert.equal(refusal(run), `Service "web" is invalid: ${want}`);
    } else {
      const changed = run();
      assert.deepEqual(shape(changed), want);
      const primary = made.spec.clusterIP ?? '';
      if (changed.spec.clusterIP && primary) assert.equal(changed.spec.clusterIP, primary);
    }
  });
}

test('A3 what a downgrade releases can be had again', () => {
  const server = newServer({ spec: two });
  const made = server.create(service('web', { ports, ipFamilyPolicy: 'RequireDualStack' }));
  const [, second = ''] = made.spec.clusterIPs ?? [];
  const next = () => server.create(service('next', { ports, clusterIP: second }));
  assert.match(refusal(next), /provided IP is already allocated/);
  server.update<Service>({ ...made, spec: { ...made.spec, ipFamilyPolicy: 'SingleStack' } });
  assert.equal(next().spec.clusterIP, second);
});
