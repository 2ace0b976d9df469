// What each kind of Service becomes, one upstream test per row, in the short form of
// test/arbitraries/proxy-rules.ts. Rules of a row's Services in chains that `about` names are
// compared, in order; all others are left out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  service,
  slice,
  snapshotOf,
  testConfig,
  testNode,
} from '../../../test/arbitraries/proxy-objects.ts';
import { shortRules } from '../../../test/arbitraries/proxy-rules.ts';
import type { EndpointSlice, Service } from '../../api/types.ts';
import { addr } from '../../net/addr.ts';
import { Causes } from '../../sim/causes.ts';
import type { ProxyConfig } from '../config.ts';
import { rulesFor } from './layer.ts';

interface Row {
  readonly name: string;
  readonly objects: readonly (Service | EndpointSlice)[];
  readonly config?: Partial<ProxyConfig>;
  readonly family?: 4 | 6;
  /** Chains by table and role; a prefix is enough. */
  readonly about: readonly string[];
  readonly want: readonly string[];
}

const here = 'testhost';
const port = { name: 'p80', port: 80, protocol: 'TCP' };
const external = {
  clusterIP: '172.30.0.41',
  type: 'LoadBalancer',
  externalIPs: ['192.168.99.11'],
  ports: [{ ...port, nodePort: 3001 }],
};
const lb = { loadBalancer: ['1.2.3.4'] };
const ready = { ready: true, serving: true, terminating: false };
const draining = { ready: false, serving: true, terminating: true };
const gone = { ready: false, serving: false, terminating: true };

const rows: readonly Row[] = [
  {
    name: 'H3 TestNoEndpointsReject: every frontend is refused, nothing is in nat',
    objects: [service('ns/svc', external, lb)],
    about: ['filter', 'nat'],
    want: [
      'filter EXTERNAL-SERVICES tcp 192.168.99.11:80 -> REJECT',
      'filter EXTERNAL-SERVICES tcp 1.2.3.4:80 -> REJECT',
      'filter EXTERNAL-SERVICES to LOCAL tcp:3001 -> REJECT',
      'filter SERVICES tcp 172.30.0.41:80 -> REJECT',
    ],
  },
  {
    name: 'H4 TestClusterIPGeneral: TCP, UDP and SCTP on one port, other target port',
    objects: [
      service('ns/svc', {
        clusterIP: '172.30.0.42',
        ports: [
          { name: 'http', port: 80, protocol: 'TCP' },
          { name: 'dns-udp', port: 53, protocol: 'UDP' },
          { name: 'dns-sctp', port: 53, protocol: 'SCTP' },
        ],
      }),
      slice('ns/svc', ['10.180.0.1'], {
        ports: [
          { name: 'http', port: 8080, protocol: 'TCP' },
          { name: 'dns-udp', port: 5353, protocol: 'UDP' },
          { name: 'dns-sctp', port: 53, protocol: 'SCTP' },
        ],
      }),
    ],
    about: ['nat SERVICES', 'nat SEP'],
    want: [
      'nat SEP(10.180.0.1:53) from 10.180.0.1 -> MARK-MASQ',
      'nat SEP(10.180.0.1:53) sctp -> DNAT 10.180.0.1:53',
      'nat SEP(10.180.0.1:5353) from 10.180.0.1 -> MARK-MASQ',
      'nat SEP(10.180.0.1:5353) udp -> DNAT 10.180.0.1:5353',
      'nat SEP(10.180.0.1:8080) from 10.180.0.1 -> MARK-MASQ',
      'nat SEP(10.180.0.1:8080) tcp -> DNAT 10.180.0.1:8080',
      'nat SERVICES sctp 172.30.0.42:53 -> SVC(dns-sctp)',
      'nat SERVICES udp 172.30.0.42:53 -> SVC(dns-udp)',
      'nat SERVICES tcp 172.30.0.42:80 -> SVC(http)',
    ],
  },
  {
    name: 'H5 TestLoadBalancer: ranges, the node inside one, node port not limited',
    objects: [
      service(
        'ns/svc',
        {
          ...external,
          externalIPs: [],
          loadBalancerSourceRanges: [' 192.168.0.0/24 ', '203.0.113.7/32', 'fd00::/64'],
        },
        lb,
      ),
      slice('ns/svc', ['10.180.0.1']),
    ],
    about: ['filter', 'nat SERVICES', 'nat NODEPORTS', 'nat FW', 'nat EXT'],
    want: [
      'filter PROXY-FIREWALL tcp 1.2.3.4:80 -> DROP',
      'nat EXT -> MARK-MASQ',
      'nat EXT -> SVC',
      'nat FW from 192.168.0.0/24 -> EXT',
      'nat FW from 203.0.113.7 -> EXT',
      'nat FW from 1.2.3.4 -> EXT',
      'nat FW -> none',
      'nat NODEPORTS tcp:3001 -> EXT',
      'nat SERVICES tcp 172.30.0.41:80 -> SVC',
      'nat SERVICES tcp 1.2.3.4:80 -> FW',
    ],
  },
  {
    name: 'H7 TestHealthCheckNodePort: accepted although there are no endpoints',
    objects: [
      service('ns/svc', {
        ...external,
        externalIPs: [],
        externalTrafficPolicy: 'Local',
        healthCheckNodePort: 30000,
      }),
    ],
    about: ['filter NODEPORTS'],
    want: ['filter NODEPORTS tcp:30000 -> ACCEPT'],
  },
  {
    name: 'H10 TestExternalTrafficPolicyLocal: a local endpoint',
    objects: [
      service('ns/svc', { ...external, externalIPs: [], externalTrafficPolicy: 'Local' }),
      slice('ns/svc', ['10.180.0.1', { ip: '10.180.2.1', nodeName: here }]),
    ],
    about: ['filter', 'nat EXT', 'nat SVC', 'nat SVL'],
    want: [
      'nat EXT from 10.0.0.0/8 -> SVC',
      'nat EXT from LOCAL -> MARK-MASQ',
      'nat EXT from LOCAL -> SVC',
      'nat EXT -> SVL',
      'nat SVC tcp 172.30.0.41:80 not from 10.0.0.0/8 -> MARK-MASQ',
      'nat SVC 1/2 -> SEP(10.180.0.1:80)',
      'nat SVC -> SEP(10.180.2.1:80)',
      'nat SVL -> SEP(10.180.2.1:80)',
    ],
  },
  {
    name: 'H10 TestExternalTrafficPolicyLocal: none local is a DROP but for pods and the node',
    objects: [
      service('ns/svc', { ...external, externalIPs: [], externalTrafficPolicy: 'Local' }),
      slice('ns/svc', ['10.180.0.1']),
    ],
    about: ['filter', 'nat EXT', 'nat SVL'],
    want: [
      'filter EXTERNAL-SERVICES to LOCAL tcp:3001 -> DROP',
      'nat EXT from 10.0.0.0/8 -> SVC',
      'nat EXT from LOCAL -> MARK-MASQ',
      'nat EXT from LOCAL -> SVC',
    ],
  },
  {
    name: 'H11 TestExternalTrafficPolicyCluster: everything from outside is masqueraded',
    objects: [
      service('ns/svc', { ...external, externalIPs: [] }),
      slice('ns/svc', ['10.180.0.1', { ip: '10.180.2.1', nodeName: here }]),
    ],
    about: ['nat EXT', 'nat SVL'],
    want: ['nat EXT -> MARK-MASQ', 'nat EXT -> SVC'],
  },
  {
    name: 'H18 TestInternalTrafficPolicy: Local keeps to local endpoints',
    objects: [
      service('ns/svc', { clusterIP: '172.30.0.41', internalTrafficPolicy: 'Local' }),
      slice('ns/svc', ['10.0.1.1', { ip: '10.0.1.2', nodeName: here }]),
    ],
    about: ['filter', 'nat SERVICES', 'nat SVC', 'nat SVL'],
    want: [
      'nat SERVICES tcp 172.30.0.41:80 -> SVL',
      'nat SVL tcp 172.30.0.41:80 not from 10.0.0.0/8 -> MARK-MASQ',
      'nat SVL -> SEP(10.0.1.2:80)',
    ],
  },
  {
    name: 'H18 TestInternalTrafficPolicy: Local with remote endpoints only is a DROP',
    objects: [
      service('ns/svc', { clusterIP: '172.30.0.41', internalTrafficPolicy: 'Local' }),
      slice('ns/svc', ['10.0.1.1']),
    ],
    about: ['filter', 'nat'],
    want: ['filter SERVICES tcp 172.30.0.41:80 -> DROP'],
  },
  {
    name: 'H19 TestTerminatingEndpointsTrafficPolicyLocal: a draining local endpoint is used',
    objects: [
      service('ns/svc', { ...external, externalIPs: [], externalTrafficPolicy: 'Local' }),
      slice('ns/svc', [
        { ip: '10.0.1.1', nodeName: here, conditions: draining },
        { ip: '10.0.1.2', nodeName: here, conditions: gone },
        { ip: '10.0.1.3', nodeName: 'other', conditions: ready },
      ]),
    ],
    about: ['filter', 'nat SVL', 'nat SVC -'],
    want: ['nat SVC -> SEP(10.0.1.3:80)', 'nat SVL -> SEP(10.0.1.1:80)'],
  },
  {
    name: 'H20 TestTerminatingEndpointsTrafficPolicyCluster: draining ones only when none is ready',
    objects: [
      service('ns/svc', { clusterIP: '172.30.0.41' }),
      slice('ns/svc', [
        { ip: '10.0.1.1', conditions: draining },
        { ip: '10.0.1.2', conditions: gone },
        { ip: '10.0.1.3', conditions: draining },
      ]),
    ],
    about: ['filter', 'nat SVC 1', 'nat SVC -'],
    want: ['nat SVC 1/2 -> SEP(10.0.1.1:80)', 'nat SVC -> SEP(10.0.1.3:80)'],
  },
  {
    name: 'H21 TestInternalExternalMasquerade: who is not a pod is masqueraded',
    objects: [
      service('ns/svc', { ...external, externalIPs: [], externalTrafficPolicy: 'Local' }),
      slice('ns/svc', [{ ip: '10.180.2.1', nodeName: here }]),
    ],
    about: ['nat EXT', 'nat SVC'],
    want: [
      'nat EXT from 10.0.0.0/8 -> SVC',
      'nat EXT from LOCAL -> MARK-MASQ',
      'nat EXT from LOCAL -> SVC',
      'nat EXT -> SVL',
      'nat SVC tcp 172.30.0.41:80 not from 10.0.0.0/8 -> MARK-MASQ',
      'nat SVC -> SEP(10.180.2.1:80)',
    ],
  },
  {
    name: 'H24 TestInternalExternalMasquerade: masqueradeAll without a detector',
    objects: [
      service('ns/svc', { ...external, externalIPs: [], externalTrafficPolicy: 'Local' }),
      slice('ns/svc', [{ ip: '10.180.2.1', nodeName: here }]),
    ],
    config: { clusterCIDRs: [], masqueradeAll: true },
    about: ['nat EXT', 'nat SVC'],
    want: [
      'nat EXT from LOCAL -> MARK-MASQ',
      'nat EXT from LOCAL -> SVC',
      'nat EXT -> SVL',
      'nat SVC tcp 172.30.0.41:80 -> MARK-MASQ',
      'nat SVC -> SEP(10.180.2.1:80)',
    ],
  },
  {
    name: 'H22 TestInternalExternalMasquerade: without a detector nobody can tell pods',
    objects: [
      service('ns/svc', { ...external, externalIPs: [], externalTrafficPolicy: 'Local' }),
      slice('ns/svc', [{ ip: '10.180.2.1', nodeName: here }]),
    ],
    config: { clusterCIDRs: [] },
    about: ['nat EXT', 'nat SVC'],
    want: [
      'nat EXT from LOCAL -> MARK-MASQ',
      'nat EXT from LOCAL -> SVC',
      'nat EXT -> SVL',
      'nat SVC -> SEP(10.180.2.1:80)',
    ],
  },
  {
    name: 'H23 TestInternalExternalMasquerade: masqueradeAll',
    objects: [service('ns/svc', { clusterIP: '172.30.0.41' }), slice('ns/svc', ['10.180.0.1'])],
    config: { masqueradeAll: true },
    about: ['nat SVC'],
    want: ['nat SVC tcp 172.30.0.41:80 -> MARK-MASQ', 'nat SVC -> SEP(10.180.0.1:80)'],
  },
  {
    name: 'A9 BridgeInterface: pods are told by their interface',
    objects: [service('ns/svc', { clusterIP: '172.30.0.41' }), slice('ns/svc', ['10.180.0.1'])],
    config: { detectLocalMode: 'BridgeInterface', bridgeInterface: 'cni0' },
    about: ['nat SVC'],
    want: ['nat SVC tcp 172.30.0.41:80 not by cni0 -> MARK-MASQ', 'nat SVC -> SEP(10.180.0.1:80)'],
  },
  {
    name: 'H28 TestLoadBalancerIngressRouteTypeProxy: ipMode Proxy is no VIP',
    objects: [
      {
        ...service('ns/svc', { ...external, externalIPs: [] }),
        status: {
          loadBalancer: {
            ingress: [
              { ip: '1.2.3.4', ipMode: 'Proxy' },
              { ip: '5.6.7.8', ipMode: 'VIP' },
              { ip: '9.9.9.9' },
            ],
          },
        },
      },
      slice('ns/svc', ['10.180.0.1']),
    ],
    about: ['nat SERVICES'],
    want: [
      'nat SERVICES tcp 172.30.0.41:80 -> SVC',
      'nat SERVICES tcp 5.6.7.8:80 -> EXT',
      'nat SERVICES tcp 9.9.9.9:80 -> EXT',
    ],
  },
  {
    name: 'H29 TestBadIPs: leading zeros are read as decimal and not written again',
    objects: [
      service('ns/svc', { clusterIP: '172.30.0.041', externalIPs: ['192.168.099.022'] }),
      slice('ns/svc', ['10.180.00.001']),
    ],
    about: ['nat SERVICES', 'nat SEP'],
    want: [
      'nat SEP(10.180.0.1:80) from 10.180.0.1 -> MARK-MASQ',
      'nat SEP(10.180.0.1:80) tcp -> DNAT 10.180.0.1:80',
      'nat SERVICES tcp 172.30.0.41:80 -> SVC',
      'nat SERVICES tcp 192.168.99.22:80 -> EXT',
    ],
  },
  {
    name: 'B8 affinity: all endpoints are asked for the client before chance decides',
    objects: [
      service('ns/svc', {
        clusterIP: '172.30.0.41',
        sessionAffinity: 'ClientIP',
        sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } },
      }),
      slice('ns/svc', ['10.0.1.10', '10.0.1.2']),
    ],
    about: ['nat SVC', 'nat SEP(10.0.1.2:80)'],
    want: [
      'nat SEP(10.0.1.2:80) from 10.0.1.2 -> MARK-MASQ',
      'nat SEP(10.0.1.2:80) remember tcp -> DNAT 10.0.1.2:80',
      'nat SVC tcp 172.30.0.41:80 not from 10.0.0.0/8 -> MARK-MASQ',
      'nat SVC seen SEP(10.0.1.10:80) 60s -> SEP(10.0.1.10:80)',
      'nat SVC seen SEP(10.0.1.2:80) 60s -> SEP(10.0.1.2:80)',
      'nat SVC 1/2 -> SEP(10.0.1.10:80)',
      'nat SVC -> SEP(10.0.1.2:80)',
    ],
  },
  {
    name: 'A3 dual stack: the IPv6 half',
    objects: [
      service('ns/svc', {
        clusterIP: '172.30.0.41',
        clusterIPs: ['172.30.0.41', 'fd00:96::41'],
        ipFamilies: ['IPv4', 'IPv6'],
        type: 'NodePort',
        ports: [{ ...port, nodePort: 3001 }],
        externalIPs: ['192.168.99.11', '2001:db8::99'],
      }),
      slice('ns/svc', ['10.180.0.1']),
      slice('ns/svc', ['fd00:10::1'], { name: 'svc-v6', addressType: 'IPv6' }),
    ],
    family: 6,
    about: ['nat'],
    want: [
      'nat EXT -> MARK-MASQ',
      'nat EXT -> SVC',
      'nat NODEPORTS tcp:3001 -> EXT',
      'nat SEP([fd00:10::1]:80) from fd00:10::1 -> MARK-MASQ',
      'nat SEP([fd00:10::1]:80) tcp -> DNAT [fd00:10::1]:80',
      'nat SERVICES tcp fd00:96::41:80 -> SVC',
      'nat SERVICES tcp 2001:db8::99:80 -> EXT',
      'nat SERVICES to LOCAL not ::1 -> NODEPORTS',
      'nat SVC tcp fd00:96::41:80 not from fd00:10::/64 -> MARK-MASQ',
      'nat SVC -> SEP([fd00:10::1]:80)',
    ],
  },
  {
    name: 'A1 headless, ExternalName and foreign proxies: nothing is written',
    objects: [
      service('ns/a', { clusterIP: 'None' }),
      service('ns/b', { clusterIP: '172.30.0.9', type: 'ExternalName' }),
      service('ns/c', { clusterIP: '' }),
      service(
        'ns/d',
        { clusterIP: '172.30.0.10' },
        { labels: { 'service.kubernetes.io/service-proxy-name': '' } },
      ),
      service(
        'ns/e',
        { clusterIP: '172.30.0.11' },
        { labels: { 'service.kubernetes.io/headless': '' } },
      ),
    ],
    about: ['nat', 'filter'],
    want: [],
  },
];

for (const row of rows) {
  test(row.name, () => {
    const snapshot = snapshotOf(...row.objects);
    const config = { ...testConfig, ...row.config };
    const layer = rulesFor(snapshot, testNode, config, new Causes(), row.family);
    const found = shortRules(snapshot, layer).filter((line) =>
      row.about.some((prefix) => line.startsWith(prefix)),
    );
    assert.deepEqual([...found].sort(byChain), row.want);
  });
}

/** By table and role (roles replace hashes, so chains stand in another order than in the layer);
 * stable within. */
function byChain(a: string, b: string): number {
  const key = (line: string) => line.split(' ').slice(0, 2).join(' ');
  return key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;
}

const leads: readonly {
  readonly name: string;
  readonly config: Partial<ProxyConfig>;
  readonly family: 4 | 6;
  readonly want: readonly string[];
}[] = [
  { name: 'all addresses', config: {}, family: 4, want: ['to LOCAL'] },
  { name: 'IPv6 never has ::1', config: {}, family: 6, want: ['to LOCAL not ::1'] },
  {
    name: 'localhostNodePorts off',
    config: { localhostNodePorts: false },
    family: 4,
    want: ['to LOCAL not 127.0.0.0/8'],
  },
  {
    name: 'restricted to the node network',
    config: { nodePortAddresses: ['192.168.0.0/24', '2001:db8::/64'] },
    family: 4,
    want: ['192.168.0.2'],
  },
  {
    name: 'loopback named',
    config: { nodePortAddresses: ['192.168.0.0/24', '127.0.0.0/8'] },
    family: 4,
    want: ['127.0.0.1', '192.168.0.2'],
  },
  {
    name: 'loopback named, localhostNodePorts off',
    config: { nodePortAddresses: ['192.168.0.0/24', '127.0.0.1/32'], localhostNodePorts: false },
    family: 4,
    want: ['192.168.0.2'],
  },
  {
    name: 'IPv6 restricted',
    config: { nodePortAddresses: ['192.168.0.0/24', '2001:db8::/64', '::1/128'] },
    family: 6,
    want: ['2001:db8::1'],
  },
  { name: 'primary', config: { nodePortAddresses: ['primary'] }, family: 4, want: ['192.168.0.2'] },
];

for (const row of leads) {
  test(`H6 TestNodePorts: ${row.name}`, () => {
    const snapshot = snapshotOf();
    const node = { ...testNode, addresses: [...testNode.addresses, addr('10.9.9.9')] };
    const config = { ...testConfig, ...row.config };
    const layer = rulesFor(snapshot, node, config, new Causes(), row.family);
    const rules = layer.chain('nat', 'KUBE-SERVICES')?.rules ?? [];
    const printed = shortRules(snapshot, {
      ...layer,
      family: layer.family,
      settings: layer.settings,
      views: () => [],
      chains: (table) => (table === 'nat' ? ['X'] : []),
      chain: () => ({ table: 'nat', name: 'X', policy: null, owner: '', rules }),
    });
    assert.deepEqual(
      printed.map((line) => line.replace('nat X ', '').replace(' -> NODEPORTS', '')),
      row.want,
    );
  });
}
