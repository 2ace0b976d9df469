// What must stand below a step that ends in a colon.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loaded, problemsOf } from './checks.ts';
import { below, nearestPattern, Vocabulary } from './vocabulary.ts';

const steps = join(import.meta.dirname, '../../../steps');
const sources = readdirSync(steps)
  .filter((name) => name.endsWith('.steps.ts'))
  .map((name) => readFileSync(join(steps, name), 'utf8'))
  .join('\n');

test('vocabulary: what each step that ends in a colon takes is what its function takes', () => {
  const written = sources.matchAll(/'([^'\n]*:)',\s+function \(([^)]*)\)/g);
  const taken = [...written].map(([, pattern = '', parameters = '']) => {
    const text = /\btext: string\W*$/.test(parameters);
    const table = /\btable: DataTable\W*$/.test(parameters);
    return [pattern, text ? 'a Doc String (""")' : table ? 'a table' : 'nothing'];
  });
  assert.deepEqual(Object.fromEntries(taken), below);
});

const docString = { docString: { content: '' } };
const dataTable = { dataTable: { rows: [] } };
const rows = [
  {
    name: 'I apply: alone',
    pattern: 'I apply:',
    argument: undefined,
    says: /^"I apply:" needs a D/,
  },
  { name: 'I apply: with a table', pattern: 'I apply:', argument: dataTable, says: /Doc String/ },
  { name: 'I apply: with a Doc String', pattern: 'I apply:', argument: docString, says: null },
  { name: 'a table missing', pattern: 'the queries are:', argument: docString, says: /a table/ },
  { name: 'a table', pattern: 'the queries are:', argument: dataTable, says: null },
  { name: "a user's own step", pattern: 'my own:', argument: undefined, says: null },
];
for (const { name, pattern, argument, says } of rows) {
  test(`vocabulary: ${name}`, () => {
    loaded.vocabulary = new Vocabulary([{ pattern, matches: () => true }]);
    const location = { line: 2, column: 3 };
    const step = { id: 'a', location: { line: 3, column: 5 } };
    const scenario = { id: 's', name: 'x', description: '', location, steps: [step] };
    const text = pattern;
    const [problem] = problemsOf({
      pickle: {
        uri: 'a.feature',
        name: 'x',
        steps: [{ text, type: 'Outcome', argument, astNodeIds: ['a'] }],
      },
      gherkinDocument: { feature: { children: [{ scenario }] } },
      location,
    });
    if (says === null) assert.equal(problem, undefined);
    else {
      assert.match(problem?.message ?? '', says);
      assert.deepEqual(problem?.position, { file: 'a.feature', line: 3, column: 5 });
    }
  });
}

const patterns = [
  'I apply:',
  '{object} has {bound} endpoint(s)',
  'I scale {object} to {int} replica(s)',
  'the reachability is:',
  'the trace blames {string}',
  '{client} looks up {question}',
  'the answer is {rcode}',
  'the answer is:',
  'the connection(s) {outcome}',
  '{duration} pass(es)',
];
const nearest = [
  { text: 'I scales Deployment "demo/web" to 3 replica', want: patterns[2] },
  { text: 'Service "web" has 3 endpoint', want: patterns[1] },
  { text: 'nobody knows this step', want: null },
  { text: 'the weather shines', want: null },
  { text: 'the look-up fails', want: 'the answer is {rcode}' },
  { text: 'the look-up times out', want: 'the answer is {rcode}' },
  { text: 'the look-up is answered', want: 'the answer is {rcode}' },
  { text: 'the look-up is NXDOMAIN', want: 'the answer is {rcode}' },
  { text: 'the lookup is NXDOMAIN', want: 'the answer is {rcode}' },
  { text: 'the name resolves', want: 'the answer is {rcode}' },
  { text: 'the answers are:', want: 'the answer is:' },
  { text: 'Pod "a" resolves "web"', want: '{client} looks up {question}' },
  { text: 'Pod "a" looks up the name "web"', want: '{client} looks up {question}' },
  { text: 'the connection to it is answered', want: 'the connection(s) {outcome}' },
  { text: '3 minute passes', want: '{duration} pass(es)' },
];
for (const { text, want } of nearest) {
  test(`vocabulary: nearest to: ${text}`, () => {
    const definitions = patterns.map((pattern) => ({ pattern, matches: () => false }));
    assert.equal(nearestPattern(text, definitions), want);
  });
}
