// The plugin `template` (DNS fact sheet C). Every `want` was answered, or said, by the real CoreDNS 1.12.1 over the same
// Corefile: rcode, then the records of all sections.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lab } from '../../fixture.test.ts';

const rows: readonly {
  readonly name: string;
  readonly rule: string;
  readonly ask: string;
  readonly want: readonly string[];
}[] = [
  {
    name: 'C: Go template over .Name',
    rule: 'template IN A example.org {\nanswer "{{ .Name }} 60 IN A 10.0.0.1"\n}',
    ask: 'FOO.example.org.',
    want: ['NOERROR', 'foo.example.org. 60 A 10.0.0.1'],
  },
  {
    name: 'a type and a class without a word are empty [q]',
    rule: 'template ANY ANY {\nanswer "{{ .Name }} 60 IN TXT \\"<{{ .Type }}|{{ .Class }}>\\""\n}',
    ask: 'a. TYPE300',
    want: ['NOERROR', 'a. 60 TXT "<|IN>"'],
  },
  {
    name: 'C: groups by number and by name',
    rule: 'template IN A . {\nmatch "^ip-(?P<a>[0-9]*)-(?P<b>[0-9]*)-([0-9]*)-([0-9]*)\\.example\\."\nanswer "{{ .Name }} 60 IN A {{ .Group.a }}.{{ .Group.b }}.{{ index .Match 3 }}.{{ index .Group \\"4\\" }}"\n}',
    ask: 'ip-10-1-2-3.example.',
    want: ['NOERROR', 'ip-10-1-2-3.example. 60 A 10.1.2.3'],
  },
  {
    name: 'C: no expression matches and no fallthrough: SERVFAIL',
    rule: 'template IN A . {\nmatch ^ip\nanswer "{{ .Name }} 60 IN A 10.0.0.1"\n}',
    ask: 'foo.example.',
    want: ['SERVFAIL'],
  },
  {
    name: 'C: fallthrough goes to the next stanza',
    rule: 'template IN A . {\nmatch ^ip\nfallthrough\n}\ntemplate IN A . {\nanswer "{{ .Name }} 60 IN A 10.0.0.2"\n}',
    ask: 'foo.example.',
    want: ['NOERROR', 'foo.example. 60 A 10.0.0.2'],
  },
  {
    name: 'C: NXDOMAIN with SOA',
    rule: 'template ANY ANY internal.test {\nrcode NXDOMAIN\nauthority "internal.test. 60 IN SOA ns.internal.test. h.internal.test. (1 60 60 60 60)"\n}',
    ask: 'x.internal.test. AAAA',
    want: ['NXDOMAIN', 'internal.test. 60 SOA ns.internal.test. h.internal.test. 1 60 60 60 60'],
  },
  {
    name: 'C: a CNAME to A is chased through the server',
    rule: 'template IN ANY alias.test {\nanswer "{{ .Name }} 60 IN CNAME web.real.test."\n}\ntemplate IN A real.test {\nanswer "{{ .Name }} 30 IN A 10.0.0.7"\n}',
    ask: 'x.alias.test.',
    want: ['NOERROR', 'x.alias.test. 60 CNAME web.real.test.', 'web.real.test. 30 A 10.0.0.7'],
  },
  {
    name: 'and not for other types',
    rule: 'template IN ANY alias.test {\nanswer "{{ .Name }} 60 IN CNAME web.real.test."\n}',
    ask: 'x.alias.test. TXT',
    want: ['NOERROR', 'x.alias.test. 60 CNAME web.real.test.'],
  },
  {
    name: 'parseInt and printf make a reverse name of hex',
    rule: 'template IN A . {\nmatch "^(..)(..)(..)(..)\\.hex"\nanswer "{{ .Name }} 60 IN A {{ range $i, $m := slice .Match 1 }}{{ if $i }}.{{ end }}{{ printf \\"%d\\" (parseInt $m 16 8) }}{{ end }}"\n}',
    ask: '0a0001ff.hex.',
    want: ['NOERROR', '0a0001ff.hex. 60 A 10.0.1.255'],
  },
  {
    name: 'with, else, eq, len and variables',
    rule: 'template IN TXT . {\nanswer "{{ $n := .Name }}{{ with .Group.nope }}{{ . }}{{ else }}{{ $n }}{{ end }} 60 IN TXT {{ if and (eq .Type `TXT`) (lt (len .Match) 2) }}yes{{ else }}no{{ end }}"\n}',
    ask: 'foo.example. TXT',
    want: ['NOERROR', 'foo.example. 60 TXT "yes"'],
  },
  {
    name: '.Question, .Remote, .Class and .Zone',
    rule: 'template IN TXT example {\nanswer "{{ .Name }} 60 IN TXT {{ .Zone }} {{ .Class }} {{ .Question.Name }} {{ .Question.Qtype }} {{ .Message.RecursionDesired }}"\n}',
    ask: 'Foo.Example. TXT',
    want: ['NOERROR', 'foo.example. 60 TXT "example." "IN" "Foo.Example." "16" "true"'],
  },
  {
    name: 'an unknown field is SERVFAIL',
    rule: 'template IN A . {\nanswer "{{ .Nope }} 60 IN A 10.0.0.2"\n}',
    ask: 'foo.example.',
    want: ['SERVFAIL'],
  },
  {
    name: 'text that is no record is SERVFAIL',
    rule: 'template IN A . {\nanswer "{{ .Name }} 60 IN A ten"\n}',
    ask: 'foo.example.',
    want: ['SERVFAIL'],
  },
  {
    name: 'rcode SERVFAIL writes nothing',
    rule: 'template IN A . {\nrcode SERVFAIL\nanswer "{{ .Name }} 60 IN A 10.0.0.2"\n}',
    ask: 'foo.example.',
    want: ['SERVFAIL'],
  },
  {
    name: 'numbers compare by value, whatever their sign',
    rule: 'template IN TXT . {\nanswer "{{ .Name }} 60 IN TXT {{ eq .Question.Qtype 16 }} {{ gt 3 2 }} {{ ne 1 2 }} {{ not 0 }} {{ or 0 `x` }}"\n}',
    ask: 'foo.example. TXT',
    want: ['NOERROR', 'foo.example. 60 TXT "true" "true" "true" "true" "x"'],
  },
  {
    name: 'slice, index and print',
    rule: 'template IN TXT . {\nanswer "{{ .Name }} 60 IN TXT {{ slice .Name 0 3 }} {{ index .Name 0 }} {{ print 1 2 `a` 3 | printf `%q` }}"\n}',
    ask: 'foo.example. TXT',
    want: ['NOERROR', 'foo.example. 60 TXT "foo" "102" "1 2a3"'],
  },
];

describe('template', () => {
  for (const { name, rule, ask, want } of rows) {
    it(name, () => {
      const corefile = `. {\n${rule}\n}\n`;
      const { rcode, answers, authority, additional } = lab([], { corefile }).ask(ask);
      assert.deepEqual([rcode, ...answers, ...authority, ...additional], want);
    });
  }

  it('is authoritative, and gives an extended error when told so', () => {
    const corefile = '. {\ntemplate IN A {\nrcode REFUSED\nederror 15 no\n}\n}';
    const { message, flags } = lab([], { corefile }).ask('a.test.');
    assert.equal(flags, 'qr aa rd');
    assert.deepEqual(message.edns?.options, [{ code: 15, bytes: Uint8Array.of(0, 15, 110, 111) }]);
  });

  it('a fault of a template is said by errors, with its place', () => {
    const corefile = '. {\nerrors\ntemplate IN A {\nanswer "{{ .Name }} {{ .Nope }}"\n}\n}';
    const { ask, logs } = lab([], { corefile });
    ask('a.test.');
    assert.deepEqual(logs, [
      '[ERROR] plugin/errors: 2 a.test. A: template: answer:1:15: executing "answer" at <.Nope>: ' +
        "can't evaluate field Nope in type *template.templateData",
    ]);
  });

  it('a CNAME to itself ends', () => {
    const corefile = '. {\ntemplate IN A {\nanswer "{{ .Name }} 60 IN CNAME {{ .Name }}"\n}\n}';
    assert.equal(lab([], { corefile }).ask('a.test.').rcode, 'NOERROR');
  });

  const refused: readonly (readonly [string, string])[] = [
    ['{{', 'unclosed action'],
    ['{{ foo }}', 'function "foo" not defined'],
    ['{{ if }}', 'missing value for if'],
    ['{{ if .Name }}', 'unexpected EOF'],
    ['{{ end }}', 'unexpected {{end}}'],
    ['{{ $x }}', 'undefined variable "$x"'],
    ['{{ .Name }', 'unexpected "}" in operand'],
    ['{{ .Name | 3 }}', 'non executable command in pipeline stage 2'],
    ['{{ break }}', '{{break}} outside {{range}}'],
    ['{{ ( .Name }}', 'unclosed left paren'],
    ['{{ 3.Name }}', 'bad number syntax: "3.N"'],
  ];
  for (const [text, want] of refused) {
    it(`refuses ${text}`, () => {
      const corefile = `. {\n template IN A {\n  answer "${text}"\n }\n}`;
      const message =
        'plugin/template: /etc/coredns/Corefile:3 - Error during parsing: ' +
        `could not compile template: ${text}, template: answer:1: ${want}`;
      assert.throws(() => lab([], { corefile }), { message });
    });
  }

  const options: readonly (readonly [string, string])[] = [
    ['template XX A', 'invalid query class XX'],
    ['template IN a', 'invalid RR class a'],
    [
      'template IN A {\nmatch (\n}',
      'could not parse regex: (, error parsing regexp: missing closing ): `(`',
    ],
    ['template IN A {\nrcode FOO\n}', 'unknown rcode FOO'],
    ['template IN A {\nbogus\n}', "Wrong argument count or unexpected line ending after 'bogus'"],
  ];
  for (const [rule, want] of options) {
    it(`refuses ${rule.replaceAll('\n', ' ')}`, () => {
      const line = rule.includes('{') ? 3 : 2;
      const message = `plugin/template: /etc/coredns/Corefile:${line} - Error during parsing: ${want}`;
      assert.throws(() => lab([], { corefile: `. {\n${rule}\n}` }), { message });
    });
  }
});
