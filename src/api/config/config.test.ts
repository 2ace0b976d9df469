// ConfigMaps and Secrets by rows: what is stored of them, and every refusal word by word (A11); base64 as Go reads it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64Fault, decodeBase64, decodedBytes, encodeBase64 } from '../base64.ts';
import { strictErrors } from '../decode.ts';
import type { Cause } from '../error.ts';
import type { ConfigMap, Secret } from '../types.ts';
import { configMapRules, secretRules } from './rules.ts';

const metadata = { name: 'x', namespace: 'default' };
const context = { minor: 34 };
const big = 'a'.repeat(1024 * 1024 + 1);

function secret(fields: Partial<Secret>): Secret {
  return { apiVersion: 'v1', kind: 'Secret', metadata, ...fields } as Secret;
}

function configMap(fields: Partial<ConfigMap>): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...fields } as ConfigMap;
}

const texts = (causes: readonly Cause[] | undefined) =>
  (causes ?? []).map(({ field, text }) => `${field}: ${text}`);

const TOO_LONG = 'Too long: may not be more than 1048576 bytes';
const KEY =
  "Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

const secrets: readonly [name: string, fields: Partial<Secret>, want: readonly string[]][] = [
  ['a Secret without data', {}, []],
  ['a key with a blank', { data: { 'a b': '' } }, [`data[a b]: ${KEY}`]],
  ['more than 1 MiB', { data: { a: encodeBase64(big) } }, [`data: ${TOO_LONG}`]],
  [
    'a token without its account',
    { type: 'kubernetes.io/service-account-token' },
    ['metadata.annotations[kubernetes.io/service-account.name]: Required value'],
  ],
  [
    'a TLS Secret without certificate and key',
    { type: 'kubernetes.io/tls' },
    ['data[tls.crt]: Required value', 'data[tls.key]: Required value'],
  ],
  [
    'a TLS Secret without a key',
    { type: 'kubernetes.io/tls', data: { 'tls.crt': '' } },
    ['data[tls.key]: Required value'],
  ],
  [
    'basic-auth without both',
    { type: 'kubernetes.io/basic-auth' },
    ['data[username]: Required value', 'data[password]: Required value'],
  ],
  ['basic-auth with one', { type: 'kubernetes.io/basic-auth', data: { username: '' } }, []],
  [
    'ssh-auth with an empty key',
    { type: 'kubernetes.io/ssh-auth', data: { 'ssh-privatekey': '' } },
    ['data[ssh-privatekey]: Required value'],
  ],
  [
    'dockerconfigjson without data',
    { type: 'kubernetes.io/dockerconfigjson' },
    ['data[.dockerconfigjson]: Required value'],
  ],
  [
    'dockerconfigjson that is empty',
    { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': '' } },
    [
      'data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": unexpected end of JSON input',
    ],
  ],
  [
    'dockercfg that is a list',
    { type: 'kubernetes.io/dockercfg', data: { '.dockercfg': encodeBase64('[]') } },
    [
      'data[.dockercfg]: Invalid value: "<secret contents redacted>": json: cannot unmarshal array into Go value of type map[string]interface {}',
    ],
  ],
];

for (const [name, fields, want] of secrets) {
  test(`Secret: ${name}`, () => {
    assert.deepEqual(texts(secretRules.validate?.(secret(fields), context)), want);
  });
}

const configMaps: readonly [name: string, fields: Partial<ConfigMap>, want: readonly string[]][] = [
  ['a key with a blank', { data: { 'a b': '' } }, [`data[a b]: ${KEY}`]],
  [
    'a key in both',
    { data: { a: '' }, binaryData: { a: '' } },
    ['data[a]: Invalid value: "a": duplicate of key present in binaryData'],
  ],
  ['more than 1 MiB', { data: { a: big } }, [`[]: ${TOO_LONG}`]],
];

for (const [name, fields, want] of configMaps) {
  test(`ConfigMap: ${name}`, () => {
    assert.deepEqual(texts(configMapRules.validate?.(configMap(fields), context)), want);
  });
}

const FROZEN = 'Forbidden: field is immutable when `immutable` is set';

test('what is immutable stays so, with its data', () => {
  const old = configMap({ immutable: true, data: { a: '1' }, binaryData: { b: '' } });
  const now = configMap({ data: { a: '2' } });
  assert.deepEqual(texts(configMapRules.validateUpdate?.(now, old, context)), [
    `immutable: ${FROZEN}`,
    `data: ${FROZEN}`,
    `binaryData: ${FROZEN}`,
  ]);
});

test('the type of a Secret stays', () => {
  const causes = secretRules.validateUpdate?.(
    secret({ type: 'b' }),
    secret({ type: 'a' }),
    context,
  );
  assert.deepEqual(texts(causes), ['type: Invalid value: "b": field is immutable']);
});

test('stringData goes into data, over what stands there', () => {
  const given = secret({ data: { a: 'eA==', b: 'eA==' }, stringData: { a: 'höme' } });
  assert.deepEqual(secretRules.defaults?.(given, context), {
    ...secret({ data: { a: 'aMO2bWU=', b: 'eA==' }, type: 'Opaque' }),
  });
});

test('data that is no base64 cannot be decoded', () => {
  const { type } = strictErrors({ ...secret({ data: { a: 'a$' } }) });
  assert.equal(type, 'illegal base64 data at input byte 1');
});

// From encoding/base64 of Go 1.24.
const faults: readonly [string, number | null][] = [
  ['', null],
  ['eA==', null],
  ['eA=\n=', null],
  ['eHh4', null],
  ['e', 0],
  ['eHh4eA', 4],
  ['eA=', 3],
  ['eA=x', 2],
  ['=', 0],
  ['e===', 1],
  ['eA==x', 4],
  ['e$==', 1],
  ['eHh=eHh=', 4],
];

for (const [text, want] of faults) {
  test(`base64 ${JSON.stringify(text)} ends at ${want}`, () => {
    assert.equal(base64Fault(text), want);
  });
}

test('base64 there and back', () => {
  for (const text of ['', 'a', 'ab', 'abc', 'é', '€uro', '😀', 'a\u0000b']) {
    assert.equal(encodeBase64(text), Buffer.from(text).toString('base64'));
    assert.equal(decodeBase64(encodeBase64(text)), text);
    assert.equal(decodedBytes(encodeBase64(text)), Buffer.byteLength(text));
  }
  assert.equal(decodeBase64('/w=='), '\ufffd');
});
