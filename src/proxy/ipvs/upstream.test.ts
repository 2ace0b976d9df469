// What each kind of Service becomes, one upstream test of pkg/proxy/ipvs/proxier_test.go per row.
// `servers` are virtual servers with their real ones in the order of adding; `sets` those that have
// members; `rules` those of the named chain, as "target set" or "target match".
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  service,
  slice,
  snapshotOf,
  testConfig,
  testNode,
} from '../../../test/arbitraries/proxy-objects.ts';
import type { EndpointSlice, Service } from '../../api/types.ts';
import { addr, type Family } from '../../net/addr.ts';
import { composeRules } from '../../netfilter/ruleset.ts';
import { Causes } from '../../sim/causes.ts';
import type { ProxyConfig } from '../config.ts';
import { type IpvsLayer, layerFor } from './layer.ts';
import { restoreInput } from './restore-input.ts';
import { setTable } from './sets.table.ts';
import { settingsFor } from './settings.ts';
import { frontEndsOf } from './sync.ts';

interface Row {
  readonly name: string;
  readonly objects: readonly (Service | EndpointSlice)[];
  readonly config?: Partial<ProxyConfig>;
  readonly family?: Family;
  /** Addresses of the node's devices but kube-ipvs0. */
  readonly addresses?: readonly string[];
  readonly servers?: readonly string[];
  readonly sets?: Readonly<Record<string, readonly string[]>>;
  /** Chain -> its rules. */
  readonly rules?: Readonly<Record<string, readonly string[]>>;
}

const here = 'testhost';
const p80 = { name: 'p80', port: 80, protocol: 'TCP' };
const vip = { clusterIP: '10.20.30.41' };
const lb = { loadBalancer: ['1.2.3.4'] };
const local = { ip: '10.180.0.1', nodeName: here };
const remote = { ip: '10.180.1.1', nodeName: 'other' };
const draining = { conditions: { ready: false, serving: true, terminating: true } };
const gone = { conditions: { ready: false, serving: false, terminating: true } };
const nodePort = (more: object = {}, proto = 'TCP') =>
  service('ns1/svc1', {
    ...vip,
    type: 'NodePort',
    ports: [{ ...p80, protocol: proto, nodePort: 3001 }],
    ...more,
  });
const balancer = (more: object = {}) =>
  service('ns1/svc1', { ...vip, type: 'LoadBalancer', ...more }, lb);
const eps = (...list: Parameters<typeof slice>[1]) => slice('ns1/svc1', list);
const clusterSet = { 'KUBE-CLUSTER-IP': ['10.20.30.41,tcp:80'] };
const only = 'KUBE-IPVS-IPS';

const rows: readonly Row[] = [
  {
    name: 'TestIPv4Proxier: the Service of the other family is not there',
    objects: [
      service('ns1/svc1', vip),
      eps('10.180.0.1'),
      service('ns2/svc2', { clusterIP: '1002:ab8::2:1' }),
      slice('ns2/svc2', ['1009:ab8::5:6'], { addressType: 'IPv6' }),
    ],
    servers: ['10.20.30.41:80/TCP rr 10.180.0.1:80'],
    sets: { ...clusterSet, [only]: ['10.20.30.41'] },
  },
  {
    name: 'TestIPv6Proxier: names begin with KUBE-6-, addresses stand without brackets in sets',
    family: 6,
    objects: [
      service('ns2/svc2', { clusterIP: '1002:ab8::2:1' }),
      slice('ns2/svc2', [{ ip: '1009:ab8::5:6', nodeName: here }], { addressType: 'IPv6' }),
    ],
    servers: ['[1002:ab8::2:1]:80/TCP rr [1009:ab8::5:6]:80'],
    sets: {
      'KUBE-LOOP-BACK': ['1009:ab8::5:6,tcp:80,1009:ab8::5:6'],
      'KUBE-CLUSTER-IP': ['1002:ab8::2:1,tcp:80'],
      [only]: ['1002:ab8::2:1'],
    },
    rules: {
      'nat KUBE-SERVICES': [
        'RETURN -s ::1/128',
        'KUBE-MARK-MASQ KUBE-6-CLUSTER-IP dst,dst ! -s fd00:10::/64',
        'KUBE-NODE-PORT --dst-type LOCAL',
        'ACCEPT KUBE-6-CLUSTER-IP dst,dst',
      ],
    },
  },
  {
    name: 'TestIPv4Proxier: without endpoints there is a virtual server with nobody behind it',
    objects: [service('ns1/svc1', vip)],
    servers: ['10.20.30.41:80/TCP rr'],
    sets: { ...clusterSet, [only]: ['10.20.30.41'] },
  },
  {
    name: 'TestExternalIPsNoEndpoint',
    objects: [service('ns1/svc1', { ...vip, externalIPs: ['50.60.70.81'] })],
    servers: ['10.20.30.41:80/TCP rr', '50.60.70.81:80/TCP rr'],
  },
  {
    name: 'TestExternalIPs: addresses of the other family are left out',
    objects: [
      service('ns1/svc1', { ...vip, externalIPs: ['50.60.70.81', '2012::51', '127.0.0.1'] }),
      eps('10.180.0.1'),
    ],
    sets: {
      ...clusterSet,
      'KUBE-EXTERNAL-IP': ['50.60.70.81,tcp:80', '127.0.0.1,tcp:80'],
      [only]: ['10.20.30.41', '50.60.70.81', '127.0.0.1'],
    },
  },
  {
    name: 'H36 TestOnlyLocalExternalIPs: local endpoints alone behind the external IP',
    objects: [
      nodePort({ externalIPs: ['50.60.70.81'], externalTrafficPolicy: 'Local' }),
      eps(local, remote),
    ],
    servers: [
      '10.20.30.41:80/TCP rr 10.180.0.1:80 10.180.1.1:80',
      '50.60.70.81:80/TCP rr 10.180.0.1:80',
      '192.168.0.2:3001/TCP rr 10.180.0.1:80',
    ],
    sets: {
      'KUBE-LOOP-BACK': ['10.180.0.1,tcp:80,10.180.0.1'],
      ...clusterSet,
      'KUBE-EXTERNAL-IP-LOCAL': ['50.60.70.81,tcp:80'],
      'KUBE-NODE-PORT-TCP': ['3001'],
      'KUBE-NODE-PORT-LOCAL-TCP': ['3001'],
      [only]: ['10.20.30.41', '50.60.70.81'],
    },
  },
  {
    name: 'H36 TestOnlyLocalNodePorts: the local set returns before the mark',
    objects: [nodePort({ externalTrafficPolicy: 'Local' }), eps(local, remote)],
    servers: [
      '10.20.30.41:80/TCP rr 10.180.0.1:80 10.180.1.1:80',
      '192.168.0.2:3001/TCP rr 10.180.0.1:80',
    ],
    rules: {
      'nat KUBE-NODE-PORT': [
        'RETURN -p tcp KUBE-NODE-PORT-LOCAL-TCP dst',
        'KUBE-MARK-MASQ -p tcp KUBE-NODE-PORT-TCP dst',
      ],
    },
  },
  {
    name: 'C1 PR 97081: external policy Local without local endpoints takes all',
    objects: [nodePort({ externalTrafficPolicy: 'Local' }), eps(remote)],
    servers: ['10.20.30.41:80/TCP rr 10.180.1.1:80', '192.168.0.2:3001/TCP rr 10.180.1.1:80'],
  },
  {
    name: 'H36 TestOnlyLocalLoadBalancing: the load balancer local set returns before the mark',
    objects: [
      balancer({
        ports: [{ ...p80, nodePort: 3001 }],
        externalTrafficPolicy: 'Local',
        healthCheckNodePort: 30000,
      }),
      eps(local, remote),
    ],
    servers: [
      '10.20.30.41:80/TCP rr 10.180.0.1:80 10.180.1.1:80',
      '1.2.3.4:80/TCP rr 10.180.0.1:80',
      '192.168.0.2:3001/TCP rr 10.180.0.1:80',
    ],
    sets: {
      'KUBE-LOOP-BACK': ['10.180.0.1,tcp:80,10.180.0.1'],
      ...clusterSet,
      'KUBE-LOAD-BALANCER': ['1.2.3.4,tcp:80'],
      'KUBE-LOAD-BALANCER-LOCAL': ['1.2.3.4,tcp:80'],
      'KUBE-NODE-PORT-TCP': ['3001'],
      'KUBE-NODE-PORT-LOCAL-TCP': ['3001'],
      'KUBE-HEALTH-CHECK-NODE-PORT': ['30000'],
      [only]: ['10.20.30.41', '1.2.3.4'],
    },
    rules: {
      'nat KUBE-LOAD-BALANCER': ['RETURN KUBE-LOAD-BALANCER-LOCAL dst,dst', 'KUBE-MARK-MASQ'],
      'filter KUBE-NODE-PORT': ['ACCEPT KUBE-HEALTH-CHECK-NODE-PORT dst'],
    },
  },
  {
    name: 'TestLoadBalancer: all of a load balancer is marked',
    objects: [balancer({ ports: [{ ...p80, nodePort: 3001 }] }), eps('10.180.0.1')],
    rules: {
      'nat KUBE-SERVICES': [
        'RETURN -s 127.0.0.0/8',
        'KUBE-LOAD-BALANCER KUBE-LOAD-BALANCER dst,dst',
        'KUBE-MARK-MASQ KUBE-CLUSTER-IP dst,dst ! -s 10.0.0.0/8',
        'KUBE-NODE-PORT --dst-type LOCAL',
        'ACCEPT KUBE-CLUSTER-IP dst,dst',
        'ACCEPT KUBE-LOAD-BALANCER dst,dst',
      ],
      'nat KUBE-LOAD-BALANCER': ['KUBE-MARK-MASQ'],
    },
  },
  {
    name: 'H35 TestLoadBalancerSourceRanges: the node is in none, so it is barred',
    objects: [balancer({ loadBalancerSourceRanges: ['10.0.0.0/8'] }), eps('10.180.0.1')],
    sets: {
      ...clusterSet,
      'KUBE-LOAD-BALANCER': ['1.2.3.4,tcp:80'],
      'KUBE-LOAD-BALANCER-FW': ['1.2.3.4,tcp:80'],
      'KUBE-LOAD-BALANCER-SOURCE-CIDR': ['1.2.3.4,tcp:80,10.0.0.0/8'],
      [only]: ['10.20.30.41', '1.2.3.4'],
    },
    rules: {
      'filter KUBE-PROXY-FIREWALL': ['KUBE-SOURCE-RANGES-FIREWALL KUBE-LOAD-BALANCER-FW dst,dst'],
      'filter KUBE-SOURCE-RANGES-FIREWALL': [
        'RETURN KUBE-LOAD-BALANCER-SOURCE-CIDR dst,dst,src',
        'DROP',
      ],
      'filter KUBE-IPVS-OUT-FILTER': [
        'DROP -s 1.2.3.4 -m ipvs --vaddr 1.2.3.4 --vproto tcp --vport 80',
      ],
    },
  },
  {
    name: 'H35 a range that holds the node lets its own connections in, whose source is the VIP',
    objects: [
      balancer({ loadBalancerSourceRanges: [' 192.168.0.0/24', '203.0.113.7/32'] }),
      eps('10.180.0.1'),
    ],
    sets: {
      ...clusterSet,
      'KUBE-LOAD-BALANCER': ['1.2.3.4,tcp:80'],
      'KUBE-LOAD-BALANCER-FW': ['1.2.3.4,tcp:80'],
      'KUBE-LOAD-BALANCER-SOURCE-IP': ['1.2.3.4,tcp:80,1.2.3.4'],
      'KUBE-LOAD-BALANCER-SOURCE-CIDR': [
        '1.2.3.4,tcp:80,192.168.0.0/24',
        '1.2.3.4,tcp:80,203.0.113.7/32',
      ],
      [only]: ['10.20.30.41', '1.2.3.4'],
    },
    rules: {
      'filter KUBE-SOURCE-RANGES-FIREWALL': [
        'RETURN KUBE-LOAD-BALANCER-SOURCE-CIDR dst,dst,src',
        'RETURN KUBE-LOAD-BALANCER-SOURCE-IP dst,dst,src',
        'DROP',
      ],
      'filter KUBE-IPVS-OUT-FILTER': [],
    },
  },
  {
    name: 'H37 TestAcceptIPVSTraffic: the last rules of KUBE-SERVICES accept',
    objects: [
      service('ns1/svc1', { ...vip, externalIPs: ['5.6.7.8'] }),
      service('ns1/svc2', { clusterIP: '10.20.30.42', type: 'LoadBalancer' }, lb),
    ],
    rules: {
      'nat KUBE-SERVICES': [
        'RETURN -s 127.0.0.0/8',
        'KUBE-LOAD-BALANCER KUBE-LOAD-BALANCER dst,dst',
        'KUBE-MARK-MASQ KUBE-CLUSTER-IP dst,dst ! -s 10.0.0.0/8',
        'KUBE-MARK-MASQ KUBE-EXTERNAL-IP dst,dst',
        'ACCEPT KUBE-EXTERNAL-IP dst,dst ! --physdev-is-in ! --src-type LOCAL',
        'ACCEPT KUBE-EXTERNAL-IP dst,dst --dst-type LOCAL',
        'KUBE-NODE-PORT --dst-type LOCAL',
        'ACCEPT KUBE-CLUSTER-IP dst,dst',
        'ACCEPT KUBE-LOAD-BALANCER dst,dst',
      ],
    },
  },
  {
    name: 'C3 masqueradeAll marks every connection to a cluster IP',
    config: { masqueradeAll: true },
    objects: [service('ns1/svc1', vip)],
    rules: {
      'nat KUBE-SERVICES': [
        'RETURN -s 127.0.0.0/8',
        'KUBE-MARK-MASQ KUBE-CLUSTER-IP dst,dst',
        'KUBE-NODE-PORT --dst-type LOCAL',
        'ACCEPT KUBE-CLUSTER-IP dst,dst',
      ],
    },
  },
  {
    name: 'C3 without a detector what comes from a cluster IP is marked: the node itself',
    config: { clusterCIDRs: [] },
    objects: [service('ns1/svc1', vip)],
    rules: {
      'nat KUBE-SERVICES': [
        'RETURN -s 127.0.0.0/8',
        'KUBE-MARK-MASQ KUBE-CLUSTER-IP src,dst',
        'KUBE-NODE-PORT --dst-type LOCAL',
        'ACCEPT KUBE-CLUSTER-IP dst,dst',
      ],
    },
  },
  {
    name: 'TestMasqueradeRule: --random-fully where iptables knows it, never for hairpins',
    config: { randomFully: true },
    objects: [service('ns1/svc1', vip), eps(local)],
    rules: {
      'nat KUBE-POSTROUTING': [
        'MASQUERADE KUBE-LOOP-BACK dst,dst,src',
        'RETURN ! --mark 0x00004000/0x00004000',
        'MARK --xor-mark 0x00004000',
        'MASQUERADE --random-fully',
      ],
    },
  },
  {
    name: 'TestNodePortIPv4: on every address but loopback and other families',
    addresses: ['192.168.0.2', '100.101.102.103', '127.0.0.1', '2001:db8::1'],
    objects: [nodePort(), eps('10.180.0.1')],
    servers: [
      '10.20.30.41:80/TCP rr 10.180.0.1:80',
      '100.101.102.103:3001/TCP rr 10.180.0.1:80',
      '192.168.0.2:3001/TCP rr 10.180.0.1:80',
    ],
  },
  {
    name: 'TestNodePortIPv4: on addresses in nodePortAddresses alone, never loopback',
    config: { nodePortAddresses: ['100.101.102.0/24', '127.0.0.0/8', '2001:db8::/64'] },
    addresses: ['192.168.0.2', '100.101.102.103'],
    objects: [nodePort({}, 'UDP')],
    servers: ['10.20.30.41:80/UDP rr', '100.101.102.103:3001/UDP rr'],
    sets: {
      'KUBE-CLUSTER-IP': ['10.20.30.41,udp:80'],
      'KUBE-NODE-PORT-UDP': ['3001'],
      [only]: ['10.20.30.41'],
    },
  },
  {
    name: 'TestNodePortIPv4: SCTP has a set of addresses and ports',
    addresses: ['192.168.0.2', '100.101.102.103'],
    objects: [nodePort({ externalTrafficPolicy: 'Local' }, 'SCTP')],
    sets: {
      'KUBE-CLUSTER-IP': ['10.20.30.41,sctp:80'],
      'KUBE-NODE-PORT-SCTP-HASH': ['100.101.102.103,sctp:3001', '192.168.0.2,sctp:3001'],
      'KUBE-NODE-PORT-LOCAL-SCTP-HASH': ['100.101.102.103,sctp:3001', '192.168.0.2,sctp:3001'],
      [only]: ['10.20.30.41'],
    },
    rules: {
      'nat KUBE-NODE-PORT': [
        'RETURN -p sctp KUBE-NODE-PORT-LOCAL-SCTP-HASH dst,dst',
        'KUBE-MARK-MASQ -p sctp KUBE-NODE-PORT-SCTP-HASH dst,dst',
      ],
    },
  },
  {
    name: 'TestNodePortIPv6: link-local addresses have no node ports; long names are cut',
    family: 6,
    addresses: ['2001:db8::1', 'fe80::7', '::1'],
    objects: [
      service('ns1/svc1', {
        clusterIP: '2020::1',
        type: 'NodePort',
        externalTrafficPolicy: 'Local',
        ports: [{ ...p80, protocol: 'SCTP', nodePort: 3001 }],
      }),
    ],
    servers: ['[2020::1]:80/SCTP rr', '[2001:db8::1]:3001/SCTP rr'],
    rules: {
      'nat KUBE-NODE-PORT': [
        'RETURN -p sctp KUBE-6-NODE-PORT-LOCAL-SCTP-HAS dst,dst',
        'KUBE-MARK-MASQ -p sctp KUBE-6-NODE-PORT-SCTP-HASH dst,dst',
      ],
    },
  },
  {
    name: 'TestHealthCheckNodePort: not where the node has no address for node ports',
    addresses: [],
    objects: [
      balancer({
        ports: [{ ...p80, nodePort: 3001 }],
        externalTrafficPolicy: 'Local',
        healthCheckNodePort: 30000,
      }),
    ],
    sets: {
      ...clusterSet,
      'KUBE-LOAD-BALANCER': ['1.2.3.4,tcp:80'],
      'KUBE-LOAD-BALANCER-LOCAL': ['1.2.3.4,tcp:80'],
      [only]: ['10.20.30.41', '1.2.3.4'],
    },
  },
  {
    name: 'TestSessionAffinity: ClientIP is persistence, on every front end',
    objects: [
      nodePort({
        externalIPs: ['50.60.70.81'],
        sessionAffinity: 'ClientIP',
        sessionAffinityConfig: { clientIP: { timeoutSeconds: 100 } },
      }),
    ],
    servers: [
      '10.20.30.41:80/TCP rr persistent 100',
      '50.60.70.81:80/TCP rr persistent 100',
      '192.168.0.2:3001/TCP rr persistent 100',
    ],
  },
  {
    name: 'TestInternalTrafficPolicyE2E: Local takes local endpoints',
    objects: [service('ns1/svc1', { ...vip, internalTrafficPolicy: 'Local' }), eps(local, remote)],
    servers: ['10.20.30.41:80/TCP rr 10.180.0.1:80'],
  },
  {
    name: 'TestInternalTrafficPolicyE2E: Local without local endpoints has nobody',
    objects: [service('ns1/svc1', { ...vip, internalTrafficPolicy: 'Local' }), eps(remote)],
    servers: ['10.20.30.41:80/TCP rr'],
  },
  {
    name: 'C1 internal policy Local of a node port Service falls back to all endpoints',
    objects: [nodePort({ internalTrafficPolicy: 'Local' }), eps(remote)],
    servers: ['10.20.30.41:80/TCP rr 10.180.1.1:80', '192.168.0.2:3001/TCP rr 10.180.1.1:80'],
  },
  {
    name: 'EndpointSliceReadyAndTerminatingLocal: ready ones before those that drain',
    objects: [
      nodePort({ externalTrafficPolicy: 'Local' }),
      eps(local, { ...local, ip: '10.180.0.2', ...draining }, { ...remote, ...gone }),
    ],
    servers: ['10.20.30.41:80/TCP rr 10.180.0.1:80', '192.168.0.2:3001/TCP rr 10.180.0.1:80'],
    sets: {
      'KUBE-LOOP-BACK': ['10.180.0.1,tcp:80,10.180.0.1', '10.180.0.2,tcp:80,10.180.0.2'],
      ...clusterSet,
      'KUBE-NODE-PORT-TCP': ['3001'],
      'KUBE-NODE-PORT-LOCAL-TCP': ['3001'],
      [only]: ['10.20.30.41'],
    },
  },
  {
    name: 'EndpointSliceOnlyReadyAndTerminatingCluster: draining ones when none is ready',
    objects: [service('ns1/svc1', vip), eps({ ...local, ...draining }, { ...remote, ...gone })],
    servers: ['10.20.30.41:80/TCP rr 10.180.0.1:80'],
  },
  {
    name: 'TestMultiPortServiceBindAddr: one address for two ports',
    objects: [
      service('ns1/svc1', {
        ...vip,
        ports: [
          { name: 'a', port: 80, protocol: 'TCP' },
          { name: 'b', port: 81, protocol: 'TCP' },
        ],
      }),
    ],
    sets: {
      'KUBE-CLUSTER-IP': ['10.20.30.41,tcp:80', '10.20.30.41,tcp:81'],
      [only]: ['10.20.30.41'],
    },
  },
];

function layerOf(row: Row): IpvsLayer {
  const config = { ...testConfig, ...row.config };
  const addresses = (row.addresses ?? ['192.168.0.2', '2001:db8::1']).map(addr);
  const node = row.addresses?.length === 0 ? { ...testNode, addresses: [] } : testNode;
  const settings = settingsFor(addresses, node, config, row.family ?? 4);
  return layerFor(snapshotOf(...row.objects), settings, new Causes());
}

function serversOf(layer: IpvsLayer): readonly string[] {
  return frontEndsOf(layer).map(({ key, persistentSeconds, endpoints }) =>
    [
      `${key} rr`,
      ...(persistentSeconds === null ? [] : [`persistent ${persistentSeconds}`]),
      ...endpoints.map(({ text }) => text),
    ].join(' '),
  );
}

function setsOf(layer: IpvsLayer): Record<string, readonly string[]> {
  const all = setTable.map(({ name }) => [name, layer.members(name).map((m) => m.text)] as const);
  return Object.fromEntries(all.filter(([, members]) => members.length > 0));
}

/** "-A C -m comment --comment "..." -m set --match-set S dst -j T" as "T S dst". */
function rulesOf(layer: IpvsLayer, chain: string): readonly string[] {
  const [table, name] = chain.split(' ') as [string, string];
  const text = restoreInput(layer);
  const block = table === 'nat' ? text.split('*filter')[0] : text.split('*filter')[1];
  return (block ?? '')
    .split('\n')
    .filter((line) => line.startsWith(`-A ${name} `))
    .map((line) => {
      const [matches = '', target = ''] = line.slice(`-A ${name} `.length).split(/(?:^| )-j /);
      const short = matches
        .replace(/-m comment --comment "[^"]*" ?/, '')
        .replaceAll(/-m (set|physdev|addrtype|mark) /g, '')
        .replace('--match-set ', '');
      return [target, short].filter((part) => part !== '').join(' ');
    });
}

for (const row of rows) {
  test(row.name, () => {
    const layer = layerOf(row);
    if (row.servers !== undefined) assert.deepEqual(serversOf(layer), row.servers);
    if (row.sets !== undefined) assert.deepEqual(setsOf(layer), row.sets);
    for (const [chain, want] of Object.entries(row.rules ?? {})) {
      assert.deepEqual(rulesOf(layer, chain), want, chain);
    }
  });
}

test('C2 every set has its type and a name of at most 31 characters in both families', () => {
  const types = setTable.map(({ name, type }) => `${name} ${type}`);
  assert.equal(types.length, 17);
  for (const family of [4, 6] as const) {
    const settings = settingsFor([], testNode, testConfig, family);
    const { sets } = layerFor(snapshotOf(), settings, new Causes());
    assert.equal(new Set(sets.sets()).size, 17);
    for (const name of sets.sets()) {
      assert.ok(name.length <= 31, name);
      assert.equal(sets.set(name)?.name, name);
    }
    assert.ok(sets.sets().includes(`KUBE-${family === 6 ? '6-' : ''}IPVS-IPS`));
  }
});

test('C3 the jumps stand in this order, the last one made on top', () => {
  const settings = settingsFor([], testNode, testConfig, 4);
  const layer = layerFor(snapshotOf(), settings, new Causes());
  const source = composeRules(4, [layer]);
  const jumps = (['filter', 'nat'] as const).flatMap((table) =>
    source
      .chains(table)
      .flatMap((name) =>
        (source.chain(table, name)?.rules ?? []).flatMap(({ target }) =>
          target.kind === 'jump' && !name.startsWith('KUBE-') ? `${name} ${target.chain}` : [],
        ),
      ),
  );
  assert.deepEqual(jumps, [
    'INPUT KUBE-IPVS-FILTER',
    'INPUT KUBE-PROXY-FIREWALL',
    'INPUT KUBE-NODE-PORT',
    'FORWARD KUBE-PROXY-FIREWALL',
    'FORWARD KUBE-FORWARD',
    'OUTPUT KUBE-IPVS-OUT-FILTER',
    'PREROUTING KUBE-SERVICES',
    'OUTPUT KUBE-SERVICES',
    'POSTROUTING KUBE-POSTROUTING',
  ]);
});

test('C2 nodes that come to the same share chains and sets', () => {
  const causes = new Causes();
  const snapshot = snapshotOf(service('ns1/svc1', vip), eps(remote));
  const [one, two] = ['n1', 'n2'].map((name) => {
    const settings = settingsFor([addr('192.0.2.1')], { ...testNode, name }, testConfig, 4);
    return layerFor(snapshot, settings, causes);
  }) as [IpvsLayer, IpvsLayer];
  assert.equal(one.sets.set('KUBE-CLUSTER-IP'), two.sets.set('KUBE-CLUSTER-IP'));
  assert.equal(one.chain('nat', 'KUBE-SERVICES'), two.chain('nat', 'KUBE-SERVICES'));
});
