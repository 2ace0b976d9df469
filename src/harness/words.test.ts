import assert from 'node:assert/strict';
import { test } from 'node:test';
import { words } from './words.ts';

const rows: readonly (readonly [string, readonly string[]])[] = [
  ['', []],
  ['  kubectl  get svc ', ['kubectl', 'get', 'svc']],
  [`patch -p '{"a": 1}' x`, ['patch', '-p', '{"a": 1}', 'x']],
  [`-p "{\\"a\\": 1}"`, ['-p', '{"a": 1}']],
  [`-o=jsonpath='{.a}{"\\n"}'`, ['-o=jsonpath={.a}{"\\n"}']],
  ['a\\ b c""', ['a b', 'c']],
  [`'' x`, ['', 'x']],
  [`'open end`, ['open end']],
];
for (const [line, want] of rows) {
  test(`words of ${line}`, () => assert.deepEqual(words(line), want));
}
