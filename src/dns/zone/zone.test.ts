// Zone files as miekg/dns reads them; wants were taken from miekg/dns 1.1.72 (records and errors) and dig 9.18 (text).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decode } from '../message/decode.ts';
import { encode } from '../message/encode.ts';
import { query, type ResourceRecord, replyTo, typeName, typeOf } from '../message/message.ts';
import { dataText } from '../message/text.ts';
import { zoneErrorText } from './error.ts';
import { parseRecord, parseZone, type ZoneOptions } from './parser.ts';

const line = (r: ResourceRecord): string =>
  `${r.name} ${r.ttl} ${typeName(typeOf(r))} ${dataText(r)}`;

function read(text: string, options: ZoneOptions = {}): readonly string[] {
  const { records, error } = parseZone(text, { origin: 'example.org.', file: 'db', ...options });
  const lines = records.map(({ record }) => line(record));
  return error === null ? lines : [...lines, zoneErrorText(error)];
}

const zones: readonly { name: string; text: string; want: readonly string[] }[] = [
  {
    name: 'owner, TTL and class in either order, blank owner, @ and relative names',
    text: '$TTL 1h\n@ NS ns1\n  60 IN NS ns2.test.\nx IN 2m A 10.0.0.1\ny 30 CH A 10.0.0.2\n',
    want: [
      'example.org. 3600 NS ns1.example.org.',
      'example.org. 60 NS ns2.test.',
      'x.example.org. 120 A 10.0.0.1',
      'y.example.org. 30 A 10.0.0.2',
    ],
  },
  {
    name: 'without $TTL the last TTL given stands',
    text: 'x 1w2d3h4m5s A 10.0.0.1\ny A 10.0.0.2\nz 7 A 10.0.0.3\nw A 10.0.0.4\n',
    want: [
      'x.example.org. 788645 A 10.0.0.1',
      'y.example.org. 788645 A 10.0.0.2',
      'z.example.org. 7 A 10.0.0.3',
      'w.example.org. 7 A 10.0.0.4',
    ],
  },
  {
    name: 'after $TTL a TTL of a record is its own',
    text: '$TTL 5\nx 9 A 10.0.0.1\ny A 10.0.0.2\n',
    want: ['x.example.org. 9 A 10.0.0.1', 'y.example.org. 5 A 10.0.0.2'],
  },
  {
    name: 'parentheses span lines, comments end them, units in the SOA',
    text: '$TTL 60\n@ IN SOA ns1 host ( 7 ; serial\n 2h 15m\n 1w 5m )\n',
    want: ['example.org. 60 SOA ns1.example.org. host.example.org. 7 7200 900 604800 300'],
  },
  {
    name: 'lines glued inside parentheses are one word, as upstream has it',
    text: '$TTL 60\n@ SOA ns1 host (1\n2 3 4 5 6)\n',
    want: ['example.org. 60 SOA ns1.example.org. host.example.org. 12 3 4 5 6'],
  },
  {
    name: '$ORIGIN may be relative',
    text: '$TTL 1\n$ORIGIN sub\nx A 10.0.0.1\n$ORIGIN test.\ny A 10.0.0.2\n',
    want: ['x.sub.example.org. 1 A 10.0.0.1', 'y.test. 1 A 10.0.0.2'],
  },
  {
    name: 'strings: quotes, escapes, decimal bytes, the empty one, more than 255 bytes',
    text: `$TTL 1\nx TXT "a b" c "q\\"" \\059 "" "\\200"\ny TXT ${'z'.repeat(256)}\n`,
    want: [
      'x.example.org. 1 TXT "a b" "c" "q\\"" ";" "" "\\200"',
      `y.example.org. 1 TXT "${'z'.repeat(255)}" "z"`,
    ],
  },
  {
    name: 'UTF-8 text is bytes',
    text: '$TTL 1\nx TXT "ü"\n',
    want: ['x.example.org. 1 TXT "\\195\\188"'],
  },
  {
    name: 'types by number, data as bytes',
    text: '$TTL 1\nx TYPE65280 \\# 4 0a00 0001\ny TYPE65281 \\# 0\nz A \\# 4 0a000001\n',
    want: [
      'x.example.org. 1 TYPE65280 \\# 4 0A000001',
      'y.example.org. 1 TYPE65281 \\# 0',
      'z.example.org. 1 A 10.0.0.1',
    ],
  },
  {
    name: '$GENERATE: range with step, offset, width and base, $$',
    text: '$GENERATE 1-5/2 h$ A 10.0.0.$\n$GENERATE 9-10 g${1,3,x} CNAME a$$b\n',
    want: [
      'h1.example.org. 3600 A 10.0.0.1',
      'h3.example.org. 3600 A 10.0.0.3',
      'h5.example.org. 3600 A 10.0.0.5',
      'g00a.example.org. 3600 CNAME a$b.example.org.',
      'g00b.example.org. 3600 CNAME a$b.example.org.',
    ],
  },
  {
    name: 'a missing TTL',
    text: 'x A 10.0.0.1\n',
    want: ['db: dns: missing TTL with no previous value: "A" at line: 1:4'],
  },
  {
    name: 'a class before the type needs no TTL [q]',
    text: 'x IN A 10.0.0.1\n',
    want: ['x.example.org. 0 A 10.0.0.1'],
  },
  {
    name: 'a bad address',
    text: '$TTL 1\nx A 10.0.0\n',
    want: ['db: dns: bad A A: "10.0.0" at line: 2:10'],
  },
  {
    name: 'a bad owner',
    text: '$TTL 1\na..b A 10.0.0.1\n',
    want: ['db: dns: bad owner name: "a..b" at line: 2:5'],
  },
  {
    name: 'garbage after the data',
    text: '$TTL 1\nx A 10.0.0.1 2\n',
    want: ['db: dns: garbage after rdata: "2" at line: 2:14'],
  },
  {
    name: 'an unknown type',
    text: '$TTL 1\nx FOO bar\n',
    want: ['db: dns: not a TTL: "FOO" at line: 2:6'],
  },
  { name: 'no type at all', text: '$TTL 1\nx\n', want: ['db: dns: not a TTL: "x" at line: 2:1'] },
  {
    name: 'a brace too many',
    text: '$TTL 1\nx A 10.0.0.1 )\n',
    want: ['db: dns: garbage after rdata: "extra closing brace" at line: 2:14'],
  },
  {
    name: 'a bad SOA',
    text: '$TTL 1\n@ SOA a b 1h 1 1 1 1\n',
    want: ['db: dns: bad SOA zone parameter: "1h" at line: 2:13'],
  },
  {
    name: 'a bad modifier of $GENERATE',
    text: '$GENERATE 1-3 g${x} A 10.0.0.1\n',
    want: ['db: dns: bad offset in $GENERATE: "${x}" at line: 1:16'],
  },
  {
    name: '$INCLUDE without files',
    text: '$TTL 1\n$INCLUDE other\n',
    want: ['db: dns: $INCLUDE directive not allowed: "other" at line: 2:14'],
  },
];

const texts: readonly string[] = [
  'HINFO "Intel x86" "Linux"',
  'NAPTR 100 10 "S" "SIP+D2U" "!^.*$!sip:info@example.com!" _sip._udp.example.org.',
  'DS 60485 5 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4 469DA50A',
  'TLSA 3 1 1 0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF01234567 89ABCDEF',
  'SSHFP 1 2 0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF01234567 89ABCDEF',
  'DNSKEY 257 3 8 AwEAAaz/tAm8yTn4Mfeh5eyI96WSVexTBAvkMgJzkKTOiW1vkIbzxeF3 +/4RgWOq7HrxRixHlFlExOLAJr5emLs=',
  'RRSIG A 8 3 3600 20300101000000 20240229235959 12345 example.org. AwEAAaz/tAm8yTn4',
  'RP admin.mail.example.org. txt.example.org.',
  'AFSDB 1 afs.example.org.',
  'KX 10 kx1.example.org.',
  'URI 10 1 "ftp://ftp1.example.com/public"',
  'NSEC next.example.org. A MX RRSIG NSEC TYPE1234',
  'OPENPGPKEY AwEAAaz/tAm8yTn4',
  'SPF "v=spf1 -all"',
  'CAA 128 iodef "mailto:a@example.org"',
  'DNAME other.test.',
  'HTTPS 1 . alpn="h2,h3" no-default-alpn port=8443 ipv4hint=1.2.3.4,5.6.7.8 ech=AEP+DQA/ ipv6hint=fd00::1',
  'HTTPS 16 foo.example.org. mandatory=alpn,ipv4hint alpn="h2,h3-19" ipv4hint=192.0.2.1 key65333="ex1"',
  'SVCB 0 foo.example.com.',
];

describe('zone files', () => {
  for (const { name, text, want } of zones) {
    it(name, () => assert.deepEqual(read(text), want));
  }

  it('$INCLUDE reads a file beside the zone, with its own origin', () => {
    const readFile = (path: string) =>
      path === '/z/sub/inc' ? 'a A 10.0.0.1\n$ORIGIN b.test.\nc A 10.0.0.2\n' : undefined;
    const text = '$TTL 1\n$INCLUDE sub/inc in\nd A 10.0.0.3\n';
    assert.deepEqual(read(text, { file: '/z/db', readFile }), [
      'a.in.example.org. 1 A 10.0.0.1',
      'c.b.test. 1 A 10.0.0.2',
      'd.example.org. 1 A 10.0.0.3',
    ]);
    assert.deepEqual(read('$INCLUDE gone\n', { file: '/z/db', readFile }), [
      "/z/db: dns: failed to open `gone' as `/z/gone': open /z/gone: no such file or directory: " +
        '"gone" at line: 1:13',
    ]);
  });

  it('an error in an included file names that file', () => {
    const readFile = () => 'a A x\n';
    assert.deepEqual(read('$TTL 1\n$INCLUDE /inc\n', { readFile }), [
      '/inc: dns: bad A A: "x" at line: 1:5',
    ]);
  });

  it('parseRecord reads one record, nothing, or says what is wrong', () => {
    const record = parseRecord('a.test. 5 IN A 10.0.0.1');
    assert.equal(
      record === null || typeof record === 'string' ? record : line(record),
      'a.test. 5 A 10.0.0.1',
    );
    assert.equal(parseRecord(' ; nothing\n'), null);
    assert.equal(parseRecord('a.test. A x'), 'dns: bad A A: "x" at line: 1:11');
  });
});

describe('record data', () => {
  for (const text of texts) {
    it(`is read, sent and printed as dig does: ${text.slice(0, 40)}`, () => {
      const record = parseRecord(`x.test. 60 IN ${text}`);
      if (record === null || typeof record === 'string') assert.fail(String(record));
      assert.equal(`${typeName(typeOf(record))} ${dataText(record)}`, text);
      const sent = decode(encode({ ...replyTo(query(1, 'x.test.', 1)), answers: [record] }, true));
      assert.deepEqual(sent.kind === 'message' && sent.message.answers, [record]);
    });
  }

  it('bytes that do not follow the layout of their type are printed as bytes', () => {
    const bytes = Uint8Array.of(1, 2);
    const owner = { name: 'x.', class: 1, ttl: 1 };
    assert.equal(dataText({ ...owner, kind: 'opaque', type: 43, bytes }), '\\# 2 0102');
  });
});
