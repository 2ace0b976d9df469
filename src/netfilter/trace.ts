// The always-on trace of one packet's way: integers in one growing array, plus the chains and labels they refer
// to. Hops are made only when somebody reads them. Rules walked counts linearly, also when an index skipped rules.
import type { Chain, Hook } from './rule.ts';

export type Effect =
  | 'accept'
  | 'drop'
  | 'reject'
  | 'return'
  | 'jump'
  | 'mark'
  | 'dnat'
  | 'snat'
  | 'masquerade'
  | 'count'
  | 'policy';
const effects: readonly Effect[] = [
  'accept',
  'drop',
  'reject',
  'return',
  'jump',
  'mark',
  'dnat',
  'snat',
  'masquerade',
  'count',
  'policy',
];
const hooks: readonly Hook[] = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];

/** What a note says happened; `lost` and `closed` are ends of the way. */
export type NoteEffect = 'in' | 'out' | 'balance' | 'deliver' | 'closed' | 'unreachable' | 'lost';

/** One thing that happened, as read back. */
export type TraceStep =
  /** A rule (ordinal from 0) or, with ordinal -1, the built-in chain's policy decided something. */
  | {
      readonly kind: 'rule';
      readonly hook: Hook;
      readonly chain: Chain;
      readonly ordinal: number;
      readonly effect: Effect;
    }
  /** Anything else: which machine the packet is on, a route taken, a socket found, a note. */
  | {
      readonly kind: 'note';
      readonly at: string;
      readonly stage: 'machine' | 'route' | 'socket' | 'lb';
      readonly effect: NoteEffect;
      readonly detail: string;
    };

export class Trace {
  readonly #codes: number[] = [];
  readonly #chains: Chain[] = [];
  readonly #notes: Extract<TraceStep, { kind: 'note' }>[] = [];
  #rulesWalked = 0;

  /** Rules looked at by a linear walk up to now. */
  get rulesWalked(): number {
    return this.#rulesWalked;
  }

  /** A linear walk would have looked at `count` more rules. */
  walked(count: number): void {
    this.#rulesWalked += count;
  }

  rule(hook: Hook, chain: Chain, ordinal: number, effect: Effect): void {
    this.#codes.push(
      hooks.indexOf(hook) * 16 + effects.indexOf(effect),
      this.#chains.length,
      ordinal,
    );
    this.#chains.push(chain);
  }

  note(note: Omit<Extract<TraceStep, { kind: 'note' }>, 'kind'>): void {
    this.#codes.push(-1, this.#notes.length, 0);
    this.#notes.push({ kind: 'note', ...note });
  }

  /** A place to cut back to with `since`. */
  get length(): number {
    return this.#codes.length;
  }

  steps(): readonly TraceStep[] {
    const steps: TraceStep[] = [];
    for (let i = 0; i < this.#codes.length; i += 3) {
      const code = this.#codes[i] as number;
      const ref = this.#codes[i + 1] as number;
      if (code < 0) steps.push(this.#notes[ref] as TraceStep);
      else {
        const hook = hooks[code >> 4] as Hook;
        const effect = effects[code & 15] as Effect;
        const ordinal = this.#codes[i + 2] as number;
        steps.push({ kind: 'rule', hook, chain: this.#chains[ref] as Chain, ordinal, effect });
      }
    }
    return steps;
  }
}
