// JSON merge patch (RFC 7386): objects merge, null removes, everything else replaces.
import { isRecord } from '../values.ts';

export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const copy: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const key of Object.keys(patch)) {
    if (patch[key] === null) delete copy[key];
    else copy[key] = mergePatch(copy[key], patch[key]);
  }
  return copy;
}
