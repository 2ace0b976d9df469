// A DaemonSet's rolling update: old Pods go within maxUnavailable, or new ones come beside them within maxSurge.
// Modelled after rollingUpdate in pkg/controller/daemon/update.go.
import type { DaemonSet, Node, Pod } from '../../api/types.ts';
import { byCodeUnit } from '../../sim/table.ts';
import { isPodAvailable } from '../availability.ts';
import type { ControllerContext } from '../controller.ts';
import { resolve } from '../deployment/limits.ts';
import type { Change, Placed } from './placing.ts';
import { type Fit, isUpdated } from './template.ts';

export interface Rollout {
  readonly set: DaemonSet;
  readonly hash: string;
  readonly placed: Placed;
  readonly nodes: readonly Node[];
  readonly fits: (node: Node) => Fit;
  readonly context: ControllerContext;
}

/** Pods of the set that are not being deleted, on one node; undefined: too many to tell. */
interface Pair {
  readonly old: Pod | undefined;
  readonly fresh: Pod | undefined;
}

export function rollingChange(rollout: Rollout): Change {
  const { set, nodes, fits } = rollout;
  const wanted = nodes.filter((node) => fits(node).run);
  const rolling = set.spec.updateStrategy?.rollingUpdate;
  const surge = resolve(rolling?.maxSurge, wanted.length, true);
  const unavailable = resolve(rolling?.maxUnavailable, wanted.length, true);
  const names = new Set([...rollout.placed.keys(), ...wanted.map((node) => node.metadata.name)]);
  const sorted = [...names].sort(byCodeUnit);
  if (surge > 0) return surged(rollout, sorted, surge, wanted.length);
  const most = wanted.length > 0 ? Math.max(1, unavailable) : unavailable;
  return replaced(rollout, sorted, most);
}

function pairOn(node: string, { set, hash, placed }: Rollout): Pair | undefined {
  const alive = (placed.get(node) ?? []).filter((p) => p.metadata.deletionTimestamp === undefined);
  const fresh = alive.filter((pod) => isUpdated(set, pod, hash));
  const old = alive.filter((pod) => !isUpdated(set, pod, hash));
  return fresh.length > 1 || old.length > 1 ? undefined : { old: old[0], fresh: fresh[0] };
}

function isAvailable(pod: Pod, { set, context }: Rollout): boolean {
  return isPodAvailable(pod, set.spec.minReadySeconds ?? 0, context);
}

/** Old Pods that are not available go at once, others while no more than `most` nodes are without. */
function replaced(rollout: Rollout, names: readonly string[], most: number): Change {
  const broken: Pod[] = [];
  const candidates: Pod[] = [];
  let without = 0;
  for (const name of names) {
    const pair = pairOn(name, rollout);
    const { old, fresh } = pair ?? {};
    if (old === undefined ? fresh === undefined || !isAvailable(fresh, rollout) : fresh) {
      without++;
    } else if (old !== undefined && !isAvailable(old, rollout)) {
      broken.push(old);
      without++;
    } else if (old !== undefined && without < most) candidates.push(old);
  }
  return { create: [], remove: [...broken, ...candidates.slice(0, Math.max(0, most - without))] };
}

/** New Pods beside old ones, no more than `most` at a time; the old one goes when the new one is available. */
function surged(rollout: Rollout, names: readonly string[], most: number, desired: number): Change {
  const { fits, context } = rollout;
  const remove: Pod[] = [];
  const misplaced: Pod[] = [];
  const allowed: string[] = [];
  const candidates: string[] = [];
  let surging = 0;
  let available = 0;
  for (const name of names) {
    const pair = pairOn(name, rollout);
    if (pair === undefined) {
      surging++;
      continue;
    }
    const { old, fresh } = pair;
    const counted = old ?? fresh;
    const isUp = counted !== undefined && isAvailable(counted, rollout);
    if (isUp) available++;
    if (old === undefined) continue;
    const node = context.client.get('Node', name);
    const mayRun = node !== undefined && fits(node).run;
    if (fresh !== undefined) {
      if (isAvailable(fresh, rollout)) remove.push(old);
      else surging++;
    } else if (!isUp) {
      if (mayRun) allowed.push(name);
      else remove.push(old);
    } else if (!mayRun) misplaced.push(old);
    else if (surging < most) candidates.push(name);
  }
  return {
    create: [...allowed, ...candidates.slice(0, Math.max(0, most - surging))],
    remove: [...remove, ...misplaced.slice(0, Math.max(0, available - desired))],
  };
}
