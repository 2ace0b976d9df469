// Where an object's values were written: the manifest it came from, and the paths that were patched later. Kept
// beside the object, never in it. What controllers write has no provenance of its own.
import type { Position } from '../api/input-error.ts';
import type { Source } from '../api/manifest.ts';

export interface Patch {
  /** JSON path: "spec.ports[0].port". */
  readonly path: string;
  /** Where the patch was written; null when nobody said. */
  readonly position: Position | null;
}

export interface Provenance {
  readonly source: Source | null;
  /** Newest first. */
  readonly patches: readonly Patch[];
}

export const nowhere: Provenance = { source: null, patches: [] };

/** Whether `path` lies at or below `prefix`. */
function covers(prefix: string, path: string): boolean {
  if (!path.startsWith(prefix)) return false;
  const next = path[prefix.length];
  return prefix === '' || next === undefined || next === '.' || next === '[';
}

/** The position of the longest written prefix of `path`: the newest patch that covers it, else the manifest. */
export function positionOf(from: Provenance, path: string): Position | null {
  const patch = from.patches.find((p) => covers(p.path, path));
  if (patch !== undefined && patch.position !== null) return patch.position;
  return from.source?.at(path) ?? null;
}

/** A patch on top; patches below its path are forgotten. */
export function patched(from: Provenance, patch: Patch): Provenance {
  const rest = from.patches.filter((p) => !covers(patch.path, p.path));
  return { source: from.source, patches: [patch, ...rest] };
}
