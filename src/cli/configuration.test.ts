// svcspec.config.yaml: what it may hold, what is said of mistakes, and that the command line counts more.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Command } from 'commander';
import { InputError } from '../api/input-error.ts';
import { settings } from './configuration.table.ts';
import { configured, readConfiguration } from './configuration.ts';
import { addRun } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'svcspec-config-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'own.yaml');

function read(text: string) {
  writeFileSync(file, text);
  return readConfiguration(file);
}

const mistakes: readonly (readonly [text: string, says: RegExp, line: number, column: number])[] = [
  ['retry: many', /retry: wanted a whole number from 0 to 100/, 1, 8],
  ['retry: 101', /from 0 to 100/, 1, 8],
  ['failFast: "yes"', /failFast: wanted true or false/, 1, 11],
  ['tags: [a]', /tags: wanted a text/, 1, 1],
  ['quiet: true\nimport: own.js', /import: wanted a list of texts/, 2, 9],
  ['report: true', /report: wanted a text or false/, 1, 9],
  ['fail-fast: true', /unknown key "fail-fast"/, 1, 1],
  ['- a', /wanted keys and values/, 1, 1],
  ['quiet: true\n---\nquiet: false', /second document/, 3, 1],
];
for (const [text, says, line, column] of mistakes) {
  test(`configuration: ${JSON.stringify(text)} is refused at ${line}:${column}`, () => {
    assert.throws(
      () => read(text),
      (error) => {
        assert.ok(error instanceof InputError);
        assert.match(error.message, says);
        assert.deepEqual(error.position, { file, line, column });
        return true;
      },
    );
  });
}

test('configuration: an empty file and one of comments set nothing; one that was named must be there', () => {
  assert.deepEqual(read(''), {});
  assert.deepEqual(read('# nothing\n'), {});
  assert.throws(
    () => readConfiguration(join(folder, 'none.yaml')),
    /cannot read ".*none\.yaml": ENOENT/,
  );
});

/** The options of `svcspec run` with this command line and this file. */
function optionsOf(argv: readonly string[], text: string): Record<string, unknown> {
  const program = new Command();
  addRun(program, async () => {});
  const [run] = program.commands;
  assert.ok(run !== undefined);
  run.parseOptions([...argv]);
  return configured(run, run.opts(), read(text));
}

test('configuration: what the command line says counts more, whatever it says', () => {
  const text = 'retry: 2\ntags: "@a"\nreport: out\ncolor: false\nimport: [own.js]\n';
  const { retry, tags, report, color, ...more } = optionsOf(['--retry', '0', '--no-report'], text);
  assert.deepEqual(
    [retry, tags, report, color, more['import']],
    [0, '@a', false, false, ['own.js']],
  );
  assert.equal(optionsOf([], 'report: false')['report'], false);
  assert.equal(optionsOf(['--report', 'there'], 'report: false')['report'], 'there');
});

test('configuration: every option of run can stand there, and the schema says the same', () => {
  const program = new Command();
  addRun(program, async () => {});
  const later = ['watch', 'coverage', 'schedule'];
  const options = (program.commands[0]?.options ?? [])
    .map((option) => option.attributeName())
    .filter((name) => !['config', 'verbose', ...later].includes(name));
  assert.deepEqual(Object.keys(settings).sort(), [...new Set([...options, 'features'])].sort());
  const path = join(import.meta.dirname, '../../../schema/config.schema.json');
  const { properties } = JSON.parse(readFileSync(path, 'utf8'));
  assert.deepEqual(Object.keys(properties), Object.keys(settings));
});
