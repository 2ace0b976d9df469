// The oddities of CoreDNS's own parser, row by row: imports of files, environment variables, braces, quotes, and what
// listens where. Each was asked of CoreDNS 1.12.1 and 1.14.2.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InputError } from '../../api/input-error.ts';
import { addr } from '../../net/addr.ts';
import type { CoreDnsVersion } from '../kubeadm/version.ts';
import { pluginOrder } from '../plugin.cfg.ts';
import { configure } from '../server/config.ts';
import { parseCorefile } from './corefile.ts';
import { tokens } from './lexer.ts';

const words = (text: string): readonly string[] => tokens('', text).map((t) => t.text);

interface Given {
  readonly text: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly version?: CoreDnsVersion;
}

const folder = '/etc/coredns';

function optionsOf({ files = {}, env = {}, version = '1.12.1' }: Given, warnings: string[] = []) {
  return {
    env,
    version,
    readFile: (path: string) => files[path],
    files: () => [`${folder}/Corefile`, ...Object.keys(files)].sort(),
    warn: (line: string) => warnings.push(line),
  };
}

/** "KEY KEY: directive words, directive words" for each block. */
const shape = (given: Given) =>
  parseCorefile(given.text, { ...optionsOf(given), known: (name) => name !== 'foo' }).map(
    ({ keys, directives }) =>
      `${keys.join(' ')}: ${[...directives.values()].map((d) => d.map((t) => t.text).join(' ')).join(', ')}`,
  );

describe('Corefile parser', () => {
  it('A1: a carriage return is nothing, also within a word; a no-break space ends a word', () => {
    assert.deepEqual(words('a\rb c\u00a0d\r\ne'), ['ab', 'c', 'd', 'e']);
  });
  it('A2: a backslash hides what follows it; an unclosed quote ends with the text', () => {
    assert.deepEqual(words('"a\\\\" b"c" "d\r\n'), ['a\\\\', 'b"c"', 'd\r\n']);
    assert.deepEqual(words('"a"b ""c "'), ['a', 'b', '', 'c']);
  });

  const files = {
    '/etc/coredns/extra/a.conf': 'log a',
    '/etc/coredns/extra/b.conf': 'log b\nimport ../one',
    '/etc/coredns/one': 'errors',
    '/etc/coredns/zone': 'b.c {\n log\n}\nc.d {\n errors\n}\n',
  };
  const shapes: readonly (Given & { readonly name: string; readonly want: readonly string[] })[] = [
    {
      name: 'A6: files are imported from the folder of the file that imports, in the order of names',
      text: '. {\n import extra/*.conf\n whoami\n}',
      files,
      want: ['.: log a log b, errors, whoami'],
    },
    {
      name: 'A6: a file may hold whole server blocks',
      text: '. {\n whoami\n}\nimport zone',
      files,
      want: ['.: whoami', 'b.c: log', 'c.d: errors'],
    },
    {
      name: 'A6: a directive named import is only one as first of a line',
      text: '. {\n log import one\n}',
      files,
      want: ['.: log import one'],
    },
    {
      name: 'A6: a snippet is known before a file of that name',
      text: '(one) {\n whoami\n}\n. {\n import one\n}',
      files,
      want: ['.: whoami'],
    },
    {
      name: 'A6: lines of a snippet count as where it was written',
      text: '(a) {\n import b\n errors\n}\n\n(b) {\n log\n}\n. {\n import a\n}',
      want: ['.: log errors'],
    },
    {
      name: 'A4: a variable holds one token, whatever is in it',
      text: '{$A} {\n log {%A%}\n}',
      env: { A: 'x y' },
      want: ['x y: log x y'],
    },
    {
      name: 'A4: variables are replaced until none is left; an empty name ends that',
      text: '. {\n log {$A} {$}{$B} {$B}{$}\n}',
      env: { A: '{$B}', B: 'b' },
      want: ['.: log b {$}{$B} b{$}'],
    },
    { name: 'A5: a lone } is an address', text: '}', want: ['}: '] },
    { name: 'A6: a snippet without its block is an address', text: '(s)', want: ['(s): '] },
    { name: 'A5: a block without address is none', text: '{\n whoami\n}', want: [] },
    {
      name: "A5: a block's last brace may be its last directive's",
      text: '. {\n kubernetes {\n }\n',
      want: ['.: kubernetes { }'],
    },
    { name: 'A5: an empty token is no address', text: '"" a {\n log\n}', want: ['a: log'] },
  ];
  for (const row of shapes) it(row.name, () => assert.deepEqual(shape(row), row.want));

  const refused: readonly (Given & { readonly name: string; readonly want: string })[] = [
    {
      name: 'A13: an error in an imported file names that file',
      text: '. {\n import sub\n}',
      files: { '/etc/coredns/sub': '\nfoo' },
      want: "/etc/coredns/sub:2 - Error during parsing: Unknown directive 'foo'",
    },
    {
      name: 'A14: an import without argument',
      text: '. {\n import\n}',
      want: "/etc/coredns/Corefile:2 - Error during parsing: Wrong argument count or unexpected line ending after 'import'",
    },
    {
      name: 'A14: an import of two',
      text: '. {\n import a b\n}',
      want: '/etc/coredns/Corefile:2 - Error during parsing: Import takes only one argument (glob pattern or file)',
    },
    {
      name: 'A14: an import of a variable that is not set',
      text: '. {\n import {$NONE}\n}',
      want: '/etc/coredns/Corefile:2 - Error during parsing: Import requires a non-empty filepath',
    },
    {
      name: 'A14: two wildcards',
      text: '. {\n import */*.conf\n}',
      want: '/etc/coredns/Corefile:2 - Error during parsing: Glob pattern may only contain one wildcard (*), but has others: /etc/coredns/*/*.conf',
    },
    {
      name: 'A14: * alone also matches the folder that the kubelet hides',
      text: '. {\n import *\n}',
      want: '/etc/coredns/Corefile:2 - Error during parsing: Could not import /etc/coredns/..data: is a directory',
    },
    {
      name: 'A14: an open comma at the end',
      text: 'a,',
      want: '/etc/coredns/Corefile:1 - Error during parsing: Unexpected EOF',
    },
    {
      name: 'A14: a snippet without braces',
      text: '(s)\nlog',
      want: "/etc/coredns/Corefile:2 - Syntax error: Unexpected token 'log', expecting '{'",
    },
    {
      name: 'A14: a snippet of itself, from 1.13.0 on',
      text: '(s) {\n import s\n}',
      version: '1.13.1',
      want: '/etc/coredns/Corefile:3 - Error during parsing: maximum snippet import depth (10000) exceeded',
    },
    {
      name: 'A14: snippets in a circle',
      text: '(a) {\n import b\n}\n(b) {\n import a\n}\n. {\n import a\n}',
      version: '1.14.2',
      want: '/etc/coredns/Corefile:5 - Error during parsing: maximum snippet import depth (10000) exceeded',
    },
    {
      name: 'A14: before, CoreDNS never ended; we say so',
      text: '(s) {\n import s\n}\n. {\n import s\n}',
      want: '/etc/coredns/Corefile:2 - Error during parsing: imports go in a circle',
    },
    {
      name: 'A4: a variable that holds itself, which CoreDNS replaces for ever',
      text: '. {\n log {$A}\n}',
      env: { A: 'x{$A}' },
      want: '/etc/coredns/Corefile:2 - Error during parsing: the environment variables in {$A} refer to themselves',
    },
  ];
  for (const row of refused) {
    it(row.name, () => assert.throws(() => shape(row), { name: 'InputError', message: row.want }));
  }

  it('A6: a pattern that matches nothing is only logged', () => {
    const warnings: string[] = [];
    const given = { text: '. {\n import custom/*.override\n whoami\n}' };
    const options = { ...optionsOf(given, warnings), known: () => true };
    assert.equal(parseCorefile(given.text, options).length, 1);
    assert.deepEqual(warnings, [
      '[WARNING] No files matching import glob pattern: custom/*.override',
    ]);
  });
});

describe('Corefile: what listens where', () => {
  const sites = (text: string, version: CoreDnsVersion = '1.12.1') =>
    configure(text, {
      ...optionsOf({ text }),
      version,
      localAddrs: [addr('10.244.1.2')],
      resolvConf: 'nameserver 8.8.8.8\n',
      log: () => undefined,
    }).sites;
  const errors = 'errors\n}\n';
  const rows: readonly { name: string; text: string; want: string; version?: CoreDnsVersion }[] = [
    {
      name: 'A11: a colon without port',
      text: `x: {\n${errors}`,
      want: 'error inspecting server blocks: expecting data after last colon: "x:"',
    },
    {
      name: 'A11: a port without zone',
      text: `:53 {\n${errors}`,
      want: 'error inspecting server blocks: zone is not a valid domain name: ',
    },
    {
      name: 'A11: nothing but an escape',
      text: `\\ {\n${errors}`,
      want: 'error inspecting server blocks: zone is not a valid domain name: \\',
    },
    {
      name: 'A11: a port that is none',
      text: `x:99999 {\n${errors}`,
      want: 'address 99999: invalid port',
    },
    {
      name: 'A11: a range of zeros',
      text: `::/8 {\n${errors}`,
      want: 'error inspecting server blocks: invalid CIDR ::/8',
    },
    {
      name: 'A16: bound to an address and to all',
      text: `. {\nbind 10.244.1.2\n${errors}. {\n${errors}`,
      want: 'cannot serve dns://.:53 - zone overlap listener capacity with dns://.:53 on 10.244.1.2',
    },
    {
      name: 'A16: to all and to an address',
      text: `. {\n${errors}. {\nbind 10.244.1.2\n${errors}`,
      want: 'cannot serve dns://.:53 on 10.244.1.2 - zone overlap listener capacity with dns://.:53',
    },
    {
      name: 'A16: bound twice',
      text: `. {\nbind 127.0.0.1 127.0.0.1\n${errors}`,
      want: 'cannot serve dns://.:53 on 127.0.0.1 - it is already defined',
    },
    {
      name: 'A16: two spellings of a zone, from 1.14.7 on',
      text: `a.b {\n${errors}A.B {\n${errors}`,
      version: '1.14.7',
      want: 'cannot serve dns://a.b.:53 - it is already defined',
    },
    {
      name: "an address that is not the machine's",
      text: `. {\nbind 10.1.1.1\n${errors}`,
      want: 'Listen: listen tcp 10.1.1.1:53: bind: cannot assign requested address',
    },
    {
      name: 'bind without address',
      text: `. {\nbind\n${errors}`,
      want: 'plugin/bind: at least one address or interface name is expected',
    },
    {
      name: 'bind to what is no address',
      text: `. {\nbind 1.2.3\n${errors}`,
      want: 'plugin/bind: not a valid IP address or interface name: "1.2.3"',
    },
    {
      name: 'A9: a directive is set up in all blocks before the next one is',
      text: `. {\ncache x y\ncache\nerrors a b\n}\nb.c {\nbind\n${errors}`,
      want: 'plugin/bind: at least one address or interface name is expected',
    },
    {
      name: 'root without path',
      text: `. {\nroot\n${errors}`,
      want: "plugin/root: /etc/coredns/Corefile:2 - Error during parsing: Wrong argument count or unexpected line ending after 'root'",
    },
  ];
  for (const { name, text, want, version } of rows) {
    it(name, () =>
      assert.throws(
        () => sites(text, version),
        (error) => error instanceof InputError && assert.equal(error.message, want) === undefined,
      ),
    );
  }
  it('two spellings of a zone are two zones before 1.14.7, and queries find neither in capitals', () => {
    assert.deepEqual(
      sites(`a.b {\n${errors}A.B {\n${errors}`).map(({ zone }) => zone),
      ['a.b.', 'A.B.'],
    );
  });
  it('A10 [v]: a directive that a release does not have yet is unknown', () => {
    const text = `. {\nnomad\n${errors}`;
    const unknown = /Unknown directive 'nomad'/;
    assert.throws(() => sites(text, '1.12.4'), unknown);
    assert.throws(() => sites(text, '1.13.0'), /plugin\/nomad: .* is not modelled/);
  });
  it('A10 [v]: acl, cache, rewrite and autopath moved', () => {
    const order = (version: CoreDnsVersion) =>
      pluginOrder(version)
        .filter((name) => ['acl', 'cache', 'rewrite', 'autopath'].includes(name))
        .join(' ');
    assert.equal(order('1.14.1'), 'acl cache rewrite autopath');
    assert.equal(order('1.14.2'), 'cache rewrite acl autopath');
    assert.equal(order('1.14.7'), 'rewrite autopath acl cache');
  });
  it('bind takes addresses and interfaces, less those excepted', () => {
    const own = sites(`. {\nbind lo eth0 {\nexcept ::1\n}\n${errors}`).map(({ addr: at }) => at);
    assert.deepEqual(own, [0x7f000001, addr('10.244.1.2')]);
  });
});
