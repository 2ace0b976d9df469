// The rules of iptables mode by the numbers of our fact sheet: B1 chains, B2 names, B3 jumps, B4
// constant rules, B5 a service port's rules, B6 probabilities, B7 saved text, B8 affinity, B9 what a
// sync writes, B10 the worked example; H1 to H29 upstream's own tests of pkg/proxy/iptables. Every
// number stands in the name of some row or test.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const rules = Array.from({ length: 10 }, (_, i) => `B${i + 1}`);
const upstream = Array.from({ length: 29 }, (_, i) => `H${i + 1}`);

/** Upstream's tests of what is not modelled here. */
const absent: ReadonlyMap<string, string> = new Map([
  ['H27', 'TestNoEndpointsMetric: a kube-proxy here has no metrics'],
]);

const root = join(import.meta.dirname, '../../../..');

/** The names of all tests and rows about kube-proxy and its rules, as they are written. */
function names(): readonly string[] {
  return ['src/proxy', 'src/netfilter', 'src/cluster', 'test'].flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(test|table)\.ts$/.test(file) && !file.includes('rule-numbers'))
      .flatMap((file) => readFileSync(join(root, room, file), 'utf8').match(NAME) ?? []),
  );
}

/** `name: '...`, `name = '...` and `test('...`, with what stands in the string. */
const NAME = /(?:name(?: =|:) |test\(\s*)(?:'[^'\n]*'|"[^"\n]*"|`[^`\n]*`)/g;

function missing(numbers: readonly string[], from: readonly string[]): readonly string[] {
  const text = from.join('\n');
  return numbers.filter((n) => !new RegExp(`\\b${n}(?![.\\d])\\b`).test(text));
}

test('every rule of iptables mode and every upstream test has a row with its number', () => {
  const wanted = [...rules, ...upstream].filter((n) => !absent.has(n));
  assert.deepEqual(missing(wanted, names()), []);
});

test('what is absent has no row, or it would not be absent', () => {
  assert.deepEqual(missing([...absent.keys()], names()), [...absent.keys()]);
});

test('the check above can fail: a number that nobody has', () => {
  assert.deepEqual(missing(['B10', 'B11', 'H30.1'], names()), ['B11', 'H30.1']);
});
