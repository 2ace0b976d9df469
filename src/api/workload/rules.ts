// The workload kinds as the API server treats them.
import type { KindRules } from '../kind-rules.ts';
import type { DaemonSet, Deployment, Job, ReplicaSet, StatefulSet } from '../types.ts';
import { sameValue } from '../values.ts';
import {
  defaultDaemonSet,
  defaultDeployment,
  defaultJob,
  defaultReplicaSet,
  defaultStatefulSet,
  generateJobSelector,
} from './defaults.ts';
import { jobCauses, jobUpdateCauses } from './job.ts';
import {
  deploymentCauses,
  deploymentUpdateCauses,
  replicaSetCauses,
  replicaSetUpdateCauses,
} from './validation.ts';
import {
  daemonSetCauses,
  daemonSetUpdateCauses,
  statefulSetCauses,
  statefulSetUpdateCauses,
} from './validation-sets.ts';

export const deploymentRules: KindRules<Deployment> = {
  defaults: defaultDeployment,
  prepareForCreate: (deployment) => ({ ...deployment, status: {} }),
  validate: deploymentCauses,
  validateUpdate: deploymentUpdateCauses,
};

export const replicaSetRules: KindRules<ReplicaSet> = {
  defaults: defaultReplicaSet,
  prepareForCreate: (set) => ({ ...set, status: { replicas: 0 } }),
  validate: replicaSetCauses,
  validateUpdate: replicaSetUpdateCauses,
};

export const statefulSetRules: KindRules<StatefulSet> = {
  defaults: defaultStatefulSet,
  prepareForCreate: (set) => ({ ...set, status: { replicas: 0, availableReplicas: 0 } }),
  validate: statefulSetCauses,
  validateUpdate: statefulSetUpdateCauses,
};

/** apps/v1 shows the internal spec.templateGeneration as this annotation. */
const templateGeneration = 'deprecated.daemonset.template.generation';

function templateNumber({ metadata }: DaemonSet): number {
  const text = metadata.annotations?.[templateGeneration] ?? '';
  return /^[1-9]\d*$/.test(text) ? Number(text) : 1;
}

function withTemplateNumber(set: DaemonSet, number: number): DaemonSet {
  const annotations = { ...set.metadata.annotations, [templateGeneration]: String(number) };
  return { ...set, metadata: { ...set.metadata, annotations } };
}

export const daemonSetRules: KindRules<DaemonSet> = {
  defaults: defaultDaemonSet,
  prepareForCreate: (set) => ({
    ...withTemplateNumber(set, templateNumber(set)),
    status: {
      currentNumberScheduled: 0,
      desiredNumberScheduled: 0,
      numberMisscheduled: 0,
      numberReady: 0,
    },
  }),
  prepareForUpdate: (set, old) => {
    const changed = !sameValue(set.spec.template, old.spec.template);
    return withTemplateNumber(set, templateNumber(old) + (changed ? 1 : 0));
  },
  validate: daemonSetCauses,
  validateUpdate: daemonSetUpdateCauses,
};

export const jobRules: KindRules<Job> = {
  defaults: defaultJob,
  prepareForCreate: (job) => ({ ...generateJobSelector(job), status: {} }),
  validate: jobCauses,
  validateUpdate: jobUpdateCauses,
};
