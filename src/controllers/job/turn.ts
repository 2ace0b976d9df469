// What one sync of a Job works on: its Pods as they were when the sync began, what has been counted, and the status
// that is being made. Modelled after syncJobCtx in pkg/controller/job/job_controller.go.
import type { Job, JobCondition, JobStatus, Pod } from '../../api/types.ts';
import type { Draft } from '../../api/values.ts';
import type { ControllerContext } from '../controller.ts';
import { isActive, isReady } from '../pods.ts';
import { has, type Intervals, parseIntervals, total, withIndexes } from './intervals.ts';
import {
  type Backoff,
  countsPerIndex,
  failuresBefore,
  finishedAt,
  hasFailed,
  indexOf,
  isIndexed,
  isInRange,
  isTerminating,
  isTracked,
  nextBackoff,
} from './job-pods.ts';
import { failureVerdict } from './policies.ts';

export interface Turn {
  readonly job: Job;
  readonly pods: readonly Pod[];
  readonly active: readonly Pod[];
  /** Kubernetes has said so from 1.31 on: SuccessCriteriaMet and FailureTarget first, the end when no Pod is left. */
  readonly waitsForPods: boolean;
  activeCount: number;
  ready: number;
  terminating: number;
  succeeded: number;
  readonly failed: number;
  readonly succeededBefore: Intervals;
  readonly succeededIndexes: Intervals;
  /** Only with backoffLimitPerIndex. */
  readonly failedIndexes: Intervals | undefined;
  /** Failed Pods by index that stay until they are replaced, so that the next one inherits their count. */
  readonly delayed: ReadonlyMap<number, Pod>;
  /** Since the last success. */
  readonly backoff: Backoff;
  finished: JobCondition | undefined;
  /** The API server has refused a Pod. */
  isRefused: boolean;
  readonly status: Draft<JobStatus>;
}

/** The table of what Jobs remember of failures, by uid. */
export const backoffs = 'job backoffs';

export function condition(
  type: string,
  reason: string,
  message: string,
  now: string,
  status = 'True',
): JobCondition {
  return { type, status, lastProbeTime: now, lastTransitionTime: now, reason, message };
}

/** The condition of this type, when it is True. */
export function trueCondition(
  conditions: readonly JobCondition[] | undefined,
  type: string,
): JobCondition | undefined {
  return conditions?.find((one) => one.type === type && one.status === 'True');
}

/** Since this minor a Job is over when its Pods are (delayTerminalCondition). */
const waitsForPodsSince = 31;

export function newTurn(job: Job, pods: readonly Pod[], context: ControllerContext): Turn {
  const { minor, memory } = context;
  const { uid = '' } = job.metadata;
  const { status = {} } = job;
  const active = pods.filter(isActive);
  const fresh = pods.filter((pod) => isTracked(pod) && isInRange(job, pod));
  const succeeded = fresh.filter((pod) => pod.status?.phase === 'Succeeded');
  const ended = fresh.filter((pod) => hasFailed(job, pod));
  const failed = ended.filter((pod) => failureVerdict(job.spec.podFailurePolicy, pod).counts);
  const completions = isIndexed(job) ? (job.spec.completions ?? 0) : 0;
  const succeededBefore = parseIntervals(status.completedIndexes, completions);
  const succeededIndexes = isIndexed(job)
    ? withIndexes(succeededBefore, indexes(succeeded))
    : succeededBefore;
  const failedIndexes = countsPerIndex(job)
    ? withIndexes(
        parseIntervals(status.failedIndexes, completions),
        indexes(fresh.filter((pod) => failsIndex(job, pod))),
      )
    : undefined;
  return {
    job,
    pods,
    active,
    waitsForPods: minor >= waitsForPodsSince,
    activeCount: active.length,
    ready: active.filter(isReady).length,
    terminating: pods.filter(isTerminating).length,
    succeeded: isIndexed(job)
      ? total(succeededIndexes)
      : (status.succeeded ?? 0) + succeeded.length,
    failed: (status.failed ?? 0) + failed.length,
    succeededBefore,
    succeededIndexes,
    failedIndexes,
    delayed: delayedPods(job, fresh, active, [succeededIndexes, failedIndexes ?? []]),
    backoff: nextBackoff(memory.table<Backoff>(backoffs).get(uid), succeeded, ended),
    finished: undefined,
    isRefused: false,
    status: { ...status },
  };
}

function indexes(pods: readonly Pod[]): readonly number[] {
  return pods.flatMap((pod) => indexOf(pod) ?? []);
}

function failsIndex(job: Job, pod: Pod): boolean {
  if (!hasFailed(job, pod)) return false;
  const { counts, action } = failureVerdict(job.spec.podFailurePolicy, pod);
  if (action === 'FailIndex') return true;
  return counts && failuresBefore(pod).counted >= (job.spec.backoffLimitPerIndex ?? 0);
}

function delayedPods(
  job: Job,
  fresh: readonly Pod[],
  active: readonly Pod[],
  done: readonly Intervals[],
): ReadonlyMap<number, Pod> {
  const delayed = new Map<number, Pod>();
  if (!countsPerIndex(job)) return delayed;
  const running = new Set(indexes(active));
  const failures = (pod: Pod) => failuresBefore(pod).counted + failuresBefore(pod).ignored;
  for (const pod of fresh) {
    const index = indexOf(pod);
    if (index === undefined || running.has(index) || !hasFailed(job, pod)) continue;
    if (done.some((intervals) => has(intervals, index))) continue;
    const other = delayed.get(index);
    const later =
      other === undefined ||
      (failures(other) <= failures(pod) && finishedAt(pod) >= finishedAt(other));
    if (later) delayed.set(index, pod);
  }
  return delayed;
}
