// Rows of upstream's TestCategorizeEndpoints (A6, A7), with the version columns of the topology
// rules.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { service, testConfig, testNode } from '../../test/arbitraries/proxy-objects.ts';
import { addr } from '../net/addr.ts';
import { type Categories, categorizeEndpoints, type Locality } from './categorize.ts';
import { localityOf, type ProxyConfig } from './config.ts';
import type { ProxyEndpoint } from './endpoints.ts';
import { type ServicePort, servicePorts } from './service-port.ts';

type Flags = 'local' | 'unready' | 'draining' | 'terminated';

/** "1 local a,b @n": endpoint 10.0.0.1:80 that is local, with hints for zones a and b and for node
 * n. */
function endpoint(text: string): ProxyEndpoint {
  const words = text.split(' ');
  const has = (flag: Flags) => words.includes(flag);
  const hints = words.slice(1).filter((w) => w.startsWith('zone') || w.startsWith('@'));
  const draining = has('draining');
  return {
    text: `10.0.0.${words[0]}:80`,
    address: addr(`10.0.0.${words[0]}`),
    port: 80,
    nodeName: has('local') ? 'testhost' : 'other',
    ready: !has('unready') && !draining && !has('terminated'),
    serving: draining || !(has('unready') || has('terminated')),
    terminating: draining || has('terminated'),
    zoneHints: hints.filter((w) => w.startsWith('zone')).flatMap((w) => w.split(',')),
    nodeHints: hints.filter((w) => w.startsWith('@')).map((w) => w.slice(1)),
    object: '',
    path: '',
  };
}

/** "iTP Local", "eTP Local", "node port", "annotated" in any mix. */
function port(text: string): ServicePort {
  const [made] = servicePorts(
    service('ns/svc', {
      type: text.includes('node port') ? 'NodePort' : 'ClusterIP',
      clusterIP: '172.30.0.1',
      internalTrafficPolicy: text.includes('iTP Local') ? 'Local' : 'Cluster',
      externalTrafficPolicy: text.includes('eTP Local') ? 'Local' : 'Cluster',
      ports: [{ name: 'p80', port: 80, nodePort: text.includes('node port') ? 8080 : 0 }],
    }),
    4,
    34,
  );
  if (made === undefined) throw new Error('no port');
  return { ...made, topologyMode: text.includes('annotated') ? 'Auto' : '' };
}

function locality(zone: string, config: Partial<ProxyConfig> = {}): Locality {
  const labels: Record<string, string> = zone ? { 'topology.kubernetes.io/zone': zone } : {};
  return localityOf({ ...testConfig, ...config }, { ...testNode, labels });
}

/** "1 2 / 3 / 1 2 3 any": cluster, local, reachable; "-" when that kind is not used. */
function print(result: Categories): string {
  const list = (endpoints: readonly ProxyEndpoint[] | null) =>
    endpoints === null ? '-' : endpoints.map((e) => e.text.slice(7, -3)).join(' ') || 'none';
  const lists = [result.cluster, result.local, result.reachable].map(list).join(' / ');
  return result.hasAny ? `${lists} any` : lists;
}

const zones = ['3 zone-a', '4 zone-b', '5 zone-c', '6 zone-a'];
const localZones = ['3 zone-a local', '4 zone-b local', '5 zone-c', '6 zone-a'];

interface Row {
  readonly name: string;
  readonly port: string;
  readonly endpoints: readonly string[];
  readonly zone?: string;
  readonly minor?: number;
  readonly gates?: Record<string, boolean>;
  readonly want: string;
}

const rows: readonly Row[] = [
  { name: 'no endpoints', port: '', endpoints: [], want: '- / - / none' },
  {
    name: 'zone hints keep the endpoints of the zone',
    port: '',
    endpoints: zones,
    zone: 'zone-a',
    want: '3 6 / - / 3 6 any',
  },
  {
    name: 'eTP Local: topology ignored for local endpoints',
    port: 'eTP Local node port',
    endpoints: localZones,
    zone: 'zone-a',
    want: '3 6 / 3 4 / 3 4 6 any',
  },
  {
    name: 'iTP Local: topology ignored for local endpoints',
    port: 'iTP Local node port',
    endpoints: localZones,
    zone: 'zone-a',
    want: '3 6 / 3 4 / 3 4 6 any',
  },
  {
    name: 'empty node labels',
    port: '',
    endpoints: ['3 zone-a'],
    want: '3 / - / 3 any',
  },
  {
    name: 'node in different zone: no filtering',
    port: '',
    endpoints: ['3 zone-a'],
    zone: 'zone-b',
    want: '3 / - / 3 any',
  },
  {
    name: 'unready endpoint of the zone is left out',
    port: '',
    endpoints: ['3 zone-a', '4 zone-b', '5 zone-c', '6 zone-a unready'],
    zone: 'zone-a',
    want: '3 / - / 3 any',
  },
  {
    name: 'only unready endpoints in same zone: no filtering',
    port: '',
    endpoints: ['3 zone-a unready', '4 zone-b', '5 zone-c', '6 zone-a unready'],
    zone: 'zone-a',
    want: '4 5 / - / 4 5 any',
  },
  {
    name: 'missing hints: no filtering',
    port: '',
    endpoints: ['3 zone-a', '4 zone-b', '5', '6 zone-a'],
    zone: 'zone-a',
    want: '3 4 5 6 / - / 3 4 5 6 any',
  },
  {
    name: 'an unready endpoint without hint does not stop filtering',
    port: '',
    endpoints: ['3 zone-a', '4 zone-b', '5 unready'],
    zone: 'zone-a',
    want: '3 / - / 3 any',
  },
  {
    name: 'multiple hints per endpoint',
    port: '',
    endpoints: ['3 zone-a,zone-b,zone-c', '4 zone-b,zone-c', '5 zone-b,zone-d', '6 zone-c'],
    zone: 'zone-c',
    want: '3 4 6 / - / 3 4 6 any',
  },
  {
    name: 'conflicting topology and localness require merging',
    port: 'eTP Local node port',
    endpoints: ['0 zone-a local', '1 zone-b local', '2 zone-a', '3 zone-b'],
    zone: 'zone-a',
    want: '0 2 / 0 1 / 0 1 2 any',
  },
  {
    name: 'iTP Local with empty endpoints',
    port: 'iTP Local',
    endpoints: [],
    want: '- / - / none',
  },
  {
    name: 'iTP Local, all endpoints remote: usable elsewhere',
    port: 'iTP Local',
    endpoints: ['0', '1'],
    want: '- / none / none any',
  },
  {
    name: 'iTP Local, all endpoints local',
    port: 'iTP Local',
    endpoints: ['0 local', '1 local'],
    want: '- / 0 1 / 0 1 any',
  },
  {
    name: 'iTP Local, some endpoints local',
    port: 'iTP Local',
    endpoints: ['0 local', '1'],
    want: '- / 0 / 0 any',
  },
  {
    name: 'Cluster policy, endpoints not ready',
    port: '',
    endpoints: ['0 unready', '1 unready'],
    want: 'none / - / none',
  },
  {
    name: 'Cluster policy, some endpoints ready',
    port: '',
    endpoints: ['0 unready', '1'],
    want: '1 / - / 1 any',
  },
  {
    name: 'Cluster policy, all endpoints terminating but serving',
    port: '',
    endpoints: ['0 draining local', '1 draining'],
    want: '0 1 / - / 0 1 any',
  },
  {
    name: 'Cluster policy, all terminating and none serving',
    port: '',
    endpoints: ['0 terminated', '1 terminated'],
    want: 'none / - / none',
  },
  {
    name: 'terminating endpoints are used whatever their hints',
    port: '',
    endpoints: ['0 draining zone-b', '1 draining'],
    zone: 'zone-a',
    want: '0 1 / - / 0 1 any',
  },
  {
    name: 'iTP Local, eTP Cluster, some endpoints local',
    port: 'iTP Local node port',
    endpoints: ['0 local', '1'],
    want: '0 1 / 0 / 0 1 any',
  },
  {
    name: 'iTP Cluster, eTP Local, some endpoints local',
    port: 'eTP Local node port',
    endpoints: ['0 local', '1'],
    want: '0 1 / 0 / 0 1 any',
  },
  {
    name: 'iTP Local, eTP Local, some endpoints local',
    port: 'iTP Local eTP Local node port',
    endpoints: ['0 local', '1'],
    want: '0 1 / 0 / 0 1 any',
  },
  {
    name: 'iTP Local, eTP Local, all endpoints remote',
    port: 'iTP Local eTP Local node port',
    endpoints: ['0', '1'],
    want: '0 1 / none / 0 1 any',
  },
  {
    name: 'iTP Local, eTP Local, all endpoints remote and terminating',
    port: 'iTP Local eTP Local node port',
    endpoints: ['0 draining', '1 draining'],
    want: '0 1 / none / 0 1 any',
  },
  {
    name: 'eTP Local with terminating endpoints: local ones are used although remote are ready',
    port: 'eTP Local node port',
    endpoints: ['0', '1 local unready', '2 local draining', '3 draining'],
    want: '0 / 2 / 0 2 any',
  },
  {
    name: 'eTP Local ignored if not externally accessible',
    port: 'eTP Local',
    endpoints: ['0', '1 local'],
    want: '0 1 / - / 0 1 any',
  },
  {
    name: 'no cluster endpoints for an internal-only iTP Local Service',
    port: 'iTP Local',
    endpoints: ['0', '1 local'],
    want: '- / 1 / 1 any',
  },
  {
    name: '1.34: node hints come before zone hints',
    port: '',
    endpoints: ['3 zone-a @testhost', '4 zone-a @other', '5 zone-b @third'],
    zone: 'zone-a',
    want: '3 / - / 3 any',
  },
  {
    name: '1.34: no node hint for this node: zone hints',
    port: '',
    endpoints: ['3 zone-a @third', '4 zone-a @other', '5 zone-b @third'],
    zone: 'zone-a',
    want: '3 4 / - / 3 4 any',
  },
  {
    name: '1.33: node hints are ignored',
    port: '',
    endpoints: ['3 zone-a @testhost', '4 zone-a @other', '5 zone-b @third'],
    zone: 'zone-a',
    minor: 33,
    want: '3 4 / - / 3 4 any',
  },
  {
    name: '1.33 with the gate: node hints count',
    port: '',
    endpoints: ['3 zone-a @testhost', '4 zone-a @other'],
    zone: 'zone-a',
    minor: 33,
    gates: { PreferSameTrafficDistribution: true },
    want: '3 / - / 3 any',
  },
  {
    name: '1.32 knows no such gate',
    port: '',
    endpoints: ['3 zone-a @testhost', '4 zone-a @other'],
    zone: 'zone-a',
    minor: 32,
    gates: { PreferSameTrafficDistribution: true },
    want: '3 4 / - / 3 4 any',
  },
  {
    name: '1.30: hints need the annotation',
    port: '',
    endpoints: zones,
    zone: 'zone-a',
    minor: 30,
    want: '3 4 5 6 / - / 3 4 5 6 any',
  },
  {
    name: '1.30: hints with the annotation',
    port: 'annotated',
    endpoints: zones,
    zone: 'zone-a',
    minor: 30,
    want: '3 6 / - / 3 6 any',
  },
];

for (const row of rows) {
  test(`A6 TestCategorizeEndpoints: ${row.name}`, () => {
    const config = { minor: row.minor ?? 34, featureGates: row.gates ?? {} };
    const endpoints = row.endpoints.map(endpoint);
    const where = locality(row.zone ?? '', config);
    assert.equal(print(categorizeEndpoints(endpoints, port(row.port), where)), row.want);
  });
}
