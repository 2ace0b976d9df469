// Binds pods to nodes: filters, then the node with the fewest pods, ties in the order of the Cluster document.
// Preemption and resource scoring are deliberately not here. Modelled after pkg/scheduler/schedule_one.go.
import type { ClusterSpec } from '../../api/cluster-spec.ts';
import type { Node, Pod, PodCondition } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import { contains, parseCidr } from '../../net/cidr.ts';
import { byCodeUnit } from '../../sim/table.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { podPin } from '../pins.ts';
import { conditionOf, isTerminal } from '../pods.ts';
import { type Candidate, filters } from './filters.ts';

export const scheduler: Controller = {
  name: 'scheduler',
  watches: ['Pod', 'Node'],
  keysOf(event, { client, index }) {
    if (event.kind === 'Pod' && event.type !== 'DELETED') {
      const pod = client.get('Pod', event.key);
      return pod !== undefined && isPending(pod) ? [event.key] : [];
    }
    // A node that changed or a pod that left may make room for pods that did not fit.
    return index.unscheduled();
  },
  sync(key, context) {
    const pod = context.client.get('Pod', key);
    if (pod === undefined || !isPending(pod)) return;
    if ((pod.spec.schedulerName ?? 'default-scheduler') !== 'default-scheduler') return;
    const node = choose(pod, context);
    if (typeof node !== 'string') refuse(pod, node.reasons, node.total, context);
    else bind(pod, node, context);
  },
};

function isPending(pod: Pod): boolean {
  return (
    (pod.spec.nodeName ?? '') === '' &&
    pod.metadata.deletionTimestamp === undefined &&
    !isTerminal(pod) &&
    (pod.spec.schedulingGates ?? []).length === 0
  );
}

interface Refusal {
  readonly total: number;
  readonly reasons: readonly string[];
}

/** The node's name, or why no node fits. */
function choose(pod: Pod, context: ControllerContext): string | Refusal {
  const { client, index, spec } = context;
  const pinned = pinnedNode(pod, context);
  const nodes = client.list('Node');
  const reasonOf = (node: Node) =>
    pinned !== undefined && pinned !== node.metadata.name
      ? "node(s) didn't match Pod's node affinity/selector"
      : refusal(pod, node, context);
  for (const name of index.nodesByPods(namesInOrder(nodes, spec))) {
    const node = client.get('Node', name);
    if (node !== undefined && reasonOf(node) === undefined) return name;
  }
  return { total: nodes.length, reasons: nodes.flatMap((node) => reasonOf(node) ?? []) };
}

/** The node that is pinned, or the one whose range holds the pinned address. */
function pinnedNode(pod: Pod, { client, spec }: ControllerContext): string | undefined {
  const pin = podPin(spec, pod);
  if (pin === undefined) return undefined;
  const { ip, node } = pin;
  if (node !== null) return node;
  if (ip === null) return undefined;
  const holds = ({ podCIDRs = [] }: Node['spec']) =>
    podCIDRs.some((text) => {
      const range = parseCidr(text);
      return range !== undefined && contains(range, ip);
    });
  return client.list('Node').find((one) => holds(one.spec))?.metadata.name;
}

const orders = new WeakMap<readonly Node[], readonly string[]>();

/** As the Cluster document lists them, then by name; the same list for the same Node objects. */
function namesInOrder(nodes: readonly Node[], spec: ClusterSpec): readonly string[] {
  let order = orders.get(nodes);
  if (order === undefined) {
    const places = new Map(spec.nodes.map((node, place) => [node.name, place]));
    const place = (name: string) => places.get(name) ?? spec.nodes.length;
    order = nodes
      .map((node) => node.metadata.name)
      .sort((a, b) => place(a) - place(b) || byCodeUnit(a, b));
    orders.set(nodes, order);
  }
  return order;
}

function refusal(pod: Pod, node: Node, context: ControllerContext): string | undefined {
  const candidate: Candidate = {
    node,
    get pods() {
      return podsOn(node.metadata.name, pod, context);
    },
  };
  for (const filter of filters) {
    const reason = filter(pod, candidate);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function podsOn(node: string, except: Pod, { client, index }: ControllerContext): readonly Pod[] {
  return index
    .podKeysOnNode(node)
    .flatMap((key) => client.get('Pod', key) ?? [])
    .filter((pod) => !isTerminal(pod) && pod.metadata.uid !== except.metadata.uid);
}

function bind(pod: Pod, node: string, { client, now }: ControllerContext): void {
  const bound = client.update({ ...pod, spec: { ...pod.spec, nodeName: node } });
  const scheduled: PodCondition = { type: 'PodScheduled', status: 'True', lastTransitionTime: now };
  client.updateStatus({ ...bound, status: { ...bound.status, conditions: [scheduled] } });
  const text = `Successfully assigned ${keyOf(pod)} to ${node}`;
  client.event(pod, 'Normal', 'Scheduled', text);
}

function refuse(
  pod: Pod,
  reasons: readonly string[],
  total: number,
  { client, now }: ControllerContext,
): void {
  const message = fitError(reasons, total);
  const before = conditionOf(pod, 'PodScheduled');
  if (before?.status === 'False' && before.message === message) return;
  const condition: PodCondition = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message,
    lastTransitionTime: before?.status === 'False' ? (before.lastTransitionTime ?? now) : now,
  };
  const phase = pod.status?.phase ?? 'Pending';
  client.updateStatus({ ...pod, status: { ...pod.status, phase, conditions: [condition] } });
  client.event(pod, 'Warning', 'FailedScheduling', message);
}

/** framework.FitError: reasons counted and sorted as strings, then what preemption says. */
export function fitError(reasons: readonly string[], total: number): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const lines = [...counts].map(([reason, count]) => `${count} ${reason}`).sort(byCodeUnit);
  if (total === 0) return 'no nodes available to schedule pods';
  return `0/${total} nodes are available: ${lines.join(', ')}. ${preemption(reasons, total)}`;
}

/** Nodes that refuse for good cannot be helped by preemption; the port filter's could be, but nobody is lower. */
function preemption(reasons: readonly string[], total: number): string {
  const busy = reasons.filter((reason) => reason.includes('free ports')).length;
  const parts: string[] = [];
  if (busy > 0) parts.push(`${busy} No preemption victims found for incoming pod`);
  if (total > busy) parts.push(`${total - busy} Preemption is not helpful for scheduling`);
  return `preemption: 0/${total} nodes are available: ${parts.sort(byCodeUnit).join(', ')}.`;
}
