// Packets walked through kubelet's and kube-proxy's rules together: upstream's TestTracePacket and
// the reach and source rows of TestInternalExternalMasquerade for one node. Between nodes it is
// src/fabric's tests that walk.
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
import { addr, formatEndpoint } from '../../net/addr.ts';
import { noPayload, type Packet, SYN, TCP } from '../../net/packet.ts';
import { createNetfilter } from '../../netfilter/kernel.ts';
import { composeRules } from '../../netfilter/ruleset.ts';
import { Trace } from '../../netfilter/trace.ts';
import { Causes } from '../../sim/causes.ts';
import { seeded } from '../../sim/choices.ts';
import { rulesFor } from './layer.ts';

const nodeIP = '192.168.0.2';
const loopback = '127.0.0.1';
const pod = '10.180.0.9';
const outside = '203.0.113.2';
const blocked = '203.0.113.130';
const port = { name: 'p80', port: 80, protocol: 'TCP' };
const localPort = { ...port, nodePort: 3002 };

const cluster = snapshotOf(
  service('ns/web', {
    clusterIP: '172.30.0.41',
    type: 'NodePort',
    ports: [{ ...port, nodePort: 3001 }],
  }),
  slice('ns/web', ['10.180.0.1']),
  service(
    'ns/local',
    {
      clusterIP: '172.30.0.42',
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      ports: [localPort],
    },
    { loadBalancer: ['1.2.3.4'] },
  ),
  slice('ns/local', ['10.180.0.2']),
  service('ns/none', { clusterIP: '172.30.0.43' }),
  service(
    'ns/lb',
    {
      clusterIP: '172.30.0.44',
      type: 'LoadBalancer',
      loadBalancerSourceRanges: ['203.0.113.0/25'],
    },
    { loadBalancer: ['5.6.7.8'] },
  ),
  slice('ns/lb', ['10.180.0.4']),
);
const rules = composeRules(4, [
  kubeletLayer(4),
  rulesFor(cluster, testNode, testConfig, new Causes()),
]);
const isLocal = (address: number | bigint) =>
  [nodeIP, loopback].some((text) => addr(text) === address);

/** "10.180.0.1:80 masqueraded", "10.180.0.1:80", "drop", "reject", or the untranslated address. */
function walk(from: string, to: string): string {
  const [dst = '', dport = ''] = to.split(':');
  const packet: Packet = {
    family: 4,
    proto: TCP,
    src: addr(from),
    dst: addr(dst),
    sport: 40000,
    dport: Number(dport),
    mark: 0,
    flags: SYN,
    icmp: null,
    payload: noPayload,
  };
  const netfilter = createNetfilter(rules);
  const context = {
    host: { isLocal, masqueradeSource: () => addr(nodeIP) },
    choices: seeded(1),
    trace: new Trace(),
    nowMs: 0,
    inDevice: null,
    outDevice: null,
    nextHop: null,
  };
  const fromHere = isLocal(packet.src);
  const first = netfilter.hook(fromHere ? 'OUTPUT' : 'PREROUTING', packet, context);
  if (first.kind !== 'accept') return first.kind;
  if (!fromHere) {
    const next = netfilter.hook(isLocal(packet.dst) ? 'INPUT' : 'FORWARD', packet, context);
    if (next.kind !== 'accept') return next.kind;
  }
  netfilter.hook('POSTROUTING', packet, { ...context, outDevice: 'eth0' });
  const masqueraded = packet.src === addr(nodeIP) && from !== nodeIP;
  const isMarked = packet.sport !== 40000 || masqueraded;
  return `${formatEndpoint(packet.dst, packet.dport)}${isMarked ? ' masqueraded' : ''}`;
}

const rows: readonly (readonly [string, string, string, string])[] = [
  ['a pod reaches a ClusterIP as itself', pod, '172.30.0.41:80', '10.180.0.1:80'],
  ['a pod reaches itself masqueraded', '10.180.0.1', '172.30.0.41:80', '10.180.0.1:80 masqueraded'],
  ['outside to a ClusterIP is masqueraded', outside, '172.30.0.41:80', '10.180.0.1:80 masqueraded'],
  ['a ClusterIP on an unknown port is routed on', pod, '172.30.0.41:81', '172.30.0.41:81'],
  ['no endpoints', pod, '172.30.0.43:80', 'reject'],
  ['eTP Cluster from outside', outside, `${nodeIP}:3001`, '10.180.0.1:80 masqueraded'],
  ['eTP Cluster from a pod', pod, `${nodeIP}:3001`, '10.180.0.1:80 masqueraded'],
  ['localhost node port', loopback, '127.0.0.1:3001', '10.180.0.1:80 masqueraded'],
  ['eTP Local, none local, from outside', outside, `${nodeIP}:3002`, 'drop'],
  ['eTP Local, none local, load balancer', outside, '1.2.3.4:80', 'drop'],
  ['eTP Local, none local, a pod is short-circuited', pod, '1.2.3.4:80', '10.180.0.2:80'],
  ['eTP Local, none local, localhost', loopback, '127.0.0.1:3002', '10.180.0.2:80 masqueraded'],
  ['a source range lets in', outside, '5.6.7.8:80', '10.180.0.4:80 masqueraded'],
  ['a source range keeps out', blocked, '5.6.7.8:80', 'drop'],
  ['a source range keeps pods out', pod, '5.6.7.8:80', 'drop'],
  ['nobody outside reaches 127.0.0.1', outside, '127.0.0.1:22', 'drop'],
];

for (const [name, from, to, want] of rows) {
  test(`H2 TestTracePacket, F10: ${name}`, () => assert.equal(walk(from, to), want));
}
