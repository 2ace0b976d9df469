// Keys that every JavaScript object inherits are ordinary fields: patches set, merge, test and remove them as any other,
// and never reach what all objects share.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSelector, selects } from '../label-selector.ts';
import { PatchError } from './errors.ts';
import { jsonPatch } from './json-patch.ts';
import { mergePatch } from './merge.ts';
import { type Fields, strategicPatch } from './strategic.ts';
import { threeWayMergePatch, threeWayPatch } from './three-way.ts';

const json = (text: string): Fields => JSON.parse(text) as Fields;

interface Row {
  readonly name: string;
  readonly of?: string;
  readonly patch: string;
  readonly want: string;
}

const merges: readonly Row[] = [
  { name: 'set', patch: '{"data":{"__proto__":"a"}}', want: '{"data":{"__proto__":"a"}}' },
  { name: 'set at the top', patch: '{"__proto__":{"a":1}}', want: '{"__proto__":{"a":1}}' },
  {
    name: 'merged',
    of: '{"data":{"__proto__":{"a":1},"constructor":{"c":1}}}',
    patch: '{"data":{"__proto__":{"b":2},"constructor":{"d":2}}}',
    want: '{"data":{"__proto__":{"a":1,"b":2},"constructor":{"c":1,"d":2}}}',
  },
  {
    name: 'removed',
    of: '{"data":{"__proto__":"a","toString":"b","x":"y"}}',
    patch: '{"data":{"__proto__":null,"toString":null}}',
    want: '{"data":{"x":"y"}}',
  },
  {
    name: 'made from nothing',
    patch: '{"data":{"constructor":{"prototype":{"x":1}}}}',
    want: '{"data":{"constructor":{"prototype":{"x":1}}}}',
  },
];

for (const { name, of = '{}', patch, want } of merges) {
  test(`merge patch: ${name}`, () => {
    assert.equal(JSON.stringify(mergePatch(json(of), json(patch))), want);
  });
  test(`strategic patch: ${name}`, () => {
    assert.equal(JSON.stringify(strategicPatch(json(of), json(patch), 'ConfigMap')), want);
  });
}

const applied: readonly Row[] = [
  {
    name: 'added',
    patch: '{"data":{"__proto__":"a","toString":"b"}}',
    want: '{"data":{"__proto__":"a","toString":"b"}}',
  },
  {
    name: 'removed',
    of: '{"data":{"__proto__":"a","constructor":"b"}}',
    patch: '{"data":{}}',
    want: '{"data":{"__proto__":null,"constructor":null}}',
  },
];
for (const { name, of = '{}', patch, want } of applied) {
  const both = [
    threeWayMergePatch,
    (...all: [Fields, Fields, Fields]) => threeWayPatch(...all, 'ConfigMap'),
  ];
  for (const [i, threeWay] of both.entries()) {
    test(`${i === 0 ? 'merge' : 'strategic'} patch of apply: ${name}`, () => {
      assert.equal(JSON.stringify(threeWay(json(of), json(patch), json(of))), want);
    });
  }
}

interface Operations {
  readonly of: string;
  readonly operations: readonly object[];
  readonly want: string;
}

const missing = 'missing value';
const operations: readonly Operations[] = [
  {
    of: '{}',
    operations: [{ op: 'add', path: '/__proto__/polluted', value: 1 }],
    want: `add operation does not apply: doc is missing path: "/__proto__/polluted": ${missing}`,
  },
  {
    of: '{}',
    operations: [{ op: 'replace', path: '/constructor/prototype/polluted', value: 1 }],
    want: `replace operation does not apply: doc is missing path: /constructor/prototype/polluted: ${missing}`,
  },
  { of: '{}', operations: [{ op: 'add', path: '/__proto__', value: 1 }], want: '{"__proto__":1}' },
  {
    of: '{"__proto__":{"a":1}}',
    operations: [{ op: 'add', path: '/__proto__/b', value: 2 }],
    want: '{"__proto__":{"a":1,"b":2}}',
  },
  {
    of: '{}',
    operations: [{ op: 'copy', from: '/__proto__', path: '/a' }],
    want: '{"a":null}',
  },
  { of: '{}', operations: [{ op: 'test', path: '/toString', value: null }], want: '{}' },
];
for (const { of, operations: patch, want } of operations) {
  test(`JSON patch: ${JSON.stringify(patch)} of ${of}`, () => {
    let got: string;
    try {
      got = JSON.stringify(jsonPatch(json(of), patch));
    } catch (error) {
      if (!(error instanceof PatchError)) throw error;
      got = error.message;
    }
    assert.equal(got, want);
    assert.deepEqual(Object.keys(Object.prototype), []);
    assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
  });
}

const selectors = [
  { text: 'constructor', want: false },
  { text: '!toString', want: true },
  { text: 'valueOf>1', want: false },
  { text: 'constructor notin (a)', want: true },
];
for (const { text, want } of selectors) {
  test(`the selector ${text} of no such label`, () => {
    const requirements = parseSelector(text);
    assert.ok(typeof requirements !== 'string');
    assert.equal(selects(requirements, { app: 'web' }), want);
  });
}
