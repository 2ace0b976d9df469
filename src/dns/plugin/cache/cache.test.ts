// cache: what is stored and for how long, refreshes beside the queries, stale answers, and what setup refuses (DNS fact
// sheet B21, C). The forward behind it is a stub upstream whose answers depend on the name.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TCP } from '../../../net/packet.ts';
import type { ExchangeResult } from '../../../node/program.ts';
import { replayed } from '../../../sim/choices.ts';
import { lab } from '../../fixture.test.ts';
import type { CoreDnsVersion } from '../../kubeadm/version.ts';
import { decode } from '../../message/decode.ts';
import { encode } from '../../message/encode.ts';
import { type Message, query, type ResourceRecord, replyTo } from '../../message/message.ts';
import { type DnsRequest, wrote } from '../../plugin.ts';
import type { ServeContext } from '../../server/turn.ts';
import { CacheHandler } from './handler.ts';
import { defaults } from './options.ts';
import { emptyStores, type Item } from './store.ts';

const owner = (name: string, ttl: number) => ({ name, ttl, class: 1 });
const soa = (ttl: number): ResourceRecord => ({
  ...owner('test.', ttl),
  ...{ kind: 'SOA', mname: 'a.', rname: 'b.', serial: 1, refresh: 1, retry: 1, expire: 1 },
  minimum: 5,
});

/** By the first label of the name; `state.down`: silence. */
function reply(request: Message, ms: number): Message {
  const name = request.questions[0]?.name ?? '.';
  const good = { ...replyTo(request), ra: true };
  const a = (ttl: number): ResourceRecord => ({ ...owner(name, ttl), kind: 'A', addr: ms });
  const alias: ResourceRecord = { ...owner(name, 60), kind: 'CNAME', target: 'away.' };
  const replies: Readonly<Record<string, Partial<Message>>> = {
    ok: { answers: [a(20)] },
    long: { answers: [a(9000)] },
    one: { answers: [a(1)] },
    nx: { rcode: 3, authority: [soa(60)] },
    nxbare: { rcode: 3 },
    sf: { rcode: 2 },
    rf: { rcode: 5 },
    tc: { answers: [a(20)], tc: true },
    alias: { answers: [alias] },
    empty: {},
  };
  return { ...good, ...replies[name.split('.')[0] ?? ''] };
}

interface World {
  down: boolean;
  slowMs: number;
  readonly asked: string[];
}

function cached(block: string, version: CoreDnsVersion = '1.12.1', args = '30') {
  const state: World = { down: false, slowMs: 0, asked: [] };
  const exchange: ServeContext['exchange'] = (
    proto,
    _to,
    _port,
    bytes,
    limit,
    more,
  ): ExchangeResult => {
    const decoded = decode(bytes);
    if (decoded.kind !== 'message') throw new Error('a bad query');
    const request = decoded.message;
    if (request.questions[0]?.type !== 2) state.asked.push(proto === TCP ? 'tcp' : 'udp');
    if (state.down) return { kind: 'timeout', elapsedMs: limit, phase: 'reply' };
    const seconds = Math.floor((more?.atMs ?? 0) / 1000);
    const elapsedMs = state.slowMs;
    return { kind: 'reply', message: encode(reply(request, seconds)), elapsedMs, phase: 'reply' };
  };
  const corefile = `. {\n cache ${args} {\n${block}\n }\n forward . 10.0.0.1\n}\n`;
  const { ask } = lab([], { corefile, exchange, version });
  return {
    state,
    /** "TTL hit|miss upstreams"; the TTL of the first record. */
    at: (seconds: number, name: string): string => {
      state.asked.length = 0;
      const { message, cached: hit, elapsedMs } = ask(`${name}.test.`, { nowMs: seconds * 1000 });
      const ttl = [...message.answers, ...message.authority][0]?.ttl ?? '-';
      const took = elapsedMs > 0 ? ` after ${elapsedMs}` : '';
      return `${ttl} ${hit ? 'hit' : 'miss'} ${state.asked.join(' ')}`.trim() + took;
    },
  };
}

/** A query whose refreshes beside it take 50 ms. */
function slowRequest(startMs: number): DnsRequest {
  const message = query(1, 'ok.test.', 1);
  const turn = (fromMs: number) => ({
    environment: { choices: replayed([]) },
    metrics: null,
    nowMs: () => fromMs,
    beside: () => turn(fromMs + 50),
  });
  const [question] = message.questions;
  return { message, question, qname: 'ok.test.', turn: turn(startMs) } as unknown as DnsRequest;
}

const answering = ({ message }: DnsRequest) => wrote(reply(message, 0));

describe('cache: what is stored', () => {
  const rows: readonly {
    readonly name: string;
    readonly ask: string;
    readonly block?: string;
    readonly args?: string;
    readonly version?: CoreDnsVersion;
    readonly want: readonly [string, string];
  }[] = [
    { name: 'positive', ask: 'ok', want: ['20 miss udp', '18 hit'] },
    { name: 'NXDOMAIN with SOA, by the SOA record', ask: 'nx', want: ['30 miss udp', '28 hit'] },
    { name: 'NXDOMAIN without SOA is not', ask: 'nxbare', want: ['- miss udp', '- miss udp'] },
    { name: 'SERVFAIL that was written', ask: 'sf', want: ['- miss udp', '- hit'] },
    {
      name: 'servfail 0 stores none',
      ask: 'sf',
      block: 'servfail 0',
      want: ['- miss udp', '- miss udp'],
    },
    { name: 'REFUSED is not', ask: 'rf', want: ['- miss udp', '- miss udp'] },
    { name: 'truncated is not', ask: 'tc', want: ['20 miss udp', '20 miss udp'] },
    { name: 'a dangling alias is, up to 1.14.6', ask: 'alias', want: ['30 miss udp', '28 hit'] },
    {
      name: 'a dangling alias is not from 1.14.7 on',
      ask: 'alias',
      version: '1.14.7',
      want: ['30 miss udp', '30 miss udp'],
    },
    {
      name: 'success CAP TTL MIN',
      ask: 'one',
      block: 'success 100 9 7',
      want: ['7 miss udp', '5 hit'],
    },
    {
      name: 'without TTL an hour at most, up to 1.14.3',
      ask: 'long',
      args: '7200',
      want: ['3600 miss udp', '3598 hit'],
    },
    {
      name: 'without that bound from 1.14.4 on',
      ask: 'long',
      args: '7200',
      version: '1.14.4',
      want: ['7200 miss udp', '7198 hit'],
    },
    {
      name: 'keepttl: hits say what was stored',
      ask: 'ok',
      block: 'keepttl',
      want: ['20 miss udp', '20 hit'],
    },
    {
      name: 'disable success ZONE',
      ask: 'ok',
      block: 'disable success test',
      want: ['20 miss udp', '20 miss udp'],
    },
    {
      name: 'disable denial',
      ask: 'nx',
      block: 'disable denial',
      want: ['30 miss udp', '30 miss udp'],
    },
    {
      name: 'other zones than its own pass',
      ask: 'ok',
      args: '30 other',
      want: ['20 miss udp', '20 miss udp'],
    },
  ];
  for (const { name, ask, block = '', args, version, want } of rows) {
    it(`C: ${name}`, () => {
      const { at } = cached(block, version, args);
      assert.deepEqual([at(0, ask), at(2, ask)], want);
    });
  }
});

describe('cache: refreshes', () => {
  it('C: prefetch asks again over TCP when N hits came and little time is left', () => {
    const { at } = cached('success 100 20\nprefetch 2 1m 20%');
    assert.equal(at(0, 'ok'), '20 miss udp');
    assert.equal(at(1, 'ok'), '19 hit');
    assert.equal(at(15, 'ok'), '5 hit');
    assert.equal(at(16, 'ok'), '4 hit tcp');
    assert.equal(at(17, 'ok'), '19 hit');
  });

  it('a refresh that takes time keeps what stood there before it, and nothing older', () => {
    const stores = emptyStores();
    const block = { ...defaults('1.12.1', ['.']), prefetch: 1, prefetchMs: 60_000 };
    const handler = new CacheHandler({ ...block, prefetchPercent: 90 }, stores);
    const depths: number[] = [];
    for (let ms = 0; ms < 400_000; ms += 10_000) {
      handler.serve(slowRequest(ms), answering);
      let depth = 0;
      const [item = null] = [...stores.success.values()].flat();
      for (let one: Item | null = item; one !== null; one = one.before) depth++;
      depths.push(depth);
    }
    assert.equal(Math.max(...depths), 2);
  });

  it('hits with a longer pause than DURATION between them do not add up', () => {
    const { at } = cached('prefetch 2 1s 90%');
    at(0, 'ok');
    assert.equal(at(5, 'ok'), '15 hit');
    assert.equal(at(7, 'ok'), '13 hit');
    assert.equal(at(8, 'ok'), '12 hit tcp');
  });

  it('C: serve_stale answers at once with TTL 0, and asks beside', () => {
    const { at } = cached('success 100 5 5\nserve_stale');
    at(0, 'one');
    assert.equal(at(7, 'one'), '0 hit tcp');
    assert.equal(at(8, 'one'), '4 hit');
  });

  it('[q] at its very last second an item is a hit with TTL 0 up to 1.14.6, and stale from then on', () => {
    for (const [version, want] of [
      ['1.14.6', '0 hit'],
      ['1.14.7', '0 hit tcp'],
    ] as const) {
      const { at } = cached('success 100 5 5\nserve_stale', version);
      at(0, 'one');
      assert.equal(at(5, 'one'), want, version);
    }
  });

  it('an item is stale for DURATION, then it is gone', () => {
    const { at } = cached('success 100 5 5\nserve_stale 10s');
    at(0, 'one');
    assert.equal(at(15, 'one'), '5 miss udp');
  });

  it('C: serve_stale verify asks first, and falls back when that fails', () => {
    const { at, state } = cached('success 100 5 5\nserve_stale 1h verify');
    at(0, 'one');
    assert.equal(at(7, 'one'), '5 miss udp');
    state.down = true;
    assert.equal(at(14, 'one'), '0 hit udp udp udp after 6000');
  });

  it('1.14.4: verify waits no longer than its time-out, and the answer comes beside', () => {
    const { at, state } = cached('success 100 5 5\nserve_stale 1h verify 100ms', '1.14.4');
    at(0, 'one');
    state.slowMs = 600;
    assert.equal(at(7, 'one'), '0 hit udp after 100');
    assert.equal(at(8, 'one'), '5 hit');
  });

  it('1.14.7: stale answers say their own TTL, and a refresh that failed is not tried again at once', () => {
    const { at, state } = cached('success 100 5 5\nserve_stale 1h immediate 9s 30s', '1.14.7');
    at(0, 'one');
    state.down = true;
    assert.equal(at(7, 'one'), '9 hit tcp tcp');
    assert.equal(at(20, 'one'), '9 hit');
    assert.equal(at(60, 'one'), '9 hit tcp');
  });
});

describe('cache: what setup refuses', () => {
  const bad: readonly (readonly [block: string, want: string, version?: CoreDnsVersion])[] = [
    ['prefetch -1', 'prefetch amount should be positive: -1'],
    ['prefetch 1 1m 5%', 'percentage should fall in range [10, 90]: 5'],
    ['prefetch 1 1m 50', "last character of percentage should be `%`, but is: '0'"],
    ['serve_stale -1s', 'invalid negative duration for serve_stale'],
    ['serve_stale 1s later', 'invalid value for serve_stale refresh mode: later'],
    [
      'serve_stale 1s immediate 1s',
      'serve_stale timeout is only valid with the verify refresh mode',
      '1.14.4',
    ],
    ['servfail 6m', 'caching SERVFAIL responses over 5 minutes is not permitted'],
    ['disable both', 'cache type for disable must be "success" or "denial"'],
    ['serve_stale_policy prefer_positive', 'serve_stale_policy requires serve_stale', '1.14.7'],
    ['success 100 0', 'cache TTL can not be zero or negative: 0'],
  ];
  for (const [block, want, version] of bad) {
    it(`${block}: ${want}`, () => {
      assert.throws(() => cached(block, version), { message: `plugin/cache: ${want}` });
    });
  }
});
