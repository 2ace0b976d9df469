// Rules and switches that do not depend on a Service's kind: marks, conntrack, counters by version,
// large clusters, and what a rule says about its cause.
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
import type { ProxyConfig } from '../config.ts';
import { reasonOf } from '../reason.ts';
import { rulesFor } from './layer.ts';
import { restoreInput } from './restore-input.ts';

const cluster = snapshotOf(
  service(
    'ns/svc',
    {
      type: 'LoadBalancer',
      clusterIP: '172.30.0.1',
      ports: [{ name: 'p80', port: 80, nodePort: 3001 }],
      loadBalancerSourceRanges: ['203.0.113.0/25'],
    },
    { loadBalancer: ['1.2.3.4'] },
  ),
  slice('ns/svc', [{ ip: '10.0.0.1', targetRef: { kind: 'Pod', namespace: 'ns', name: 'web-1' } }]),
  service('ns/none', { clusterIP: '172.30.0.2' }),
  service('ns/far', { clusterIP: '172.30.0.3', internalTrafficPolicy: 'Local' }),
  slice('ns/far', ['10.0.0.3']),
);

const rows: readonly {
  readonly name: string;
  readonly config: Partial<ProxyConfig>;
  readonly line: string;
  readonly want: boolean;
}[] = [
  {
    name: 'H8 TestDropInvalidRule: tcp_be_liberal off',
    config: {},
    line: '-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP',
    want: true,
  },
  {
    name: 'H8 TestDropInvalidRule: tcp_be_liberal on',
    config: { conntrackTCPBeLiberal: true },
    line: '--ctstate INVALID',
    want: false,
  },
  {
    name: 'H9 TestMasqueradeRule: --random-fully',
    config: { randomFully: true },
    line: '-j MASQUERADE --random-fully',
    want: true,
  },
  {
    name: 'H9 TestMasqueradeRule: an iptables without it',
    config: {},
    line: '--random-fully',
    want: false,
  },
  {
    name: 'A10 masqueradeBit 15',
    config: { masqueradeBit: 15 },
    line: '--or-mark 0x00008000',
    want: true,
  },
  { name: 'a node without nfacct has no counting rules', config: {}, line: 'nfacct', want: false },
  {
    name: '1.30 has no counting rules',
    config: { nfacct: true, minor: 30 },
    line: 'nfacct',
    want: false,
  },
  {
    name: '1.31 counts node ports on localhost',
    config: { nfacct: true, minor: 31 },
    line: '-d 127.0.0.0/8 --dport 3001 -m nfacct --nfacct-name localhost_nps_accepted_pkts',
    want: true,
  },
  {
    name: 'no guard when node ports are not on localhost',
    config: { localhostNodePorts: false },
    line: 'KUBE-FIREWALL',
    want: false,
  },
  {
    name: 'no guard when nodePortAddresses exclude loopback (A11)',
    config: { nodePortAddresses: ['192.168.0.0/24'] },
    line: 'KUBE-FIREWALL',
    want: false,
  },
];

for (const row of rows) {
  test(row.name, () => {
    const config = { ...testConfig, ...row.config };
    const text = restoreInput(rulesFor(cluster, testNode, config, new Causes()));
    assert.equal(text.includes(row.line), row.want);
  });
}

test('H25 TestSyncProxyRulesLargeClusterMode: no endpoint comments above 1,000', () => {
  const many = (count: number) =>
    snapshotOf(
      service('ns/svc', { clusterIP: '172.30.0.1' }),
      slice(
        'ns/svc',
        Array.from({ length: count }, (_, i) => `10.1.${i >> 8}.${i & 255}`),
      ),
    );
  const input = (count: number) =>
    restoreInput(rulesFor(many(count), testNode, testConfig, new Causes()));
  assert.ok(input(1000).includes('"ns/svc:p80 -> 10.1.0.1:80"'));
  const large = input(1001);
  assert.ok(!large.includes('->'));
  assert.ok(!large.includes('--comment ns/svc:p80 -s'));
  assert.ok(large.includes('--comment "ns/svc:p80 cluster IP"'));
});

test('a rule tells its cause, and a refusal its reason', () => {
  const causes = new Causes();
  const layer = rulesFor(cluster, testNode, testConfig, causes);
  const told = (table: 'nat' | 'filter', name: string) =>
    (layer.chain(table, name)?.rules ?? []).map((rule) => {
      const cause = causes.get(rule.origin);
      const reason = reasonOf(rule);
      return `${cause?.object} ${cause?.path}${reason === null ? '' : ` ${reason}`}`;
    });
  assert.deepEqual(told('filter', 'KUBE-SERVICES'), [
    'Service/ns/far spec.internalTrafficPolicy no-local-endpoints',
    'Service/ns/none spec.ports[0] no-endpoints',
  ]);
  assert.deepEqual(told('filter', 'KUBE-PROXY-FIREWALL'), [
    'Service/ns/svc spec.loadBalancerSourceRanges load-balancer-source-ranges',
  ]);
  assert.deepEqual(told('nat', 'KUBE-NODEPORTS'), ['Service/ns/svc spec.ports[0].nodePort']);
  const sep = layer.chains('nat').find((name) => name.startsWith('KUBE-SEP-')) ?? '';
  assert.deepEqual(told('nat', sep), ['Pod/ns/web-1 ', 'Service/ns/svc spec.ports[0].targetPort']);
});

test('chains keep their identity: between nodes, and not after a change', () => {
  const causes = new Causes();
  const other = { ...testNode, name: 'other' };
  const entry = (snapshot: typeof cluster, node = testNode) =>
    rulesFor(snapshot, node, testConfig, causes).chain('nat', 'KUBE-SERVICES');
  assert.equal(entry(cluster), entry(cluster, other));
  const scaled = snapshotOf(
    service('ns/svc', { clusterIP: '172.30.0.1' }),
    slice('ns/svc', ['10.0.0.1', '10.0.0.2']),
  );
  assert.notEqual(entry(scaled), entry(cluster));
});
