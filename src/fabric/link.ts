// The state of a wire between two neighbours. A wire without an entry is whole. Loss is drawn per packet crossing.
// Not modelled: delay, reordering, duplication, bandwidth.
import type { Choices } from '../sim/choices.ts';

export type LinkState =
  | { readonly kind: 'cut' }
  | { readonly kind: 'restored' }
  /** An integer from 0 to 100. */
  | { readonly kind: 'loses'; readonly percent: number };

export type Crossing = 'passed' | 'cut' | 'lost';

/** The same key whichever end is named first. */
export function linkKey(a: string, b: string): string {
  return a < b ? `${a}|${b}` : `${b}|${a}`;
}

/** What becomes of one packet on the wire. */
export function cross(state: LinkState | undefined, key: string, choices: Choices): Crossing {
  if (state === undefined || state.kind === 'restored') return 'passed';
  if (state.kind === 'cut') return 'cut';
  const weights = [100 - state.percent, state.percent];
  return choices.pick(`link/${key}`, weights) === 1 ? 'lost' : 'passed';
}
