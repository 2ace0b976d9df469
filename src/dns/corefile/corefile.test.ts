// Corefile text to blocks, and CoreDNS's own error texts with positions (DNS fact sheet A1-A16).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InputError } from '../../api/input-error.ts';
import { lab } from '../fixture.test.ts';
import { pluginOrder } from '../plugin.cfg.ts';
import { createDnsServer } from '../server/server.ts';
import { parseCorefile } from './corefile.ts';
import { tokens } from './lexer.ts';
import { parseZoneKey, zonesOf } from './zone-key.ts';

const words = (text: string): readonly string[] => tokens('Corefile', text).map((t) => t.text);
const known = (): boolean => true;
const shape = (text: string, env: Record<string, string> = {}) =>
  parseCorefile(text, { known, env }).map((block) => [
    block.keys.join(' '),
    [...block.directives].map(([name, list]) => `${name}: ${list.map((t) => t.text).join(' ')}`),
  ]);

describe('Corefile', () => {
  it('A1: comments, BOM, carriage returns; [q] a glued # hides text up to the blank', () => {
    assert.deepEqual(words('\ufeffa b # c\r\nfoo#bar baz'), ['a', 'b', 'foo', 'baz']);
  });
  it('A2: quotes run to the next one, only \\" is an escape', () => {
    assert.deepEqual(words('"a \\" \\n b" c"d ""'), ['a " \\n b', 'c"d', '']);
  });
  it('A3: braces count only when they stand alone', () =>
    assert.deepEqual(words('cache{ }'), ['cache{', '}']));
  it('A4: environment variables', () => {
    assert.deepEqual(shape('{$ZONE}:53 {\n log {%X%} {$NONE}y {$}\n}', { ZONE: 'a.b', X: '1' }), [
      ['a.b:53', ['log: log 1 y {$}']],
    ]);
  });
  it('A5: addresses with commas, brace on the next line, block without braces', () => {
    assert.deepEqual(shape('a, b,\nc\n{\n log\n}'), [['a b c', ['log: log']]]);
    assert.deepEqual(shape('.:53\nlog\ncache 30'), [['.:53', ['log: log', 'cache: cache 30']]]);
  });
  it('A6: snippets are spliced at every level', () => {
    const text =
      '(s) {\n log\n}\n(opts) {\n ttl 9\n}\n. {\n import s\n kubernetes c.l {\n  import opts\n }\n}';
    assert.deepEqual(shape(text), [['.', ['log: log', 'kubernetes: kubernetes c.l { ttl 9 }']]]);
  });
  it('A8: the same directive twice is concatenated', () => {
    assert.deepEqual(shape('. {\n log a\n log b\n}'), [['.', ['log: log a log b']]]);
  });
  it('A9: handlers stand in plugin.cfg order; A10 [v]: acl moved', () => {
    const at = (v: `${number}.${number}.${number}`, name: string) => pluginOrder(v).indexOf(name);
    assert.ok(
      at('1.12.1', 'errors') < at('1.12.1', 'cache') &&
        at('1.12.1', 'cache') < at('1.12.1', 'kubernetes'),
    );
    assert.ok(at('1.12.1', 'acl') < at('1.12.1', 'cache'));
    assert.ok(at('1.14.2', 'acl') > at('1.14.2', 'cache'));
    assert.ok(at('1.14.7', 'rewrite') < at('1.14.7', 'cache'));
  });
  it('A11: keys to zones and ports', () => {
    assert.deepEqual(parseZoneKey('Example.ORG:1053'), [
      { scheme: 'dns', zone: 'example.org.', port: 1053 },
    ]);
    assert.deepEqual(zonesOf('10.0.0.0/15'), ['0.10.in-addr.arpa.', '1.10.in-addr.arpa.']);
    assert.deepEqual(zonesOf('fd00::/8'), ['d.f.ip6.arpa.']);
  });

  const errors: readonly { name: string; text: string; want: string; line?: number }[] = [
    {
      name: 'A13',
      text: '.:53 {\n\n foo\n}',
      want: "/etc/coredns/Corefile:3 - Error during parsing: Unknown directive 'foo'",
      line: 3,
    },
    {
      name: 'A14: missing brace',
      text: '. {\n errors',
      want: "/etc/coredns/Corefile:2 - Syntax error: Unexpected token 'errors', expecting '}'",
    },
    {
      name: 'A14: extra brace',
      text: '. {\n errors }\n}',
      want: "/etc/coredns/Corefile:2 - Error during parsing: Unexpected '}' because no matching opening brace",
    },
    {
      name: 'A14: extra comma',
      text: 'a, {\n}',
      want: "/etc/coredns/Corefile:1 - Error during parsing: Expected another address but had '{' - check for extra comma",
    },
    {
      name: 'A14: snippet twice',
      text: '(a) {\n}\n(a) {\n}',
      want: '/etc/coredns/Corefile:3 - Error during parsing: redeclaration of previously declared snippet a',
    },
    {
      name: 'A14: import of a missing file',
      text: '. {\n import x\n}',
      want: '/etc/coredns/Corefile:2 - Error during parsing: File to import not found: x',
    },
    {
      name: 'A15',
      text: '. {\n kubernetes c.l {\n  foo\n }\n}',
      want: "plugin/kubernetes: /etc/coredns/Corefile:3 - Error during parsing: unknown property 'foo'",
      line: 3,
    },
    {
      name: 'A8: kubernetes twice',
      text: '. {\n kubernetes c.l\n kubernetes c.l\n}',
      want: 'plugin/kubernetes: this plugin can only be used once per Server Block',
    },
    {
      name: 'A16',
      text: 'a.b {\n errors\n}\na.b {\n errors\n}',
      want: 'cannot serve dns://a.b.:53 - it is already defined',
    },
    {
      name: 'B1: pods',
      text: '. {\n kubernetes c.l {\n  pods x\n }\n}',
      want: 'plugin/kubernetes: wrong value for pods: x,  must be one of: disabled, verified, insecure',
    },
    {
      name: 'B1: ttl',
      text: '. {\n kubernetes c.l {\n  ttl 9999\n }\n}',
      want: 'plugin/kubernetes: /etc/coredns/Corefile:3 - Error during parsing: ttl must be in range [0, 3600]: 9999',
    },
    {
      name: 'B: zones',
      text: '. {\n kubernetes 10.in-addr.arpa\n}',
      want: 'plugin/kubernetes: non-reverse zone name must be used',
    },
    {
      name: 'C: forward',
      text: '. {\n forward . 8.8.8.8 {\n  x\n }\n}',
      want: "plugin/forward: /etc/coredns/Corefile:3 - Error during parsing: unknown property 'x'",
    },
    {
      name: 'C: too few arguments',
      text: '. {\n forward .\n}',
      want: "plugin/forward: /etc/coredns/Corefile:2 - Error during parsing: Wrong argument count or unexpected line ending after '.'",
    },
    {
      name: 'a directive that is not modelled says so',
      text: '. {\n geoip x\n}',
      want: "plugin/geoip: /etc/coredns/Corefile:2 - Error during parsing: directive 'geoip' is not modelled: it would change answers, and its rules are not built",
    },
  ];
  for (const { name, text, want, line } of errors) {
    it(`${name}: ${want.slice(0, 60)}`, () => {
      const positionOf = (at: number, column: number) => ({
        position: { file: 'coredns.yaml', line: at + 10, column },
        sourceLine: text.split('\n')[at - 1] ?? null,
      });
      const { server } = lab([], { corefile: '. {\n errors\n}' });
      assert.ok(server);
      const environment = {
        lister: { get: () => undefined, list: () => [] },
        choices: {
          pick: () => 0,
          fork() {
            return this;
          },
        },
        localAddrs: [],
        resolvConf: '',
        synced: () => true,
        readFile: () => undefined,
        files: () => [],
        serial: () => 0,
        log: () => undefined,
      };
      assert.throws(
        () => createDnsServer({ corefile: text, minor: 34, environment, positionOf }),
        (error) => {
          assert.ok(error instanceof InputError);
          assert.equal(error.message, want);
          if (line !== undefined) assert.equal(error.position?.line, line + 10);
          return true;
        },
      );
    });
  }
});
