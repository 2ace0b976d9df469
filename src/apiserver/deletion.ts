// Deletion as the API server does it: grace periods of Pods, finalizers, the Terminating namespace. Removing
// dependents is the garbage collector's work; propagation only sets its finalizers.
// Models rest.BeforeDelete and registry/generic/registry/store.go.
import type { AnyObject, DeleteOptions, Namespace, Pod } from '../api/types.ts';
import { formatTime } from '../sim/time.ts';

const DEFAULT_GRACE_SECONDS = 30;
const propagationFinalizer = { Foreground: 'foregroundDeletion', Orphan: 'orphan' } as const;

function graceSeconds(pod: Pod, options: DeleteOptions): number {
  const asked = options.gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds;
  const phase = pod.status?.phase;
  if (pod.spec.nodeName === undefined || phase === 'Succeeded' || phase === 'Failed') return 0;
  const seconds = asked ?? DEFAULT_GRACE_SECONDS;
  return seconds < 0 ? 1 : seconds;
}

function terminating(
  object: AnyObject,
  graceMs: number,
  nowMs: number,
  finalizers?: readonly string[],
): AnyObject {
  const { generation } = object.metadata;
  return {
    ...object,
    metadata: {
      ...object.metadata,
      deletionTimestamp: formatTime(nowMs + graceMs),
      deletionGracePeriodSeconds: graceMs / 1000,
      ...(generation === undefined ? {} : { generation: generation + 1 }),
      ...(finalizers === undefined ? {} : { finalizers }),
    },
  };
}

function deletedPod(
  object: AnyObject,
  options: DeleteOptions,
  nowMs: number,
): AnyObject | undefined {
  const pod = object as unknown as Pod;
  const seconds = graceSeconds(pod, options);
  const finalizers = pod.metadata.finalizers ?? [];
  const running = pod.metadata.deletionGracePeriodSeconds;
  if (seconds === 0 && finalizers.length === 0) return undefined;
  if (running !== undefined && (seconds >= running || options.gracePeriodSeconds === undefined)) {
    return object;
  }
  return terminating(object, seconds * 1000, nowMs);
}

function deletedNamespace(object: AnyObject, nowMs: number): AnyObject | undefined {
  const namespace = object as unknown as Namespace;
  if ((namespace.spec?.finalizers ?? []).length === 0) return undefined;
  if (namespace.metadata.deletionTimestamp !== undefined) return object;
  return {
    ...terminating(object, 0, nowMs),
    status: { ...namespace.status, phase: 'Terminating' },
  };
}

/** The object after a delete request: undefined when it is gone at once, else the terminating object. */
export function deletion(
  object: AnyObject,
  options: DeleteOptions,
  nowMs: number,
): AnyObject | undefined {
  if (object.kind === 'Pod') return deletedPod(object, options, nowMs);
  if (object.kind === 'Namespace') return deletedNamespace(object, nowMs);
  const finalizers = [...(object.metadata.finalizers ?? [])];
  const { propagation } = options;
  const added =
    propagation === 'Foreground' || propagation === 'Orphan'
      ? propagationFinalizer[propagation]
      : undefined;
  if (added !== undefined && !finalizers.includes(added)) finalizers.push(added);
  if (finalizers.length === 0) return undefined;
  if (object.metadata.deletionTimestamp !== undefined) return object;
  return terminating(object, 0, nowMs, finalizers);
}

/** Whether an update took the last finalizer of a terminating object: it is gone then. */
export function finishesDeletion(object: AnyObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
  if (deletionTimestamp === undefined || (finalizers ?? []).length > 0) return false;
  if (object.kind === 'Namespace') {
    return ((object as unknown as Namespace).spec?.finalizers ?? []).length === 0;
  }
  return (deletionGracePeriodSeconds ?? 0) === 0;
}
