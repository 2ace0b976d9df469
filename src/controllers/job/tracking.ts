// Counts a Job's finished Pods, lets them go, and writes the status with its conditions. Upstream parks the Pods' uids
// in status.uncountedTerminatedPods between two requests; here nothing comes between, so the list is always empty.
// Modelled after trackJobStatusAndRemoveFinalizers in pkg/controller/job/job_controller.go.
import { type JobCondition, type JobStatus, keyOf, type Pod } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import { same } from '../equal.ts';
import { formatIntervals, has, total, withIndexes } from './intervals.ts';
import {
  type Backoff,
  countsPerIndex,
  hasFailed,
  indexOf,
  isIndexed,
  isInRange,
  isTracked,
  untrack,
} from './job-pods.ts';
import { failureVerdict } from './policies.ts';
import { backoffs, condition, type Turn, trueCondition } from './turn.ts';

/** Writes what the turn has found; true when the Job is finished now. */
export function track(turn: Turn, context: ControllerContext): void {
  const { job, status } = turn;
  const end = announced(turn, context);
  const released = turn.pods.filter((pod) => isTracked(pod) && mayGo(turn, pod));
  for (const pod of released) untrack(pod, context);
  count(turn, released);
  const ends = end !== undefined && !(turn.waitsForPods && turn.terminating > 0);
  if (ends) {
    status.conditions = withCondition(status.conditions, end);
    if (end.type === 'Complete') status.completionTime = end.lastTransitionTime ?? context.now;
  }
  write(turn, context);
  const { client, memory } = context;
  const { uid = '' } = job.metadata;
  const records = memory.table<Backoff>(backoffs);
  if (!ends) {
    if (turn.backoff.failures > 0 || records.has(uid)) records.set(uid, turn.backoff);
    return;
  }
  records.delete(uid);
  if (end.type !== 'Complete') {
    client.event(job, 'Warning', end.reason ?? '', end.message ?? '');
    return;
  }
  const { completions } = job.spec;
  if (completions !== undefined && (status.succeeded ?? 0) > completions) {
    const text = 'Too many succeeded pods running after completion count reached';
    client.event(job, 'Warning', 'TooManySucceededPods', text);
  }
  client.event(job, 'Normal', 'Completed', 'Job completed');
}

/** The final condition; its forerunner is written at once. */
function announced(turn: Turn, context: ControllerContext): JobCondition | undefined {
  const { finished, status } = turn;
  if (finished === undefined) return undefined;
  const finals: Readonly<Record<string, string>> = {
    FailureTarget: 'Failed',
    SuccessCriteriaMet: 'Complete',
  };
  const final = finals[finished.type];
  if (final === undefined) return finished;
  if (trueCondition(status.conditions, finished.type) === undefined) {
    status.conditions = [...(status.conditions ?? []), finished];
    write(turn, context);
  }
  return condition(final, finished.reason ?? '', finished.message ?? '', context.now);
}

/** Whether the Job needs its finalizer on the Pod no more. */
function mayGo({ job, finished, delayed }: Turn, pod: Pod): boolean {
  if (job.metadata.deletionTimestamp !== undefined || finished !== undefined) return true;
  if (pod.status?.phase === 'Succeeded') return true;
  if (!hasFailed(job, pod)) return false;
  const held = delayed.get(indexOf(pod) ?? -1);
  return !countsPerIndex(job) || held?.metadata.uid !== pod.metadata.uid;
}

function count(turn: Turn, released: readonly Pod[]): void {
  const { job, status, finished } = turn;
  const failsAll = finished !== undefined && finished.type !== 'SuccessCriteriaMet';
  const done: number[] = [];
  let succeeded = 0;
  let failed = 0;
  for (const pod of released) {
    if (!isInRange(job, pod)) continue;
    const index = indexOf(pod) ?? -1;
    if (pod.status?.phase === 'Succeeded') {
      if (!isIndexed(job)) succeeded++;
      else if (!has(turn.succeededBefore, index)) done.push(index);
    } else if (hasFailed(job, pod) || failsAll) {
      if (failureVerdict(job.spec.podFailurePolicy, pod).counts) failed++;
    }
  }
  status.failed = (status.failed ?? 0) + failed;
  status.succeeded = (status.succeeded ?? 0) + succeeded;
  if (!isIndexed(job)) return;
  const all = withIndexes(turn.succeededIndexes, done);
  status.succeeded = total(all);
  status.completedIndexes = formatIntervals(all);
  if (turn.failedIndexes === undefined) delete status.failedIndexes;
  else status.failedIndexes = formatIntervals(turn.failedIndexes);
}

/** Appends a condition, or replaces the one of its type that says something else. */
export function withCondition(
  conditions: readonly JobCondition[] | undefined,
  wanted: JobCondition,
): readonly JobCondition[] {
  const all = conditions ?? [];
  const old = all.find((one) => one.type === wanted.type);
  if (old === undefined) return wanted.status === 'False' ? all : [...all, wanted];
  const { status, reason, message } = wanted;
  if (old.status === status && old.reason === reason && old.message === message) return all;
  return all.map((one) => (one === old ? wanted : one));
}

/** JobPodReplacementPolicy is on by default since this minor: the status counts Pods that are on their way out. */
const countsTerminatingSince = 29;

function write(turn: Turn, { client, minor }: ControllerContext): void {
  const { active: _a, succeeded, failed, completedIndexes, ...rest } = turn.status;
  const status: JobStatus = {
    ...rest,
    ...positive('active', turn.activeCount),
    ...positive('succeeded', succeeded),
    ...positive('failed', failed),
    ...(completedIndexes ? { completedIndexes } : {}),
    ready: turn.ready,
    ...(minor >= countsTerminatingSince ? { terminating: turn.terminating } : {}),
    uncountedTerminatedPods: {},
  };
  const current = client.get('Job', keyOf(turn.job));
  if (current === undefined || current.metadata.uid !== turn.job.metadata.uid) return;
  if (!same(current.status, status)) client.updateStatus({ ...current, status });
}

/** Go leaves counters of 0 out. */
function positive(name: string, value = 0): Readonly<Record<string, number>> {
  return value > 0 ? { [name]: value } : {};
}
