// One packet's walk through one table, and what all walks of a namespace share: conntrack, recent lists, counters. The
// rules ask it about the packet's flow and hand it their translations. Knows no order of tables: kernel.ts does.
import type { Packet, Tuple } from '../net/packet.ts';
import type { Table } from '../sim/table.ts';
import type { Conntrack, Flight } from './conntrack.ts';
import type { IpSet } from './ipset/set.ts';
import type { VirtualSide } from './ipvs/match.ts';
import type { Redirected } from './ipvs/step.ts';
import type { CtView } from './match.ts';
import { manipOf, rangeOf, setUp } from './nat.ts';
import type { HookContext, Verdict } from './netfilter.ts';
import type { DynamicElements } from './nft/dynamic.ts';
import type { NftEnv } from './nft/walk.ts';
import type { RecentList } from './recent.ts';
import type { Chain, Hook, RuleSource, TableName } from './rule.ts';
import { accept, drop, type NatTarget } from './walk.ts';

/** What the walks of one namespace share. */
export interface State {
  readonly conntrack: Conntrack;
  readonly recent: Table<RecentList>;
  readonly accounts: Table<number>;
  readonly sources: Table<readonly Tuple[]>;
  readonly setters: Table<Setter>;
  readonly dynamic: DynamicElements;
}

/** The chain whose rule writes a recent list. */
export interface Setter {
  readonly table: TableName;
  readonly chain: string;
}

const invalid: CtView = { state: 'INVALID', srcNat: false, dstNat: false };
const untrackedView: CtView = { state: 'UNTRACKED', srcNat: false, dstNat: false };

/** One packet's walk through one table. */
export class Walking implements NftEnv {
  chain: Chain | null = null;
  readonly hook: Hook;
  readonly packet: Packet;
  readonly context: HookContext;
  readonly #state: State;
  readonly #rules: RuleSource;
  readonly #flight: Flight | undefined;
  readonly #redirected: Redirected | undefined;
  readonly #untracked: WeakSet<Packet>;

  constructor(
    state: State,
    rules: RuleSource,
    hook: Hook,
    packet: Packet,
    context: HookContext,
    flight: Flight | undefined,
    redirected: Redirected | undefined,
    untracked: WeakSet<Packet>,
  ) {
    this.#state = state;
    this.#rules = rules;
    this.hook = hook;
    this.packet = packet;
    this.context = context;
    this.#flight = flight;
    this.#redirected = redirected;
    this.#untracked = untracked;
  }

  get ct(): CtView {
    if (this.#flight !== undefined) return viewOf(this.#flight);
    const isUntracked = this.#redirected?.tracked === false || this.#untracked.has(this.packet);
    return isUntracked ? untrackedView : invalid;
  }

  get recent(): Table<RecentList> {
    return this.#state.recent;
  }

  get accounts(): Table<number> {
    return this.#state.accounts;
  }

  set(name: string): IpSet | undefined {
    return this.#rules.set(name);
  }

  virtualSide(): VirtualSide | null {
    return this.#redirected?.side ?? null;
  }

  get dynamic(): DynamicElements {
    return this.#state.dynamic;
  }

  /** A packet that has a flow, as over loopback, keeps it (xt_ct_target). */
  untrack(): void {
    if (this.#flight === undefined) this.#untracked.add(this.packet);
  }

  noteSet(list: string): void {
    if (this.chain === null) return;
    const { table, name } = this.chain;
    this.#state.setters.set(list, { table, chain: name });
  }

  translate(target: NatTarget): Verdict {
    const { hook, packet, context } = this;
    if (this.#flight === undefined || hook === 'FORWARD') {
      throw new Error(`a ${target.kind} rule outside the nat table does not load`);
    }
    const range = rangeOf(target, packet, context, hook);
    if (range === undefined) return drop;
    const { conntrack, sources } = this.#state;
    setUp(conntrack, sources, this.#flight.flow, manipOf[hook], range, context);
    return accept;
  }
}

function viewOf(flight: Flight): CtView {
  const { srcNat, dstNat } = flight.flow;
  return { state: flight.state, srcNat, dstNat };
}
