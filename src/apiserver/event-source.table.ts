// Who records which event: the component that kubectl shows under From, told from what the event is about and its reason.
// Names as the components pass them to client-go's recorder (pkg/controller/*, pkg/kubelet, cloud-provider).
import type { AnyObject } from '../api/types.ts';

const ofPods: Readonly<Record<string, string>> = {
  Scheduled: 'default-scheduler',
  FailedScheduling: 'default-scheduler',
  Preempted: 'default-scheduler',
  TaintManagerEviction: 'taint-eviction-controller',
  NodeNotReady: 'node-controller',
  NotDeleted: 'controllermanager',
  UnmanagedPods: 'controllermanager',
  OwnerRefInvalidNamespace: 'garbage-collector-controller',
};

/** By "Kind/reason", then by kind. */
const others: Readonly<Record<string, string>> = {
  Deployment: 'deployment-controller',
  ReplicaSet: 'replicaset-controller',
  StatefulSet: 'statefulset-controller',
  DaemonSet: 'daemonset-controller',
  Job: 'job-controller',
  CronJob: 'cronjob-controller',
  PodDisruptionBudget: 'controllermanager',
  Endpoints: 'endpoint-slice-mirroring-controller',
  Node: 'node-controller',
  'Node/CIDRNotAvailable': 'cidrAllocator',
  Service: 'service-controller',
  'Service/FailedToUpdateEndpointSlices': 'endpoint-slice-controller',
  'Service/TopologyAwareHintsEnabled': 'endpoint-slice-controller',
  'Service/TopologyAwareHintsDisabled': 'endpoint-slice-controller',
  'Service/FailedToUpdateEndpoint': 'endpoint-controller',
};

export interface EventSource {
  readonly component: string;
  readonly host?: string;
}

/** Kubelets also say on which node they are. */
export function sourceOf(about: AnyObject, reason: string): EventSource {
  if (about.kind !== 'Pod') {
    const component =
      others[`${about.kind}/${reason}`] ?? others[about.kind] ?? 'controllermanager';
    return { component };
  }
  const component = ofPods[reason];
  if (component !== undefined) return { component };
  const { nodeName } = (about['spec'] ?? {}) as { readonly nodeName?: string };
  return { component: 'kubelet', ...(nodeName === undefined ? {} : { host: nodeName }) };
}
