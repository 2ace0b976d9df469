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

/** Words that say little of what a step is about. */
const slight: ReadonlySet<string> = new Set(['the', 'a', 'an', 'is', 'are', 'of', 'to', 'on']);
const slightWeight = 0.4;
const firstWeight = 0.5;
const leastScore = 0.5;

/** The pattern that shares the most words with a text, the first word above all; null when none comes near. */
export function nearestPattern(text: string, definitions: readonly Definition[]): string | null {
  const said = wordsOf(text);
  let best: { readonly pattern: string; readonly score: number } | null = null;
  for (const { pattern } of definitions) {
    const score = likeness(wordsOf(pattern.replaceAll(/\{\w*\}/g, ' ')), said);
    // Two that differ in the colon alone.
    const exact = score + (pattern.endsWith(':') === text.endsWith(':') ? 0.001 : 0);
    if (score >= leastScore && exact > (best?.score ?? 0)) best = { pattern, score: exact };
  }
  return best?.pattern ?? null;
}

/** 0 to 1. */
function likeness(words: readonly string[], said: readonly string[]): number {
  const first = words[0] === said[0] ? firstWeight : 0;
  const shared = weightOf(words.filter((word) => said.includes(word)));
  return (shared + first) / ((weightOf(words) + weightOf(said)) / 2 + firstWeight);
}

function weightOf(words: readonly string[]): number {
  return words.reduce((sum, word) => sum + (slight.has(word) ? slightWeight : 1), 0);
}

/** Words outside of quotes and of the objects that they name, without numbers and without "(s)". */
function wordsOf(text: string): readonly string[] {
  const bare = text.replaceAll(/([A-Z]\w* )?"[^"]*"/g, ' ').replaceAll(/\(\w+\)/g, '');
  const one = bare.toLowerCase().replaceAll(lookUp, 'answer');
  return (one.match(/[a-z]+/g) ?? []).map(stemOf);
}

/** What people call a look-up or its answer. */
const lookUp = /\b(look(s|ed|ing)?[- ]?ups?|resolv(es?|ed|ing)|resolutions?|answers?)\b/g;

/** "passes" -> "pass", "replicas" -> "replica". */
export function stemOf(word: string): string {
  if (/(s|x|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return word.length > 3 && /[^s]s$/.test(word) ? word.slice(0, -1) : word;
}
