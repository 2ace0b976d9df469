// What a balancer has found out about its nodes: a node is in service or out, and changes over after so many checks in a
// row that say otherwise. A node that was just named is out until it passes once; the first check at its time then decides.
import type { BalancerCheck } from '../api/cloud-providers.table.ts';

export interface TargetHealth {
  readonly state: 'initial' | 'healthy' | 'unhealthy';
  /** Checks in a row that spoke against the state. */
  readonly streak: number;
}

export const newTarget: TargetHealth = { state: 'initial', streak: 0 };

/** After a check at its time. */
export function afterCheck(
  { state, streak }: TargetHealth,
  passed: boolean,
  { unhealthyThreshold, healthyThreshold }: BalancerCheck,
): TargetHealth {
  const found = passed ? 'healthy' : 'unhealthy';
  if (state === found) return { state, streak: 0 };
  const isEnough = streak + 1 >= (passed ? healthyThreshold : unhealthyThreshold);
  return state === 'initial' || isEnough
    ? { state: found, streak: 0 }
    : { state, streak: streak + 1 };
}

/** After a look between two checks: only a node that was just named can come into service by it. */
export function afterGlance(health: TargetHealth, passed: boolean): TargetHealth {
  return health.state === 'initial' && passed ? { state: 'healthy', streak: 0 } : health;
}
