// The eviction subresource: a Pod is deleted unless a PodDisruptionBudget forbids it; the budget is told, so that two
// evictions do not count on the same Pod. Models pkg/registry/core/pod/storage/eviction.go. The status of budgets is
// kept by the disruption controller.
import { ApiError } from '../api/error.ts';
import { formatSelector, parseSelector, selects } from '../api/label-selector.ts';
import { forbidden } from '../api/refusals.ts';
import type { KindRow } from '../api/scheme.ts';
import type { AnyObject, Pod, PodDisruptionBudget } from '../api/types.ts';

const disruptedPodsMax = 2000;

/** A budget's answer: null, none is asked; else its status, or that it does not count this Pod. */
type Verdict = { readonly budget: PodDisruptionBudget } | null;

function tooManyRequests(cause: string): ApiError {
  const text = "Cannot evict pod as it would violate the pod's disruption budget.";
  const about = { kind: '', group: '', name: '' };
  return new ApiError('TooManyRequests', text, about, [{ field: '', text: cause }]);
}

/** Pods that have ended, wait or terminate already go without asking. */
function isExempt({ metadata, status }: Pod): boolean {
  if (metadata.deletionTimestamp !== undefined) return true;
  return ['Succeeded', 'Failed', 'Pending'].includes(status?.phase ?? '');
}

function isReady({ status }: Pod): boolean {
  return (status?.conditions ?? []).some((c) => c.type === 'Ready' && c.status === 'True');
}

function covers({ spec }: PodDisruptionBudget, pod: Pod): boolean {
  if (spec.selector === undefined) return false;
  const requirements = parseSelector(formatSelector(spec.selector));
  return typeof requirements !== 'string' && selects(requirements, pod.metadata.labels);
}

/** The budget to charge, if any; throws when the Pod must stay. */
export function checkBudgets(
  pod: Pod,
  budgets: readonly PodDisruptionBudget[],
  row: KindRow,
): Verdict {
  if (isExempt(pod)) return null;
  const [budget, second] = budgets.filter((one) => covers(one, pod));
  if (budget === undefined) return null;
  if (second !== undefined) {
    const text =
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    throw new ApiError('Unknown', text, { kind: '', group: '', name: '' });
  }
  const { name = '', generation = 0 } = budget.metadata;
  const { status } = budget;
  const { currentHealthy = 0, desiredHealthy = 0, disruptionsAllowed = 0 } = status ?? {};
  if (!isReady(pod)) {
    if (budget.spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return null;
    if (currentHealthy >= desiredHealthy && desiredHealthy > 0) return null;
  }
  if ((status?.observedGeneration ?? 0) < generation) {
    throw tooManyRequests(`The disruption budget ${name} is still being processed by the server.`);
  }
  const named = { ...row, resource: 'poddisruptionbudget' };
  if (disruptionsAllowed < 0) throw forbidden(named, name, 'pdb disruptions allowed is negative');
  if (Object.keys(status?.disruptedPods ?? {}).length > disruptedPodsMax) {
    const why = 'DisruptedPods map too big - too many evictions not confirmed by PDB controller';
    throw forbidden(named, name, why);
  }
  if (disruptionsAllowed === 0) {
    throw tooManyRequests(
      `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`,
    );
  }
  return { budget };
}

/** The budget with one disruption less and the Pod among those that are on their way out. */
export function charged(budget: PodDisruptionBudget, pod: string, now: string): AnyObject {
  const { status } = budget;
  const disruptionsAllowed = (status?.disruptionsAllowed ?? 0) - 1;
  const disruptedPods = { ...status?.disruptedPods, [pod]: now };
  const conditions = (status?.conditions ?? []).map((condition) =>
    condition.type === 'DisruptionAllowed' && disruptionsAllowed === 0
      ? {
          ...condition,
          status: 'False',
          reason: 'InsufficientPods',
          lastTransitionTime: now,
          observedGeneration: status?.observedGeneration,
        }
      : condition,
  );
  const next = { ...status, disruptionsAllowed, disruptedPods, conditions };
  return { ...budget, status: next } as unknown as AnyObject;
}

/** The Pod with the condition that says why it goes. */
export function evicted(pod: Pod, now: string): AnyObject {
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
    lastTransitionTime: now,
  };
  const others = (pod.status?.conditions ?? []).filter((c) => c.type !== 'DisruptionTarget');
  const status = { ...pod.status, conditions: [...others, condition] };
  return { ...pod, status } as unknown as AnyObject;
}
