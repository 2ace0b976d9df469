// What surrounds a scenario: where it stands in its feature file, and the refusal that nobody asserted.
import type { SvcWorld } from './world.ts';

interface Located {
  readonly id: string;
  readonly location: { readonly line: number; readonly column?: number };
}

interface Child {
  readonly scenario?: Located | undefined;
  readonly rule?: { readonly children: readonly Child[] } | undefined;
}

/** The parts of Cucumber's GherkinDocument that place a scenario. */
export interface Document {
  readonly uri?: string | undefined;
  readonly feature?: { readonly children: readonly Child[] } | undefined;
}

/** Notes file, line and column of the running scenario. */
export function beginScenario(
  world: SvcWorld,
  pickle: { readonly uri: string; readonly astNodeIds: readonly string[] },
  document: Document,
): void {
  const location = locate(document.feature?.children ?? [], pickle.astNodeIds[0] ?? '');
  world.feature = {
    file: document.uri ?? pickle.uri,
    line: location?.line ?? 1,
    column: location?.column ?? 1,
  };
}

function locate(children: readonly Child[], id: string): Located['location'] | undefined {
  for (const { scenario, rule } of children) {
    if (scenario?.id === id) return scenario.location;
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
