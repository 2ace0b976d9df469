// The rules of `rewrite` (DNS fact sheet C). Every `want` was answered, or said, by the real CoreDNS of the row's version
// over the same Corefile: rcode, then the records of all sections.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lab } from '../../fixture.test.ts';
import type { CoreDnsVersion } from '../../kubeadm/version.ts';

/** Answers everything, so that what a rule made of the query shows. */
const DOWN = String.raw`template IN A . {
match ^nx
rcode NXDOMAIN
authority "example.org. 60 IN SOA ns.example.org. h.example.org. 1 2 3 4 5"
fallthrough
}
template IN A . {
match ^fail
rcode SERVFAIL
fallthrough
}
template IN A . {
match ^alias\.(.*)$
answer "{{ .Name }} 50 IN CNAME web.{{ index .Match 1 }}"
answer "web.{{ index .Match 1 }} 50 IN A 10.0.0.2"
fallthrough
}
template IN A . {
answer "{{ .Name }} 60 IN A 10.0.0.1"
}
template IN SRV {
answer "{{ .Name }} 60 IN SRV 0 100 80 web.{{ .Name }}"
}`;

interface Row {
  readonly name: string;
  readonly rule: string;
  readonly ask: string;
  readonly version?: CoreDnsVersion;
  readonly want: readonly string[];
}

const rows: readonly Row[] = [
  {
    name: 'C: exact maps owners and data back, below the name too',
    rule: 'rewrite name foo.example.com db.svc.local',
    ask: 'FOO.example.com. SRV',
    want: ['NOERROR', 'foo.example.com. 60 SRV 0 100 80 web.foo.example.com.'],
  },
  {
    name: 'C: FROM and TO are made lower case and absolute',
    rule: 'rewrite name exact Foo.Example.com WEB.Test',
    ask: 'foo.example.com.',
    want: ['NOERROR', 'foo.example.com. 60 A 10.0.0.1'],
  },
  {
    name: 'C: a suffix without `answer` keeps the new name in the reply',
    rule: 'rewrite name suffix .example.com .svc.local',
    ask: 'foo.example.com.',
    want: ['NOERROR', 'foo.svc.local. 60 A 10.0.0.1'],
  },
  {
    name: 'C: suffix with `answer auto` swaps suffixes',
    rule: 'rewrite name suffix .example.com .svc.local answer auto',
    ask: 'foo.example.com. SRV',
    want: ['NOERROR', 'foo.example.com. 60 SRV 0 100 80 web.foo.example.com.'],
  },
  {
    name: 'C [q]: `prefix foo` means "foo."',
    rule: 'rewrite name prefix foo bar',
    ask: 'food.example.com.',
    want: ['NOERROR', 'food.example.com. 60 A 10.0.0.1'],
  },
  {
    name: 'C [q]: and so matches the first label alone',
    rule: 'rewrite name prefix foo bar answer auto',
    ask: 'foo.example.com. SRV',
    want: ['NOERROR', 'foo.example.com. 60 SRV 0 100 80 web.foo.example.com.'],
  },
  {
    name: 'C [q]: a substring ends with a dot as well',
    rule: 'rewrite name substring ample zzz',
    ask: 'foo.example.com.',
    want: ['NOERROR', 'foo.exzzz.com. 60 A 10.0.0.1'],
  },
  {
    name: 'C: regex searches, groups are {1}',
    rule: 'rewrite name regex (.*)\\.example\\.com {1}.svc.local',
    ask: 'foo.example.com.x.',
    want: ['NOERROR', 'foo.svc.local. 60 A 10.0.0.1'],
  },
  {
    name: 'C: regex with answer name and answer value',
    rule: 'rewrite stop {\nname regex (.*)\\.example\\.com {1}.svc.local\nanswer name (.*)\\.svc\\.local {1}.example.com\nanswer value (.*)\\.svc\\.local {1}.value.org\n}',
    ask: 'foo.example.com. SRV',
    want: ['NOERROR', 'foo.example.com. 60 SRV 0 100 80 web.foo.value.org.'],
  },
  {
    name: 'C: `continue` goes on to the next rule, replies are undone in reverse order',
    rule: 'rewrite continue name foo.example.com a.example.net\nrewrite name suffix .example.net .q.org answer auto',
    ask: 'foo.example.com. SRV',
    want: ['NOERROR', 'foo.example.com. 60 SRV 0 100 80 web.foo.example.com.'],
  },
  {
    name: 'C: the first `stop` that applies ends',
    rule: 'rewrite name foo.example.com first.org\nrewrite name foo.example.com second.org',
    ask: 'foo.example.com.',
    want: ['NOERROR', 'foo.example.com. 60 A 10.0.0.1'],
  },
  {
    name: 'C: an invalid result is SERVFAIL',
    rule: 'rewrite name suffix example.com a..b',
    ask: 'foo.example.com.',
    want: ['SERVFAIL'],
  },
  {
    name: 'C: type',
    rule: 'rewrite type SRV A',
    ask: 'foo.example.com. SRV',
    want: ['NOERROR', 'foo.example.com. 60 A 10.0.0.1'],
  },
  {
    name: 'C: ttl raises and caps',
    rule: 'rewrite ttl suffix com 5-10',
    ask: 'foo.example.com.',
    want: ['NOERROR', 'foo.example.com. 10 A 10.0.0.1'],
  },
  {
    name: 'C: ttl MIN- of every record',
    rule: 'rewrite ttl regex .* 120-',
    ask: 'nx.example.com.',
    want: ['NXDOMAIN', 'example.org. 120 SOA ns.example.org. h.example.org. 1 2 3 4 5'],
  },
  {
    name: 'C: rcode needs a record to hang on',
    rule: 'rewrite rcode regex .* NXDOMAIN NOERROR',
    ask: 'nx.example.com.',
    want: ['NOERROR', 'example.org. 60 SOA ns.example.org. h.example.org. 1 2 3 4 5'],
  },
  {
    name: 'C: a SERVFAIL that nobody wrote keeps its rcode',
    rule: 'rewrite rcode regex .* SERVFAIL NXDOMAIN',
    ask: 'fail.example.com.',
    want: ['SERVFAIL'],
  },
  {
    name: 'C: from 1.14.7 on its rcode is rewritten as well',
    rule: 'rewrite rcode regex .* SERVFAIL NXDOMAIN',
    ask: 'fail.example.com.',
    version: '1.14.7',
    want: ['NXDOMAIN'],
  },
  {
    name: 'C: cname retargets and resolves again',
    rule: 'rewrite cname exact web.example.com. other.org.',
    ask: 'alias.example.com.',
    want: ['NOERROR', 'alias.example.com. 50 CNAME other.org.', 'other.org. 60 A 10.0.0.1'],
  },
  {
    name: 'C: from 1.14.2 on with all that the look-up found',
    rule: 'rewrite cname suffix example.com. other.org.',
    ask: 'alias.example.com.',
    version: '1.14.2',
    want: ['NOERROR', 'alias.example.com. 50 CNAME web.other.org.', 'web.other.org. 60 A 10.0.0.1'],
  },
  {
    name: 'an option that must be taken back from a reply without OPT panics before 1.14.7',
    rule: 'rewrite edns0 local set 0xffee abc revert',
    ask: 'foo.example.com.',
    want: ['SERVFAIL'],
  },
  {
    name: 'and does not from then on',
    rule: 'rewrite edns0 local set 0xffee abc revert',
    ask: 'foo.example.com.',
    version: '1.14.7',
    want: ['NOERROR', 'foo.example.com. 60 A 10.0.0.1'],
  },
];

describe('rewrite', () => {
  for (const { name, rule, ask, version = '1.12.1', want } of rows) {
    it(name, () => {
      const corefile = `. {\n${rule}\n${DOWN}\n}\n`;
      const { rcode, answers, authority, additional } = lab([], { corefile, version }).ask(ask);
      assert.deepEqual([rcode, ...answers, ...authority, ...additional], want);
    });
  }

  it('gives the client its question back, as it was spelt', () => {
    const corefile = `. {\nrewrite name foo.example.com bar.org\n${DOWN}\n}\n`;
    const { message } = lab([], { corefile }).ask('FOO.Example.com.');
    assert.equal(message.questions[0]?.name, 'FOO.Example.com.');
  });

  it('[q] a client without EDNS gets the OPT record that edns0 made for the query', () => {
    const corefile = `. {\nrewrite edns0 local set 0xffee abc\n${DOWN}\n}\n`;
    const { message } = lab([], { corefile }).ask('foo.example.com.');
    assert.equal(message.edns?.udpSize, 4096);
    assert.deepEqual(message.edns?.options, [{ code: 0xffee, bytes: Uint8Array.of(97, 98, 99) }]);
  });

  it('A10: before 1.14.7 the cache keeps the name that was asked for, then the rewritten one', () => {
    const corefile = `. {\ncache\nrewrite name suffix .a.test .b.test\n${DOWN}\n}\n`;
    for (const [version, cached] of [
      ['1.14.2', false],
      ['1.14.7', true],
    ] as const) {
      const { ask } = lab([], { corefile, version });
      ask('x.b.test.');
      assert.equal(ask('x.a.test.', { nowMs: 1000 }).cached, cached, version);
    }
  });

  const refused: readonly (readonly [string, string])[] = [
    ['rewrite foo', 'invalid rule type "foo"'],
    ['rewrite continue', 'continue rule must begin with a rule type'],
    ['rewrite answer a b', 'response rewrites must begin with a name rule'],
    [
      'rewrite name bogus a b',
      'name rule supports only exact, prefix, suffix, substring, and regex name matching, received: bogus',
    ],
    ['rewrite name regex ( b', 'invalid regex matching pattern: ('],
    [
      'rewrite name regex a.b {1}',
      'the rewrite regex pattern ({1}) uses more subexpressions than its corresponding matching regex pattern (a.b)',
    ],
    [
      'rewrite name regex (a) b answer name x',
      'name answer rule for regex rule: 2 arguments required',
    ],
    [
      'rewrite name regex (a) b answer auto answer name x y',
      'auto name answer rule cannot be combined with explicit name anwer rules',
    ],
    ['rewrite type A', 'type rules must have exactly two arguments'],
    ['rewrite class IN XX', 'invalid class "XX"'],
    ['rewrite ttl a 5-3', "invalid TTL '5-3' for a ttl rule"],
    ['rewrite rcode a 24 0', "invalid matching RCODE '24' for a rcode rule"],
    ['rewrite cname a', 'too few (1) arguments for a cname rule'],
    ['rewrite edns0 local set 70000 y', 'strconv.ParseUint: parsing "70000": value out of range'],
    ['rewrite edns0 local set 0xffee 0x1', 'encoding/hex: odd length hex string'],
    ['rewrite edns0 subnet set 33 56', 'invalid IPv4 bit mask length 33'],
  ];
  for (const [rule, want] of refused) {
    it(`refuses ${rule}`, () => {
      const corefile = `. {\n${rule}\n}`;
      assert.throws(() => lab([], { corefile }), { message: `plugin/rewrite: ${want}` });
    });
  }

  it('A10: edns0 unset is known from 1.12.3 on', () => {
    const corefile = '. {\nrewrite edns0 nsid unset\n}';
    const message = 'plugin/rewrite: invalid action: "unset"';
    assert.throws(() => lab([], { corefile, version: '1.12.1' }), { message });
    lab([], { corefile, version: '1.12.3' });
  });

  it('a new target that is no name: the client hears nothing', () => {
    const corefile = `. {\nrewrite cname prefix web x.\n${DOWN}\n}\n`;
    assert.throws(() => lab([], { corefile }).ask('alias.a.test.'), /no reply/);
  });

  it('cname regex that does not compile: a panic at each CNAME before 1.13.2, then refused', () => {
    const corefile = `. {\nrewrite cname regex "(?P<n>a)" b\n${DOWN}\n}\n`;
    const { ask, logs } = lab([], { corefile, version: '1.12.1' });
    assert.equal(ask('web.a.test.').rcode, 'NOERROR');
    assert.equal(ask('alias.a.test.').rcode, 'SERVFAIL');
    const text = 'error parsing regexp: invalid or unsupported Perl syntax: `(?p`';
    const panic = `regexp: Compile(\`(?p<n>a)\`): ${text}`;
    assert.deepEqual(logs, [`[ERROR] Recovered from panic in server: "dns://:53" ${panic}`]);
    assert.throws(() => lab([], { corefile, version: '1.13.2' }), {
      message: `plugin/rewrite: invalid cname rewrite regex pattern: ${text}`,
    });
  });

  it('a new target that nobody answers for: a panic before 1.12.4, then a line', () => {
    const corefile = `. {\nrewrite cname exact web.a.test. drop.\nacl drop. {\ndrop\n}\n${DOWN}\n}\n`;
    const old = lab([], { corefile, version: '1.12.1' });
    assert.equal(old.ask('alias.a.test.').rcode, 'SERVFAIL');
    assert.match(old.logs.join(), /Recovered from panic/);
    const { ask, logs } = lab([], { corefile, version: '1.12.4' });
    assert.equal(ask('alias.a.test.').rcode, 'NOERROR');
    assert.deepEqual(logs, ['[ERROR] plugin/rewrite: upstream lookup returned nil']);
  });

  it('a rule that asks for itself without end ends', () => {
    const corefile = `. {\nrewrite cname regex (.*) {1}\n${DOWN}\n}\n`;
    assert.equal(lab([], { corefile }).ask('alias.example.com.').rcode, 'NOERROR');
  });
});
