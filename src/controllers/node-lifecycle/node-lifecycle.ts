// What the control plane concludes from nodes: taints from conditions, pods of a node that is not ready become not
// ready, and are evicted when their toleration ends. Modelled after pkg/controller/nodelifecycle and tainteviction.
import { keyOf, type Node, type Pod, type Taint } from '../../api/types.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { same } from '../equal.ts';
import { conditionOf, isTerminal } from '../pods.ts';
import { seconds } from '../time.ts';

/** --node-monitor-grace-period. */
export const graceMs = 50_000;
const keys = {
  notReady: 'node.kubernetes.io/not-ready',
  unreachable: 'node.kubernetes.io/unreachable',
} as const;

export const nodeLifecycle: Controller = {
  name: 'node-lifecycle',
  watches: ['Node', 'Pod'],
  keysOf(event, { client }) {
    if (event.kind === 'Node') return event.type === 'DELETED' ? [] : [event.key];
    const name = (event.object['spec'] as Pod['spec'] | undefined)?.nodeName ?? '';
    const node = name === '' ? undefined : client.get('Node', name);
    return node !== undefined && readyOf(node) !== 'True' ? [name] : [];
  },
  sync(key, context) {
    const node = context.client.get('Node', key);
    if (node === undefined) return;
    const ready = readyOf(node);
    taint(node, ready, context);
    if (ready === 'True') return;
    const current = context.client.get('Node', key) ?? node;
    for (const podKey of context.index.podKeysOnNode(key)) {
      const pod = context.client.get('Pod', podKey);
      if (pod === undefined || isTerminal(pod)) continue;
      markNotReady(pod, context);
      evict(pod, current, context);
    }
  },
};

function readyOf(node: Node): string {
  return node.status?.conditions?.find((one) => one.type === 'Ready')?.status ?? 'Unknown';
}

function taint(node: Node, ready: string, { client, now }: ControllerContext): void {
  const own: readonly string[] = [keys.notReady, keys.unreachable];
  const before = node.spec.taints ?? [];
  const kept = before.filter((one) => !own.includes(one.key));
  const key = ready === 'False' ? keys.notReady : keys.unreachable;
  const wanted: Taint[] = [...kept];
  if (ready !== 'True') {
    for (const effect of ['NoSchedule', 'NoExecute']) {
      const old = before.find((one) => one.key === key && one.effect === effect);
      wanted.push(old ?? { key, effect, timeAdded: now });
    }
  }
  if (same(before, wanted)) return;
  client.update({ ...node, spec: { ...node.spec, taints: wanted } });
}

/** Ready False at once, so that endpoints stop counting it. */
function markNotReady(pod: Pod, { client, now }: ControllerContext): void {
  const ready = conditionOf(pod, 'Ready');
  if (ready?.status !== 'True') return;
  const conditions = (pod.status?.conditions ?? []).map((one) =>
    one.type === 'Ready' ? { ...one, status: 'False', lastTransitionTime: now } : one,
  );
  client.updateStatus({ ...pod, status: { ...pod.status, conditions } });
  client.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
}

/** NoExecute: deletes the pod when its toleration ends, or at once without one. A toleration runs from when the taint
 * and the pod first met: one that was made for a tainted node later than the taint has its whole time. */
function evict(pod: Pod, node: Node, context: ControllerContext): void {
  const found = node.spec.taints?.find((one) => one.effect === 'NoExecute');
  if (found === undefined || pod.metadata.deletionTimestamp !== undefined) return;
  const tolerations = (pod.spec.tolerations ?? []).filter(
    (one) =>
      ((one.key ?? '') === '' || one.key === found.key) &&
      ((one.effect ?? '') === '' || one.effect === 'NoExecute'),
  );
  const forEver = tolerations.some((one) => one.tolerationSeconds === undefined);
  if (tolerations.length > 0 && forEver) return;
  const allowed = Math.min(...tolerations.map((one) => one.tolerationSeconds ?? 0));
  const metAt = Math.max(seconds(found.timeAdded), seconds(pod.metadata.creationTimestamp));
  const until = metAt + (tolerations.length === 0 ? 0 : allowed);
  const left = until - seconds(context.now);
  if (left > 0) {
    context.again(node.metadata.name, left * 1000, true);
    return;
  }
  const text = `Marking for deletion Pod ${keyOf(pod)}`;
  context.client.event(pod, 'Normal', 'TaintManagerEviction', text);
  context.client.delete('Pod', keyOf(pod));
}

/** The node's status after its kubelet has been silent for the grace period. */
export function silenced(node: Node, now: string): Node {
  const conditions = (node.status?.conditions ?? []).map((one) => ({
    ...one,
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
    lastTransitionTime: one.status === 'Unknown' ? (one.lastTransitionTime ?? now) : now,
  }));
  return { ...node, status: { ...node.status, conditions } };
}
