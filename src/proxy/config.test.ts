// Defaults (A10) and decoding of a KubeProxyConfiguration document, and what of it holds on a node
// (A9).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testNode } from '../../test/arbitraries/proxy-objects.ts';
import type { ClusterSpec } from '../api/cluster-spec.ts';
import { cidr } from '../net/cidr.ts';
import { defaultProxyConfig, localDetector, proxyConfig } from './config.ts';

function decoded(document: Record<string, unknown> | null) {
  const spec: Partial<ClusterSpec> = {
    minor: 33,
    podSubnet: cidr('10.244.0.0/16'),
    proxyMode: 'iptables',
    kubeProxyConfiguration: document,
  };
  return proxyConfig(spec as ClusterSpec);
}

test('A10 without a document: defaults, and the pod subnet as cluster CIDR', () => {
  const want = { ...defaultProxyConfig, minor: 33, clusterCIDRs: [cidr('10.244.0.0/16')] };
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
