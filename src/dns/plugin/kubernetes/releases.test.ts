// Rules of the kubernetes plugin that a fact sheet of the newest release does not have: what older ones answered, what it
// makes of odd objects, and what other plugins ask of it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type LabOptions, lab, namespace, service, slice } from '../../fixture.test.ts';

const svc = (left: string) => `${left}.svc.cluster.local.`;
const stanza = (body: string, zones = 'cluster.local in-addr.arpa ip6.arpa') =>
  `.:53 {\n kubernetes ${zones} {\n ${body}\n }\n forward . 8.8.8.8\n}\n`;
const headless = { type: 'ClusterIP', clusterIP: 'None', clusterIPs: ['None'] };
const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];
const clusterIP = (...ips: string[]) => ({
  type: 'ClusterIP',
  clusterIP: ips[0],
  clusterIPs: ips,
  ports,
});
const alias = (externalName: string) => ({ type: 'ExternalName', externalName });

const objects = [
  namespace('demo'),
  namespace('prod'),
  service('demo/web', { ...clusterIP('10.96.7.7', 'fd00::7'), externalIPs: ['198.51.100.9'] }),
  service('prod/api', clusterIP('10.96.8.7')),
  service('hidden/web', clusterIP('10.96.9.7')),
  service('demo/pending', clusterIP('')),
  service('demo/ext', alias('db.example.org')),
  service('demo/under', alias('a.under.demo.svc.cluster.local')),
  service('demo/peers', headless),
  slice('demo/peers', ['10.1.0.1', '10.1.0.2'], ports),
  slice('demo/peers', ['10.1.0.1'], ports, 'other'),
  service('demo/twin', headless),
  slice('demo/twin', ['10.1.0.1'], ports),
  service('demo/names', headless),
  slice('demo/names', ['db.example.org'], ports),
  service('demo/mapped', headless),
  slice('demo/mapped', ['::ffff:10.1.0.9'], ports),
  service('demo/wide', headless),
  slice('demo/wide', ['2001:db8:0:0:1::1'], ports),
  slice('demo/', ['10.1.0.77'], ports),
  ...Array.from({ length: 12 }, (_, i) =>
    service(`demo/hop-${i}`, alias(svc(i === 11 ? 'web.demo' : `hop-${i + 1}.demo`))),
  ),
];

interface Row {
  readonly name: string;
  readonly ask: string;
  readonly rcode?: string;
  readonly want: readonly string[];
  readonly options?: LabOptions;
}

const nx = { rcode: 'NXDOMAIN', want: [] } as const;
const v = (version: NonNullable<LabOptions['version']>, body = 'ttl 30') => ({
  options: { version, corefile: stanza(body) },
});

const rows: readonly Row[] = [
  {
    name: 'B16 [v]: * matches every namespace that is exposed, before 1.9.0',
    ask: svc('web.*'),
    want: [`${svc('web.*')} 30 A 10.96.7.7`],
    ...v('1.8.6'),
  },
  {
    name: 'B16 [v]: any matches every Service',
    ask: svc('any.prod'),
    want: [`${svc('any.prod')} 30 A 10.96.8.7`],
    ...v('1.8.6'),
  },
  {
    name: 'B16 [v]: a wildcard that matches nothing is NODATA in a namespace that exists',
    ask: svc('_nosuch._tcp.*.prod'),
    want: [],
    ...v('1.8.6'),
  },
  {
    name: 'B16 [v]: wildcards match ports and endpoints',
    ask: svc('*.peers.demo'),
    want: [`${svc('*.peers.demo')} 30 A 10.1.0.1`, `${svc('*.peers.demo')} 30 A 10.1.0.2`],
    ...v('1.7.0'),
  },
  { name: 'B16: no wildcards from 1.9.0 on', ask: svc('*.demo'), ...nx, ...v('1.9.3') },
  {
    name: 'B10 [v]: TXT of any name is NODATA before 1.10.1',
    ask: `${svc('nosuch.demo')} TXT`,
    want: [],
    ...v('1.9.3'),
  },
  {
    name: 'B10 [v]: dns-version is 1.0.1 in 1.6.2',
    ask: 'dns-version.cluster.local. TXT',
    want: ['dns-version.cluster.local. 28800 TXT "1.0.1"'],
    ...v('1.6.2'),
  },
  {
    name: 'B7b [v]: an ExternalName with an endpoint label is an alias before 1.10.1',
    ask: `${svc('x.ext.demo')} CNAME`,
    want: [`${svc('x.ext.demo')} 30 CNAME db.example.org.`],
    ...v('1.9.3'),
  },
  {
    name: 'B7b [v]: but not in 1.8.0, where endpoints are looked for first',
    ask: `${svc('x.ext.demo')} CNAME`,
    ...nx,
    ...v('1.8.0'),
  },
  {
    name: 'B7b [v]: nor from 1.10.1 on',
    ask: `${svc('x.ext.demo')} CNAME`,
    ...nx,
    ...v('1.10.1'),
  },
  {
    name: 'B7b [v]: with port labels it is one before 1.11.0',
    ask: `${svc('_http._tcp.ext.demo')} CNAME`,
    want: [`${svc('_http._tcp.ext.demo')} 30 CNAME db.example.org.`],
    ...v('1.10.1'),
  },
  {
    name: 'B12 [v]: external addresses have reverse names before 1.10.0',
    ask: '9.100.51.198.in-addr.arpa. PTR',
    want: [`9.100.51.198.in-addr.arpa. 30 PTR ${svc('web.demo')}`],
    ...v('1.9.3'),
  },
  {
    name: 'B12: but not later',
    ask: '9.100.51.198.in-addr.arpa. PTR',
    ...nx,
    ...v('1.10.1'),
  },
  {
    name: 'B12 [v]: an address behind two Services has a reverse name in each from 1.7.0 on',
    ask: '1.0.1.10.in-addr.arpa. PTR',
    want: ['peers', 'twin'].map(
      (name) => `1.0.1.10.in-addr.arpa. 30 PTR ${svc(`10-1-0-1.${name}.demo`)}`,
    ),
    ...v('1.7.0'),
  },
  {
    name: 'B12 [v]: and one before',
    ask: '1.0.1.10.in-addr.arpa. PTR',
    want: [`1.0.1.10.in-addr.arpa. 30 PTR ${svc('10-1-0-1.peers.demo')}`],
    ...v('1.6.5'),
  },
  {
    name: 'B7d [v]: only the first clusterIP is known before 1.8.4',
    ask: `${svc('web.demo')} AAAA`,
    want: [],
    ...v('1.8.0'),
  },
  {
    name: 'B14 [v]: SOA below the apex is answered before 1.8.4',
    ask: 'nosuch.cluster.local. SOA',
    want: [
      'cluster.local. 30 SOA ns.dns.cluster.local. hostmaster.cluster.local. 1700000000 7200 1800 86400 30',
    ],
    ...v('1.8.0'),
  },
  {
    name: 'B9 [v]: eleven aliases in a row are followed from 1.12.1 on',
    ask: `${svc('hop-1.demo')} A`,
    want: [
      ...Array.from(
        { length: 11 },
        (_, i) =>
          `${svc(`hop-${i + 1}.demo`)} 30 CNAME ${svc(i === 10 ? 'web.demo' : `hop-${i + 2}.demo`)}`,
      ),
      `${svc('web.demo')} 30 A 10.96.7.7`,
    ],
    ...v('1.12.1'),
  },
  { name: 'B9: twelve are NODATA', ask: svc('hop-0.demo'), want: [], ...v('1.12.1') },
  { name: 'B9 [v]: nine are NODATA before', ask: svc('hop-3.demo'), want: [], ...v('1.12.0') },
  {
    name: 'B9 [q]: a target below the alias itself counts as a loop',
    ask: svc('under.demo'),
    want: [],
  },
  {
    name: 'B7d [q]: a Service that has no address yet is an alias of the root',
    ask: `${svc('pending.demo')} CNAME`,
    want: [`${svc('pending.demo')} 5 CNAME .`],
  },
  {
    name: 'B2 [q]: names of an FQDN slice are aliases',
    ask: `${svc('db-example-org.names.demo')} CNAME`,
    want: [`${svc('db-example-org.names.demo')} 5 CNAME db.example.org.`],
  },
  {
    name: 'B9: an IPv4 address in IPv6 form is an A record',
    ask: svc('mapped.demo'),
    want: [`${svc('mapped.demo')} 5 A 10.1.0.9`],
  },
  {
    name: 'B12 [q]: an IPv6 address that is not written shortest has no reverse name',
    ask: '1.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR',
    ...nx,
  },
  {
    name: 'B12 [q]: up to three labels more in front of an IPv6 reverse name are ignored',
    ask: `x.7.${'0.'.repeat(27)}0.0.d.f.ip6.arpa. PTR`,
    want: [`x.7.${'0.'.repeat(27)}0.0.d.f.ip6.arpa. 5 PTR ${svc('web.demo')}`],
  },
  {
    name: 'B12 [q]: in-addr.arpa as the first zone is where PTR targets stand',
    ask: '7.8.96.10.in-addr.arpa. PTR',
    want: ['7.8.96.10.in-addr.arpa. 5 PTR api.prod.svc.in-addr.arpa.'],
    options: { corefile: stanza('ttl 5', 'in-addr.arpa cluster.local') },
  },
];

describe('kubernetes plugin: releases and odd objects', () => {
  for (const { name, ask, rcode = 'NOERROR', want, options = {} } of rows) {
    it(name, () => {
      const asked = lab(objects, { corefile: stanza('ttl 5'), ...options }).ask(ask);
      assert.deepEqual({ rcode: asked.rcode, answers: asked.answers }, { rcode, answers: want });
    });
  }

  it('B12 [q]: an endpoint of no Service: its PTR cannot be sent, so there is no reply', () => {
    const { ask } = lab(objects, { corefile: stanza('ttl 5') });
    assert.throws(() => ask('77.0.1.10.in-addr.arpa. PTR'), /no reply/);
  });
});
