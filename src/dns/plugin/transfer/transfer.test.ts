// Wants were compared, message by message, with CoreDNS 1.12.1, 1.14.2 and 1.14.7 over the same zones.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addr } from '../../../net/addr.ts';
import type { Peer } from '../../../node/program.ts';
import { lab, line, TCP, UDP } from '../../fixture.test.ts';
import type { CoreDnsVersion } from '../../kubeadm/version.ts';
import { decode } from '../../message/decode.ts';
import { encode } from '../../message/encode.ts';
import { type Message, parseType, query, rcodeName } from '../../message/message.ts';
import type { DnsServer } from '../../server/server.ts';

const small =
  '$TTL 60\n@ SOA ns1 h 7 1 2 3 4\n@ NS ns1\nns1 A 10.0.0.1\nb A 10.0.0.2\nc.a A 10.0.0.4\na A 10.0.0.3\n';
const big = `$TTL 60\n@ SOA ns1 h 5 1 1 1 1\n@ NS ns1\n${Array.from({ length: 600 }, (_, i) => `h${String(i).padStart(4, '0')} A 10.1.0.1\nh${String(i).padStart(4, '0')} A 10.1.0.2\n`).join('')}${Array.from({ length: 300 }, (_, i) => `t${String(i).padStart(4, '0')} TXT "${'x'.repeat(250)}"\n`).join('')}`;
const corefile = `a.test {
  transfer {
    to *
  }
  file /small
}
b.test {
  transfer {
    to 10.9.9.9 [fd00::9]:5353
  }
  file /small
}
big.test {
  transfer big.test {
    to 10.244.1.7
  }
  file /big
}
`;

interface Ask {
  readonly proto?: typeof TCP | typeof UDP;
  readonly client?: string;
  readonly version?: CoreDnsVersion;
  /** Of an IXFR. */
  readonly serial?: number;
}

function ask(what: string, more: Ask = {}): readonly Message[] {
  const [name = '', type = 'AXFR'] = what.split(' ');
  const { version = '1.12.1', proto = TCP, client = '10.244.1.7', serial } = more;
  const { server } = lab([], { corefile, version, files: { '/small': small, '/big': big } });
  const authority =
    serial === undefined
      ? []
      : [
          {
            kind: 'SOA' as const,
            name,
            class: 1,
            ttl: 0,
            mname: '.',
            rname: '.',
            serial,
            refresh: 0,
            retry: 0,
            expire: 0,
            minimum: 0,
          },
        ];
  const sent = encode({ ...query(1, name, parseType(type) ?? 0), authority });
  return serve(server, sent, { addr: addr(client), port: 4000, proto });
}

function serve(server: DnsServer, sent: Uint8Array, client: Peer): readonly Message[] {
  const { reply, more = [] } = server.serve(sent, {
    client,
    nowMs: 0,
    exchange: () => ({ kind: 'timeout', elapsedMs: 0 }),
  });
  return [reply, ...more].flatMap((bytes) => {
    const decoded = decode(bytes ?? new Uint8Array());
    return decoded.kind === 'message' ? [decoded.message] : [];
  });
}

const client: Peer = { addr: addr('10.244.1.7'), port: 4000, proto: TCP };

const codes = (messages: readonly Message[]) =>
  messages.map(
    (m) => `${rcodeName(m.rcode)} ${m.aa ? 'aa ' : ''}${m.tc ? 'tc ' : ''}${m.answers.length}`,
  );

const whole = [
  'a.test. 60 SOA ns1.a.test. h.a.test. 7 1 2 3 4',
  'a.test. 60 NS ns1.a.test.',
  'a.a.test. 60 A 10.0.0.3',
  'c.a.a.test. 60 A 10.0.0.4',
  'b.a.test. 60 A 10.0.0.2',
  'ns1.a.test. 60 A 10.0.0.1',
  'a.test. 60 SOA ns1.a.test. h.a.test. 7 1 2 3 4',
];

const rows: readonly { name: string; ask: string; more?: Ask; want: readonly string[] }[] = [
  { name: 'to * anybody over TCP', ask: 'a.test.', want: ['NOERROR aa 7'] },
  { name: 'G5: over UDP REFUSED', ask: 'a.test.', more: { proto: UDP }, want: ['REFUSED 0'] },
  { name: 'to addresses: others REFUSED', ask: 'b.test.', want: ['REFUSED 0'] },
  {
    name: 'to addresses: those',
    ask: 'b.test.',
    more: { client: '10.9.9.9' },
    want: ['NOERROR aa 7'],
  },
  {
    name: 'to addresses of IPv6, with a port',
    ask: 'b.test.',
    more: { client: 'fd00::9' },
    want: ['NOERROR aa 7'],
  },
  { name: 'a name below the apex is no zone: file refuses', ask: 'b.a.test.', want: ['REFUSED 0'] },
  {
    name: '[q] before 1.14.7 the zone is looked for as it is spelled',
    ask: 'A.test.',
    more: { version: '1.14.2' },
    want: ['REFUSED 0'],
  },
  {
    name: 'from 1.14.7 in lower case',
    ask: 'A.test.',
    more: { version: '1.14.7' },
    want: ['NOERROR aa 7'],
  },
  {
    name: 'IXFR of the current serial: the SOA alone, without AA',
    ask: 'a.test. IXFR',
    more: { serial: 7 },
    want: ['NOERROR 1'],
  },
  {
    name: 'IXFR of another serial: the whole zone',
    ask: 'a.test. IXFR',
    more: { serial: 6 },
    want: ['NOERROR aa 7'],
  },
  { name: 'IXFR without a serial: SERVFAIL', ask: 'a.test. IXFR', want: ['SERVFAIL 0'] },
  {
    name: 'a large zone goes out in messages of more than 500 records, names kept together; what does not fit is lost',
    ask: 'big.test.',
    want: ['NOERROR aa 502', 'NOERROR aa 502', 'NOERROR aa tc 427'],
  },
];

/** Beside the apex so many names with one address each. */
function sized(count: number): string {
  const lines = Array.from({ length: count }, (_, i) => `h${i} A 10.0.0.1\n`);
  return `$TTL 60\n@ SOA ns1 h 7 1 2 3 4\n@ NS ns1\n${lines.join('')}`;
}

describe('transfer', () => {
  it('[q] a last message of the SOA alone goes out as for an up-to-date IXFR, without AA', () => {
    const text = 'big.test {\n transfer {\n to *\n }\n file /big\n}\n';
    const asked = (count: number) => {
      const { server } = lab([], { corefile: text, files: { '/big': sized(count) } });

      return serve(server, encode(query(1, 'big.test.', 252)), client);
    };
    assert.deepEqual(codes(asked(499)), ['NOERROR aa 501', 'NOERROR 1']);
    assert.deepEqual(codes(asked(500)), ['NOERROR aa 501', 'NOERROR aa 2']);
  });

  for (const { name, ask: what, more, want } of rows) {
    it(name, () => assert.deepEqual(codes(ask(what, more)), want));
  }

  it('SOA, NS, then the names in canonical order, SOA', () => {
    assert.deepEqual(
      ask('a.test.').flatMap((m) => m.answers.map(line)),
      whole,
    );
  });

  it('from 1.14.7 messages are filled up to 63,000 bytes and nothing is lost', () => {
    const messages = ask('big.test.', { version: '1.14.7' });
    assert.equal(messages.flatMap((m) => m.answers).length, 1503);
    assert.ok(messages.every((m) => !m.tc));
  });

  it('[q] kubernetes: from 1.12.2 to 1.14.4 a server with two addresses, or none, gives nothing', () => {
    const text = 'cluster.local {\n transfer {\n to *\n }\n kubernetes\n}\n';

    const asked = (version: CoreDnsVersion, addrs: readonly string[]) => {
      const { server } = lab([], { corefile: text, version, localAddrs: addrs });
      return codes(serve(server, encode(query(1, 'cluster.local.', 252)), client));
    };
    assert.deepEqual(asked('1.14.2', ['10.9.9.9']), ['NOERROR aa 4']);
    assert.deepEqual(asked('1.14.2', ['10.9.9.9', 'fd00::9']), []);
    assert.deepEqual(asked('1.14.2', []), []);
    // The glue is repeated for each.
    assert.deepEqual(asked('1.12.1', ['10.9.9.9', 'fd00::9']), ['NOERROR aa 7']);
    assert.deepEqual(asked('1.14.7', ['10.9.9.9', 'fd00::9']), ['NOERROR aa 5']);
  });

  it('k8s_external gives its zone by what kubernetes beside it knows', () => {
    const text =
      '.:53 {\n transfer {\n to *\n }\n k8s_external edge.test\n kubernetes cluster.local\n}\n';
    const { server } = lab([], { corefile: text, localAddrs: ['10.9.9.9'] });

    const messages = serve(server, encode(query(1, 'edge.test.', 252)), client);
    assert.deepEqual(
      messages.flatMap(({ answers }) => answers.map(({ kind }) => kind)),
      ['SOA', 'NS', 'A', 'SOA'],
    );
  });

  it('errors', () => {
    const at = (body: string) => () => lab([], { corefile: `. {\n transfer {\n ${body}\n }\n}\n` });
    const place = 'plugin/transfer: plugin/transfer: /etc/coredns/Corefile';
    assert.throws(at('from x'), {
      message: `${place}:3 - Error during parsing: unknown property "from"`,
    });
    assert.throws(at(''), { message: `${place}:4 - Error during parsing: 'to' is required` });
    assert.throws(at('to x'), { message: "plugin/transfer: must specify an IP address: `x'" });
  });
});
