// What is looked at before the first scenario runs, as a Cucumber plugin: features that could not mean anything are
// refused as a whole (exit status 2) and not reported as passed or skipped. Cucumber itself accepts most of these.
import { InputError, type Position } from '../api/input-error.ts';
import { below, type Definition, nearestPattern, Vocabulary } from './vocabulary.ts';

interface PickleStep {
  readonly text: string;
  readonly type?: string | undefined;
  readonly argument?: { readonly docString?: unknown; readonly dataTable?: unknown } | undefined;
  readonly astNodeIds: readonly string[];
}
interface Located {
  readonly id: string;
  readonly location: { readonly line: number; readonly column?: number | undefined };
}
interface Scenario extends Located {
  readonly name: string;
  readonly description: string;
  readonly steps: readonly Located[];
  readonly examples?:
    | readonly {
        readonly tableHeader?:
          | { readonly cells: readonly { readonly value: string }[] }
          | undefined;
      }[]
    | undefined;
}
interface Child {
  readonly background?: Scenario | undefined;
  readonly scenario?: Scenario | undefined;
  readonly rule?: { readonly children: readonly Child[] } | undefined;
}
export interface PlannedScenario {
  readonly pickle: {
    readonly uri: string;
    readonly name: string;
    readonly steps: readonly PickleStep[];
  };
  readonly gherkinDocument: {
    readonly feature?: { readonly children: readonly Child[] } | undefined;
  };
  readonly location: { readonly line: number; readonly column?: number | undefined };
}

/** Everything that is wrong with the features that were about to run. */
export class FeatureErrors extends Error {
  readonly errors: readonly InputError[];
  constructor(errors: readonly InputError[]) {
    super(errors.map((error) => error.message).join('\n'));
    this.name = 'FeatureErrors';
    this.errors = errors;
  }
}

/** The step definitions; set by the runner before Cucumber starts. */
export const loaded: { vocabulary: Vocabulary } = { vocabulary: new Vocabulary([]) };

export const type = 'plugin';

/** Called by Cucumber when the run begins. */
export function coordinator(context: {
  readonly operation: string;
  readonly transform: (
    key: 'pickles:filter',
    check: (planned: readonly PlannedScenario[]) => readonly PlannedScenario[],
  ) => void;
}): void {
  if (context.operation !== 'runCucumber') return;
  context.transform('pickles:filter', (planned) => {
    const errors = each(planned.flatMap(problemsOf));
    if (errors.length > 0) throw new FeatureErrors(errors);
    return planned;
  });
}

/** A step of a Background is in all of its scenarios, and wrong once. */
function each(errors: readonly InputError[]): readonly InputError[] {
  const key = ({ message, position }: InputError) => JSON.stringify([position, message]);
  return [...new Map(errors.map((error) => [key(error), error])).values()];
}

/** What is wrong with one scenario. */
export function problemsOf(planned: PlannedScenario): readonly InputError[] {
  const { pickle, gherkinDocument, location } = planned;
  const position = at(pickle.uri, location);
  const name = `scenario "${pickle.name}"`;
  const misspelt = misspeltKeyword(planned);
  if (misspelt !== undefined) return [misspelt];
  if (pickle.steps.length === 0) {
    return [new InputError('feature', `${name} has no steps`, { position })];
  }
  const errors: InputError[] = [];
  for (const step of pickle.steps) {
    const where = at(pickle.uri, locate(gherkinDocument, step.astNodeIds[0] ?? '') ?? location);
    const wrong = noColumn(planned, step, where) ?? problemOfStep(step, where);
    if (wrong !== undefined) errors.push(wrong);
  }
  if (!pickle.steps.some((step) => step.type === 'Outcome')) {
    const hint = 'say what must be true afterwards, with Then';
    errors.push(
      new InputError('feature', `${name} checks nothing: it has no Then`, { position, hint }),
    );
  }
  return errors;
}

/** Exactly one definition matches a step, and below it stands what that one takes. */
function problemOfStep(step: PickleStep, position: Position): InputError | undefined {
  const { text } = step;
  const [definition, ...others] = loaded.vocabulary.matching(text);
  if (definition === undefined) {
    const near = nearestPattern(text, loaded.vocabulary.definitions);
    const all = `${quotesHint(text)}all steps are in docs/vocabulary.md`;
    const hint = near === null ? all : `did you mean: ${near}\n${all}`;
    return new InputError('unknown-step', `no step says: ${text}`, { position, hint });
  }
  if (others.length > 0) {
    const hint = 'word it so that only one of them matches';
    const message = `${others.length + 1} steps say: ${text}`;
    return new InputError('unknown-step', message, { position, hint });
  }
  return problemBelow(step, definition, position);
}

/** A command line with quotes of its own. */
function quotesHint(text: string): string {
  const inner = /^I run "(.*)"$/.exec(text)?.[1]?.replaceAll('\\"', '') ?? '';
  return inner.includes('"')
    ? 'write quotes inside of the command as \\", or as single ones\n'
    : '';
}

/** `<m>` that is still there in a step of an outline: no column of its Examples has that name. */
function noColumn(
  { gherkinDocument }: PlannedScenario,
  { text, astNodeIds }: PickleStep,
  position: Position,
): InputError | undefined {
  const [, name] = /<([^<>\s]+)>/.exec(text) ?? [];
  if (name === undefined) return undefined;
  for (const scenario of scenariosOf(gherkinDocument.feature?.children ?? [])) {
    if (!scenario.steps.some((step) => step.id === astNodeIds[0])) continue;
    const headers = (scenario.examples ?? []).flatMap(
      ({ tableHeader }) => tableHeader?.cells ?? [],
    );
    if (headers.length === 0) return undefined;
    const columns = [...new Set(headers.map(({ value }) => value))].join(', ');
    return new InputError('feature', `<${name}> is no column of Examples (${columns})`, {
      position,
    });
  }
  return undefined;
}

function problemBelow(
  step: PickleStep,
  definition: Definition,
  position: Position,
): InputError | undefined {
  const wanted = below[definition.pattern];
  if (wanted === undefined) return undefined;
  const { docString, dataTable } = step.argument ?? {};
  if ((wanted === 'a table' ? dataTable : docString) !== undefined) return undefined;
  const message = `"${step.text}" needs ${wanted} below it`;
  return new InputError('feature', message, { position });
}

function at(file: string, location: Located['location']): Position {
  return { file, line: location.line, column: location.column ?? 1 };
}

function* scenariosOf(children: readonly Child[]): Generator<Scenario> {
  for (const { background, scenario, rule } of children) {
    if (background !== undefined) yield background;
    if (scenario !== undefined) yield scenario;
    if (rule !== undefined) yield* scenariosOf(rule.children);
  }
}

function locate(
  document: PlannedScenario['gherkinDocument'],
  id: string,
): Located['location'] | undefined {
  for (const scenario of scenariosOf(document.feature?.children ?? [])) {
    for (const step of scenario.steps) if (step.id === id) return step.location;
  }
  return undefined;
}

const keywords = ['Given', 'When', 'Then', 'And', 'But'];

/** Gherkin takes a line before the first step for a description, so `Gven a cluster` would vanish without a word. */
function misspeltKeyword(planned: PlannedScenario): InputError | undefined {
  const { pickle, gherkinDocument, location } = planned;
  for (const scenario of scenariosOf(gherkinDocument.feature?.children ?? [])) {
    const lines = (scenario.description ?? '').split('\n');
    for (const [i, line] of lines.entries()) {
      const [word = '', next] = line.trim().split(/\s+/);
      const keyword = keywords.find((k) => isNear(word, k));
      if (keyword === undefined || next === undefined) continue;
      const mine = scenario.location.line === location.line || scenario.steps.length === 0;
      if (!mine && scenario.name !== pickle.name) continue;
      const column = line.search(/\S/) + 1;
      const position = { file: pickle.uri, line: scenario.location.line + 1 + i, column };
      return new InputError('feature', `"${word}" is no keyword, so this line is no step`, {
        position,
        hint: `did you mean ${keyword}?`,
      });
    }
  }
  return undefined;
}

/** English words that a description may begin with. */
const plainWords = new Set([
  'the',
  'than',
  'them',
  'they',
  'thee',
  'hen',
  'give',
  'gives',
  'giver',
]);

/** One letter missing, added, changed or swapped, or the wrong case. */
export function isNear(word: string, keyword: string): boolean {
  if (word === keyword || plainWords.has(word.toLowerCase())) return false;
  const a = word.toLowerCase();
  const b = keyword.toLowerCase();
  if (a === b) return word !== a || keyword.length > 3;
  if (b.length <= 3 || Math.abs(a.length - b.length) > 1) return false;
  if (a.length === b.length) {
    const wrong = [...a].flatMap((letter, i) => (letter === b[i] ? [] : [i]));
    const [i = 0, j = 0] = wrong;
    return wrong.length === 1 || (wrong.length === 2 && a[i] === b[j] && a[j] === b[i]);
  }
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return [...long].some((_letter, i) => long.slice(0, i) + long.slice(i + 1) === short);
}
