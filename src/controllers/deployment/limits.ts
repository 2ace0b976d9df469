// maxSurge and maxUnavailable as pod counts. deployment_util.go ResolveFenceposts.
import type { Deployment, IntOrString } from '../../api/types.ts';

/** Of a deadline or a limit: there is none (math.MaxInt32). */
const unlimited = 2 ** 31 - 1;

/** "25%" of `total`, or the number itself. */
export function resolve(value: IntOrString | undefined, total: number, up: boolean): number {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  const share = (Number.parseInt(value, 10) * total) / 100;
  return up ? Math.ceil(share) : Math.floor(share);
}

/** spec.replicas. */
export function wanted(found: Deployment): number {
  return found.spec.replicas ?? 1;
}

/** A Deployment without a strategy type is a rolling one, as defaulting says. */
export function isRolling(found: Deployment): boolean {
  return found.spec.strategy?.type !== 'Recreate';
}

/** maxSurge as written, before both limits are looked at together: what NewRSNewReplicas reads. Rounds up. */
export function surge(found: Deployment): number {
  const rolling = found.spec.strategy?.rollingUpdate;
  return isRolling(found) ? resolve(rolling?.maxSurge ?? '25%', wanted(found), true) : 0;
}

/** Pods that may be missing during a rollout. Rounds down; 1 when surge and this are both 0, so that it moves. */
export function maxUnavailable(found: Deployment): number {
  const replicas = wanted(found);
  if (!isRolling(found) || replicas === 0) return 0;
  const rolling = found.spec.strategy?.rollingUpdate;
  const unavailable = resolve(rolling?.maxUnavailable ?? '25%', replicas, false);
  return Math.min(surge(found) === 0 && unavailable === 0 ? 1 : unavailable, replicas);
}

/** Pods that must stay available during a rolling update. */
export function minAvailable(found: Deployment): number {
  return wanted(found) - maxUnavailable(found);
}

/** Most pods that may exist during a rollout. */
export function maxReplicas(found: Deployment): number {
  return wanted(found) + surge(found);
}

/** progressDeadlineSeconds; undefined: progress is not judged. */
export function deadlineSeconds(found: Deployment): number | undefined {
  const seconds = found.spec.progressDeadlineSeconds;
  return seconds === unlimited ? undefined : seconds;
}

/** revisionHistoryLimit; undefined: all ReplicaSets are kept. */
export function historyLimit(found: Deployment): number | undefined {
  const limit = found.spec.revisionHistoryLimit;
  return limit === unlimited ? undefined : limit;
}
