// Which Pods of a DaemonSet a node lacks or has too many of, whatever the update strategy.
// Modelled after podsShouldBeOnNode in pkg/controller/daemon/daemon_controller.go.
import type { DaemonSet, Node, Pod } from '../../api/types.ts';
import { byCodeUnit } from '../../sim/table.ts';
import { isPodAvailable } from '../availability.ts';
import type { ControllerContext } from '../controller.ts';
import { isReady, isTerminal } from '../pods.ts';
import { seconds } from '../time.ts';
import { type Fit, revisionLabel } from './template.ts';

/** The set's Pods by the node that they are for. */
export type Placed = ReadonlyMap<string, readonly Pod[]>;

export interface Change {
  /** Nodes that need a Pod. */
  readonly create: readonly string[];
  readonly remove: readonly Pod[];
}

/** How soon after it was made a failed Pod is replaced: upstream's first back-off. */
const failedMs = 1000;

interface Place {
  readonly set: DaemonSet;
  readonly hash: string;
  readonly surges: boolean;
  readonly context: ControllerContext;
}

export function changeOn(
  node: Node,
  { run, stay }: Fit,
  pods: readonly Pod[] | undefined,
  place: Place,
): Change {
  const { name } = node.metadata;
  if (pods === undefined) return { create: run ? [name] : [], remove: [] };
  const alive = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined);
  if (!stay) return { create: [], remove: alive };
  const dead = alive.filter((pod) => isTerminal(pod) && buries(pod, name, place));
  const running = oldestFirst(alive.filter((pod) => !isTerminal(pod)));
  if (!place.surges) return { create: [], remove: [...dead, ...running.slice(1)] };
  if (running.length === 0) return { create: run ? [name] : [], remove: dead };
  return { create: [], remove: [...dead, ...surplusOfSurge(running, place)] };
}

/** Whether an ended Pod goes now; the set says so. A failed one waits so that a node that refuses it is not flooded. */
function buries(pod: Pod, node: string, { set, context }: Place): boolean {
  const { client, now, again } = context;
  const { namespace, name } = pod.metadata;
  if (pod.status?.phase === 'Succeeded') {
    const text = `Found succeeded daemon pod ${namespace}/${name} on node ${node}, will try to delete it`;
    client.event(set, 'Normal', 'SucceededDaemonPod', text);
    return true;
  }
  if (seconds(now) - seconds(pod.metadata.creationTimestamp) < failedMs / 1000) {
    again(`${set.metadata.namespace}/${set.metadata.name}`, failedMs, true);
    return false;
  }
  const text = `Found failed daemon pod ${namespace}/${name} on node ${node}, will try to kill it`;
  client.event(set, 'Warning', 'FailedDaemonPod', text);
  return true;
}

/** Two Pods may be there while the old one is ready and the new one not yet available. */
function surplusOfSurge(running: readonly Pod[], { set, hash, context }: Place): readonly Pod[] {
  if (running.length === 1) return [];
  const isNew = (pod: Pod) => pod.metadata.labels?.[revisionLabel] === hash;
  const fresh = running.find(isNew);
  const old = running.find((pod) => !isNew(pod));
  const more = running.filter((pod) => pod !== fresh && pod !== old);
  if (fresh === undefined || old === undefined) return more;
  const isDone = isPodAvailable(fresh, set.spec.minReadySeconds ?? 0, context);
  return !isReady(old) || isDone ? [...more, old] : more;
}

/** Pods with a node first, then by age, then by name. */
export function oldestFirst(pods: readonly Pod[]): readonly Pod[] {
  const unbound = (pod: Pod) => Number((pod.spec.nodeName ?? '') === '');
  return [...pods].sort(
    (a, b) =>
      unbound(a) - unbound(b) ||
      seconds(a.metadata.creationTimestamp) - seconds(b.metadata.creationTimestamp) ||
      byCodeUnit(a.metadata.name, b.metadata.name),
  );
}
