// One step of a rolling update: the new ReplicaSet up while the surge allows, or old ones down while enough pods
// stay available. pkg/controller/deployment/rolling.go.
import type { Deployment, ReplicaSet } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import { maxReplicas, rollingLimits } from './limits.ts';
import { desiredOf, scaled } from './revisions.ts';

type Sets = readonly ReplicaSet[];

/** Sets a ReplicaSet's size, with upstream's event; false when nothing changes. */
export function scaleTo(
  found: Deployment,
  set: ReplicaSet,
  replicas: number,
  { client }: ControllerContext,
): boolean {
  const current = client.get('ReplicaSet', keyOf(set)) ?? set;
  const from = current.spec.replicas ?? 0;
  const noted = desiredOf(current) === (found.spec.replicas ?? 1);
  if (from === replicas && noted) return false;
  client.update(scaled(found, current, replicas));
  if (from === replicas) return false;
  const way = replicas > from ? 'up' : 'down';
  const text = `Scaled ${way} replica set ${set.metadata.name} from ${from} to ${replicas}`;
  client.event(found, 'Normal', 'ScalingReplicaSet', text);
  return true;
}

function sum(sets: Sets, of: (set: ReplicaSet) => number): number {
  return sets.reduce((total, set) => total + of(set), 0);
}

const asked = (set: ReplicaSet): number => set.spec.replicas ?? 0;
const available = (set: ReplicaSet): number => set.status?.availableReplicas ?? 0;

/** Scales the new ReplicaSet to what the surge allows; true when it changed. */
export function rollUp(
  found: Deployment,
  fresh: ReplicaSet,
  old: Sets,
  context: ControllerContext,
): boolean {
  const want = found.spec.replicas ?? 1;
  const now = asked(fresh);
  if (now === want) return scaleTo(found, fresh, want, context);
  if (now > want) return scaleTo(found, fresh, want, context);
  const room = maxReplicas(found) - sum([...old, fresh], asked);
  if (room <= 0) return false;
  return scaleTo(found, fresh, now + Math.min(room, want - now), context);
}

/** Scales old ReplicaSets down as far as availability allows; true when one changed. */
export function rollDown(
  found: Deployment,
  fresh: ReplicaSet,
  old: Sets,
  context: ControllerContext,
): boolean {
  if (sum(old, asked) === 0) return false;
  const minAvailable = (found.spec.replicas ?? 1) - rollingLimits(found).unavailable;
  const newUnavailable = asked(fresh) - available(fresh);
  const budget = sum([...old, fresh], asked) - minAvailable - newUnavailable;
  if (budget <= 0) return false;
  const cleaned = removeUnhealthy(found, old, budget, context);
  return removeAvailable(found, fresh, old, minAvailable, context) || cleaned;
}

/** Old pods that are not available go first, oldest ReplicaSet first. */
function removeUnhealthy(
  found: Deployment,
  old: Sets,
  budget: number,
  context: ControllerContext,
): boolean {
  let left = budget;
  let changed = false;
  for (const set of old) {
    if (left <= 0) break;
    const unhealthy = asked(set) - available(set);
    if (asked(set) === 0 || unhealthy <= 0) continue;
    const count = Math.min(left, unhealthy);
    changed = scaleTo(found, set, asked(set) - count, context) || changed;
    left -= count;
  }
  return changed;
}

/** Then available ones, down to the least number that must stay. */
function removeAvailable(
  found: Deployment,
  fresh: ReplicaSet,
  old: Sets,
  minAvailable: number,
  context: ControllerContext,
): boolean {
  const current = (set: ReplicaSet) => context.client.get('ReplicaSet', keyOf(set)) ?? set;
  let left = sum([...old, fresh], available) - minAvailable;
  let changed = false;
  for (const set of old.map(current)) {
    if (left <= 0) break;
    if (asked(set) === 0) continue;
    const count = Math.min(asked(set), left);
    changed = scaleTo(found, set, asked(set) - count, context) || changed;
    left -= count;
  }
  return changed;
}
