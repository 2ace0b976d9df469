// Failed syncs of keys are tried again: doubling delays, and where a queue has one a number of tries. Modelled after
// client-go's ItemExponentialFailureRateLimiter, its delaying queue, which keeps only the soonest time of a key, and the
// budgets of handleErr. How often a key failed is in `memory`, because other events must not make it count anew. The
// overall rate limit is not modelled.
import type { ControllerContext } from './controller.ts';

export interface BackOff {
  /** The controller whose keys these are. */
  readonly queue: string;
  readonly baseMs: number;
  readonly maxMs: number;
  /** Retries before the key is dropped; absent: no end. */
  readonly tries?: number;
}

/** DefaultTypedControllerRateLimiter: from 5 ms to 1,000 s. */
export function standard(queue: string): BackOff {
  return { queue, baseMs: 5, maxMs: 1_000_000 };
}

interface Failures {
  readonly count: number;
  /** When the next try is due. */
  readonly dueMs: number;
}

function failures({ queue }: BackOff, { memory }: ControllerContext) {
  return memory.table<Failures>(`${queue} failures`);
}

/** Tries the key again later (AddRateLimited); settling does not wait for it. False: the budget is used up. */
export function retry(policy: BackOff, key: string, context: ControllerContext): boolean {
  const known = failures(policy, context);
  const { count, dueMs } = known.get(key) ?? { count: 0, dueMs: 0 };
  if (policy.tries !== undefined && count >= policy.tries) {
    known.delete(key);
    return false;
  }
  const { nowMs } = context;
  const delayMs = Math.min(policy.maxMs, policy.baseMs * 2 ** Math.min(count, 30));
  // A try that is due sooner stays the next one.
  const isPlanned = dueMs > nowMs && dueMs <= nowMs + delayMs;
  known.set(key, { count: count + 1, dueMs: isPlanned ? dueMs : nowMs + delayMs });
  if (!isPlanned) context.again(key, delayMs, true);
  return true;
}

/** After a sync that went well (Forget). */
export function forget(policy: BackOff, key: string, context: ControllerContext): void {
  const counts = failures(policy, context);
  if (counts.has(key)) counts.delete(key);
}
