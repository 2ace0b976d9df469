// Binds pods to nodes: filters, then the node with the fewest pods, ties in the order of the Cluster document.
// Preemption, scores and the queue's back-off are deliberately not here. Modelled after pkg/scheduler/schedule_one.go.
import type { ClusterSpec } from '../../api/cluster-spec.ts';
import type { AnyObject, Node, Pod, PodCondition, WatchEvent } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import { contains, parseCidr } from '../../net/cidr.ts';
import { byCodeUnit } from '../../sim/table.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { same } from '../equal.ts';
import { podPin } from '../pins.ts';
import { conditionOf, isTerminal } from '../pods.ts';
import { affinityMismatch, filterFor } from './filters.ts';
import { namedNodes } from './node-match.ts';
import { type Refusal, Snapshot } from './snapshot.ts';

export const scheduler: Controller = {
  name: 'scheduler',
  watches: ['Pod', 'Node', 'PersistentVolumeClaim'],
  keysOf(event, { client, index }) {
    const pod = event.kind === 'Pod' ? client.get('Pod', event.key) : undefined;
    if (pod !== undefined && isPending(pod)) return [event.key];
    return mayHelp(event) ? index.refused() : [];
  },
  sync(key, context) {
    const pod = context.client.get('Pod', key);
    if (pod === undefined || !isPending(pod)) return;
    if ((pod.spec.schedulerName ?? 'default-scheduler') !== 'default-scheduler') return;
    const claimless = claimProblem(pod, context);
    if (claimless !== undefined) {
      refuse(pod, everywhere(context), context, claimless);
      return;
    }
    const node = choose(pod, context);
    if (typeof node !== 'string') refuse(pod, node, context);
    else bind(pod, node, context);
  },
};

/** Whether an event may let a Pod be placed that did not fit: a node changed, or a Pod on one came, went, ended or was
 * relabelled. */
function mayHelp({ kind, type, object, previous }: WatchEvent): boolean {
  if (kind === 'PersistentVolumeClaim') return type !== 'DELETED';
  if (type !== 'MODIFIED') return true;
  if (kind === 'Node') {
    return (
      !same(object['spec'], previous?.['spec']) ||
      !same(object.metadata.labels, previous?.metadata.labels) ||
      !same(allocatable(object), allocatable(previous))
    );
  }
  const [now, before] = [object, previous] as unknown as [Pod, Pod | undefined];
  return (
    now.spec.nodeName !== before?.spec.nodeName ||
    isTerminal(now) ||
    now.metadata.deletionTimestamp !== before?.metadata.deletionTimestamp ||
    !same(now.metadata.labels, before?.metadata.labels)
  );
}

function allocatable(node: AnyObject | undefined): unknown {
  return (node as unknown as Node | undefined)?.status?.allocatable;
}

function isPending(pod: Pod): boolean {
  return (
    (pod.spec.nodeName ?? '') === '' &&
    pod.metadata.deletionTimestamp === undefined &&
    !isTerminal(pod) &&
    (pod.spec.schedulingGates ?? []).length === 0
  );
}

/** What VolumeBinding says before it looks at any node: a claim that is not there, or is on its way out. */
function claimProblem(pod: Pod, { client }: ControllerContext): string | undefined {
  for (const volume of pod.spec.volumes ?? []) {
    const name = volume.persistentVolumeClaim?.claimName;
    if (name === undefined) continue;
    const claim = client.get('PersistentVolumeClaim', `${pod.metadata.namespace}/${name}`);
    if (claim === undefined) return `persistentvolumeclaim "${name}" not found`;
    if (claim.metadata.deletionTimestamp !== undefined) {
      return `persistentvolumeclaim "${name}" is being deleted`;
    }
  }
  return undefined;
}

function everywhere({ client }: ControllerContext): readonly Refusal[] {
  return client.list('Node').map(() => ({ reasons: [], isFinal: true }));
}

/** The node's name, or why no node fits. */
function choose(pod: Pod, context: ControllerContext): string | readonly Refusal[] {
  const { client, index, spec } = context;
  const snapshot = new Snapshot(pod, context);
  const pinned = pinnedNode(pod, context);
  const named = namedNodes(pod);
  const filter = filterFor(pod, snapshot);
  const refusalOf = (node: Node) => {
    const { name } = node.metadata;
    if (pinned !== undefined && pinned !== name) return elsewhere;
    return named?.has(name) === false ? unnamed : filter(node);
  };
  for (const name of index.nodesByPods(namesInOrder(snapshot.nodes, spec))) {
    const node = client.get('Node', name);
    if (node !== undefined && refusalOf(node) === undefined) return name;
  }
  return snapshot.nodes.flatMap((node) => refusalOf(node) ?? []);
}

const elsewhere: Refusal = { reasons: [affinityMismatch], isFinal: true };
/** Node affinity by name leaves the other nodes out before they are filtered. */
const unnamed: Refusal = {
  reasons: ["node(s) didn't satisfy plugin(s) [NodeAffinity]"],
  isFinal: true,
};

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

function bind(pod: Pod, node: string, { client, now }: ControllerContext): void {
  const bound = client.update({ ...pod, spec: { ...pod.spec, nodeName: node } });
  const scheduled: PodCondition = { type: 'PodScheduled', status: 'True', lastTransitionTime: now };
  client.updateStatus({ ...bound, status: { ...bound.status, conditions: [scheduled] } });
  const text = `Successfully assigned ${keyOf(pod)} to ${node}`;
  client.event(pod, 'Normal', 'Scheduled', text);
}

function refuse(
  pod: Pod,
  refusals: readonly Refusal[],
  { client, now }: ControllerContext,
  common?: string,
): void {
  const isMeek = pod.spec.preemptionPolicy === 'Never';
  const message = fitError(refusals, isMeek, common);
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

/** framework.FitError: reasons counted and sorted as strings, or one that all nodes have in common (PreFilterMsg); then
 * what preemption says. */
export function fitError(refusals: readonly Refusal[], isMeek = false, common?: string): string {
  const total = refusals.length;
  if (total === 0) return 'no nodes available to schedule pods';
  const lines = common ?? histogram(refusals.flatMap((one) => one.reasons));
  const found = `0/${total} nodes are available: ${lines}.`;
  if (isMeek) return `${found} preemption: not eligible due to preemptionPolicy=Never.`;
  const tried = refusals.map(({ isFinal }) =>
    isFinal
      ? 'Preemption is not helpful for scheduling'
      : 'No preemption victims found for incoming pod',
  );
  return `${found} preemption: 0/${total} nodes are available: ${histogram(tried)}.`;
}

function histogram(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const lines = [...counts].map(([reason, count]) => `${count} ${reason}`);
  return lines.sort(byCodeUnit).join(', ');
}
