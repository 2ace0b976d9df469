// What each library puts on the wire and when: rows that were measured with the real ones (glibc 2.36, musl 1.2.5, Go
// 1.26) against a server that answers from a table; uClibc's from its source. A line is "ms server name type", with the
// transport where it is TCP, and * where it leaves an earlier socket.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { addr, formatAddr } from '../../net/addr.ts';
import { parseResolvConf } from '../../net/resolv-conf.ts';
import { decode } from '../message/decode.ts';
import { encode } from '../message/encode.ts';
import { type ResourceRecord, replyTo, typeName } from '../message/message.ts';
import type { ResolverKind } from './flavour.table.ts';
import { type Resolved, type ResolverIo, resolve } from './resolve.ts';

/** NXDOMAIN, NODATA, SERVFAIL ..., an address, an alias, silence; "lost": of two datagrams the second one; cut: TC. */
type Said = string;

const codes: Readonly<Record<string, number>> = {
  formerr: 1,
  servfail: 2,
  nx: 3,
  notimp: 4,
  refused: 5,
};

interface Row {
  readonly name: string;
  readonly kind: ResolverKind;
  readonly conf: string;
  readonly ask: string;
  readonly wanted?: string;
  /** "SERVER NAME TYPE", "NAME TYPE", "NAME" or "SERVER" to what is said; "down": ICMP port unreachable. */
  readonly said: Readonly<Record<string, Said>>;
  readonly want: readonly string[];
  readonly outcome: string;
}

function answersOf(said: Said, name: string, type: number): readonly ResourceRecord[] {
  const owner = { name, class: 1, ttl: 30 };
  if (said.startsWith('alias')) return [{ ...owner, kind: 'CNAME', target: 'other.example.' }];
  if (!/^\d+\.\d+/.test(said) || type !== 1) return [];
  const found = addr(said);
  return typeof found === 'number' ? [{ ...owner, kind: 'A', addr: found }] : [];
}

function run(row: Row): { lines: string[]; result: Resolved } {
  const lines: string[] = [];
  let [ports, ids] = [4000, 0];
  const io: ResolverIo = {
    nowMs: 0,
    nextId: () => ++ids,
    exchange: (server, bytes, transport, timeoutMs, atMs, socket) => {
      const decoded = decode(bytes);
      if (decoded.kind !== 'message') throw new Error();
      const [question] = decoded.message.questions;
      if (question === undefined) throw new Error();
      const { name } = question;
      const type = typeName(question.type);
      const at = formatAddr(server);
      const { said: table } = row;
      const keys = [`${at} ${name} ${type}`, `${name} ${type}`, name, at];
      const said = keys.map((key) => table[key]).find((text) => text !== undefined) ?? 'nx';
      const port = socket?.port ?? ++ports;
      const tcp = transport === 'tcp' ? ' tcp' : '';
      if (said === 'down') return { kind: 'refused', elapsedMs: 0, port };
      lines.push(`${atMs} ${at} ${name} ${type}${tcp}${socket === undefined ? '' : ' *'}`);
      const isLost = said === 'lost' && socket?.atOnce === true;
      if (said === 'silence' || isLost) return { kind: 'timeout', elapsedMs: timeoutMs, port };
      const message = encode({
        ...replyTo(decoded.message, codes[said] ?? 0),
        aa: said !== 'lame',
        tc: said.startsWith('cut') && transport === 'udp',
        edns: null,
        answers: answersOf(said.replace('cut ', ''), name, question.type),
      });
      return { kind: 'reply', message, elapsedMs: 10, port };
    },
  };
  const conf = parseResolvConf(row.conf.replaceAll(' / ', '\n'));
  const result = resolve(conf, row.kind, row.ask, row.wanted ?? 'address', io);
  return { lines, result };
}

const one = 'nameserver 10.0.0.1 / options timeout:1';
const two = 'nameserver 10.0.0.1 / nameserver 10.0.0.2';
const rows: readonly Row[] = [
  {
    name: 'E6 [q]: glibc without the second answer asks one by one, then from two sockets, then does with one',
    kind: 'glibc',
    conf: one,
    ask: 'web.',
    said: { 'web. A': '10.9.9.9', 'web. AAAA': 'silence' },
    want: [
      '0 10.0.0.1 web. A',
      '0 10.0.0.1 web. AAAA *',
      '1000 10.0.0.1 web. A *',
      '1010 10.0.0.1 web. AAAA *',
      '2000 10.0.0.1 web. A',
      '2010 10.0.0.1 web. AAAA',
    ],
    outcome: 'answered null 3000',
  },
  {
    name: 'E6: glibc doubles the wait with each server and divides it among them, whole seconds',
    kind: 'glibc',
    conf: `${two} / nameserver 10.0.0.3 / options timeout:5 attempts:1`,
    ask: 'web.',
    wanted: 'A',
    said: { '10.0.0.1': 'silence', '10.0.0.2': 'silence', '10.0.0.3': 'silence' },
    want: ['0 10.0.0.1 web. A', '5000 10.0.0.2 web. A', '8000 10.0.0.3 web. A'],
    outcome: 'timeout EAI_AGAIN 14000',
  },
  {
    name: 'E6: after silence glibc asks from the same socket again',
    kind: 'glibc',
    conf: one,
    ask: 'web.',
    wanted: 'A',
    said: { 'web.': 'silence' },
    want: ['0 10.0.0.1 web. A', '1000 10.0.0.1 web. A *'],
    outcome: 'timeout EAI_AGAIN 2000',
  },
  {
    name: 'E6: SERVFAIL for both makes glibc ask the next server, and then the next name',
    kind: 'glibc',
    conf: `${two} / search lan / options attempts:1`,
    ask: 'web',
    said: { 'web.lan.': 'servfail', '10.0.0.1 web. A': '10.9.9.9' },
    want: [
      '0 10.0.0.1 web.lan. A',
      '0 10.0.0.1 web.lan. AAAA *',
      '10 10.0.0.2 web.lan. A',
      '10 10.0.0.2 web.lan. AAAA *',
      '20 10.0.0.1 web. A',
      '20 10.0.0.1 web. AAAA *',
    ],
    outcome: 'answered null 30',
  },
  {
    name: 'E6: one good answer beside a SERVFAIL is enough for glibc',
    kind: 'glibc',
    conf: one,
    ask: 'web.',
    said: { 'web. A': '10.9.9.9', 'web. AAAA': 'servfail' },
    want: ['0 10.0.0.1 web. A', '0 10.0.0.1 web. AAAA *'],
    outcome: 'answered null 10',
  },
  {
    name: 'E6: with single-request a bad first answer spares glibc the second query',
    kind: 'glibc',
    conf: `${two} / options single-request attempts:1`,
    ask: 'web.',
    said: { '10.0.0.1': 'refused', '10.0.0.2': 'nx' },
    want: ['0 10.0.0.1 web. A', '10 10.0.0.2 web. A', '20 10.0.0.2 web. AAAA *'],
    outcome: 'nxdomain EAI_NONAME 30',
  },
  {
    name: 'E6: REFUSED ends the search list, the name as typed is still tried',
    kind: 'glibc',
    conf: `${one} attempts:1 / search lan home`,
    ask: 'web',
    wanted: 'A',
    said: { 'web.lan.': 'refused' },
    want: ['0 10.0.0.1 web.lan. A', '10 10.0.0.1 web. A'],
    outcome: 'nxdomain EAI_NONAME 20',
  },
  {
    name: 'E6 [q]: a glibc that hears from ICMP that nobody is there gives up at once',
    kind: 'glibc',
    conf: `${one} / search lan home`,
    ask: 'web',
    said: { '10.0.0.1': 'down' },
    want: [],
    outcome: 'timeout EAI_AGAIN 0',
  },
  {
    name: 'E7 [q]: musl does not hear ICMP and waits its time for each name until the first fails',
    kind: 'musl',
    conf: 'nameserver 10.0.0.1 / search lan',
    ask: 'web',
    said: { '10.0.0.1': 'down' },
    want: [],
    outcome: 'timeout EAI_AGAIN 5000',
  },
  {
    name: 'E6: an alias that leads nowhere ends the walk of glibc without an address',
    kind: 'glibc',
    conf: `${one} / search lan home`,
    ask: 'web',
    said: { 'web.lan.': 'alias' },
    want: ['0 10.0.0.1 web.lan. A', '0 10.0.0.1 web.lan. AAAA *'],
    outcome: 'nodata EAI_NONAME 10',
  },
  {
    name: 'E6: NODATA without authority, recursion or EDNS is a lame server to glibc',
    kind: 'glibc',
    conf: `${two} / options attempts:1`,
    ask: 'web.',
    wanted: 'A',
    said: { '10.0.0.1': 'lame', '10.0.0.2': '10.9.9.9' },
    want: ['0 10.0.0.1 web. A', '10 10.0.0.2 web. A'],
    outcome: 'answered null 20',
  },
  {
    name: 'E6: use-vc is TCP from the start, one attempt per server',
    kind: 'glibc',
    conf: `${two} / options use-vc`,
    ask: 'web.',
    said: { '10.0.0.1': 'down', '10.0.0.2': 'nodata' },
    want: ['0 10.0.0.2 web. A tcp', '0 10.0.0.2 web. AAAA tcp'],
    outcome: 'nodata EAI_NODATA 10',
  },
  {
    name: 'E6: a cut answer makes glibc ask both again over TCP',
    kind: 'glibc',
    conf: one,
    ask: 'web.',
    said: { 'web. A': 'cut 10.9.9.9', 'web. AAAA': 'nodata' },
    want: [
      '0 10.0.0.1 web. A',
      '0 10.0.0.1 web. AAAA *',
      '10 10.0.0.1 web. A tcp',
      '10 10.0.0.1 web. AAAA tcp',
    ],
    outcome: 'answered null 20',
  },
  {
    name: 'E6: no-tld-query never asks for a bare name once it has searched',
    kind: 'glibc',
    conf: `${one} no-tld-query / search lan`,
    ask: 'web',
    wanted: 'A',
    said: {},
    want: ['0 10.0.0.1 web.lan. A'],
    outcome: 'nxdomain EAI_NONAME 10',
  },
  {
    name: 'E6: no-aaaa leaves the AAAA query out',
    kind: 'glibc',
    conf: `${one} no-aaaa`,
    ask: 'web.',
    said: { 'web.': '10.9.9.9' },
    want: ['0 10.0.0.1 web. A'],
    outcome: 'answered null 10',
  },
  {
    name: 'E6: rotate starts each name at the next server',
    kind: 'glibc',
    conf: `${two} / options rotate / search lan`,
    ask: 'web',
    wanted: 'A',
    said: {},
    want: ['0 10.0.0.1 web.lan. A', '10 10.0.0.2 web. A'],
    outcome: 'nxdomain EAI_NONAME 20',
  },
  {
    name: 'E7: musl asks every server at once, and again after half its time',
    kind: 'musl',
    conf: two,
    ask: 'web.',
    said: { '10.0.0.1': 'silence', '10.0.0.2': 'refused' },
    want: [0, 2500].flatMap((ms) => [
      `${ms} 10.0.0.1 web. A${ms === 0 ? '' : ' *'}`,
      `${ms} 10.0.0.2 web. A *`,
      `${ms} 10.0.0.1 web. AAAA *`,
      `${ms} 10.0.0.2 web. AAAA *`,
    ]),
    outcome: 'refused EAI_AGAIN 5000',
  },
  {
    name: 'E7: SERVFAIL is asked again at once, twice per query, in each round',
    kind: 'musl',
    conf: 'nameserver 10.0.0.1 / options attempts:1',
    ask: 'web.',
    wanted: 'A',
    said: { 'web.': 'servfail' },
    want: ['0 10.0.0.1 web. A', '10 10.0.0.1 web. A *', '20 10.0.0.1 web. A *'],
    outcome: 'servfail EAI_AGAIN 5000',
  },
  {
    name: 'E7: musl fetches a cut answer over TCP, alone (since 1.2.4)',
    kind: 'musl',
    conf: one,
    ask: 'web.',
    said: { 'web. A': 'cut 10.9.9.9', 'web. AAAA': 'nodata' },
    want: ['0 10.0.0.1 web. A', '0 10.0.0.1 web. AAAA *', '10 10.0.0.1 web. A tcp'],
    outcome: 'answered null 20',
  },
  {
    name: 'E8: uClibc knows no ndots: a name with a dot is asked for as it is first',
    kind: 'busybox-1.28',
    conf: 'nameserver 10.0.0.1 / search lan / options ndots:5',
    ask: 'web.demo',
    wanted: 'A',
    said: { 'web.demo.lan.': '10.9.9.9' },
    want: ['0 10.0.0.1 web.demo. A', '10 10.0.0.1 web.demo.lan. A'],
    outcome: 'answered null 20',
  },
  {
    name: 'E8: uClibc tries each server three times, and heeds timeout: only as the first option',
    kind: 'busybox-1.28',
    conf: 'nameserver 10.0.0.1 / options ndots:5 timeout:1',
    ask: 'web.',
    wanted: 'A',
    said: { 'web.': 'silence' },
    want: [0, 5000, 10_000].map((ms) => `${ms} 10.0.0.1 web. A`),
    outcome: 'timeout EAI_AGAIN 15000',
  },
  {
    name: 'E6: Go asks the next server after SERVFAIL, twice round, and goes on with the next name',
    kind: 'go',
    conf: `${two} / search lan`,
    ask: 'web',
    wanted: 'A',
    said: { 'web.lan.': 'servfail' },
    want: [
      '0 10.0.0.1 web.lan. A',
      '10 10.0.0.2 web.lan. A',
      '20 10.0.0.1 web.lan. A',
      '30 10.0.0.2 web.lan. A',
      '40 10.0.0.1 web. A',
    ],
    outcome: 'nxdomain EAI_NONAME 50',
  },
  {
    name: 'E6: Go asks for A and AAAA side by side, each walks by itself',
    kind: 'go',
    conf: one,
    ask: 'web.',
    said: { 'web. A': '10.9.9.9', 'web. AAAA': 'silence' },
    want: ['0 10.0.0.1 web. A', '0 10.0.0.1 web. AAAA', '1000 10.0.0.1 web. AAAA'],
    outcome: 'answered null 2000',
  },
  {
    name: 'E6: with single-request Go asks for AAAA when A is over',
    kind: 'go',
    conf: `${one} single-request-reopen`,
    ask: 'web.',
    said: { 'web. A': '10.9.9.9', 'web. AAAA': 'nodata' },
    want: ['0 10.0.0.1 web. A', '10 10.0.0.1 web. AAAA'],
    outcome: 'answered null 20',
  },
  {
    name: 'E6: rotate takes Go to the next server with every query',
    kind: 'go',
    conf: `${two} / options rotate`,
    ask: 'web.',
    said: {},
    want: ['0 10.0.0.1 web. A', '0 10.0.0.2 web. AAAA'],
    outcome: 'nxdomain EAI_NONAME 10',
  },
];

for (const row of rows) {
  it(row.name, () => {
    const { lines, result } = run(row);
    assert.deepEqual(lines, row.want);
    assert.equal(`${result.outcome} ${result.error} ${result.elapsedMs}`, row.outcome);
  });
}

it('E6: edns0 announces 1200 bytes, trust-ad sets AD; Go announces 1232 always; musl nothing', () => {
  const head = (kind: ResolverKind, options: readonly string[]) => {
    let text = '';
    const io: ResolverIo = {
      nowMs: 0,
      nextId: () => 1,
      exchange: (_server, bytes) => {
        const decoded = decode(bytes);
        if (decoded.kind === 'message') {
          text = `${decoded.message.edns?.udpSize ?? 0} ${decoded.message.ad}`;
        }
        return { kind: 'refused', elapsedMs: 0 };
      },
    };
    const conf = { nameservers: [addr('10.0.0.1')], search: [], options };
    resolve(conf, kind, 'web.', 'A', io);
    return text;
  };
  assert.deepEqual(
    [
      head('glibc', []),
      head('glibc', ['edns0', 'trust-ad']),
      head('go', []),
      head('go', ['trust-ad']),
      head('musl', ['edns0', 'trust-ad']),
    ],
    ['0 false', '1200 true', '1232 false', '1232 true', '0 false'],
  );
});

const names: readonly (readonly [ResolverKind, string, boolean])[] = [
  ['glibc', 'web_1', true],
  ['glibc', '-web', false],
  ['glibc', 'web-', true],
  ['glibc', 'we b', false],
  ['glibc', 'a..b', false],
  ['go', '-web', false],
  ['go', 'web-.lan', false],
  ['go', '_sip.web', true],
  ['musl', '-web', true],
];
for (const [kind, name, asks] of names) {
  it(`${kind} ${asks ? 'asks' : 'does not ask'} for "${name}"`, () => {
    const said = { '10.0.0.1': 'nx' };
    const row = { name, kind, conf: one, ask: name, said, want: [], outcome: '' };
    assert.equal(run(row).lines.length > 0, asks);
  });
}

it('an address is an address in inet_aton form too, but not to Go and uClibc', () => {
  const found = (kind: ResolverKind, ask: string) =>
    run({ name: '', kind, conf: one, ask, said: {}, want: [], outcome: '' }).result.addresses;
  assert.deepEqual(found('glibc', '10.1'), ['10.0.0.1']);
  assert.deepEqual(found('musl', '0x7f.1'), ['127.0.0.1']);
  assert.deepEqual(found('go', '10.1'), []);
  assert.deepEqual(found('busybox-1.28', '10.1'), []);
});
