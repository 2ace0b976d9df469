// The guides hold what the sources hold: every step, parameter type and id in docs/vocabulary.md, every annotation in
// docs/annotations.md, every folder in docs/architecture.md, every scenario that docs/errata.md names. Both directions,
// and each comparison is shown to fail. That the examples run is test/docs.test.ts.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { blameTable } from '../src/analysis/blame.table.ts';
import { annotations } from '../src/kubelet/annotations.table.ts';
import { resolverRows } from '../src/kubelet/resolver.table.ts';
import { expressionPattern, expressionsOf, scenariosOf } from './tidy/features.ts';
import { rooms } from './tidy/rooms.table.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const filesBelow = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).sort();

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
  assert.deepEqual(difference([...types, '{string}', '{int}', '{word}'], guide), []);
  assert.deepEqual(difference(types, [...types, '{float}']), ['does not exist: {float}']);
});

test('docs/vocabulary.md lists every id that a trace can blame', () => {
  const [, list = ''] = /What a trace can blame: ([^.]*)\./.exec(vocabulary) ?? [];
  const ids = Object.values(blameTable).map((row) => row.id);
  const guide = [...list.matchAll(/`([^`]+)`/g)].map(([, id = '']) => id);
  assert.deepEqual(difference(ids, guide), []);
});

test("docs/annotations.md lists the images by resolver as the kubelet's table has them", () => {
  const guide = section(read('docs/annotations.md'), '## Which resolver an image has');
  const rows = resolverRows.map(({ images, kind, why }) => {
    return `| \`${kind}\` | ${images.map((image) => `\`${image}\``).join(', ')} | ${why} |`;
  });
  const lines = guide.split('\n').filter((line) => line.startsWith('| `'));
  assert.deepEqual(difference(rows, lines), []);
  assert.deepEqual(lines, rows);
});

/** The regular expressions of the parameter types, read from their literals. */
const parameters = new Map([
  ['string', /"[^"]*"/.source],
  ['int', /\d+/.source],
  ['word', /\S+/.source],
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
  assert.deepEqual(missing([...folders, 'src/never']), ['src/never']);
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

/** The scenarios that the rows of docs/errata.md name, as "feature: scenario; scenario"; "-" is none. */
function namedIn(markdown: string): { readonly feature: string; readonly scenario: string }[] {
  const rows = markdown.split('\n').filter((line) => /^\| \d/.test(line));
  return rows.flatMap((row) => {
    let feature = '';
    const cell = row.split('|').at(-2)?.trim() ?? '';
    return (cell === '-' ? [] : cell.split('; ')).map((part) => {
      const [, name, scenario] = /^([a-z-]+): (.*)$/.exec(part) ?? [];
      feature = name ?? feature;
      return { feature, scenario: scenario ?? part };
    });
  });
}

const features = filesBelow('features')
  .filter((path) => path.endsWith('.feature'))
  .map((path) => ({ path, scenarios: scenariosOf(read(join('features', path))) }));

/** Whether a page means this scenario: by its name, by how it begins, or by one row of an outline. */
function means(words: string, name: string): boolean {
  if (name.startsWith(words)) return true;
  return [name, name.split(': ')[0] ?? ''].some((whole) => {
    const parts = whole
      .split(/<[^<>]+>/)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return parts.length > 1 && new RegExp(`^${parts.join('.+')}$`).test(words);
  });
}

test('every scenario that docs/errata.md names exists', () => {
  const absent = (markdown: string) =>
    namedIn(markdown).filter(
      ({ feature, scenario }) =>
        !features.some(
          ({ path, scenarios }) =>
            path.split(/[/.]/).includes(feature) &&
            scenarios.some(({ name }) => means(scenario, name)),
        ),
    );
  const guide = read('docs/errata.md');
  assert.ok(namedIn(guide).length > 40);
  assert.deepEqual(absent(guide), []);
  assert.equal(absent('| 9 | a | b | c | headless: no such scenario; nor this |').length, 2);
});

test('docs/fidelity.md owns up to scenarios of the cases it lists as not covered', () => {
  const tags = new Set(features.flatMap(({ scenarios }) => scenarios.flatMap((one) => one.tags)));
  const wrong = (markdown: string) =>
    [...markdown.matchAll(/^\| ([\d, ]+) \| (.*) \| (.*) \|$/gm)]
      .filter(([, numbers = '', what = '', waits = '']) => {
        const covered = numbers.split(', ').some((n) => tags.has(`@case-${n}`));
        return covered && (!/\(.*(scenario|features\/)/.test(what) || /scenarios/.test(waits));
      })
      .map(([row]) => row);
  const guide = section(
    read('docs/fidelity.md'),
    '## Cases of the documents that are not covered, or only in part',
  );
  assert.deepEqual(wrong(guide), []);
  assert.equal(wrong('| 26, 44 | publishing | scenarios of their own |').length, 1);
});

test('docs/fidelity.md: the steps that wait are not there yet', () => {
  const [, list = ''] =
    /Steps of the vocabulary that wait for these: ([\s\S]*?)\n\n/.exec(read('docs/fidelity.md')) ??
    [];
  const fragments = [...list.matchAll(/`([^`]+)`/g)].map(([, one = '']) =>
    one.replace(/\s+/g, ' '),
  );
  const words = read('steps/parameter-types.ts') + expressions.join('\n');
  const literal = (fragment: string) => fragment.replace(/\b[A-Z]\w*\b|\|/g, '~').split('~');
  const there = (all: readonly string[]) =>
    all.filter((one) => literal(one).every((part) => words.includes(part.trim())));
  assert.deepEqual(there(fragments), []);
  assert.deepEqual(there(['CLIENT connects to TARGET']), ['CLIENT connects to TARGET']);
});

test('scenarios/README.md has a row for each folder', () => {
  const folders = readdirSync(join(root, 'scenarios'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const rows = [...read('scenarios/README.md').matchAll(/^\| \[([\w-]+)\]/gm)];
  const guide = rows.map(([, name = '']) => name);
  assert.deepEqual(difference(folders, guide), []);
  assert.deepEqual(difference([...folders, 'four-nodes'], guide), ['missing: four-nodes']);
});

test('reports/README.md has a row for each file that a run writes', () => {
  const written = [...read('src/harness/run.ts').matchAll(/files\[join\(partial, '([^']+)'\)\]/g)];
  const names = written.map(([, name = '']) => name);
  assert.ok(names.length > 0);
  assert.deepEqual(difference(names, firstCells(read('reports/README.md'))), []);
});

/** Relative links of a page that lead nowhere. */
function brokenLinks(path: string, markdown: string): string[] {
  const links = [...markdown.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, to = '']) => to);
  return links
    .filter((to) => !existsSync(join(root, path, '..', to)))
    .map((to) => `${path}: ${to}`);
}

test('links between pages lead to files', () => {
  const pages = ['docs', 'scenarios'].flatMap((folder) =>
    filesBelow(folder).map((name) => join(folder, name)),
  );
  const all = [...pages.filter((path) => path.endsWith('.md')), 'README.md', 'reports/README.md'];
  assert.deepEqual(
    all.flatMap((path) => brokenLinks(path, read(path))),
    [],
  );
  assert.equal(brokenLinks('docs/x.md', 'see [y](never.md)').length, 1);
});

test('docs/commands.md has every option', () => {
  const sources = read('src/cli/program.ts') + read('src/cli/options.ts');
  const long = (text: string) => [...text.matchAll(/--[a-z][a-z-]+/g)].map(([name]) => name);
  const declared = [...sources.matchAll(/\.option\(\s*'([^']+)'/g)];
  const options = declared.flatMap(([, flags = '']) => long(flags));
  assert.ok(options.length > 30);
  const guide = new Set(long(read('docs/commands.md')));
  const missing = (all: readonly string[]) => all.filter((option) => !guide.has(option));
  assert.deepEqual(missing(options), []);
  assert.deepEqual(missing([...options, '--never']), ['--never']);
});
