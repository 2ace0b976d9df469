// Answers of k8s_external: names of Services as clients outside the cluster ask for them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type LabOptions, lab, namespace, service, slice, UDP } from '../../fixture.test.ts';

const corefile = (external = '', options = 'ttl 30') =>
  `.:53 {\n kubernetes cluster.local {\n ${options}\n }\n` +
  ` k8s_external edge.test in-addr.arpa {\n ${external}\n }\n forward . 8.8.8.8\n}\n`;
const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];
const spec = { type: 'LoadBalancer', clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7'], ports };
const headless = { type: 'ClusterIP', clusterIP: 'None', clusterIPs: ['None'], ports };

const objects = [
  namespace('demo'),
  { ...service('demo/web', spec), status: { loadBalancer: { ingress: [{ ip: '203.0.113.7' }] } } },
  service('demo/old', { ...spec, type: 'ClusterIP', externalIPs: ['198.51.100.9', '2001:db8::9'] }),
  {
    ...service('demo/gate', spec),
    status: { loadBalancer: { ingress: [{ hostname: 'lb.test' }] } },
  },
  service('demo/inside', { ...spec, type: 'ClusterIP' }),
  service('demo/db', headless),
  slice('demo/db', [{ ip: '10.1.0.5', hostname: 'db-0' }], ports),
  slice('demo/old', ['10.244.0.2'], ports),
];

const soa = (ttl: number) =>
  `edge.test. ${ttl} SOA ns1.dns.edge.test. hostmaster.dns.edge.test. 1700000000 7200 1800 86400 ${ttl}`;

interface Row {
  readonly name: string;
  readonly ask: string;
  readonly rcode?: string;
  readonly want: readonly string[];
  readonly authority?: readonly string[];
  readonly additional?: readonly string[];
  readonly options?: LabOptions;
}

const rows: readonly Row[] = [
  {
    name: 'the load balancer is where the name points to',
    ask: 'web.demo.edge.test.',
    want: ['web.demo.edge.test. 5 A 203.0.113.7'],
  },
  {
    name: 'external addresses too',
    ask: 'old.demo.edge.test. AAAA',
    want: ['old.demo.edge.test. 5 AAAA 2001:db8::9'],
  },
  {
    name: 'a host name is an alias, with the TTL of kubernetes; bare where the look-up fails',
    ask: 'gate.demo.edge.test.',
    want: ['gate.demo.edge.test. 30 CNAME lb.test.'],
  },
  {
    name: 'SRV has the TTL of kubernetes, its addresses that of k8s_external',
    ask: '_http._tcp.web.demo.edge.test. SRV',
    want: ['_http._tcp.web.demo.edge.test. 30 SRV 0 100 80 web.demo.edge.test.'],
    additional: ['web.demo.edge.test. 5 A 203.0.113.7'],
  },
  {
    name: 'a Service without external address does not exist',
    ask: 'inside.demo.edge.test.',
    rcode: 'NXDOMAIN',
    want: [],
    authority: [soa(5)],
  },
  { name: 'a namespace does', ask: 'demo.edge.test.', want: [], authority: [soa(5)] },
  {
    name: 'other types are NODATA',
    ask: 'web.demo.edge.test. TXT',
    want: [],
    authority: [soa(5)],
  },
  {
    name: 'PTR of an external address',
    ask: '7.113.0.203.in-addr.arpa. PTR',
    want: ['7.113.0.203.in-addr.arpa. 5 PTR web.demo.edge.test.'],
  },
  {
    name: 'SOA of the apex',
    ask: 'edge.test. SOA',
    want: [soa(9)],
    options: { corefile: corefile('ttl 9') },
  },
  {
    name: 'NS of the apex, with the external addresses of the Services that CoreDNS is behind',
    ask: 'edge.test. NS',
    want: ['edge.test. 5 NS ns1.dns.edge.test.'],
    additional: ['ns1.dns.edge.test. 5 A 198.51.100.9', 'ns1.dns.edge.test. 5 AAAA 2001:db8::9'],
    options: { localAddrs: ['10.244.0.2'] },
  },
  {
    name: 'the domain of the name server is empty',
    ask: 'dns.edge.test.',
    want: [],
    authority: [soa(5)],
  },
  {
    name: 'and has nothing but the name server',
    ask: 'ns2.dns.edge.test.',
    rcode: 'NXDOMAIN',
    want: [],
    authority: [soa(5)],
  },
  {
    name: 'headless Services are shown where that is asked for',
    ask: 'db-0.db.demo.edge.test.',
    want: ['db-0.db.demo.edge.test. 5 A 10.1.0.5'],
    options: { corefile: corefile('headless') },
  },
  {
    name: 'and not otherwise',
    ask: 'db.demo.edge.test.',
    rcode: 'NXDOMAIN',
    want: [],
    authority: [soa(5)],
  },
  {
    name: 'fallthrough hands missing names on',
    ask: 'inside.demo.edge.test.',
    rcode: 'SERVFAIL',
    want: [],
    options: { corefile: corefile('fallthrough') },
  },
  {
    name: 'without kubernetes nothing is answered',
    ask: 'web.demo.edge.test.',
    rcode: 'SERVFAIL',
    want: [],
    options: { corefile: '.:53 {\n k8s_external edge.test\n forward . 8.8.8.8\n}\n' },
  },
];

describe('k8s_external plugin', () => {
  for (const { name, ask, rcode = 'NOERROR', want, options = {}, ...more } of rows) {
    it(name, () => {
      const asked = lab(objects, { corefile: corefile(), ...options }).ask(ask);
      const { authority = [], additional = [] } = more;
      assert.deepEqual(
        {
          rcode: asked.rcode,
          answers: asked.answers,
          authority: asked.authority,
          additional: asked.additional,
        },
        { rcode, answers: want, authority, additional },
      );
    });
  }

  it('without kubernetes the process ends as soon as it listens', () => {
    const { server } = lab([], { corefile: '. {\n k8s_external edge.test\n whoami\n}' });
    const exchange = () => assert.fail('nobody is asked');
    const text = 'plugin/k8s_external: kubernetes plugin not loaded';
    assert.equal(
      server.started({ client: { addr: 1, port: 0, proto: UDP }, nowMs: 0, exchange }),
      text,
    );
  });

  const wrong = [
    ['ttl 3601', /ttl must be in range \[0, 3600\]: 3601/],
    ['ttl', /Wrong argument count or unexpected line ending after 'ttl'/],
    ['apex', /Wrong argument count or unexpected line ending after 'apex'/],
    ['nosuch', /plugin\/k8s_external: .*unknown property 'nosuch'/],
  ] as const;
  for (const [text, message] of wrong) {
    it(`refuses ${text}`, () => {
      assert.throws(() => lab(objects, { corefile: corefile(text) }), { message });
    });
  }
});
