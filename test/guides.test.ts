// The guides hold what the sources hold: every step, parameter type and id in docs/vocabulary.md, every annotation in
// docs/annotations.md, every folder in docs/architecture.md, every scenario that docs/errata.md names. Both directions,
// and each comparison is shown to fail. That the examples run is test/docs.test.ts.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { blameTable } from '../src/analysis/blame.table.ts';
import { annotations } from '../src/kubelet/annotations.table.ts';
import { expressionPattern, expressionsOf, scenariosOf } from './tidy/features.ts';
import { rooms } from './tidy/rooms.table.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** What is on one side only, in words. */
function difference(source: readonly string[], guide: readonly string[]): string[] {
  return [
    ...source.filter((one) => !guide.includes(one)).map((one) => `missing: ${one}`),
    ...guide.filter((one) => !source.includes(one)).map((one) => `does not exist: ${one}`),
    ...guide.filter((one, i) => guide.indexOf(one) < i).map((one) => `twice: ${one}`),
  ];
}

/** The lines from a heading to the next of the same or a higher level. */
function section(markdown: string, heading: string): string {
  const level = /^#+/.exec(heading)?.[0].length ?? 0;
  const lines = markdown.split('\n');
  const start = lines.indexOf(heading);
  assert.ok(start >= 0, `no heading "${heading}"`);
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => new RegExp(`^#{1,${level}} `).test(line));
  return rest.slice(0, end < 0 ? rest.length : end).join('\n');
}

/** The code words that begin the rows of the tables. */
const firstCells = (markdown: string): string[] =>
  [...markdown.matchAll(/^\| `([^`]+)` \|/gm)].map(([, cell = '']) => cell);

const vocabulary = read('docs/vocabulary.md');
const stepFiles = readdirSync(join(root, 'steps')).filter((name) => name.endsWith('.steps.ts'));
const expressions = stepFiles.flatMap(
  (name) => expressionsOf(name, read(`steps/${name}`)).expressions,
);

test('docs/vocabulary.md has every step expression, and none besides', () => {
  assert.ok(expressions.length > 30);
  const guide = firstCells(section(vocabulary, '## Steps'));
  assert.deepEqual(difference(expressions, guide), []);
  assert.deepEqual(difference([...expressions, 'it rains'], [...guide.slice(1), 'it snows']), [
    `missing: ${guide[0]}`,
    'missing: it rains',
    'does not exist: it snows',
  ]);
});

test('docs/vocabulary.md has every parameter type, and none besides', () => {
  const types = [...read('steps/parameter-types.ts').matchAll(/^ {2}name: '(\w+)'/gm)].map(
    ([, name]) => `{${name}}`,
  );
  assert.ok(types.length > 10);
  const guide = firstCells(section(vocabulary, '## Parameter types'));
  assert.deepEqual(difference([...types, '{string}', '{int}'], guide), []);
  assert.deepEqual(difference(types, [...types, '{float}']), ['does not exist: {float}']);
});

test('docs/vocabulary.md lists every id that a trace can blame', () => {
  const [, list = ''] = /What a trace can blame: ([^.]*)\./.exec(vocabulary) ?? [];
  const ids = Object.values(blameTable).map((row) => row.id);
  const guide = [...list.matchAll(/`([^`]+)`/g)].map(([, id = '']) => id);
  assert.deepEqual(difference(ids, guide), []);
});

/** The regular expressions of the parameter types, read from their literals. */
const parameters = new Map([
  ['string', /"[^"]*"/.source],
  ['int', /\d+/.source],
  ...[...read('steps/parameter-types.ts').matchAll(/name: '(\w+)',\s+regexp:\s+\/(.*)\/,$/gm)].map(
    ([, name = '', source = '']): [string, string] => [name, source],
  ),
]);

/** An expression as Cucumber matches it. */
function exactPattern(expression: string): RegExp {
  const names = [...expression.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const { source } = expressionPattern(expression);
  return new RegExp(source.replaceAll('.+', () => `(?:${parameters.get(names.shift() ?? '')})`));
}

const patterns = expressions.map((expression) => ({
  expression,
  pattern: exactPattern(expression),
}));

function unused(markdown: string): string[] {
  const blocks = markdown.split(/^```/m).filter((part) => part.startsWith('gherkin\n'));
  const steps = blocks.flatMap((text) => [
    ...scenariosOf(text).flatMap((scenario) => scenario.steps.map((step) => step.text)),
    ...[...text.matchAll(/Background:\n\s*Given (.*)/g)].map(([, first = '']) => first),
  ]);
  return patterns
    .filter(({ pattern }) => !steps.some((step) => pattern.test(step)))
    .map(({ expression }) => expression);
}

test("docs/vocabulary.md's features use every expression", () => {
  assert.deepEqual(unused(vocabulary), []);
  const without = vocabulary.replaceAll(/^.* (?:passes|pass)$/gm, '');
  assert.deepEqual(unused(without), ['{duration} pass(es)']);
});

test('docs/annotations.md has every annotation as the table describes it, with an example each', () => {
  const guide = read('docs/annotations.md');
  const rows = [...guide.matchAll(/^\| `svcspec\.dev\/([\w-]+)` \| (yes|no) \|.*\| (.*) \|$/gm)];
  const names = rows.map(([, name = '', one = '']) => `${name} ${one}`);
  const known = annotations.map((row) => `${row.name} ${row.perContainer ? 'yes' : 'no'}`);
  assert.deepEqual(difference(known, names), []);
  assert.deepEqual(difference(known, [...names, 'colour no']), ['does not exist: colour no']);
  const examples = guide.split(/^```/m).filter((part) => /^(yaml|gherkin)\n/.test(part));
  const shown = (name: string) => examples.some((text) => text.includes(`svcspec.dev/${name}`));
  assert.deepEqual(
    annotations.filter((row) => !shown(row.name)),
    [],
  );
  assert.equal(shown('colour'), false);
});

/** Paths that a page names, without those that hold a placeholder. */
function pathsIn(markdown: string): string[] {
  const names = [...markdown.matchAll(/`((?:src|test|steps|schema|docs)\/[\w./*-]*)`/g)];
  return names.map(([, path = '']) => path.replace(/\/\*$/, '').replace(/\/$/, ''));
}

test('docs/architecture.md names every room, what it imports, and no path that does not exist', () => {
  const guide = read('docs/architecture.md');
  assert.ok(guide.split('\n').length <= 200);
  const map = section(guide, '## Code map');
  const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `src/${name}`);
  const missing = (all: readonly string[]) => all.filter((path) => !map.includes(`| \`${path}\``));
  assert.deepEqual(missing(folders), []);
  assert.deepEqual(missing([...folders, 'src/cloud']), ['src/cloud']);
  const unknown = (all: readonly string[]) =>
    all.filter((path) => !path.includes('*') && !existsSync(join(root, path)));
  assert.deepEqual(unknown(pathsIn(guide)), []);
  assert.deepEqual(unknown(pathsIn('see `src/sim/never.ts`')), ['src/sim/never.ts']);
  for (const [name, room] of Object.entries(rooms)) {
    const row = map.split('\n').find((line) => line.startsWith(`| \`src/${name}\``));
    if (row === undefined || name === 'cluster' || name === 'cli') continue;
    const said = row.split('|').at(-2) ?? '';
    const words = new Set(said.match(/[\w@/-]+/g));
    const unsaid = room.imports.filter((other) => !other.includes('*') && !words.has(other));
    assert.deepEqual(unsaid, [], `the row of src/${name}`);
  }
});
