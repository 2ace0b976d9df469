// What may have been meant: the nearest known words for a misspelt field, kind or value. Only a hint for people;
// nothing is ever corrected.
import { resources } from './fields.ts';
import { InputError } from './input-error.ts';

/** For a Helm or Go template given as a manifest. */
export const templateHint =
  'this looks like a template; render it first (helm template . | svcspec COMMAND -f -)';

/** The candidates within a third of the word's length of edits (of a short word one), nearest first, at most three. */
export function nearest(word: string, candidates: readonly string[]): readonly string[] {
  const limit = word.length <= 3 ? 1 : Math.max(2, Math.ceil(word.length / 3));
  return [...new Set(candidates)]
    .map((candidate) => ({ candidate, edits: distance(word, candidate, limit) }))
    .filter(({ edits }) => edits <= limit)
    .sort((a, b) => a.edits - b.edits || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** `did you mean "ports"?`; else all that is possible, when that is a short list; else "". */
export function hintFor(word: string, candidates: readonly string[]): string {
  const near = nearest(word, candidates);
  if (near.length > 0) return `did you mean ${near.map((name) => `"${name}"`).join(' or ')}?`;
  if (candidates.length === 0 || candidates.length > 40) return '';
  return `valid here: ${[...candidates].sort().join(', ')}`;
}

/** Known kinds near a kind: the same kind under another apiVersion first. */
export function hintForKind(apiVersion: string, kind: string): string {
  const same = resources.filter((resource) => resource.kind === kind);
  if (same.length > 0) {
    const versions = same.map(({ group, version }) =>
      group === '' ? version : `${group}/${version}`,
    );
    return `${kind} is in apiVersion ${versions.join(', ')}, not ${apiVersion}`;
  }
  const kinds = nearest(
    kind,
    resources.map((resource) => resource.kind),
  );
  const listed = resources
    .filter((resource) => resource.model !== null && kinds.includes(resource.kind))
    .map(
      ({ group, version, kind }) => `${kind} (${group === '' ? version : `${group}/${version}`})`,
    );
  return listed.length > 0
    ? `did you mean ${listed.join(' or ')}?`
    : 'custom resources have a group with a dot, for example apiVersion: example.com/v1';
}

/** The mistake of naming a kind that neither Kubernetes nor `stored` has ("Widget.example.com"); null when the kind is
 * known. */
export function unknownKind(kind: string, stored: readonly string[]): InputError | null {
  const known = [
    ...resources.flatMap((row) => (row.model === null ? [] : row.kind)),
    ...stored.flatMap((name) => [name, name.replace(/\..*/, '')]),
  ];
  if (known.includes(kind) || resources.some((row) => row.kind === kind)) return null;
  const begun = known.filter((name) => kind.length > 2 && name.startsWith(kind));
  const near = [...new Set([...begun, ...nearest(kind, known)])].slice(0, 3);
  const hint = near.length === 0 ? 'for example Service' : `did you mean ${near.join(' or ')}?`;
  return new InputError('unknown-kind', `unknown kind "${kind}"`, { hint });
}

/** Edits (insert, delete, replace, swap neighbours; case counts half) between two words; above `limit` inexact. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  if (a.toLowerCase() === b.toLowerCase()) return 0.5;
  let older: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        (previous[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (older[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    older = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}
