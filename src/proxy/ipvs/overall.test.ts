// One Service of each kind (upstream's TestOverallIPTablesRules has them) and all that IPVS mode
// makes of it, written out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  service,
  slice,
  snapshotOf,
  testConfig,
  testNode,
} from '../../../test/arbitraries/proxy-objects.ts';
import { Causes } from '../../sim/causes.ts';
import { type IpvsLayer, layerFor } from './layer.ts';
import { overallIpset, overallRestore, overallServers } from './overall.table.ts';
import { ipsetInput, ipvsadmInput, restoreInput } from './restore-input.ts';
import { settingsFor } from './settings.ts';

const p80 = { name: 'p80', port: 80, protocol: 'TCP' };

const cluster = snapshotOf(
  service('ns1/svc1', { clusterIP: '172.30.0.41' }),
  slice('ns1/svc1', ['10.180.0.1']),
  service(
    'ns2/svc2',
    {
      type: 'LoadBalancer',
      clusterIP: '172.30.0.42',
      ports: [{ ...p80, nodePort: 3001 }],
      externalTrafficPolicy: 'Local',
      externalIPs: ['192.168.99.22'],
      healthCheckNodePort: 30000,
    },
    { loadBalancer: ['1.2.3.4'] },
  ),
  slice('ns2/svc2', ['10.180.0.2']),
  service('ns3/svc3', {
    type: 'NodePort',
    clusterIP: '172.30.0.43',
    ports: [{ ...p80, nodePort: 3003 }],
  }),
  slice('ns3/svc3', ['10.180.0.3']),
  service('ns4/svc4', {
    type: 'NodePort',
    clusterIP: '172.30.0.44',
    externalIPs: ['192.168.99.33'],
  }),
  slice('ns4/svc4', ['10.180.0.4', { ip: '10.180.0.5', nodeName: 'testhost' }]),
  service(
    'ns5/svc5',
    {
      type: 'LoadBalancer',
      clusterIP: '172.30.0.45',
      ports: [{ ...p80, nodePort: 3002 }],
      externalTrafficPolicy: 'Cluster',
      loadBalancerSourceRanges: [' 203.0.113.0/25'],
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } },
      healthCheckNodePort: 30001,
    },
    { loadBalancer: ['5.6.7.8'] },
  ),
  slice('ns5/svc5', ['10.180.0.3']),
  service('ns6/svc6', { clusterIP: '172.30.0.46' }),
);

function layer(): IpvsLayer {
  const settings = settingsFor(testNode.addresses, testNode, testConfig, 4);
  return layerFor(cluster, settings, new Causes());
}

test('C3 C4: the rules around IPVS for one Service of each kind', () => {
  assert.deepEqual(restoreInput(layer()).split('\n'), overallRestore.split('\n'));
});

test('C2 C4: every set and its members', () => {
  assert.deepEqual(ipsetInput(layer()).split('\n'), overallIpset.split('\n'));
});

test('C1 C4: every virtual server and its real servers', () => {
  assert.deepEqual(ipvsadmInput(layer(), 'rr').split('\n'), overallServers.split('\n'));
});

test('C3 every chain of the restore input can be looked up, with the same rules', () => {
  const built = layer();
  const text = restoreInput(built);
  const filterAt = text.indexOf('*filter');
  for (const [table, block] of [
    ['nat', text.slice(0, filterAt)],
    ['filter', text.slice(filterAt)],
  ] as const) {
    assert.equal(built.chains(table).length, (block.match(/^:/gm) ?? []).length);
    for (const name of built.chains(table)) {
      const lines = block.split('\n').filter((line) => line.startsWith(`-A ${name} `));
      assert.equal(built.chain(table, name)?.rules.length, lines.length, `${table} ${name}`);
    }
  }
});
