// Status of a ReplicaSet: counts, the ReplicaFailure condition, and when to look again for Pods that become available.
// Modelled after pkg/controller/replicaset/replica_set_utils.go.

import { selects } from '../../api/selects.ts';
import type { Pod, ReplicaSet, ReplicaSetCondition, ReplicaSetStatus } from '../../api/types.ts';
import { keyOf, matchesLabels } from '../../api/types.ts';
import { isPodAvailable, nextAvailableMs } from '../availability.ts';
import type { ControllerContext } from '../controller.ts';
import { same } from '../equal.ts';
import { controllerOf, isActive, isReady, isTerminal } from '../pods.ts';
import { withoutZeros } from '../zeros.ts';

/** Why pods could not be created. Deleting one never fails here. */
export interface Failure {
  readonly reason: 'FailedCreate';
  readonly message: string;
}

const failureType = 'ReplicaFailure';

/** Minor since which terminatingReplicas is counted (DeploymentReplicaSetTerminatingReplicas, beta). */
export const countsTerminatingSince = 35;

export function updateStatus(
  set: ReplicaSet,
  failure: Failure | undefined,
  context: ControllerContext,
): void {
  const { client } = context;
  const current = client.get('ReplicaSet', keyOf(set));
  if (current === undefined) return;
  const pods = selectedPods(set, context);
  const active = pods.filter(isActive);
  const status = statusOf(current, pods, failure, context);
  if (!same(current.status, status)) client.updateStatus({ ...current, status });
  const minReady = set.spec.minReadySeconds ?? 0;
  if (failure !== undefined || minReady === 0) return;
  const wait = nextAvailableMs(active, minReady, context);
  if (wait !== undefined) context.again(keyOf(set), wait);
}

function selectedPods(set: ReplicaSet, { client, index }: ControllerContext): readonly Pod[] {
  const { uid = '' } = set.metadata;
  return index.ownedBy('Pod', uid).flatMap((key) => {
    const pod = client.get('Pod', key);
    if (pod === undefined || controllerOf(pod)?.uid !== uid) return [];
    return selects(set.spec.selector, pod.metadata.labels) ? [pod] : [];
  });
}

function statusOf(
  set: ReplicaSet,
  pods: readonly Pod[],
  failure: Failure | undefined,
  context: ControllerContext,
): ReplicaSetStatus {
  const minReady = set.spec.minReadySeconds ?? 0;
  const template = set.spec.template?.metadata?.labels ?? {};
  const counts = { full: 0, ready: 0, available: 0, active: 0, terminating: 0 };
  for (const pod of pods) {
    if (!isActive(pod)) {
      if (!isTerminal(pod)) counts.terminating++;
      continue;
    }
    counts.active++;
    if (matchesLabels(template, pod.metadata.labels)) counts.full++;
    if (isReady(pod)) counts.ready++;
    if (isPodAvailable(pod, minReady, context)) counts.available++;
  }
  const kept = {
    replicas: counts.active,
    ...(context.minor < countsTerminatingSince ? {} : { terminatingReplicas: counts.terminating }),
  };
  const status: ReplicaSetStatus = {
    ...kept,
    fullyLabeledReplicas: counts.full,
    readyReplicas: counts.ready,
    availableReplicas: counts.available,
    observedGeneration: set.metadata.generation ?? 1,
    conditions: conditionsOf(set, failure, context.now),
  };
  return withoutZeros(status, 'replicas', 'terminatingReplicas');
}

/** A failure that is noted already keeps its text and time. */
function conditionsOf(
  set: ReplicaSet,
  failure: Failure | undefined,
  now: string,
): readonly ReplicaSetCondition[] {
  const before = set.status?.conditions ?? [];
  const noted = before.some((condition) => condition.type === failureType);
  if (failure === undefined) return before.filter((condition) => condition.type !== failureType);
  if (noted) return before;
  const { reason, message } = failure;
  const condition = { type: failureType, status: 'True', lastTransitionTime: now, reason, message };
  return [...before, condition];
}
