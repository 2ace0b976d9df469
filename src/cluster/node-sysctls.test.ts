// What a Cluster document and kube-proxy set of a node's kernel.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conntrackPrefix, sysctlRanges } from '../api/node-sysctls.table.ts';
import { loadTexts } from '../input/load.ts';
import { defaultTimeouts } from '../netfilter/conntrack-tcp.table.ts';
import { machineSysctls, netfilterOf } from './node-sysctls.ts';

function specOf(node: string, conntrack = '{}') {
  const text = `
apiVersion: svcspec.dev/v1alpha1
kind: Cluster
metadata: { name: lab }
spec:
  kubeProxyConfiguration: { conntrack: ${conntrack} }
  nodes: [{ name: a, internalIP: 192.168.4.1, ${node} }]
`;
  return loadTexts([{ file: 'c.yaml', text }]).clusterSpec;
}

test('every time-out of conntrack can be set, and no other name', () => {
  const names = Object.keys(sysctlRanges).filter((name) => name.startsWith(conntrackPrefix));
  const known = Object.keys(defaultTimeouts).map((name) => `${conntrackPrefix}${name}`);
  assert.deepEqual(names.sort(), [...known, `${conntrackPrefix}max`].sort());
});

test("the document's settings stand below kube-proxy's", () => {
  const spec = specOf(
    `sysctls: { net.netfilter.nf_conntrack_udp_timeout: 10, net.netfilter.nf_conntrack_tcp_timeout_established: "99" }`,
  );
  const { timeouts } = netfilterOf(spec)('node/a');
  assert.deepEqual(timeouts, {
    udp_timeout: 10,
    tcp_timeout_established: 86_400,
    tcp_timeout_close_wait: 3600,
  });
});

const max = 'sysctls: { net.netfilter.nf_conntrack_max: 7 }';

for (const [name, node, conntrack, want] of [
  ['32768 for each CPU', 'capacity: { cpu: 8 }', '{}', 262_144],
  ['of less than four CPUs 131072', 'capacity: { cpu: 2 }', '{}', 131_072],
  ['kube-proxy overrides the node', max, '{}', 2_097_152],
  ['kube-proxy leaves it alone', max, '{ maxPerCore: 0 }', 7],
  [
    "nobody sets it: as Linux has it, which isn't modelled",
    'roles: []',
    '{ maxPerCore: 0 }',
    undefined,
  ],
  ['the least', 'capacity: { cpu: 2 }', '{ maxPerCore: 1, min: 5 }', 5],
] as const) {
  test(`nf_conntrack_max: ${name}`, () => {
    assert.equal(netfilterOf(specOf(node, conntrack))('node/a').max, want);
  });
}

test('what the release of the kernel decides: races of datagrams, connections of deleted servers', () => {
  const byRelease = ['4.19', '5.6', '5.8', '5.9', '6.1'].map((release) => {
    const { clashes, orphans } = netfilterOf({
      ...specOf('roles: []'),
      kernelVersion: `${release}.0`,
    })('node/a');
    return `${release} ${clashes} ${orphans}`;
  });
  assert.deepEqual(byRelease, [
    '4.19 dropped kept',
    '5.6 merged kept',
    '5.8 resolved kept',
    '5.9 resolved ended',
    '6.1 resolved ended',
  ]);
});

for (const [sysctls, want] of [
  ['', {}],
  ['net.ipv4.icmp_ratelimit: 1000', { icmpRatelimitMs: 1000 }],
  ['net.ipv4.icmp_ratelimit: 1000, net.ipv4.icmp_ratemask: 6160', { icmpRatelimitMs: 0 }],
  ['net.bridge.bridge-nf-call-iptables: 0', { bridgeNf: false }],
  ['net.bridge.bridge-nf-call-ip6tables: 0', { bridgeNf6: false }],
] as const) {
  test(`a machine with { ${sysctls} }`, () => {
    const [node] = specOf(`sysctls: { ${sysctls} }`).nodes;
    assert.ok(node !== undefined);
    assert.deepEqual(machineSysctls(node), want);
  });
}

for (const [sysctls, why] of [
  ['net.ipv4.tcp_tw_reuse: 1', 'the kernel setting "net.ipv4.tcp_tw_reuse" is not modelled'],
  ['net.ipv4.icmp_ratelimit: -1', '"-1" is not a number from 0 to 2147483647'],
  ['net.bridge.bridge-nf-call-iptables: 2', '"2" is not a number from 0 to 1'],
] as const) {
  test(`refused: ${sysctls}`, () => {
    assert.throws(
      () => specOf(`sysctls: { ${sysctls} }`),
      (error: Error) => error.message.includes(why),
    );
  });
}
