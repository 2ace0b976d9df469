// Which describer prints which kind. Models describerMap of kubectl/pkg/describe/describe.go. Not here, so that the generic
// one prints them: PersistentVolume, CSINode, CertificateSigningRequest, VolumeAttributesClass.
import type { AnyObject } from '../../../api/types.ts';
import type { DescribeContext, Describer } from './fields.ts';
import { describeAny } from './generic.ts';
import { describeNode } from './node.ts';
import {
  describeConfigMap,
  describeIpAddress,
  describeLimitRange,
  describeNamespace,
  describePriorityClass,
  describeQuota,
  describeSecret,
  describeServiceAccount,
  describeServiceCidr,
} from './objects.ts';
import { describePod } from './pod.ts';
import {
  describeAutoscaler,
  describeBinding,
  describeDisruptionBudget,
  describeNetworkPolicy,
} from './policy.ts';
import {
  describeEndpointSlice,
  describeEndpoints,
  describeIngress,
  describeIngressClass,
  describeService,
} from './service.ts';
import {
  describeClaim,
  describeReplicationController,
  describeRole,
  describeStorageClass,
} from './stored.ts';
import {
  describeCronJob,
  describeDaemonSet,
  describeDeployment,
  describeJob,
  describeReplicaSet,
  describeStatefulSet,
} from './workloads.ts';
import { DescribeWriter } from './writer.ts';

/** By "Kind.group"; the core group is empty. */
const describers: Readonly<Record<string, Describer>> = {
  'Pod.': describePod,
  'Secret.': describeSecret,
  'Service.': describeService,
  'ServiceAccount.': describeServiceAccount,
  'Node.': describeNode,
  'LimitRange.': describeLimitRange,
  'ResourceQuota.': describeQuota,
  'Namespace.': describeNamespace,
  'Endpoints.': describeEndpoints,
  'ConfigMap.': describeConfigMap,
  'EndpointSlice.discovery.k8s.io': describeEndpointSlice,
  'HorizontalPodAutoscaler.autoscaling': describeAutoscaler,
  'Ingress.networking.k8s.io': describeIngress,
  'IngressClass.networking.k8s.io': describeIngressClass,
  'ServiceCIDR.networking.k8s.io': describeServiceCidr,
  'IPAddress.networking.k8s.io': describeIpAddress,
  'Job.batch': describeJob,
  'CronJob.batch': describeCronJob,
  'StatefulSet.apps': describeStatefulSet,
  'Deployment.apps': describeDeployment,
  'DaemonSet.apps': describeDaemonSet,
  'ReplicaSet.apps': describeReplicaSet,
  'PodDisruptionBudget.policy': describeDisruptionBudget,
  'RoleBinding.rbac.authorization.k8s.io': describeBinding,
  'ClusterRoleBinding.rbac.authorization.k8s.io': describeBinding,
  'NetworkPolicy.networking.k8s.io': describeNetworkPolicy,
  'PriorityClass.scheduling.k8s.io': describePriorityClass,
  'ReplicationController.': describeReplicationController,
  'PersistentVolumeClaim.': describeClaim,
  'StorageClass.storage.k8s.io': describeStorageClass,
  'Role.rbac.authorization.k8s.io': describeRole,
  'ClusterRole.rbac.authorization.k8s.io': describeRole,
};

/** What `kubectl describe` prints about one object. */
export function describeObject(object: AnyObject, context: DescribeContext): string {
  const [version = '', rest] = object.apiVersion.split('/');
  const group = rest === undefined ? '' : version;
  const w = new DescribeWriter();
  (describers[`${object.kind}.${group}`] ?? describeAny)(object, w, context);
  return w.text();
}
