// One pod per eligible node. Rolling updates replace one pod at a time; maxSurge, history objects and daemon pods on
// nodes that stop fitting by labels only are simple here. Modelled after pkg/controller/daemon.
import { type DaemonSet, keyOf, type Node, type Pod, type Toleration } from '../../api/types.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { templateHash } from '../deployment/template-hash.ts';
import { same } from '../equal.ts';
import { generateName } from '../names.ts';
import { pinOf } from '../pins.ts';
import { controllerOf, isAvailable, isReady, isTerminal, podFromTemplate } from '../pods.ts';
import { selectsNode, tolerates } from '../scheduler/filters.ts';

const revisionLabel = 'controller-revision-hash';
const generationLabel = 'pod-template-generation';

export const daemonset: Controller = {
  name: 'daemonset',
  watches: ['DaemonSet', 'Pod', 'Node'],
  keysOf(event, { client }) {
    if (event.kind === 'DaemonSet') return [event.key];
    if (event.kind === 'Node') return client.list('DaemonSet').map(keyOf);
    const owner = controllerOf(event.object);
    if (owner?.kind !== 'DaemonSet') return [];
    return [`${event.object.metadata.namespace}/${owner.name}`];
  },
  sync(key, context) {
    const set = context.client.get('DaemonSet', key);
    if (set === undefined) return;
    const hash = templateHash(set.spec.template, context.minor);
    if (set.metadata.deletionTimestamp === undefined) manage(set, hash, context);
    updateStatus(set, hash, context);
  },
};

function podsOf(set: DaemonSet, { client, index }: ControllerContext): readonly Pod[] {
  return index
    .ownedBy('Pod', set.metadata.uid ?? '')
    .flatMap((key) => client.get('Pod', key) ?? []);
}

/** The node that a daemon pod is for: where it runs, or where its affinity sends it. */
function targetOf(pod: Pod): string {
  const bound = pod.spec.nodeName ?? '';
  if (bound !== '') return bound;
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required?.nodeSelectorTerms[0]?.matchFields?.[0]?.values?.[0] ?? '';
}

/** The tolerations that every daemon pod gets. */
function tolerations(hostNetwork: boolean): readonly Toleration[] {
  const rows: (readonly [string, string])[] = [
    ['not-ready', 'NoExecute'],
    ['unreachable', 'NoExecute'],
    ['disk-pressure', 'NoSchedule'],
    ['memory-pressure', 'NoSchedule'],
    ['pid-pressure', 'NoSchedule'],
    ['unschedulable', 'NoSchedule'],
  ];
  if (hostNetwork) rows.push(['network-unavailable', 'NoSchedule']);
  return rows.map(([key, effect]) => ({
    key: `node.kubernetes.io/${key}`,
    operator: 'Exists',
    effect,
  }));
}

function build(set: DaemonSet, hash: string, name: string, node: string): Pod {
  const pod = podFromTemplate(set.spec.template, set, name, {
    [revisionLabel]: hash,
    [generationLabel]: String(set.metadata.generation ?? 1),
  });
  const field = { key: 'metadata.name', operator: 'In', values: [node] };
  const affinity = {
    ...pod.spec.affinity,
    nodeAffinity: {
      ...pod.spec.affinity?.nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: termsFor(pod).map((term) => ({ ...term, matchFields: [field] })),
      },
    },
  };
  const added = tolerations(pod.spec.hostNetwork === true);
  const all = [...(pod.spec.tolerations ?? []), ...added];
  return { ...pod, spec: { ...pod.spec, affinity, tolerations: all } };
}

function termsFor(pod: Pod) {
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required?.nodeSelectorTerms ?? [{}];
}

/** Whether the node should run the set's pod (nodeShouldRunDaemonPod). */
function fits(set: DaemonSet, node: Node): boolean {
  const pod = build(set, '', 'probe', node.metadata.name);
  const taints = (node.spec.taints ?? []).filter((one) => one.effect !== 'PreferNoSchedule');
  return selectsNode(pod, node) && taints.every((one) => tolerates(pod, one));
}

function manage(set: DaemonSet, hash: string, context: ControllerContext): void {
  const { client } = context;
  const byNode = new Map<string, Pod>();
  for (const pod of podsOf(set, context)) {
    const node = client.get('Node', targetOf(pod));
    const dead = isTerminal(pod) || node === undefined || !fits(set, node);
    if (!dead && pod.metadata.deletionTimestamp === undefined && !byNode.has(targetOf(pod))) {
      byNode.set(targetOf(pod), pod);
    } else if (pod.metadata.deletionTimestamp === undefined) remove(set, pod, context);
  }
  for (const node of client.list('Node')) {
    if (!byNode.has(node.metadata.name) && fits(set, node)) create(set, hash, node, context);
  }
  if (set.spec.updateStrategy?.type !== 'OnDelete') replaceOne(set, hash, byNode, context);
}

/** One old pod at a time, and only while all others are ready (maxUnavailable 1). */
function replaceOne(
  set: DaemonSet,
  hash: string,
  byNode: ReadonlyMap<string, Pod>,
  context: ControllerContext,
): void {
  const pods = [...byNode.values()];
  const old = pods.filter((pod) => pod.metadata.labels?.[revisionLabel] !== hash);
  const broken = old.find((pod) => !isReady(pod));
  const next = broken ?? (podsOf(set, context).every(isReady) ? old[0] : undefined);
  if (next !== undefined) remove(set, next, context);
}

function create(set: DaemonSet, hash: string, node: Node, context: ControllerContext): void {
  const { client, choices, spec, index } = context;
  const { namespace, name, uid } = set.metadata;
  const taken = (pod: string) => client.get('Pod', `${namespace}/${pod}`) !== undefined;
  const pin = pinOf(spec, `DaemonSet/${namespace}/${name}`);
  const pinned = pin?.pods[index.everOwnedBy('Pod', uid ?? '')]?.suffix;
  const free = pinned !== undefined && !taken(`${name}-${pinned}`);
  const podName = free ? `${name}-${pinned}` : generateName(`${name}-`, choices, taken);
  client.create(build(set, hash, podName, node.metadata.name));
  client.event(set, 'Normal', 'SuccessfulCreate', `Created pod: ${podName}`);
}

function remove(set: DaemonSet, pod: Pod, { client }: ControllerContext): void {
  client.delete('Pod', keyOf(pod));
  client.event(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
}

function updateStatus(set: DaemonSet, hash: string, context: ControllerContext): void {
  const { client, now } = context;
  const pods = podsOf(set, context).filter((pod) => !isTerminal(pod));
  const desired = client.list('Node').filter((node) => fits(set, node)).length;
  const available = pods.filter((pod) => isAvailable(pod, set.spec.minReadySeconds ?? 0, now));
  const status = {
    observedGeneration: set.metadata.generation ?? 1,
    currentNumberScheduled: Math.min(pods.length, desired),
    desiredNumberScheduled: desired,
    numberMisscheduled: 0,
    numberReady: pods.filter(isReady).length,
    numberAvailable: available.length,
    numberUnavailable: Math.max(0, desired - available.length),
    updatedNumberScheduled: pods.filter((pod) => pod.metadata.labels?.[revisionLabel] === hash)
      .length,
  };
  const found = client.get('DaemonSet', keyOf(set));
  if (found !== undefined && !same(found.status, status)) client.updateStatus({ ...found, status });
}
