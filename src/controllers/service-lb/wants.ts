// Which Services and nodes concern a cloud's load balancers, and which changes of theirs do.
// staging/src/k8s.io/cloud-provider/controllers/service/controller.go: needsUpdate, needsCleanup, node predicates.
import type { Node, Service } from '../../api/types.ts';
import { same } from '../equal.ts';

export const finalizer = 'service.kubernetes.io/load-balancer-cleanup';
export const excludeLabel = 'node.kubernetes.io/exclude-from-external-load-balancers';
const autoscalerTaint = 'ToBeDeletedByClusterAutoscaler';
/** Since when the label's value counts; before, its presence did. */
const excludeValueSince = 34;
/** strconv.ParseBool. */
const falseTexts: readonly string[] = ['0', 'f', 'F', 'false', 'FALSE', 'False'];

/** One with a class is for another implementation. */
export function wantsBalancer({ spec }: Service): boolean {
  return spec.type === 'LoadBalancer' && spec.loadBalancerClass === undefined;
}

export function hasFinalizer({ metadata }: Service): boolean {
  return metadata.finalizers?.includes(finalizer) === true;
}

export function needsCleanup(service: Service): boolean {
  if (!hasFinalizer(service)) return false;
  return service.metadata.deletionTimestamp !== undefined || service.spec.type !== 'LoadBalancer';
}

/** Whether a change of a Service is one that its balancer has to follow. */
export function needsUpdate(before: Service, after: Service): boolean {
  const wanted = wantsBalancer(after);
  if (wantsBalancer(before) !== wanted) return true;
  return wanted && !same(face(before), face(after));
}

function face({ metadata, spec }: Service): unknown {
  return {
    ranges: spec.loadBalancerSourceRanges,
    ports: (spec.ports ?? []).map(
      ({ name, protocol, port, nodePort, targetPort, appProtocol }) =>
        [name, protocol, port, nodePort, targetPort, appProtocol] as const,
    ),
    affinity: [spec.sessionAffinity, spec.sessionAffinityConfig],
    loadBalancerIP: spec.loadBalancerIP,
    externalIPs: spec.externalIPs,
    annotations: metadata.annotations,
    uid: metadata.uid,
    policy: spec.externalTrafficPolicy,
    health: spec.healthCheckNodePort,
    families: spec.ipFamilies?.length,
  };
}

/** By the exclusion label alone. */
export function isIncluded({ metadata }: Node, minor: number): boolean {
  const value = metadata.labels?.[excludeLabel];
  if (value === undefined) return true;
  return minor >= excludeValueSince && falseTexts.includes(value);
}

/** Whether balancers send to the node. That it is ready does not matter: their health checks find out. */
export function isTarget(node: Node, minor: number): boolean {
  const isTainted = (node.spec?.taints ?? []).some(({ key }) => key === autoscalerTaint);
  return node.metadata.deletionTimestamp === undefined && isIncluded(node, minor) && !isTainted;
}

/** Whether a change of a node makes all balancers look at their nodes again; a taint alone does not. */
export function nodeMatters(before: Node, after: Node, minor: number): boolean {
  return (
    isIncluded(before, minor) !== isIncluded(after, minor) ||
    (before.spec?.providerID ?? '') !== (after.spec?.providerID ?? '')
  );
}
