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
  chains: readonly (readonly Handler[])[],
  which: readonly number[] | null,
  turnOf: () => Turn,
): Told {
  const waiting: number[] = [];
  let nextMs: number | null = null;
  const all = chains.flatMap((siblings) => siblings.map((handler) => ({ handler, siblings })));
  for (const [at, { handler, siblings }] of all.entries()) {
    if (which !== null && !which.includes(at)) continue;
    const outcome = handler.started?.(turnOf(), siblings) ?? null;
    if (typeof outcome === 'string') return { outcome, waiting: [] };
    if (outcome === null) continue;
    waiting.push(at);
    nextMs = Math.min(outcome, nextMs ?? outcome);
  }
  return { outcome: nextMs, waiting };
}
