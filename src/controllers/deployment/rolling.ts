// One step of a rolling update: the new ReplicaSet up while the surge allows, or old ones down while enough pods
// stay available. pkg/controller/deployment/rolling.go.
import type { Deployment, ReplicaSet } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import { maxReplicas, minAvailable, wanted } from './limits.ts';
import { askedOf, availableOf, refreshed } from './revisions.ts';
import { scaleTo } from './scale.ts';

type Sets = readonly ReplicaSet[];

/** Scales the new ReplicaSet to what the surge allows; true when it changed (reconcileNewReplicaSet). */
export function rollUp(
  found: Deployment,
  fresh: ReplicaSet,
  old: Sets,
  context: ControllerContext,
): boolean {
  const want = wanted(found);
  const now = askedOf(fresh);
  if (now >= want) return scaleTo(found, fresh, want, context);
  const room = maxReplicas(found) - askedOf(...old, fresh);
  if (room <= 0) return false;
  return scaleTo(found, fresh, now + Math.min(room, want - now), context);
}

/** Scales old ReplicaSets that ask for pods down as far as availability allows; true when one changed
 * (reconcileOldReplicaSets). */
export function rollDown(
  found: Deployment,
  fresh: ReplicaSet,
  old: Sets,
  context: ControllerContext,
): boolean {
  if (askedOf(...old) === 0) return false;
  const newUnavailable = askedOf(fresh) - availableOf(fresh);
  const budget = askedOf(...old, fresh) - minAvailable(found) - newUnavailable;
  if (budget <= 0) return false;
  const cleaned = removeUnhealthy(found, old, budget, context);
  if (cleaned === undefined) return false;
  return removeAvailable(found, fresh, refreshed(old, context), context) || cleaned;
}

/** Old pods that are not available go first, oldest ReplicaSet first. Undefined: a ReplicaSet's status shows more
 * available pods than it asks for, so it is behind its spec; nothing more is done until it is not. */
function removeUnhealthy(
  found: Deployment,
  old: Sets,
  budget: number,
  context: ControllerContext,
): boolean | undefined {
  let left = budget;
  let changed = false;
  for (const set of old) {
    if (left <= 0) break;
    const unhealthy = askedOf(set) - availableOf(set);
    if (askedOf(set) === 0 || unhealthy === 0) continue;
    if (unhealthy < 0) return undefined;
    const count = Math.min(left, unhealthy);
    changed = scaleTo(found, set, askedOf(set) - count, context) || changed;
    left -= count;
  }
  return changed;
}

/** Then available ones, down to the least number that must stay. */
function removeAvailable(
  found: Deployment,
  fresh: ReplicaSet,
  old: Sets,
  context: ControllerContext,
): boolean {
  let left = availableOf(...old, fresh) - minAvailable(found);
  let changed = false;
  for (const set of old) {
    if (left <= 0) break;
    if (askedOf(set) === 0) continue;
    const count = Math.min(askedOf(set), left);
    changed = scaleTo(found, set, askedOf(set) - count, context) || changed;
    left -= count;
  }
  return changed;
}
