// Conditions of a Deployment, set and removed as upstream does: a condition that changes moves to the end, its
// lastTransitionTime follows the status alone. deployment_util.go SetDeploymentCondition.
import type { Deployment, DeploymentCondition, DeploymentStatus } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';

export type Conditions = readonly DeploymentCondition[];
export type ConditionText = Omit<DeploymentCondition, 'lastTransitionTime' | 'lastUpdateTime'>;

export function findCondition(
  status: DeploymentStatus | undefined,
  type: string,
): DeploymentCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

export function progressing(status: string, reason: string, message: string): ConditionText {
  return { type: 'Progressing', status, reason, message };
}

/** One that has the same status and reason already stays as it is, its text and times too. */
export function withCondition(
  conditions: Conditions,
  { type, status, reason = '', message = '' }: ConditionText,
  now: string,
): Conditions {
  const before = conditions.find((condition) => condition.type === type);
  if (before?.status === status && before.reason === reason) return conditions;
  const lastTransitionTime = before?.status === status ? (before.lastTransitionTime ?? now) : now;
  const condition = { type, status, lastUpdateTime: now, lastTransitionTime, reason, message };
  return [...withoutCondition(conditions, type), condition];
}

export function withoutCondition(conditions: Conditions, type: string): Conditions {
  return conditions.filter((condition) => condition.type !== type);
}

/** Writes one condition into the stored Deployment at once. */
export function noteCondition(
  found: Deployment,
  condition: ConditionText,
  { client, now }: ControllerContext,
): void {
  const current = client.get('Deployment', keyOf(found));
  if (current === undefined) return;
  const before = current.status?.conditions ?? [];
  const conditions = withCondition(before, condition, now);
  if (conditions === before) return;
  client.updateStatus({ ...current, status: { ...current.status, conditions } });
}
