// Runs a fast-check property as a test whose failure can be replayed: the message ends with the one command that runs
// the same counterexample again. SVCSPEC_SEED (and SVCSPEC_PATH, fast-check's way to one case and its shrinking)
// replace the fixed seed; SVCSPEC_RUNS the number of runs, for a long search by hand.
import assert from 'node:assert/strict';
import { relative } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';

export interface PropertyOptions {
  /** `import.meta.filename` of the test: the file that the replay command names. */
  readonly file: string;
  readonly runs: number;
  /** Fixed, so that two runs of the tests check the same cases. */
  readonly seed?: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const fixedSeed = 20260517;

function parametersOf(options: PropertyOptions, env: Environment): fc.Parameters<unknown> {
  const seed = number(env, 'SVCSPEC_SEED') ?? options.seed ?? fixedSeed;
  const numRuns = number(env, 'SVCSPEC_RUNS') ?? options.runs;
  const path = env['SVCSPEC_PATH'];
  return path === undefined ? { seed, numRuns } : { seed, numRuns, path };
}

function number(env: Environment, name: string): number | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`${name}: not a whole number: "${text}"`);
  return value;
}

/** The command that runs one counterexample again, from the root of the project. */
export function replayCommand(name: string, file: string, seed: number, path: string): string {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll("'", '.');
  const test = relative(process.cwd(), file);
  return `SVCSPEC_SEED=${seed} SVCSPEC_PATH=${path} node --test --test-name-pattern '^${escaped}$' ${test}`;
}

/** Null: the property held; else what to print, ending with the replay command. */
export function failureOf<T>(
  name: string,
  property: fc.IRawProperty<T, false>,
  options: PropertyOptions,
  env: Environment = process.env,
): string | null {
  const run = fc.check(property, parametersOf(options, env) as fc.Parameters<T>);
  if (!run.failed) return null;
  const path = run.counterexamplePath ?? '0';
  const command = replayCommand(name, options.file, run.seed, path);
  const cause = run.errorInstance instanceof Error ? run.errorInstance.message : '';
  return `${fc.defaultReportMessage(run)}\n\n${cause}\n\nreplay: ${command}`;
}

/** Registers a test: the property holds. */
export function checkProperty<T>(
  name: string,
  property: fc.IRawProperty<T, false>,
  options: PropertyOptions,
): void {
  test(name, () => {
    const failure = failureOf(name, property, options);
    if (failure !== null) assert.fail(failure);
  });
}

/** Registers a test: a property with an injected fault fails. Ignores the environment and does not shrink. */
export function checkCatches<T>(
  fault: string,
  property: fc.IRawProperty<T, false>,
  options: PropertyOptions,
): void {
  test(`caught: ${fault}`, () => {
    const parameters = parametersOf(options, {}) as fc.Parameters<T>;
    const run = fc.check(property, { ...parameters, endOnFailure: true });
    assert.equal(run.failed, true);
    // Any other error would be a broken test, not a caught fault.
    assert.ok(run.errorInstance instanceof assert.AssertionError, `${run.errorInstance}`);
  });
}
