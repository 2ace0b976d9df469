// Takes Pods off nodes with NoExecute taints when their tolerations end. Modelled after pkg/controller/tainteviction.
import { keyOf, type Node, type Pod, type Taint } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import { covers } from '../scheduler/node-match.ts';
import { seconds } from '../time.ts';

/** Pods whose end is planned -> on which node. */
function plans({ memory }: ControllerContext) {
  return memory.table<string>('node-lifecycle evictions');
}

/** Deletes the Pod when it tolerates the taints no longer. A toleration runs from when the taint and the Pod first met:
 * one that was made for a tainted node later than the taint has its whole time. */
export function evict(pod: Pod, node: Node, context: ControllerContext): void {
  const { client, now, again } = context;
  const taints = (node.spec.taints ?? []).filter((one) => one.effect === 'NoExecute');
  if (pod.metadata.deletionTimestamp !== undefined) {
    plans(context).delete(keyOf(pod));
    return;
  }
  const end = endOf(pod, taints);
  if (end === undefined) {
    cancel(pod, context);
    return;
  }
  const left = end - seconds(now);
  if (left > 0) {
    plans(context).set(keyOf(pod), node.metadata.name);
    again(node.metadata.name, left * 1000, true);
    return;
  }
  plans(context).delete(keyOf(pod));
  const text = `Marking for deletion Pod ${keyOf(pod)}`;
  client.event(pod, 'Normal', 'TaintManagerEviction', text);
  markTarget(pod, context);
  client.delete('Pod', keyOf(pod));
}

/** In seconds; undefined: the Pod may stay. */
function endOf(pod: Pod, taints: readonly Taint[]): number | undefined {
  if (taints.length === 0) return undefined;
  const used = taints.map((taint) => pod.spec.tolerations?.find((one) => covers(one, taint)));
  if (used.includes(undefined)) return 0;
  const limits = used.flatMap((one) => one?.tolerationSeconds ?? []);
  if (limits.length === 0) return undefined;
  const since = Math.min(...taints.map((taint) => seconds(taint.timeAdded)));
  const met = Math.max(since, seconds(pod.metadata.creationTimestamp));
  return met + Math.max(0, Math.min(...limits));
}

function cancel(pod: Pod, context: ControllerContext): void {
  if (plans(context).get(keyOf(pod)) === undefined) return;
  plans(context).delete(keyOf(pod));
  const text = `Cancelling deletion of Pod ${keyOf(pod)}`;
  context.client.event(pod, 'Normal', 'TaintManagerEviction', text);
}

/** PodDisruptionConditions is on by default since this minor: the Pod tells why it goes. */
const tellsSince = 26;

function markTarget(pod: Pod, { client, now, minor }: ControllerContext): void {
  if (minor < tellsSince) return;
  const target = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
    lastTransitionTime: now,
  };
  const others = (pod.status?.conditions ?? []).filter((one) => one.type !== target.type);
  client.updateStatus({ ...pod, status: { ...pod.status, conditions: [...others, target] } });
}
