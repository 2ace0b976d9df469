// Zone-file lines and the answers an outside DNS server gives from them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addr } from '../net/addr.ts';
import { UDP } from '../net/packet.ts';
import { line } from './fixture.test.ts';
import { decode } from './message/decode.ts';
import { encode } from './message/encode.ts';
import { flagNames, parseType, query, rcodeName } from './message/message.ts';
import { createUpstream, parseZoneLines } from './upstream.ts';

const zone = `; what 8.8.8.8 knows
$TTL 300
example.org.      60 IN A 93.184.216.34
example.org.         IN AAAA 2606:2800::1
www.example.org.  IN CNAME example.org.
_db._tcp.example.org. 20 SRV 0 5 5432 db.example.org.
example.org. TXT "v=spf1; -all" two
bare.example.org. CNAME nowhere.test.
*.wild.example.org. A 10.9.9.9
sub.wild.example.org. TXT here
multi.example.org. ( 1h IN ; a comment
  MX 10 mail.example.org. )
old.example.org. HINFO PC "Linux 6"
`;
const context = {
  machine: 'host/dns',
  nowMs: 0,
  exchange: () => ({ kind: 'timeout', elapsedMs: 0 }) as const,
  dial: () => assert.fail('nobody dials here'),
};
const peer = { addr: addr('10.0.0.2'), port: 4000, proto: UDP } as const;

function ask(text: string): string {
  const [name = '', type = 'A'] = text.split(' ');
  const server = createUpstream(parseZoneLines(zone));
  const { reply } = server.receive(encode(query(1, name, parseType(type) ?? 1)), peer, context);
  const decoded = decode(reply ?? new Uint8Array());
  if (decoded.kind !== 'message') throw new Error('no reply');
  const { message } = decoded;
  const head = `${rcodeName(message.rcode)} ${flagNames(message).join(',')}`;
  return [head, ...message.answers.map(line)].join('; ');
}

const rows: readonly { name: string; ask: string; want: string }[] = [
  {
    name: 'A with its own TTL',
    ask: 'Example.ORG.',
    want: 'NOERROR qr,rd,ra; example.org. 60 A 93.184.216.34',
  },
  {
    name: 'CNAME is followed',
    ask: 'www.example.org.',
    want: 'NOERROR qr,rd,ra; www.example.org. 300 CNAME example.org.; example.org. 60 A 93.184.216.34',
  },
  {
    name: 'SRV',
    ask: '_db._tcp.example.org. SRV',
    want: 'NOERROR qr,rd,ra; _db._tcp.example.org. 20 SRV 0 5 5432 db.example.org.',
  },
  {
    name: 'TXT keeps quoted blanks and semicolons',
    ask: 'example.org. TXT',
    want: 'NOERROR qr,rd,ra; example.org. 300 TXT "v=spf1; -all" "two"',
  },
  { name: 'another type is NODATA', ask: 'example.org. MX', want: 'NOERROR qr,rd,ra' },
  {
    name: 'an empty name above others is NODATA',
    ask: '_tcp.example.org.',
    want: 'NOERROR qr,rd,ra',
  },
  {
    name: 'a wildcard answers for names that do not exist',
    ask: 'a.b.wild.example.org.',
    want: 'NOERROR qr,rd,ra; a.b.wild.example.org. 300 A 10.9.9.9',
  },
  {
    name: 'a wildcard does not answer for a name that exists',
    ask: 'sub.wild.example.org.',
    want: 'NOERROR qr,rd,ra',
  },
  {
    name: 'a wildcard does not answer below a name that exists',
    ask: 'x.sub.wild.example.org.',
    want: 'NXDOMAIN qr,rd,ra',
  },
  {
    name: 'parentheses, comments and TTLs with units are read',
    ask: 'multi.example.org. MX',
    want: 'NOERROR qr,rd,ra; multi.example.org. 3600 MX 10 mail.example.org.',
  },
  {
    name: 'other types are printed as dig prints them',
    ask: 'old.example.org. HINFO',
    want: 'NOERROR qr,rd,ra; old.example.org. 300 HINFO "PC" "Linux 6"',
  },
  { name: 'a missing name is NXDOMAIN', ask: 'nosuch.test.', want: 'NXDOMAIN qr,rd,ra' },
  {
    name: 'a CNAME to a missing name is NXDOMAIN with the CNAME',
    ask: 'bare.example.org.',
    want: 'NXDOMAIN qr,rd,ra; bare.example.org. 300 CNAME nowhere.test.',
  },
];

describe('upstream DNS', () => {
  for (const row of rows) it(row.name, () => assert.equal(ask(row.ask), row.want));

  it('a line that is no record is refused with its number', () => {
    for (const bad of [
      'a.test. A fd00::1',
      'a..b A 10.0.0.1',
      'a.test. LOC x',
      'a.test.',
      ' A 1.2.3.4',
    ]) {
      assert.throws(() => parseZoneLines(`\n${bad}`), /^InputError: upstreamDNS line 2: /);
    }
  });

  it('an alias beside another record of its name is refused, as for the apex of a zone', () => {
    for (const [first, second] of [
      ['a.test. A 10.0.0.1', 'A.test. CNAME b.test.'],
      ['a.test. CNAME b.test.', 'a.test. TXT x'],
    ]) {
      assert.throws(
        () => parseZoneLines(`${first}\n${second}`),
        /^InputError: upstreamDNS line 2: a CNAME stands alone/,
      );
    }
  });
});
