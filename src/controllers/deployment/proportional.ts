// Scaling in the middle of a rollout: every ReplicaSet with pods grows or shrinks by its share.
// pkg/controller/deployment/sync.go scale and util GetReplicaSetProportion.
import type { Deployment, ReplicaSet } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import { maxReplicas } from './limits.ts';
import { currentReplicaSet, desiredOf, oldReplicaSets } from './revisions.ts';
import { scaleTo } from './rolling.ts';

type Sets = readonly ReplicaSet[];

const asked = (set: ReplicaSet): number => set.spec.replicas ?? 0;

/** Whether spec.replicas changed since the ReplicaSets were last scaled. */
export function isScalingEvent(found: Deployment, sets: Sets): boolean {
  const want = found.spec.replicas ?? 1;
  return sets.some((set) => {
    const desired = desiredOf(set);
    return asked(set) > 0 && desired !== undefined && desired !== want;
  });
}

export function scaleProportionally(
  found: Deployment,
  sets: Sets,
  context: ControllerContext,
): void {
  const want = found.spec.replicas ?? 1;
  const active = sets.filter((set) => asked(set) > 0);
  const fresh = currentReplicaSet(found, sets);
  const only = active.length === 1 ? active[0] : active.length === 0 ? fresh : undefined;
  if (only !== undefined) {
    scaleTo(found, only, want, context);
    return;
  }
  if (fresh !== undefined && isSaturated(found, fresh)) {
    for (const set of oldReplicaSets(found, sets)) {
      if (asked(set) > 0) scaleTo(found, set, 0, context);
    }
    return;
  }
  if (found.spec.strategy?.type !== 'Recreate') spread(found, active, context);
}

function isSaturated(found: Deployment, fresh: ReplicaSet): boolean {
  const want = found.spec.replicas ?? 1;
  return (
    asked(fresh) === want &&
    desiredOf(fresh) === want &&
    (fresh.status?.availableReplicas ?? 0) === want
  );
}

/** Largest first (ties: newest first when growing, oldest first when shrinking); leftovers to the first. */
function spread(found: Deployment, active: Sets, context: ControllerContext): void {
  const total = active.reduce((sum, set) => sum + asked(set), 0);
  const allowed = (found.spec.replicas ?? 1) > 0 ? maxReplicas(found) : 0;
  const toAdd = allowed - total;
  const ordered = toAdd > 0 ? [...active].reverse() : [...active];
  ordered.sort((a, b) => asked(b) - asked(a));
  const sizes = new Map<ReplicaSet, number>();
  let added = 0;
  for (const set of ordered) {
    const share = toAdd === 0 ? 0 : proportion(found, set, toAdd, added);
    sizes.set(set, asked(set) + share);
    added += share;
  }
  for (const [i, set] of ordered.entries()) {
    let size = sizes.get(set) ?? 0;
    if (i === 0 && toAdd !== 0) size = Math.max(0, size + toAdd - added);
    scaleTo(found, set, size, context);
  }
}

function proportion(found: Deployment, set: ReplicaSet, toAdd: number, added: number): number {
  const noted = set.metadata.annotations?.['deployment.kubernetes.io/max-replicas'];
  const before = noted === undefined ? (found.status?.replicas ?? 0) : Number(noted);
  const allowed = (found.spec.replicas ?? 1) > 0 ? maxReplicas(found) : 0;
  const exact = before === 0 ? 0 : (asked(set) * allowed) / before;
  const share = Math.sign(exact) * Math.round(Math.abs(exact)) - asked(set);
  const left = toAdd - added;
  return toAdd > 0 ? Math.min(share, left) : Math.max(share, left);
}
