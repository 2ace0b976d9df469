// Admission that runs on every create: the namespace must exist and must not be going away.
// Models plugin/pkg/admission/namespace/lifecycle.
import { forbidden, notFound } from '../api/refusals.ts';
import { type KindRow, schemeOf } from '../api/scheme.ts';
import type { AnyObject, Namespace } from '../api/types.ts';

/** Throws 404 for a missing namespace, 403 for a terminating one. */
export function admitNamespace(
  row: KindRow,
  object: AnyObject,
  get: (key: string) => Namespace | undefined,
): void {
  if (!row.namespaced) return;
  const name = object.metadata.namespace ?? 'default';
  const namespace = get(name);
  const namespaces = schemeOf('Namespace');
  if (namespace === undefined) {
    if (namespaces !== undefined) throw notFound(namespaces, name);
    return;
  }
  if (namespace.metadata.deletionTimestamp === undefined) return;
  const why = `unable to create new content in namespace ${name} because it is being terminated`;
  throw forbidden(row, object.metadata.name ?? object.metadata.generateName ?? '', why);
}
