// Pods with a name that stays: ordinals in order, one at a time unless Parallel, replaced from the top. Volume
// claims and ControllerRevision objects are not here. Modelled after pkg/controller/statefulset.
import { keyOf, type Pod, type StatefulSet, type StatefulSetStatus } from '../../api/types.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { templateHash } from '../deployment/template-hash.ts';
import { same } from '../equal.ts';
import { controllerOf, isAvailable, isReady, isTerminal, podFromTemplate } from '../pods.ts';

const revisionLabel = 'controller-revision-hash';

export const statefulset: Controller = {
  name: 'statefulset',
  watches: ['StatefulSet', 'Pod'],
  keysOf(event) {
    if (event.kind === 'StatefulSet') return [event.key];
    const owner = controllerOf(event.object);
    if (owner?.kind !== 'StatefulSet') return [];
    return [`${event.object.metadata.namespace}/${owner.name}`];
  },
  sync(key, context) {
    const set = context.client.get('StatefulSet', key);
    if (set === undefined) return;
    const revision = `${set.metadata.name}-${templateHash(set.spec.template, context.minor)}`;
    if (set.metadata.deletionTimestamp === undefined) manage(set, revision, context);
    updateStatus(set, revision, context);
  },
};

function podsOf(set: StatefulSet, { client, index }: ControllerContext): readonly Pod[] {
  return index
    .ownedBy('Pod', set.metadata.uid ?? '')
    .flatMap((key) => client.get('Pod', key) ?? []);
}

function ordinalOf(pod: Pod): number {
  return Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? -1);
}

/** One pass: make what is missing in order, remove what is too much from the top, then replace old revisions. */
function manage(set: StatefulSet, revision: string, context: ControllerContext): void {
  const first = set.spec.ordinals?.start ?? 0;
  const last = first + (set.spec.replicas ?? 1) - 1;
  const parallel = set.spec.podManagementPolicy === 'Parallel';
  const byOrdinal = new Map(podsOf(set, context).map((pod) => [ordinalOf(pod), pod]));
  for (let ordinal = first; ordinal <= last; ordinal++) {
    const pod = byOrdinal.get(ordinal);
    const waits = pod === undefined || isTerminal(pod) || !healthy(set, pod, context);
    if (pod === undefined) create(set, ordinal, revision, context);
    else if (isTerminal(pod) && pod.metadata.deletionTimestamp === undefined) {
      context.client.delete('Pod', keyOf(pod));
    }
    if (waits && !parallel) return;
  }
  const surplus = [...byOrdinal.values()]
    .filter((pod) => ordinalOf(pod) < first || ordinalOf(pod) > last)
    .sort((a, b) => ordinalOf(b) - ordinalOf(a));
  for (const pod of surplus) {
    if (pod.metadata.deletionTimestamp === undefined) remove(set, pod, context);
    if (!parallel) return;
  }
  if (set.spec.updateStrategy?.type === 'OnDelete') return;
  replaceOld(set, revision, byOrdinal, { first, last }, context);
}

/** The highest ordinal of an old revision goes first; the next waits until all above are healthy. */
function replaceOld(
  set: StatefulSet,
  revision: string,
  byOrdinal: ReadonlyMap<number, Pod>,
  range: { readonly first: number; readonly last: number },
  context: ControllerContext,
): void {
  const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  for (let ordinal = range.last; ordinal >= Math.max(range.first, partition); ordinal--) {
    const pod = byOrdinal.get(ordinal);
    if (pod === undefined) return;
    if (pod.metadata.labels?.[revisionLabel] !== revision) {
      if (pod.metadata.deletionTimestamp === undefined) remove(set, pod, context);
      return;
    }
    if (!healthy(set, pod, context)) return;
  }
}

function healthy(set: StatefulSet, pod: Pod, { now }: ControllerContext): boolean {
  if (pod.metadata.deletionTimestamp !== undefined || pod.status?.phase !== 'Running') return false;
  return isAvailable(pod, set.spec.minReadySeconds ?? 0, now);
}

function create(
  set: StatefulSet,
  ordinal: number,
  revision: string,
  { client }: ControllerContext,
): void {
  const name = `${set.metadata.name}-${ordinal}`;
  if (client.get('Pod', `${set.metadata.namespace}/${name}`) !== undefined) return;
  const pod = podFromTemplate(set.spec.template, set, name, {
    'apps.kubernetes.io/pod-index': String(ordinal),
    [revisionLabel]: revision,
    'statefulset.kubernetes.io/pod-name': name,
  });
  const subdomain = set.spec.serviceName ?? '';
  const spec = { ...pod.spec, hostname: name, ...(subdomain === '' ? {} : { subdomain }) };
  client.create({ ...pod, spec });
  const text = `create Pod ${name} in StatefulSet ${set.metadata.name} successful`;
  client.event(set, 'Normal', 'SuccessfulCreate', text);
}

function remove(set: StatefulSet, pod: Pod, { client }: ControllerContext): void {
  client.delete('Pod', keyOf(pod));
  const text = `delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`;
  client.event(set, 'Normal', 'SuccessfulDelete', text);
}

function updateStatus(set: StatefulSet, revision: string, context: ControllerContext): void {
  const pods = podsOf(set, context).filter((pod) => !isTerminal(pod));
  const updated = pods.filter((pod) => pod.metadata.labels?.[revisionLabel] === revision);
  const before = set.status?.currentRevision ?? revision;
  const done = updated.length === pods.length && pods.length === (set.spec.replicas ?? 1);
  const current = done ? revision : before;
  const minReady = set.spec.minReadySeconds ?? 0;
  const status: StatefulSetStatus = {
    observedGeneration: set.metadata.generation ?? 1,
    replicas: pods.length,
    readyReplicas: pods.filter(isReady).length,
    availableReplicas: pods.filter((pod) => isAvailable(pod, minReady, context.now)).length,
    currentReplicas: pods.filter((pod) => pod.metadata.labels?.[revisionLabel] === current).length,
    updatedReplicas: updated.length,
    currentRevision: current,
    updateRevision: revision,
  };
  const found = context.client.get('StatefulSet', keyOf(set));
  if (found !== undefined && !same(found.status, status)) {
    context.client.updateStatus({ ...found, status });
  }
}
