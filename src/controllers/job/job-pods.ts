// What a Job knows of its Pods: whose they are, which have been counted, when they finished, and how long to wait after
// failures. Modelled after pkg/controller/job/{job_controller,backoff_utils,indexed_job_utils}.go.

import { selects } from '../../api/selects.ts';
import { type Job, keyOf, type Pod } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import {
  conditionOf,
  controllerOf,
  controllerRef,
  isActive,
  isTerminal,
  released,
} from '../pods.ts';
import { seconds } from '../time.ts';

/** Holds a Pod until its Job has counted it. */
export const trackingFinalizer = 'batch.kubernetes.io/job-tracking';
export const indexName = 'batch.kubernetes.io/job-completion-index';
export const failureCountName = 'batch.kubernetes.io/job-index-failure-count';
export const ignoredCountName = 'batch.kubernetes.io/job-index-ignored-failure-count';

const backoffSeconds = { first: 10, max: 600 };

export function isIndexed(job: Job): boolean {
  return job.spec.completionMode === 'Indexed';
}

/** Failures are counted for each index. */
export function countsPerIndex(job: Job): boolean {
  return isIndexed(job) && job.spec.backoffLimitPerIndex !== undefined;
}

/** A Pod is replaced only when it has ended, not as soon as it is being deleted. */
export function replacesOnlyFailed(job: Job): boolean {
  return job.spec.podReplacementPolicy === 'Failed' || job.spec.podFailurePolicy !== undefined;
}

export function isTracked(pod: Pod): boolean {
  return pod.metadata.finalizers?.includes(trackingFinalizer) === true;
}

/** The Pod's completion index; undefined without a valid one. */
export function indexOf(pod: Pod): number | undefined {
  const text = pod.metadata.annotations?.[indexName] ?? '';
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Its index is one that the Job has; always so when the Job is not Indexed. */
export function isInRange(job: Job, pod: Pod): boolean {
  if (!isIndexed(job)) return true;
  const index = indexOf(pod);
  return index !== undefined && index < (job.spec.completions ?? 0);
}

export function isTerminating(pod: Pod): boolean {
  return !isTerminal(pod) && pod.metadata.deletionTimestamp !== undefined;
}

export function hasFailed(job: Job, pod: Pod): boolean {
  if (pod.status?.phase === 'Failed') return true;
  return !replacesOnlyFailed(job) && isTerminating(pod);
}

/** Failures that the Pod's index has behind it, as its annotations say. */
export function failuresBefore(pod: Pod): { readonly counted: number; readonly ignored: number } {
  const read = (name: string) => {
    const text = pod.metadata.annotations?.[name] ?? '';
    return /^\d{1,9}$/.test(text) ? Number(text) : 0;
  };
  return { counted: read(failureCountName), ignored: read(ignoredCountName) };
}

/** Lets the API server remove the Pod. */
export function untrack(pod: Pod, { client }: ControllerContext): void {
  const current = client.get('Pod', keyOf(pod));
  if (current === undefined || current.metadata.uid !== pod.metadata.uid) return;
  if (!isTracked(current)) return;
  const finalizers = (current.metadata.finalizers ?? []).filter((one) => one !== trackingFinalizer);
  client.update({ ...current, metadata: { ...current.metadata, finalizers } });
}

/** All Pods that the Job controls, in key order: strangers that match are adopted, others let go. */
export function podsOf(job: Job, context: ControllerContext): readonly Pod[] {
  const { client, index } = context;
  const namespace = job.metadata.namespace ?? 'default';
  const { selector } = job.spec;
  const owned = index.ownedBy('Pod', job.metadata.uid ?? '');
  for (const pod of owned.flatMap((key) => client.get('Pod', key) ?? [])) {
    if (selects(selector, pod.metadata.labels) || pod.metadata.deletionTimestamp !== undefined)
      continue;
    const metadata = released(pod.metadata, job);
    client.update({ ...pod, metadata: withoutTracking(metadata) });
  }
  if (job.metadata.deletionTimestamp === undefined) {
    const keys = index.podsWith(namespace, selector?.matchLabels ?? {});
    const found = keys?.map((key) => client.get('Pod', key)) ?? client.list('Pod', namespace);
    for (const pod of found) if (pod !== undefined) adopt(job, pod, context);
  }
  return index
    .ownedBy('Pod', job.metadata.uid ?? '')
    .flatMap((key) => client.get('Pod', key) ?? []);
}

function withoutTracking(metadata: Pod['metadata']): Pod['metadata'] {
  const finalizers = (metadata.finalizers ?? []).filter((one) => one !== trackingFinalizer);
  return { ...metadata, finalizers };
}

function adopt(job: Job, pod: Pod, { client }: ControllerContext): void {
  if (controllerOf(pod) !== undefined || !isActive(pod)) return;
  if (!selects(job.spec.selector, pod.metadata.labels)) return;
  const ownerReferences = [...(pod.metadata.ownerReferences ?? []), controllerRef(job)];
  const finalizers = [...(pod.metadata.finalizers ?? []), trackingFinalizer];
  client.update({ ...pod, metadata: { ...pod.metadata, ownerReferences, finalizers } });
}

/** When a Pod finished, in seconds: its last container, else when it ceased to be ready or was deleted. */
export function finishedAt(pod: Pod): number {
  const sidecars = (pod.spec.initContainers ?? []).filter((one) => one.restartPolicy === 'Always');
  const init = (pod.status?.initContainerStatuses ?? []).filter(({ name }) =>
    sidecars.some((one) => one.name === name),
  );
  const ends = [...(pod.status?.containerStatuses ?? []), ...init].map((status) =>
    seconds(status.state?.terminated?.finishedAt),
  );
  if (ends.length > 0 && ends.every((end) => end > 0)) return Math.max(...ends);
  const ready = conditionOf(pod, 'Ready');
  if (ready?.status === 'False') return seconds(ready.lastTransitionTime);
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, creationTimestamp } = pod.metadata;
  if (deletionTimestamp === undefined) return seconds(creationTimestamp);
  return seconds(deletionTimestamp) - deletionGracePeriodSeconds;
}

/** Milliseconds until `failures` in a row are forgiven: 10 s, doubling, at most 10 min after the last. */
export function backoffMs(failures: number, lastSeconds: number, now: string): number {
  if (failures === 0) return 0;
  const wait = Math.min(backoffSeconds.first * 2 ** Math.min(failures - 1, 20), backoffSeconds.max);
  return Math.max(0, wait - (seconds(now) - lastSeconds)) * 1000;
}

/** Failures after the last success, and when the last of them was, in seconds. */
export interface Backoff {
  readonly failures: number;
  readonly lastSeconds: number;
}

/** The record with Pods that were not counted before. */
export function nextBackoff(
  before: Backoff | undefined,
  succeeded: readonly Pod[],
  failed: readonly Pod[],
): Backoff {
  const known = before ?? { failures: 0, lastSeconds: 0 };
  const lastSuccess = Math.max(-1, ...succeeded.map(finishedAt));
  const later = failed.map(finishedAt).filter((at) => at > lastSuccess);
  const start = succeeded.length === 0 ? known.failures : 0;
  if (later.length > 0) {
    return { failures: start + later.length, lastSeconds: Math.max(...later) };
  }
  return succeeded.length === 0 ? known : { failures: 0, lastSeconds: 0 };
}
