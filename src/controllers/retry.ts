// Work that failed is tried again, later each time: 5 ms doubled up to 1,000 s. How often it failed in a row travels in
// the key of the work itself ("ns/name 3"), so that a fork has it too. Settling does not wait for it.
// Models client-go's DefaultTypedControllerRateLimiter without its overall bucket.
import type { ControllerContext } from './controller.ts';

const baseMs = 5;
const mostMs = 1_000_000;

/** "ns/name" and how often its work has failed in a row. */
export function splitAttempt(key: string): { readonly key: string; readonly failures: number } {
  const [name = '', failures = '0'] = key.split(' ');
  return { key: name, failures: Number(failures) };
}

/** AddRateLimited. */
export function retryLater(
  work: { readonly key: string; readonly failures: number },
  context: ControllerContext,
): void {
  const delayMs = Math.min(mostMs, baseMs * 2 ** work.failures);
  context.again(`${work.key} ${work.failures + 1}`, delayMs, true);
}
