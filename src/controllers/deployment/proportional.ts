// Scaling in the middle of a rollout, or of a paused one: every ReplicaSet with pods grows or shrinks by its share.
// pkg/controller/deployment/sync.go scale and util GetReplicaSetProportion.
import type { Deployment, ReplicaSet } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import { desiredOf, maxNoted } from './annotations.ts';
import { isRolling, maxReplicas, wanted } from './limits.ts';
import { askedOf } from './revisions.ts';
import { scaleTo } from './scale.ts';

type Sets = readonly ReplicaSet[];

/** Whether spec.replicas changed since the ReplicaSets were last scaled. */
export function isScalingEvent(found: Deployment, sets: Sets): boolean {
  return sets.some((set) => {
    const desired = desiredOf(set);
    return askedOf(set) > 0 && desired !== undefined && desired !== wanted(found);
  });
}

/** `fresh`: the set of the current template, if there is one; `old`: the others, oldest first. */
export function scaleProportionally(
  found: Deployment,
  fresh: ReplicaSet | undefined,
  old: Sets,
  context: ControllerContext,
): void {
  const want = wanted(found);
  const only = activeOrLatest(fresh, old);
  if (only !== undefined) {
    scaleTo(found, only, want, context);
    return;
  }
  const active = (sets: Sets) => sets.filter((set) => askedOf(set) > 0);
  if (fresh !== undefined && isSaturated(found, fresh)) {
    for (const set of active(old)) scaleTo(found, set, 0, context);
    return;
  }
  if (!isRolling(found)) return;
  const all = active(fresh === undefined ? old : [...old, fresh]);
  for (const [set, size] of shares(found, all)) scaleTo(found, set, size, context, true);
}

/** The one ReplicaSet that asks for pods; when none does the new or the latest one; undefined when several do. */
export function activeOrLatest(fresh: ReplicaSet | undefined, old: Sets): ReplicaSet | undefined {
  const all = fresh === undefined ? old : [...old, fresh];
  const active = all.filter((set) => askedOf(set) > 0);
  if (active.length > 1) return undefined;
  return active[0] ?? fresh ?? old.at(-1);
}

/** Whether the new set has all pods that the Deployment wants, and they are available. */
export function isSaturated(found: Deployment, fresh: ReplicaSet): boolean {
  const want = wanted(found);
  return (
    askedOf(fresh) === want &&
    desiredOf(fresh) === want &&
    (fresh.status?.availableReplicas ?? 0) === want
  );
}

/** The size of each set. Largest first (ties: newest first when growing, oldest first when shrinking), what rounding
 * leaves over goes to the first. `active`: oldest first. */
export function shares(found: Deployment, active: Sets): ReadonlyMap<ReplicaSet, number> {
  const allowed = wanted(found) > 0 ? maxReplicas(found) : 0;
  const toAdd = allowed - askedOf(...active);
  const ordered = toAdd > 0 ? [...active].reverse() : [...active];
  if (toAdd !== 0) ordered.sort((a, b) => askedOf(b) - askedOf(a));
  const sizes = new Map<ReplicaSet, number>();
  let added = 0;
  for (const set of ordered) {
    const share = toAdd === 0 ? 0 : proportion(found, set, toAdd, added);
    sizes.set(set, askedOf(set) + share);
    added += share;
  }
  const [first] = ordered;
  if (first !== undefined && toAdd !== 0) {
    sizes.set(first, Math.max(0, (sizes.get(first) ?? 0) + toAdd - added));
  }
  return sizes;
}

/** GetReplicaSetProportion: what one set gains or loses of `toAdd`, of which `added` is given out already. */
export function proportion(
  found: Deployment,
  set: ReplicaSet,
  toAdd: number,
  added: number,
): number {
  if (askedOf(set) === 0 || toAdd === 0 || toAdd === added) return 0;
  const share = fraction(found, set);
  const left = toAdd - added;
  return toAdd > 0 ? Math.min(share, left) : Math.max(share, left);
}

/** By its share of the pods that were allowed when it was scaled last. */
function fraction(found: Deployment, set: ReplicaSet): number {
  const asked = askedOf(set);
  if (wanted(found) === 0) return -asked;
  const before = maxNoted(set) || (found.status?.replicas ?? 0);
  if (before === 0) return 0;
  const exact = (asked * maxReplicas(found)) / before;
  return Math.sign(exact) * Math.round(Math.abs(exact)) - asked;
}
