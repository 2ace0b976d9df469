// Which rules apply to which kind. Kinds without a row are stored as they are.

import { horizontalPodAutoscalerRules } from '../api/autoscaling/rules.ts';
import { clusterPolicyRules } from '../api/clusterpolicy/rules.ts';
import { configMapRules, secretRules, serviceAccountRules } from '../api/config/rules.ts';
import { endpointsRules } from '../api/endpoints/rules.ts';
import { endpointSliceRules } from '../api/endpointslice/rules.ts';
import type { Cause } from '../api/error.ts';
import { dns1123Subdomain, pathSegment } from '../api/field/names.ts';
import { ingressClassRules, ingressRules } from '../api/ingress/rules.ts';
import type { KindRules } from '../api/kind-rules.ts';
import { leaseRules } from '../api/lease/rules.ts';
import { metadataCauses, metadataUpdateCauses } from '../api/metadata/validation.ts';
import { namespaceRules } from '../api/namespace/rules.ts';
import { networkPolicyRules } from '../api/networkpolicy/rules.ts';
import { nodeRules } from '../api/node/rules.ts';
import { persistentVolumeRules } from '../api/persistentvolume/rules.ts';
import { persistentVolumeClaimRules } from '../api/persistentvolumeclaim/rules.ts';
import { podRules } from '../api/pod/rules.ts';
import { podDisruptionBudgetRules } from '../api/poddisruptionbudget/rules.ts';
import { roleBindingRules } from '../api/rolebinding/rules.ts';
import type { KindRow } from '../api/scheme.ts';
import { serviceRules } from '../api/service/rules.ts';
import { ipAddressRules, serviceCIDRRules } from '../api/service-cidr/rules.ts';
import type { AnyObject } from '../api/types.ts';
import { cronJobRules } from '../api/workload/cron-job.ts';
import {
  daemonSetRules,
  deploymentRules,
  jobRules,
  replicaSetRules,
  statefulSetRules,
} from '../api/workload/rules.ts';

const empty: KindRules<AnyObject> = {};

/** Rules see the decoded object of their own kind; the table forgets which. */
function row<T>(rules: KindRules<T>): KindRules<AnyObject> {
  return rules as unknown as KindRules<AnyObject>;
}

const registry: ReadonlyMap<string, KindRules<AnyObject>> = new Map([
  ['Namespace', row(namespaceRules)],
  ['Service', row(serviceRules)],
  ['Pod', row(podRules)],
  ['Node', row(nodeRules)],
  ['Endpoints', row(endpointsRules)],
  ['EndpointSlice', row(endpointSliceRules)],
  ['Deployment', row(deploymentRules)],
  ['ReplicaSet', row(replicaSetRules)],
  ['StatefulSet', row(statefulSetRules)],
  ['DaemonSet', row(daemonSetRules)],
  ['Job', row(jobRules)],
  ['PodDisruptionBudget', row(podDisruptionBudgetRules)],
  ['NetworkPolicy', row(networkPolicyRules)],
  ['AdminNetworkPolicy', row(clusterPolicyRules)],
  ['BaselineAdminNetworkPolicy', row(clusterPolicyRules)],
  ['ClusterNetworkPolicy', row(clusterPolicyRules)],
  ['ConfigMap', row(configMapRules)],
  ['Secret', row(secretRules)],
  ['ServiceAccount', row(serviceAccountRules)],
  ['CronJob', row(cronJobRules)],
  ['Ingress', row(ingressRules)],
  ['IngressClass', row(ingressClassRules)],
  ['HorizontalPodAutoscaler', row(horizontalPodAutoscalerRules)],
  ['Lease', row(leaseRules)],
  ['PersistentVolumeClaim', row(persistentVolumeClaimRules)],
  ['PersistentVolume', persistentVolumeRules],
  ['RoleBinding', roleBindingRules],
  ['ClusterRoleBinding', roleBindingRules],
  ['ServiceCIDR', row(serviceCIDRRules)],
  ['IPAddress', row(ipAddressRules)],
]);

/** By table: kinds that share their name with a built-in one have no rules. */
export function rulesOf({ table }: KindRow): KindRules<AnyObject> {
  return registry.get(table) ?? empty;
}

/** RBAC names are whatever fits into a path; all others are DNS subdomains. */
function nameCheck({ group }: KindRow): (name: string) => string[] {
  return group === 'rbac.authorization.k8s.io' ? pathSegment : dns1123Subdomain;
}

/** What is wrong with an object of a kind that has no rules: its metadata alone is checked. */
export function unruled(row: KindRow, object: AnyObject, old?: AnyObject): readonly Cause[] {
  if (row.kind === 'Event') return [];
  const { metadata } = object;
  if (old !== undefined) return metadataUpdateCauses(metadata, old.metadata);
  return metadataCauses(metadata, row.namespaced, nameCheck(row));
}
