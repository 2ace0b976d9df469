// The support code of a run: our own steps, and the modules that users bring.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InputError } from '../api/input-error.ts';

/** What `import 'svcspec/steps'` means. */
export const stepsModule = fileURLToPath(new URL('../../steps/index.js', import.meta.url));

export function checkImports(imports: readonly string[]): void {
  for (const file of imports) {
    if (/[*?{[(]/.test(file) || existsSync(file)) continue;
    throw new InputError('file-unreadable', `there is no module "${file}" to import`);
  }
}

export interface LoadedDefinition {
  readonly pattern: string | RegExp;
  readonly uri: string;
  readonly line: number;
  matchesStepName(text: string): boolean;
}

/** The step definitions of loaded support code, which Cucumber's types keep to themselves. */
export function definitionsIn(support: object): readonly LoadedDefinition[] {
  return 'stepDefinitions' in support
    ? (support.stepDefinitions as readonly LoadedDefinition[])
    : [];
}
