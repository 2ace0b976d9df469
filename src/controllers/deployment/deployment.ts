// Rolls a Deployment's ReplicaSets from one template to the next. One sync is one of upstream's: it finds or makes
// the new ReplicaSet, scales one side, and writes status. Modelled after pkg/controller/deployment; rollback
// annotations of the old API group and progress messages of paused rollouts are not here.
import {
  type AnyObject,
  type Deployment,
  keyOf,
  type Lister,
  type ReplicaSet,
} from '../../api/types.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { controllerOf, isTerminal } from '../pods.ts';
import { podsOf } from '../replicaset/replicaset.ts';
import { selects } from '../selector.ts';
import { isScalingEvent, scaleProportionally } from './proportional.ts';
import {
  claimReplicaSets,
  cleanUp,
  newReplicaSet,
  oldReplicaSets,
  ownReplicaSets,
} from './revisions.ts';
import { rollDown, rollUp, scaleTo } from './rolling.ts';
import { updateStatus } from './status.ts';

export const deployment: Controller = {
  name: 'deployment',
  watches: ['Deployment', 'ReplicaSet', 'Pod'],
  keysOf(event, { client }) {
    if (event.kind === 'Deployment') return [event.key];
    const { namespace } = event.object.metadata;
    const owner = controllerOf(event.object);
    if (event.kind === 'ReplicaSet') {
      if (owner !== undefined)
        return owner.kind === 'Deployment' ? [`${namespace}/${owner.name}`] : [];
      return event.type === 'DELETED' ? [] : whoSelects(event.object, client);
    }
    // Pods matter to Recreate only: the new ReplicaSet waits for the last old pod to go.
    if (event.type !== 'DELETED' || owner?.kind !== 'ReplicaSet') return [];
    const set = client.get('ReplicaSet', `${namespace}/${owner.name}`);
    const above = set === undefined ? undefined : controllerOf(set);
    return above?.kind === 'Deployment' ? [`${namespace}/${above.name}`] : [];
  },
  sync(key, context) {
    const found = context.client.get('Deployment', key);
    if (found === undefined) return;
    if (found.metadata.deletionTimestamp !== undefined) {
      updateStatus(found, ownReplicaSets(found, context), context);
      return;
    }
    rollOut(found, context);
    const now = context.client.get('Deployment', key);
    if (now !== undefined) updateStatus(now, ownReplicaSets(now, context), context);
  },
};

/** The Deployments that may adopt an orphan. */
function whoSelects({ metadata }: AnyObject, client: Lister): readonly string[] {
  return client
    .list('Deployment', metadata.namespace)
    .filter((found) => selects(found.spec.selector, metadata.labels))
    .map(keyOf);
}

function rollOut(found: Deployment, context: ControllerContext): void {
  claimReplicaSets(found, context);
  const sets = ownReplicaSets(found, context);
  if (found.spec.paused === true || isScalingEvent(found, sets)) {
    scaleProportionally(found, sets, context);
    if (found.spec.paused === true) cleanUp(found, oldReplicaSets(found, sets), context);
    return;
  }
  if (found.spec.strategy?.type === 'Recreate') recreate(found, sets, context);
  else rollingUpdate(found, sets, context);
}

function rollingUpdate(
  found: Deployment,
  sets: readonly ReplicaSet[],
  context: ControllerContext,
): void {
  const fresh = newReplicaSet(found, sets, context);
  if (fresh === undefined) return;
  const old = oldReplicaSets(found, ownReplicaSets(found, context));
  if (rollUp(found, fresh, old, context)) return;
  if (rollDown(found, fresh, old, context)) return;
  if (isComplete(found)) cleanUp(found, old, context);
}

function recreate(
  found: Deployment,
  sets: readonly ReplicaSet[],
  context: ControllerContext,
): void {
  const old = oldReplicaSets(found, sets);
  let scaled = false;
  for (const set of old) {
    if ((set.spec.replicas ?? 0) > 0) scaled = scaleTo(found, set, 0, context) || scaled;
  }
  if (scaled) return;
  const running = old.flatMap((set) => podsOf(set, context)).filter((pod) => !isTerminal(pod));
  if (running.length > 0) return;
  const fresh = newReplicaSet(found, sets, context);
  if (fresh !== undefined) scaleTo(found, fresh, found.spec.replicas ?? 1, context);
  if (isComplete(found)) cleanUp(found, old, context);
}

/** deployment_util.go DeploymentComplete. */
export function isComplete(found: Deployment): boolean {
  const { status } = found;
  const want = found.spec.replicas ?? 1;
  return (
    (status?.updatedReplicas ?? 0) === want &&
    (status?.replicas ?? 0) === want &&
    (status?.availableReplicas ?? 0) === want &&
    (status?.observedGeneration ?? 0) >= (found.metadata.generation ?? 1)
  );
}
