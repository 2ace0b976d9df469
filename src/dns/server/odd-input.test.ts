// Odd messages (DNS fact sheet G): what CoreDNS says to each, row by row, as the real 1.12.1 and 1.14.2 said it; then
// damaged queries, which must not make the server throw or hang, and must be refused by their header alone where miekg/dns
// does so. test/dns-fuzz.test.ts sends a million of them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Proto, TCP, UDP } from '../../net/packet.ts';
import { KUBEADM, lab, namespace, service } from '../fixture.test.ts';
import type { CoreDnsVersion } from '../kubeadm/version.ts';
import { decode } from '../message/decode.ts';
import { flagNames, rcodeName } from '../message/message.ts';
import { fuzz, fuzzed, type Serve } from './odd-fuzz.test.ts';
import { wireName } from './odd-query.fixture.ts';

const objects = [namespace('demo'), service('demo/web', { clusterIPs: ['10.96.0.80'] })];
const byVersion = (version: CoreDnsVersion, corefile = KUBEADM) =>
  lab(objects, { version, corefile }).server;
const closed = `cluster.local {\n kubernetes cluster.local\n}\nempty.org {\n}\n`;

interface Sent {
  readonly opcode?: number;
  readonly flags?: number;
  readonly counts?: readonly [number, number, number, number];
  /** Default: web.demo.svc.cluster.local, A, IN. */
  readonly body?: readonly number[];
}

const web = wireName('web', 'demo', 'svc', 'cluster', 'local');
const question = [...web, 0, 1, 0, 1];
const soa = [0xc0, 12, 0, 6, 0, 1, 0, 0, 0, 0, 0, 22, 0, 0, ...new Array<number>(20).fill(0)];

function message({ opcode = 0, flags = 0x0100, counts = [1, 0, 0, 0], body = question }: Sent) {
  const bits = flags | (opcode << 11);
  const head = [0x12, 0x34, bits >> 8, bits & 255, ...counts.flatMap((n) => [n >> 8, n & 255])];
  return Uint8Array.from([...head, ...body]);
}

/** An OPT of 1232 bytes. */
function opt(options: readonly number[], ttl: readonly number[] = [0, 0, 0, 0]): readonly number[] {
  const { length } = options;
  return [0, 0, 41, 4, 208, ...ttl, length >> 8, length & 255, ...options];
}
const withOpt = (...opts: readonly (readonly number[])[]): Sent => ({
  counts: [1, 0, 0, opts.length],
  body: [...question, ...opts.flat()],
});
const cookie = [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8];

/** "NOERROR qr aa rd 1/1/0/0", and of an OPT "+ udp=1232 do 10:8"; "silence". */
function said(reply: Uint8Array | null): string {
  if (reply === null) return 'silence';
  const decoded = decode(reply);
  if (decoded.kind !== 'message') return decoded.kind;
  const { message: m } = decoded;
  const opcode = m.opcode === 0 ? '' : `opcode ${m.opcode} `;
  const lists = [m.questions, m.answers, m.authority, m.additional];
  const head = `${rcodeName(m.rcode)} ${opcode}${flagNames(m).join(' ')}`;
  const counts = lists.map(({ length }) => length).join('/');
  if (m.edns === null) return `${head} ${counts}`;
  const { udpSize, version, dnssecOk, z = 0, options } = m.edns;
  const bits = `${version === 0 ? '' : ` v${version}`}${dnssecOk ? ' do' : ''}${z === 0 ? '' : ` z=${z}`}`;
  const kept = options.map(({ code, bytes }) => ` ${code}:${bytes.length}`).join('');
  return `${head} ${counts} + udp=${udpSize}${bits}${kept}`;
}

interface Row {
  readonly name: string;
  readonly sent: Sent | Uint8Array;
  readonly want: string;
  /** From 1.14.2 on, where that differs. */
  readonly later?: string;
  readonly corefile?: string;
  readonly proto?: Proto;
}

const answered = 'NOERROR qr aa rd 1/1/0/0';
const longLabels = ['a', 'b', 'c'].map((c) => c.repeat(63));
const whole = message({});
/** 600 bytes: padding. */
const large = withOpt(opt([0, 12, 2, 18, ...new Array<number>(530).fill(0)]));

const rows: readonly Row[] = [
  { name: 'G1: eleven bytes', sent: whole.slice(0, 11), want: 'silence' },
  { name: 'G1: none at all', sent: new Uint8Array(0), want: 'silence' },
  { name: 'G1: a response', sent: { flags: 0x8100 }, want: 'silence' },
  { name: 'G1: opcode STATUS', sent: { opcode: 2 }, want: 'NOTIMP opcode 2 qr rd 0/0/0/0' },
  { name: 'G1: opcode 15', sent: { opcode: 15 }, want: 'NOTIMP opcode 15 qr rd 0/0/0/0' },
  { name: 'G5: UPDATE', sent: { opcode: 5 }, want: 'NOTIMP opcode 5 qr rd 0/0/0/0' },
  {
    name: 'G1: a NOTIMP keeps TC RA AD CD, and neither AA nor Z',
    sent: { opcode: 1, flags: 0x07f0 },
    want: 'NOTIMP opcode 1 qr tc rd ra ad cd 0/0/0/0',
  },
  { name: 'G1: no question', sent: { counts: [0, 0, 0, 0] }, want: 'FORMERR qr rd 0/0/0/0' },
  { name: 'G1: two questions', sent: { counts: [2, 0, 0, 0] }, want: 'FORMERR qr rd 0/0/0/0' },
  { name: 'G1: two answers', sent: { counts: [1, 2, 0, 0] }, want: 'FORMERR qr rd 0/0/0/0' },
  { name: 'G1: two authorities', sent: { counts: [1, 0, 2, 0] }, want: 'FORMERR qr rd 0/0/0/0' },
  { name: 'G1: three additional', sent: { counts: [1, 0, 0, 3] }, want: 'FORMERR qr rd 0/0/0/0' },
  {
    name: 'G1 [q]: a FORMERR keeps the flags and is of opcode QUERY',
    sent: { opcode: 4, flags: 0x07f0, counts: [2, 0, 0, 0] },
    want: 'FORMERR qr tc rd ra ad cd 0/0/0/0',
  },
  {
    name: 'G1: one answer and one authority',
    sent: { counts: [1, 1, 1, 0], body: [...question, ...soa, ...soa] },
    want: answered,
  },
  { name: 'G1: a datagram is read up to 512 bytes', sent: large, want: 'FORMERR qr rd 1/0/0/0' },
  {
    name: 'G1: a segment is read whole',
    sent: large,
    proto: TCP,
    want: `${answered} + udp=1232 12:530`,
  },
  { name: 'G2: a label of 64', sent: { body: [64, ...web] }, want: 'FORMERR qr rd 0/0/0/0' },
  { name: 'G2: a label of 191', sent: { body: [191, ...web] }, want: 'FORMERR qr rd 0/0/0/0' },
  {
    name: 'G2: a pointer to itself',
    sent: { body: [0xc0, 12, 0, 1, 0, 1] },
    want: 'FORMERR qr rd 0/0/0/0',
  },
  {
    name: 'G2: a pointer past the end',
    sent: { body: [0xc0, 200, 0, 1, 0, 1] },
    want: 'FORMERR qr rd 0/0/0/0',
  },
  {
    name: 'G2: a name of 256 octets',
    sent: { body: [...wireName(...longLabels, 'd'.repeat(62)), 0, 1, 0, 1] },
    want: 'FORMERR qr rd 0/0/0/0',
  },
  {
    name: 'G2: a name of 255 octets',
    sent: { body: [...wireName(...longLabels, 'd'.repeat(61)), 0, 1, 0, 1] },
    corefile: closed,
    want: 'REFUSED qr rd 1/0/0/0',
  },
  {
    name: 'G2: a name cut in the middle',
    sent: { body: web.slice(0, 9) },
    want: 'FORMERR qr rd 0/0/0/0',
  },
  {
    name: 'G2: a record cut in the middle keeps the question',
    sent: { counts: [1, 0, 0, 1], body: [...question, ...opt([]).slice(0, 8)] },
    want: 'FORMERR qr rd 1/0/0/0',
  },
  {
    name: 'G2: data longer than its type',
    sent: {
      counts: [1, 1, 0, 0],
      body: [...question, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 5, 1, 2, 3, 4, 5],
    },
    want: 'FORMERR qr rd 1/0/0/0',
  },
  {
    name: 'G2 [q]: data that ends between two fields',
    sent: {
      counts: [1, 1, 0, 0],
      body: [...question, 0xc0, 12, 0, 15, 0, 1, 0, 0, 0, 0, 0, 2, 0, 1],
    },
    want: answered,
  },
  {
    name: 'G2 [q]: fewer records than announced',
    sent: { counts: [1, 1, 1, 2], body: question },
    want: answered,
  },
  {
    name: 'G2: a header that announces a question',
    sent: { body: [] },
    want: 'SERVFAIL qr rd 0/0/0/0',
  },
  {
    name: 'G2: the same with opcode NOTIFY',
    sent: { opcode: 4, body: [] },
    want: 'SERVFAIL opcode 4 qr 0/0/0/0',
  },
  {
    name: 'G2 [q]: a question without type and class is of class 0',
    sent: { body: web },
    corefile: closed,
    want: 'REFUSED qr rd 1/0/0/0',
  },
  { name: 'G2: half a type', sent: { body: [...web, 0] }, want: 'FORMERR qr rd 0/0/0/0' },
  {
    name: 'G2: half a class',
    sent: { body: [...web, 0, 1, 0] },
    corefile: closed,
    want: 'REFUSED qr rd 1/0/0/0',
    later: 'FORMERR qr rd 0/0/0/0',
  },
  {
    name: 'G3: class CH without forward',
    sent: { body: [...web, 0, 1, 0, 3] },
    corefile: closed,
    want: 'REFUSED qr rd 1/0/0/0',
  },
  {
    name: 'G3: class CH with forward in the chain',
    sent: { body: [...web, 0, 1, 0, 3] },
    want: answered,
  },
  { name: 'D1: the query of a stub resolver', sent: {}, want: answered },
  {
    name: 'G4: OPT comes back with the size and the cookie',
    sent: withOpt(opt(cookie)),
    want: `${answered} + udp=1232 10:8`,
  },
  {
    name: 'G4: options that nobody knows do not',
    sent: withOpt(opt([0, 20, 0, 1, 7, 0, 8, 0, 4, 0, 1, 0, 0])),
    want: `${answered} + udp=1232`,
  },
  {
    name: 'G4: NSID, EXPIRE, KEEPALIVE and PADDING do',
    sent: withOpt(opt([0, 3, 0, 0, 0, 9, 0, 0, 0, 11, 0, 2, 0, 5, 0, 12, 0, 1, 0])),
    want: `${answered} + udp=1232 3:0 9:0 11:2 12:1`,
  },
  {
    name: 'G4: a keep-alive of 0 is written as none',
    sent: withOpt(opt([0, 11, 0, 2, 0, 0])),
    want: `${answered} + udp=1232 11:0`,
  },
  {
    name: 'G4: DO and the flags of its octet come back',
    sent: withOpt(opt([], [0, 0, 0xc1, 0xff])),
    want: `${answered} + udp=1232 do z=16640`,
  },
  {
    name: 'G4: an extended rcode in a query is forgotten',
    sent: withOpt(opt([], [1, 0, 0, 0])),
    want: `${answered} + udp=1232`,
  },
  {
    name: 'G4: of two OPTs the last counts',
    sent: withOpt(opt(cookie), opt([0, 12, 0, 1, 0])),
    want: `${answered} + udp=1232 12:1`,
  },
  {
    name: 'G4: OPT in the answer section counts for nothing',
    sent: { counts: [1, 1, 0, 0], body: [...question, ...opt(cookie)] },
    want: answered,
  },
  {
    name: 'G4: EDNS 1 is BADVERS with an OPT of the server',
    sent: withOpt(opt(cookie, [0, 1, 0x80, 0])),
    want: 'BADVERS qr rd 1/0/0/0 + udp=0',
  },
  { name: 'G4: a cut option', sent: withOpt(opt([0, 10, 0, 9, 1])), want: 'FORMERR qr rd 1/0/0/0' },
  {
    name: 'G4: an EXPIRE of three octets',
    sent: withOpt(opt([0, 9, 0, 3, 1, 2, 3])),
    want: 'FORMERR qr rd 1/0/0/0',
  },
  {
    name: 'G4: a client subnet of no family',
    sent: withOpt(opt([0, 8, 0, 4, 0, 3, 0, 0])),
    want: 'FORMERR qr rd 1/0/0/0',
  },
  {
    name: 'G4: a report channel that is no name',
    sent: withOpt(opt([0, 18, 0, 2, 9, 9])),
    want: `${answered} + udp=1232`,
    later: 'FORMERR qr rd 1/0/0/0',
  },
  {
    name: 'G5: no zone',
    sent: { body: [...wireName('example', 'org'), 0, 1, 0, 1] },
    corefile: closed,
    want: 'REFUSED qr rd 1/0/0/0',
  },
  {
    name: 'A12 [q]: a zone without plugins',
    sent: { body: [...wireName('a', 'empty', 'org'), 0, 1, 0, 1] },
    corefile: closed,
    want: 'REFUSED qr rd 1/0/0/0',
  },
  {
    name: 'A12: DS goes to the zone above, and then it is that zone without plugins',
    sent: { body: [...wireName('empty', 'org'), 0, 43, 0, 1] },
    corefile: closed,
    want: 'REFUSED qr rd 1/0/0/0',
  },
  {
    name: 'G5: NOTIFY is treated like a query',
    sent: { opcode: 4 },
    want: 'NOERROR opcode 4 qr aa 1/1/0/0',
  },
  {
    name: 'G5: ANY is NODATA',
    sent: { body: [...web, 0, 255, 0, 1] },
    want: 'NOERROR qr aa rd 1/0/1/0',
  },
  {
    name: 'G5: AXFR without the plugin',
    sent: { body: [...web, 0, 252, 0, 1] },
    proto: TCP,
    want: 'REFUSED qr rd 1/0/0/0',
  },
  { name: 'G6: bytes after the end', sent: { body: [...question, 1, 2, 3] }, want: answered },
  {
    name: 'G6: 65,535 bytes over TCP',
    sent: { body: [...question, ...new Array<number>(65_535 - 12 - question.length).fill(7)] },
    proto: TCP,
    want: answered,
  },
  {
    name: 'G7: labels of any byte',
    sent: { body: [...wireName('\0', '\xff.', 'cluster', 'local'), 0, 1, 0, 1] },
    want: 'NXDOMAIN qr aa rd 1/0/1/0',
  },
];

describe('odd input', () => {
  for (const { name, sent, want, later, corefile, proto = UDP } of rows) {
    it(name, () => {
      const bytes = sent instanceof Uint8Array ? sent : message(sent);
      const client = { addr: 0x7f00_0001, port: 40_000, proto };
      const context = { client, nowMs: 0, exchange: () => assert.fail('nobody is asked') };
      for (const version of ['1.12.1', '1.14.2'] as const) {
        const { reply } = byVersion(version, corefile).serve(bytes, context);
        assert.equal(said(reply), version === '1.12.1' ? want : (later ?? want), version);
        if (reply !== null) assert.deepEqual([...reply.slice(0, 2)], [0x12, 0x34]);
      }
    });
  }
});

describe('damaged queries', () => {
  const serve = fuzzed();

  it('twenty thousand of them: no crash, no hang, no answer that CoreDNS would not give', () => {
    const tally = fuzz(serve, 1, 20_000);
    for (const rcode of ['silence', 'NOTIMP', 'FORMERR', 'NOERROR', 'NXDOMAIN']) {
      assert.ok((tally.get(rcode) ?? 0) > 100, `hardly any ${rcode}`);
    }
  });

  const faults: readonly (readonly [string, Serve])[] = [
    ['answers responses', (bytes, proto) => serve(bytes.with(2, (bytes[2] ?? 0) & 0x7f), proto)],
    [
      'looks at the opcode only after decoding',
      (bytes, proto) => serve(bytes.with(2, (bytes[2] ?? 0) & 0x87), proto),
    ],
    [
      'loses the id of FORMERR',
      (bytes, proto) => {
        const reply = serve(bytes, proto);
        return reply !== null && ((reply[3] ?? 0) & 15) === 1 ? reply.with(0, 0) : reply;
      },
    ],
    [
      'throws at a pointer that follows itself',
      (bytes, proto) => {
        if (bytes[12] === 0xc0 && bytes[13] === 12) throw new RangeError('too much recursion');
        return serve(bytes, proto);
      },
    ],
  ];
  for (const [name, faulty] of faults) {
    it(`the check sees a server that ${name}`, () => {
      assert.throws(() =>
        fuzz(
          (bytes, proto) => (bytes.length < 4 ? serve(bytes, proto) : faulty(bytes, proto)),
          2,
          100_000,
        ),
      );
    });
  }
});
