// YAML's plain scalars against a real kubectl where there is one: what `kubectl annotate --local` makes of each is what
// src/manifest makes of it. Offline; skipped without kubectl.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { parseValues } from '../src/manifest/parse.ts';

const plain = [
  ...['yes', 'on', 'y', 'Y', 'Yes', 'YES', 'ON', 'true', 'True', 'TRUE', 'yEs', 'tRue'],
  ...['no', 'off', 'n', 'N', 'No', 'OFF', 'false', 'False', 'FALSE', 'nO'],
  ...['', '~', 'null', 'Null', 'NULL', 'nUll'],
  ...['0755', '0o755', '0b101', '089', '0x1F', '0X1f', '-0755', '+0x10', '-0b11', '0b2', '0o8'],
  ...['1_000', '1_000.5', '_1', '1_', '0_7', '1__0', '.5_0', '.5__0', '.5_', '0o7_7', '1,000'],
  ...['12:30:45', '2024-01-01', '2001-12-14t21:59:43.10-05:00', '10.96.0.1', '1.2.3', '1-2'],
  ...['1e1000', '1e3', '1E3', '1e+3', '1.5e', '1e-400', '1e21', '100000000000000000000.0'],
  ...['1.', '.5', '+.5', '-.5', '+1', '-1', '0', '-0', '+0', '00', '0.0', '-0.0', '.', '+', '..'],
  ...['inf', 'nan', '=', '"yes"', "'1'", '!!str 5', '!!int "5"', '!foo bar', '0x', '0b'],
  ...['18446744073709551616', '-9223372036854775809', '123456789012345678901234567890'],
  '9007199254740991',
];

const refused = ['.inf', '-.inf', '.nan', '.Inf'];

interface Answer {
  readonly data: Readonly<Record<string, unknown>>;
}

function kubectl(values: readonly string[]) {
  const data = values.map((text, i) => `  k${i}: ${text}\n`).join('');
  const input = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\ndata:\n${data}`;
  const args = ['annotate', '--local', '-f', '-', 'a=b', '-o', 'json'];
  return spawnSync('kubectl', args, { input, encoding: 'utf8' });
}

const skip = spawnSync('kubectl', ['version', '--client']).status === 0 ? false : 'no kubectl here';

test('plain scalars are read as kubectl reads them', { skip }, () => {
  const { stdout, stderr } = kubectl(plain);
  assert.equal(stderr, '');
  const { data } = JSON.parse(stdout) as Answer;
  for (const [i, text] of plain.entries()) {
    const [document] = parseValues(`v: ${text}\n`, 'x.yaml');
    const ours = (document?.value as { v?: unknown } | undefined)?.v ?? null;
    assert.deepEqual(ours, data[`k${i}`] ?? null, text);
  }
});

test('scalars that JSON cannot carry are refused in its words', { skip }, () => {
  for (const text of refused) {
    const theirs = kubectl([text]).stderr;
    let ours = '';
    try {
      parseValues(`v: ${text}\n`, 'x.yaml');
    } catch (error) {
      ours = error instanceof Error ? error.message : '';
    }
    assert.match(ours, /^json: unsupported value: /, text);
    assert.ok(theirs.includes(ours), `${text}: ${theirs}`);
  }
});
