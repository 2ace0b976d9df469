// Whether a Pod tolerates a node's taints and its node selector and required node affinity choose the node.
// component-helpers/scheduling/corev1.

import { meets } from '../../api/selects.ts';
import type { Node, Pod, Taint, Toleration } from '../../api/types.ts';

/** Whether one of the pod's tolerations covers the taint (v1.Toleration.ToleratesTaint). */
export function tolerates(pod: Pod, taint: Taint): boolean {
  return (pod.spec.tolerations ?? []).some((toleration) => covers(toleration, taint));
}

/** v1.Toleration.ToleratesTaint. */
export function covers(toleration: Toleration, taint: Taint): boolean {
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

/** The nodes that required node affinity names, where each of its terms does; undefined: any node. */
export function namedNodes(pod: Pod): ReadonlySet<string> | undefined {
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required === undefined) return undefined;
  const names = new Set<string>();
  for (const { matchFields = [] } of required.nodeSelectorTerms) {
    const fields = matchFields.filter(
      (one) => one.key === 'metadata.name' && one.operator === 'In',
    );
    if (fields.length === 0) return undefined;
    const [first, ...others] = fields.map((one) => one.values ?? []);
    for (const name of first ?? [])
      if (others.every((list) => list.includes(name))) names.add(name);
  }
  return names;
}

/** The first taint that keeps the Pod off the node. */
export function repels(pod: Pod, node: Node): Taint | undefined {
  return (node.spec.taints ?? []).find(
    (one) => one.effect !== 'PreferNoSchedule' && !tolerates(pod, one),
  );
}
