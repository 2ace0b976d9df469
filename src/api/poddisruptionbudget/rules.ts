// PodDisruptionBudget: one of two limits as a number or a percentage, and a selector.
// Models pkg/apis/policy/validation/validation.go and pkg/registry/policy/poddisruptionbudget/strategy.go.
import type { Cause } from '../error.ts';
import { invalid, unsupported } from '../field/errors.ts';
import { dns1123Subdomain } from '../field/names.ts';
import type { KindRules } from '../kind-rules.ts';
import { metadataCauses, metadataUpdateCauses, selectorCauses } from '../metadata/validation.ts';
import type { IntOrString, PodDisruptionBudget } from '../types.ts';
import { intOrPercent } from '../workload/template.ts';

const policies = ['AlwaysAllow', 'IfHealthyBudget'];

function limitCauses(field: string, value: IntOrString | undefined): readonly Cause[] {
  if (value === undefined) return [];
  const causes = intOrPercent(field, value);
  if (typeof value === 'string' && /^\d+%$/.test(value) && Number.parseInt(value, 10) > 100) {
    causes.push(invalid(field, value, 'must not be greater than 100%'));
  }
  return causes;
}

function specCauses({ spec }: PodDisruptionBudget): readonly Cause[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy } = spec;
  const causes: Cause[] = [];
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const shown = {
      MinAvailable: minAvailable,
      Selector: selector ?? null,
      MaxUnavailable: maxUnavailable,
      UnhealthyPodEvictionPolicy: unhealthyPodEvictionPolicy ?? null,
    };
    causes.push(invalid('spec', shown, 'minAvailable and maxUnavailable cannot be both set'));
  }
  causes.push(...limitCauses('spec.minAvailable', minAvailable));
  causes.push(...limitCauses('spec.maxUnavailable', maxUnavailable));
  if (selector !== undefined) causes.push(...selectorCauses(selector, 'spec.selector'));
  if (unhealthyPodEvictionPolicy !== undefined && !policies.includes(unhealthyPodEvictionPolicy)) {
    const field = 'spec.unhealthyPodEvictionPolicy';
    causes.push(unsupported(field, unhealthyPodEvictionPolicy, policies));
  }
  return causes;
}

export const podDisruptionBudgetRules: KindRules<PodDisruptionBudget> = {
  defaults: (budget) => (budget.spec === undefined ? { ...budget, spec: {} } : budget),
  prepareForCreate: (budget) => ({
    ...budget,
    status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 },
  }),
  validate: (budget) => [
    ...metadataCauses(budget.metadata, true, dns1123Subdomain),
    ...specCauses(budget),
  ],
  validateUpdate: (budget, old) => [
    ...metadataUpdateCauses(budget.metadata, old.metadata),
    ...specCauses(budget),
  ],
};
