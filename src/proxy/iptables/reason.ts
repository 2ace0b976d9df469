// Why kube-proxy refuses or drops: noted when such a rule is made, so nobody has to read it out of
// a comment.
import type { Rule } from '../../netfilter/rule.ts';

export type RefusalReason = 'no-endpoints' | 'no-local-endpoints' | 'load-balancer-source-ranges';

const reasons = new WeakMap<Rule, RefusalReason>();

export function because(reason: RefusalReason, rule: Rule): Rule {
  reasons.set(rule, reason);
  return rule;
}

/** The reason of a REJECT or DROP rule that kube-proxy wrote for a service port; null for any other
 * rule. */
export function reasonOf(rule: Rule): RefusalReason | null {
  return reasons.get(rule) ?? null;
}
