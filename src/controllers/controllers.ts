// All controllers of the control plane, in the order in which the composer asks them about one watch event.
import type { Controller } from './controller.ts';
import { daemonset } from './daemonset/daemonset.ts';
import { deployment } from './deployment/deployment.ts';
import { disruption } from './disruption/disruption.ts';
import { endpoints } from './endpoints/endpoints.ts';
import { endpointslice } from './endpointslice/endpointslice.ts';
import { garbageCollection } from './garbage-collection/garbage-collection.ts';
import { job } from './job/job.ts';
import { ttlAfterFinished } from './job/ttl.ts';
import { mirroring } from './mirroring/mirroring.ts';
import { namespaceDeletion } from './namespace/namespace.ts';
import { nodeIpam } from './node-ipam/node-ipam.ts';
import { nodeLifecycle } from './node-lifecycle/node-lifecycle.ts';
import { podGC } from './pod-gc/pod-gc.ts';
import { replicaset } from './replicaset/replicaset.ts';
import { scheduler } from './scheduler/scheduler.ts';
import { serviceLb } from './service-lb/service-lb.ts';
import { statefulset } from './statefulset/statefulset.ts';

export const controllers: readonly Controller[] = [
  nodeIpam,
  nodeLifecycle,
  podGC,
  deployment,
  replicaset,
  statefulset,
  daemonset,
  job,
  ttlAfterFinished,
  disruption,
  scheduler,
  endpoints,
  endpointslice,
  mirroring,
  serviceLb,
  garbageCollection,
  namespaceDeletion,
];
