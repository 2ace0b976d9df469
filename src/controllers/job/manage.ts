// Makes and removes a Job's Pods until as many run as it wants.
// Modelled after manageJob in pkg/controller/job/job_controller.go.
import { type Container, type Job, keyOf, type Pod } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import { createPod, slowStart } from '../creation.ts';
import { generateName } from '../names.ts';
import { pinOf } from '../pins.ts';
import { isTerminating as isNamespaceEnding, isReady, podFromTemplate } from '../pods.ts';
import { victims } from '../replicaset/victims.ts';
import { firstMissing, merged, withIndexes } from './intervals.ts';
import {
  backoffMs,
  countsPerIndex,
  failureCountName,
  failuresBefore,
  finishedAt,
  ignoredCountName,
  indexName,
  indexOf,
  isIndexed,
  isTerminating,
  replacesOnlyFailed,
  trackingFinalizer,
  untrack,
} from './job-pods.ts';
import { failureVerdict } from './policies.ts';
import type { Turn } from './turn.ts';

/** Most Pods that one sync creates or deletes. */
const burst = 500;
/** Longest base of a generated name. */
const baseMax = 58;

export function manage(turn: Turn, context: ControllerContext): void {
  const { job, active } = turn;
  if (job.spec.suspend === true) {
    removePods(turn, surplus(job, active, active.length, context), context);
    return;
  }
  const wanted = wantedPods(turn);
  const remove = surplus(job, active, Math.max(0, active.length - wanted), context);
  if (remove.length > 0) {
    removePods(turn, remove.slice(0, burst), context);
    if (remove.length > burst) context.again(keyOf(job), 0);
    return;
  }
  const ending = replacesOnlyFailed(job) ? turn.terminating : 0;
  const missing = wanted - ending - active.length;
  if (missing > 0) createPods(turn, Math.min(missing, burst), context);
  if (missing > burst) context.again(keyOf(job), 0);
}

/** How many Pods should run: never more than what is left to complete. */
function wantedPods({ job, active, succeeded }: Turn): number {
  const { completions, parallelism = 1 } = job.spec;
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(completions - succeeded, parallelism));
}

/** At least `count` Pods that should go; of an Indexed Job first those with a repeated or a foreign index. */
function surplus(
  job: Job,
  active: readonly Pod[],
  count: number,
  context: ControllerContext,
): readonly Pod[] {
  if (!isIndexed(job)) return victims(active, [], count, context);
  const byIndex = new Map<number, Pod[]>();
  const remove: Pod[] = [];
  for (const pod of active) {
    const index = indexOf(pod);
    if (index === undefined || index >= (job.spec.completions ?? 0)) remove.push(pod);
    else byIndex.set(index, [...(byIndex.get(index) ?? []), pod]);
  }
  for (const pods of byIndex.values()) {
    remove.push(...victims(pods, [], pods.length - 1, context));
  }
  const left = active.filter((pod) => !remove.includes(pod));
  return [...remove, ...victims(left, [], Math.max(0, count - remove.length), context)];
}

/** Without counting them as failures. */
function removePods(turn: Turn, pods: readonly Pod[], context: ControllerContext): void {
  for (const pod of pods) {
    untrack(pod, context);
    deletePod(turn, pod, context);
  }
}

export function deletePod(turn: Turn, pod: Pod, { client }: ControllerContext): void {
  client.delete('Pod', keyOf(pod));
  client.event(turn.job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
  turn.activeCount--;
  turn.terminating++;
  if (isReady(pod)) turn.ready--;
}

function createPods(turn: Turn, count: number, context: ControllerContext): void {
  const { job, backoff } = turn;
  if (isNamespaceEnding(job.metadata.namespace, context.client)) return;
  const wait = countsPerIndex(job)
    ? 0
    : backoffMs(backoff.failures, backoff.lastSeconds, context.now);
  if (wait > 0) {
    later(turn, wait, context);
    return;
  }
  if (!isIndexed(job)) {
    makePods(turn, Array.from({ length: count }), context);
    return;
  }
  const pending = pendingIndexes(turn, count);
  const waits = pending.map((index) => indexWaitMs(turn, index, context));
  const ready = pending.filter((_, i) => waits[i] === 0);
  if (ready.length === 0 && pending.length > 0) later(turn, Math.min(...waits), context);
  makePods(turn, ready, context);
}

/** Upstream counts no active Pod at all while it waits. */
function later(turn: Turn, wait: number, context: ControllerContext): void {
  turn.activeCount = 0;
  context.again(keyOf(turn.job), wait, true);
}

/** Indexes that neither run nor have ended. */
function pendingIndexes(turn: Turn, count: number): readonly number[] {
  const { job, pods, active, succeededIndexes, failedIndexes = [] } = turn;
  const ending = replacesOnlyFailed(job) ? pods.filter(isTerminating) : [];
  const busy = [...active, ...ending].flatMap((pod) => indexOf(pod) ?? []);
  const taken = withIndexes(merged(succeededIndexes, failedIndexes), busy);
  return firstMissing(taken, count, job.spec.completions ?? 0);
}

function indexWaitMs({ job, delayed }: Turn, index: number, { now }: ControllerContext): number {
  const failed = delayed.get(index);
  if (failed === undefined || !countsPerIndex(job)) return 0;
  const { counted, ignored } = failuresBefore(failed);
  return backoffMs(counted + ignored + 1, finishedAt(failed), now);
}

/** By index, or one for each undefined. */
function makePods(
  turn: Turn,
  wanted: readonly (number | undefined)[],
  context: ControllerContext,
): void {
  const refusal = slowStart(wanted, (index) => {
    const why = createPod(newPod(turn, index, context), turn.job, context.client);
    if (why === undefined) turn.activeCount++;
    return why;
  });
  if (refusal !== undefined) turn.isRefused = true;
}

function newPod(turn: Turn, index: number | undefined, context: ControllerContext): Pod {
  const { job } = turn;
  const base = generatedBase(job.metadata.name, index);
  const made = podFromTemplate(job.spec.template, job, podName(job, base, context));
  const finalizers = [...new Set([...(made.metadata.finalizers ?? []), trackingFinalizer])];
  const pod: Pod = { ...made, metadata: { ...made.metadata, generateName: base, finalizers } };
  return index === undefined ? pod : indexed(turn, pod, index);
}

/** "job-" or, for an index, "job-3-", cut so that the five drawn characters still fit. */
function generatedBase(name: string, index: number | undefined): string {
  const end = index === undefined ? '-' : `-${index}-`;
  return name.slice(0, baseMax - end.length) + end;
}

function podName(job: Job, base: string, { client, choices, spec, index }: ControllerContext) {
  const { namespace, name, uid } = job.metadata;
  const taken = (pod: string) => client.get('Pod', `${namespace}/${pod}`) !== undefined;
  const pin = pinOf(spec, `Job/${namespace}/${name}`);
  const suffix = pin?.pods[index.everOwnedBy('Pod', uid ?? '')]?.suffix;
  if (suffix !== undefined && !taken(base + suffix)) return base + suffix;
  return generateName(base, choices, taken);
}

/** The Pod of one index: annotation, label, host name and environment tell it which. */
function indexed(turn: Turn, pod: Pod, index: number): Pod {
  const { job } = turn;
  const { metadata, spec } = pod;
  const value = { [indexName]: String(index) };
  const annotations = { ...metadata.annotations, ...value, ...failureCounts(turn, index) };
  return {
    ...pod,
    metadata: { ...metadata, annotations, labels: { ...metadata.labels, ...value } },
    spec: {
      ...spec,
      hostname: `${job.metadata.name}-${index}`,
      containers: spec.containers.map(withIndexVariable),
      ...(spec.initContainers === undefined
        ? {}
        : { initContainers: spec.initContainers.map(withIndexVariable) }),
    },
  };
}

const indexVariable = {
  name: 'JOB_COMPLETION_INDEX',
  valueFrom: { fieldRef: { fieldPath: `metadata.labels['${indexName}']` } },
};

function withIndexVariable(container: Container): Container {
  const { env = [] } = container;
  if (env.some(({ name }) => name === indexVariable.name)) return container;
  return { ...container, env: [...env, indexVariable] };
}

/** What the new Pod of an index inherits from the one that it replaces. */
function failureCounts(turn: Turn, index: number): Readonly<Record<string, string>> {
  const { job, delayed } = turn;
  if (!countsPerIndex(job)) return {};
  const failed = delayed.get(index);
  const before = failed === undefined ? { counted: 0, ignored: 0 } : failuresBefore(failed);
  const counts = failed !== undefined && failureVerdict(job.spec.podFailurePolicy, failed).counts;
  const counted = before.counted + (failed !== undefined && counts ? 1 : 0);
  const ignored = before.ignored + (failed !== undefined && !counts ? 1 : 0);
  return {
    [failureCountName]: String(counted),
    ...(ignored > 0 ? { [ignoredCountName]: String(ignored) } : {}),
  };
}
