// Files of several objects, positions of values, and the guards against hostile text.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputError } from '../api/input-error.ts';
import { parseManifests } from './parse.ts';

const service = `apiVersion: v1
kind: Service
metadata:
  name: web
  labels:
    app.kubernetes.io/name: web
spec:
  selector: &labels { app: web }
  ports:
    - port: 80
      targetPort: 8080
    - { port: 443, name: https }
`;

const places: readonly { path: string; want: string; key?: string }[] = [
  { path: '', want: '1:1' },
  { path: 'metadata.name', want: '4:9', key: '4:3' },
  { path: 'metadata.labels[app.kubernetes.io/name]', want: '6:29', key: '6:5' },
  { path: 'metadata.labels.app.kubernetes.io/name', want: '6:29' },
  { path: 'spec.ports', want: '9:3' },
  { path: 'spec.ports[0]', want: '10:7' },
  { path: 'spec.ports[0].targetPort', want: '11:19', key: '11:7' },
  { path: 'spec.ports[1].name', want: '12:26', key: '12:20' },
  { path: 'spec.ports[1].protocol', want: '12:7' },
  { path: 'spec.ports[7].port', want: '9:3' },
  { path: 'spec.selector.app', want: '8:28' },
  { path: 'status.loadBalancer', want: '1:1' },
];

for (const { path, want, key } of places) {
  test(`position of "${path}" is ${want}`, () => {
    const source = parseManifests(service, 'web.yaml').documents[0]?.source;
    const at = source?.at(path);
    assert.equal(`${at?.line}:${at?.column}`, want);
    if (key === undefined) return;
    const keyAt = source?.keyAt(path);
    assert.equal(`${keyAt?.line}:${keyAt?.column}`, key);
  });
}

test('several documents, comments and empty documents in one file', () => {
  const text = `# nothing\n---\n${service}---\n# nothing\n---\n${service.replace('web', 'two')}`;
  const { documents } = parseManifests(text, 'web.yaml');
  assert.deepEqual(
    documents.map(({ object, source }) => [object.metadata.name, source.at('kind')?.line]),
    [
      ['web', 4],
      ['two', 19],
    ],
  );
});

test('lists are replaced by their items, also nested and typed ones', () => {
  const text = `kind: List
apiVersion: v1
items:
  - { apiVersion: v1, kind: Pod, metadata: { name: a } }
  - kind: ServiceList
    apiVersion: v1
    items: [{ metadata: { name: b } }]
`;
  const { documents } = parseManifests(text, 'x.yaml');
  assert.deepEqual(
    documents.map(({ object, source }) => [object.kind, source.at('metadata.name')]),
    [
      ['Pod', { file: 'x.yaml', line: 4, column: 52 }],
      ['Service', { file: 'x.yaml', line: 7, column: 33 }],
    ],
  );
});

test('a key written twice is noticed with its place', () => {
  const text = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  name: b\n';
  assert.deepEqual(parseManifests(text, 'x.yaml').notices, [
    'x.yaml:5:3: key "name" is written twice; the last one counts',
  ]);
});

test('the same text under another name has its own positions', () => {
  assert.equal(parseManifests(service, 'a.yaml').documents[0]?.source.at('kind')?.file, 'a.yaml');
  assert.equal(parseManifests(service, 'b.yaml').documents[0]?.source.at('kind')?.file, 'b.yaml');
});

const lolHead = 'a: &a [x,x,x,x,x,x,x,x,x]\n';
const lol = [...'bcdefghi'].map((key, i) => {
  const from = String.fromCharCode('a'.charCodeAt(0) + i);
  return `${key}: &${key} [${Array.from({ length: 9 }, () => `*${from}`).join(',')}]\n`;
});

const hostile: readonly { name: string; text: string; code: string; at: string }[] = [
  { name: 'NUL byte', text: 'a: b\nc: \0', code: 'nul-byte', at: '2:4' },
  { name: '10,000-deep flow', text: '['.repeat(10_000), code: 'yaml-too-deep', at: '1:501' },
  {
    name: '10,000-deep flow on many lines',
    text: 'a: [\n'.repeat(10_000),
    code: 'yaml-too-deep',
    at: '501:4',
  },
  {
    name: '10,000-deep block',
    text: Array.from({ length: 2_000 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''),
    code: 'yaml-too-deep',
    at: '501:501',
  },
  { name: '10,000 dashes', text: '- '.repeat(10_000), code: 'yaml-too-deep', at: '1:20001' },
  { name: 'YAML bomb', text: lolHead + lol.join(''), code: 'yaml-bomb', at: '6:8' },
  { name: 'unknown alias', text: 'a: *b\n', code: 'yaml-syntax', at: '1:4' },
  { name: 'tab as indentation', text: 'a:\n\tb: 1\n', code: 'yaml-syntax', at: '2:1' },
  { name: 'unclosed quote', text: 'a: "b\n', code: 'yaml-syntax', at: '1:4' },
  {
    name: 'unclosed quote with more behind it',
    text: 'a: "b"\nc: "d\ne: f\n',
    code: 'yaml-syntax',
    at: '2:4',
  },
  { name: 'unclosed quote of a key', text: "a: b\n'c: d\n", code: 'yaml-syntax', at: '2:1' },
  { name: 'unclosed bracket after quotes', text: '["a", "b"', code: 'yaml-syntax', at: '1:1' },
  { name: 'wrong indentation', text: 'a:\n  b: 1\n c: 2\n', code: 'yaml-syntax', at: '3:2' },
];

for (const { name, text, code, at } of hostile) {
  test(`refused: ${name}`, () => {
    assert.throws(
      () => parseManifests(text, 'x.yaml'),
      (error) => {
        assert.ok(error instanceof InputError, String(error));
        assert.equal(error.code, code);
        assert.equal(`${error.position?.line}:${error.position?.column}`, at, error.message);
        return true;
      },
    );
  });
}

test('brackets inside text do not count as nesting', () => {
  const art = '    [[[[[[[[[[ {{{{ "\n'.repeat(200);
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n  art: |\n${art}`;
  assert.equal(parseManifests(text, 'x.yaml').documents.length, 1);
});

test("a folder's kustomization.yaml is told from a manifest", () => {
  for (const [file, isKustomize] of [
    ['shop/kustomization.yaml', true],
    ['kustomization.yml', true],
    ['shop\\Kustomization', true],
    ['shop/my-kustomization.yaml', false],
  ] as const) {
    assert.throws(
      () => parseManifests('resources: [a.yaml]\n', file),
      (error) =>
        error instanceof InputError &&
        error.message === 'field "kind" is missing' &&
        error.hint.includes('kubectl kustomize') === isKustomize,
      file,
    );
  }
});
