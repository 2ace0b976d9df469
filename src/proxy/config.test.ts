// Defaults (A10) and decoding of a KubeProxyConfiguration document, and what of it holds on a node
// (A9).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testNode } from '../../test/arbitraries/proxy-objects.ts';
import type { ClusterSpec } from '../api/cluster-spec.ts';
import { addr } from '../net/addr.ts';
import { cidr } from '../net/cidr.ts';
import { defaultProxyConfig, localDetector, proxyConfig } from './config.ts';

function decoded(
  document: Record<string, unknown> | null,
  proxyMode: ClusterSpec['proxyMode'] = 'iptables',
) {
  const spec: Partial<ClusterSpec> = {
    minor: 33,
    podSubnet: cidr('10.244.0.0/16'),
    serviceSubnet: cidr('10.96.0.0/12'),
    proxyMode,
    kubeProxyConfiguration: document,
  };
  return proxyConfig(spec as ClusterSpec);
}

test("A10 without a document: defaults, and the cluster's pod and Service subnets", () => {
  const clusterCIDRs = [cidr('10.244.0.0/16')];
  const serviceCIDRs = [cidr('10.96.0.0/12')];
  const want = { ...defaultProxyConfig, minor: 33, clusterCIDRs, serviceCIDRs };
  assert.deepEqual(decoded(null), want);
});

test('A10 what the document says', () => {
  const config = decoded({
    clusterCIDR: '10.0.0.0/8,fd00::/48',
    nodePortAddresses: ['primary'],
    featureGates: { PreferSameTrafficDistribution: true },
    iptables: {
      masqueradeAll: true,
      masqueradeBit: 15,
      localhostNodePorts: false,
      syncPeriod: '1m30s',
      minSyncPeriod: '500ms',
    },
  });
  assert.deepEqual(config.clusterCIDRs, [cidr('10.0.0.0/8'), cidr('fd00::/48')]);
  assert.deepEqual(config.nodePortAddresses, ['primary']);
  assert.deepEqual(config.featureGates, { PreferSameTrafficDistribution: true });
  assert.equal(config.masqueradeAll, true);
  assert.equal(config.masqueradeBit, 15);
  assert.equal(config.localhostNodePorts, false);
  assert.equal(config.syncPeriodMs, 90_000);
  assert.equal(config.minSyncPeriodMs, 500);
});

test('A10 each mode reads the periods and the masquerading of its own section', () => {
  const document = {
    iptables: { masqueradeAll: true, masqueradeBit: 15, syncPeriod: '10s', minSyncPeriod: '2s' },
    nftables: { masqueradeBit: 16, syncPeriod: '20s' },
    ipvs: { scheduler: 'wlc', strictARP: true, excludeCIDRs: ['10.9.0.0/16'], syncPeriod: '40s' },
    conntrack: { tcpEstablishedTimeout: '0s', udpTimeout: '40s', tcpBeLiberal: true },
    bindAddress: '10.0.0.1',
    healthzBindAddress: '[fd00::1]:10999',
  };
  const iptables = decoded(document);
  const ipvs = decoded(document, 'ipvs');
  const nftables = decoded(document, 'nftables');
  const periods = [iptables, ipvs, nftables].map((c) => [c.syncPeriodMs, c.minSyncPeriodMs]);
  assert.deepEqual(periods, [
    [10_000, 2_000],
    [40_000, 0],
    [20_000, 1_000],
  ]);
  const marks = [iptables, ipvs, nftables].map((c) => [c.masqueradeAll, c.masqueradeBit]);
  assert.deepEqual(marks, [
    [true, 15],
    [true, 15],
    [false, 16],
  ]);
  assert.equal(ipvs.ipvs.scheduler, 'wlc');
  assert.deepEqual(ipvs.ipvs.excludeCIDRs, [cidr('10.9.0.0/16')]);
  assert.equal(iptables.conntrackTCPBeLiberal, true);
  assert.equal(iptables.conntrack.tcpEstablishedTimeoutMs, 0);
  assert.equal(iptables.conntrack.udpTimeoutMs, 40_000);
  assert.equal(iptables.bindAddress, addr('10.0.0.1'));
  assert.deepEqual(iptables.healthz, { address: addr('fd00::1'), port: 10_999 });
  assert.deepEqual(decoded(null).healthz, { address: null, port: 10_256 });
});

const node = { ...testNode, podCIDRs: [cidr('10.244.1.0/24')] };
const rows = [
  { name: 'ClusterCIDR', document: {}, want: { kind: 'cidr', range: cidr('10.244.0.0/16') } },
  {
    name: 'NodeCIDR',
    document: { detectLocalMode: 'NodeCIDR' },
    want: { kind: 'cidr', range: cidr('10.244.1.0/24') },
  },
  {
    name: 'InterfaceNamePrefix',
    document: {
      detectLocalMode: 'InterfaceNamePrefix',
      detectLocal: { interfaceNamePrefix: 'veth' },
    },
    want: { kind: 'interface', name: 'veth+' },
  },
  {
    name: 'BridgeInterface without a name detects nothing',
    document: { detectLocalMode: 'BridgeInterface' },
    want: null,
  },
];

for (const { name, document, want } of rows) {
  test(`A9 ${name}`, () => assert.deepEqual(localDetector(decoded(document), node, 4), want));
}

test('A9 a family without a cluster CIDR detects nothing', () => {
  assert.equal(localDetector(decoded(null), node, 6), null);
});
