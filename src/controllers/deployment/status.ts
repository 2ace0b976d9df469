// Status and conditions of a Deployment, in upstream's words. pkg/controller/deployment/{sync,progress}.go.
import type {
  Deployment,
  DeploymentCondition,
  DeploymentStatus,
  ReplicaSet,
} from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import { same } from '../equal.ts';
import { seconds } from '../time.ts';
import { rollingLimits } from './limits.ts';
import { currentReplicaSet } from './revisions.ts';

type Condition = Omit<DeploymentCondition, 'lastTransitionTime' | 'lastUpdateTime'>;

export function updateStatus(
  found: Deployment,
  sets: readonly ReplicaSet[],
  context: ControllerContext,
): void {
  const counts = countsOf(found, sets);
  const fresh = currentReplicaSet(found, sets);
  const progressing = progress(found, counts, fresh, context);
  const conditions = [availability(found, counts), ...progressing].map((condition) =>
    stamped(found, condition, context.now),
  );
  const status: DeploymentStatus = { ...counts, conditions };
  const before = { ...found.status, conditions: found.status?.conditions ?? [] };
  if (!same(before, status)) context.client.updateStatus({ ...found, status });
}

function countsOf(found: Deployment, sets: readonly ReplicaSet[]): DeploymentStatus {
  const sum = (of: (set: ReplicaSet) => number | undefined): number =>
    sets.reduce((total, set) => total + (of(set) ?? 0), 0);
  const asked = sum((set) => set.spec.replicas);
  const available = sum((set) => set.status?.availableReplicas);
  const { collisionCount } = found.status ?? {};
  return {
    observedGeneration: found.metadata.generation ?? 1,
    replicas: sum((set) => set.status?.replicas),
    updatedReplicas: currentReplicaSet(found, sets)?.status?.replicas ?? 0,
    readyReplicas: sum((set) => set.status?.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, asked - available),
    ...(collisionCount === undefined ? {} : { collisionCount }),
  };
}

function availability(found: Deployment, counts: DeploymentStatus): Condition {
  const unavailable =
    found.spec.strategy?.type === 'Recreate' ? 0 : rollingLimits(found).unavailable;
  const enough = (counts.availableReplicas ?? 0) >= (found.spec.replicas ?? 1) - unavailable;
  return enough
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
}

function progress(
  found: Deployment,
  counts: DeploymentStatus,
  fresh: ReplicaSet | undefined,
  context: ControllerContext,
): readonly Condition[] {
  const before = found.status?.conditions?.find((condition) => condition.type === 'Progressing');
  const condition = (status: string, reason: string, message: string): Condition[] => [
    { type: 'Progressing', status, reason, message },
  ];
  if (found.spec.paused === true) {
    return condition('Unknown', 'DeploymentPaused', 'Deployment is paused');
  }
  if (fresh === undefined) return before === undefined ? [] : [before];
  const name = `ReplicaSet "${fresh.metadata.name}"`;
  const want = found.spec.replicas ?? 1;
  const complete =
    counts.updatedReplicas === want &&
    counts.replicas === want &&
    counts.availableReplicas === want;
  if (complete) {
    return condition('True', 'NewReplicaSetAvailable', `${name} has successfully progressed.`);
  }
  if (before === undefined) {
    const text = `Created new replica set "${fresh.metadata.name}"`;
    return condition('True', 'NewReplicaSetCreated', text);
  }
  if (before.reason === 'NewReplicaSetAvailable' || advanced(found, counts)) {
    return condition('True', 'ReplicaSetUpdated', `${name} is progressing.`);
  }
  return timedOut(found, before, context)
    ? condition('False', 'ProgressDeadlineExceeded', `${name} has timed out progressing.`)
    : [before];
}

/** More updated or ready pods, or fewer old ones, than the last status says. */
function advanced(found: Deployment, counts: DeploymentStatus): boolean {
  const old = found.status ?? {};
  const number = (value: number | undefined) => value ?? 0;
  return (
    number(counts.updatedReplicas) > number(old.updatedReplicas) ||
    number(counts.readyReplicas) > number(old.readyReplicas) ||
    number(counts.availableReplicas) > number(old.availableReplicas) ||
    number(counts.replicas) - number(counts.updatedReplicas) <
      number(old.replicas) - number(old.updatedReplicas)
  );
}

function timedOut(
  found: Deployment,
  before: DeploymentCondition,
  context: ControllerContext,
): boolean {
  if (before.reason === 'ProgressDeadlineExceeded') return true;
  const deadline = found.spec.progressDeadlineSeconds ?? 600;
  const left = seconds(before.lastUpdateTime) + deadline - seconds(context.now);
  if (left >= 0) context.again(keyOf(found), (left + 1) * 1000, true);
  return left < 0;
}

/** Times: lastTransitionTime moves with the status only, lastUpdateTime with anything. */
function stamped(found: Deployment, condition: Condition, now: string): DeploymentCondition {
  const before = found.status?.conditions?.find((one) => one.type === condition.type);
  const { type, status, reason, message } = condition;
  if (before?.status === status && before.reason === reason && before.message === message) {
    return before;
  }
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : now;
  const text = {
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  };
  return {
    type,
    status,
    lastUpdateTime: now,
    lastTransitionTime: lastTransitionTime ?? now,
    ...text,
  };
}
