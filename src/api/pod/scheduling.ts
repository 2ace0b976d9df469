// Checks of what tells the scheduler where a Pod may go: tolerations, affinity, spread constraints (A11).
// Models ValidateTolerations, validateAffinity and validateTopologySpreadConstraints of pkg/apis/core/validation.
import type { Cause } from '../error.ts';
import {
  duplicate,
  forbiddenField,
  invalid,
  invalids,
  required,
  unsupported,
} from '../field/errors.ts';
import { dns1123Label, labelValue, qualifiedName } from '../field/names.ts';
import { selectorCauses } from '../metadata/validation.ts';
import type {
  Affinity,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinityTerm,
  Toleration,
  TopologySpreadConstraint,
} from '../types.ts';
import { isUnset } from '../values.ts';

export const taintEffects: readonly string[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const ALL =
  'operator must be Exists when `key` is empty, which means "match all values and all keys"';

function operatorCauses({ operator = '', value = '' }: Toleration, at: string): Cause[] {
  if (operator === 'Equal' || operator === '') {
    const messages = labelValue(value);
    return messages.length === 0 ? [] : [invalid(at, value, messages.join(';'))];
  }
  if (operator !== 'Exists') return [unsupported(at, operator, ['Equal', 'Exists'])];
  return value === ''
    ? []
    : [invalid(at, value, "value must be empty when `operator` is 'Exists'")];
}

export function tolerationCauses(tolerations: readonly Toleration[], at: string): Cause[] {
  return tolerations.flatMap((toleration, i) => {
    const field = `${at}[${i}]`;
    const { key = '', operator = '', effect = '', tolerationSeconds } = toleration;
    const causes = key === '' ? [] : invalids(`${field}.key`, key, qualifiedName(key));
    if (key === '' && operator !== 'Exists')
      causes.push(invalid(`${field}.operator`, operator, ALL));
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      const detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
      causes.push(invalid(`${field}.effect`, effect, detail));
    }
    causes.push(...operatorCauses(toleration, `${field}.operator`));
    if (effect !== '' && !taintEffects.includes(effect)) {
      causes.push(unsupported(`${field}.effect`, effect, taintEffects));
    }
    return causes;
  });
}

function requirementCauses(
  { key, operator, values = [] }: NodeSelectorRequirement,
  at: string,
  anyValue: boolean,
): Cause[] {
  const causes: Cause[] = [];
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) {
      causes.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    }
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) {
      const detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
      causes.push(forbiddenField(`${at}.values`, detail));
    }
  } else if (operator === 'Gt' || operator === 'Lt') {
    if (values.length !== 1) {
      const detail = "must be specified single value when `operator` is 'Lt' or 'Gt'";
      causes.push(required(`${at}.values`, detail));
    }
  } else causes.push(invalid(`${at}.operator`, operator ?? '', 'not a valid selector operator'));
  causes.push(...invalids(`${at}.key`, key ?? '', qualifiedName(key ?? '')));
  if (anyValue) return causes;
  for (const [i, value] of values.entries()) {
    causes.push(...invalids(`${at}.values[${i}]`, value, labelValue(value)));
  }
  return causes;
}

function termCauses(term: NodeSelectorTerm, at: string, anyValue: boolean): Cause[] {
  return (term.matchExpressions ?? []).flatMap((one, i) =>
    requirementCauses(one, `${at}.matchExpressions[${i}]`, anyValue),
  );
}

const WEIGHT = 'must be in the range 1-100';
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

function weightCauses(weight: number | undefined, at: string): Cause[] {
  const value = weight ?? 0;
  return value < 1 || value > 100 ? [invalid(`${at}.weight`, value, WEIGHT)] : [];
}

function nodeAffinityCauses(affinity: Affinity['nodeAffinity'], at: string): Cause[] {
  const causes: Cause[] = [];
  const needed = affinity?.[REQUIRED];
  if (needed !== undefined) {
    const terms = needed.nodeSelectorTerms ?? [];
    const field = `${at}.${REQUIRED}.nodeSelectorTerms`;
    if (terms.length === 0)
      causes.push(required(field, 'must have at least one node selector term'));
    for (const [i, term] of terms.entries())
      causes.push(...termCauses(term, `${field}[${i}]`, false));
  }
  for (const [i, { weight, preference }] of (affinity?.[PREFERRED] ?? []).entries()) {
    const field = `${at}.${PREFERRED}[${i}]`;
    causes.push(...weightCauses(weight, field));
    causes.push(...termCauses(preference ?? {}, `${field}.preference`, true));
  }
  return causes;
}

function podTermCauses(term: PodAffinityTerm, at: string): Cause[] {
  const { topologyKey = '', namespaces = [] } = term;
  const causes = selectorCauses(term.labelSelector, `${at}.labelSelector`);
  causes.push(...selectorCauses(term.namespaceSelector, `${at}.namespaceSelector`));
  for (const name of namespaces)
    causes.push(...invalids(`${at}.namespace`, name, dns1123Label(name)));
  if (topologyKey === '') causes.push(required(`${at}.topologyKey`, 'can not be empty'));
  causes.push(...invalids(`${at}.topologyKey`, topologyKey, qualifiedName(topologyKey)));
  return causes;
}

function podAffinityCauses(affinity: Affinity['podAffinity'], at: string): Cause[] {
  const causes = (affinity?.[REQUIRED] ?? []).flatMap((term, i) =>
    podTermCauses(term, `${at}.${REQUIRED}[${i}]`),
  );
  for (const [i, { weight, podAffinityTerm }] of (affinity?.[PREFERRED] ?? []).entries()) {
    const field = `${at}.${PREFERRED}[${i}]`;
    causes.push(...weightCauses(weight, field));
    const term = podAffinityTerm ?? { topologyKey: '' };
    causes.push(...podTermCauses(term, `${field}.podAffinityTerm`));
  }
  return causes;
}

export function affinityCauses(affinity: Affinity | undefined, at: string): Cause[] {
  return [
    ...nodeAffinityCauses(affinity?.nodeAffinity, `${at}.nodeAffinity`),
    ...podAffinityCauses(affinity?.podAffinity, `${at}.podAffinity`),
    ...podAffinityCauses(affinity?.podAntiAffinity, `${at}.podAntiAffinity`),
  ];
}

const actions: readonly string[] = ['DoNotSchedule', 'ScheduleAnyway'];

export function spreadCauses(list: readonly TopologySpreadConstraint[], at: string): Cause[] {
  return list.flatMap((constraint, i) => {
    const field = `${at}[${i}]`;
    const { maxSkew = 0, topologyKey = '', whenUnsatisfiable = '' } = constraint;
    const causes: Cause[] = [];
    if (maxSkew <= 0)
      causes.push(invalid(`${field}.maxSkew`, maxSkew, 'must be greater than zero'));
    if (isUnset(topologyKey)) causes.push(required(`${field}.topologyKey`, 'can not be empty'));
    if (!actions.includes(whenUnsatisfiable)) {
      causes.push(unsupported(`${field}.whenUnsatisfiable`, whenUnsatisfiable, actions));
    }
    const twin = list
      .slice(i + 1)
      .some((o) => o.topologyKey === topologyKey && o.whenUnsatisfiable === whenUnsatisfiable);
    if (twin) {
      const value = `{${topologyKey}, ${whenUnsatisfiable}}`;
      causes.push(duplicate(`${field}.{topologyKey, whenUnsatisfiable}`, value));
    }
    causes.push(...selectorCauses(constraint.labelSelector, `${field}.labelSelector`));
    return causes;
  });
}
