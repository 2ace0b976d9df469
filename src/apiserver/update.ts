// What every update has in common: identity checks, metadata that only the server writes, the kept status, and
// the generation. Models rest.BeforeUpdate and the update part of registry/generic/registry/store.go.
import { conflict, STALE } from '../api/refusals.ts';
import type { KindRow } from '../api/scheme.ts';
import type { AnyObject, ObjectMeta } from '../api/types.ts';
import { isUnset, sameValue } from '../api/values.ts';

/** Throws 409 for a stale resourceVersion or another object's uid. */
export function checkIdentity(row: KindRow, object: AnyObject, old: AnyObject): void {
  const { uid, resourceVersion, name = '' } = object.metadata;
  if (!isUnset(uid) && uid !== old.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`;
    throw conflict(row, name, why);
  }
  if (!isUnset(resourceVersion) && resourceVersion !== old.metadata.resourceVersion) {
    throw conflict(row, name, STALE);
  }
}

const serverOwned = [
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'resourceVersion',
  'generation',
] as const;

/** The object with the server's own metadata and, where status is a subresource, the stored status. */
export function preserved(row: KindRow, object: AnyObject, old: AnyObject): AnyObject {
  const metadata: Record<string, unknown> = { ...object.metadata };
  for (const field of serverOwned) {
    if (old.metadata[field] === undefined) delete metadata[field];
    else metadata[field] = old.metadata[field];
  }
  if (row.namespaced) metadata['namespace'] = object.metadata.namespace;
  const next: AnyObject = { ...object, metadata: metadata as unknown as ObjectMeta };
  if (!row.status) return next;
  const { status, ...rest } = next;
  return 'status' in old ? ({ ...rest, status: old['status'] } as AnyObject) : (rest as AnyObject);
}

/** metadata.generation counts changes of everything but metadata and status. */
export function nextGeneration(
  row: KindRow,
  object: AnyObject,
  old: AnyObject,
  minor: number,
): AnyObject {
  if (row.generationSince === null || minor < row.generationSince) return object;
  const changed = Object.keys({ ...object, ...old }).some(
    (field) => field !== 'metadata' && field !== 'status' && !sameValue(object[field], old[field]),
  );
  // EndpointSlice also counts its labels (endpointslice/strategy.go).
  const labels =
    row.kind === 'EndpointSlice' && !sameValue(object.metadata.labels, old.metadata.labels);
  if (!changed && !labels) return object;
  const generation = (old.metadata.generation ?? 0) + 1;
  return { ...object, metadata: { ...object.metadata, generation } };
}
