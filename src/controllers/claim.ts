// Which Pods or ReplicaSets are a controller's own: orphans that match are adopted, own ones that match no more are
// released. A controller that is being deleted does neither. Models pkg/controller/controller_ref_manager.go.

import { selects } from '../api/selects.ts';
import type { Kinds, ObjectMeta, WatchEvent } from '../api/types.ts';
import { byCodeUnit } from '../sim/table.ts';
import type { ControllerContext } from './controller.ts';
import { same } from './equal.ts';
import { controllerOf, controllerRef, released } from './pods.ts';

interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

interface Rule<T> {
  /** What the owner wants. */
  readonly match: (object: T) => boolean;
  /** What is looked at at all; absent: everything. */
  readonly consider?: (object: T) => boolean;
}

/** What the owner controls and the rule wants, in key order, after adopting and releasing. `candidates`: keys that may
 * be orphans. */
export function claim<K extends 'Pod' | 'ReplicaSet'>(
  owner: Owner,
  kind: K,
  { match, consider }: Rule<Kinds[K]>,
  candidates: readonly string[],
  { client, index }: ControllerContext,
): readonly Kinds[K][] {
  const { uid = '', deletionTimestamp } = owner.metadata;
  const deleting = deletionTimestamp !== undefined;
  const owned = index.ownedBy(kind, uid);
  const keys = candidates.length === 0 || deleting ? owned : merged(owned, candidates);
  const claimed: Kinds[K][] = [];
  for (const key of keys) {
    const object = client.get(kind, key);
    if (object === undefined || consider?.(object) === false) continue;
    const controller = controllerOf(object);
    if (controller === undefined) {
      const gone = object.metadata.deletionTimestamp !== undefined;
      if (deleting || gone || !match(object)) continue;
      const ownerReferences = [
        ...(object.metadata.ownerReferences ?? []).filter((one) => one.uid !== uid),
        controllerRef(owner),
      ];
      claimed.push(client.update(withMetadata(object, { ...object.metadata, ownerReferences })));
    } else if (controller.uid === uid) {
      if (match(object)) claimed.push(object);
      else if (!deleting) client.update(withMetadata(object, released(object.metadata, owner)));
    }
  }
  return claimed;
}

function withMetadata<T extends { readonly kind: string; readonly metadata: ObjectMeta }>(
  object: T,
  metadata: ObjectMeta,
): T {
  return { ...object, metadata };
}

function merged(owned: readonly string[], more: readonly string[]): readonly string[] {
  return [...new Set([...owned, ...more])].sort(byCodeUnit);
}

/** Keys of Pods that may be orphans with these labels; none where no Pod is an orphan. */
export function orphanPods(
  namespace: string,
  labels: Readonly<Record<string, string>> | undefined,
  { index }: ControllerContext,
): readonly string[] {
  if (!index.hasOrphans('Pod', namespace)) return [];
  return index.podsWith(namespace, labels ?? {}) ?? index.orphans('Pod', namespace);
}

/** Keys of the workloads of a kind that may adopt an orphan because of an event. */
export function adopters<K extends 'Deployment' | 'ReplicaSet' | 'StatefulSet'>(
  kind: K,
  event: WatchEvent,
  { client, index }: ControllerContext,
): readonly string[] {
  if (!mayBeAdopted(event)) return [];
  const { namespace = '', labels } = event.object.metadata;
  return index.whoMaySelect(kind, namespace, labels).filter((key) => {
    const found = client.get(kind, key);
    return found !== undefined && selects(found.spec.selector, labels);
  });
}

/** The keys "ns/name" of the controllers of `kind` that an object had before and has after an event. */
export function controllersOf(
  kind: string,
  ...objects: readonly ({ readonly metadata: ObjectMeta } | undefined)[]
): readonly string[] {
  const keys = new Set<string>();
  for (const object of objects) {
    const owner = object === undefined ? undefined : controllerOf(object);
    if (owner?.kind === kind) keys.add(`${object?.metadata.namespace}/${owner.name}`);
  }
  return [...keys];
}

/** Whether an event may make an orphan interesting to who does not own it: it is new, or its labels or its controller
 * changed. */
export function mayBeAdopted(event: WatchEvent): boolean {
  const { type, object, previous } = event;
  if (type === 'DELETED' || controllerOf(object) !== undefined) return false;
  if (previous === undefined) return true;
  if (controllerOf(previous) !== undefined) return true;
  return !same(object.metadata.labels, previous.metadata.labels);
}
