// Regular expressions as Go compiles and runs them. Every `want` was printed by Go's regexp package.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileGoRegexp } from './regexp.ts';

const match = (source: string, text: string): readonly string[] | null | string => {
  const compiled = compileGoRegexp(source);
  return typeof compiled === 'string' ? compiled : compiled.exec(text);
};

describe('Go regular expressions', () => {
  const rows: readonly {
    name: string;
    re: string;
    text: string;
    want: readonly string[] | null;
  }[] = [
    { name: 'search, not match', re: 'b+', text: 'abbc', want: ['bb'] },
    {
      name: 'groups',
      re: '^(.*)\\.(\\w+)\\.$',
      text: 'a.b.org.',
      want: ['a.b.org.', 'a.b', 'org'],
    },
    {
      name: 'a group keeps what an earlier round took',
      re: '(?:(a)|b)*',
      text: 'ab',
      want: ['ab', 'a'],
    },
    { name: 'the leftmost, then the first branch', re: 'a|ab', text: 'xab', want: ['a'] },
    { name: 'a loop over what may be empty', re: '(a|b*)*', text: 'bba', want: ['bba', 'a'] },
    { name: 'lazy, and (?U) swaps', re: '(?U)a+(b*?)', text: 'aabb', want: ['a', ''] },
    { name: 'folds beyond ASCII', re: '(?i)k', text: 'K', want: ['K'] },
    { name: 'a name for a group', re: '(?P<x>a)(?<y>b)', text: 'ab', want: ['ab', 'a', 'b'] },
    { name: '\\w is ASCII', re: '\\bé\\b', text: 'é', want: null },
    { name: 'POSIX classes', re: '[[:^digit:]]+', text: '12ab', want: ['ab'] },
    { name: 'counted', re: '^(?:ab){1,2}?', text: 'abab', want: ['ab'] },
    { name: '$ is the end of the text alone', re: 'a$', text: 'a\n', want: null },
    { name: '(?m) makes it that of a line', re: '(?m)a$', text: 'a\n', want: ['a'] },
    { name: 'a brace that counts nothing is itself', re: 'a{,2}', text: 'a{,2}', want: ['a{,2}'] },
    { name: '\\Q..\\E', re: '\\Qa.b\\E+', text: 'a.bb', want: ['a.bb'] },
  ];
  for (const { name, re, text, want } of rows) {
    it(name, () => assert.deepEqual(match(re, text), want));
  }

  const wrong: readonly (readonly [string, string])[] = [
    ['(a', 'missing closing ): `(a`'],
    ['a)', 'unexpected ): `a)`'],
    ['[a', 'missing closing ]: `[a`'],
    ['[z-a]', 'invalid character class range: `z-a`'],
    ['a**', 'invalid nested repetition operator: `**`'],
    ['*a', 'missing argument to repetition operator: `*`'],
    ['(?=a)', 'invalid or unsupported Perl syntax: `(?=`'],
    ['(?P<n', 'invalid named capture: `(?P<n`'],
    ['\\1', 'invalid escape sequence: `\\1`'],
    ['\\', 'trailing backslash at end of expression: ``'],
    ['a{1001}', 'invalid repeat count: `{1001}`'],
    ['(a{100}){100}', 'invalid repeat count: `{100}`'],
    ['\\x{110000}', 'invalid escape sequence: `\\x{110000`'],
    ['\\p{Nope}', 'invalid character class range: `\\p{Nope}`'],
  ];
  for (const [re, want] of wrong) {
    it(`refuses ${re}`, () => {
      assert.equal(compileGoRegexp(re), `error parsing regexp: ${want}`);
    });
  }

  it('takes linear time where a backtracking engine would not end', () => {
    assert.equal(match('^(a+)+$', `${'a'.repeat(200)}b`), null);
  });
});
