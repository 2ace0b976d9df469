// Search walks of the four resolvers (DNS fact sheet E6, E7; uClibc-ng and Go from their sources), against a server
// that answers from a table.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addr } from '../../net/addr.ts';
import { parseResolvConf } from '../../net/resolv-conf.ts';
import { decode } from '../message/decode.ts';
import { encode } from '../message/encode.ts';
import { replyTo, typeName } from '../message/message.ts';
import type { ResolverKind } from './flavour.table.ts';
import { parseHosts } from './hosts.ts';
import { type Resolved, resolve } from './resolve.ts';

const conf = parseResolvConf(
  'search demo.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
);

/** tc: truncated over UDP; cut: and over TCP nobody answers. */
type Reply = string | number | 'nodata' | 'timeout' | 'tc' | 'cut';

/** "NAME TYPE" or "NAME" -> what the server says; everything else is NXDOMAIN. */
function ask(
  kind: ResolverKind,
  name: string,
  table: Readonly<Record<string, Reply>>,
  more: { conf?: typeof conf; hosts?: string; wanted?: string } = {},
): Resolved {
  let id = 0;
  const io = {
    nowMs: 1000,
    nextId: () => ++id,
    exchange: (_to: unknown, bytes: Uint8Array, transport: string, timeoutMs: number) => {
      const decoded = decode(bytes);
      assert.equal(decoded.kind, 'message');
      if (decoded.kind !== 'message') throw new Error();
      const { message } = decoded;
      const question = message.questions[0];
      if (question === undefined) throw new Error();
      const type = typeName(question.type);
      const said = table[`${question.name} ${type}`] ?? table[question.name] ?? 3;
      if (said === 'timeout' || (said === 'cut' && transport === 'tcp')) {
        return { kind: 'timeout', elapsedMs: timeoutMs } as const;
      }
      const owner = { name: question.name, class: 1, ttl: 30 };
      const isAddress = typeof said === 'string' && !['nodata', 'tc', 'cut'].includes(said);
      const found = isAddress ? addr(said) : null;
      const reply = {
        ...replyTo(message, typeof said === 'number' ? said : 0),
        aa: true,
        tc: (said === 'tc' || said === 'cut') && transport === 'udp',
        answers:
          typeof found === 'number' && type === 'A'
            ? [{ ...owner, kind: 'A' as const, addr: found }]
            : [],
      };
      return { kind: 'reply', message: encode(reply), elapsedMs: 1 } as const;
    },
  };
  return resolve(
    more.conf ?? conf,
    kind,
    name,
    more.wanted ?? 'address',
    io,
    parseHosts(more.hosts ?? ''),
  );
}

/** From which port each query leaves, and whether right behind another: "40001 A, 40001 AAAA at once". */
function sockets(kind: ResolverKind, options: readonly string[]): string {
  const sent: string[] = [];
  let next = 40_000;
  const io = {
    nowMs: 0,
    nextId: () => 1,
    exchange: (
      _to: unknown,
      bytes: Uint8Array,
      _transport: string,
      _timeoutMs: number,
      atMs: number,
      socket?: { readonly port: number; readonly atOnce: boolean },
    ) => {
      const decoded = decode(bytes);
      if (decoded.kind !== 'message') throw new Error();
      const type = typeName(decoded.message.questions[0]?.type ?? 0);
      const port = socket?.port ?? ++next;
      sent.push(`${port} ${type}${socket?.atOnce === true ? ' at once' : ''} ${atMs}`);
      const message = encode(replyTo(decoded.message, 3));
      return { kind: 'reply', message, elapsedMs: 7, port } as const;
    },
  };
  resolve({ nameservers: [addr('10.96.0.10')], search: [], options }, kind, 'web.', 'address', io);
  return sent.join(', ');
}

const socketRows = [
  { kind: 'glibc', options: [], want: '40001 A 0, 40001 AAAA at once 0' },
  { kind: 'glibc', options: ['single-request'], want: '40001 A 0, 40001 AAAA 7' },
  { kind: 'glibc', options: ['single-request-reopen'], want: '40001 A 0, 40002 AAAA 7' },
  { kind: 'musl', options: ['single-request-reopen'], want: '40001 A 0, 40001 AAAA at once 0' },
  { kind: 'go', options: [], want: '40001 A 0, 40002 AAAA 0' },
  { kind: 'busybox-1.28', options: [], want: '40001 AAAA 0, 40002 A 7' },
] as const;
for (const { kind, options, want } of socketRows) {
  it(`the sockets of ${kind} ${options.join(' ')}`, () => {
    assert.equal(sockets(kind, options), want);
  });
}

const asked = (result: Resolved): readonly string[] =>
  result.queries.map((q) => `${q.name} ${q.type}`);
/** The names that are asked for when none of them is there. */
const candidates = (more: typeof conf, kind: ResolverKind, name: string): readonly string[] => [
  ...new Set(ask(kind, name, {}, { conf: more }).queries.map((q) => q.name)),
];
const web = { 'web.demo.svc.cluster.local.': '10.96.7.7' };

describe('resolver', () => {
  it('E6: glibc walks the list before the name itself when dots < ndots', () => {
    const result = ask('glibc', 'web.demo', { 'web.demo.svc.cluster.local.': '10.96.7.7' });
    assert.deepEqual(asked(result), [
      'web.demo.demo.svc.cluster.local. A',
      'web.demo.demo.svc.cluster.local. AAAA',
      'web.demo.svc.cluster.local. A',
      'web.demo.svc.cluster.local. AAAA',
    ]);
    assert.deepEqual([result.outcome, result.addresses], ['answered', ['10.96.7.7']]);
    assert.equal(result.elapsedMs, 2);
  });

  it('E6: with enough dots the name itself comes first', () => {
    assert.deepEqual(candidates({ ...conf, options: ['ndots:1'] }, 'glibc', 'a.b')[0], 'a.b.');
  });

  it('E6: a trailing dot means only that name', () => {
    for (const kind of ['glibc', 'musl', 'busybox-1.28', 'go'] as const) {
      assert.deepEqual(candidates(conf, kind, 'web.'), ['web.']);
    }
  });

  it('E6: glibc goes on after NODATA and reports it', () => {
    const result = ask('glibc', 'web', { 'web.demo.svc.cluster.local.': 'nodata' });
    assert.equal(result.queries.length, 8);
    assert.equal(result.outcome, 'nodata');
  });

  it('E6: glibc asks twice on SERVFAIL, goes on, and reports it', () => {
    const result = ask('glibc', 'web', { 'web.demo.svc.cluster.local.': 2 });
    assert.equal(asked(result).filter((q) => q === 'web.demo.svc.cluster.local. A').length, 2);
    assert.equal(result.outcome, 'servfail');
  });

  it('E6: a glibc timeout ends the list after 2 x 5 s, then the name itself is tried', () => {
    const result = ask('glibc', 'web', {
      'web.demo.svc.cluster.local.': 'timeout',
      'web.': '192.0.2.1',
    });
    assert.deepEqual([result.outcome, result.elapsedMs], ['answered', 10_001]);
    assert.equal(result.queries.length, 6);
  });

  it('E7 [q]: musl stops at NODATA', () => {
    const result = ask('musl', 'web', { 'web.demo.svc.cluster.local.': 'nodata' });
    assert.deepEqual([result.queries.length, result.outcome], [2, 'nodata']);
  });

  it('E7: musl takes either NXDOMAIN as NXDOMAIN of the candidate', () => {
    const table = {
      'web.demo.svc.cluster.local. A': '10.0.0.1',
      'web.svc.cluster.local.': '10.0.0.2',
    };
    assert.deepEqual(ask('musl', 'web', table).addresses, ['10.0.0.2']);
    assert.deepEqual(ask('glibc', 'web', table).addresses, ['10.0.0.1']);
  });

  it('E7: musl never searches for a name with enough dots', () => {
    assert.deepEqual(candidates(conf, 'musl', 'a.b.c.d.e.f'), ['a.b.c.d.e.f.']);
  });

  it('E7: a lasting SERVFAIL costs musl its 5 s', () => {
    const result = ask('musl', 'web', { 'web.demo.svc.cluster.local.': 2 });
    assert.deepEqual([result.outcome, result.elapsedMs], ['servfail', 5000]);
  });

  it('E7: musl ignores a search line of more than 255 bytes', () => {
    const long = {
      ...conf,
      search: ['a'.repeat(60), 'b'.repeat(60), 'c'.repeat(60), 'd'.repeat(80)],
    };
    assert.deepEqual(candidates(long, 'musl', 'web'), ['web.']);
  });

  it('E8: uClibc asks AAAA first, and the name as typed after the search list', () => {
    const result = ask('busybox-1.28', 'web', {
      ...web,
      'web.demo.svc.cluster.local. AAAA': 'nodata',
    });
    assert.deepEqual(asked(result), [
      'web.demo.svc.cluster.local. AAAA',
      'web.demo.svc.cluster.local. A',
    ]);
    assert.deepEqual(result.addresses, ['10.96.7.7']);
  });

  it('Go goes on after a timeout and announces EDNS 1232', () => {
    const result = ask('go', 'web', {
      'web.demo.svc.cluster.local.': 'timeout',
      'web.svc.cluster.local.': '10.0.0.2',
    });
    assert.deepEqual([result.outcome, result.addresses], ['answered', ['10.0.0.2']]);
  });

  it('E6: a truncated reply is asked for again over TCP', () => {
    const result = ask('glibc', 'web.', { 'web. A': 'tc', 'web. AAAA': 'nodata' });
    assert.deepEqual(
      result.queries.map((q) => q.transport),
      ['udp', 'udp', 'tcp', 'tcp'],
    );
  });

  for (const kind of ['glibc', 'musl', 'go'] as const) {
    it(`E6: without an answer over TCP a truncated one is none: ${kind}`, () => {
      const result = ask(kind, 'web.', { 'web. A': 'cut', 'web. AAAA': 'nodata' });
      assert.equal(result.outcome, 'timeout');
      assert.ok(result.queries.some((q) => q.transport === 'tcp'));
    });
  }

  it('the hosts file comes first, and an address needs no query', () => {
    const result = ask('glibc', 'db', {}, { hosts: '10.0.0.9\tdb db.local\n' });
    assert.deepEqual([asked(result), result.addresses], [[], ['10.0.0.9']]);
    assert.deepEqual(ask('glibc', '10.0.0.1', {}).addresses, ['10.0.0.1']);
  });

  it('glibc asks for the root like for any name, and for none with an empty label', () => {
    assert.deepEqual(asked(ask('glibc', '.', {})), ['. A', '. AAAA']);
    assert.deepEqual(asked(ask('glibc', 'web..', {})), []);
  });

  it('one record type is asked for alone', () => {
    const result = ask('glibc', 'web.', {}, { wanted: 'SRV' });
    assert.deepEqual([asked(result), result.outcome], [['web. SRV'], 'nxdomain']);
  });
});

/** What each name of the walk (two domains, then as it is) is answered, and the error of glibc 2.36 for A alone and for both. */
const errorRows: readonly {
  readonly walk: readonly Reply[];
  readonly a: string;
  readonly both: string;
}[] = [
  { walk: [2, 2, 'nodata'], a: 'EAI_NONAME', both: 'EAI_AGAIN' },
  { walk: [2, 3, 3], a: 'EAI_NONAME', both: 'EAI_AGAIN' },
  { walk: [3, 2, 3], a: 'EAI_NONAME', both: 'EAI_AGAIN' },
  { walk: [2, 2, 2], a: 'EAI_AGAIN', both: 'EAI_AGAIN' },
  { walk: [2, 3, 2], a: 'EAI_AGAIN', both: 'EAI_AGAIN' },
  { walk: [3, 3, 3], a: 'EAI_NONAME', both: 'EAI_NONAME' },
  { walk: ['nodata', 3, 3], a: 'EAI_NODATA', both: 'EAI_NODATA' },
];
for (const { walk, a, both } of errorRows) {
  it(`E6: ${walk.join(', ')} is ${a} for A alone, ${both} for both families`, () => {
    const [one = 3, two = 3, three = 3] = walk;
    const table = { 'x.a.': one, 'x.b.': two, 'x.': three };
    const more = {
      conf: parseResolvConf('nameserver 10.96.0.10\nsearch a b\noptions ndots:5\n'),
    };
    assert.equal(ask('glibc', 'x', table, { ...more, wanted: 'A' }).error, a);
    assert.equal(ask('glibc', 'x', table, more).error, both);
  });
}

it('E6: IPv4 alone: a name as it is that is not there counts for less than a server that failed last', () => {
  const table = { 'x.y.': 3, 'x.y.a.': 2 };
  const conf = parseResolvConf('nameserver 10.96.0.10\nsearch a\n');
  assert.equal(ask('glibc', 'x.y', table, { conf, wanted: 'A' }).error, 'EAI_NODATA');
  assert.equal(ask('glibc', 'x.y', table, { conf }).error, 'EAI_NONAME');
});
