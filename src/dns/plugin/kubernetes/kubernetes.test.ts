// Answers of the kubernetes plugin, row by row of the DNS fact sheet (section B).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type LabOptions, lab, namespace, service, slice } from '../../fixture.test.ts';

const clusterIP = (
  ip: string,
  ports: object[] = [{ name: 'http', port: 80, protocol: 'TCP' }],
) => ({
  type: 'ClusterIP',
  clusterIP: ip,
  clusterIPs: [ip],
  ports,
});
const headless = { type: 'ClusterIP', clusterIP: 'None', clusterIPs: ['None'] };

const objects = [
  namespace('demo', { team: 'a' }),
  namespace('kube-system'),
  namespace('default'),
  service('default/kubernetes', clusterIP('10.96.0.1', [{ name: 'https', port: 443 }])),
  service('default/nginx-deployment-service', headless),
  slice('default/nginx-deployment-service', ['10.244.140.72', '10.244.196.133']),
  service('demo/web', clusterIP('10.96.7.7')),
  slice(
    'demo/web',
    ['10.1.0.29', { ip: '10.1.0.30', hostname: 'web-0' }],
    [{ name: 'http', port: 8080 }],
  ),
  service('demo/empty', clusterIP('10.96.7.8')),
  service('demo/unported', {
    type: 'ClusterIP',
    clusterIP: '10.96.7.9',
    clusterIPs: ['10.96.7.9'],
  }),
  service('demo/dual', {
    ...clusterIP('10.96.7.10'),
    clusterIPs: ['10.96.7.10', 'fd00::10'],
  }),
  service('demo/headless', headless),
  slice(
    'demo/headless',
    ['10.1.0.32', '10.1.0.33', { ip: '10.1.0.34', ready: false }, { ip: 'fd00:1::', pod: 'pod-x' }],
    [{ name: 'http', port: 80, protocol: 'TCP' }],
  ),
  service('demo/lonely', headless),
  service('demo/ext', { type: 'ExternalName', externalName: 'Example.org' }),
  service('demo/ext-in', { type: 'ExternalName', externalName: 'web.demo.svc.cluster.local' }),
  service('demo/ext-loop', {
    type: 'ExternalName',
    externalName: 'ext-loop.demo.svc.cluster.local',
  }),
  service('demo/ext-gone', { type: 'ExternalName', externalName: 'nosuch.demo.svc.cluster.local' }),
  service('demo/ext-ip', { type: 'ExternalName', externalName: '192.0.2.1' }),
  service('lost/web', clusterIP('10.96.7.66')),
  service(
    'kube-system/kube-dns',
    clusterIP('10.96.0.10', [
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, protocol: 'TCP' },
      { name: 'metrics', port: 9153, protocol: 'TCP' },
    ]),
  ),
  slice('kube-system/kube-dns', ['10.244.0.2', '10.244.0.3'], [{ name: 'dns', port: 53 }]),
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'demo', name: 'client' },
    spec: {},
    status: { phase: 'Running', podIP: '10.1.0.99' },
  },
];

/** No cache, no shuffle: what the plugin itself says. */
const stanza = (body: string, zones = 'cluster.local in-addr.arpa ip6.arpa') =>
  `.:53 {\n kubernetes ${zones} {\n ${body}\n }\n forward . 8.8.8.8\n}\n`;
const plain = stanza('pods insecure\n ttl 30\n fallthrough in-addr.arpa ip6.arpa');
const svc = (left: string) => `${left}.svc.cluster.local.`;

interface Row {
  readonly name: string;
  readonly ask: string;
  readonly rcode?: string;
  readonly want: readonly string[];
  readonly additional?: readonly string[];
  readonly options?: LabOptions;
}

const rows: readonly Row[] = [
  {
    name: 'B7d: a ClusterIP name answers the virtual IP',
    ask: svc('web.demo'),
    want: [`${svc('web.demo')} 30 A 10.96.7.7`],
  },
  {
    name: 'B7d: no ready endpoint is needed',
    ask: svc('empty.demo'),
    want: [`${svc('empty.demo')} 30 A 10.96.7.8`],
  },
  {
    name: 'G7: matching ignores case, owners keep it',
    ask: 'Web.Demo.svc.cluster.LOCAL.',
    want: ['Web.Demo.svc.cluster.LOCAL. 30 A 10.96.7.7'],
  },
  { name: 'B9: no address of the family is NODATA', ask: `${svc('web.demo')} AAAA`, want: [] },
  {
    name: 'B9: dual stack answers each family',
    ask: `${svc('dual.demo')} AAAA`,
    want: [`${svc('dual.demo')} 30 AAAA fd00::10`],
  },
  {
    name: 'B7c: a headless name answers every ready address',
    ask: svc('headless.demo'),
    want: [`${svc('headless.demo')} 30 A 10.1.0.32`, `${svc('headless.demo')} 30 A 10.1.0.33`],
  },
  {
    name: 'B7c [q]: a headless Service with no ready endpoint is NXDOMAIN',
    ask: svc('lonely.demo'),
    rcode: 'NXDOMAIN',
    want: [],
  },
  {
    name: 'B7c: endpoint labels work on ClusterIP Services',
    ask: svc('web-0.web.demo'),
    want: [`${svc('web-0.web.demo')} 30 A 10.1.0.30`],
  },
  {
    name: 'B8: an endpoint without hostname is its dashed IP',
    ask: svc('10-1-0-29.web.demo'),
    want: [`${svc('10-1-0-29.web.demo')} 30 A 10.1.0.29`],
  },
  {
    name: 'B8: an IPv6 name that ends in a dash gets a 0 from 1.12.3',
    ask: `${svc('fd00-1--0.headless.demo')} AAAA`,
    want: [`${svc('fd00-1--0.headless.demo')} 30 AAAA fd00:1::`],
    options: { version: '1.12.3' },
  },
  {
    name: 'B8: and none in 1.12.1',
    ask: `${svc('fd00-1--.headless.demo')} AAAA`,
    want: [`${svc('fd00-1--.headless.demo')} 30 AAAA fd00:1::`],
  },
  {
    name: 'B8: endpoint_pod_names uses the Pod name',
    ask: `${svc('pod-x.headless.demo')} AAAA`,
    want: [`${svc('pod-x.headless.demo')} 5 AAAA fd00:1::`],
    options: { corefile: stanza('endpoint_pod_names') },
  },
  {
    name: 'B4 [q]: port and protocol need no underscore',
    ask: svc('http.tcp.web.demo'),
    want: [`${svc('http.tcp.web.demo')} 30 A 10.96.7.7`],
  },
  {
    name: 'B4: three labels left of the Service are a name error',
    ask: svc('a.b.c.web.demo'),
    rcode: 'NXDOMAIN',
    want: [],
  },
  { name: 'B4: the apex exists', ask: 'cluster.local.', want: [] },
  { name: 'B4: svc.ZONE exists', ask: 'svc.cluster.local.', want: [] },
  {
    name: 'B4: any other first label does not',
    ask: 'foo.cluster.local.',
    rcode: 'NXDOMAIN',
    want: [],
  },
  { name: 'B5: NS.svc.ZONE is NODATA', ask: 'demo.svc.cluster.local.', want: [] },
  {
    name: 'B5: a missing Namespace hides lingering Services',
    ask: svc('web.lost'),
    rcode: 'NXDOMAIN',
    want: [],
  },
  {
    name: 'B5: `namespaces` hides the others',
    ask: svc('web.demo'),
    rcode: 'NXDOMAIN',
    want: [],
    options: { corefile: stanza('namespaces default') },
  },
  {
    name: 'B5: namespace_labels selects',
    ask: svc('web.demo'),
    want: [`${svc('web.demo')} 5 A 10.96.7.7`],
    options: { corefile: stanza('namespace_labels team=a') },
  },
  {
    name: 'B6: insecure echoes a dashed IP',
    ask: '10-1-0-32.demo.pod.cluster.local.',
    want: ['10-1-0-32.demo.pod.cluster.local. 30 A 10.1.0.32'],
  },
  {
    name: 'B6 [q]: extra labels in front still answer',
    ask: 'x.y.10-1-0-32.demo.pod.cluster.local.',
    want: ['x.y.10-1-0-32.demo.pod.cluster.local. 30 A 10.1.0.32'],
  },
  {
    name: 'B6: no IP is a name error',
    ask: 'foo.demo.pod.cluster.local.',
    rcode: 'NXDOMAIN',
    want: [],
  },
  {
    name: 'B6: leading zeros are no IP',
    ask: '10-01-0-32.demo.pod.cluster.local.',
    rcode: 'NXDOMAIN',
    want: [],
  },
  {
    name: 'B6: the other family is NODATA',
    ask: '10-1-0-32.demo.pod.cluster.local. AAAA',
    want: [],
  },
  {
    name: 'B6: disabled is a name error',
    ask: '10-1-0-32.demo.pod.cluster.local.',
    rcode: 'NXDOMAIN',
    want: [],
    options: { corefile: stanza('ttl 30') },
  },
  {
    name: 'B6: verified answers for a Pod of the namespace',
    ask: '10-1-0-99.demo.pod.cluster.local.',
    want: ['10-1-0-99.demo.pod.cluster.local. 5 A 10.1.0.99'],
    options: { corefile: stanza('pods verified') },
  },
  {
    name: 'B6: verified refuses other IPs',
    ask: '10-1-0-32.demo.pod.cluster.local.',
    rcode: 'NXDOMAIN',
    want: [],
    options: { corefile: stanza('pods verified') },
  },
  {
    name: 'B7a: ignore empty_service hides a Service without endpoints',
    ask: svc('empty.demo'),
    rcode: 'NXDOMAIN',
    want: [],
    options: { corefile: stanza('ignore empty_service') },
  },
  {
    name: 'B7b: an ExternalName that is an IP is a name error',
    ask: svc('ext-ip.demo'),
    rcode: 'NXDOMAIN',
    want: [],
  },
  {
    name: 'B7b: an ExternalName has no ports',
    ask: svc('_http._tcp.ext.demo'),
    rcode: 'NXDOMAIN',
    want: [],
  },
  {
    name: 'B9: a target inside the zone is resolved here',
    ask: svc('ext-in.demo'),
    want: [
      `${svc('ext-in.demo')} 30 CNAME ${svc('web.demo')}`,
      `${svc('web.demo')} 30 A 10.96.7.7`,
    ],
  },
  { name: 'B9: a CNAME to itself is NODATA', ask: svc('ext-loop.demo'), want: [] },
  { name: 'B9: nothing found inside the zone is NODATA', ask: svc('ext-gone.demo'), want: [] },
  {
    name: 'B9 [q]: an outside target that fails leaves a bare CNAME',
    ask: svc('ext.demo'),
    want: [`${svc('ext.demo')} 30 CNAME Example.org.`],
  },
  {
    name: 'B10: a CNAME query answers the CNAME alone',
    ask: `${svc('ext.demo')} CNAME`,
    want: [`${svc('ext.demo')} 30 CNAME Example.org.`],
  },
  { name: 'B10: other names have no CNAME', ask: `${svc('web.demo')} CNAME`, want: [] },
  {
    name: 'B10: dns-version',
    ask: 'dns-version.cluster.local. TXT',
    want: ['dns-version.cluster.local. 28800 TXT "1.1.0"'],
  },
  { name: 'B10: TXT of a name with records is NODATA', ask: `${svc('web.demo')} TXT`, want: [] },
  {
    name: 'B10 [q]: TXT of the apex is NXDOMAIN',
    ask: 'cluster.local. TXT',
    rcode: 'NXDOMAIN',
    want: [],
  },
  {
    name: 'B11: SRV of kube-dns deduplicates, weight 33',
    ask: `${svc('kube-dns.kube-system')} SRV`,
    want: [53, 9153].map(
      (port) => `${svc('kube-dns.kube-system')} 30 SRV 0 33 ${port} ${svc('kube-dns.kube-system')}`,
    ),
    additional: [`${svc('kube-dns.kube-system')} 30 A 10.96.0.10`],
  },
  {
    name: 'B11: dual stack is one SRV of weight 50 with both addresses',
    ask: `${svc('dual.demo')} SRV`,
    want: [`${svc('dual.demo')} 30 SRV 0 50 80 ${svc('dual.demo')}`],
    additional: [`${svc('dual.demo')} 30 A 10.96.7.10`, `${svc('dual.demo')} 30 AAAA fd00::10`],
  },
  {
    name: 'B11: SRV of a named port',
    ask: '_https._tcp.kubernetes.default.svc.cluster.local. SRV',
    want: [
      '_https._tcp.kubernetes.default.svc.cluster.local. 30 SRV 0 100 443 kubernetes.default.svc.cluster.local.',
    ],
    additional: ['kubernetes.default.svc.cluster.local. 30 A 10.96.0.1'],
  },
  {
    name: 'B11: port numbers are no names',
    ask: `${svc('_80._tcp.web.demo')} SRV`,
    rcode: 'NXDOMAIN',
    want: [],
  },
  { name: 'B11: a Service without ports has no SRV', ask: `${svc('unported.demo')} SRV`, want: [] },
  {
    name: 'B2: but an address',
    ask: svc('unported.demo'),
    want: [`${svc('unported.demo')} 30 A 10.96.7.9`],
  },
  {
    name: 'B11 [q]: SRV of a pod name',
    ask: '10-1-0-32.demo.pod.cluster.local. SRV',
    want: ['10-1-0-32.demo.pod.cluster.local. 30 SRV 0 100 0 10-1-0-32.demo.pod.cluster.local.'],
    additional: ['10-1-0-32.demo.pod.cluster.local. 30 A 10.1.0.32'],
  },
  {
    name: 'B12: PTR of a virtual IP',
    ask: '1.0.96.10.in-addr.arpa. PTR',
    want: ['1.0.96.10.in-addr.arpa. 30 PTR kubernetes.default.svc.cluster.local.'],
  },
  {
    name: 'B12: PTR of an endpoint',
    ask: '32.0.1.10.in-addr.arpa. PTR',
    want: [`32.0.1.10.in-addr.arpa. 30 PTR ${svc('10-1-0-32.headless.demo')}`],
  },
  {
    name: 'B12 [v]: 1.12.0 points only to endpoints with a hostname',
    ask: '32.0.1.10.in-addr.arpa. PTR',
    rcode: 'SERVFAIL',
    want: [],
    options: { version: '1.12.0' },
  },
  { name: 'B12: PTR of a name that exists is NODATA', ask: `${svc('web.demo')} PTR`, want: [] },
  {
    name: 'B12: PTR of a missing name is NXDOMAIN',
    ask: `${svc('nosuch.demo')} PTR`,
    rcode: 'NXDOMAIN',
    want: [],
  },
  {
    name: 'B13: NS names the Services that CoreDNS serves',
    ask: 'cluster.local. NS',
    want: [`cluster.local. 30 NS ${svc('kube-dns.kube-system')}`],
    additional: [`${svc('kube-dns.kube-system')} 30 A 10.96.0.10`],
    options: { localAddrs: ['10.244.0.2'] },
  },
  {
    name: 'B13: without one, ns.dns.ZONE with the local addresses',
    ask: 'cluster.local. NS',
    want: ['cluster.local. 30 NS ns.dns.cluster.local.'],
    additional: ['ns.dns.cluster.local. 30 A 10.9.9.9'],
    options: { localAddrs: ['10.9.9.9'] },
  },
  {
    name: 'B13: ns.dns.ZONE answers those addresses',
    ask: 'ns.dns.cluster.local.',
    want: ['ns.dns.cluster.local. 30 A 10.96.0.10'],
    options: { localAddrs: ['10.244.0.2'] },
  },
  {
    name: 'B14: SOA at the apex',
    ask: 'cluster.local. SOA',
    want: [
      'cluster.local. 30 SOA ns.dns.cluster.local. hostmaster.cluster.local. 1700000000 7200 1800 86400 30',
    ],
  },
  {
    name: 'B14 [q]: SOA below the apex is NODATA, also for missing names',
    ask: 'nosuch.cluster.local. SOA',
    want: [],
  },
  { name: 'B15: ANY of a name that exists is NODATA', ask: `${svc('web.demo')} ANY`, want: [] },
  {
    name: 'B15: ANY of a missing name is NXDOMAIN',
    ask: `${svc('nosuch.demo')} ANY`,
    rcode: 'NXDOMAIN',
    want: [],
  },
  { name: 'B15: AXFR is refused', ask: 'cluster.local. AXFR', rcode: 'REFUSED', want: [] },
  {
    name: 'B16: unsynced caches make a name error SERVFAIL',
    ask: svc('nosuch.demo'),
    rcode: 'SERVFAIL',
    want: [],
    options: { synced: false },
  },
  {
    name: 'B16: names that exist already answer',
    ask: svc('web.demo'),
    want: [`${svc('web.demo')} 30 A 10.96.7.7`],
    options: { synced: false },
  },
  {
    name: 'B1: ttl defaults to 5',
    ask: svc('web.demo'),
    want: [`${svc('web.demo')} 5 A 10.96.7.7`],
    options: { corefile: stanza('') },
  },
  {
    name: 'B1: noendpoints knows no endpoint',
    ask: svc('headless.demo'),
    rcode: 'NXDOMAIN',
    want: [],
    options: { corefile: stanza('noendpoints') },
  },
  { name: 'G8: the apex of a reverse zone is NODATA for A', ask: 'in-addr.arpa.', want: [] },
  {
    name: 'G8: a partial reverse name falls through',
    ask: '0.10.in-addr.arpa. PTR',
    rcode: 'SERVFAIL',
    want: [],
  },
];

describe('kubernetes plugin', () => {
  for (const { name, ask, rcode = 'NOERROR', want, additional = [], options = {} } of rows) {
    it(name, () => {
      const asked = lab(objects, { corefile: plain, ...options }).ask(ask);
      assert.deepEqual(
        { rcode: asked.rcode, answers: asked.answers, additional: asked.additional },
        { rcode, answers: want, additional },
      );
    });
  }

  it('B16: negative answers carry the SOA and AA, positive ones AA', () => {
    const { ask } = lab(objects, { corefile: plain });
    assert.equal(ask(svc('web.demo')).flags, 'qr aa rd');
    const missing = ask('nosuch.demo.svc.Cluster.local.');
    assert.equal(missing.flags, 'qr aa rd');
    assert.deepEqual(missing.authority, [
      'Cluster.local. 30 SOA ns.dns.Cluster.local. hostmaster.Cluster.local. 1700000000 7200 1800 86400 30',
    ]);
  });

  it('document 004: both headless records, OPT and cookie echoed, 223 bytes', () => {
    const cookie = {
      code: 10,
      bytes: Uint8Array.from([0x2b, 0x8e, 0x6d, 5, 0xe7, 0xe6, 0x38, 0x88]),
    };
    const edns = { udpSize: 1232, version: 0, dnssecOk: false, options: [cookie] };
    const asked = lab(objects).ask(svc('nginx-deployment-service.default'), { edns });
    assert.deepEqual(asked.answers, [
      `${svc('nginx-deployment-service.default')} 30 A 10.244.140.72`,
      `${svc('nginx-deployment-service.default')} 30 A 10.244.196.133`,
    ]);
    assert.equal(asked.flags, 'qr aa rd');
    assert.deepEqual(asked.message.edns, edns);
    assert.equal(asked.bytes.length, 223);
  });
});
