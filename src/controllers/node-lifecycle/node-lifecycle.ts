// What the control plane concludes from nodes: taints from conditions, Pods of a node that is not ready become not
// ready, and are evicted when their toleration ends. Modelled after pkg/controller/nodelifecycle and tainteviction.
import type { Node, Pod } from '../../api/types.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { conditionOf, isTerminal } from '../pods.ts';
import { evict } from './eviction.ts';
import { readyOf, tainted } from './taints.ts';

/** --node-monitor-grace-period. */
export const graceMs = 50_000;

export const nodeLifecycle: Controller = {
  name: 'node-lifecycle',
  watches: ['Node', 'Pod'],
  keysOf(event, { client }) {
    if (event.kind === 'Node') {
      const before = event.previous as unknown as Node | undefined;
      const after = event.object as unknown as Node;
      const isSame = before !== undefined && readyOf(before) === readyOf(after);
      if (event.type === 'MODIFIED' && isSame) return [event.key];
      // Whether others may be evicted hangs on how many are ready.
      if (before === undefined && readyOf(after) === 'True') return [event.key];
      const all = client.list('Node').map((node) => node.metadata.name);
      return event.type === 'DELETED' ? [event.key, ...all] : all;
    }
    const name = (event.object['spec'] as Pod['spec'] | undefined)?.nodeName ?? '';
    const node = name === '' ? undefined : client.get('Node', name);
    if (node === undefined) return [];
    const isTainted = node.spec.taints?.some((one) => one.effect === 'NoExecute') === true;
    return isTainted || readyOf(node) !== 'True' ? [name] : [];
  },
  sync(key, context) {
    const { client, memory } = context;
    const node = client.get('Node', key);
    const known = memory.table<string>('node-lifecycle ready');
    if (node === undefined) {
      known.delete(key);
      return;
    }
    const ready = readyOf(node);
    const before = known.get(key);
    if (before !== ready) known.set(key, ready);
    if (before === 'True' && ready !== 'True') {
      const text = `Node ${key} status is now: NodeNotReady`;
      client.event(node, 'Normal', 'NodeNotReady', text);
    }
    const current = tainted(node, context);
    for (const podKey of context.index.podKeysOnNode(key)) {
      const pod = client.get('Pod', podKey);
      if (pod === undefined || isTerminal(pod)) continue;
      if (ready !== 'True') markNotReady(pod, context);
      evict(client.get('Pod', podKey) ?? pod, current, context);
    }
  },
};

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
