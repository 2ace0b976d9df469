// kube-dns as a client sees it, where it differs from CoreDNS: names of endpoints, wildcards, flags, what dnsmasq's cache
// changes. Texts and flags from kubernetes/dns 1.14.8, the skydns it vendors, and a dnsmasq in front of a real server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addr } from '../../net/addr.ts';
import { UDP } from '../../net/packet.ts';
import { replayed } from '../../sim/choices.ts';
import { line, listerOf } from '../fixture.test.ts';
import { flagNames, type Message, parseType, query, rcodeName } from '../message/message.ts';
import { hashLabel } from './records.ts';
import { createKubeDnsServer } from './server.ts';

const service = (name: string, spec: object) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'demo' },
  spec,
});
const ports = [{ name: 'http', port: 80 }, { port: 81 }];
const objects = [
  service('web', { clusterIP: '10.96.0.7', ports }),
  service('db', { clusterIP: 'None', ports: [{ name: 'sql', port: 5432 }] }),
  service('away', { type: 'ExternalName', externalName: 'example.com' }),
  service('inside', { type: 'ExternalName', externalName: 'web.demo.svc.cluster.local' }),
  {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'db', namespace: 'demo' },
    subsets: [
      {
        addresses: [{ ip: '10.244.1.5', hostname: 'db-0' }, { ip: '10.244.2.7' }],
        notReadyAddresses: [{ ip: '10.244.2.8' }],
        ports: [{ name: 'sql', port: 5432 }],
      },
    ],
  },
];

function server() {
  const environment = {
    lister: listerOf(objects),
    choices: replayed([]),
    localAddrs: [],
    resolvConf: 'nameserver 8.8.8.8\n',
    synced: () => true,
    serial: () => 0,
    readFile: () => undefined,
    files: () => [],
    log: () => {},
  };
  return createKubeDnsServer(environment, {
    domain: 'cluster.local.',
    startSeconds: 1_700_000_000,
    stubDomains: '{"corp.example": ["10.9.9.9:5353"]}',
  });
}

type Ask = (what: string, nowMs?: number) => { reply: Message | null; cached: boolean };

function asking(): Ask {
  const made = server();
  return (what, nowMs = 0) => {
    const [name = '', type = 'A'] = what.split(' ');
    return made.answer(query(1, name, parseType(type) ?? 0, {}), {
      client: { addr: addr('10.244.1.9'), port: 40_000, proto: UDP },
      nowMs,
      exchange: (_proto, _to, _port, _bytes, timeoutMs) => ({
        kind: 'timeout',
        elapsedMs: timeoutMs,
      }),
    });
  };
}

const under = (name: string) => `${name}.demo.svc.cluster.local.`;
const rows: readonly {
  readonly name: string;
  readonly ask: string;
  readonly flags?: string;
  readonly rcode?: string;
  readonly answers?: readonly string[];
  readonly additional?: readonly string[];
}[] = [
  {
    name: 'a cluster IP: authoritative, and recursion is offered',
    ask: under('web'),
    flags: 'qr aa rd ra',
    answers: [`${under('web')} 30 A 10.96.0.7`],
  },
  {
    name: 'a headless Service: its ready addresses',
    ask: under('db'),
    answers: [`${under('db')} 30 A 10.244.2.7`, `${under('db')} 30 A 10.244.1.5`],
  },
  {
    name: 'an endpoint with a hostname has a name',
    ask: under('db-0.db'),
    answers: [`${under('db-0.db')} 30 A 10.244.1.5`],
  },
  {
    name: 'an endpoint without one has a hash for a name',
    ask: under(`${hashLabel('10.244.2.7', 0)}.db`),
    answers: [`${under(`${hashLabel('10.244.2.7', 0)}.db`)} 30 A 10.244.2.7`],
  },
  { name: 'and no dashed one', ask: under('10-244-2-7.db'), flags: 'qr rd ra', rcode: 'NXDOMAIN' },
  {
    name: 'a wildcard stands for any label, as in CoreDNS before 1.9',
    ask: 'web.*.svc.cluster.local.',
    answers: ['web.*.svc.cluster.local. 30 A 10.96.0.7'],
  },
  {
    name: 'a namespace answers for its ExternalNames',
    ask: 'demo.svc.cluster.local. CNAME',
    answers: ['demo.svc.cluster.local. 30 CNAME example.com.'],
  },
  {
    name: 'the domain itself is no name',
    ask: 'cluster.local.',
    rcode: 'NXDOMAIN',
    flags: 'qr rd ra',
  },
  {
    name: 'a named port: priority 10, weight 100, the Service as target',
    ask: `${under('_http._tcp.web')} SRV`,
    answers: [`${under('_http._tcp.web')} 30 SRV 10 100 80 ${under('web')}`],
    additional: [`${under('web')} 30 A 10.96.0.7`],
  },
  { name: 'an unnamed port has no name', ask: `${under('_81._tcp.web')} SRV`, rcode: 'NXDOMAIN' },
  {
    name: 'SRV of a Service without a port: port 0, the record as target',
    ask: `${under('web')} SRV`,
    answers: [`${under('web')} 30 SRV 10 100 0 ${under(`${hashLabel('10.96.0.7', 0)}.web`)}`],
    additional: [`${under(`${hashLabel('10.96.0.7', 0)}.web`)} 30 A 10.96.0.7`],
  },
  {
    name: 'an ExternalName inside the domain is followed',
    ask: under('inside'),
    answers: [`${under('inside')} 30 CNAME ${under('web')}`, `${under('web')} 30 A 10.96.0.7`],
  },
  {
    name: 'an ExternalName whose target nobody answers: NODATA, not a bare CNAME',
    ask: under('away'),
    answers: [],
  },
  { name: 'AAAA of an IPv4 Service: NODATA', ask: `${under('web')} AAAA`, answers: [] },
  { name: 'TXT and MX: NODATA', ask: `${under('web')} MX`, answers: [] },
  {
    name: 'ANY is refused, without AA',
    ask: `${under('web')} ANY`,
    rcode: 'REFUSED',
    flags: 'qr ra',
  },
  {
    name: 'a pod name echoes any address in any namespace',
    ask: '10-1-2-3.nowhere.pod.cluster.local.',
    answers: ['10-1-2-3.nowhere.pod.cluster.local. 30 A 10.1.2.3'],
  },
  { name: 'a pod name that is no address: NODATA', ask: 'x.demo.pod.cluster.local.', answers: [] },
  {
    name: 'the reverse name of a cluster IP',
    ask: '7.0.96.10.in-addr.arpa. PTR',
    answers: [`7.0.96.10.in-addr.arpa. 30 PTR ${under('web')}`],
  },
  {
    name: 'the reverse name of an endpoint with a hostname',
    ask: '5.1.244.10.in-addr.arpa. PTR',
    answers: [`5.1.244.10.in-addr.arpa. 30 PTR ${under('db-0.db')}`],
  },
  {
    name: 'other reverse names are asked of the name servers: here nobody answers',
    ask: '7.2.244.10.in-addr.arpa. PTR',
    rcode: 'SERVFAIL',
    flags: 'qr rd ra',
  },
  {
    name: 'SOA at the apex',
    ask: 'cluster.local. SOA',
    answers: [
      'cluster.local. 3600 SOA ns.dns.cluster.local. hostmaster.cluster.local. 1699999200 28800 7200 604800 60',
    ],
  },
];

for (const { name, ask, flags, rcode = 'NOERROR', answers = [], additional = [] } of rows) {
  test(`kube-dns: ${name}`, () => {
    const { reply } = asking()(ask);
    assert.ok(reply !== null);
    assert.equal(rcodeName(reply.rcode), rcode);
    assert.deepEqual(reply.answers.map(line), answers);
    assert.deepEqual(reply.additional.map(line), additional);
    if (flags !== undefined) assert.equal(flagNames(reply).join(' '), flags);
    const isNegative = answers.length === 0 && (rcode === 'NOERROR' || rcode === 'NXDOMAIN');
    assert.deepEqual(
      reply.authority.map((record) => `${record.kind} ${record.ttl}`),
      isNegative ? ['SOA 60'] : [],
    );
  });
}

test('kube-dns: the cache takes AA away and counts the TTL down; what has no answer is not kept', () => {
  const ask = asking();
  ask(under('web'));
  const second = ask(under('web'), 12_000);
  assert.deepEqual(
    [second.cached, second.reply?.aa, second.reply?.ra, second.reply?.answers[0]?.ttl],
    [true, false, true, 18],
  );
  assert.equal(ask(under('web'), 30_000).cached, false);
  ask(under('nope'));
  assert.equal(ask(under('nope')).cached, false);
});

test('kube-dns: a query that nobody behind it answers gets no answer', () => {
  const ask = asking();
  assert.equal(ask('example.com.').reply, null);
  assert.equal(ask('db.corp.example.').reply, null);
});

test('kube-dns: the hash of an endpoint is that of Go', () => {
  assert.equal(hashLabel('10.96.0.1', 0), '6266366134663036');
  assert.equal(hashLabel('10.244.1.5', 0), '6333656336343065');
});
