// The kubernetes plugin's zones: which one answers, the names that belong to the zone itself, zones of a cluster set,
// topology zones, zone transfers, and what other plugins ask for.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAddr } from '../../../net/addr.ts';
import { Dispenser } from '../../corefile/dispenser.ts';
import {
  type LabOptions,
  lab,
  line,
  listerOf,
  namespace,
  service,
  slice,
} from '../../fixture.test.ts';
import type { CoreDnsVersion } from '../../kubeadm/version.ts';
import type { DnsRequest, Turn } from '../../plugin.ts';
import { KubernetesHandler } from './handler.ts';
import { parseKubernetes } from './setup.ts';

const svc = (left: string, zone = 'cluster.local.') => `${left}.svc.${zone}`;
const stanza = (body: string, zones = 'cluster.local in-addr.arpa') =>
  `.:53 {\n kubernetes ${zones} {\n ${body}\n }\n}\n`;
const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];
const clusterIP = (ip: string) => ({ type: 'ClusterIP', clusterIP: ip, clusterIPs: [ip], ports });
const headless = { type: 'ClusterIP', clusterIP: 'None', clusterIPs: ['None'], ports };

const zoned = (key: string, suffix: string, endpoints: readonly object[], labels: object) => {
  const made = slice(key, [], ports, suffix);
  return { ...made, metadata: { ...made.metadata, labels }, endpoints };
};
const imported = (cluster: string) => ({
  'multicluster.kubernetes.io/service-name': 'far',
  'multicluster.kubernetes.io/source-cluster': cluster,
});
const serviceImport = (name: string, spec: object) => ({
  apiVersion: 'multicluster.x-k8s.io/v1alpha1',
  kind: 'ServiceImport',
  metadata: { namespace: 'demo', name },
  spec,
});

const objects = [
  namespace('demo', { team: 'a' }),
  namespace('prod'),
  service('demo/web', clusterIP('10.96.0.7')),
  service('prod/api', clusterIP('10.96.0.8')),
  service('demo/db', headless),
  zoned(
    'demo/db',
    'a',
    [
      { addresses: ['10.1.0.1'], zone: 'eu-1a', hostname: 'db-0' },
      { addresses: ['10.1.0.2'], zone: 'EU.1b' },
    ],
    { 'kubernetes.io/service-name': 'db' },
  ),
  service('demo/ext', { type: 'ExternalName', externalName: 'db.example.org' }),
  slice('kube-system/kube-dns', ['10.244.0.2']),
  serviceImport('shared', { type: 'ClusterSetIP', ips: ['10.97.0.1'], ports }),
  serviceImport('far', { type: 'Headless', ports }),
  zoned('demo/far', 'c1', [{ addresses: ['10.9.1.1'], hostname: 'one' }], imported('east-1')),
  zoned('demo/far', 'c2', [{ addresses: ['10.9.2.1'], hostname: 'one' }], imported('east-2')),
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'demo', name: 'client' },
    status: { phase: 'Running', podIP: '10.244.1.7' },
  },
];

const clusterset = stanza(
  'multicluster clusterset.local\n ttl 30',
  'cluster.local clusterset.local',
);
const set: LabOptions = { version: '1.12.2', corefile: clusterset };
const zonal: LabOptions = { version: '1.14.7', corefile: stanza('zonal\n ttl 30') };

interface Row {
  readonly name: string;
  readonly ask: string;
  readonly rcode?: string;
  readonly want: readonly string[];
  readonly options?: LabOptions;
}

const nx = { rcode: 'NXDOMAIN', want: [] } as const;

const rows: readonly Row[] = [
  {
    name: 'B3: the longest zone answers, and targets stand under it as it was spelt',
    ask: `${svc('web.demo', 'Cluster.local.')} SRV`,
    want: [
      `${svc('web.demo', 'Cluster.local.')} 30 SRV 0 100 80 ${svc('web.demo', 'Cluster.local.')}`,
    ],
  },
  {
    name: 'B12 [q]: namespace_labels hides no reverse name',
    ask: '8.0.96.10.in-addr.arpa. PTR',
    want: [`8.0.96.10.in-addr.arpa. 5 PTR ${svc('api.prod')}`],
    options: { corefile: stanza('namespace_labels team=a') },
  },
  {
    name: 'B12: namespaces does',
    ask: '8.0.96.10.in-addr.arpa. PTR',
    ...nx,
    options: { corefile: stanza('namespaces demo') },
  },
  {
    name: 'B13 [q]: NS of an apex in mixed case is NODATA',
    ask: 'Cluster.local. NS',
    want: [],
    options: { localAddrs: ['10.9.9.9'] },
  },
  {
    name: 'B13 [q]: ns.dns of a zone in mixed case does not exist',
    ask: 'ns.dns.Cluster.local.',
    ...nx,
    options: { localAddrs: ['10.9.9.9'] },
  },
  {
    name: 'B13 [q]: an endpoint whose Service is not known leaves the zone without name servers',
    ask: 'cluster.local. NS',
    want: [],
    options: { localAddrs: ['10.244.0.2'] },
  },
  {
    name: 'B17: endpoints keep the order of their slice',
    ask: svc('db.demo'),
    want: ['10.1.0.1', '10.1.0.2'].map((ip) => `${svc('db.demo')} 30 A ${ip}`),
  },
  {
    name: 'B18: a ServiceImport has the addresses of its set',
    ask: svc('shared.demo', 'clusterset.local.'),
    want: [`${svc('shared.demo', 'clusterset.local.')} 30 A 10.97.0.1`],
    options: set,
  },
  {
    name: 'B18: endpoints of another cluster stand under its name',
    ask: svc('one.east-2.far.demo', 'clusterset.local.'),
    want: [`${svc('one.east-2.far.demo', 'clusterset.local.')} 30 A 10.9.2.1`],
    options: set,
  },
  {
    name: 'B18: without the cluster there is no endpoint',
    ask: svc('one.far.demo', 'clusterset.local.'),
    ...nx,
    options: set,
  },
  {
    name: 'B18: Services of the cluster itself are not in that zone',
    ask: svc('web.demo', 'clusterset.local.'),
    ...nx,
    options: set,
  },
  {
    name: 'B19: pin answers with the endpoints of the topology zone, whatever its case and dots',
    ask: svc('eu.1b.pin._zone.db.demo'),
    want: [`${svc('eu.1b.pin._zone.db.demo')} 30 A 10.1.0.2`],
    options: zonal,
  },
  {
    name: 'B19: pin of a topology zone without endpoints is NODATA',
    ask: svc('us.pin._zone.db.demo'),
    want: [],
    options: zonal,
  },
  {
    name: 'B19: prefer answers with all endpoints then',
    ask: svc('us.prefer._zone.db.demo'),
    want: ['10.1.0.1', '10.1.0.2'].map((ip) => `${svc('us.prefer._zone.db.demo')} 30 A ${ip}`),
    options: zonal,
  },
  {
    name: 'B19: only headless Services have such names',
    ask: svc('eu-1a.pin._zone.web.demo'),
    ...nx,
    options: zonal,
  },
  {
    name: 'B19: TXT of such a name is NODATA',
    ask: `${svc('us.pin._zone.db.demo')} TXT`,
    want: [],
    options: zonal,
  },
  { name: 'B19: without the option they are too long', ask: svc('eu-1a.pin._zone.db.demo'), ...nx },
];

function handlerOf(body: string, version: CoreDnsVersion): KubernetesHandler {
  const words = `kubernetes cluster.local {\n${body}\n}`.split('\n');
  const tokens = words.flatMap((text, i) =>
    text
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => ({ text: word, line: i + 1, column: 1, file: 'Corefile' })),
  );
  const dispenser = new Dispenser('Corefile', tokens as never, () => null);
  dispenser.next();
  const zones: readonly string[] = [];
  const resolvConf = 'search Corp.test lan\n';
  return new KubernetesHandler(
    parseKubernetes(dispenser, { zones, version, resolvConf, log: () => undefined }),
  );
}

function turnOf(synced: boolean, logs: string[], localAddrs: readonly string[] = []): Turn {
  return {
    environment: {
      lister: listerOf(objects),
      localAddrs: localAddrs.map((one) => parseAddr(one) ?? 0),
      synced: () => synced,
      serial: () => 1_700_000_000,
      log: (text: string) => logs.push(text),
    },
    client: { addr: parseAddr('10.244.1.7') ?? 0, port: 4000, proto: 17 },
    wait: () => undefined,
  } as unknown as Turn;
}

describe('kubernetes plugin: zones', () => {
  for (const { name, ask, rcode = 'NOERROR', want, options = {} } of rows) {
    it(name, () => {
      const asked = lab(objects, { corefile: stanza('ttl 30'), ...options }).ask(ask);
      assert.deepEqual({ rcode: asked.rcode, answers: asked.answers }, { rcode, answers: want });
    });
  }

  const whole = { zone: 'cluster.local.', serial: 0, siblings: [] };

  it('B20: a zone transfer has SOA, NS, glue without TTL, Services by name, SOA', () => {
    const records = handlerOf('ttl 30', '1.14.7').transfer({
      ...whole,
      turn: turnOf(true, [], ['10.9.9.9']),
    });
    const soa =
      'cluster.local. 30 SOA ns.dns.cluster.local. hostmaster.cluster.local. 1700000000 7200 1800 86400 30';
    const [api, db, web] = [svc('api.prod'), svc('db.demo'), svc('web.demo')];
    assert.deepEqual(Array.isArray(records) ? records.flat().map(line) : records, [
      soa,
      'cluster.local. 30 NS ns.dns.cluster.local.',
      'ns.dns.cluster.local. 0 A 10.9.9.9',
      `${api} 30 A 10.96.0.8`,
      `${api} 30 SRV 0 100 80 ${api}`,
      `_http._tcp.${api} 30 SRV 0 100 80 ${api}`,
      `${db} 30 A 10.1.0.1`,
      `db-0.${db} 30 A 10.1.0.1`,
      `_http._tcp.${db} 30 SRV 0 50 80 db-0.${db}`,
      `${db} 30 A 10.1.0.2`,
      `10-1-0-2.${db} 30 A 10.1.0.2`,
      `_http._tcp.${db} 30 SRV 0 50 80 10-1-0-2.${db}`,
      `${svc('ext.demo')} 30 CNAME db.example.org.`,
      `${web} 30 A 10.96.0.7`,
      `${web} 30 SRV 0 100 80 ${web}`,
      `_http._tcp.${web} 30 SRV 0 100 80 ${web}`,
      soa,
    ]);
  });

  it('B20: a zone of somebody else is not transferred', () => {
    assert.equal(
      handlerOf('', '1.14.7').transfer({ ...whole, zone: 'example.org.', turn: turnOf(true, []) }),
      null,
    );
  });

  it('C autopath: the search list of the Pod, then that of the machine, then nothing', () => {
    const request = { qname: 'web.demo.svc.cluster.local.', turn: turnOf(true, []) } as DnsRequest;
    assert.deepEqual(handlerOf('pods verified', '1.12.1').autoPath(request), [
      'demo.svc.cluster.local.',
      'svc.cluster.local.',
      'cluster.local.',
      'corp.test.',
      'lan.',
      '',
    ]);
    assert.equal(handlerOf('pods insecure', '1.12.1').autoPath(request), null);
  });

  it('B16: the start waits for the API as long as startup_timeout says, and says so from 1.9.0 on', () => {
    assert.deepEqual(handlerOf('startup_timeout 1100ms', '1.12.3').startup, {
      limitMs: 1100,
      tellMs: 500,
      tells: '[INFO] plugin/kubernetes: waiting for Kubernetes API before starting server',
      givesUp: '[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API',
    });
    const { limitMs, givesUp } = handlerOf('', '1.8.3').startup;
    assert.deepEqual([limitMs, givesUp], [5000, null]);
  });

  const wrong: readonly (readonly [string, CoreDnsVersion, RegExp])[] = [
    ['zonal\nnoendpoints', '1.14.7', /zonal requires the endpoint cache; remove noendpoints$/],
    ['zonal', '1.14.6', /unknown property 'zonal'$/],
    ['startup_timeout 5', '1.12.3', /^failed to parse startup_timeout: 5, time: missing unit/],
    ['multicluster x.test', '1.12.2', /is not authoritative for the multicluster zone x\.test\.$/],
    ['multicluster x.test', '1.14.7', /x\.test\. \(authoritative zones: \[cluster\.local\.\]\)$/],
    ['labels a>1', '1.14.7', /^unable to parse label selector value: 'a>1': "gt" is not a valid/],
    ['ignore nothing', '1.12.1', /^unable to parse ignore value: 'nothing'$/],
    ['namespaces a\nnamespace_labels b', '1.12.1', /Error during parsing: namespaces and names/],
    ['apiserver_qps -1', '1.14.0', /apiserver_qps must be >= 0$/],
  ];
  for (const [body, version, message] of wrong) {
    it(`B1: ${body.replace('\n', ' with ')} in ${version}: ${message.source}`, () => {
      assert.throws(() => handlerOf(body, version), { message });
    });
  }
});
