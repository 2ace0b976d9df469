// Runs a Job's Pods until enough have succeeded or too many have failed. PodGroups are deliberately not here.
// Modelled after syncJob in pkg/controller/job/job_controller.go.

import { selects } from '../../api/selects.ts';
import { type Job, type JobCondition, keyOf, type Pod } from '../../api/types.ts';
import { type BackOff, forget, retry } from '../back-off.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { controllerOf } from '../pods.ts';
import { seconds } from '../time.ts';
import { total } from './intervals.ts';
import { type Backoff, hasFailed, isIndexed, isTracked, podsOf, untrack } from './job-pods.ts';
import { deletePod, manage } from './manage.ts';
import { failureVerdict, successMessage } from './policies.ts';
import { track, withCondition } from './tracking.ts';
import { backoffs, condition, newTurn, type Turn, trueCondition } from './turn.ts';

/** Before the key of a Pod whose Job is gone. */
const orphan = 'orphan ';
/** Minor since which a suspended Job has no start time (MutableSchedulingDirectivesForSuspendedJobs, beta). */
const forgetsStartSince = 36;
/** DefaultJobApiBackOff, MaxJobApiBackOff. */
const retries: BackOff = { queue: 'job', baseMs: 1000, maxMs: 60_000 };

export const job: Controller = {
  name: 'job',
  watches: ['Job', 'Pod'],
  keysOf(event, { client, index, memory }) {
    if (event.kind === 'Job') {
      if (event.type !== 'DELETED') return [event.key];
      const { uid = '' } = event.object.metadata;
      memory.table<Backoff>(backoffs).delete(uid);
      const left = index.ownedBy('Pod', uid);
      return [event.key, ...left.map((key) => orphan + key)];
    }
    const pod = event.object as unknown as Pod;
    const { namespace, labels } = pod.metadata;
    const owner = controllerOf(pod);
    const orphans = isTracked(pod) ? [orphan + event.key] : [];
    if (owner === undefined) {
      const matching = client.list('Job', namespace).filter((one) => selectsAsJob(one, labels));
      return [...orphans, ...matching.map(keyOf)];
    }
    const key = `${namespace}/${owner.name}`;
    const isOwned = owner.kind === 'Job' && client.get('Job', key)?.metadata.uid === owner.uid;
    return isOwned ? [key] : orphans;
  },
  sync(key, context) {
    if (key.startsWith(orphan)) {
      releaseOrphan(key.slice(orphan.length), context);
      return;
    }
    const found = context.client.get('Job', key);
    if (found === undefined || isFinished(found) || isManagedElsewhere(found)) {
      forget(retries, key, context);
      return;
    }
    const { completionMode = 'NonIndexed' } = found.spec;
    if (completionMode !== 'NonIndexed' && completionMode !== 'Indexed') {
      const text = 'Skipped Job sync because completion mode is unknown';
      context.client.event(found, 'Warning', 'UnknownCompletionMode', text);
      return;
    }
    if (syncJob(found, context)) forget(retries, key, context);
    else retry(retries, key, context);
  },
};

function selectsAsJob({ spec }: Job, labels: Pod['metadata']['labels']): boolean {
  return selects(spec.selector, labels);
}

/** Complete or Failed. */
export function isFinished({ status }: Job): boolean {
  return finishCondition(status?.conditions) !== undefined;
}

export function finishCondition(
  conditions: readonly JobCondition[] | undefined,
): JobCondition | undefined {
  return trueCondition(conditions, 'Complete') ?? trueCondition(conditions, 'Failed');
}

function isManagedElsewhere({ spec }: Job): boolean {
  return (spec.managedBy ?? 'kubernetes.io/job-controller') !== 'kubernetes.io/job-controller';
}

function releaseOrphan(key: string, context: ControllerContext): void {
  const { client } = context;
  const pod = client.get('Pod', key);
  if (pod === undefined) return;
  const owner = controllerOf(pod);
  const found = client.get('Job', `${pod.metadata.namespace}/${owner?.name}`);
  if (owner?.kind === 'Job' && found?.metadata.uid === owner.uid) return;
  untrack(pod, context);
}

/** False when the API server refused a Pod. */
function syncJob(found: Job, context: ControllerContext): boolean {
  const { now } = context;
  const turn = newTurn(found, podsOf(found, context), context);
  const { status } = turn;
  const suspended = found.spec.suspend === true;
  if (status.startTime === undefined && !suspended) status.startTime = now;
  turn.finished = verdict(turn, context);
  if (turn.finished !== undefined) {
    for (const pod of turn.active) deletePod(turn, pod, context);
  } else {
    const mayManage = found.metadata.deletionTimestamp === undefined;
    if (mayManage) manage(turn, context);
    if (isComplete(turn)) {
      const text = 'Reached expected number of succeeded pods';
      turn.finished = turn.waitsForPods
        ? condition('SuccessCriteriaMet', 'CompletionsReached', text, now)
        : condition('Complete', '', '', now);
    } else if (mayManage) noteSuspension(turn, suspended, context);
  }
  track(turn, context);
  return !turn.isRefused;
}

/** Whether and how the Job ends before its completions are reached, in upstream's order. */
function verdict(turn: Turn, context: ControllerContext): JobCondition | undefined {
  const { job: found, status, pods } = turn;
  const met = trueCondition(status.conditions, 'SuccessCriteriaMet');
  if (met !== undefined) return met;
  const target = trueCondition(status.conditions, 'FailureTarget');
  if (target !== undefined) {
    return condition('Failed', target.reason ?? '', target.message ?? '', context.now);
  }
  const failed = pods.filter((pod) => hasFailed(found, pod));
  const { podFailurePolicy } = found.spec;
  const [message] = failed.flatMap((pod) => failureVerdict(podFailurePolicy, pod).message ?? []);
  if (message !== undefined) {
    return condition('FailureTarget', 'PodFailurePolicy', message, context.now);
  }
  return limits(turn, context) ?? indexLimits(turn, context);
}

function failure(turn: Turn, reason: string, message: string, now: string): JobCondition {
  return condition(turn.waitsForPods ? 'FailureTarget' : 'Failed', reason, message, now);
}

function limits(turn: Turn, context: ControllerContext): JobCondition | undefined {
  const { job: found, status, pods } = turn;
  const { now } = context;
  const { backoffLimit = 6, activeDeadlineSeconds, suspend, template } = found.spec;
  const restarts = template.spec?.restartPolicy === 'OnFailure' ? restartsOf(pods) : 0;
  if (turn.failed > backoffLimit || (restarts > 0 && restarts >= backoffLimit)) {
    const text = 'Job has reached the specified backoff limit';
    return failure(turn, 'BackoffLimitExceeded', text, now);
  }
  if (activeDeadlineSeconds === undefined || suspend === true) return undefined;
  const left = seconds(status.startTime) + activeDeadlineSeconds - seconds(now);
  if (left <= 0) {
    const text = 'Job was active longer than specified deadline';
    return failure(turn, 'DeadlineExceeded', text, now);
  }
  context.again(keyOf(found), left * 1000, true);
  return undefined;
}

function restartsOf(pods: readonly Pod[]): number {
  let sum = 0;
  for (const { status } of pods) {
    if (status?.phase !== 'Running' && status?.phase !== 'Pending') continue;
    const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
    for (const one of all) sum += one.restartCount;
  }
  return sum;
}

function indexLimits(turn: Turn, { now }: ControllerContext): JobCondition | undefined {
  const { job: found, succeededIndexes } = turn;
  if (!isIndexed(found)) return undefined;
  const { completions = 0, maxFailedIndexes, successPolicy } = found.spec;
  const failed = total(turn.failedIndexes ?? []);
  if (maxFailedIndexes !== undefined && failed > maxFailedIndexes) {
    const text = 'Job has exceeded the specified maximal number of failed indexes';
    return failure(turn, 'MaxFailedIndexesExceeded', text, now);
  }
  if (failed > 0 && failed + total(succeededIndexes) >= completions) {
    return failure(turn, 'FailedIndexes', 'Job has failed indexes', now);
  }
  if (!turn.waitsForPods) return undefined;
  const met = successMessage(successPolicy, completions, succeededIndexes);
  return met === undefined ? undefined : condition('SuccessCriteriaMet', 'SuccessPolicy', met, now);
}

/** With completions: that many; without: any success, once nothing runs any more. */
function isComplete({ job: found, succeeded, activeCount }: Turn): boolean {
  return activeCount === 0 && succeeded >= (found.spec.completions ?? 1);
}

function noteSuspension(
  turn: Turn,
  suspended: boolean,
  { client, now, minor }: ControllerContext,
): void {
  const { job: found, status } = turn;
  const [reason, message] = suspended
    ? (['JobSuspended', 'Job suspended'] as const)
    : (['JobResumed', 'Job resumed'] as const);
  const wanted = condition('Suspended', reason, message, now, suspended ? 'True' : 'False');
  const before = status.conditions ?? [];
  const after = withCondition(before, wanted);
  if (after === before) return;
  status.conditions = after;
  client.event(found, 'Normal', suspended ? 'Suspended' : 'Resumed', message);
  if (!suspended) status.startTime = now;
  else if (minor >= forgetsStartSince) delete status.startTime;
}
