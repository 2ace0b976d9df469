// Failed syncs of keys that have their own limits: doubling delays, and a number of tries. Modelled after client-go's
// ItemExponentialFailureRateLimiter and the budgets of handleErr; how often a key failed is in `memory`, because other
// events must not make it count anew. retry.ts has client-go's default. The overall rate limit is not modelled.
import type { ControllerContext } from './controller.ts';

export interface BackOff {
  /** The controller whose keys these are. */
  readonly queue: string;
  readonly baseMs: number;
  readonly maxMs: number;
  /** Retries before the key is dropped; absent: no end. */
  readonly tries?: number;
}

function failures({ queue }: BackOff, { memory }: ControllerContext) {
  return memory.table<number>(`${queue} failures`);
}

/** Tries the key again later (AddRateLimited); settling does not wait for it. False: the budget is used up. */
export function retry(policy: BackOff, key: string, context: ControllerContext): boolean {
  const counts = failures(policy, context);
  const before = counts.get(key) ?? 0;
  if (policy.tries !== undefined && before >= policy.tries) {
    counts.delete(key);
    return false;
  }
  counts.set(key, before + 1);
  context.again(key, Math.min(policy.maxMs, policy.baseMs * 2 ** Math.min(before, 30)), true);
  return true;
}

/** After a sync that went well (Forget). */
export function forget(policy: BackOff, key: string, context: ControllerContext): void {
  const counts = failures(policy, context);
  if (counts.has(key)) counts.delete(key);
}
