// `kubectl describe` of what owns Pods: Deployment, ReplicaSet, StatefulSet, DaemonSet, Job, CronJob. What differs by
// version is told by `minor`. Models the describers of the same names in kubectl/pkg/describe/describe.go.

import { canonicalQuantity } from '../../../api/field/quantity.ts';
import { parseSelector, selects } from '../../../api/label-selector.ts';
import type {
  AnyObject,
  CronJob,
  DaemonSet,
  Deployment,
  Job,
  LabelSelector,
  ObjectMeta,
  Pod,
  PodTemplateSpec,
  ReplicaSet,
  StatefulSet,
} from '../../../api/types.ts';
import { sameValue } from '../../../api/values.ts';
import { humanDuration, unixSeconds } from '../age.ts';
import { labelsText, selectorText } from '../cells.ts';
import { ownEvents } from './events.ts';
import {
  annotationLines,
  as,
  controlledByLine,
  type DescribeContext,
  labelAndAnnotationLines,
  labelLines,
  metaLines,
  sortedBy,
  stamp,
} from './fields.ts';
import { templateLines } from './pod.ts';
import type { DescribeWriter } from './writer.ts';

/** "1 Running / 0 Waiting / 0 Succeeded / 0 Failed": the Pods it controls, by phase. */
export function podsText(
  metadata: ObjectMeta,
  selector: LabelSelector | undefined,
  { lookup }: DescribeContext,
): string {
  const owned = lookup
    .list('Pod', metadata.namespace)
    .filter((pod) => selected(pod, selector) && ownerUid(pod.metadata) === metadata.uid)
    .map((pod) => as<Pod>(pod).status?.phase);
  const count = (phase: string): number => owned.filter((one) => one === phase).length;
  return `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`;
}

function ownerUid(metadata: ObjectMeta): string | undefined {
  return (metadata.ownerReferences ?? []).find((owner) => owner.controller === true)?.uid;
}

function selected({ metadata }: AnyObject, selector: LabelSelector | undefined): boolean {
  const text = selectorText(selector);
  const parsed = parseSelector(text === '<none>' ? '' : text);
  return typeof parsed !== 'string' && selects(parsed, metadata.labels);
}

/** As labels.Selector prints itself: nothing for one that takes all. */
function selectorLine(w: DescribeWriter, selector: LabelSelector | undefined): void {
  const text = selectorText(selector);
  w.line(0, 'Selector:', text === '<none>' ? '' : text);
}

function conditionLines(
  w: DescribeWriter,
  conditions: readonly { type: string; status: string; reason?: string }[] = [],
): void {
  if (conditions.length === 0) return;
  w.line(0, 'Conditions:');
  w.line(1, 'Type', 'Status', 'Reason');
  w.line(1, '----', '------', '------');
  for (const { type, status, reason = '' } of conditions) w.line(1, `${type} `, status, reason);
}

export function describeDeployment(
  object: AnyObject,
  w: DescribeWriter,
  context: DescribeContext,
): void {
  const { metadata, spec, status } = as<Deployment>(object);
  metaLines(w, metadata);
  w.line(0, 'CreationTimestamp:', stamp(metadata.creationTimestamp));
  labelAndAnnotationLines(w, metadata);
  selectorLine(w, spec.selector);
  w.line(
    0,
    'Replicas:',
    `${spec.replicas ?? 1} desired | ${status?.updatedReplicas ?? 0} updated | ${status?.replicas ?? 0} total | ` +
      `${status?.availableReplicas ?? 0} available | ${status?.unavailableReplicas ?? 0} unavailable`,
  );
  w.line(0, 'StrategyType:', spec.strategy?.type ?? '');
  w.line(0, 'MinReadySeconds:', spec.minReadySeconds ?? 0);
  const rolling = spec.strategy?.rollingUpdate;
  if (rolling !== undefined) {
    const text = `${rolling.maxUnavailable ?? 0} max unavailable, ${rolling.maxSurge ?? 0} max surge`;
    w.line(0, 'RollingUpdateStrategy:', text);
  }
  templateLines(w, spec.template, context.minor);
  conditionLines(w, status?.conditions);
  const { older, newest } = replicaSets(object, context);
  if (older.length > 0 || newest !== undefined) {
    w.line(0, 'OldReplicaSets:', older.map(replicaSetText).join(', ') || '<none>');
    w.line(0, 'NewReplicaSet:', newest === undefined ? '<none>' : replicaSetText(newest));
  }
  ownEvents(w, object, context);
}

function replicaSetText({ metadata, spec, status }: ReplicaSet): string {
  return `${metadata.name} (${status?.replicas ?? 0}/${spec.replicas ?? 1} replicas created)`;
}

/** The oldest whose template is the Deployment's, the hash aside, is the new one; all others are old. */
function replicaSets(
  object: AnyObject,
  { lookup }: DescribeContext,
): { readonly older: readonly ReplicaSet[]; readonly newest: ReplicaSet | undefined } {
  const { metadata, spec } = as<Deployment>(object);
  const owned = lookup
    .list('ReplicaSet', metadata.namespace)
    .filter((set) => selected(set, spec.selector) && ownerUid(set.metadata) === metadata.uid)
    .map((set) => as<ReplicaSet>(set));
  const byAge = sortedBy(owned, (set) => set.metadata.creationTimestamp ?? '');
  const newest = byAge.find((set) => sameTemplate(set.spec.template, spec.template));
  return { older: owned.filter((set) => set !== newest), newest };
}

function sameTemplate(a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean {
  const bare = (template: PodTemplateSpec | undefined): unknown => {
    const { 'pod-template-hash': _, ...labels } = template?.metadata?.labels ?? {};
    const { annotations } = template?.metadata ?? {};
    return { labels, annotations, spec: template?.spec };
  };
  return sameValue(bare(a), bare(b));
}

export function describeReplicaSet(
  object: AnyObject,
  w: DescribeWriter,
  context: DescribeContext,
): void {
  const { metadata, spec, status } = as<ReplicaSet>(object);
  metaLines(w, metadata);
  w.line(0, 'Selector:', selectorText(spec.selector));
  labelAndAnnotationLines(w, metadata);
  controlledByLine(w, metadata);
  w.line(0, 'Replicas:', `${status?.replicas ?? 0} current / ${spec.replicas ?? 1} desired`);
  w.line(0, 'Pods Status:', podsText(metadata, spec.selector, context));
  templateLines(w, spec.template, context.minor);
  conditionLines(w, status?.conditions);
  ownEvents(w, object, context);
}

export function describeStatefulSet(
  object: AnyObject,
  w: DescribeWriter,
  context: DescribeContext,
): void {
  const { metadata, spec, status } = as<StatefulSet>(object);
  metaLines(w, metadata);
  w.line(0, 'CreationTimestamp:', stamp(metadata.creationTimestamp));
  selectorLine(w, spec.selector);
  labelAndAnnotationLines(w, metadata);
  w.line(0, 'Replicas:', `${spec.replicas ?? 1} desired | ${status?.replicas ?? 0} total`);
  w.line(0, 'Update Strategy:', spec.updateStrategy?.type ?? '');
  const rolling = spec.updateStrategy?.rollingUpdate;
  if (rolling?.partition !== undefined) {
    w.line(1, 'Partition:', rolling.partition);
    if (rolling.maxUnavailable !== undefined) w.line(1, 'MaxUnavailable:', rolling.maxUnavailable);
  }
  w.line(0, 'Pods Status:', podsText(metadata, spec.selector, context));
  templateLines(w, spec.template, context.minor);
  claimLines(w, spec.volumeClaimTemplates);
  ownEvents(w, object, context);
}

function claimLines(
  w: DescribeWriter,
  claims: StatefulSet['spec']['volumeClaimTemplates'] = [],
): void {
  if (claims.length === 0) {
    w.line(0, 'Volume Claims:', '<none>');
    return;
  }
  w.line(0, 'Volume Claims:');
  for (const { metadata, spec } of claims) {
    w.line(1, 'Name:', metadata?.name ?? '');
    w.line(1, 'StorageClass:', spec?.storageClassName ?? '');
    labelLines(w, 'Labels', metadata?.labels, '  ');
    labelLines(w, 'Annotations', metadata?.annotations, '  ');
    const size = spec?.resources?.requests?.['storage'];
    w.line(1, 'Capacity:', size === undefined ? '<default>' : canonicalQuantity(size));
    w.line(1, 'Access Modes:', `[${(spec?.accessModes ?? []).join(' ')}]`);
  }
}

export function describeDaemonSet(
  object: AnyObject,
  w: DescribeWriter,
  context: DescribeContext,
): void {
  const { metadata, spec, status } = as<DaemonSet>(object);
  w.line(0, 'Name:', metadata.name);
  if (context.minor >= 33) w.line(0, 'Namespace:', metadata.namespace ?? '');
  selectorLine(w, spec.selector);
  w.line(0, 'Node-Selector:', labelsText(spec.template?.spec?.nodeSelector));
  labelAndAnnotationLines(w, metadata);
  w.line(0, `Desired Number of Nodes Scheduled: ${status?.desiredNumberScheduled ?? 0}`);
  w.line(0, `Current Number of Nodes Scheduled: ${status?.currentNumberScheduled ?? 0}`);
  const updated = status?.updatedNumberScheduled ?? 0;
  w.line(0, `Number of Nodes Scheduled with Up-to-date Pods: ${updated}`);
  const available = status?.numberAvailable ?? 0;
  w.line(0, `Number of Nodes Scheduled with Available Pods: ${available}`);
  w.line(0, `Number of Nodes Misscheduled: ${status?.numberMisscheduled ?? 0}`);
  w.line(0, 'Pods Status:', podsText(metadata, spec.selector, context));
  templateLines(w, spec.template, context.minor);
  ownEvents(w, object, context);
}

export function describeJob(object: AnyObject, w: DescribeWriter, context: DescribeContext): void {
  const { metadata, spec, status } = as<Job>(object);
  const line = (title: string, value: string | number | boolean | undefined): void => {
    if (value !== undefined) w.line(0, title, value);
  };
  metaLines(w, metadata);
  selectorLine(w, spec.selector);
  labelAndAnnotationLines(w, metadata);
  controlledByLine(w, metadata);
  line('Parallelism:', spec.parallelism);
  w.line(0, 'Completions:', spec.completions ?? '<unset>');
  line('Completion Mode:', spec.completionMode);
  if (context.minor >= 30) {
    line('Suspend:', spec.suspend);
    line('Backoff Limit:', spec.backoffLimit);
    line('TTL Seconds After Finished:', spec.ttlSecondsAfterFinished);
  }
  const { startTime, completionTime } = status ?? {};
  if (startTime !== undefined) w.line(0, 'Start Time:', stamp(startTime));
  if (completionTime !== undefined) w.line(0, 'Completed At:', stamp(completionTime));
  if (startTime !== undefined && completionTime !== undefined) {
    const seconds = (unixSeconds(completionTime) ?? 0) - (unixSeconds(startTime) ?? 0);
    w.line(0, 'Duration:', humanDuration(seconds));
  }
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined) w.line(0, 'Active Deadline Seconds:', `${deadline}s`);
  const ready = status?.ready === undefined ? '' : ` (${status.ready} Ready)`;
  const { active = 0, succeeded = 0, failed = 0 } = status ?? {};
  w.line(
    0,
    'Pods Statuses:',
    `${active} Active${ready} / ${succeeded} Succeeded / ${failed} Failed`,
  );
  if (spec.completionMode === 'Indexed') {
    w.line(0, 'Completed Indexes:', cappedIndexes(status?.completedIndexes ?? ''));
  }
  templateLines(w, spec.template, context.minor);
  ownEvents(w, object, context);
}

const indexesMax = 50;

/** Cut at the first comma after 50 characters. */
function cappedIndexes(indexes: string): string {
  if (indexes === '') return '<none>';
  const comma = indexes.indexOf(',', indexesMax);
  return comma < 0 ? indexes : `${indexes.slice(0, comma + 1)}...`;
}

export function describeCronJob(
  object: AnyObject,
  w: DescribeWriter,
  context: DescribeContext,
): void {
  const { metadata, spec, status } = as<CronJob>(object);
  metaLines(w, metadata);
  labelLines(w, 'Labels', metadata.labels);
  annotationLines(w, 'Annotations', metadata.annotations);
  w.line(0, 'Schedule:', spec.schedule);
  if (context.minor >= 36) w.line(0, 'Time Zone:', spec.timeZone ?? '<unset>');
  w.line(0, 'Concurrency Policy:', spec.concurrencyPolicy ?? '');
  const suspend = spec.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False';
  w.line(0, 'Suspend:', suspend);
  w.line(0, 'Successful Job History Limit:', spec.successfulJobsHistoryLimit ?? '<unset>');
  w.line(0, 'Failed Job History Limit:', spec.failedJobsHistoryLimit ?? '<unset>');
  const deadline = spec.startingDeadlineSeconds;
  w.line(0, 'Starting Deadline Seconds:', deadline === undefined ? '<unset>' : `${deadline}s`);
  const job = spec.jobTemplate.spec;
  if (job?.selector === undefined) w.line(0, 'Selector:', '<unset>');
  else selectorLine(w, job.selector);
  w.line(0, 'Parallelism:', job?.parallelism ?? '<unset>');
  w.line(0, 'Completions:', job?.completions ?? '<unset>');
  const active = job?.activeDeadlineSeconds;
  if (active !== undefined) w.line(0, 'Active Deadline Seconds:', `${active}s`);
  templateLines(w, job?.template, context.minor);
  const last = status?.lastScheduleTime;
  w.line(0, 'Last Schedule Time:', last === undefined ? '<unset>' : stamp(last));
  const names = (status?.active ?? []).map((one) => one.name ?? '');
  w.line(0, 'Active Jobs:', names.join(', ') || '<none>');
  ownEvents(w, object, context);
}
