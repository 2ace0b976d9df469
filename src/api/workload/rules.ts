// The workload kinds as the API server treats them.
import type { KindRules } from '../kind-rules.ts';
import type { DaemonSet, Deployment, Job, ReplicaSet, StatefulSet } from '../types.ts';
import {
  defaultDaemonSet,
  defaultDeployment,
  defaultJob,
  defaultReplicaSet,
  defaultStatefulSet,
  generateJobSelector,
} from './defaults.ts';
import {
  daemonSetCauses,
  daemonSetUpdateCauses,
  deploymentCauses,
  deploymentUpdateCauses,
  jobCauses,
  replicaSetCauses,
  replicaSetUpdateCauses,
  statefulSetCauses,
  statefulSetUpdateCauses,
} from './validation.ts';

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

export const daemonSetRules: KindRules<DaemonSet> = {
  defaults: defaultDaemonSet,
  prepareForCreate: (set) => ({
    ...set,
    status: {
      currentNumberScheduled: 0,
      desiredNumberScheduled: 0,
      numberMisscheduled: 0,
      numberReady: 0,
    },
  }),
  validate: daemonSetCauses,
  validateUpdate: daemonSetUpdateCauses,
};

export const jobRules: KindRules<Job> = {
  defaults: defaultJob,
  prepareForCreate: (job) => ({ ...generateJobSelector(job), status: {} }),
  validate: jobCauses,
};
