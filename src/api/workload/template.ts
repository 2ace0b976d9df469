// What all workloads share (A11): a selector, its match with the template's labels, numbers and percentages.
// Models ValidatePodTemplateSpecForReplicaSet and the helpers of pkg/apis/apps/validation/validation.go.
import type { Cause } from '../error.ts';
import { forbiddenField, invalid, invalidShown, required, unsupported } from '../field/errors.ts';
import { shownIntOrString, shownLabels, shownSelector } from '../field/shown.ts';
import type { RuleContext } from '../kind-rules.ts';
import { selectorCauses } from '../metadata/validation.ts';
import { templateCauses } from '../pod/validation.ts';
import { selects } from '../selects.ts';
import type { IntOrString, LabelSelector, PodTemplateSpec } from '../types.ts';

export const TEMPLATE = 'spec.template';
const NOT_NEGATIVE = 'must be greater than or equal to 0';
const PERCENT =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

export function notNegative(field: string, value: number | undefined): Cause[] {
  return value !== undefined && value < 0 ? [invalid(field, value, NOT_NEGATIVE)] : [];
}

export function isEmpty(selector: LabelSelector): boolean {
  return (
    Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0
  );
}

/** A selector that must be there and must select something. `invalidText`: what is said of one that cannot be read. */
export function requiredSelector(
  selector: LabelSelector | undefined,
  what: string,
  { minor }: RuleContext,
  invalidText: string,
): { readonly causes: Cause[]; readonly isReadable: boolean } {
  const at = 'spec.selector';
  if (selector === undefined) return { causes: [required(at)], isReadable: true };
  const causes = selectorCauses(selector, at);
  const isReadable = causes.length === 0;
  const value = shownSelector(selector, minor);
  if (isEmpty(selector)) {
    causes.push(invalidShown(at, value, `empty selector is invalid for ${what}`));
  }
  if (!isReadable) {
    const text = `Invalid value: ${value}${invalidText === '' ? '' : `: ${invalidText}`}`;
    causes.push({ field: at, text });
  }
  return { causes, isReadable };
}

/** The selector must meet the template's labels; one that is missing meets none, an empty one all. */
export function matchCauses(
  selector: LabelSelector | undefined,
  { metadata }: PodTemplateSpec,
  { minor }: RuleContext,
): Cause[] {
  if (selects(selector, metadata?.labels)) return [];
  const detail = '`selector` does not match template `labels`';
  const value = shownLabels(metadata?.labels, minor);
  return [invalidShown(`${TEMPLATE}.metadata.labels`, value, detail)];
}

/** The template, and that its Pods restart always and have no deadline. */
export function alwaysTemplate(
  template: PodTemplateSpec,
  kind: string,
  context: RuleContext,
): Cause[] {
  return [...templateCauses(template, TEMPLATE, context), ...alwaysCauses(template, kind)];
}

export function alwaysCauses({ spec }: PodTemplateSpec, kind: string): Cause[] {
  const causes: Cause[] = [];
  const policy = spec?.restartPolicy ?? '';
  if (policy !== 'Always') {
    causes.push(unsupported(`${TEMPLATE}.spec.restartPolicy`, policy, ['Always']));
  }
  if (spec?.activeDeadlineSeconds !== undefined) {
    const detail = `activeDeadlineSeconds in ${kind} is not Supported`;
    causes.push(forbiddenField(`${TEMPLATE}.spec.activeDeadlineSeconds`, detail));
  }
  return causes;
}

/** Whether a number or a percentage is zero; text that is neither counts as none. */
export function isZero(value: IntOrString | undefined): boolean {
  return typeof value === 'string' ? Number.parseInt(value, 10) === 0 : (value ?? 0) === 0;
}

/** ValidatePositiveIntOrPercent. */
export function intOrPercent(field: string, value: IntOrString | undefined, minor = 34): Cause[] {
  if (typeof value === 'number') return notNegative(field, value);
  if (value === undefined || /^\d+%$/.test(value)) return [];
  return [invalidShown(field, shownIntOrString(value, minor), PERCENT)];
}

/** IsNotMoreThan100Percent. */
export function notMoreThanAll(
  field: string,
  value: IntOrString | undefined,
  minor: number,
): Cause[] {
  if (typeof value !== 'string' || !/^\d+%$/.test(value)) return [];
  if (Number.parseInt(value, 10) <= 100) return [];
  return [invalidShown(field, shownIntOrString(value, minor), 'must not be greater than 100%')];
}
