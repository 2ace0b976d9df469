// What surrounds a scenario: where it and its steps stand in the feature file, and the refusal that nobody asserted.
import { InputError, type Position } from '../api/input-error.ts';
import type { SvcWorld } from './world.ts';

interface Located {
  readonly id: string;
  readonly location: { readonly line: number; readonly column?: number };
}

interface Step extends Located {
  readonly docString?: { readonly location: Located['location'] } | undefined;
  readonly dataTable?: { readonly rows: readonly Located[] } | undefined;
}

interface Steps {
  readonly steps: readonly Step[];
}

interface Rows {
  readonly examples?: readonly { readonly tableBody: readonly Located[] }[] | undefined;
}

interface Child {
  readonly background?: Steps | undefined;
  readonly scenario?: (Located & Steps & Rows) | undefined;
  readonly rule?: { readonly children: readonly Child[] } | undefined;
}

/** The parts of Cucumber's GherkinDocument that place a scenario. */
export interface Document {
  readonly uri?: string | undefined;
  readonly feature?: { readonly children: readonly Child[] } | undefined;
}

/** One step of Cucumber's pickle. */
export interface PickleStep {
  readonly id: string;
  readonly text: string;
  readonly type?: string | undefined;
  readonly astNodeIds: readonly string[];
}

/** Notes file, line and column of the running scenario: of an outline, those of its row. */
export function beginScenario(
  world: SvcWorld,
  pickle: { readonly uri: string; readonly astNodeIds: readonly string[] },
  document: Document,
): void {
  const location = locate(document.feature?.children ?? [], pickle.astNodeIds.at(-1) ?? '');
  world.feature = {
    file: document.uri ?? pickle.uri,
    line: location?.line ?? 1,
    column: location?.column ?? 1,
  };
  world.step = world.feature;
}

/** Notes what comes after the running step; file, line and column of the step, of its Doc String and of its table's rows. */
export function beginStep(
  world: SvcWorld,
  step: PickleStep,
  document: Document,
  steps: readonly PickleStep[],
): void {
  const running = steps.findIndex(({ id }) => id === step.id);
  const found = findStep(document.feature?.children ?? [], step.astNodeIds[0] ?? '');
  const { file } = world.feature;
  const at = ({ line, column = 1 }: Located['location']): Position => ({ file, line, column });
  world.begins(step.text, {
    step: found === undefined ? world.feature : at(found.location),
    docString: found?.docString === undefined ? null : at(found.docString.location),
    tableRows: (found?.dataTable?.rows ?? []).map((row) => at(row.location)),
    underGiven: step.type === 'Context',
    upcoming: steps.slice(running + 1).map(({ text }) => text),
  });
}

function findStep(children: readonly Child[], id: string): Step | undefined {
  for (const { background, scenario, rule } of children) {
    const steps = [...(background?.steps ?? []), ...(scenario?.steps ?? [])];
    const found = steps.find((step) => step.id === id) ?? findStep(rule?.children ?? [], id);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Runs `act` with a Doc String moved down to the line where it stands in its feature file, so that lines in it are the
 * file's; columns of mistakes are moved by its indentation, which Gherkin takes off. */
export function inPlace(world: SvcWorld, text: string, act: (placed: string) => void): void {
  const { line, column } = world.docString ?? { line: 0, column: 1 };
  try {
    act(`${'\n'.repeat(line)}${text}`);
  } catch (error) {
    throw error instanceof InputError ? indented(error, world.feature.file, column - 1) : error;
  }
}

function indented(error: InputError, file: string, by: number): InputError {
  const { code, message, hint, position, sourceLine } = error;
  if (position === null || position.file !== file) return error;
  return new InputError(code, message, {
    position: { ...position, column: position.column + by },
    hint,
    sourceLine: sourceLine === null ? null : `${' '.repeat(by)}${sourceLine}`,
  });
}

/** Runs `act` for the table's row `n` (0: the header); its mistakes point there. */
export function inRow<T>(world: SvcWorld, n: number, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof InputError) || error.position !== null) throw error;
    const { code, message, hint } = error;
    throw new InputError(code, message, { position: world.tableRows[n] ?? world.step, hint });
  }
}

function locate(children: readonly Child[], id: string): Located['location'] | undefined {
  for (const { scenario, rule } of children) {
    if (scenario?.id === id) return scenario.location;
    const rows = scenario?.examples?.flatMap(({ tableBody }) => tableBody) ?? [];
    const row = rows.find((one) => one.id === id);
    if (row !== undefined) return row.location;
    const inner = rule === undefined ? undefined : locate(rule.children, id);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** A refusal that no step asserted fails the scenario. */
export function endScenario(world: SvcWorld, passed: boolean): void {
  if (!passed || world.refusal === null) return;
  throw new Error(
    `the API server refused a change, and no step expects it:\n${world.refusal.message}`,
  );
}
