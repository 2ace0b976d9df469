// topologySpreadConstraints with DoNotSchedule; those with ScheduleAnyway only weigh and are deliberately not here.
// Modelled after pkg/scheduler/framework/plugins/podtopologyspread.

import { selects } from '../../api/selects.ts';
import type { LabelSelector, Node, Pod, TopologySpreadConstraint } from '../../api/types.ts';
import { repels, selectsNode } from './node-match.ts';
import type { Refusal, Snapshot } from './snapshot.ts';

const mismatch = "node(s) didn't match pod topology spread constraints";

interface Spread {
  readonly constraint: TopologySpreadConstraint;
  readonly selector: LabelSelector | undefined;
  /** Topology value -> Pods that match there. */
  readonly counts: ReadonlyMap<string, number>;
  readonly least: number;
}

/** The filter for one Pod; undefined when it asks for no spreading. */
export function spreadFilter(
  pod: Pod,
  snapshot: Snapshot,
): ((node: Node) => Refusal | undefined) | undefined {
  const constraints = (pod.spec.topologySpreadConstraints ?? []).filter(
    (one) => one.whenUnsatisfiable === 'DoNotSchedule',
  );
  if (constraints.length === 0) return undefined;
  const spreads = constraints.map((one) => counted(pod, one, constraints, snapshot));
  return (node) => {
    for (const { constraint, selector, counts, least } of spreads) {
      const value = node.metadata.labels?.[constraint.topologyKey];
      if (value === undefined) {
        return { reasons: [`${mismatch} (missing required label)`], isFinal: true };
      }
      const self = selects(selector, pod.metadata.labels) ? 1 : 0;
      if ((counts.get(value) ?? 0) + self - least > constraint.maxSkew) {
        return { reasons: [mismatch], isFinal: false };
      }
    }
    return undefined;
  };
}

function counted(
  pod: Pod,
  constraint: TopologySpreadConstraint,
  all: readonly TopologySpreadConstraint[],
  snapshot: Snapshot,
): Spread {
  const selector = selectorOf(pod, constraint);
  const counts = new Map<string, number>();
  for (const node of snapshot.nodes) {
    const labels = node.metadata.labels ?? {};
    if (all.some((one) => labels[one.topologyKey] === undefined)) continue;
    if (!isIncluded(pod, node, constraint)) continue;
    const value = labels[constraint.topologyKey] ?? '';
    const here = snapshot.podsOn(node).filter((other) => isCounted(pod, other, selector)).length;
    counts.set(value, (counts.get(value) ?? 0) + here);
  }
  const isFew = counts.size < (constraint.minDomains ?? 1);
  const least = isFew ? 0 : Math.min(...counts.values());
  return { constraint, selector, counts, least };
}

function selectorOf(
  pod: Pod,
  { labelSelector, matchLabelKeys = [] }: TopologySpreadConstraint,
): LabelSelector | undefined {
  if (labelSelector === undefined) return undefined;
  const more = matchLabelKeys.flatMap((key) => {
    const value = pod.metadata.labels?.[key];
    return value === undefined ? [] : [{ key, operator: 'In', values: [value] }];
  });
  return {
    ...labelSelector,
    matchExpressions: [...(labelSelector.matchExpressions ?? []), ...more],
  };
}

/** Whether the node's domain takes part: its own rules for node affinity (Honor) and taints (Ignore). */
function isIncluded(
  pod: Pod,
  node: Node,
  { nodeAffinityPolicy, nodeTaintsPolicy }: TopologySpreadConstraint,
): boolean {
  if ((nodeAffinityPolicy ?? 'Honor') === 'Honor' && !selectsNode(pod, node)) return false;
  return nodeTaintsPolicy !== 'Honor' || repels(pod, node) === undefined;
}

/** An empty selector counts nobody, as upstream has it. */
function isCounted(pod: Pod, other: Pod, selector: LabelSelector | undefined): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  if (Object.keys(matchLabels).length + matchExpressions.length === 0) return false;
  if (other.metadata.deletionTimestamp !== undefined) return false;
  if (other.metadata.namespace !== pod.metadata.namespace) return false;
  return selects(selector, other.metadata.labels);
}
