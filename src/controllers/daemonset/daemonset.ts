// One Pod on every eligible node. Expectations and the growing back-off of Pods that fail again and again are
// deliberately not here. Modelled after pkg/controller/daemon.

import { selects } from '../../api/selects.ts';
import {
  type DaemonSet,
  type DaemonSetStatus,
  keyOf,
  type Node,
  type Pod,
} from '../../api/types.ts';
import { isPodAvailable, nextAvailableMs } from '../availability.ts';
import { forget, retry, standard } from '../back-off.ts';
import { claim, controllersOf, mayBeAdopted, orphanPods } from '../claim.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { createPod, slowStart } from '../creation.ts';
import { same } from '../equal.ts';
import { generateName } from '../names.ts';
import { pinOf } from '../pins.ts';
import { isReady, isTerminal } from '../pods.ts';
import { withoutZeros } from '../zeros.ts';
import { cleanUp, presentHash } from './history.ts';
import { type Change, changeOn, oldestFirst, type Placed } from './placing.ts';
import { rollingChange } from './rolling.ts';
import { daemonPod, eligibility, type Fit, isUpdated, targetOf } from './template.ts';

const retries = standard('daemonset');

export const daemonset: Controller = {
  name: 'daemonset',
  watches: ['DaemonSet', 'Pod', 'Node'],
  keysOf(event, { client }) {
    const { kind, type, key, object, previous } = event;
    if (kind === 'DaemonSet') return [key];
    if (kind === 'Node') {
      const [after, before] = [object, previous] as unknown as [Node, Node | undefined];
      const isEqual =
        type === 'MODIFIED' &&
        same(after.metadata.labels, before?.metadata.labels) &&
        same(after.spec.taints, before?.spec.taints);
      return isEqual ? [] : client.list('DaemonSet').map(keyOf);
    }
    const owners = controllersOf('DaemonSet', previous, object);
    if (!mayBeAdopted(event)) return owners;
    const { namespace, labels } = object.metadata;
    const sets = client.list('DaemonSet', namespace);
    return [...owners, ...sets.filter((one) => selects(one.spec.selector, labels)).map(keyOf)];
  },
  sync(key, context) {
    const set = context.client.get('DaemonSet', key);
    if (set === undefined || set.metadata.deletionTimestamp !== undefined) {
      forget(retries, key, context);
    } else if (syncDaemonSet(set, context)) forget(retries, key, context);
    else retry(retries, key, context);
  },
};

/** False when the API server refused something. */
function syncDaemonSet(set: DaemonSet, context: ControllerContext): boolean {
  const hash = presentHash(set, context);
  if (hash === undefined) return false;
  const nodes = context.client.list('Node');
  const fits = eligibility(set);
  const isFine = manage(set, hash, nodes, fits, context) && roll(set, hash, nodes, fits, context);
  if (isFine) cleanUp(set, podsOf(set, context), context);
  updateStatus(set, hash, nodes, fits, context);
  return isFine;
}

function roll(
  set: DaemonSet,
  hash: string,
  nodes: readonly Node[],
  fits: (node: Node) => Fit,
  context: ControllerContext,
): boolean {
  if (set.spec.updateStrategy?.type === 'OnDelete') return true;
  const placed = placedPods(set, context);
  return apply(set, hash, rollingChange({ set, hash, placed, nodes, fits, context }), context);
}

function podsOf(set: DaemonSet, context: ControllerContext): readonly Pod[] {
  const { namespace = 'default' } = set.metadata;
  const orphans = orphanPods(namespace, set.spec.selector.matchLabels, context);
  const match = (pod: Pod) => selects(set.spec.selector, pod.metadata.labels);
  return claim(set, 'Pod', { match }, orphans, context);
}

/** Pods by node, without those that have ended and are being deleted. */
function placedPods(set: DaemonSet, context: ControllerContext): Placed {
  const placed = new Map<string, Pod[]>();
  for (const pod of podsOf(set, context)) {
    if (isTerminal(pod) && pod.metadata.deletionTimestamp !== undefined) continue;
    const node = targetOf(pod);
    if (node === undefined) continue;
    const there = placed.get(node);
    if (there === undefined) placed.set(node, [pod]);
    else there.push(pod);
  }
  return placed;
}

function manage(
  set: DaemonSet,
  hash: string,
  nodes: readonly Node[],
  fits: (node: Node) => Fit,
  context: ControllerContext,
): boolean {
  const placed = placedPods(set, context);
  const isRolling = set.spec.updateStrategy?.type === 'RollingUpdate';
  const surge = isRolling ? set.spec.updateStrategy?.rollingUpdate?.maxSurge : undefined;
  const surges = Number.parseInt(String(surge ?? 0), 10) > 0;
  const place = { set, hash, surges, context };
  const changes = nodes.map((node) =>
    changeOn(node, fits(node), placed.get(node.metadata.name), place),
  );
  // A Pod for a node that is gone is nobody else's to delete while it has no node.
  const names = new Set(nodes.map((node) => node.metadata.name));
  const lost = [...placed]
    .filter(([node]) => !names.has(node))
    .flatMap(([, pods]) => pods.filter((pod) => (pod.spec.nodeName ?? '') === ''));
  const create = changes.flatMap((change) => change.create);
  const remove = [...changes.flatMap((change) => change.remove), ...lost];
  return apply(set, hash, { create, remove }, context);
}

/** False when the API server refused a Pod. */
function apply(
  set: DaemonSet,
  hash: string,
  { create, remove }: Change,
  context: ControllerContext,
): boolean {
  const { client } = context;
  const refusal = slowStart(create, (node) =>
    createPod(daemonPod(set, hash, nextName(set, context), node), set, client),
  );
  for (const pod of remove) {
    client.delete('Pod', keyOf(pod));
    client.event(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
  }
  return refusal === undefined;
}

function nextName(set: DaemonSet, { client, choices, spec, index }: ControllerContext): string {
  const { namespace, name, uid } = set.metadata;
  const taken = (pod: string) => client.get('Pod', `${namespace}/${pod}`) !== undefined;
  const pin = pinOf(spec, `DaemonSet/${namespace}/${name}`);
  const pinned = pin?.pods[index.everOwnedBy('Pod', uid ?? '')]?.suffix;
  if (pinned !== undefined && !taken(`${name}-${pinned}`)) return `${name}-${pinned}`;
  return generateName(`${name}-`, choices, taken);
}

function updateStatus(
  set: DaemonSet,
  hash: string,
  nodes: readonly Node[],
  fits: (node: Node) => Fit,
  context: ControllerContext,
): void {
  const { client } = context;
  const placed = placedPods(set, context);
  const minReady = set.spec.minReadySeconds ?? 0;
  const first = (node: Node) => oldestFirst(placed.get(node.metadata.name) ?? [])[0];
  const wanted = nodes.filter((node) => fits(node).run);
  const pods = wanted.flatMap((node) => first(node) ?? []);
  const strangers = nodes.filter((node) => !fits(node).run && first(node) !== undefined);
  const available = pods.filter((pod) => isPodAvailable(pod, minReady, context));
  const found = client.get('DaemonSet', keyOf(set));
  if (found === undefined) return;
  const { collisionCount } = found.status ?? {};
  const counts: DaemonSetStatus = {
    ...(collisionCount === undefined ? {} : { collisionCount }),
    currentNumberScheduled: pods.length,
    desiredNumberScheduled: wanted.length,
    numberMisscheduled: strangers.length,
    numberReady: pods.filter(isReady).length,
    updatedNumberScheduled: pods.filter((pod) => isUpdated(set, pod, hash)).length,
    numberAvailable: available.length,
    numberUnavailable: wanted.length - available.length,
    observedGeneration: set.metadata.generation ?? 1,
  };
  const status = withoutZeros(
    counts,
    'currentNumberScheduled',
    'desiredNumberScheduled',
    'numberMisscheduled',
    'numberReady',
  );
  if (!same(found.status, status)) client.updateStatus({ ...found, status });
  const wait = nextAvailableMs([...placed.values()].flat(), minReady, context);
  if (wait !== undefined) context.again(keyOf(set), wait);
}
