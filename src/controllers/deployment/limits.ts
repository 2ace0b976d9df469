// maxSurge and maxUnavailable as pod counts. deployment_util.go ResolveFenceposts.
import type { Deployment, IntOrString } from '../../api/types.ts';

/** "25%" of `total`, or the number itself. */
export function resolve(value: IntOrString | undefined, total: number, up: boolean): number {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  const share = (Number.parseInt(value, 10) * total) / 100;
  return up ? Math.ceil(share) : Math.floor(share);
}

export interface Limits {
  readonly surge: number;
  readonly unavailable: number;
}

/** Surge rounds up, unavailable rounds down; both 0 would never move, so unavailable is then 1. */
export function rollingLimits(found: Deployment): Limits {
  const replicas = found.spec.replicas ?? 1;
  const rolling = found.spec.strategy?.rollingUpdate;
  const surge = resolve(rolling?.maxSurge ?? '25%', replicas, true);
  const unavailable = resolve(rolling?.maxUnavailable ?? '25%', replicas, false);
  if (surge === 0 && unavailable === 0) return { surge, unavailable: 1 };
  return { surge, unavailable: Math.min(unavailable, replicas) };
}

/** Most pods that may exist during a rollout. */
export function maxReplicas(found: Deployment): number {
  const replicas = found.spec.replicas ?? 1;
  if (found.spec.strategy?.type === 'Recreate' || replicas === 0) return replicas;
  return replicas + rollingLimits(found).surge;
}
