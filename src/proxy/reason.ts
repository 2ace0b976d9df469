// Why kube-proxy refuses or drops: noted when such a rule (or an element with such a verdict) is
// made, so nobody has to read it out of a comment.

export type RefusalReason = 'no-endpoints' | 'no-local-endpoints' | 'load-balancer-source-ranges';

const reasons = new WeakMap<object, RefusalReason>();

export function because<R extends object>(reason: RefusalReason, rule: R): R {
  reasons.set(rule, reason);
  return rule;
}

/** The reason of a rule or element that refuses or drops, written by kube-proxy for a service port;
 * null for any other. */
export function reasonOf(rule: object): RefusalReason | null {
  return reasons.get(rule) ?? null;
}
