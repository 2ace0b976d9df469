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

/** A hook's share of the code that `step` takes. */
export function hookCode(hook: Hook): number {
  return hooks.indexOf(hook) * 16;
}

/** An effect's share of the code that `step` takes. */
export function effectCode(effect: Effect): number {
  return effects.indexOf(effect);
}

type Note = Extract<TraceStep, { kind: 'note' }>;

export class Trace {
  /** For each step (ordinal + 1) * 128 + code, or -1 for a note. */
  readonly #codes: number[] = [];
  /** For each step its chain or note. */
  readonly #refs: (Chain | Note)[] = [];
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
    this.step(hookCode(hook) + effectCode(effect), chain, ordinal);
  }

  /** As `rule`, with hook and effect as the sum of their codes. */
  step(code: number, chain: Chain, ordinal: number): void {
    this.#codes.push((ordinal + 1) * 128 + code);
    this.#refs.push(chain);
  }

  note(note: Omit<Note, 'kind'>): void {
    this.#codes.push(-1);
    this.#refs.push({ kind: 'note', ...note });
  }

  steps(): readonly TraceStep[] {
    return this.#codes.map((code, i) => {
      const ref = this.#refs[i] as Chain | Note;
      if (code < 0) return ref as Note;
      const hook = hooks[(code & 127) >> 4] as Hook;
      const effect = effects[code & 15] as Effect;
      return { kind: 'rule', hook, chain: ref as Chain, ordinal: (code >> 7) - 1, effect };
    });
  }
}
