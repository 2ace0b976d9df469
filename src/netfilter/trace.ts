// The always-on trace of one packet's way: integers in one growing array, plus the chains and labels they refer
// to. Hops are made only when somebody reads them. Rules walked counts linearly, also when an index skipped rules.
import type { Addr } from '../net/addr.ts';
import type { Destination, VirtualService } from './ipvs/service.ts';
import type { NftChain, NftElement, NftHook } from './nft/table.ts';
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
  | 'notrack'
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
  'notrack',
];
const hooks: readonly Hook[] = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];

/** What a note says happened; `lost` and `closed` are ends of the way. */
export type NoteEffect =
  | 'in'
  | 'out'
  | 'balance'
  | 'dnat'
  | 'snat'
  | 'refused'
  | 'deliver'
  | 'closed'
  | 'unreachable'
  | 'lost';

/** The virtual service of IPVS that a packet met. */
export interface VirtualMet {
  readonly service: VirtualService;
  /** Null: none takes it. */
  readonly destination: Destination | null;
  /** The destination was picked now; false: its connection was there. */
  readonly scheduled: boolean;
}

/** Where a program passed on what it took, and how that ended. */
export interface Onward {
  readonly addr: Addr;
  readonly port: number;
  readonly ended: 'answered' | 'refused' | 'timeout' | 'unreachable';
}

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
  /** The same of a chain of nf_tables: `type` is its base chain's, `element` the map's that gave the verdict. */
  | {
      readonly kind: 'nft';
      readonly hook: Hook;
      readonly type: NftHook['type'];
      readonly chain: NftChain;
      readonly ordinal: number;
      readonly effect: Effect;
      readonly element: NftElement | null;
    }
  /** Anything else: which machine the packet is on, a route taken, a socket found, a note. */
  | {
      readonly kind: 'note';
      readonly at: string;
      readonly stage: 'machine' | 'route' | 'socket' | 'lb' | 'ipvs' | 'conntrack';
      readonly effect: NoteEffect;
      readonly detail: string;
      /** As a rule's: what caused it. Absent: nothing a user wrote. */
      readonly origin?: number;
      /** Of the stage ipvs, on the way to a destination. */
      readonly virtual?: VirtualMet;
      /** Of the stage socket: the program behind it opened a connection of its own. */
      readonly onward?: Onward;
    };

/** A hook's share of the code that `step` takes. */
export function hookCode(hook: Hook): number {
  return hooks.indexOf(hook) * 16;
}

/** An effect's share of the code that `step` takes. */
export function effectCode(effect: Effect): number {
  return effects.indexOf(effect);
}

const types: readonly NftHook['type'][] = ['filter', 'nat', 'route'];

/** A base chain's type and hook as a share of the code that `nft` takes. */
export function nftCode(type: NftHook['type'], hook: Hook): number {
  return types.indexOf(type) * 128 + hookCode(hook);
}

type Note = Extract<TraceStep, { kind: 'note' }>;

/** A rule of nf_tables that a map's element decided. */
interface Hit {
  readonly kind: 'hit';
  readonly chain: NftChain;
  readonly element: NftElement;
}

export class Trace {
  /** For each step (ordinal + 1) * 512 + code, or -1 for a note. */
  readonly #codes: number[] = [];
  /** For each step its chain, element or note. */
  readonly #refs: (Chain | NftChain | Hit | Note)[] = [];
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
    this.#codes.push((ordinal + 1) * 512 + code);
    this.#refs.push(chain);
  }

  /** As `step`, for a chain of nf_tables: `code` is the sum of nftCode and effectCode. */
  nft(code: number, chain: NftChain, ordinal: number, element: NftElement | null): void {
    this.#codes.push((ordinal + 1) * 512 + code);
    this.#refs.push(element === null ? chain : { kind: 'hit', chain, element });
  }

  note(note: Omit<Note, 'kind'>): void {
    this.#codes.push(-1);
    this.#refs.push({ kind: 'note', ...note });
  }

  /** All steps of another trace, from the step number `at` on; its rules count as walked here. */
  insert(at: number, other: Trace): void {
    this.#codes.splice(at, 0, ...other.#codes);
    this.#refs.splice(at, 0, ...other.#refs);
    this.#rulesWalked += other.#rulesWalked;
  }

  /** How many steps there are. */
  get length(): number {
    return this.#codes.length;
  }

  steps(): readonly TraceStep[] {
    return this.#codes.map((code, i) =>
      stepOf(code, this.#refs[i] as Chain | NftChain | Hit | Note),
    );
  }
}

function stepOf(code: number, ref: Chain | NftChain | Hit | Note): TraceStep {
  const hook = hooks[(code & 127) >> 4] as Hook;
  const effect = effects[code & 15] as Effect;
  const ordinal = (code >> 9) - 1;
  if (!('kind' in ref)) return { kind: 'rule', hook, chain: ref, ordinal, effect };
  if (ref.kind === 'note') return ref;
  const type = types[(code >> 7) & 3] as NftHook['type'];
  const [chain, element] = ref.kind === 'hit' ? [ref.chain, ref.element] : [ref, null];
  return { kind: 'nft', hook, type, chain, ordinal, effect, element };
}
