// Keeps as many pods as a ReplicaSet asks for. Expectations are deliberately not here: the store answers at once.
// Modelled after pkg/controller/replicaset.

import { selects } from '../../api/selects.ts';
import type { Pod, ReplicaSet } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import { forget, retry, standard } from '../back-off.ts';
import { adopters, claim, controllersOf, orphanPods } from '../claim.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { createPod, slowStart } from '../creation.ts';
import { generateName } from '../names.ts';
import { pinOf } from '../pins.ts';
import { controllerOf, isActive, podFromTemplate } from '../pods.ts';
import { type Failure, updateStatus } from './status.ts';
import { victims } from './victims.ts';

/** Most pods that one sync creates or deletes. */
const burst = 500;
const retries = standard('replicaset');

export const replicaset: Controller = {
  name: 'replicaset',
  watches: ['ReplicaSet', 'Pod'],
  keysOf(event, context) {
    if (event.kind === 'ReplicaSet') return [event.key];
    const keys = controllersOf('ReplicaSet', event.object, event.previous);
    return [...keys, ...adopters('ReplicaSet', event, context)];
  },
  sync(key, context) {
    const set = context.client.get('ReplicaSet', key);
    if (set === undefined) {
      forget(retries, key, context);
      return;
    }
    const { metadata, spec } = set;
    const orphans = orphanPods(metadata.namespace ?? '', spec.selector.matchLabels, context);
    const match = (pod: Pod) => selects(spec.selector, pod.metadata.labels);
    const active = claim(set, 'Pod', { match, consider: isActive }, orphans, context);
    const deleting = metadata.deletionTimestamp !== undefined;
    const failure = deleting ? undefined : manage(set, active, context);
    updateStatus(set, failure, context);
    if (failure === undefined) forget(retries, key, context);
    else retry(retries, key, context);
  },
};

/** All pods that the set controls, in key order. */
export function podsOf(set: ReplicaSet, { client, index }: ControllerContext): readonly Pod[] {
  const pods: Pod[] = [];
  for (const key of index.ownedBy('Pod', set.metadata.uid ?? '')) {
    const pod = client.get('Pod', key);
    if (pod !== undefined && controllerOf(pod)?.uid === set.metadata.uid) pods.push(pod);
  }
  return pods;
}

function manage(
  set: ReplicaSet,
  active: readonly Pod[],
  context: ControllerContext,
): Failure | undefined {
  const missing = (set.spec.replicas ?? 1) - active.length;
  if (Math.abs(missing) > burst) context.again(keyOf(set), 0);
  if (missing > 0) return create(set, Math.min(missing, burst), context);
  if (missing < 0) remove(set, active, Math.min(-missing, burst), context);
  return undefined;
}

function create(set: ReplicaSet, count: number, context: ControllerContext): Failure | undefined {
  const message = slowStart(Array.from({ length: count }), () => {
    const pod = podFromTemplate(set.spec.template ?? {}, set, nextName(set, context));
    return createPod(pod, set, context.client);
  });
  return message === undefined ? undefined : { reason: 'FailedCreate', message };
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

/** getIndirectlyRelatedPods: active pods of all ReplicaSets with the same controller, this one's included; none without
 * a controller. Upstream finds them by selector, so that pods of nobody's count too; here by owner. */
function relatedPods(set: ReplicaSet, context: ControllerContext): readonly Pod[] {
  const owner = controllerOf(set);
  if (owner === undefined) return [];
  return context.index.ownedBy('ReplicaSet', owner.uid).flatMap((key) => {
    const related = context.client.get('ReplicaSet', key);
    return related === undefined ? [] : podsOf(related, context).filter(isActive);
  });
}
