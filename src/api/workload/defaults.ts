// Defaults of Deployment, ReplicaSet, StatefulSet, DaemonSet and Job. Models pkg/apis/apps/v1/defaults.go and
// pkg/apis/batch/v1/defaults.go, and the Job strategy's generated selector.
import { defaultClaim } from '../persistentvolumeclaim/rules.ts';
import { defaultTemplate } from '../pod/defaults.ts';
import type {
  DaemonSet,
  DaemonSetSpec,
  Deployment,
  DeploymentSpec,
  Job,
  JobSpec,
  PersistentVolumeClaim,
  ReplicaSet,
  StatefulSet,
  StatefulSetSpec,
} from '../types.ts';
import { type Draft, isUnset } from '../values.ts';

const REVISIONS = 10;
const DEADLINE_SECONDS = 600;
const BACKOFF_LIMIT = 6;

export function defaultDeployment(deployment: Deployment): Deployment {
  const spec: Draft<DeploymentSpec> = { ...deployment.spec };
  spec.replicas ??= 1;
  spec.template = defaultTemplate(spec.template);
  const strategy = { ...spec.strategy };
  const type = isUnset(strategy.type) ? 'RollingUpdate' : strategy.type;
  spec.strategy =
    type === 'RollingUpdate'
      ? {
          ...strategy,
          type,
          rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%', ...strategy.rollingUpdate },
        }
      : { ...strategy, type };
  spec.revisionHistoryLimit ??= REVISIONS;
  spec.progressDeadlineSeconds ??= DEADLINE_SECONDS;
  return { ...deployment, spec };
}

export function defaultReplicaSet(set: ReplicaSet): ReplicaSet {
  const spec = { ...set.spec, replicas: set.spec?.replicas ?? 1 };
  return { ...set, spec: { ...spec, template: defaultTemplate(spec.template) } };
}

export function defaultStatefulSet(set: StatefulSet): StatefulSet {
  const spec: Draft<StatefulSetSpec> = { ...set.spec };
  spec.replicas ??= 1;
  spec.template = defaultTemplate(spec.template);
  if (isUnset(spec.podManagementPolicy)) spec.podManagementPolicy = 'OrderedReady';
  const type = spec.updateStrategy?.type || 'RollingUpdate';
  spec.updateStrategy =
    type === 'RollingUpdate'
      ? {
          ...spec.updateStrategy,
          type,
          rollingUpdate: { partition: 0, ...spec.updateStrategy?.rollingUpdate },
        }
      : { ...spec.updateStrategy, type };
  spec.revisionHistoryLimit ??= REVISIONS;
  if (spec.volumeClaimTemplates !== undefined) {
    spec.volumeClaimTemplates = spec.volumeClaimTemplates.map(defaultTemplateClaim);
  }
  spec.persistentVolumeClaimRetentionPolicy = {
    whenDeleted: 'Retain',
    whenScaled: 'Retain',
    ...spec.persistentVolumeClaimRetentionPolicy,
  };
  return { ...set, spec };
}

/** With the kind that conversion to apps/v1 writes into each template. */
function defaultTemplateClaim(claim: PersistentVolumeClaim): PersistentVolumeClaim {
  return { ...defaultClaim(claim), apiVersion: 'v1', kind: 'PersistentVolumeClaim' };
}

export function defaultDaemonSet(set: DaemonSet): DaemonSet {
  const spec: Draft<DaemonSetSpec> = { ...set.spec };
  spec.template = defaultTemplate(spec.template);
  const type = spec.updateStrategy?.type || 'RollingUpdate';
  spec.updateStrategy =
    type === 'RollingUpdate'
      ? {
          ...spec.updateStrategy,
          type,
          rollingUpdate: { maxUnavailable: 1, maxSurge: 0, ...spec.updateStrategy?.rollingUpdate },
        }
      : { ...spec.updateStrategy, type };
  spec.revisionHistoryLimit ??= REVISIONS;
  return { ...set, spec };
}

export function defaultJob(job: Job): Job {
  const spec: Draft<JobSpec> = { ...job.spec, template: defaultTemplate(job.spec?.template) };
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= BACKOFF_LIMIT;
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.manualSelector ??= false;
  if (isUnset(spec.podReplacementPolicy)) {
    spec.podReplacementPolicy =
      spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed';
  }
  return { ...job, spec };
}

/** The labels by which a Job finds its Pods, in its selector and template. */
export function generateJobSelector(job: Job): Job {
  if (job.spec?.manualSelector === true) return job;
  const { uid = '', name = '' } = job.metadata;
  const { template } = job.spec ?? { template: {} };
  const labels = {
    ...template.metadata?.labels,
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  const matchLabels = {
    ...job.spec?.selector?.matchLabels,
    'batch.kubernetes.io/controller-uid': uid,
  };
  return {
    ...job,
    spec: {
      ...job.spec,
      selector: { ...job.spec?.selector, matchLabels },
      template: { ...template, metadata: { ...template.metadata, labels } as never },
    },
  };
}
