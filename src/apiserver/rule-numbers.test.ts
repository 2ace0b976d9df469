import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

// The rules of the Service API, by the numbers of our fact sheet: A1 defaults, A2 order of evaluation, A3 addresses, A4 node
// ports, A5 type changes, A6.1 to A6.19 validation with its extras on update and status, A7 how errors are worded, A8 names,
// A9 warnings, A10 strict decoding, A11 the other kinds. Every number stands in the name of some row or test.

const single = ['A1', 'A2', 'A3', 'A4', 'A5', 'A6 update', 'A6 status', 'A7', 'A8', 'A9', 'A10'];
const validation = Array.from({ length: 19 }, (_, i) => `A6.${i + 1}`);
const kinds = [
  'Pod',
  'Pod update',
  'Endpoints',
  'EndpointSlice',
  'NetworkPolicy',
  'Namespace',
  'Node',
  'ConfigMap',
  'Secret',
  'ServiceAccount',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'PodDisruptionBudget',
  'Ingress',
  'IngressClass',
  'HorizontalPodAutoscaler',
  'Lease',
  'IPAddress',
  'ServiceCIDR',
].map((kind) => `A11 ${kind}`);

const root = join(import.meta.dirname, '../../..');

/** The names of all tests and rows in the rooms of the API and its server, as they are written. */
function names(): readonly string[] {
  return ['src/api', 'src/apiserver'].flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(test|table)\.ts$/.test(file) && !file.includes('rule-numbers'))
      .flatMap((file) => readFileSync(join(root, room, file), 'utf8').match(NAME) ?? []),
  );
}

/** `name: '...` and `test('...`, with what stands in the string. */
const NAME = /(?:name: |test\(\s*)(?:'[^'\n]*'|"[^"\n]*"|`[^`\n]*`)/g;

function missing(numbers: readonly string[], from: readonly string[]): readonly string[] {
  const text = from.join('\n');
  return numbers.filter(
    (n) => !new RegExp(`\\b${n.replaceAll('.', '\\.')}(?![.\\d])\\b`).test(text),
  );
}

test('every rule of the Service API has a row with its number', () => {
  assert.deepEqual(missing([...single, ...validation, ...kinds], names()), []);
});

test('the check above can fail: a number that nobody has', () => {
  assert.deepEqual(missing(['A6.1', 'A6.20', 'A12'], names()), ['A6.20', 'A12']);
});
