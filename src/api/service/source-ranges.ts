// Checks of load-balancer source ranges: the field, or else the annotation that came before it (A6.14).
// Models validateLoadBalancerSourceRanges of pkg/apis/core/validation.
import type { Cause } from '../error.ts';
import { forbiddenField, invalid } from '../field/errors.ts';
import { parseLegacyCIDR } from '../field/ips.ts';
import type { Service } from '../types.ts';

const ANNOTATION = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const ONLY_LB = "may only be used when `type` is 'LoadBalancer'";
const CIDR_TEXT = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

/** Rule 14; the field's path has a capital L upstream. */
export function sourceRangeCauses({ metadata, spec }: Service): Cause[] {
  const balanced = spec.type === 'LoadBalancer';
  const ranges = spec.loadBalancerSourceRanges ?? [];
  if (ranges.length > 0) {
    const at = 'spec.LoadBalancerSourceRanges';
    const causes = balanced ? [] : [forbiddenField(at, ONLY_LB)];
    for (const [i, range] of ranges.entries()) {
      if (parseLegacyCIDR(range.trim()) === undefined) {
        causes.push(invalid(`${at}[${i}]`, range.trim(), CIDR_TEXT));
      }
    }
    return causes;
  }
  const value = metadata.annotations?.[ANNOTATION];
  if (value === undefined) return [];
  const at = `metadata.annotations[${ANNOTATION}]`;
  const causes = balanced ? [] : [forbiddenField(at, ONLY_LB)];
  if (value.trim() === '') return causes;
  for (const range of value.trim().split(',')) {
    if (parseLegacyCIDR(range.trim()) === undefined) causes.push(invalid(at, value, CIDR_TEXT));
  }
  return causes;
}
