// From a stored object's path to the place in a manifest where it was written. What a controller made maps to its
// owner: a Pod's spec to the template, everything else to the owner itself.
import type { Position } from '../api/input-error.ts';
import { positionOf } from './provenance.ts';
import type { Stored } from './store.ts';

const OWNERS_MAX = 5;
const SERVICE_LABEL = 'kubernetes.io/service-name';

/** The path in an owner that holds what `path` says in an object it made. */
function ownerPath(kind: string, ownerKind: string, path: string): string {
  if (ownerKind === 'Deployment' && kind === 'ReplicaSet') return path;
  const templated = /^(spec|metadata\.(labels|annotations))([.[]|$)/.test(path);
  return kind === 'Pod' && templated ? `spec.template.${path}` : '';
}

/** Position of the longest written prefix of `path` ("" is the object) in "Kind/ns/name"; null when neither the
 * object nor an owner of it came from a manifest. */
export function locate(
  get: (kind: string, key: string) => Stored | undefined,
  reference: string,
  path: string,
): Position | null {
  const slash = reference.indexOf('/');
  let kind = reference.slice(0, slash);
  let stored = get(kind, reference.slice(slash + 1));
  let at = path;
  for (let i = 0; i < OWNERS_MAX && stored !== undefined; i++) {
    const position = positionOf(stored.from, at);
    if (position !== null) return position;
    const { metadata } = stored.object;
    const owner = metadata.ownerReferences?.find((o) => o.controller === true);
    const service = metadata.labels?.[SERVICE_LABEL];
    const next = owner ?? (service === undefined ? undefined : { kind: 'Service', name: service });
    if (next === undefined) return null;
    at = ownerPath(kind, next.kind, at);
    kind = next.kind;
    stored = get(kind, ownerKey(kind, metadata.namespace, next.name));
  }
  return null;
}

function ownerKey(kind: string, namespace: string | undefined, name: string): string {
  return kind === 'Node' || namespace === undefined ? name : `${namespace}/${name}`;
}
