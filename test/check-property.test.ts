// A failing property says how to run its counterexample again, and the command's variables do so at once.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { failureOf, replayCommand } from './check-property.ts';

const file = import.meta.filename;
const name = 'numbers stay below 100 (a deliberately false claim)';
const calls: number[] = [];
const property = fc.property(fc.nat(1000), (n) => {
  calls.push(n);
  assert.ok(n < 100);
});

// Runs only in the process that the test below spawns.
if (process.env['SVCSPEC_SEED'] !== undefined && process.env['SVCSPEC_PATH'] !== undefined) {
  test(name, () => {
    assert.fail(failureOf(name, property, { file, runs: 50 }) ?? 'it held');
  });
}

test('a failure ends with a command that runs the shrunk counterexample first', () => {
  calls.length = 0;
  const failure = failureOf(name, property, { file, runs: 50, seed: 4711 }, {}) ?? '';
  assert.ok(calls.length > 1);
  const [, seed = '', path = ''] =
    /^replay: SVCSPEC_SEED=(-?\d+) SVCSPEC_PATH=([\d:]+) node --test/m.exec(failure) ?? [];
  assert.equal(seed, '4711');
  assert.match(failure, /Counterexample: \[100\]/);
  calls.length = 0;
  const again = failureOf(
    name,
    property,
    { file, runs: 50 },
    { SVCSPEC_SEED: seed, SVCSPEC_PATH: path },
  );
  assert.equal(calls[0], 100);
  assert.match(again ?? '', /Counterexample: \[100\]/);
});

test('the printed command works in a shell', () => {
  const failure = failureOf(name, property, { file, runs: 50, seed: 4711 }, {}) ?? '';
  const command = /^replay: (.*)$/m.exec(failure)?.[1] ?? '';
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const run = spawnSync('sh', ['-c', command], { encoding: 'utf8', maxBuffer: 2 ** 28, env });
  assert.notEqual(run.status, 0);
  assert.match(run.stdout, /Counterexample: \[100\]/);
});

test('a name with special characters is quoted for the pattern', () => {
  assert.match(replayCommand("a (b) c's", file, 1, '0'), /'\^a \\\(b\\\) c\.s\$'/);
});

test('a property that holds has no failure', () => {
  const holds = fc.property(fc.nat(), (n) => n >= 0);
  assert.equal(failureOf('holds', holds, { file, runs: 20 }), null);
});

test('a seed that is no number is said', () => {
  const run = () => failureOf('x', property, { file, runs: 1 }, { SVCSPEC_SEED: 'abc' });
  assert.throws(run, /SVCSPEC_SEED: not a whole number: "abc"/);
});
