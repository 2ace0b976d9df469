// A Job's own rules for failed and succeeded Pods: which failure ends the Job, an index, or is not counted, and which
// indexes suffice. Modelled after pkg/controller/job/{pod_failure_policy,success_policy}.go.
import type {
  ContainerStatus,
  Pod,
  PodCondition,
  PodFailurePolicy,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyRule,
  SuccessPolicy,
} from '../../api/types.ts';
import { type Intervals, overlap, parseIntervals, total } from './intervals.ts';

export interface Verdict {
  /** Why the whole Job fails. */
  readonly message?: string;
  /** Whether the failure counts toward the limits. */
  readonly counts: boolean;
  /** The action of the rule that matched. */
  readonly action?: string;
}

/** What the first matching rule says of a failed Pod. */
export function failureVerdict(policy: PodFailurePolicy | undefined, pod: Pod): Verdict {
  for (const [index, rule] of (policy?.rules ?? []).entries()) {
    const why = matchOf(rule, pod);
    if (why === undefined) continue;
    const { action } = rule;
    if (action === 'Ignore') return { counts: false, action };
    if (action === 'FailIndex' || action === 'Count') return { counts: true, action };
    if (action !== 'FailJob') continue;
    return { counts: true, action, message: `${why} matching FailJob rule at index ${index}` };
  }
  return { counts: true };
}

/** The beginning of the sentence that reports the match; undefined: no match. */
function matchOf(rule: PodFailurePolicyRule, pod: Pod): string | undefined {
  const { namespace, name } = pod.metadata;
  if (rule.onExitCodes !== undefined) {
    const found = exited(pod, rule.onExitCodes);
    if (found === undefined) return undefined;
    const code = found.state?.terminated?.exitCode;
    return `Container ${found.name} for pod ${namespace}/${name} failed with exit code ${code}`;
  }
  const condition = pod.status?.conditions?.find((one) => isAsked(rule, one));
  return condition === undefined
    ? undefined
    : `Pod ${namespace}/${name} has condition ${condition.type}`;
}

function isAsked(rule: PodFailurePolicyRule, { type, status }: PodCondition): boolean {
  const patterns = rule.onPodConditions ?? [];
  return patterns.some((one) => one.type === type && (one.status ?? 'True') === status);
}

/** The first container, then init container, whose status other than 0 is one of those asked for. */
function exited(
  pod: Pod,
  rule: PodFailurePolicyOnExitCodesRequirement,
): ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  return [...containerStatuses, ...initContainerStatuses].find(({ name, state }) => {
    const code = state?.terminated?.exitCode ?? 0;
    if (code === 0 || (rule.containerName ?? name) !== name) return false;
    return rule.values.includes(code) === (rule.operator === 'In');
  });
}

/** The message of the first rule that the succeeded indexes meet. */
export function successMessage(
  policy: SuccessPolicy | undefined,
  completions: number,
  succeeded: Intervals,
): string | undefined {
  if (succeeded.length === 0) return undefined;
  const index = (policy?.rules ?? []).findIndex(({ succeededIndexes, succeededCount }) => {
    const enough = (count: number) => succeededCount !== undefined && count >= succeededCount;
    if (succeededIndexes === undefined) return enough(total(succeeded));
    const wanted = parseIntervals(succeededIndexes, completions);
    const both = overlap(wanted, succeeded);
    return wanted.length > 0 && (both === total(wanted) || enough(both));
  });
  return index < 0 ? undefined : `Matched rules at index ${index}`;
}
