// The catalogue of steps for `svcspec steps`: the loaded definitions with what catalogue.table.ts says of each, and users'
// own steps after them, of which only the expression and the place are known.
import { relative } from 'node:path';
import { loadSupport } from '@cucumber/cucumber/api';
import {
  type CatalogueParameter,
  catalogueParameters,
  catalogueSteps,
  type StepKind,
} from './catalogue.table.ts';
import { checkImports, definitionsIn, stepsModule } from './support.ts';
import { stemOf } from './vocabulary.ts';

export interface ListedStep {
  readonly noun: string;
  readonly pattern: string;
  /** Null: a user's own, of which nobody can know. */
  readonly kind: StepKind | null;
  readonly what: string;
  readonly examples: readonly string[];
  /** "features/support/own.js:12"; null: svcspec's own. */
  readonly file: string | null;
}

export interface Catalogue {
  readonly steps: readonly ListedStep[];
  readonly parameters: readonly CatalogueParameter[];
}

export const ownNoun = 'Your own';

/** All steps that features can use. `imports`: modules with the user's own. */
export async function catalogueOf(imports: readonly string[]): Promise<Catalogue> {
  checkImports(imports);
  const support = await loadSupport({
    sources: {
      defaultDialect: 'en',
      paths: [],
      names: [],
      tagExpression: '',
      order: 'defined',
    },
    support: {
      importPaths: [stepsModule, ...imports],
      requireModules: [],
      requirePaths: [],
      loaders: [],
    },
  });
  const known = new Set(catalogueSteps.map(({ pattern }) => pattern));
  const steps: ListedStep[] = catalogueSteps.map((step) => ({ ...step, file: null }));
  for (const { pattern, uri, line } of definitionsIn(support)) {
    if (known.has(String(pattern))) continue;
    const file = `${relative(process.cwd(), uri)}:${line}`;
    const text = String(pattern);
    steps.push({ noun: ownNoun, pattern: text, kind: null, what: '', examples: [], file });
  }
  return { steps, parameters: catalogueParameters };
}

/** Those whose expression, meaning or examples hold all the words, whatever their case. */
export function narrowed({ steps, parameters }: Catalogue, words: readonly string[]): Catalogue {
  const wanted = words.map((word) => word.toLowerCase());
  const found = steps.filter(({ noun, pattern, what, examples }) => {
    const text = [noun, pattern, what, ...examples].join('\n').toLowerCase();
    const stems = stemsOf(text);
    return wanted.every((word) => text.includes(word) || tells(stems, stemsOf(word).join('')));
  });
  const used = new Set(
    found.flatMap(({ pattern }) => [...pattern.matchAll(/\{(\w*)\}/g)]).map(([, name]) => name),
  );
  return { steps: found, parameters: parameters.filter(({ name }) => used.has(name)) };
}

const stemsOf = (text: string): readonly string[] => (text.match(/[a-z0-9]+/g) ?? []).map(stemOf);

/** "lookup", "look-up" for "looks up": some words in a row begin so. */
function tells(stems: readonly string[], word: string): boolean {
  return (
    word !== '' &&
    stems.some((_, i) =>
      stems
        .slice(i, i + 3)
        .join('')
        .startsWith(word),
    )
  );
}
