// Tells the plugins of a process that it listens (caddy's OnStartup callbacks, those that go on in the background).
import type { Handler, Turn } from '../plugin.ts';

export interface Told {
  /** A text: the process ends with it. A number: somebody wants to be told again after so many ms. */
  readonly outcome: string | number | null;
  /** Who: places in the list of all handlers. */
  readonly waiting: readonly number[];
}

/** `which`: places in the list of those that are told; null: all. */
export function tellStarted(
  handlers: readonly Handler[],
  which: readonly number[] | null,
  turnOf: () => Turn,
): Told {
  const waiting: number[] = [];
  let nextMs: number | null = null;
  for (const [at, handler] of handlers.entries()) {
    if (which !== null && !which.includes(at)) continue;
    const outcome = handler.started?.(turnOf()) ?? null;
    if (typeof outcome === 'string') return { outcome, waiting: [] };
    if (outcome === null) continue;
    waiting.push(at);
    nextMs = Math.min(outcome, nextMs ?? outcome);
  }
  return { outcome: nextMs, waiting };
}
