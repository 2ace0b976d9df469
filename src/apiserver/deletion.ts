// Deletion as the API server does it: grace periods of Pods, finalizers, propagation, the Terminating namespace.
// Removing dependents is the garbage collector's work; propagation only sets or takes its finalizers.
// Models rest.BeforeDelete and the deletion of registry/generic/registry/store.go.
import type { KindRow } from '../api/scheme.ts';
import type { AnyObject, DeleteOptions, Namespace, ObjectMeta, Pod } from '../api/types.ts';
import { sameValue } from '../api/values.ts';
import { formatTime, parseTime } from '../sim/time.ts';

const propagationFinalizers = { Foreground: 'foregroundDeletion', Orphan: 'orphan' } as const;

/** What a Pod's deletion came to: null, it is not graceful; `metadata` is unchanged where it is pending already. */
interface Graceful {
  readonly metadata: ObjectMeta;
  readonly seconds: number;
}

/** CheckGracefulDelete: seconds that a Pod gets; a Pod that no node has, or that has ended, gets none. */
function graceSeconds(pod: Pod, options: DeleteOptions): number {
  const { phase } = pod.status ?? {};
  if (pod.spec.nodeName === undefined || phase === 'Succeeded' || phase === 'Failed') return 0;
  const seconds = options.gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 0;
  return seconds < 0 ? 1 : seconds;
}

function graceful(object: AnyObject, options: DeleteOptions, nowMs: number): Graceful | null {
  const { metadata } = object;
  const { deletionTimestamp, deletionGracePeriodSeconds: running = 0, generation } = metadata;
  if (deletionTimestamp === undefined) {
    const seconds = graceSeconds(object as unknown as Pod, options);
    return {
      seconds,
      metadata: {
        ...metadata,
        deletionTimestamp: formatTime(nowMs + seconds * 1000),
        deletionGracePeriodSeconds: seconds,
        ...(generation === undefined ? {} : { generation: generation + 1 }),
      },
    };
  }
  if (running === 0) return null;
  const asked = options.gracePeriodSeconds;
  const wanted = asked !== undefined && asked < 0 ? 1 : asked;
  if (wanted === undefined || wanted >= running) return { metadata, seconds: running };
  // Only a shorter period may be given, and it counts from when the deletion began.
  const began = (parseTime(deletionTimestamp) ?? nowMs) - running * 1000;
  const ends = began + wanted * 1000;
  const seconds = ends < nowMs && wanted !== 0 ? 1 : wanted;
  return {
    seconds,
    metadata: {
      ...metadata,
      deletionTimestamp: formatTime(Math.max(ends, nowMs)),
      deletionGracePeriodSeconds: seconds,
    },
  };
}

/** deletionFinalizersForGarbageCollection: what was asked replaces what stood there; events are no one's owners. */
function finalizersFor(
  row: KindRow,
  { finalizers = [] }: ObjectMeta,
  { propagation }: DeleteOptions,
): readonly string[] {
  if (propagation === undefined || row.kind === 'Event') return finalizers;
  const own: readonly string[] = Object.values(propagationFinalizers);
  const others = finalizers.filter((finalizer) => !own.includes(finalizer));
  return propagation === 'Background' ? others : [...others, propagationFinalizers[propagation]];
}

/** The object without a grace period, held by its finalizers alone. */
function marked(metadata: ObjectMeta, nowMs: number): ObjectMeta {
  const { deletionTimestamp, generation } = metadata;
  const isNew = deletionTimestamp === undefined;
  const later = isNew || (parseTime(deletionTimestamp) ?? nowMs) > nowMs;
  return {
    ...metadata,
    ...(isNew && generation !== undefined ? { generation: generation + 1 } : {}),
    ...(later ? { deletionTimestamp: formatTime(nowMs) } : {}),
    deletionGracePeriodSeconds: 0,
  };
}

function deletedNamespace(object: AnyObject, nowMs: number): AnyObject | undefined {
  const namespace = object as unknown as Namespace;
  if ((namespace.spec?.finalizers ?? []).length === 0) return undefined;
  if (namespace.metadata.deletionTimestamp !== undefined) return object;
  const metadata = { ...object.metadata, deletionTimestamp: formatTime(nowMs) };
  return { ...object, metadata, status: { ...namespace.status, phase: 'Terminating' } };
}

/** The object after a delete request: undefined when it is gone at once, the same when nothing changes, else the
 * terminating object. */
export function deletion(
  row: KindRow,
  object: AnyObject,
  options: DeleteOptions,
  nowMs: number,
): AnyObject | undefined {
  if (row.table === 'Namespace') return deletedNamespace(object, nowMs);
  const grace = row.table === 'Pod' ? graceful(object, options, nowMs) : null;
  if (grace !== null && grace.metadata === object.metadata) return object;
  const finalizers = finalizersFor(row, object.metadata, options);
  if (finalizers.length === 0 && (grace === null || grace.seconds === 0)) return undefined;
  const metadata = grace?.metadata ?? marked(object.metadata, nowMs);
  const { finalizers: _, ...rest } = metadata;
  const next = finalizers.length === 0 ? rest : { ...metadata, finalizers };
  return sameValue(next, object.metadata) ? object : { ...object, metadata: next };
}

/** Whether an update took the last finalizer of a terminating object: it is gone then. */
export function finishesDeletion(row: KindRow, object: AnyObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
  if (deletionTimestamp === undefined || (finalizers ?? []).length > 0) return false;
  if (row.table === 'Namespace') {
    return ((object as unknown as Namespace).spec?.finalizers ?? []).length === 0;
  }
  return (deletionGracePeriodSeconds ?? 0) === 0;
}
