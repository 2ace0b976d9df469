// Wants were compared, whole messages, with CoreDNS 1.12.1, 1.14.2 and 1.14.7 over the same files.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lab } from '../../fixture.test.ts';
import type { CoreDnsVersion } from '../../kubeadm/version.ts';
import { decode } from '../../message/decode.ts';
import { encode } from '../../message/encode.ts';
import { replyTo } from '../../message/message.ts';

const file = `# comment
10.1.0.1 web.example.com WEB.example.com. alias   # trailing
10.1.0.2 web.example.com
fd00::1%eth0 web.example.com
::ffff:10.1.0.3 mapped
300.1.1.1 bad
10.1.0.9
10.1.0.5 *.wild.example.com
10.1.0.6 sub.wild.example.com
fd00::6 *.wild.example.com
`;
const corefile = `. {
  hosts /hosts {
    10.2.0.1 in.example.com in2.example.com
    10.2.0.2 web.example.com
    ttl 77
    fallthrough fall.test
  }
  forward . 10.9.9.9
}
example.net {
  hosts /hosts example.com
}
`;

interface Row {
  readonly name: string;
  readonly ask: string;
  readonly want: string;
  readonly version?: CoreDnsVersion;
}

const rows: readonly Row[] = [
  {
    name: 'addresses of the file come first, then those of the block, in the order of the lines',
    ask: 'web.example.com.',
    want: 'NOERROR qr aa rd; web.example.com. 77 A 10.1.0.1; web.example.com. 77 A 10.1.0.1; web.example.com. 77 A 10.1.0.2; web.example.com. 77 A 10.2.0.2',
  },
  {
    name: 'G7 [q]: owners are lower case whatever the question',
    ask: 'ALIAS.',
    want: 'NOERROR qr aa rd; alias. 77 A 10.1.0.1',
  },
  {
    name: 'AAAA; the zone of an address is left out',
    ask: 'web.example.com. AAAA',
    want: 'NOERROR qr aa rd; web.example.com. 77 AAAA fd00::1',
  },
  {
    name: 'an IPv4 address in IPv6 form is an A record',
    ask: 'mapped.',
    want: 'NOERROR qr aa rd; mapped. 77 A 10.1.0.3',
  },
  {
    name: 'the other family of a known name is NODATA',
    ask: 'mapped. AAAA',
    want: 'NOERROR qr aa rd',
  },
  { name: 'another type of a known name is NODATA', ask: 'alias. MX', want: 'NOERROR qr aa rd' },
  { name: 'a line with a bad address is none', ask: 'bad.', want: 'SERVFAIL qr rd' },
  {
    name: 'an unknown name that does not fall through is SERVFAIL',
    ask: 'nosuch.',
    want: 'SERVFAIL qr rd',
  },
  {
    name: 'an unknown name under fallthrough goes on',
    ask: 'x.fall.test.',
    want: 'NOERROR qr; x.fall.test. 9 A 10.8.8.8',
  },
  {
    name: 'PTR has every name of the address, of the file and of the block',
    ask: '1.0.1.10.in-addr.arpa. PTR',
    want: 'NOERROR qr aa rd; 1.0.1.10.in-addr.arpa. 77 PTR web.example.com.; 1.0.1.10.in-addr.arpa. 77 PTR web.example.com.; 1.0.1.10.in-addr.arpa. 77 PTR alias.',
  },
  {
    name: 'an unknown PTR goes on without fallthrough',
    ask: '9.9.9.10.in-addr.arpa. PTR',
    want: 'NOERROR qr; 9.9.9.10.in-addr.arpa. 9 A 10.8.8.8',
  },
  {
    name: 'IPv6 reverse',
    ask: '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa. PTR',
    want: 'NOERROR qr aa rd; 1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa. 77 PTR web.example.com.',
  },
  {
    name: 'names outside of the zones given are not answered: no next plugin',
    ask: 'web.example.net.',
    want: 'SERVFAIL qr rd',
  },
  {
    name: 'before 1.14.5 a * is a name like any other',
    ask: 'a.wild.example.com.',
    version: '1.14.4',
    want: 'SERVFAIL qr rd',
  },
  {
    name: 'before 1.14.5 the * answers for itself',
    ask: '*.wild.example.com.',
    version: '1.14.4',
    want: 'NOERROR qr aa rd; *.wild.example.com. 77 A 10.1.0.5',
  },
  {
    name: 'from 1.14.5 a * stands for one label',
    ask: 'a.wild.example.com.',
    version: '1.14.5',
    want: 'NOERROR qr aa rd; a.wild.example.com. 77 A 10.1.0.5',
  },
  {
    name: 'a name of its own goes before the *, for its own family alone',
    ask: 'sub.wild.example.com.',
    version: '1.14.5',
    want: 'NOERROR qr aa rd; sub.wild.example.com. 77 A 10.1.0.6',
  },
  {
    name: 'in the other family the * answers for it',
    ask: 'sub.wild.example.com. AAAA',
    version: '1.14.5',
    want: 'NOERROR qr aa rd; sub.wild.example.com. 77 AAAA fd00::6',
  },
  {
    name: 'a * stands for no two labels',
    ask: 'a.b.wild.example.com.',
    version: '1.14.5',
    want: 'SERVFAIL qr rd',
  },
  {
    name: 'a * has no reverse',
    ask: '5.0.1.10.in-addr.arpa. PTR',
    version: '1.14.5',
    want: 'NOERROR qr; 5.0.1.10.in-addr.arpa. 9 A 10.8.8.8',
  },
  {
    name: '1.14.5 and 1.14.6 pass other types on where names fall through',
    ask: 'known.fall.test. MX',
    version: '1.14.5',
    want: 'NOERROR qr; known.fall.test. 9 A 10.8.8.8',
  },
  {
    name: 'from 1.14.7 other types are NODATA again',
    ask: 'known.fall.test. MX',
    version: '1.14.7',
    want: 'NOERROR qr aa rd',
  },
];

const forwarder = (bytes: Uint8Array) => {
  const decoded = decode(bytes);
  if (decoded.kind !== 'message') throw new Error('a bad query');
  const { message } = decoded;
  const name = message.questions[0]?.name ?? '';
  const answer = { kind: 'A', name, class: 1, ttl: 9, addr: 0x0a080808 } as const;
  const reply = { ...replyTo(message), rd: false, answers: [answer] };
  return { kind: 'reply', message: encode(reply), elapsedMs: 1 } as const;
};

function answers(files: Record<string, string>, text: string, version: CoreDnsVersion) {
  return lab([], {
    corefile: text,
    version,
    files,
    exchange: (_proto, _to, _port, bytes) => forwarder(bytes),
  });
}

const shown = ({ rcode, flags, answers: records }: ReturnType<ReturnType<typeof lab>['ask']>) =>
  [`${rcode} ${flags}`, ...records].join('; ');

describe('hosts', () => {
  for (const { name, ask, want, version = '1.12.1' } of rows) {
    it(name, () => {
      const files = { '/hosts': `${file}10.3.0.1 known.fall.test\n` };
      assert.equal(shown(answers(files, corefile, version).ask(ask)), want);
    });
  }

  it('fallthrough_unsupported of 1.14.7 passes other types on', () => {
    const text =
      '. {\n hosts {\n 10.0.0.1 a.test\n fallthrough\n fallthrough_unsupported\n }\n forward . 10.9.9.9\n}\n';
    const at = answers({}, text, '1.14.7');
    assert.equal(shown(at.ask('a.test. MX')), 'NOERROR qr; a.test. 9 A 10.8.8.8');
    assert.equal(shown(at.ask('a.test. AAAA')), 'NOERROR qr aa rd');
  });

  it('no_reverse leaves PTR to others, /etc/hosts is the file that is read without a name', () => {
    const text = '. {\n hosts {\n no_reverse\n }\n forward . 10.9.9.9\n}\n';
    const at = answers({ '/etc/hosts': '127.0.0.1 localhost\n' }, text, '1.12.1');
    assert.equal(shown(at.ask('localhost.')), 'NOERROR qr aa rd; localhost. 3600 A 127.0.0.1');
    assert.equal(
      shown(at.ask('1.0.0.127.in-addr.arpa. PTR')),
      'NOERROR qr; 1.0.0.127.in-addr.arpa. 9 A 10.8.8.8',
    );
  });

  it('a changed file is seen at the next tick, by a fork at its own', () => {
    const files: Record<string, string> = { '/hosts': '10.0.0.1 a.test\n' };
    const at = answers(files, '. {\n hosts /hosts\n}\n', '1.12.1');
    const first = 'NOERROR qr aa rd; a.test. 3600 A 10.0.0.1';
    assert.equal(shown(at.ask('a.test.')), first);
    files['/hosts'] = '10.0.0.2 a.test\n';
    assert.equal(shown(at.ask('a.test.', { nowMs: 4999 })), first);
    const fork = at.fork();
    assert.equal(
      shown(fork.ask('a.test.', { nowMs: 5000 })),
      'NOERROR qr aa rd; a.test. 3600 A 10.0.0.2',
    );
    assert.equal(shown(at.ask('a.test.', { nowMs: 4999 })), first);
    delete files['/hosts'];
    assert.match(shown(fork.ask('a.test.', { nowMs: 60_000 })), /10\.0\.0\.2/);
  });

  it('reload 0s reads the file once', () => {
    const files: Record<string, string> = { '/hosts': '10.0.0.1 a.test\n' };
    const at = answers(files, '. {\n hosts /hosts {\n reload 0s\n }\n}\n', '1.12.1');
    at.ask('a.test.');
    files['/hosts'] = '10.0.0.2 a.test\n';
    assert.match(shown(at.ask('a.test.', { nowMs: 1e6 })), /10\.0\.0\.1/);
  });
});

const errors: readonly { name: string; body: string; want: string; version?: CoreDnsVersion }[] = [
  {
    name: 'ttl without a number',
    body: 'ttl',
    want: ':3 - Error during parsing: ttl needs a time in second',
  },
  {
    name: 'ttl of letters',
    body: 'ttl x',
    want: ':3 - Error during parsing: ttl needs a number of second',
  },
  { name: 'ttl 0', body: 'ttl 0', want: ':3 - Error during parsing: ttl provided is invalid' },
  {
    name: 'ttl beyond 65535',
    body: 'ttl 65536',
    want: ':3 - Error during parsing: ttl provided is invalid',
  },
  {
    name: 'reload without a duration',
    body: 'reload',
    want: ':3 - Error during parsing: reload needs a duration (zero seconds to disable)',
  },
  {
    name: 'a bad duration',
    body: 'reload x',
    want: ":3 - Error during parsing: invalid duration for reload 'x'",
  },
  {
    name: 'a negative duration',
    body: 'reload -1s',
    want: ":3 - Error during parsing: invalid negative duration for reload '-1s'",
  },
  {
    name: 'an entry after fallthrough is an unknown property',
    body: 'fallthrough\n 10.0.0.1 x',
    want: ":4 - Error during parsing: unknown property '10.0.0.1'",
  },
  {
    name: 'fallthrough_unsupported wants fallthrough',
    body: 'fallthrough_unsupported',
    version: '1.14.7',
    want: ':4 - Error during parsing: fallthrough_unsupported requires fallthrough',
  },
];

describe('hosts: errors of the Corefile', () => {
  for (const { name, body, want, version = '1.12.1' } of errors) {
    it(name, () => {
      const text = `. {\n hosts {\n ${body}\n }\n}\n`;
      const message = `plugin/hosts: /etc/coredns/Corefile${want}`;
      assert.throws(() => lab([], { corefile: text, version }), { message });
    });
  }

  it('once per server block', () => {
    assert.throws(() => lab([], { corefile: '. {\n hosts\n hosts\n}\n' }), {
      message: 'plugin/hosts: this plugin can only be used once per Server Block',
    });
  });

  it('a file that does not exist is only a warning', () => {
    const { logs } = lab([], { corefile: '. {\n hosts /nosuch\n}\n' });
    assert.ok(logs.includes('[WARNING] plugin/hosts: File does not exist: /nosuch'));
  });
});
