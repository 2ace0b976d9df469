// Wants were compared, whole messages, with CoreDNS 1.12.1, 1.14.2 and 1.14.7 over the same zone (1,145 questions).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Asked, type LabOptions, lab } from '../../fixture.test.ts';
import type { CoreDnsVersion } from '../../kubeadm/version.ts';

const zone = `$TTL 3600
$ORIGIN example.org.
@ IN SOA NS1 Hostmaster 7 7200 900 604800 300
  NS NS1
  MX 10 Mail
  MX 20 mail
ns1 A 10.0.0.1
Mail 60 A 10.0.0.2
www CNAME web
web A 10.0.0.3
loop1 CNAME loop2
loop2 CNAME loop1
ext CNAME www.other.test.
dangling CNAME nosuch
*.wild A 10.0.0.6
*.wild MX 5 mail
sub.wild TXT here
a.b.wild2 A 10.0.0.7
*.wild2 A 10.0.0.8
ent.deep A 10.0.0.10
deleg NS ns1.deleg
deleg NS ns.other.test.
deleg DS 60485 5 2 D4B7D520
ns1.deleg A 10.0.1.1
todeleg CNAME x.deleg
dn DNAME other.test.
_Sip._tcp SRV 10 20 5060 Web
svc HTTPS 1 Web alpn=h2
esc\\046dec A 10.0.0.21
`;
const corefile = 'example.org {\n file /z/db\n}\nother.test {\n file /z/other\n}\n';
const files = { '/z/db': zone, '/z/other': '$TTL 9\n@ SOA a b 1 2 3 4 5\nwww A 10.3.0.2\n' };
const SOA =
  'NS example.org. 3600 SOA ns1.example.org. hostmaster.example.org. 7 7200 900 604800 300';
const NS = 'NS example.org. 3600 NS ns1.example.org.';

const at = (options: LabOptions = {}) => lab([], { corefile, files, ...options });

const shown = ({ rcode, flags, answers, authority, additional }: Asked): string =>
  [
    `${rcode} ${flags.replace('qr ', '').replace(' rd', '')}`,
    ...answers,
    ...authority.map((line) => `NS ${line}`),
    ...additional.map((line) => `AR ${line}`),
  ].join('; ');

interface Row {
  readonly name: string;
  readonly ask: string;
  readonly want: readonly string[];
  readonly version?: CoreDnsVersion;
}

const rows: readonly Row[] = [
  {
    name: 'owners are as in the file, in lower case, with NS in authority',
    ask: 'WEB.Example.org.',
    want: ['NOERROR aa', 'web.example.org. 3600 A 10.0.0.3', NS],
  },
  { name: 'NODATA has the SOA', ask: 'web.example.org. TXT', want: ['NOERROR aa', SOA] },
  { name: 'NXDOMAIN has the SOA', ask: 'nosuch.example.org.', want: ['NXDOMAIN aa', SOA] },
  {
    name: 'a name with others below it exists',
    ask: 'deep.example.org.',
    want: ['NOERROR aa', SOA],
  },
  {
    name: 'an alias is followed inside the zone',
    ask: 'www.example.org.',
    want: [
      'NOERROR aa',
      'www.example.org. 3600 CNAME web.example.org.',
      'web.example.org. 3600 A 10.0.0.3',
      NS,
    ],
  },
  {
    name: 'an alias out of the zone is asked of the whole server',
    ask: 'ext.example.org.',
    want: [
      'NOERROR aa',
      'ext.example.org. 3600 CNAME www.other.test.',
      'www.other.test. 9 A 10.3.0.2',
      NS,
    ],
  },
  {
    name: 'an alias into nothing is NXDOMAIN with the alias, and NS in authority',
    ask: 'dangling.example.org.',
    want: ['NXDOMAIN aa', 'dangling.example.org. 3600 CNAME nosuch.example.org.', NS],
  },
  {
    name: 'from 1.14.5 it has the SOA in authority',
    ask: 'dangling.example.org.',
    version: '1.14.5',
    want: ['NXDOMAIN aa', 'dangling.example.org. 3600 CNAME nosuch.example.org.', SOA],
  },
  {
    name: 'a wildcard answers with the name that was asked',
    ask: 'x.y.wild.example.org.',
    want: ['NOERROR aa', 'x.y.wild.example.org. 3600 A 10.0.0.6', NS],
  },
  {
    name: 'a wildcard without the type is NODATA',
    ask: 'x.wild.example.org. TXT',
    want: ['NOERROR aa', SOA],
  },
  {
    name: '[q] a wildcard answers below an empty name, against RFC 4592',
    ask: 'x.b.wild2.example.org.',
    want: ['NOERROR aa', 'x.b.wild2.example.org. 3600 A 10.0.0.8', NS],
  },
  {
    name: 'from 1.14.7 it does not',
    ask: 'x.b.wild2.example.org.',
    version: '1.14.7',
    want: ['NXDOMAIN aa', SOA],
  },
  {
    name: 'a zone cut: NS in authority, glue, no AA',
    ask: 'x.deleg.example.org.',
    want: [
      'NOERROR rd',
      'NS deleg.example.org. 3600 NS ns1.deleg.example.org.',
      'NS deleg.example.org. 3600 NS ns.other.test.',
      'AR ns1.deleg.example.org. 3600 A 10.0.1.1',
    ],
  },
  {
    name: "DS of the cut is the zone's own",
    ask: 'deleg.example.org. DS',
    want: ['NOERROR aa', 'deleg.example.org. 3600 DS 60485 5 2 D4B7D520', NS],
  },
  {
    name: 'a DNAME renames what is below it',
    ask: 'www.dn.example.org.',
    want: [
      'NOERROR aa',
      'dn.example.org. 3600 DNAME other.test.',
      'www.dn.example.org. 3600 CNAME www.other.test.',
      'www.other.test. 9 A 10.3.0.2',
      NS,
    ],
  },
  {
    name: 'addresses of MX targets are added, once for each MX',
    ask: 'example.org. MX',
    want: [
      'NOERROR aa',
      'example.org. 3600 MX 10 mail.example.org.',
      'example.org. 3600 MX 20 mail.example.org.',
      NS,
      'AR mail.example.org. 60 A 10.0.0.2',
      'AR mail.example.org. 60 A 10.0.0.2',
    ],
  },
  {
    name: 'from 1.14.7 they are added once',
    ask: 'example.org. MX',
    version: '1.14.7',
    want: [
      'NOERROR aa',
      'example.org. 3600 MX 10 mail.example.org.',
      'example.org. 3600 MX 20 mail.example.org.',
      NS,
      'AR mail.example.org. 60 A 10.0.0.2',
    ],
  },
  {
    name: 'before 1.12.3 SRV records are lowered',
    ask: '_sip._tcp.example.org. SRV',
    want: [
      'NOERROR aa',
      '_sip._tcp.example.org. 3600 SRV 10 20 5060 web.example.org.',
      NS,
      'AR web.example.org. 3600 A 10.0.0.3',
    ],
  },
  {
    name: 'from 1.12.3 they keep their spelling',
    ask: '_sip._tcp.example.org. SRV',
    version: '1.14.2',
    want: [
      'NOERROR aa',
      '_Sip._tcp.example.org. 3600 SRV 10 20 5060 Web.example.org.',
      NS,
      'AR web.example.org. 3600 A 10.0.0.3',
    ],
  },
  {
    name: 'from 1.14.3 HTTPS targets are lowered and have their addresses added',
    ask: 'svc.example.org. HTTPS',
    version: '1.14.3',
    want: [
      'NOERROR aa',
      'svc.example.org. 3600 HTTPS 1 web.example.org. alpn="h2"',
      NS,
      'AR web.example.org. 3600 A 10.0.0.3',
    ],
  },
  {
    name: '[q] an owner written with \\DDD is not found',
    ask: 'esc\\.dec.example.org.',
    want: ['NXDOMAIN aa', SOA],
  },
  {
    name: 'from 1.14.4 it is',
    ask: 'esc\\.dec.example.org.',
    version: '1.14.4',
    want: ['NOERROR aa', 'esc\\.dec.example.org. 3600 A 10.0.0.21', NS],
  },
  { name: 'SOA at the apex', ask: 'example.org. SOA', want: ['NOERROR aa', SOA.slice(3), NS] },
  {
    name: 'ANY is a type that nothing has',
    ask: 'web.example.org. ANY',
    want: ['NOERROR aa', SOA],
  },
  {
    name: 'G5: AXFR without `transfer` is REFUSED',
    ask: 'example.org. AXFR',
    want: ['REFUSED rd'],
  },
];

describe('file', () => {
  for (const { name, ask, want, version = '1.12.1' } of rows) {
    it(name, () =>
      assert.equal(
        shown(at({ version }).ask(ask)).replace('qr', '').trim(),
        want.join('; ').trim(),
      ),
    );
  }

  it('an alias that goes in a circle ends', () => {
    const { answers } = at().ask('loop1.example.org.');
    assert.equal(answers.length, 10);
  });

  it('a new serial is read a minute later, a change without one is not', () => {
    const own: Record<string, string> = { ...files };
    const server = at({ files: own });
    const ask = (nowMs: number) => server.ask('web.example.org.', { nowMs }).answers.join();
    assert.match(ask(0), /10\.0\.0\.3/);
    own['/z/db'] = zone.replace('10.0.0.3', '10.0.0.33');
    assert.match(ask(60_000), /10\.0\.0\.3$/);
    own['/z/db'] = zone.replace('10.0.0.3', '10.0.0.33').replace(' 7 7200', ' 8 7200');
    assert.match(ask(119_999), /10\.0\.0\.3$/);
    const fork = server.fork();
    assert.match(fork.ask('web.example.org.', { nowMs: 120_000 }).answers.join(), /10\.0\.0\.33$/);
    assert.ok(
      server.logs.includes(
        '[INFO] plugin/file: Successfully reloaded zone "example.org." in "/z/db" with 8 SOA serial',
      ),
    );
    assert.match(ask(119_999), /10\.0\.0\.3$/);
  });

  it('from 1.12.2 what is not found falls through', () => {
    const text =
      '. {\n file /z/db example.org {\n fallthrough\n }\n hosts {\n 10.9.9.9 nosuch.example.org\n }\n}\n';
    const server = at({ corefile: text, version: '1.14.2' });
    // hosts stands before file: it answers what it knows, and SERVFAIL ends the chain after file.
    assert.equal(
      server.ask('nosuch.example.org.').answers[0],
      'nosuch.example.org. 3600 A 10.9.9.9',
    );
    const error =
      "plugin/file: /etc/coredns/Corefile:3 - Error during parsing: unknown property 'fallthrough'";
    assert.throws(() => at({ corefile: text, version: '1.12.1' }), { message: error });
  });
});

const errors: readonly { name: string; text: string; want: string; version?: CoreDnsVersion }[] = [
  {
    name: 'a line that cannot be read',
    text: '$TTL 1\n@ SOA a b 1 2 3 4 5\nx A 10.0\n',
    want: 'failed to parse file "/z/db" for origin example.org. with error /z/db: dns: bad A A: "10.0" at line: 3:8',
  },
  {
    name: 'no SOA',
    text: '$TTL 1\nx A 10.0.0.1\n',
    want: 'file "/z/db" has no SOA record for origin example.org.',
  },
  {
    name: 'before 1.14.0 an error before the SOA is told as a missing SOA',
    text: '$TTL 1\nx A 10.0\n',
    want: 'file "/z/db" has no SOA record for origin example.org.',
  },
  {
    name: '[q] serial 0',
    text: '$TTL 1\n@ SOA a b 0 2 3 4 5\n',
    want: 'no change in SOA serial for origin example.org. in file /z/db, with 0 SOA serial',
  },
  {
    name: 'NSEC3',
    text: '$TTL 1\n@ SOA a b 1 2 3 4 5\nx NSEC3PARAM \\# 5 0100000100\n',
    want: 'NSEC3 zone is not supported, dropping RR: x.example.org. for zone: example.org.',
  },
];

describe('file: errors at the start', () => {
  for (const { name, text, want, version = '1.12.1' } of errors) {
    it(name, () => {
      const options = {
        corefile: 'example.org {\n file /z/db\n}\n',
        files: { '/z/db': text },
        version,
      };
      assert.throws(() => lab([], options), { message: `plugin/file: ${want}` });
    });
  }

  it('a file that is not there is a warning, and SERVFAIL until it comes', () => {
    const server = lab([], { corefile: 'example.org {\n file /z/db\n}\n' });
    const want =
      '[WARNING] plugin/file: Failed to open "open /z/db: no such file or directory": trying again in 1m0s';
    assert.ok(server.logs.includes(want));
    assert.equal(server.ask('example.org.').rcode, 'SERVFAIL');
    assert.throws(() => lab([], { corefile: 'example.org {\n file /z/db {\n reload 0\n }\n}\n' }), {
      message: 'plugin/file: plugin/file: open /z/db: no such file or directory',
    });
  });
});
