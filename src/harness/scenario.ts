// What surrounds a scenario: where it stands in its feature file, and the refusal that nobody asserted.
import type { SvcWorld } from './world.ts';

interface Located {
  readonly id: string;
  readonly location: { readonly line: number; readonly column?: number };
}

interface Steps {
  readonly steps: readonly {
    readonly docString?:
      | { readonly content: string; readonly location: Located['location'] }
      | undefined;
  }[];
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
  world.document = document;
}

/** A Doc String moved down to the line where it stands in its feature file, so that positions in it are the file's. */
export function inPlace(world: SvcWorld, text: string): string {
  const line = docStringLine(world.document?.feature?.children ?? [], text.split('\n'));
  return `${'\n'.repeat(line)}${text}`;
}

/** The line of the quotes above a Doc String; 0 when it is not found. Lines with placeholders match anything. */
function docStringLine(children: readonly Child[], lines: readonly string[]): number {
  for (const { background, scenario, rule } of children) {
    for (const { docString } of [...(background?.steps ?? []), ...(scenario?.steps ?? [])]) {
      const written = docString?.content.split('\n') ?? [];
      const same =
        written.length === lines.length &&
        written.every((line, i) => line === lines[i] || /<[^<>]+>/.test(line));
      if (docString !== undefined && same) return docString.location.line;
    }
    const inner = rule === undefined ? 0 : docStringLine(rule.children, lines);
    if (inner > 0) return inner;
  }
  return 0;
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
