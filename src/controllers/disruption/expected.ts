// How many Pods a budget reckons with: the sum over the scales of their controllers, or with a plain minAvailable the
// Pods themselves. Modelled after getExpectedPodCount in pkg/controller/disruption/disruption.go.
import { rowOf } from '../../api/scheme.ts';
import type {
  LabelSelector,
  Lister,
  OwnerReference,
  Pod,
  PodDisruptionBudgetSpec,
} from '../../api/types.ts';
import { byCodeUnit } from '../../sim/table.ts';
import { resolve } from '../deployment/limits.ts';
import { controllerOf } from '../pods.ts';

export interface Expected {
  readonly count: number;
  readonly desired: number;
  /** Some Pods have no controller, so that a share cannot be told. */
  readonly unmanaged: boolean;
}

export function expectedPods(
  { minAvailable, maxUnavailable }: PodDisruptionBudgetSpec,
  pods: readonly Pod[],
  client: Lister,
): Expected | { readonly error: string } {
  if (maxUnavailable === undefined && typeof minAvailable !== 'string') {
    if (minAvailable === undefined) return { count: 0, desired: 0, unmanaged: false };
    return { count: pods.length, desired: minAvailable, unmanaged: false };
  }
  const scale = scaleOf(pods, client);
  if ('error' in scale) return scale;
  const { count, unmanaged } = scale;
  const desired =
    maxUnavailable === undefined
      ? resolve(minAvailable, count, true)
      : Math.max(0, count - resolve(maxUnavailable, count, true));
  return { count, desired, unmanaged };
}

function scaleOf(
  pods: readonly Pod[],
  client: Lister,
): { readonly count: number; readonly unmanaged: boolean } | { readonly error: string } {
  const scales = new Map<string, number>();
  let unmanaged = false;
  for (const pod of pods) {
    const owner = controllerOf(pod);
    if (owner === undefined) {
      unmanaged = true;
      continue;
    }
    const found = scaleBehind(owner, pod.metadata.namespace ?? 'default', client);
    if (found === undefined)
      return { error: `found no controllers for pod "${pod.metadata.name}"` };
    if (typeof found === 'string') return { error: found };
    scales.set(found.uid, found.replicas);
  }
  return { count: [...scales.values()].reduce((sum, one) => sum + one, 0), unmanaged };
}

interface Scale {
  readonly uid: string;
  readonly replicas: number;
}

/** The scale of a controller, of a Deployment rather than of its ReplicaSet; a text: why it has none. */
function scaleBehind(
  owner: OwnerReference,
  namespace: string,
  client: Lister,
): Scale | string | undefined {
  const { kind, apiVersion, uid } = owner;
  const key = `${namespace}/${owner.name}`;
  if (kind !== 'ReplicaSet' && kind !== 'StatefulSet' && kind !== 'Deployment') {
    const row = rowOf({ apiVersion, kind });
    const resource = row.group === '' ? row.resource : `${row.resource}.${row.group}`;
    return `${resource} does not implement the scale subresource`;
  }
  const found = client.get(kind, key);
  if (found === undefined || found.metadata.uid !== uid) return undefined;
  const above = kind === 'ReplicaSet' ? controllerOf(found) : undefined;
  if (above?.kind === 'Deployment') {
    const deployment = client.get('Deployment', `${namespace}/${above.name}`);
    if (deployment !== undefined && deployment.metadata.uid === above.uid) {
      return { uid: above.uid, replicas: deployment.spec.replicas ?? 1 };
    }
  }
  return { uid, replicas: found.spec?.replicas ?? 1 };
}

/** A selector as Go prints it: "&LabelSelector{MatchLabels:map[string]string{app: web,},...". */
export function goSelector(selector: LabelSelector | undefined): string {
  if (selector === undefined) return 'nil';
  const { matchLabels = {}, matchExpressions = [] } = selector;
  const labels = Object.keys(matchLabels)
    .sort(byCodeUnit)
    .map((key) => `${key}: ${matchLabels[key]},`);
  const terms = matchExpressions.map(
    ({ key, operator, values = [] }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  );
  return `&LabelSelector{MatchLabels:map[string]string{${labels.join('')}},MatchExpressions:[]LabelSelectorRequirement{${terms.join('')}},}`;
}
