// What the control plane keeps without being asked: the ServiceAccount `default` of every Namespace and the two system
// PriorityClasses. Models pkg/controller/serviceaccount and pkg/apis/scheduling/v1/helpers.go. Not here: the ConfigMap
// kube-root-ca.crt, as there is no certificate authority.
import type { AnyObject } from '../api/types.ts';

export const DEFAULT_ACCOUNT = 'default';

export function defaultAccount(namespace: string): AnyObject {
  const metadata = { name: DEFAULT_ACCOUNT, namespace };
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata };
}

function priorityClass(name: string, value: number, description: string): AnyObject {
  return {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name, generation: 1 },
    value,
    preemptionPolicy: 'PreemptLowerPriority',
    description,
  };
}

export const systemPriorityClasses: readonly AnyObject[] = [
  priorityClass(
    'system-node-critical',
    2000001000,
    'Used for system critical pods that must not be moved from their current node.',
  ),
  priorityClass(
    'system-cluster-critical',
    2000000000,
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ),
];
