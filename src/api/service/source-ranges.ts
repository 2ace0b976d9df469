// Checks of load-balancer source ranges: the field, or else the annotation that came before it (A6.14).
// Models the source-range part of validateService in pkg/apis/core/validation.
import type { Cause } from '../error.ts';
import { forbiddenField } from '../field/errors.ts';
import { validCIDR } from '../field/ips.ts';
import type { RuleContext } from '../kind-rules.ts';
import type { Service } from '../types.ts';

const ANNOTATION = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const ONLY_LB = "may only be used when `type` is 'LoadBalancer'";
/** Since then an annotation that does not change is not looked at again. */
const UNCHANGED_SINCE = 33;

/** Rule 14; the field's path has a capital L upstream. */
export function sourceRangeCauses(
  { metadata, spec }: Service,
  { minor }: RuleContext,
  old: Service | undefined,
): Cause[] {
  const balanced = spec.type === 'LoadBalancer';
  const ranges = spec.loadBalancerSourceRanges ?? [];
  if (ranges.length > 0) {
    const at = 'spec.LoadBalancerSourceRanges';
    const known = old?.spec.loadBalancerSourceRanges?.map((range) => range.trim());
    return [
      ...(balanced ? [] : [forbiddenField(at, ONLY_LB)]),
      ...ranges.flatMap((range, i) => validCIDR(`${at}[${i}]`, range.trim(), { minor, known })),
    ];
  }
  const value = metadata.annotations?.[ANNOTATION];
  if (value === undefined) return [];
  const at = `metadata.annotations[${ANNOTATION}]`;
  const causes = balanced ? [] : [forbiddenField(at, ONLY_LB)];
  const same = minor >= UNCHANGED_SINCE && old?.metadata.annotations?.[ANNOTATION] === value;
  if (same || value.trim() === '') return causes;
  for (const range of value.trim().split(',')) {
    causes.push(...validCIDR(at, range.trim(), { minor }));
  }
  return causes;
}
