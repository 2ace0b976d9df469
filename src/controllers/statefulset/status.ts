// Status of a StatefulSet. Modelled after computeReplicaStatus and completeRollingUpdate of pkg/controller/statefulset.
import { keyOf, type Pod, type StatefulSet, type StatefulSetStatus } from '../../api/types.ts';
import { isPodAvailable } from '../availability.ts';
import type { ControllerContext } from '../controller.ts';
import { same } from '../equal.ts';
import { isReady } from '../pods.ts';
import { withoutZeros } from '../zeros.ts';
import { revisionOfPod } from './identity.ts';
import type { Revisions } from './revisions.ts';

/** isRunningAndReady: Pods on their way out included. */
export function isRunningAndReady(pod: Pod): boolean {
  return pod.status?.phase === 'Running' && isReady(pod);
}

/** Writes the status that the Pods give, if it is another one. */
export function updateStatus(
  set: StatefulSet,
  pods: readonly Pod[],
  revisions: Revisions,
  context: ControllerContext,
): void {
  const found = context.client.get('StatefulSet', keyOf(set));
  if (found === undefined) return;
  const status = statusOf(set, pods, revisions, context);
  if (!same(found.status, status)) context.client.updateStatus({ ...found, status });
}

export function statusOf(
  set: StatefulSet,
  pods: readonly Pod[],
  { current, update, collisionCount }: Revisions,
  context: ControllerContext,
): StatefulSetStatus {
  const minReady = set.spec.minReadySeconds ?? 0;
  const staying = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined);
  const ofRevision = (name: string) => staying.filter((pod) => revisionOfPod(pod) === name).length;
  const ready = pods.filter(isRunningAndReady);
  const status: StatefulSetStatus = {
    observedGeneration: set.metadata.generation ?? 1,
    replicas: pods.length,
    readyReplicas: ready.length,
    availableReplicas: ready.filter((pod) => isPodAvailable(pod, minReady, context)).length,
    currentReplicas: ofRevision(current.metadata.name),
    updatedReplicas: ofRevision(update.metadata.name),
    currentRevision: current.metadata.name,
    updateRevision: update.metadata.name,
    collisionCount,
  };
  const done = completed(set, status);
  return withoutZeros(done, 'replicas', 'availableReplicas', 'collisionCount');
}

/** A rolling update that reached every Pod makes its revision the current one. */
function completed(set: StatefulSet, status: StatefulSetStatus): StatefulSetStatus {
  const want = set.spec.replicas ?? 1;
  const { updatedReplicas = 0, readyReplicas, replicas, updateRevision = '' } = status;
  const all = updatedReplicas === want && readyReplicas === want && replicas === want;
  if (set.spec.updateStrategy?.type !== 'RollingUpdate' || !all) return status;
  return { ...status, currentReplicas: updatedReplicas, currentRevision: updateRevision };
}
