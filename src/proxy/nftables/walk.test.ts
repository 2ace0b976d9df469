// Packets walked through kube-proxy's table on one node, in every version: upstream's TestClusterIPGeneral,
// TestNodePorts and TestLoadBalancer, and the rows of TestInternalExternalMasquerade for one node. Between nodes it is
// src/fabric/truth-table.test.ts that walks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  service,
  slice,
  snapshotOf,
  testConfig,
  testNode,
} from '../../../test/arbitraries/proxy-objects.ts';
import { kubeletLayer } from '../../kubelet/iptables.ts';
import { type Addr, addr, type Family, familyOf, formatEndpoint } from '../../net/addr.ts';
import { cidr } from '../../net/cidr.ts';
import {
  ICMP,
  ICMPV6,
  noPayload,
  openingFlags,
  type Packet,
  type Proto,
  SCTP,
  TCP,
  UDP,
} from '../../net/packet.ts';
import { createNetfilter } from '../../netfilter/kernel.ts';
import { composeRules } from '../../netfilter/ruleset.ts';
import { Trace } from '../../netfilter/trace.ts';
import { Causes } from '../../sim/causes.ts';
import { type Choices, enumerate } from '../../sim/choices.ts';
import { byCodeUnit } from '../../sim/table.ts';
import type { ProxyConfig } from '../config.ts';
import { rulesFor } from './layer.ts';

const node = {
  ...testNode,
  addresses: ['192.168.0.2', '192.168.1.2', '2001:db8::1', '2001:db8:1::2'].map(addr),
};
const nodeIP: Readonly<Record<Family, Addr>> = { 4: addr('192.168.0.2'), 6: addr('2001:db8::1') };
const config: ProxyConfig = {
  ...testConfig,
  mode: 'nftables',
  featureGates: { MultiCIDRServiceAllocator: true },
  serviceCIDRs: [cidr('172.30.0.0/16'), cidr('fd00:172:30::/108')],
};
const p80 = { name: 'p80', port: 80, protocol: 'TCP' };
const many = [
  { name: 'http', port: 80, protocol: 'TCP' },
  { name: 'dns', port: 53, protocol: 'UDP' },
  { name: 'dns-tcp', port: 53, protocol: 'TCP' },
  { name: 'dns-sctp', port: 53, protocol: 'SCTP' },
];
const remote = '10.180.2.1';
const local = { ip: '10.180.0.1', nodeName: 'testhost' };

const snapshot = snapshotOf(
  service('ns1/svc1', { clusterIP: '172.30.0.41' }),
  slice('ns1/svc1', [local]),
  service('ns2/svc2', { clusterIP: '172.30.0.42', ports: many }),
  slice('ns2/svc2', [local, remote], {
    ports: many.map((port) => ({ ...port, port: port.port === 80 ? 8080 : 5353 })),
  }),
  service('ns3/np', {
    clusterIP: '172.30.0.43',
    type: 'NodePort',
    ports: [{ ...p80, nodePort: 3001 }],
  }),
  slice('ns3/np', [local, remote]),
  service(
    'ns4/lb',
    {
      clusterIP: '172.30.0.44',
      type: 'LoadBalancer',
      loadBalancerSourceRanges: ['203.0.113.0/25', '192.168.0.0/24'],
      ports: [{ ...p80, nodePort: 3002 }],
    },
    { loadBalancer: ['5.6.7.8'] },
  ),
  slice('ns4/lb', [local]),
  service('ns5/none', {
    clusterIP: '172.30.0.45',
    type: 'NodePort',
    externalIPs: ['192.168.99.1'],
    ports: [{ ...p80, nodePort: 3003 }],
  }),
  service('ns6/far', {
    clusterIP: '172.30.0.46',
    type: 'NodePort',
    externalIPs: ['192.168.99.2'],
    internalTrafficPolicy: 'Local',
    externalTrafficPolicy: 'Local',
    ports: [{ ...p80, nodePort: 3004 }],
  }),
  slice('ns6/far', [remote]),
  service('ns7/six', {
    clusterIP: 'fd00:172:30::41',
    type: 'NodePort',
    ports: [{ ...p80, nodePort: 3001 }],
  }),
  slice('ns7/six', [{ ip: 'fd00:10:180::1', nodeName: 'testhost' }], { addressType: 'IPv6' }),
);

interface Sent {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly proto?: Proto;
}

/** "10.180.0.1:80", with " masqueraded"; "drop", "reject"; the untranslated address when nothing matched. */
function walk({ from, to, port, proto = TCP }: Sent, given: ProxyConfig, choices: Choices): string {
  const src = addr(from);
  const dst = addr(to);
  const family = familyOf(dst);
  const packet: Packet = {
    family,
    proto,
    src,
    dst,
    sport: 40000,
    dport: port,
    mark: 0,
    flags: openingFlags(proto),
    icmp: null,
    payload: noPayload,
  };
  const layers = [kubeletLayer(family), rulesFor(snapshot, node, given, new Causes(), family)];
  const netfilter = createNetfilter(composeRules(family, layers));
  const own = [...node.addresses, addr('127.0.0.1'), addr('::1')];
  const isLocal = (address: Addr) => own.includes(address);
  const context = {
    host: { isLocal, masqueradeSource: () => nodeIP[family] },
    choices,
    trace: new Trace(),
    nowMs: 0,
    inDevice: null,
    outDevice: null,
    nextHop: null,
  };
  const fromHere = isLocal(src);
  const first = netfilter.hook(fromHere ? 'OUTPUT' : 'PREROUTING', packet, context);
  if (first.kind !== 'accept') return first.kind;
  if (!fromHere) {
    const next = netfilter.hook(isLocal(packet.dst) ? 'INPUT' : 'FORWARD', packet, context);
    if (next.kind !== 'accept') return next.kind;
  }
  netfilter.hook('POSTROUTING', packet, { ...context, outDevice: 'eth0' });
  // A node's own address may stay; the port is always a new one.
  const isMasqueraded = packet.sport !== 40000;
  return `${formatEndpoint(packet.dst, packet.dport)}${isMasqueraded ? ' masqueraded' : ''}`;
}

function everyWay(sent: Sent, given: ProxyConfig): string {
  const branches = enumerate((choices) => walk(sent, given, fixedPorts(choices)));
  return [...new Set(branches.map(({ value }) => value))].sort(byCodeUnit).join(', ');
}

/** Which port a translation gets is not enumerated. */
function fixedPorts(choices: Choices): Choices {
  const pick: Choices['pick'] = (point, weights) =>
    weights.length > 100 ? 0 : choices.pick(point, weights);
  return { pick, fork: () => fixedPorts(choices) };
}

const pod = '10.180.0.2';
const outside = '203.0.113.2';
const blocked = '203.0.113.130';
const here = '192.168.0.2';
const both = (port: number, more = '') => `10.180.0.1:${port}${more}, 10.180.2.1:${port}${more}`;
const masqueraded = ' masqueraded';

type Row = readonly [
  name: string,
  from: string,
  to: string,
  port: number,
  want: string,
  proto?: Proto,
];

const rows: readonly Row[] = [
  ['H31 simple clusterIP', pod, '172.30.0.41', 80, '10.180.0.1:80'],
  ['H31 hairpin to cluster IP', '10.180.0.1', '172.30.0.41', 80, '10.180.0.1:80 masqueraded'],
  ['H31 several endpoints, with a target port', pod, '172.30.0.42', 80, both(8080)],
  ['H31 one port number, three protocols: TCP', pod, '172.30.0.42', 53, both(5353)],
  ['H31 one port number, three protocols: UDP', pod, '172.30.0.42', 53, both(5353), UDP],
  ['H31 one port number, three protocols: SCTP', pod, '172.30.0.42', 53, both(5353), SCTP],
  ['H31 a TCP-only port does not match UDP traffic', pod, '172.30.0.42', 80, 'reject', UDP],
  ["H31 svc1 does not accept svc2's ports", pod, '172.30.0.41', 53, 'reject'],
  ['H31 a packet to an unallocated cluster IP', pod, '172.30.0.50', 80, 'drop'],
  ['D a node process to a port the Service has not', here, '172.30.0.41', 81, 'reject'],
  ['D a node process to an unallocated cluster IP', here, '172.30.0.50', 80, 'drop'],
  ['D ping of a cluster IP', pod, '172.30.0.41', 8, 'reject', ICMP],
  ['D ping of an unallocated cluster IP', pod, '172.30.0.50', 8, 'drop', ICMP],
  ['F10 outside to a ClusterIP', outside, '172.30.0.42', 80, both(8080, masqueraded)],
  ['F10 a node process to a ClusterIP', here, '172.30.0.42', 80, both(8080, masqueraded)],
  ['H32 outside to a node port', outside, here, 3001, both(80, masqueraded)],
  ['H32 a node process to its node port', here, here, 3001, both(80, masqueraded)],
  [
    'H32 the second address of the node ignores node ports',
    outside,
    '192.168.1.2',
    3001,
    '192.168.1.2:3001',
  ],
  ['D localhost ignores node ports', '127.0.0.1', '127.0.0.1', 3001, '127.0.0.1:3001'],
  ['H5 a source range lets in', outside, '5.6.7.8', 80, '10.180.0.1:80 masqueraded'],
  ['H5 a source range keeps out', blocked, '5.6.7.8', 80, 'drop'],
  ['H5 a source range keeps pods out', pod, '5.6.7.8', 80, 'drop'],
  ['H5 the node is in a range', here, '5.6.7.8', 80, '10.180.0.1:80 masqueraded'],
  ['H5 a node port is open to all', blocked, here, 3002, '10.180.0.1:80 masqueraded'],
  ['H3 no endpoints: cluster IP from a pod', pod, '172.30.0.45', 80, 'reject'],
  ['H3 no endpoints: cluster IP from the node', here, '172.30.0.45', 80, 'reject'],
  ['H3 no endpoints: external IP', outside, '192.168.99.1', 80, 'reject'],
  ['H3 no endpoints: node port', outside, here, 3003, 'reject'],
  ['H18 iTP Local, none local', pod, '172.30.0.46', 80, 'drop'],
  ['H10 eTP Local, none local, from outside', outside, here, 3004, 'drop'],
  ['H10 eTP Local, a pod is short-circuited', pod, here, 3004, '10.180.2.1:80'],
  ['H10 eTP Local, the node is short-circuited', here, here, 3004, '10.180.2.1:80 masqueraded'],
  ['IPv6: a pod to a ClusterIP', 'fd00:10::2', 'fd00:172:30::41', 80, '[fd00:10:180::1]:80'],
  ['IPv6: hairpin', 'fd00:10:180::1', 'fd00:172:30::41', 80, '[fd00:10:180::1]:80 masqueraded'],
  ['IPv6: an unknown port', 'fd00:10::2', 'fd00:172:30::41', 81, 'reject'],
  ['IPv6: an unallocated address', 'fd00:10::2', 'fd00:172:30::50', 80, 'drop'],
  ['IPv6: ping of a cluster IP', 'fd00:10::2', 'fd00:172:30::41', 128, 'reject', ICMPV6],
  ['H32 IPv6: node port', '2600:5200::1', '2001:db8::1', 3001, '[fd00:10:180::1]:80 masqueraded'],
  ['H32 IPv6: second address', '2600:5200::1', '2001:db8:1::2', 3001, '[2001:db8:1::2]:3001'],
];

const versions = [32, 33, 34, 35, 36];

for (const [name, from, to, port, want, proto = TCP] of rows) {
  test(name, () => {
    for (const minor of versions) {
      assert.equal(everyWay({ from, to, port, proto }, { ...config, minor }), want, `1.${minor}`);
    }
  });
}

const configured: readonly (readonly [
  name: string,
  change: Partial<ProxyConfig>,
  from: string,
  to: string,
  port: number,
  want: string,
])[] = [
  [
    'H32 several nodeport-addresses: the second address is open',
    { nodePortAddresses: ['192.168.0.0/24', '192.168.1.0/24', '2001:db8::/64'] },
    outside,
    '192.168.1.2',
    3001,
    both(80, masqueraded),
  ],
  [
    'H32 IPv6, several nodeport-addresses',
    { nodePortAddresses: ['192.168.0.0/24', '2001:db8::/64', '2001:db8:1::2/128'] },
    '2600:5200::1',
    '2001:db8:1::2',
    3001,
    '[fd00:10:180::1]:80 masqueraded',
  ],
  [
    'D every address: localhost ignores node ports all the same',
    { nodePortAddresses: ['0.0.0.0/0'] },
    '127.0.0.1',
    '127.0.0.1',
    3001,
    '127.0.0.1:3001',
  ],
  [
    'H23 masqueradeAll: a pod to a ClusterIP',
    { masqueradeAll: true },
    pod,
    '172.30.0.41',
    80,
    '10.180.0.1:80 masqueraded',
  ],
  [
    'H22 no detector: outside to a ClusterIP',
    { clusterCIDRs: [] },
    outside,
    '172.30.0.41',
    80,
    '10.180.0.1:80',
  ],
  [
    'D ranges unknown: an unallocated address is routed on',
    { serviceCIDRs: [] },
    pod,
    '172.30.0.50',
    80,
    '172.30.0.50:80',
  ],
];

for (const [name, change, from, to, port, want] of configured) {
  test(name, () => {
    for (const minor of versions) {
      assert.equal(
        everyWay({ from, to, port }, { ...config, ...change, minor }),
        want,
        `1.${minor}`,
      );
    }
  });
}

test('H10 the node to an external IP, eTP Local, none local: short-circuited since 1.34', () => {
  const sent = { from: here, to: '192.168.99.2', port: 80 };
  for (const minor of versions) {
    const want = minor <= 33 ? 'drop' : '10.180.2.1:80 masqueraded';
    assert.equal(everyWay(sent, { ...config, minor }), want, `1.${minor}`);
  }
});
