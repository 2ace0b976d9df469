// Keeps the status of PodDisruptionBudgets, which evictions ask: how many Pods are healthy, how many must be, how many
// may go. ReplicationControllers and custom scales are deliberately not looked up. Modelled after
// pkg/controller/disruption.

import { selects } from '../../api/selects.ts';
import {
  type Condition,
  keyOf,
  type Pod,
  type PodDisruptionBudget,
  type PodDisruptionBudgetStatus,
} from '../../api/types.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { same } from '../equal.ts';
import { conditionOf, isReady, isTerminal } from '../pods.ts';
import { seconds } from '../time.ts';
import { expectedPods, goSelector } from './expected.ts';

/** DeletionTimeout: a Pod whose eviction was granted must be on its way out by then. */
const deletionMs = 120_000;
/** stalePodDisruptionTimeout. */
const staleMs = 120_000;
/** Before the key of a Pod that may carry an outdated DisruptionTarget condition. */
const stale = 'stale ';

export const disruption: Controller = {
  name: 'disruption',
  watches: ['PodDisruptionBudget', 'Pod'],
  keysOf(event, { client }) {
    if (event.kind === 'PodDisruptionBudget') return event.type === 'DELETED' ? [] : [event.key];
    const pod = event.object as unknown as Pod;
    const { namespace, labels } = pod.metadata;
    const keys = client
      .list('PodDisruptionBudget', namespace)
      .filter((one) => selects(one.spec.selector, labels))
      .map(keyOf);
    const mayBeStale = event.type !== 'DELETED' && isTarget(pod);
    return mayBeStale ? [...keys, stale + event.key] : keys;
  },
  sync(key, context) {
    if (key.startsWith(stale)) {
      clearTarget(key.slice(stale.length), context);
      return;
    }
    const budget = context.client.get('PodDisruptionBudget', key);
    if (budget !== undefined) syncBudget(budget, context);
  },
};

function syncBudget(budget: PodDisruptionBudget, context: ControllerContext): void {
  const { client } = context;
  const pods = client
    .list('Pod', budget.metadata.namespace)
    .filter((pod) => selects(budget.spec.selector, pod.metadata.labels));
  if (pods.length === 0) client.event(budget, 'Normal', 'NoPods', 'No matching pods found');
  const expected = expectedPods(budget.spec, pods, client);
  if ('error' in expected) {
    const text = `Failed to calculate the number of expected pods: ${expected.error}`;
    client.event(budget, 'Warning', 'CalculateExpectedPodCountFailed', text);
    failSafe(budget, expected.error, context);
    return;
  }
  if (expected.unmanaged) {
    const text =
      `Pods selected by this PodDisruptionBudget (selector: ${goSelector(budget.spec.selector)}) were found to be ` +
      'unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined ' +
      'behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.';
    client.event(budget, 'Warning', 'UnmanagedPods', text);
  }
  const disruptedPods = stillDisrupted(budget, pods, context);
  const currentHealthy = pods.filter((pod) => isHealthy(pod, disruptedPods, context.now)).length;
  const { count: expectedCount, desired: desiredHealthy } = expected;
  const left = expectedCount <= 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
  const observedGeneration = budget.metadata.generation ?? 1;
  const status: PodDisruptionBudgetStatus = {
    currentHealthy,
    desiredHealthy,
    expectedPods: expectedCount,
    disruptionsAllowed: left,
    ...(Object.keys(disruptedPods).length === 0 ? {} : { disruptedPods }),
    observedGeneration,
    conditions: conditionsNow(budget, context.now, {
      status: left > 0 ? 'True' : 'False',
      reason: left > 0 ? 'SufficientPods' : 'InsufficientPods',
      message: '',
      observedGeneration,
    }),
  };
  if (!same(budget.status, status)) client.updateStatus({ ...budget, status });
}

/** An error: nothing may be evicted until the next try. */
function failSafe(
  budget: PodDisruptionBudget,
  message: string,
  { client, now }: ControllerContext,
): void {
  const before = budget.status ?? {
    currentHealthy: 0,
    desiredHealthy: 0,
    expectedPods: 0,
    disruptionsAllowed: 0,
  };
  const { observedGeneration } = before;
  const conditions = conditionsNow(budget, now, {
    status: 'False',
    reason: 'SyncFailed',
    message,
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
  });
  const status = { ...before, disruptionsAllowed: 0, conditions };
  if (!same(budget.status, status)) client.updateStatus({ ...budget, status });
}

/** meta.SetStatusCondition: the time changes with the status only. */
function conditionsNow(
  { status }: PodDisruptionBudget,
  now: string,
  wanted: Omit<Condition, 'type' | 'lastTransitionTime'>,
): readonly Condition[] {
  const type = 'DisruptionAllowed';
  const all = status?.conditions ?? [];
  const old = all.find((one) => one.type === type);
  const since = old?.status === wanted.status ? old.lastTransitionTime : now;
  const next = { type, ...wanted, lastTransitionTime: since };
  return old === undefined ? [...all, next] : all.map((one) => (one === old ? next : one));
}

/** Pods whose eviction was granted and which are not being deleted yet; the next look when the first is overdue. */
function stillDisrupted(
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  { client, now, again }: ControllerContext,
): Readonly<Record<string, string>> {
  const result: Record<string, string> = {};
  const { namespace } = budget.metadata;
  let soonest = Number.POSITIVE_INFINITY;
  for (const pod of pods) {
    const since = budget.status?.disruptedPods?.[pod.metadata.name];
    if (pod.metadata.deletionTimestamp !== undefined || since === undefined) continue;
    const left = seconds(since) * 1000 + deletionMs - seconds(now) * 1000;
    if (left < 0) {
      // Upstream names the namespace twice.
      const text = `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`;
      client.event(pod, 'Warning', 'NotDeleted', text);
      continue;
    }
    soonest = Math.min(soonest, left);
    result[pod.metadata.name] = since;
  }
  if (Number.isFinite(soonest)) again(keyOf(budget), soonest + 1000, true);
  return result;
}

function isHealthy(pod: Pod, disrupted: Readonly<Record<string, string>>, now: string): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  const since = disrupted[pod.metadata.name];
  if (since !== undefined && seconds(since) * 1000 + deletionMs > seconds(now) * 1000) return false;
  return isReady(pod);
}

/** A condition of the kubelet's, or of a Pod that has ended, stays. */
function isTarget(pod: Pod): boolean {
  const condition = conditionOf(pod, 'DisruptionTarget');
  return (
    condition?.status === 'True' &&
    condition.reason !== 'TerminationByKubelet' &&
    pod.metadata.deletionTimestamp === undefined &&
    !isTerminal(pod)
  );
}

/** A Pod that was to go and did not is no target any more. */
function clearTarget(key: string, { client, now, again }: ControllerContext): void {
  const pod = client.get('Pod', key);
  if (pod === undefined || !isTarget(pod)) return;
  const since = seconds(conditionOf(pod, 'DisruptionTarget')?.lastTransitionTime);
  const left = since * 1000 + staleMs - seconds(now) * 1000;
  if (left > 0) {
    again(stale + key, left, true);
    return;
  }
  const conditions = (pod.status?.conditions ?? []).map((one) =>
    one.type === 'DisruptionTarget'
      ? { type: one.type, status: 'False', lastTransitionTime: now }
      : one,
  );
  client.updateStatus({ ...pod, status: { ...pod.status, conditions } });
}
