// The catalogue names exactly the steps there are, its examples are steps, and the guide is made of it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadSupport } from '@cucumber/cucumber/api';
import { plain } from '../analysis/pens.ts';
import { catalogueSteps } from './catalogue.table.ts';
import { catalogueOf, narrowed } from './catalogue.ts';
import { catalogueMarkdown, catalogueText } from './catalogue-text.ts';
import { definitionsIn, stepsModule } from './support.ts';
import { below } from './vocabulary.ts';

const root = join(import.meta.dirname, '../../..');

const support = await loadSupport({
  sources: { defaultDialect: 'en', paths: [], names: [], tagExpression: '', order: 'defined' },
  support: { importPaths: [stepsModule], requireModules: [], requirePaths: [], loaders: [] },
});
const definitions = definitionsIn(support);

test('catalogue: every step definition has its row, and no row is of a step that is not there', () => {
  assert.deepEqual(
    catalogueSteps.map(({ pattern }) => pattern).sort(),
    definitions.map(({ pattern }) => String(pattern)).sort(),
  );
});

test('catalogue: an example is a step of its row and of no other, with what must stand below it', () => {
  for (const { pattern, examples } of catalogueSteps) {
    for (const example of examples) {
      const [first = '', next = ''] = example.split('\n');
      const matching = definitions.filter((definition) => definition.matchesStepName(first));
      assert.deepEqual(
        matching.map((one) => String(one.pattern)),
        [pattern],
        example,
      );
      const stands =
        next.trim() === '' ? undefined : next.includes('|') ? 'a table' : 'a Doc String (""")';
      assert.equal(stands, below[pattern], example);
    }
  }
});

test('catalogue: docs/vocabulary.md holds it as `svcspec steps -o markdown` prints it', async () => {
  const page = readFileSync(join(root, 'docs/vocabulary.md'), 'utf8');
  const printed = catalogueMarkdown(await catalogueOf([]));
  const from = page.indexOf('## Steps\n');
  assert.equal(page.slice(from, from + printed.length), printed);
});

test('catalogue: words choose steps, whatever their case, and the parameters that these use', async () => {
  const { steps, parameters } = narrowed(await catalogueOf([]), ['Evenly', 'spread']);
  assert.deepEqual(
    steps.map(({ pattern }) => pattern),
    ['connections from {client} to {target} spread evenly over {int} Pod(s)'],
  );
  assert.deepEqual(
    parameters.map(({ name }) => name),
    ['int', 'client', 'target'],
  );
});

for (const word of ['lookup', 'look-up', 'lookups', 'Looks up']) {
  test(`catalogue: "${word}" finds the step that looks up`, async () => {
    const found = narrowed(await catalogueOf([]), [word]).steps.map(({ pattern }) => pattern);
    assert.ok(found.includes('{client} looks up {question}'), found.join());
    assert.ok(!found.includes('{client} {usage} the open connection(s)'), found.join());
  });
}

test('catalogue: for a terminal, no line is longer than asked for but for expressions and examples', async () => {
  const { steps, parameters } = await catalogueOf([]);
  const own = {
    noun: 'Your own',
    pattern: '/^mine$/',
    kind: null,
    what: '',
    examples: [],
    file: 'own.js:3',
  };
  const text = catalogueText({ steps: [...steps.slice(0, 1), own], parameters }, plain, 60);
  assert.ok(text.includes('  /^mine$/\n      own.js:3\n'));
  assert.ok(
    text.startsWith('Cluster and commands\n\n  the cluster {string}\n      event: begins with'),
  );
  assert.deepEqual(
    text.split('\n').filter((line) => line.length > 61),
    [],
  );
});
