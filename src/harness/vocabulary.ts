// What the checks before a run know of the step definitions: which of them match a text, and what must stand below
// those that end in a colon. Cucumber itself says neither before a step runs.

/** One step definition. */
export interface Definition {
  /** As it is written in its file: "I apply:". */
  readonly pattern: string;
  readonly matches: (text: string) => boolean;
}

/** Remembers by text which definitions match. */
export class Vocabulary {
  readonly #known = new Map<string, readonly Definition[]>();
  readonly definitions: readonly Definition[];

  constructor(definitions: readonly Definition[]) {
    this.definitions = definitions;
  }

  matching(text: string): readonly Definition[] {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const found = this.definitions.filter((definition) => definition.matches(text));
    this.#known.set(text, found);
    return found;
  }
}

/** What the steps of this vocabulary that end in a colon take; steps of users are theirs to check. */
export const below: Readonly<Record<string, 'a Doc String (""")' | 'a table'>> = {
  'a cluster:': 'a Doc String (""")',
  'I apply:': 'a Doc String (""")',
  '{component} is configured with:': 'a Doc String (""")',
  'it prints:': 'a Doc String (""")',
  'the API server refuses it:': 'a Doc String (""")',
  'the environment of {object} contains:': 'a Doc String (""")',
  '{tool} on {object} prints:': 'a Doc String (""")',
  'the answer is:': 'a Doc String (""")',
  '{object} has:': 'a table',
  'the endpoints of {object} are:': 'a table',
  'connections from {client} to {target} spread:': 'a table',
  'the reachability is:': 'a table',
  'the trace passes:': 'a table',
  'the queries are:': 'a table',
};

/** The pattern that shares the most words with a text; null when none shares half of them. */
export function nearestPattern(text: string, definitions: readonly Definition[]): string | null {
  const said = wordsOf(text);
  let best: { readonly pattern: string; readonly score: number } | null = null;
  for (const { pattern } of definitions) {
    const words = wordsOf(pattern.replaceAll(/\{\w*\}/g, ' '));
    const shared = words.filter((word) => said.includes(word)).length;
    const score = (2 * shared) / (words.length + said.length);
    if (score >= 0.5 && score > (best?.score ?? 0)) best = { pattern, score };
  }
  return best?.pattern ?? null;
}

/** Words outside of quotes, without numbers and without "(s)". */
function wordsOf(text: string): readonly string[] {
  const bare = text.replaceAll(/"[^"]*"/g, ' ').replaceAll(/\(\w+\)/g, '');
  return bare.toLowerCase().match(/[a-z]+/g) ?? [];
}
