// Status and conditions of a Deployment, in upstream's words. pkg/controller/deployment/{sync,progress}.go.
import type { Deployment, DeploymentStatus, ReplicaSet } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import { instantMs } from '../availability.ts';
import type { ControllerContext } from '../controller.ts';
import { same } from '../equal.ts';
import { countsTerminatingSince } from '../replicaset/status.ts';
import { seconds } from '../time.ts';
import { withoutZeros } from '../zeros.ts';
import {
  type Conditions,
  type ConditionText,
  findCondition,
  progressing,
  withCondition,
  withoutCondition,
} from './conditions.ts';
import { deadlineSeconds, minAvailable, wanted } from './limits.ts';
import { askedOf, availableOf, currentReplicaSet } from './revisions.ts';

type Sets = readonly ReplicaSet[];

/** Counts and availability alone: what a scaling or paused Deployment gets (syncDeploymentStatus). */
export function syncStatus(found: Deployment, sets: Sets, context: ControllerContext): void {
  write(found, statusOf(found, sets, context), context);
}

/** Counts, availability, progress and failures (syncRolloutStatus). */
export function syncRolloutStatus(found: Deployment, sets: Sets, context: ControllerContext): void {
  const status = statusOf(found, sets, context);
  const fresh = currentReplicaSet(found, sets);
  const moved = progress(found, status, fresh, context);
  const conditions = failures(moved, sets, fresh);
  const next = { ...status, conditions };
  if (!write(found, next, context)) requeueStuck(found, next, context);
}

/** False when the stored status says all of it already. */
function write(found: Deployment, status: DeploymentStatus, { client }: ControllerContext) {
  const next = withoutZeros(status, 'collisionCount', 'terminatingReplicas');
  if (same(found.status, next)) return false;
  client.updateStatus({ ...found, status: next });
  return true;
}

/** calculateStatus. */
function statusOf(found: Deployment, sets: Sets, context: ControllerContext): DeploymentStatus {
  const sum = (of: (set: ReplicaSet) => number | undefined): number =>
    sets.reduce((total, set) => total + (of(set) ?? 0), 0);
  const available = availableOf(...sets);
  const { collisionCount } = found.status ?? {};
  const terminating = context.minor < countsTerminatingSince ? undefined : terminatingOf(sets);
  return {
    observedGeneration: found.metadata.generation ?? 1,
    replicas: sum((set) => set.status?.replicas),
    updatedReplicas: currentReplicaSet(found, sets)?.status?.replicas ?? 0,
    readyReplicas: sum((set) => set.status?.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, askedOf(...sets) - available),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    ...(terminating === undefined ? {} : { terminatingReplicas: terminating }),
    conditions: withCondition(
      found.status?.conditions ?? [],
      availability(found, available),
      context.now,
    ),
  };
}

/** Undefined when a ReplicaSet that was synced does not tell. */
export function terminatingOf(sets: Sets): number | undefined {
  let total = 0;
  for (const { status } of sets) {
    const count = status?.terminatingReplicas;
    if (count === undefined && (status?.observedGeneration ?? 0) !== 0) return undefined;
    total += count ?? 0;
  }
  return total;
}

function availability(found: Deployment, available: number): ConditionText {
  const text = (status: string, reason: string, message: string) => {
    return { type: 'Available', status, reason, message };
  };
  return available >= minAvailable(found)
    ? text('True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.')
    : text('False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.');
}

/** DeploymentComplete. */
export function isComplete(found: Deployment, status: DeploymentStatus | undefined): boolean {
  const want = wanted(found);
  return (
    (status?.updatedReplicas ?? 0) === want &&
    (status?.replicas ?? 0) === want &&
    (status?.availableReplicas ?? 0) === want &&
    (status?.observedGeneration ?? 0) >= (found.metadata.generation ?? 1)
  );
}

/** The conditions with the Progressing one brought up to date; without a deadline there is none. */
function progress(
  found: Deployment,
  status: DeploymentStatus,
  fresh: ReplicaSet | undefined,
  context: ControllerContext,
): Conditions {
  const { conditions = [] } = status;
  if (deadlineSeconds(found) === undefined) return withoutCondition(conditions, 'Progressing');
  const before = findCondition(found.status, 'Progressing');
  const resting = status.replicas === status.updatedReplicas;
  if (resting && before?.reason === 'NewReplicaSetAvailable') return conditions;
  const name =
    fresh === undefined
      ? `Deployment "${found.metadata.name}"`
      : `ReplicaSet "${fresh.metadata.name}"`;
  if (isComplete(found, status)) {
    const text = `${name} has successfully progressed.`;
    const done = progressing('True', 'NewReplicaSetAvailable', text);
    return withCondition(conditions, done, context.now);
  }
  if (advanced(found, status)) {
    const moving = progressing('True', 'ReplicaSetUpdated', `${name} is progressing.`);
    // Any progress moves lastUpdateTime, also under the same reason.
    const others = withoutCondition(conditions, 'Progressing');
    const [made] = withCondition([], moving, context.now);
    if (made === undefined) return others;
    const kept = before?.status === 'True' ? before.lastTransitionTime : undefined;
    return [...others, kept === undefined ? made : { ...made, lastTransitionTime: kept }];
  }
  if (!timedOut(found, status, context)) return conditions;
  const text = `${name} has timed out progressing.`;
  const late = progressing('False', 'ProgressDeadlineExceeded', text);
  return withCondition(conditions, late, context.now);
}

/** More updated or ready pods, or fewer old ones, than the last status says (DeploymentProgressing). */
function advanced(found: Deployment, status: DeploymentStatus): boolean {
  const before = found.status ?? {};
  const more = (of: (status: DeploymentStatus) => number | undefined): boolean =>
    (of(status) ?? 0) > (of(before) ?? 0);
  const old = (one: DeploymentStatus) => (one.replicas ?? 0) - (one.updatedReplicas ?? 0);
  return (
    more((one) => one.updatedReplicas) ||
    old(status) < old(before) ||
    more((one) => one.readyReplicas) ||
    more((one) => one.availableReplicas)
  );
}

/** Milliseconds since the deadline passed; negative: it has not yet. Undefined when there is nothing to judge by. */
function lateMs(
  found: Deployment,
  status: DeploymentStatus,
  context: ControllerContext,
): number | undefined {
  const deadline = deadlineSeconds(found);
  const condition = findCondition(status, 'Progressing');
  if (deadline === undefined || condition === undefined) return undefined;
  const fromMs = seconds(condition.lastUpdateTime) * 1000;
  return instantMs(context) - fromMs - deadline * 1000;
}

/** DeploymentTimedOut. */
function timedOut(
  found: Deployment,
  status: DeploymentStatus,
  context: ControllerContext,
): boolean {
  const condition = findCondition(status, 'Progressing');
  if (condition?.reason === 'NewReplicaSetAvailable') return false;
  if (condition?.reason === 'ProgressDeadlineExceeded') return true;
  return (lateMs(found, status, context) ?? 0) > 0;
}

/** Looks again when the deadline passes, a second late as upstream does; settling does not wait for it. */
function requeueStuck(
  found: Deployment,
  status: DeploymentStatus,
  context: ControllerContext,
): void {
  const condition = findCondition(found.status, 'Progressing');
  if (isComplete(found, status) || condition?.reason === 'ProgressDeadlineExceeded') return;
  // A rollout that was complete times out no more: upstream looks again and again, and nothing comes of it.
  if (condition?.reason === 'NewReplicaSetAvailable') return;
  const late = lateMs(found, found.status ?? {}, context);
  if (late === undefined) return;
  // Less than a second left: upstream tries at once and again until it is over.
  const delayMs = late > -1000 ? 1 - Math.min(0, late) : 1000 - late;
  context.again(keyOf(found), delayMs, true);
}

/** ReplicaFailure, from the new ReplicaSet if it has one, else from any. */
function failures(conditions: Conditions, sets: Sets, fresh: ReplicaSet | undefined): Conditions {
  const ordered = fresh === undefined ? sets : [fresh, ...sets];
  const failed = ordered
    .flatMap((set) => set.status?.conditions ?? [])
    .find((condition) => condition.type === 'ReplicaFailure');
  if (failed === undefined) return withoutCondition(conditions, 'ReplicaFailure');
  const { type, status, reason = '', message = '', lastTransitionTime = '' } = failed;
  const before = conditions.find((condition) => condition.type === type);
  if (before?.status === status && before.reason === reason) return conditions;
  const times = {
    lastUpdateTime: lastTransitionTime,
    lastTransitionTime: before?.lastTransitionTime ?? lastTransitionTime,
  };
  return [...withoutCondition(conditions, type), { type, status, ...times, reason, message }];
}
