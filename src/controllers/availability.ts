// When a ready Pod counts as available: after minReadySeconds. Models IsPodAvailable of pkg/api/v1/pod and the check
// that pkg/controller plans for the Pod that becomes available next.
import type { Pod } from '../api/types.ts';
import { conditionOf } from './pods.ts';
import { seconds } from './time.ts';

interface Now {
  /** Virtual milliseconds. */
  readonly nowMs: number;
  /** The same instant as text, in whole seconds. */
  readonly now: string;
  readonly minor: number;
}

/** Since this minor a Pod is available at the second itself; before, only after it, and looked at a second late. */
const exactSince = 34;

/** Milliseconds since 1970 of the instant. */
export function instantMs({ nowMs, now }: Now): number {
  return seconds(now) * 1000 + (nowMs % 1000);
}

/** Milliseconds from now until minReadySeconds are over: negative when they are, undefined when the Pod is not ready. */
function leftMs(pod: Pod, minReadySeconds: number, now: Now): number | undefined {
  const ready = conditionOf(pod, 'Ready');
  if (ready?.status !== 'True') return undefined;
  if (minReadySeconds === 0) return -1;
  if (ready.lastTransitionTime === undefined) return undefined;
  return (seconds(ready.lastTransitionTime) + minReadySeconds) * 1000 - instantMs(now);
}

export function isPodAvailable(pod: Pod, minReadySeconds: number, now: Now): boolean {
  const left = leftMs(pod, minReadySeconds, now);
  if (left === undefined) return false;
  return now.minor >= exactSince ? left <= 0 : left < 0;
}

/** Milliseconds until the next of the Pods becomes available; undefined when none will by waiting. */
export function nextAvailableMs(
  pods: readonly Pod[],
  minReadySeconds: number,
  now: Now,
): number | undefined {
  let next: number | undefined;
  for (const pod of pods) {
    const left = leftMs(pod, minReadySeconds, now);
    if (left === undefined || isPodAvailable(pod, minReadySeconds, now)) continue;
    const wait = now.minor >= exactSince ? left : left + 1000;
    if (next === undefined || wait < next) next = wait;
  }
  return next;
}
