// The usual slips in YAML files: each row is a text with one slip, where it is marked, what is said, and what is offered.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputError } from '../api/input-error.ts';
import { checkManifest } from './check.ts';
import { parseManifests } from './parse.ts';

const service = 'apiVersion: v1\nkind: Service\nmetadata: { name: web }\n';

const rows: readonly {
  readonly name: string;
  readonly text: string;
  /** "line:column message | hint" */
  readonly want: string;
}[] = [
  {
    name: 'a bracket that is never closed',
    text: `${service}spec:\n  ports: [{ port: 80 }\n`,
    want: '5:10 "[" is never closed | write "]" behind its last entry',
  },
  {
    name: 'a brace that is never closed, with more behind it and brackets in quotes above',
    text: 'apiVersion: v1 # [\nkind: "[{"\nmetadata: { name: web\nspec:\n  ports: []\n',
    want: '3:11 "{" is never closed | write "}" behind its last entry',
  },
  {
    name: 'a brace that a bracket closes',
    text: `${service}spec:\n  ports: [{port: 80]}\n`,
    want: '5:20 "{" is closed by "]" | write "}" before it',
  },
  {
    name: 'a bracket too many',
    text: `${service}spec:\n  ports: [{port: 80}]]\n`,
    want: '5:22 "]" closes nothing | take it away, or write "[" where it begins',
  },
  {
    name: 'JSON without a comma',
    text: '{\n  "kind": "Service"\n  "spec": {}\n}\n',
    want: '3:3 a "," is missing between two entries | write "," behind the entry before it',
  },
  {
    name: 'a tab',
    text: 'kind: Service\nmetadata:\n\tname: web\n',
    want: '3:1 tabs are not allowed as indentation | indent with spaces: YAML does not allow tabs',
  },
  {
    name: 'no colon',
    text: 'apiVersion: v1\nkind Service\nmetadata: { name: web }\n',
    want: '2:1 a ":" is missing behind "kind" | write "kind: Service"',
  },
  {
    name: 'no blank behind the colon',
    text: 'apiVersion: v1\nkind:Service\nmetadata: { name: web }\n',
    want: '2:5 a blank is missing behind the ":" of "kind" | write "kind: Service"',
  },
  {
    name: 'no colon, where it reads as a text',
    text: 'apiVersion: v1\nkind: Service\nmetadata:\n  name web\n',
    want: '4:3 metadata: got a string, wanted an object | write "name: web"',
  },
  {
    name: 'deeper than its neighbour',
    text: 'kind: Service\nmetadata:\n  name: web\n   labels: { a: b }\n',
    want: '4:4 "labels" is indented deeper than "name" above it, which has a value | indent it by 2, as "name"',
  },
  {
    name: 'less deep than its neighbour in an item',
    text: `${service}spec:\n  ports:\n    - port: 80\n     targetPort: 8080\n`,
    want: '7:6 "targetPort" begins in no column of the keys above it: it is indented by 5 | indent it by 6 (as "port"), 2 (as "ports"), 0 (as "spec")',
  },
  {
    name: 'as deep as the dash of its item',
    text: `${service}spec:\n  ports:\n    - port: 80\n    targetPort: 8080\n`,
    want: '7:5 "targetPort" begins in no column of the keys above it: it is indented by 4 | indent it by 6 (as "port"), 2 (as "ports"), 0 (as "spec")',
  },
  {
    name: 'between two levels',
    text: 'kind: Service\nmetadata:\n  name: web\n  labels:\n    a: b\n\n # x\n spec: {}\n',
    want: '8:2 "spec" begins in no column of the keys above it: it is indented by 1 | indent it by 4 (as "a"), 2 (as "labels"), 0 (as "metadata")',
  },
  {
    name: 'between two levels of a text whose first line is empty and whose second is indented',
    text: '\n  metadata:\n    name: web\n   labels: {}\n',
    want: '4:4 "labels" begins in no column of the keys above it: it is indented by 3 | indent it by 4 (as "name"), 2 (as "metadata")',
  },
  {
    name: 'an item less deep than the one above it',
    text: `${service}spec:\n  ports:\n    - name: a\n      port: 80\n   - name: b\n`,
    want: '8:4 a list item begins in another column than the one above it: it is indented by 3 | indent it by 4',
  },
  {
    name: 'a text among items',
    text: 'kind: Pod\nspec:\n  args:\n    - a\n    b\n',
    want: '5:5 "b" stands among list items | each item begins with "- ": write "- b"',
  },
  {
    name: 'a key that begins with a reserved sign',
    text: `${service}spec:\n  %type: NodePort\n`,
    want: '5:3 a value cannot begin with % | put it in quotes: "%type"',
  },
  {
    name: 'a column in which keys above stand is not to blame',
    text: `${service}spec:\n  ports:\n    - name: a\n      port: 80\n    - - name: b\n      port: 81\n`,
    want: '9:1 sequence item without - indicator | ',
  },
  {
    name: 'dashes are no key',
    text: "kind: List\n- - n: 'it''s']=\n",
    want: '2:1 implicit keys need to be on a single line | ',
  },
  {
    name: 'two keys on one line',
    text: `${service}spec:\n  selector: app: web\n`,
    want: '5:13 a second key stands on the line of "selector" | write "selector: { app: web }", put the value in quotes, or begin a new line',
  },
  {
    name: 'an item among keys',
    text: `${service}spec:\n  ports:\n    port: 80\n    - port: 81\n`,
    want: '7:5 a list item stands among keys | either each item begins with "- ", the first one too, or none does',
  },
  {
    name: 'a dash without its blank',
    text: `${service}spec:\n  ports:\n    -port: 80\n`,
    want: '5:3 spec.ports: got an object, wanted a list | write "- port: 80"',
  },
  {
    name: 'a quote that is never closed',
    text: 'kind: Service\nmetadata:\n  name: "web\n  labels: {}\n',
    want: '3:9 the quote " is never closed | write " at the end of the text',
  },
  {
    name: 'an apostrophe in single quotes',
    text: "kind: Service\nmetadata: { name: 'it's' }\n",
    want: "2:23 the text goes on behind its closing quote | in single quotes a quote is written twice: 'it''s'",
  },
  ...['--', '----', '***', '==='].map((line) => ({
    name: `${line} for ---`,
    text: `${service}${line}\n${service}`,
    want: `4:1 "${line}" separates no documents | documents are separated by a line that begins with "---"`,
  })),
  {
    name: '--- behind blanks',
    text: `${service} ---\n${service}`,
    want: '4:2 "---" with blanks before it separates no documents | documents are separated by a line that begins with "---"',
  },
  {
    name: 'a text block that is not indented',
    text: 'kind: ConfigMap\ndata:\n  a: |\n  foo\n   bar\n',
    want: '4:3 the text of "a" must be indented deeper than its key | indent each of its lines by 4 blanks',
  },
  {
    name: 'a value that begins with a reserved sign',
    text: `${service}spec: { externalName: @example }\n`,
    want: '4:23 a value cannot begin with @ | put it in quotes: "@example"',
  },
  {
    name: 'a star that is no alias',
    text: `${service}spec: { externalName: *example }\n`,
    want: "4:23 unknown anchor 'example' referenced | an anchor (&name) must stand before its alias (*name); put a text that begins with * in quotes",
  },
];

function said(text: string): string {
  try {
    for (const document of parseManifests(text, 'x.yaml').documents) checkManifest(document);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { position, message, hint } = error;
    return `${position?.line}:${position?.column} ${message} | ${hint}`;
  }
  return 'nothing';
}

for (const { name, text, want } of rows) {
  test(`a slip in YAML: ${name}`, () => {
    assert.equal(said(text), want);
    // Windows' line ends change no place.
    assert.equal(said(text.replaceAll('\n', '\r\n')), want);
  });
}

test('a byte order mark changes nothing but the column of its line', () => {
  const { documents } = parseManifests(`\uFEFF${service}spec:\n  ports: []\n`, 'x.yaml');
  assert.deepEqual(documents[0]?.object['spec'], { ports: [] });
});

test('a slip in a line of many blanks is told at once', () => {
  const blanks = ' '.repeat(200_000);
  const text = `kind: Service\nmetadata:\n  a${blanks}b${blanks}c\n    name: web\n   labels: {}\n`;
  const started = performance.now();
  assert.match(said(text), /^\d+:\d+ /);
  assert.ok(performance.now() - started < 5000);
});
