// Small plugins over one Corefile each; every `want` is what the real CoreDNS 1.12.1 answered: rcode, flags, records.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lab } from '../../fixture.test.ts';
import type { CoreDnsVersion } from '../../kubeadm/version.ts';

const rows: readonly {
  readonly name: string;
  readonly corefile: string;
  readonly ask: string;
  readonly class?: number;
  readonly want: readonly string[];
}[] = [
  {
    name: 'any: HINFO, without AA',
    corefile: '. {\nany\n}',
    ask: 'a.test. ANY',
    want: ['NOERROR qr rd', 'a.test. 8482 HINFO'],
  },
  {
    name: 'whoami: the client and its port',
    corefile: '. {\nwhoami\n}',
    ask: 'a.test. TXT',
    want: ['NOERROR qr aa rd', 'a.test. 0 A 10.244.1.7', '_udp.a.test. 0 SRV 0 0 40000 .'],
  },
  {
    name: 'local: localhost',
    corefile: '. {\nlocal\n}',
    ask: 'LocalHost.',
    want: ['NOERROR qr rd', 'LocalHost. 604800 A 127.0.0.1'],
  },
  {
    name: 'local: a name that begins with localhost',
    corefile: '. {\nlocal\n}',
    ask: 'localhost.a.test. AAAA',
    want: ['NOERROR qr rd', 'localhost.a.test. 604800 AAAA ::1'],
  },
  {
    name: 'local: 127.0.0.1 has a name, its neighbours have none',
    corefile: '. {\nlocal\n}',
    ask: '2.0.0.127.in-addr.arpa. PTR',
    want: [
      'NXDOMAIN qr rd',
      '127.in-addr.arpa. 604800 SOA localhost. root.localhost. 1 0 0 0 604800',
    ],
  },
  {
    name: 'header: flags of replies',
    corefile: '. {\nheader {\nresponse set ra\nresponse clear aa rd\n}\nwhoami\n}',
    ask: '. NS',
    want: ['NOERROR qr ra', '. 0 A 10.244.1.7', '_udp. 0 SRV 0 0 40000 .'],
  },
  {
    name: 'minimal: nothing but answers',
    corefile: '. {\nminimal\nwhoami\n}',
    ask: 'a.test.',
    want: ['NOERROR qr aa rd'],
  },
  {
    name: 'chaos: version.bind',
    corefile: '. {\nchaos v1 one\n}',
    ask: 'version.bind. TXT',
    class: 3,
    want: ['NOERROR qr rd', 'version.bind. 0 TXT "v1"'],
  },
  {
    name: 'dns64: A records inside the prefix, TTL as the SOA allows',
    corefile:
      '. {\ndns64 {\nallow_ipv4\n}\ntemplate IN A {\nanswer "{{ .Name }} 60 IN A 10.0.0.1"\n}\n' +
      'template IN AAAA {\nauthority "{{ .Name }} 30 IN SOA a. b. 1 2 3 4 5"\n}\n}',
    ask: 'a.test. AAAA',
    want: ['NOERROR qr rd', 'a.test. 30 AAAA 64:ff9b::a00:1'],
  },
];

describe('small plugins', () => {
  for (const { name, corefile, ask, class: klass, want } of rows) {
    it(name, () => {
      const asked = lab([], { corefile }).ask(ask, klass === undefined ? {} : { class: klass });
      const { rcode, flags, answers, authority, additional } = asked;
      const records = [...answers, ...authority, ...additional].map((text) =>
        text.replace(/ HINFO .*/, ' HINFO'),
      );
      assert.deepEqual([`${rcode} ${flags}`, ...records], want);
    });
  }

  it('bufsize: caps what a client allows', () => {
    const edns = { udpSize: 4096, version: 0, dnssecOk: false, options: [] };
    const { message } = lab([], { corefile: '. {\nbufsize\nwhoami\n}' }).ask('a.test.', { edns });
    assert.equal(message.edns?.udpSize, 1232);
  });

  it('nsid: names the server to those who ask', () => {
    const asked = { code: 3, bytes: new Uint8Array() };
    const edns = { udpSize: 4096, version: 0, dnssecOk: false, options: [asked] };
    const { message } = lab([], { corefile: '. {\nnsid ab\nwhoami\n}' }).ask('a.test.', { edns });
    assert.deepEqual(message.edns?.options, [{ code: 3, bytes: Uint8Array.of(97, 98) }]);
  });

  it('erratic: every second query is dropped, also in a fork', () => {
    const { ask, fork } = lab([], { corefile: '. {\nerratic\n}' });
    assert.throws(() => ask('a.test.'), /no reply/);
    const child = fork();
    assert.deepEqual(ask('a.test.').answers, ['a.test. 0 A 192.0.2.53']);
    assert.deepEqual(child.ask('a.test.').answers, ['a.test. 0 A 192.0.2.53']);
  });

  it('erratic: a zone transfer, over UDP too, and a cut one without its end', () => {
    const soa =
      'a.test. 0 SOA sns.dns.icann.org. noc.dns.icann.org. 2018050825 7200 3600 1209600 3600';
    const want = [
      soa,
      'a.test. 0 NS b.a.test.',
      'a.test. 0 NS a.a.test.',
      'a.a.test. 0 AAAA 2001:bd8::53',
      'b.a.test. 0 AAAA 2001:500::54',
    ];
    const transfer = (options: string) =>
      lab([], { corefile: `. {\nerratic {\ndrop 0\n${options}\n}\n}` }).ask('a.test. AXFR').answers;
    assert.deepEqual(transfer('large'), [...want, soa]);
    assert.deepEqual(transfer('truncate 2'), want);
  });

  const panic = '[ERROR] Recovered from panic in server: "dns://:53" runtime error: invalid memory';
  const panics: readonly (readonly [string, string, string])[] = [
    ['minimal: a plugin behind it that drops the query', 'minimal\nerratic', 'a.test.'],
    ['autopath: the same', 'autopath /resolv.conf\nerratic', 'a.test.'],
    ['dns64 without a plugin behind it', 'dns64 {\nallow_ipv4\n}', 'a.test. AAAA'],
    [
      'dns64: nobody answers for the A records',
      'dns64 {\nallow_ipv4\n}\nacl {\ndrop type A\n}\nwhoami',
      'a.test. AAAA',
    ],
    [
      'template: an additional record that is none',
      'template IN MX {\nadditional ""\n}',
      'a.test. MX',
    ],
    [
      'template: an answer without a record in it',
      'template IN A {\nanswer "; nothing"\n}',
      'a.test.',
    ],
  ];
  for (const [name, lines, ask] of panics) {
    it(`falls over: ${name}`, () => {
      const files = { '/resolv.conf': 'search test a.test\n' };
      const { logs, ask: asking } = lab([], { corefile: `. {\nerrors\n${lines}\n}`, files });
      assert.equal(asking(ask).rcode, 'SERVFAIL');
      assert.equal(logs.length, 1);
      assert.ok(logs[0]?.startsWith(panic), logs[0]);
    });
  }

  it('erratic: a bare `truncate` cuts every second query from 1.14.5 on', () => {
    const corefile = '. {\nerratic {\ndrop 0\ntruncate\n}\n}';
    const flags = (version: CoreDnsVersion) => lab([], { corefile, version }).ask('a.').flags;
    assert.equal(flags('1.14.4'), 'qr aa rd');
    assert.equal(flags('1.14.5'), 'qr aa tc rd');
  });

  const emptyRows: readonly (readonly [string, string])[] = [
    ['minimal\ntemplate IN MX {\nanswer "; nothing"\n}', 'no reply'],
    ['template IN MX {\nauthority ""\nanswer "a. 5 MX 1 b."\n}', 'no reply'],
    ['minimal\ntemplate IN MX {\nauthority ""\nanswer "a. 5 MX 1 b."\n}', 'a. 5 MX 1 b.'],
  ];
  for (const [lines, want] of emptyRows) {
    it(`template without a record: ${lines.replaceAll('\n', ' ')}`, () => {
      const { ask } = lab([], { corefile: `. {\n${lines}\n}` });
      if (want === 'no reply') assert.throws(() => ask('a. MX'), /no reply/);
      else assert.deepEqual(ask('a. MX').answers, [want]);
    });
  }

  const localRows: readonly (readonly [string, CoreDnsVersion, string, string])[] = [
    ['local', '1.14.4', 'a.localhost.', 'NXDOMAIN'],
    ['local', '1.14.5', 'a.localhost.', 'NOERROR'],
    ['local', '1.14.5', 'localhost.a.', 'NOERROR'],
    ['local {\nlocalhost_prefix off\n}\nwhoami', '1.14.5', 'localhost.a.', 'NOERROR'],
  ];
  for (const [lines, version, name, want] of localRows) {
    it(`local ${version}: ${name} by ${lines.replaceAll('\n', ' ')}`, () => {
      const { rcode, answers } = lab([], { corefile: `. {\n${lines}\n}`, version }).ask(name);
      assert.equal(rcode, want);
      const isLocal = want === 'NOERROR' && !lines.includes('off');
      assert.deepEqual(answers, isLocal ? [`${name} 604800 A 127.0.0.1`] : []);
    });
  }

  /** The first release that refuses the line, one that takes it, and the text. */
  const since: readonly (readonly [string, CoreDnsVersion, CoreDnsVersion | null, string])[] = [
    ['any x', '1.14.4', '1.14.3', "Wrong argument count or unexpected line ending after 'x'"],
    ['local x', '1.14.4', '1.14.3', "Wrong argument count or unexpected line ending after 'x'"],
    ['chaos {\nx\n}', '1.14.4', '1.14.3', "unknown property 'x'"],
    ['ready {\nx\n}', '1.14.4', '1.14.3', "unknown property 'x'"],
    ['ready {\nmonitor x\n}', '1.12.2', null, "monitor type 'x' not supported"],
    [
      'local {\nlocalhost_prefix x\n}',
      '1.14.5',
      '1.14.3',
      `localhost_prefix expects 'on' or 'off', got "x"`,
    ],
    [
      `template IN A {\nmatch ${'x'.repeat(10_001)}\n}`,
      '1.14.0',
      '1.13.2',
      'regex pattern too long: 10001 > 10000',
    ],
  ];
  for (const [line, version, before, want] of since) {
    it(`${line.slice(0, 40).replaceAll('\n', ' ')} is refused from ${version} on`, () => {
      const corefile = `. {\n${line}\n}`;
      const at = line.includes('\n') ? 3 : 2;
      const [name] = line.split(' ');
      const message = `plugin/${name}: /etc/coredns/Corefile:${at} - Error during parsing: ${want}`;
      assert.throws(() => lab([], { corefile, version }), { message });
      if (before !== null) lab([], { corefile, version: before });
    });
  }

  it('header: a rule that does not say of what is refused from 1.12.4 on', () => {
    const corefile = '. {\nheader {\nset aa\n}\n}';
    lab([], { corefile, version: '1.12.3' });
    assert.throws(() => lab([], { corefile, version: '1.12.4' }), {
      message: 'plugin/header: setting up rule: invalid selector=set should be query or response',
    });
  });

  const refused: readonly (readonly [string, string])[] = [
    ['whoami x', "Wrong argument count or unexpected line ending after 'x'"],
    ['minimal x', "Wrong argument count or unexpected line ending after 'x'"],
    ['dns64 64::/60', 'invalid prefix length "64::/60"'],
  ];
  for (const [line, want] of refused) {
    it(`refuses ${line}`, () => {
      const [name] = line.split(' ');
      const message = `plugin/${name}: /etc/coredns/Corefile:2 - Error during parsing: ${want}`;
      assert.throws(() => lab([], { corefile: `. {\n${line}\n}` }), { message });
    });
  }
});
