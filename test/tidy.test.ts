// The house rules as a test over all files of the tree, and for every rule a snippet that it must catch.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { test } from 'node:test';
import {
  caseFindings,
  expressionsOf,
  featureRules,
  listedCases,
  nounOf,
  scenariosOf,
} from './tidy/features.ts';
import { type Rule, rules } from './tidy/rules.ts';

/** Cases of the documents that have scenarios; all others stand in docs/fidelity.md. */
const requiredCases: readonly number[] = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
  28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44,
];
const casesMax = 44;
const stepDefinitionsMax = 60;

const root = join(import.meta.dirname, '..', '..');
const skipped = new Set(['.git', 'node_modules', 'dist', 'package-lock.json']);

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    const name = relative(root, path).split(sep).join('/');
    // A build under way stands in .dist-*.
    const isBuilt = skipped.has(entry.name) || name.startsWith('.dist-');
    if (isBuilt || (name.startsWith('reports/') && entry.name !== 'README.md')) {
      return [];
    }
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() && /\.(ts|mjs|md|ya?ml|json|feature|txt)$/.test(name) ? [name] : [];
  });
}

const files = filesBelow(root).sort();
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const texts = new Map(files.map((path) => [path, read(path)]));

for (const [name, rule] of Object.entries(rules)) {
  test(`tidy: ${name}`, () => {
    assert.deepEqual(
      files.flatMap((path) => rule(path, texts.get(path) ?? '')),
      [],
    );
  });
}

const features = files.filter((path) => /^features\/.*\.feature$/.test(path));
const stepFiles = files.filter((path) => /^steps\/[^/]*\.steps\.ts$/.test(path));
const vocabulary = stepFiles.flatMap((path) =>
  expressionsOf(path, read(path)).expressions.map((expression) => ({
    noun: basename(path, '.steps.ts'),
    expression,
  })),
);

test('tidy: every scenario has a Then and at most 12 steps', () => {
  assert.deepEqual(
    features.flatMap((path) => featureRules(path, read(path))),
    [],
  );
});

test('tidy: step expressions are literal and few', () => {
  assert.deepEqual(
    stepFiles.flatMap((path) => expressionsOf(path, read(path)).findings),
    [],
  );
  assert.ok(vocabulary.length <= stepDefinitionsMax, `${vocabulary.length} step definitions`);
});

test('tidy: every required case has two scenarios of three nouns', () => {
  const scenarios = features.flatMap((path) => scenariosOf(read(path)));
  assert.deepEqual(
    requiredCases.flatMap((number) => caseFindings(number, scenarios, vocabulary)),
    [],
  );
});

// The mistakes that engineers make most: F1 nobody selected to F10 old flows that stick. Those without a row here stand
// in the features of blame by other names.
const failureModes = ['F4', 'F5', 'F6', 'F7', 'F8', 'F9', 'F10'];

test('tidy: every failure mode has two scenarios with its number', () => {
  const names = features.flatMap((path) => scenariosOf(read(path)).map(({ name }) => name));
  const few = failureModes.filter(
    (mode) => names.filter((name) => new RegExp(`\\b${mode}\\b`).test(name)).length < 2,
  );
  assert.deepEqual(few, []);
});

test('tidy: cases that are not required stand in docs/fidelity.md', () => {
  const numbers = Array.from({ length: casesMax }, (_, i) => i + 1);
  const listed = listedCases(read('docs/fidelity.md'));
  const silent = numbers.filter((n) => !requiredCases.includes(n) && !listed.includes(n));
  assert.deepEqual(silent, []);
});

test('tidy catches: a case whose number stands elsewhere than in the table', () => {
  assert.deepEqual(
    listedCases('Linux 6.12\n\n| case | what |\n| --- | --- |\n| 40, 41 | x |\n'),
    [40, 41],
  );
});

const long = `// A file.\nexport function f() {\n${'  g();\n'.repeat(70)}}\n`;
const caught: readonly { rule: string; path: string; text: string }[] = [
  { rule: 'imports', path: 'src/net/x.ts', text: "import { a } from '../api/types.ts';" },
  { rule: 'imports', path: 'src/sim/x.ts', text: "import { a } from 'yaml';" },
  { rule: 'imports', path: 'src/api/x.ts', text: "import { a } from 'node:fs';" },
  { rule: 'imports', path: 'src/proxy/ipvs/x.ts', text: "import { a } from '../iptables/y.ts';" },
  { rule: 'imports', path: 'src/dns/plugin/a/x.ts', text: "import { a } from '../b/y.ts';" },
  { rule: 'imports', path: 'src/odd/x.ts', text: '' },
  { rule: 'fileLength', path: 'src/net/x.ts', text: 'x\n'.repeat(401) },
  { rule: 'fileLength', path: 'src/net/x.test.ts', text: 'x\n'.repeat(801) },
  { rule: 'functionLength', path: 'src/net/x.ts', text: long },
  {
    rule: 'functionLength',
    path: 'src/net/x.ts',
    text: `class A {\n  f(\n    a: string,\n  ): void {\n${'    g();\n'.repeat(70)}  }\n}\n`,
  },
  { rule: 'header', path: 'src/net/x.ts', text: 'export const a = 1;\n' },
  { rule: 'header', path: 'src/net/x.ts', text: '// x\n'.repeat(9) },
  { rule: 'language', path: 'src/net/x.ts', text: 'export default 1;' },
  { rule: 'language', path: 'src/net/x.ts', text: 'export enum A { b }' },
  { rule: 'language', path: 'src/net/x.ts', text: 'const a: any = 1;' },
  { rule: 'language', path: 'src/net/x.ts', text: 'const a = b!.c;' },
  { rule: 'closedCore', path: 'src/net/x.ts', text: 'const a = Date.now();' },
  { rule: 'closedCore', path: 'src/net/x.ts', text: 'const a = Math.random();' },
  { rule: 'closedCore', path: 'src/net/x.ts', text: 'const a = process.env;' },
  { rule: 'closedCore', path: 'src/net/x.ts', text: 'export async function f() {}' },
  { rule: 'closedCore', path: 'src/net/x.ts', text: 'a.localeCompare(b);' },
  { rule: 'barrels', path: 'src/net/index.ts', text: "export { a } from './a.ts';\n" },
  { rule: 'bareVersions', path: 'src/kubelet/x.ts', text: 'if (context.minor >= 34) f();' },
  { rule: 'conflictMarkers', path: 'README.md', text: `a\n${'<'.repeat(7)} HEAD\nb\n` },
  { rule: 'conflictMarkers', path: 'src/net/x.ts', text: `a\n${'>'.repeat(7)} 1a2b (x)\n` },
  { rule: 'forbiddenWords', path: 'README.md', text: ['TO', 'DO: x'].join('') },
  { rule: 'forbiddenWords', path: 'README.md', text: `see ${['', 'work', 'x'].join('/')}` },
];

for (const { rule, path, text } of caught) {
  test(`tidy catches: ${rule} in ${JSON.stringify(text.slice(0, 40))}`, () => {
    const check: Rule | undefined = rules[rule];
    assert.notDeepEqual(check?.(path, text), []);
  });
}

test('tidy: code inside strings, templates and comments is no code', () => {
  const text =
    "// Date.now()\nconst a = `${b.c} process.env`; const d = /Date.now()/;\nconst e = 'x!.y';\n";
  assert.deepEqual(rules['closedCore']?.('src/net/x.ts', text), []);
  assert.deepEqual(rules['language']?.('src/net/x.ts', text), []);
});

const feature = `@case-7
Feature: x
  Scenario: silent
    Given the cluster "a"

  @case-08
  Scenario: fine
    Given the cluster "a"
    Then Service "a" has 2 endpoints
`;

test('tidy catches: a scenario without Then, or with 13 steps', () => {
  assert.deepEqual(featureRules('x.feature', feature), [
    'x.feature:3: scenario "silent" has no Then',
  ]);
  const many = `Feature: x\n  Scenario: long\n${'    Then a\n'.repeat(13)}`;
  assert.deepEqual(featureRules('x.feature', many), ['x.feature:2: scenario "long" has 13 steps']);
});

test('tidy catches: a step expression that is no literal', () => {
  assert.equal(expressionsOf('a.steps.ts', 'Given(name, f);').findings.length, 1);
  assert.equal(expressionsOf('a.steps.ts', 'defineStep(1)').findings.length, 1);
  const { expressions } = expressionsOf('a.steps.ts', "Then<World>(\n  'it\\'s {int}',\n f)");
  assert.deepEqual(expressions, ["it's {int}"]);
});

test('tidy catches: a case with few scenarios or few nouns', () => {
  const words = [
    { noun: 'object', expression: 'the cluster {string}' },
    { noun: 'endpoints', expression: '{object} has {bound} endpoint(s)' },
  ];
  assert.equal(nounOf('Service "a" has 2 endpoints', words), 'endpoints');
  assert.deepEqual(caseFindings(8, scenariosOf(feature), words), [
    'case 8: 1 scenarios, at least 2',
  ]);
  assert.deepEqual(caseFindings(7, scenariosOf(feature), words), [
    'case 7: only the nouns object, endpoints; at least 3',
  ]);
});
