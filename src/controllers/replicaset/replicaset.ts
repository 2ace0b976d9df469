// Keeps as many pods as a ReplicaSet asks for. Slow-start batches and expectations are deliberately not here: the
// store answers at once. Modelled after pkg/controller/replicaset.
import type { Pod, ReplicaSet, ReplicaSetStatus } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { same } from '../equal.ts';
import { generateName } from '../names.ts';
import { pinOf } from '../pins.ts';
import {
  availableInMs,
  controllerOf,
  controllerRef,
  isActive,
  isAvailable,
  isReady,
  podFromTemplate,
  released,
} from '../pods.ts';
import { selects } from '../selector.ts';
import { victims } from './victims.ts';

/** Most pods that one sync creates or deletes. */
const burst = 500;

export const replicaset: Controller = {
  name: 'replicaset',
  watches: ['ReplicaSet', 'Pod'],
  keysOf(event, { client }) {
    if (event.kind === 'ReplicaSet') return [event.key];
    const owner = controllerOf(event.object);
    const { namespace, labels } = event.object.metadata;
    if (owner !== undefined)
      return owner.kind === 'ReplicaSet' ? [`${namespace}/${owner.name}`] : [];
    return client
      .list('ReplicaSet', namespace)
      .filter((set) => selects(set.spec.selector, labels))
      .map(keyOf);
  },
  sync(key, context) {
    const set = context.client.get('ReplicaSet', key);
    if (set === undefined) return;
    adopt(set, context);
    if (set.metadata.deletionTimestamp === undefined) manage(set, podsOf(set, context), context);
    updateStatus(set, podsOf(set, context).filter(isActive), context);
  },
};

/** All pods that the set controls, in key order. */
export function podsOf(set: ReplicaSet, { client, index }: ControllerContext): readonly Pod[] {
  const pods: Pod[] = [];
  for (const key of index.ownedBy('Pod', set.metadata.uid ?? '')) {
    const pod = client.get('Pod', key);
    if (pod !== undefined) pods.push(pod);
  }
  return pods;
}

/** Orphans that match are taken over; pods that match no more are released (controller_ref_manager.go). */
function adopt(set: ReplicaSet, context: ControllerContext): void {
  const { client, index } = context;
  const namespace = set.metadata.namespace ?? 'default';
  for (const pod of podsOf(set, context)) {
    if (selects(set.spec.selector, pod.metadata.labels)) continue;
    client.update({ ...pod, metadata: released(pod.metadata, set) });
  }
  if (set.metadata.deletionTimestamp !== undefined) return;
  const keys = index.podsWith(namespace, set.spec.selector.matchLabels ?? {});
  const candidates = keys?.map((key) => client.get('Pod', key)) ?? client.list('Pod', namespace);
  for (const pod of candidates) {
    if (pod === undefined || controllerOf(pod) !== undefined || !isActive(pod)) continue;
    if (!selects(set.spec.selector, pod.metadata.labels)) continue;
    const owners = [...(pod.metadata.ownerReferences ?? []), controllerRef(set)];
    client.update({ ...pod, metadata: { ...pod.metadata, ownerReferences: owners } });
  }
}

function manage(set: ReplicaSet, pods: readonly Pod[], context: ControllerContext): void {
  const active = pods.filter(isActive);
  const missing = (set.spec.replicas ?? 1) - active.length;
  if (missing > 0) create(set, Math.min(missing, burst), context);
  else if (missing < 0) remove(set, active, Math.min(-missing, burst), context);
  if (Math.abs(missing) > burst) context.again(keyOf(set), 0);
}

function create(set: ReplicaSet, count: number, context: ControllerContext): void {
  const { client } = context;
  for (let i = 0; i < count; i++) {
    const pod = podFromTemplate(set.spec.template ?? {}, set, nextName(set, context));
    const made = client.create(pod);
    client.event(set, 'Normal', 'SuccessfulCreate', `Created pod: ${made.metadata.name}`);
  }
}

function nextName(set: ReplicaSet, context: ControllerContext): string {
  const { client, choices } = context;
  const { namespace, name } = set.metadata;
  const taken = (pod: string) => client.get('Pod', `${namespace}/${pod}`) !== undefined;
  const pinned = pinnedSuffix(set, context);
  if (pinned !== undefined && !taken(`${name}-${pinned}`)) return `${name}-${pinned}`;
  return generateName(`${name}-`, choices, taken);
}

/** The pinned suffix for the workload's next pod, in order of creation over all of its ReplicaSets. */
function pinnedSuffix(set: ReplicaSet, context: ControllerContext): string | undefined {
  const { spec, index } = context;
  const { namespace, name, uid } = set.metadata;
  const owner = controllerOf(set);
  const pin =
    owner === undefined
      ? pinOf(spec, `ReplicaSet/${namespace}/${name}`)
      : pinOf(spec, `${owner.kind}/${namespace}/${owner.name}`);
  if (pin === undefined) return undefined;
  const sets = owner === undefined ? [] : index.ownedBy('ReplicaSet', owner.uid);
  const uids = sets.map((key) => context.client.get('ReplicaSet', key)?.metadata.uid);
  const made = (owner === undefined ? [uid] : uids).reduce(
    (sum, one) => sum + index.everOwnedBy('Pod', one ?? ''),
    0,
  );
  return pin.pods[made]?.suffix;
}

function remove(
  set: ReplicaSet,
  active: readonly Pod[],
  count: number,
  context: ControllerContext,
): void {
  const { client } = context;
  for (const pod of victims(active, relatedPods(set, context), count, context)) {
    client.delete('Pod', keyOf(pod));
    client.event(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
  }
}

/** Active pods of all ReplicaSets with the same controller, this one's included. */
function relatedPods(set: ReplicaSet, context: ControllerContext): readonly Pod[] {
  const owner = controllerOf(set);
  if (owner === undefined) return podsOf(set, context).filter(isActive);
  return context.index.ownedBy('ReplicaSet', owner.uid).flatMap((key) => {
    const related = context.client.get('ReplicaSet', key);
    return related === undefined ? [] : podsOf(related, context).filter(isActive);
  });
}

function updateStatus(set: ReplicaSet, active: readonly Pod[], context: ControllerContext): void {
  const minReady = set.spec.minReadySeconds ?? 0;
  const template = set.spec.template?.metadata?.labels ?? {};
  const labelled = active.filter((pod) => selects({ matchLabels: template }, pod.metadata.labels));
  const status: ReplicaSetStatus = {
    replicas: active.length,
    fullyLabeledReplicas: labelled.length,
    readyReplicas: active.filter(isReady).length,
    availableReplicas: active.filter((pod) => isAvailable(pod, minReady, context.now)).length,
    observedGeneration: set.metadata.generation ?? 1,
  };
  const current = context.client.get('ReplicaSet', keyOf(set));
  if (current !== undefined && !same({ ...current.status, conditions: [] }, status)) {
    context.client.updateStatus({ ...current, status });
  }
  const waits = active.map((pod) => availableInMs(pod, minReady, context.now) ?? 0);
  const wait = Math.min(...waits.filter((ms) => ms > 0));
  if (Number.isFinite(wait)) context.again(keyOf(set), wait);
}
