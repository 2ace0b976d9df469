// JSON merge patch (RFC 7386): objects merge, null removes, everything else replaces. As the API server's library does
// it (evanphx/json-patch 4.12), nulls inside objects of new lists are dropped too.
import { fieldOf, isRecord, setField } from '../values.ts';

export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch) || !isRecord(target)) return withoutNulls(patch);
  const copy: Record<string, unknown> = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete copy[key];
    else setField(copy, key, mergePatch(fieldOf(copy, key), value));
  }
  return copy;
}

/** Without fields that are null; items of lists stay. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutNulls(item)]));
}
