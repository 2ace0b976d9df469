// Which pods a scale-down removes first: upstream's ranking, one comparison per row. Ties that upstream leaves to
// Go's unstable sort go to the newest creation. pkg/controller/controller_utils.go ActivePodsWithRanks.
import type { Pod } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import { byCodeUnit } from '../../sim/table.ts';
import type { ControllerContext } from '../controller.ts';
import { conditionOf, isReady } from '../pods.ts';
import { seconds } from '../time.ts';

interface Ranked {
  readonly pod: Pod;
  /** Active pods of related ReplicaSets on the same node. */
  readonly doubled: number;
  readonly sequence: number;
  readonly nowSeconds: number;
}

/** Negative: `a` is removed before `b`. */
type Rule = (a: Ranked, b: Ranked) => number;

const phases: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

interface Row {
  /** Kubernetes minors that have the rule: from `since` up to, not including, `until`. */
  readonly since?: number;
  readonly until?: number;
  readonly rule: Rule;
}

/** Upstream's order of preference; the first rule that tells two pods apart decides. */
const rows: readonly Row[] = [
  // Without a node before scheduled ones.
  { rule: (a, b) => Number(scheduled(a)) - Number(scheduled(b)) },
  // Pending before Unknown before Running.
  { rule: (a, b) => phase(a) - phase(b) },
  // Not ready before ready.
  { rule: (a, b) => Number(isReady(a.pod)) - Number(isReady(b.pod)) },
  // Lower controller.kubernetes.io/pod-deletion-cost first.
  { since: 22, rule: (a, b) => cost(a) - cost(b) },
  // Nodes that hold more of the related pods first.
  { rule: (a, b) => b.doubled - a.doubled },
  // Ready for a shorter time first, since 1.22 compared in powers of two.
  { until: 22, rule: (a, b) => (bothReady(a, b) ? byTime(a, b, readyAt) : 0) },
  { since: 22, rule: (a, b) => (bothReady(a, b) ? byAge(a, b, readyAt) : 0) },
  // More restarts first; if equal, more restarts of sidecars.
  { rule: (a, b) => restarts(b) - restarts(a) },
  { since: 32, rule: (a, b) => sidecarRestarts(b) - sidecarRestarts(a) },
  // Younger first, since 1.22 compared in powers of two.
  { until: 22, rule: (a, b) => byTime(a, b, createdAt) },
  { since: 22, rule: (a, b) => byAge(a, b, createdAt) },
  { rule: (a, b) => b.sequence - a.sequence },
];

/** The `count` pods of `active` to delete, first victim first. */
export function victims(
  active: readonly Pod[],
  related: readonly Pod[],
  count: number,
  context: ControllerContext,
): readonly Pod[] {
  // No need to rank what goes as a whole (getPodsToDelete).
  if (count >= active.length) return active;
  const onNode = new Map<string, number>();
  for (const pod of related) {
    const node = pod.spec.nodeName ?? '';
    onNode.set(node, (onNode.get(node) ?? 0) + 1);
  }
  const ranked = active.map((pod) => ({
    pod,
    doubled: onNode.get(pod.spec.nodeName ?? '') ?? 0,
    sequence: context.index.sequenceOf('Pod', keyOf(pod)),
    nowSeconds: seconds(context.now),
  }));
  const { minor } = context;
  const rules = rows.filter(({ since = 0, until = 999 }) => minor >= since && minor < until);
  return ranked
    .sort((a, b) => compare(rules, a, b))
    .slice(0, count)
    .map((one) => one.pod);
}

function compare(rules: readonly Row[], a: Ranked, b: Ranked): number {
  for (const { rule } of rules) {
    const order = rule(a, b);
    if (order !== 0) return order;
  }
  return 0;
}

function scheduled(a: Ranked): boolean {
  return (a.pod.spec.nodeName ?? '') !== '';
}

function bothReady(a: Ranked, b: Ranked): boolean {
  return isReady(a.pod) && isReady(b.pod);
}

function phase(a: Ranked): number {
  return phases[a.pod.status?.phase ?? 'Pending'] ?? 0;
}

/** GetDeletionCostFromPodAnnotations: an int32 without leading "+" or "0"; anything else counts as 0. */
function cost(a: Ranked): number {
  const text = a.pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? '';
  if (!/^(0|-\d+|[1-9]\d*)$/.test(text)) return 0;
  const value = Number(text);
  return value >= -(2 ** 31) && value < 2 ** 31 ? value : 0;
}

function restarts(a: Ranked): number {
  const counts = a.pod.status?.containerStatuses?.map((status) => status.restartCount) ?? [];
  return Math.max(0, ...counts);
}

function sidecarRestarts({ pod }: Ranked): number {
  const sidecars = new Set(
    (pod.spec.initContainers ?? [])
      .filter((one) => one.restartPolicy === 'Always')
      .map((one) => one.name),
  );
  const counts = (pod.status?.initContainerStatuses ?? [])
    .filter((status) => sidecars.has(status.name))
    .map((status) => status.restartCount);
  return Math.max(0, ...counts);
}

function readyAt(a: Ranked): number {
  return seconds(conditionOf(a.pod, 'Ready')?.lastTransitionTime);
}

function createdAt(a: Ranked): number {
  return seconds(a.pod.metadata.creationTimestamp);
}

/** afterOrZero: an unknown instant first, else the later one. */
function byTime(a: Ranked, b: Ranked, at: (one: Ranked) => number): number {
  const [left, right] = [at(a), at(b)];
  if (left === 0 || right === 0) return Number(right === 0) - Number(left === 0);
  return right - left;
}

/** Equal instants are equal; an unknown one goes first; different ones in one power of two go to the lower UID. */
function byAge(a: Ranked, b: Ranked, at: (one: Ranked) => number): number {
  const [left, right] = [at(a), at(b)];
  if (left === right) return 0;
  if (left === 0 || right === 0) return left === 0 ? -1 : 1;
  const rank = bucket(a.nowSeconds - left) - bucket(b.nowSeconds - right);
  return rank === 0 ? byCodeUnit(a.pod.metadata.uid ?? '', b.pod.metadata.uid ?? '') : rank;
}

/** floor(log2(age in ns)), -1 for no age. */
function bucket(ageSeconds: number): number {
  return ageSeconds > 0 ? Math.floor(Math.log2(ageSeconds * 1e9)) : -1;
}
