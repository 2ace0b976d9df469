// What a Deployment writes on its ReplicaSets: copied annotations, revision numbers with their history, and the sizes
// that proportional scaling remembers. pkg/controller/deployment/util/deployment_util.go.
import { lastAppliedKey } from '../../api/last-applied.ts';
import type { Deployment, ReplicaSet } from '../../api/types.ts';
import { maxReplicas } from './limits.ts';

type Annotations = Readonly<Record<string, string>>;

export const revisionKey = 'deployment.kubernetes.io/revision';
const historyKey = 'deployment.kubernetes.io/revision-history';
const desiredKey = 'deployment.kubernetes.io/desired-replicas';
const maxKey = 'deployment.kubernetes.io/max-replicas';
/** Where apps/v1 keeps the rollbackTo field of older API versions. */
export const rollbackKey = 'deprecated.deployment.rollback.to';

/** Longest revision-history, in characters. */
const historyMax = 2000;

/** Annotations that are the Deployment's alone. */
const notCopied: ReadonlySet<string> = new Set([
  lastAppliedKey,
  revisionKey,
  historyKey,
  desiredKey,
  maxKey,
  rollbackKey,
]);

/** The part of some annotations that is copied between Deployment and ReplicaSet, or the rest of it. */
export function copied(annotations: Annotations | undefined, rest = false): Annotations {
  const entries = Object.entries(annotations ?? {}).filter(([key]) => notCopied.has(key) === rest);
  return Object.fromEntries(entries);
}

/** strconv.ParseInt: undefined for what is no number. */
function integer(text: string): number | undefined {
  return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

/** A ReplicaSet's revision; 0 when it has none or it is no number. */
export function revisionOf({ metadata }: ReplicaSet): number {
  return integer(metadata.annotations?.[revisionKey] ?? '0') ?? 0;
}

/** The annotations of the new ReplicaSet under the next revision number: a rollback to an old one notes the number it
 * had in its history. The same object when nothing changes (SetNewReplicaSetAnnotations). */
export function numbered(
  found: Deployment,
  before: Annotations | undefined,
  revision: number,
): Annotations | undefined {
  const all = { ...before, ...copied(found.metadata.annotations) };
  const old = before?.[revisionKey];
  const oldNumber = old === undefined || old === '' ? 0 : integer(old);
  if (oldNumber === undefined) return before;
  if (oldNumber >= revision) {
    const changed = Object.keys(all).some((key) => all[key] !== before?.[key]);
    return changed ? all : before;
  }
  const next: Record<string, string> = { ...all, [revisionKey]: String(revision) };
  if (old !== undefined) {
    const history = appended(before?.[historyKey] ?? '', old);
    if (history !== undefined) next[historyKey] = history;
  }
  return next;
}

/** "1,3" and "5" make "1,3,5"; the oldest go when it gets too long. */
function appended(history: string, revision: string): string | undefined {
  if (history === '') return revision;
  const revisions = history.split(',');
  let length = history.length + revision.length + 1;
  let start = 0;
  while (length > historyMax && start < revisions.length) {
    length -= (revisions[start]?.length ?? 0) + 1;
    start++;
  }
  return length > historyMax ? undefined : [...revisions.slice(start), revision].join(',');
}

/** The sizes that the Deployment asks for now. */
export function scaleNotes(found: Deployment): Annotations {
  const replicas = found.spec.replicas ?? 1;
  return { [desiredKey]: String(replicas), [maxKey]: String(maxReplicas(found)) };
}

export function hasScaleNotes(found: Deployment, { metadata }: ReplicaSet): boolean {
  const notes = scaleNotes(found);
  return Object.keys(notes).every((key) => metadata.annotations?.[key] === notes[key]);
}

/** The size of the Deployment when the ReplicaSet was last scaled; undefined when unknown. */
export function desiredOf(set: ReplicaSet): number | undefined {
  return size(set, desiredKey);
}

/** The most pods that the Deployment could have when the ReplicaSet was last scaled; undefined when unknown. */
export function maxNoted(set: ReplicaSet): number | undefined {
  return size(set, maxKey);
}

function size({ metadata }: ReplicaSet, key: string): number | undefined {
  const text = metadata.annotations?.[key] ?? '';
  const value = /^\d+$/.test(text) ? Number(text) : undefined;
  return value === undefined || value >= 2 ** 31 ? undefined : value;
}
