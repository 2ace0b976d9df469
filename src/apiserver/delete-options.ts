// What a delete request is refused for before anything happens: options that make no sense, preconditions that do not
// hold, namespaces that must stay. Models ValidateDeleteOptions, rest.BeforeDelete and the NamespaceLifecycle admission.
import { unsupported } from '../api/field/errors.ts';
import { conflict, forbidden, invalidObject } from '../api/refusals.ts';
import type { DeleteRequest } from '../api/requests.ts';
import { customRow, type KindRow } from '../api/scheme.ts';
import type { AnyObject } from '../api/types.ts';

const optionsRow = customRow({ kind: 'DeleteOptions', group: 'meta.k8s.io', version: 'v1' });
const propagations = ['Foreground', 'Background', 'Orphan', 'nil'];

const immortal: readonly string[] = ['default', 'kube-system', 'kube-public'];

/** Throws Invalid, Conflict or Forbidden. */
export function checkDelete(row: KindRow, { metadata }: AnyObject, options: DeleteRequest): void {
  const { propagation, preconditions = {} } = options;
  const name = metadata.name ?? '';
  if (row.table === 'Namespace' && immortal.includes(name)) {
    throw forbidden(row, name, 'this namespace may not be deleted');
  }
  if (propagation !== undefined && !propagations.slice(0, 3).includes(propagation)) {
    const cause = unsupported('propagationPolicy', propagation, propagations);
    throw invalidObject(optionsRow, '', [cause]);
  }
  const { uid, resourceVersion } = preconditions;
  if (uid !== undefined && uid !== metadata.uid) {
    throw refused(row, name, 'UID', uid, metadata.uid ?? '', 'deleted and then recreated');
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const has = metadata.resourceVersion ?? '';
    throw refused(row, name, 'ResourceVersion', resourceVersion, has, 'modified');
  }
}

/** The server names the kind here where it names the resource elsewhere; of namespaces it says it otherwise. */
function refused(
  row: KindRow,
  name: string,
  what: string,
  wanted: string,
  has: string,
  happened: string,
) {
  if (row.table === 'Namespace') {
    const why = `Precondition failed: ${what} in precondition: ${wanted}, ${what} in object meta: ${has}`;
    return conflict(row, name, why);
  }
  const why = `the ${what} in the precondition (${wanted}) does not match the ${what} in record (${has}). The object might have been ${happened}`;
  return conflict({ ...row, resource: row.kind }, name, why);
}
