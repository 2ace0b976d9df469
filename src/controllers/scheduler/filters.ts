// Node filters of the default scheduler, one row each in plugin order, with the reason each gives. Resources,
// volumes, pod affinity and spreading are not here. pkg/scheduler/framework/plugins.
import type { ContainerPort, Node, Pod, Taint, Toleration } from '../../api/types.ts';
import { meets } from '../selector.ts';

export interface Candidate {
  readonly node: Node;
  /** Pods on the node that are neither terminal nor this one. */
  readonly pods: readonly Pod[];
}

/** undefined: the node fits; else the reason as FailedScheduling counts it. */
type Filter = (pod: Pod, candidate: Candidate) => string | undefined;

/** In the order of upstream's default plugins: the first refusal is the node's reason. */
export const filters: readonly Filter[] = [
  // NodeUnschedulable
  (pod, { node }) =>
    node.spec.unschedulable === true && !tolerates(pod, unschedulableTaint)
      ? 'node(s) were unschedulable'
      : undefined,
  // TaintToleration
  (pod, { node }) => {
    const taint = (node.spec.taints ?? []).find(
      (one) => one.effect !== 'PreferNoSchedule' && !tolerates(pod, one),
    );
    if (taint === undefined) return undefined;
    return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  },
  // NodeAffinity (nodeSelector and required node affinity)
  (pod, { node }) =>
    selectsNode(pod, node) ? undefined : "node(s) didn't match Pod's node affinity/selector",
  // NodePorts
  (pod, candidate) =>
    portsConflict(pod, candidate)
      ? "node(s) didn't have free ports for the requested pod ports"
      : undefined,
];

const unschedulableTaint: Taint = {
  key: 'node.kubernetes.io/unschedulable',
  effect: 'NoSchedule',
};

/** Whether one of the pod's tolerations covers the taint (v1.Toleration.ToleratesTaint). */
export function tolerates(pod: Pod, taint: Taint): boolean {
  return (pod.spec.tolerations ?? []).some((toleration) => covers(toleration, taint));
}

function covers(toleration: Toleration, taint: Taint): boolean {
  const { effect, key, operator, value } = toleration;
  if ((effect ?? '') !== '' && effect !== taint.effect) return false;
  if ((key ?? '') !== '' && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return (key ?? '') !== '' && (value ?? '') === (taint.value ?? '');
}

/** nodeSelector and requiredDuringSchedulingIgnoredDuringExecution. */
export function selectsNode(pod: Pod, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  const wanted = Object.entries(pod.spec.nodeSelector ?? {});
  if (!wanted.every(([key, value]) => labels[key] === value)) return false;
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required === undefined) return true;
  const fields = { 'metadata.name': node.metadata.name };
  return required.nodeSelectorTerms.some((term) => {
    const { matchExpressions = [], matchFields = [] } = term;
    if (matchExpressions.length + matchFields.length === 0) return false;
    return (
      matchExpressions.every((one) => meets(one, labels)) &&
      matchFields.every((one) => meets(one, fields))
    );
  });
}

function hostPorts(pod: Pod): readonly ContainerPort[] {
  const sidecars = (pod.spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always');
  return [...pod.spec.containers, ...sidecars]
    .flatMap((container) => container.ports ?? [])
    .filter((port) => (port.hostPort ?? 0) > 0);
}

function portsConflict(pod: Pod, candidate: Candidate): boolean {
  const wanted = hostPorts(pod);
  if (wanted.length === 0) return false;
  const any = (ip: string | undefined) => (ip ?? '') === '' || ip === '0.0.0.0';
  return candidate.pods
    .flatMap(hostPorts)
    .some((used) =>
      wanted.some(
        (want) =>
          want.hostPort === used.hostPort &&
          (want.protocol ?? 'TCP') === (used.protocol ?? 'TCP') &&
          (any(want.hostIP) || any(used.hostIP) || want.hostIP === used.hostIP),
      ),
    );
}
