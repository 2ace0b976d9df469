// Rolls a Deployment's ReplicaSets from one template to the next. One sync is one of upstream's: it finds or makes
// the new ReplicaSet, scales one side, and writes status. Modelled after pkg/controller/deployment.
import type { Deployment, ReplicaSet } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import { forget, retry, standard } from '../back-off.ts';
import { adopters, controllersOf } from '../claim.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { isTerminating } from '../pods.ts';
import { podsOf } from '../replicaset/replicaset.ts';
import { findCondition, noteCondition, progressing } from './conditions.ts';
import { deadlineSeconds, isRolling } from './limits.ts';
import { CreateRefused, newReplicaSet, syncRevision } from './new-set.ts';
import { isScalingEvent, scaleProportionally } from './proportional.ts';
import { recreate } from './recreate.ts';
import { askedOf, claimReplicaSets, cleanUp, oldReplicaSets, refreshed } from './revisions.ts';
import { rollBack, rollbackTo } from './rollback.ts';
import { rollDown, rollUp } from './rolling.ts';
import { isComplete, syncRolloutStatus, syncStatus } from './status.ts';

type Sets = readonly ReplicaSet[];

/** maxRetries. */
const retries = { ...standard('deployment'), tries: 15 };

export const deployment: Controller = {
  name: 'deployment',
  watches: ['Deployment', 'ReplicaSet', 'Pod'],
  keysOf(event, context) {
    if (event.kind === 'Deployment') return [event.key];
    if (event.kind === 'Pod') return event.type === 'DELETED' ? emptied(event.object, context) : [];
    const keys = controllersOf('Deployment', event.object, event.previous);
    return [...keys, ...adopters('Deployment', event, context)];
  },
  sync(key, context) {
    const found = context.client.get('Deployment', key);
    try {
      if (found !== undefined) syncDeployment(found, context);
      forget(retries, key, context);
    } catch (error) {
      if (!(error instanceof CreateRefused)) throw error;
      if (isTerminating(found?.metadata.namespace, context.client)) forget(retries, key, context);
      else retry(retries, key, context);
    }
  },
};

/** Pods matter to Recreate only: the new ReplicaSet waits for the last old pod to go. */
function emptied(pod: { readonly metadata: Deployment['metadata'] }, context: ControllerContext) {
  const { client, index } = context;
  const [setKey = ''] = controllersOf('ReplicaSet', pod);
  const set = client.get('ReplicaSet', setKey);
  const [key = ''] = controllersOf('Deployment', set);
  const found = client.get('Deployment', key);
  if (found === undefined || isRolling(found)) return [];
  const left = index
    .ownedBy('ReplicaSet', found.metadata.uid ?? '')
    .some((one) => podsLeft(client.get('ReplicaSet', one), context));
  return left ? [] : [key];
}

function podsLeft(set: ReplicaSet | undefined, context: ControllerContext): boolean {
  return set !== undefined && podsOf(set, context).length > 0;
}

function syncDeployment(found: Deployment, context: ControllerContext): void {
  const sets = claimReplicaSets(found, context);
  if (found.metadata.deletionTimestamp !== undefined) {
    syncRevision(found, sets, context);
    syncStatus(stored(found, context), refreshed(sets, context), context);
    return;
  }
  notePause(found, context);
  const current = stored(found, context);
  if (current.spec.paused === true) scale(current, sets, context);
  else if (rollbackTo(current) !== undefined) rollBack(current, sets, context);
  else if (scalingEvent(current, sets, context)) scale(stored(found, context), sets, context);
  else rollOut(stored(found, context), refreshed(sets, context), context);
}

function stored(found: Deployment, { client }: ControllerContext): Deployment {
  return client.get('Deployment', keyOf(found)) ?? found;
}

/** Pausing and resuming a rollout show in its Progressing condition, unless it timed out (checkPausedConditions). */
function notePause(found: Deployment, context: ControllerContext): void {
  if (deadlineSeconds(found) === undefined) return;
  const before = findCondition(found.status, 'Progressing')?.reason;
  if (before === 'ProgressDeadlineExceeded') return;
  const paused = found.spec.paused === true;
  if (paused === (before === 'DeploymentPaused')) return;
  const [reason, text] = paused
    ? ['DeploymentPaused', 'Deployment is paused']
    : ['DeploymentResumed', 'Deployment is resumed'];
  noteCondition(found, progressing('Unknown', reason, text), context);
}

function scalingEvent(found: Deployment, sets: Sets, context: ControllerContext): boolean {
  syncRevision(found, sets, context);
  return isScalingEvent(found, refreshed(sets, context));
}

/** What a paused Deployment and a change of spec.replicas get. */
function scale(found: Deployment, sets: Sets, context: ControllerContext): void {
  const fresh = syncRevision(found, refreshed(sets, context), context);
  const old = oldReplicaSets(found, refreshed(sets, context));
  scaleProportionally(found, fresh, old, context);
  if (found.spec.paused === true) cleanUp(found, old, context);
  syncStatus(stored(found, context), refreshed(sets, context), context);
}

function rollOut(found: Deployment, sets: Sets, context: ControllerContext): void {
  const done = isRolling(found)
    ? rollingUpdate(found, sets, context)
    : recreate(found, sets, context);
  const old = oldReplicaSets(found, sets);
  if (done && isComplete(found, found.status)) cleanUp(found, old, context);
  const now = stored(found, context);
  // Claimed once more: one may just have been made.
  syncRolloutStatus(now, claimReplicaSets(now, context), context);
}

/** One step; true when nothing was left to scale. */
function rollingUpdate(found: Deployment, sets: Sets, context: ControllerContext): boolean {
  const fresh = newReplicaSet(found, sets, context);
  const old = oldReplicaSets(found, sets);
  if (rollUp(found, fresh, old, context)) return false;
  const active = old.filter((set) => askedOf(set) > 0);
  return !rollDown(found, fresh, active, context);
}
