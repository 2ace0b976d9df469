// The Recreate strategy: all old pods go before the first new one comes. pkg/controller/deployment/recreate.go.
import type { Deployment, ReplicaSet } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import { isTerminal } from '../pods.ts';
import { podsOf } from '../replicaset/replicaset.ts';
import { wanted } from './limits.ts';
import { newReplicaSet, syncRevision } from './new-set.ts';
import { askedOf, oldReplicaSets } from './revisions.ts';
import { scaleTo } from './scale.ts';

/** One step; true when all of it is done and old ReplicaSets may be cleaned up. */
export function recreate(
  found: Deployment,
  sets: readonly ReplicaSet[],
  context: ControllerContext,
): boolean {
  const existing = syncRevision(found, sets, context);
  const old = oldReplicaSets(found, sets);
  const scaled = old.filter((set) => askedOf(set) > 0 && scaleTo(found, set, 0, context));
  if (scaled.length > 0 || oldPodsRunning(old, context)) return false;
  const fresh = existing ?? newReplicaSet(found, sets, context);
  scaleTo(found, fresh, wanted(found), context);
  return true;
}

/** By their status or by the pods themselves; pods that have ended do not count, those on their way out do. */
function oldPodsRunning(old: readonly ReplicaSet[], context: ControllerContext): boolean {
  return old.some(
    (set) =>
      (set.status?.replicas ?? 0) > 0 || podsOf(set, context).some((pod) => !isTerminal(pod)),
  );
}
