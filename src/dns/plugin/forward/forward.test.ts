// forward: which upstream is asked, over what, how often and how long, and what the client hears (DNS fact sheet C).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatEndpoint } from '../../../net/addr.ts';
import { TCP, UDP } from '../../../net/packet.ts';
import type { ExchangeResult } from '../../../node/program.ts';
import { lab } from '../../fixture.test.ts';
import type { CoreDnsVersion } from '../../kubeadm/version.ts';
import { decode } from '../../message/decode.ts';
import { encode } from '../../message/encode.ts';
import { type Message, replyTo } from '../../message/message.ts';
import type { ServeContext } from '../../server/turn.ts';

type Behaviour = 'drop' | 'refuse' | Partial<Message>;

const A = (name: string): Partial<Message> => ({
  answers: [{ kind: 'A', name, class: 1, ttl: 300, addr: 0x0a000001 }],
});
const found = A('a.test.');

/** Upstreams by their address "10.0.0.N:53"; probes are noted apart. */
function world(upstreams: Readonly<Record<string, Behaviour>>) {
  const asked: string[] = [];
  const probes: string[] = [];
  const exchange: ServeContext['exchange'] = (
    proto,
    to,
    port,
    bytes,
    timeoutMs,
  ): ExchangeResult => {
    const decoded = decode(bytes);
    if (decoded.kind !== 'message') throw new Error('a bad query');
    const request = decoded.message;
    const where = formatEndpoint(to, port);
    const isProbe = request.questions[0]?.type === 2;
    (isProbe ? probes : asked).push(`${proto === TCP ? 'tcp ' : ''}${where}`);
    const behaviour = upstreams[where] ?? 'drop';
    const ends = { port: 40_000, phase: 'reply' } as const;
    if (behaviour === 'drop') return { kind: 'timeout', elapsedMs: timeoutMs, ...ends };
    if (behaviour === 'refuse') return { kind: 'refused', elapsedMs: 0, port: 40_000 };
    const reply = { ...replyTo(request), ra: true, ...behaviour };
    return { kind: 'reply', message: encode(reply), elapsedMs: 0, ...ends };
  };
  return { asked, probes, exchange };
}

interface Row {
  readonly name: string;
  readonly to?: string;
  readonly block?: string;
  readonly more?: string;
  readonly version?: CoreDnsVersion;
  readonly upstreams: Readonly<Record<string, Behaviour>>;
  readonly proto?: typeof UDP | typeof TCP;
  readonly want: string;
}

const [one, two, three] = ['10.0.0.1:53', '10.0.0.2:53', '10.0.0.3:53'] as const;
const all = '10.0.0.1 10.0.0.2 10.0.0.3';
const sf = { rcode: 2 };

const rows: readonly Row[] = [
  {
    name: 'C: a reply is relayed as it is: flags and rcode of the upstream',
    upstreams: { [one]: { ...found, aa: true } },
    want: 'NOERROR qr aa rd ra 1 after 0: 1',
  },
  {
    name: 'C: a transport error goes on to the next in the list',
    to: all,
    upstreams: { [one]: 'drop', [two]: 'refuse', [three]: found },
    want: 'NOERROR qr rd ra 1 after 2000: 1 2 3',
  },
  {
    name: 'C: up to 1.14.6 a silent upstream is asked until 5 s have passed',
    upstreams: {},
    want: 'SERVFAIL qr rd 0 after 6000: 1 1 1',
  },
  {
    name: 'C: from 1.14.7 on two attempts per upstream',
    to: '10.0.0.1 10.0.0.2',
    version: '1.14.7',
    upstreams: { [one]: 'refuse', [two]: 'refuse' },
    want: 'SERVFAIL qr rd 0 after 0: 1 2 1 2',
  },
  {
    name: 'max_connect_attempts counts failed attempts of a query',
    block: 'max_connect_attempts 1',
    version: '1.14.2',
    upstreams: {},
    want: 'SERVFAIL qr rd 0 after 2000: 1',
  },
  {
    name: 'a closed port is given up when three probes in a row have failed, a second after the first',
    upstreams: { [one]: 'refuse' },
    want: 'SERVFAIL qr rd 0 after 1000: 1 1 1',
  },
  {
    name: 'max_fails 0: an upstream is never down, and the 5 s are spent',
    block: 'max_fails 0',
    upstreams: { [one]: 'refuse' },
    want: 'SERVFAIL qr rd 0 after 5000: 1 1 1 1 1 1 1 1 1 1',
  },
  {
    name: 'read_timeout bounds each exchange',
    block: 'read_timeout 300ms',
    version: '1.14.7',
    upstreams: {},
    want: 'SERVFAIL qr rd 0 after 600: 1 1',
  },
  {
    name: 'C: any well-formed reply is final',
    to: all,
    upstreams: { [one]: sf, [two]: found },
    want: 'SERVFAIL qr rd ra 0 after 0: 1',
  },
  {
    name: 'C: failover tries the others for its rcodes',
    to: all,
    block: 'failover SERVFAIL',
    version: '1.14.2',
    upstreams: { [one]: sf, [two]: found },
    want: 'NOERROR qr rd ra 1 after 0: 1 2',
  },
  {
    name: 'C: a failover knows all rcodes of miekg/dns by name',
    to: all,
    block: 'failover DSOTYPENI NOTIMPL SERVFAIL',
    version: '1.14.2',
    upstreams: { [one]: sf, [two]: found },
    want: 'NOERROR qr rd ra 1 after 0: 1 2',
  },
  {
    name: 'C: from 1.14.7 on the last one of a failover stands',
    to: all,
    block: 'failover SERVFAIL',
    version: '1.14.7',
    upstreams: { [one]: sf, [two]: sf, [three]: sf },
    want: 'SERVFAIL qr rd ra 0 after 0: 1 2 3',
  },
  {
    name: 'next: the rcode is left to the next stanza',
    block: 'next NXDOMAIN',
    more: 'forward . 10.0.0.2',
    upstreams: { [one]: { rcode: 3 }, [two]: found },
    version: '1.12.1',
    want: 'NOERROR qr rd ra 1 after 0: 1 2',
  },
  {
    name: 'next: without a further stanza the reply stands',
    block: 'next NXDOMAIN',
    upstreams: { [one]: { rcode: 3 } },
    want: 'NXDOMAIN qr rd ra 0 after 0: 1',
  },
  {
    name: 'next_on_nodata: an empty NOERROR is left to the next stanza',
    block: 'next_on_nodata',
    more: 'forward . 10.0.0.2',
    version: '1.14.4',
    upstreams: { [one]: {}, [two]: found },
    want: 'NOERROR qr rd ra 1 after 0: 1 2',
  },
  {
    name: 'several stanzas: the first whose FROM covers the name',
    more: 'forward test 10.0.0.2',
    block: 'except a.test',
    upstreams: { [one]: sf, [two]: found },
    want: 'NOERROR qr rd ra 1 after 0: 2',
  },
  {
    name: 'C: a client over TCP is asked for over TCP',
    upstreams: { [one]: found },
    proto: TCP,
    want: 'NOERROR qr rd ra 1 after 0: tcp1',
  },
  {
    name: 'prefer_udp asks over UDP, and over TCP where that was cut',
    block: 'prefer_udp',
    upstreams: { [one]: { ...found, tc: true } },
    proto: TCP,
    want: 'NOERROR qr tc rd ra 1 after 0: 1 tcp1',
  },
  {
    name: 'force_tcp asks over TCP alone',
    block: 'force_tcp',
    upstreams: { [one]: { ...found, tc: true } },
    want: 'NOERROR qr tc rd ra 1 after 0: tcp1',
  },
  {
    name: 'C: the answer to another question is FORMERR',
    upstreams: { [one]: { questions: [{ name: 'b.test.', type: 1, class: 1 }] } },
    want: 'FORMERR qr rd 0 after 0: 1',
  },
  {
    name: 'a UDP reply that is longer than the client takes counts as truncated, and is empty',
    upstreams: {
      [one]: { answers: Array.from({ length: 60 }, () => found.answers?.[0] ?? assert.fail()) },
    },
    want: 'NOERROR qr tc rd ra 0 after 0: 1',
  },
  {
    name: 'round_robin: the second upstream first, the others in their order',
    to: all,
    block: 'policy round_robin',
    upstreams: { [one]: 'refuse', [two]: 'refuse', [three]: found },
    want: 'NOERROR qr rd ra 1 after 0: 2 1 3',
  },
  {
    name: 'failfast_all_unhealthy_upstreams: no attempt at an upstream that is down',
    block: 'failfast_all_unhealthy_upstreams',
    upstreams: { [one]: 'refuse' },
    want: 'SERVFAIL qr rd 0 after 1000: 1 1',
  },
  {
    name: 'max_concurrent 0 is no limit',
    block: 'max_concurrent 0',
    upstreams: { [one]: found },
    want: 'NOERROR qr rd ra 1 after 0: 1',
  },
];

function run({ to = '10.0.0.1', block = '', more = '', upstreams, proto, version }: Row): string {
  const policy = block.startsWith('policy') ? '' : 'policy sequential';
  const corefile = `. {\nforward . ${to} {\n${policy}\n${block}\n}\n${more}\n}\n`;
  const { exchange, asked } = world(upstreams);
  const { ask } = lab([], { corefile, exchange, ...(version === undefined ? {} : { version }) });
  const { rcode, flags, answers, elapsedMs } = ask('a.test.', { proto: proto ?? UDP });
  const order = asked.map((text) =>
    text.replace(/(tcp )?10\.0\.0\.(\d):53/, '$1$2').replace(' ', ''),
  );
  return `${rcode} ${flags} ${answers.length} after ${elapsedMs}: ${order.join(' ')}`;
}

describe('forward', () => {
  for (const row of rows) it(row.name, () => assert.equal(run(row), row.want));

  it('B/case 42: a dead upstream is logged with the addresses of the socket', () => {
    const corefile = '. {\n errors\n forward . 10.0.0.1\n}\n';
    const { exchange } = world({});
    const { ask, logs } = lab([], { corefile, exchange, localAddrs: ['10.244.0.2'] });
    ask('a.test.');
    const read = 'read udp 10.244.0.2:40000->10.0.0.1:53: i/o timeout';
    assert.deepEqual(logs, [`[ERROR] plugin/errors: 2 a.test. A: ${read}`]);
  });

  it('C: the third failed probe takes an upstream out, an answered one brings it back', () => {
    const state: Record<string, Behaviour> = { [one]: 'drop', [two]: found };
    const corefile = '. {\n forward . 10.0.0.1 10.0.0.2 {\n policy sequential\n }\n}\n';
    const { exchange, asked } = world(state);
    const { ask } = lab([], { corefile, exchange });
    const at = (nowMs: number) => {
      asked.length = 0;
      ask('a.test.', { nowMs });
      return asked.join(' ');
    };
    assert.equal(at(0), `${one} ${two}`);
    assert.equal(at(5900), `${one} ${two}`);
    assert.equal(at(6000), two);
    state[one] = found;
    assert.equal(at(60_000), one);
  });

  it('health_check: the probe asks for its domain, without recursion where no_rec says so', () => {
    const seen: Message[] = [];
    const exchange: ServeContext['exchange'] = (_p, _to, _port, bytes, timeoutMs) => {
      const decoded = decode(bytes);
      if (decoded.kind === 'message' && decoded.message.questions[0]?.type === 2) {
        seen.push(decoded.message);
      }
      return { kind: 'timeout', elapsedMs: timeoutMs };
    };
    const options = 'health_check 1s no_rec domain Example.org';
    const corefile = `. {\n forward . 10.0.0.1 {\n ${options}\n }\n}\n`;
    lab([], { corefile, exchange }).ask('a.test.');
    assert.deepEqual([seen[0]?.questions[0]?.name, seen[0]?.rd], ['example.org.', false]);
  });

  it('C: queries that overlap beyond max_concurrent are REFUSED, later ones are not', () => {
    const corefile = '. {\n errors\n forward . 10.0.0.1 {\n max_concurrent 1\n }\n}\n';
    const { exchange } = world({});
    const { ask, logs } = lab([], { corefile, exchange });
    assert.equal(ask('a.test.', { nowMs: 0 }).rcode, 'SERVFAIL');
    assert.equal(ask('b.test.', { nowMs: 5999 }).rcode, 'REFUSED');
    assert.equal(ask('c.test.', { nowMs: 6000 }).rcode, 'SERVFAIL');
    const why = 'concurrent queries exceeded maximum 1';
    assert.equal(logs[1], `[ERROR] plugin/errors: 5 b.test. A: ${why}`);
  });

  it('an idle UDP connection is used again until it expires', () => {
    const ports: (number | undefined)[] = [];
    const { exchange } = world({ [one]: found });
    const corefile = '. {\n forward . 10.0.0.1 {\n expire 3s\n }\n}\n';
    const { ask } = lab([], {
      corefile,
      exchange: (...sent) => {
        ports.push(sent[5]?.port);
        return exchange(...sent);
      },
    });
    for (const nowMs of [0, 1000, 4000, 7001]) ask('a.test.', { nowMs });
    assert.deepEqual(ports, [undefined, 40_000, 40_000, undefined]);
  });

  it('a query that comes back for ever ends by time, or by max_concurrent', () => {
    for (const [block, want] of [
      ['', 'SERVFAIL after 6000'],
      ['max_concurrent 1000', 'REFUSED after 0'],
    ] as const) {
      const corefile = `. {\n forward . 10.0.0.1 {\n ${block}\n }\n}\n`;
      const client = { addr: 1, port: 1, proto: UDP } as const;
      const exchange: ServeContext['exchange'] = (_p, _to, _port, bytes, timeoutMs, more) => {
        const context = { client, nowMs: more?.atMs ?? 0, exchange };
        const { reply, elapsedMs } = own.server.serve(bytes, context);
        if (reply === null || elapsedMs > timeoutMs)
          return { kind: 'timeout', elapsedMs: timeoutMs };
        return { kind: 'reply', message: reply, elapsedMs };
      };
      const own = lab([], { corefile, exchange });
      const { rcode, elapsedMs } = own.ask('a.test.');
      assert.equal(`${rcode} after ${elapsedMs}`, want);
    }
  });

  it('1.14.4: a host name is looked up when the process starts', () => {
    const corefile = '. {\n forward . dns.example {\n resolver 10.0.0.9\n }\n}\n';
    const { exchange, asked } = world({ '10.0.0.9:53': A('dns.example.'), [one]: found });
    const given = { corefile, exchange };
    assert.equal(lab([], { ...given, version: '1.14.4' }).ask('a.test.').rcode, 'NOERROR');
    assert.deepEqual(asked, ['10.0.0.9:53', '10.0.0.9:53', one]);
    const text = 'plugin/forward: not an IP address or file: "dns.example"';
    assert.throws(() => lab([], { ...given, corefile: '. {\n forward . dns.example\n}\n' }), {
      message: text,
    });
  });
});

describe('forward: what setup refuses', () => {
  const bad: readonly {
    readonly stanza: string;
    readonly want: string;
    readonly version?: CoreDnsVersion;
  }[] = [
    {
      stanza: '. 10.0.0.1 {\n nosuch\n }',
      want: "3 - Error during parsing: unknown property 'nosuch'",
    },
    { stanza: '. 10.0.0.1 {\n policy x\n }', want: "3 - Error during parsing: unknown policy 'x'" },
    {
      stanza: '. 10.0.0.1 {\n max_fails -1\n }',
      want: 'strconv.ParseUint: parsing "-1": invalid syntax',
    },
    { stanza: '. 10.0.0.1 {\n expire -5s\n }', want: "expire can't be negative: -5s" },
    {
      stanza: '. 10.0.0.1 {\n health_check -1s\n }',
      want: "health_check can't be negative: -1000000000",
    },
    {
      stanza: '. 10.0.0.1 {\n health_check 1s domain ""\n }',
      want: 'health_check: invalid domain name ',
    },
    { stanza: '. \\', want: 'not an IP address or file: "\\\\"' },
    { stanza: '. 10.0.0.1 {\n health_check 1s x\n }', want: 'health_check: unknown option x' },
    {
      stanza: '. 10.0.0.1 {\n max_concurrent -1\n }',
      want: "max_concurrent can't be negative: -1",
    },
    { stanza: '. 10.0.0.1 {\n next FOO\n }', want: 'FOO is not a valid rcode' },
    {
      stanza: '. 10.0.0.1 {\n failover BADVERS\n }',
      want: 'BADVERS is not a valid rcode',
      version: '1.14.2',
    },
    {
      stanza: '. 10.0.0.1 {\n failover NOERROR\n }',
      want: 'NoError cannot be used in failover',
      version: '1.14.2',
    },
    {
      stanza: '. 10.0.0.1 {\n read_timeout 0s\n }',
      want: 'read_timeout must be positive: 0s',
      version: '1.14.7',
    },
    {
      stanza: '. 10.0.0.1 {\n max_age 1s\n }',
      want: 'max_age (1s) must not be less than expire (10s)',
      version: '1.14.7',
    },
    {
      stanza: '. 10.0.0.1 {\n read_timeout 1s\n }',
      want: "3 - Error during parsing: unknown property 'read_timeout'",
    },
    {
      stanza: '. quic://10.0.0.1',
      want: "'quic' is not supported as a destination protocol in forward: quic://10.0.0.1:853",
    },
    {
      stanza: '. tls://10.0.0.1',
      want: '2 - Error during parsing: upstream tls://10.0.0.1 is not modelled',
    },
    { stanza: '. /no/file', want: 'not an IP address or file: "/no/file"' },
    { stanza: `. ${'10.0.0.1 '.repeat(16)}`, want: 'more than 15 TOs configured: 16' },
    {
      stanza: '.',
      want: "2 - Error during parsing: Wrong argument count or unexpected line ending after '.'",
    },
  ];
  for (const { stanza, want, version } of bad) {
    it(`${stanza.replaceAll('\n', ' ')} -> ${want}`, () => {
      const corefile = `. {\nforward ${stanza}\n}\n`;
      const text = /^\d/.test(want) ? `/etc/coredns/Corefile:${want}` : want;
      assert.throws(() => lab([], { corefile, ...(version === undefined ? {} : { version }) }), {
        message: `plugin/forward: ${text}`,
      });
    });
  }

  it('servers of a mounted file stand in its order', () => {
    const files = { '/etc/dns/up.conf': 'search x\nnameserver 10.0.0.2\nnameserver 10.0.0.1\n' };
    const { exchange, asked } = world({ [one]: found, [two]: found });
    const corefile = '. {\n forward . /etc/dns/up.conf {\n policy sequential\n }\n}\n';
    lab([], { corefile, exchange, files }).ask('a.test.');
    assert.deepEqual(asked, [two]);
  });
});
