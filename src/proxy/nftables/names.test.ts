// Names of chains and sets, checked against names that real kube-proxies write.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { service, slice, snapshotOf } from '../../../test/arbitraries/proxy-objects.ts';
import type { Family } from '../../net/addr.ts';
import { shortHash } from '../short-hash.ts';
import { sortedValues } from '../sorted-map.ts';
import { endpointNames, portChains, portKeyOf } from './names.ts';

const hashes: readonly (readonly [string, string])[] = [
  ['ns1/svc1/tcp/p80', 'ULMVA6XW'],
  ['ns1/svc1/tcp/p80__10.180.0.1/80', '5OJB2KTY'],
  ['default/kubernetes/tcp/https', '2QRHZV4L'],
  ['default/nginx/tcp/', 'ECO34HEO'],
];

for (const [text, want] of hashes) {
  test(`D ${text} -> ${want}`, () => assert.equal(shortHash(text, 8), want));
}

function namesOf(key: string, portName: string, endpoint: string, family: Family) {
  const isIPv6 = family === 6;
  const ports = [{ name: portName, port: 80, protocol: 'TCP' }];
  const spec = { clusterIP: isIPv6 ? 'fd00::1' : '172.30.0.1', ports };
  const more = { ports, addressType: isIPv6 ? 'IPv6' : 'IPv4' };
  const snapshot = snapshotOf(service(key, spec), slice(key, [endpoint], more));
  const [port] = [...sortedValues(snapshot.ports[family])];
  const [first] = port?.endpoints.list ?? [];
  assert.ok(port && first);
  return {
    key: port.service.key,
    ...portChains(port.service),
    ...endpointNames(port.service, first),
  };
}

const longest = { ns: 'n'.repeat(63), svc: 's'.repeat(63), port: 'p'.repeat(63) };
const longAddress = '2001:db8:1111:2222:3333:4444:5555:6666';

const rows: readonly {
  readonly name: string;
  readonly given: readonly [key: string, port: string, endpoint: string, family: Family];
  readonly cluster: RegExp;
  readonly chain: RegExp;
}[] = [
  {
    name: 'D a service port and its endpoint share nothing but the words',
    given: ['ns1/svc1', 'p80', '10.180.0.1', 4],
    cluster: /^service-ULMVA6XW-ns1\/svc1\/tcp\/p80$/,
    chain: /^endpoint-5OJB2KTY-ns1\/svc1\/tcp\/p80__10\.180\.0\.1\/80$/,
  },
  {
    name: 'D an unnamed port ends in a slash',
    given: ['default/nginx', '', '10.180.0.1', 4],
    cluster: /^service-ECO34HEO-default\/nginx\/tcp\/$/,
    chain: /^endpoint-[A-Z2-7]{8}-default\/nginx\/tcp\/__10\.180\.0\.1\/80$/,
  },
  {
    name: 'D colons of an IPv6 address become dots',
    given: ['ns1/svc1', 'p80', 'fd00::a', 6],
    cluster: /^service-ULMVA6XW-ns1\/svc1\/tcp\/p80$/,
    chain: /^endpoint-[A-Z2-7]{8}-ns1\/svc1\/tcp\/p80__fd00\.\.a\/80$/,
  },
  {
    name: 'D a base longer than 240 is cut and ends in dots',
    given: [`${longest.ns}/${longest.svc}`, longest.port, longAddress, 6],
    cluster: /^service-[A-Z2-7]{8}-n{63}\/s{63}\/tcp\/p{63}$/,
    chain: /^endpoint-(?=.{240}$)[A-Z2-7]{8}-n{63}\/s{63}\/tcp\/p{63}__2001\.[.\da-f]*\.\.\.$/,
  },
];

for (const { name, given, cluster, chain } of rows) {
  test(name, () => {
    const names = namesOf(...given);
    assert.match(names.cluster, cluster);
    assert.match(names.chain, chain);
    assert.equal(names.affinitySet, names.chain.replace('endpoint-', 'affinity-'));
    for (const own of [names.cluster, names.local, names.firewall, names.chain]) {
      assert.equal(portKeyOf(own), names.key, own);
    }
  });
}

test('no name of the table itself is taken for a service port', () => {
  const own = [
    'services',
    'service-ips',
    'service-endpoints-check',
    'firewall-check',
    'nat-output',
  ];
  for (const name of [...own, 'service-ABCDEFGH-x', 'service-ABCDEFGH-a/b/icmp/c']) {
    assert.equal(portKeyOf(name), undefined, name);
  }
});
