// One network namespace's netfilter: runs the tables of each hook by priority around conntrack and NAT. Holds the
// state (flows, recent lists, counters) in copy-on-write tables; rules are handed in. Knows no routes and builds no
// packets: the machine does. Models the hook registrations of net/netfilter and nf_nat_inet_fn.
import type { Packet, Tuple } from '../net/packet.ts';
import { Table } from '../sim/table.ts';
import { compiled } from './compiled.ts';
import { type Clashes, Conntrack, type Flow } from './conntrack.ts';
import { conntrackLine } from './conntrack-print.ts';
import { defaultTimeouts, type Timeouts } from './conntrack-tcp.table.ts';
import { Flights } from './flights.ts';
import { FlowTable } from './flow-table.ts';
import type { Ipvs } from './ipvs/ipvs.ts';
import { ipvsStep, type Redirections } from './ipvs/step.ts';
import { createIpvs, type IpvsTable, type Orphans } from './ipvs/table.ts';
import { type Manip, setUp, translate } from './nat.ts';
import type { FlowEntry, HookContext, Netfilter, Seen, Verdict } from './netfilter.ts';
import { type DynamicElement, dropDynamic, dynamicOf } from './nft/dynamic.ts';
import type { NftSet } from './nft/table.ts';
import { type NftEnv, walkBase } from './nft/walk.ts';
import { type NatList, type NatStep, type Plan, planOf, type Step } from './plan.ts';
import type { RecentList } from './recent.ts';
import type { Hook, RuleSource } from './rule.ts';
import { accept, drop, type Walk, type Walker } from './walk.ts';
import { type Setter, type State, Walking } from './walking.ts';

export interface NetfilterOptions {
  /** Overrides of the nf_conntrack sysctls, in seconds. */
  readonly timeouts?: Partial<Timeouts>;
  /** nf_conntrack_max, of this family by itself; absent or 0: no limit. */
  readonly max?: number;
  /** Default: as Linux 5.7 and later. */
  readonly clashes?: Clashes;
  /** Default: as Linux 5.9 and later. */
  readonly orphans?: Orphans;
  /** How rules are walked; absent: compiled. */
  readonly walker?: Walker;
}

/** A namespace with no flows yet. */
export function createNetfilter(rules: RuleSource, options: NetfilterOptions = {}): Netfilter {
  const timeouts = { ...defaultTimeouts, ...options.timeouts };
  const state = {
    conntrack: new Conntrack(new FlowTable(), 1, timeouts, options.clashes, options.max),
    recent: new Table<RecentList>(),
    accounts: new Table<number>(),
    sources: new Table<readonly Tuple[]>(),
    setters: new Table<Setter>(),
    dynamic: new Table<number>(),
  };
  return new Kernel(rules, options.walker ?? compiled, state, null, options.orphans);
}

class Kernel implements Netfilter {
  #rules: RuleSource;
  #plan: Plan;
  readonly #walker: Walker;
  #walk: Walk;
  readonly #state: State;
  readonly #flights = new Flights();
  /** Null: IPVS was never asked for. */
  #ipvs: IpvsTable | null;
  readonly #orphans: Orphans | undefined;
  #redirections: Redirections | null = null;
  /** Packets in flight that a NOTRACK rule met. */
  readonly #untracked = new WeakSet<Packet>();

  constructor(
    rules: RuleSource,
    walker: Walker,
    state: State,
    ipvs: IpvsTable | null,
    orphans: Orphans | undefined,
  ) {
    this.#rules = rules;
    this.#plan = planOf(rules);
    this.#walker = walker;
    this.#walk = walker(rules);
    this.#state = state;
    this.#ipvs = ipvs;
    this.#orphans = orphans;
    if (ipvs !== null) this.#trackEnds(ipvs);
  }

  /** The entry of a connection that ends in IPVS ends with it. */
  #trackEnds(ipvs: IpvsTable): void {
    ipvs.untrack = ({ original, originalHash }) =>
      this.#state.conntrack.forget(original, originalHash);
  }

  get rules(): RuleSource {
    return this.#rules;
  }

  set rules(rules: RuleSource) {
    if (rules === this.#rules) return;
    this.#rules = rules;
    this.#plan = planOf(rules);
    this.#walk = this.#walker(rules);
    this.#dropLists();
    if (this.#state.dynamic.size > 0) dropDynamic(this.#state.dynamic, rules.nft);
  }

  /** A recent list goes with the rule that writes it: what returns later starts empty (xt_recent's reference count). */
  #dropLists(): void {
    for (const list of this.#state.setters.keys()) {
      const setter = this.#state.setters.get(list) as Setter;
      const chain = this.#rules.chain(setter.table, setter.chain);
      const isLoaded = chain?.rules.some((rule) =>
        rule.matches.some((match) => match.kind === 'recent' && match.list === list),
      );
      if (isLoaded === true) continue;
      this.#state.setters.delete(list);
      this.#state.recent.delete(list);
    }
  }

  get ipvs(): Ipvs {
    if (this.#ipvs === null) {
      this.#ipvs = createIpvs(this.#orphans);
      this.#trackEnds(this.#ipvs);
    }
    return this.#ipvs;
  }

  liveElements(table: string, set: NftSet, nowMs: number): readonly DynamicElement[] {
    return dynamicOf(this.#state.dynamic, table, set, nowMs);
  }

  seen(): readonly Seen[] {
    const lists = [...this.#state.recent.entries()];
    return lists.flatMap(([list, entries]) => entries.map((entry) => ({ list, ...entry })));
  }

  get remembers(): boolean {
    return this.#state.recent.size > 0 || this.#state.dynamic.size > 0;
  }

  fork(): Netfilter {
    const state = {
      conntrack: this.#state.conntrack.fork(),
      recent: this.#state.recent.fork(),
      accounts: this.#state.accounts.fork(),
      sources: this.#state.sources.fork(),
      setters: this.#state.setters.fork(),
      dynamic: this.#state.dynamic.fork(),
    };
    const ipvs = this.#ipvs?.fork() ?? null;
    return new Kernel(this.#rules, this.#walker, state, ipvs, this.#orphans);
  }

  hook(hook: Hook, packet: Packet, context: HookContext): Verdict {
    for (const step of this.#plan[hook]) {
      const verdict = this.#step(step, hook, packet, context);
      if (verdict !== accept) return verdict;
    }
    return accept;
  }

  abandon(packet: Packet): void {
    this.#flights.delete(packet);
  }

  attach(answer: Packet, cause: Packet): void {
    const flight = this.#flights.get(cause);
    if (flight === undefined) return;
    this.#flights.set(answer, {
      flow: flight.flow,
      direction: flight.direction === 'original' ? 'reply' : 'original',
      state: 'RELATED',
      confirmed: true,
    });
  }

  conntrackList(nowMs: number, shows?: (entry: FlowEntry) => boolean): readonly string[] {
    const flows = this.#live(nowMs);
    const shown = shows === undefined ? flows : flows.filter((flow) => shows(entryOf(flow)));
    return shown.map((flow) => conntrackLine(flow, nowMs));
  }

  entries(nowMs: number): readonly FlowEntry[] {
    return this.#live(nowMs).map(entryOf);
  }

  #live(nowMs: number): readonly Flow[] {
    this.#ipvs?.settle(nowMs);
    return this.#state.conntrack.list(nowMs);
  }

  deleteEntries(matches: (entry: FlowEntry) => boolean, nowMs: number): number {
    const doomed = this.#live(nowMs).filter((flow) => matches(entryOf(flow)));
    for (const flow of doomed) this.#state.conntrack.remove(flow);
    return doomed.length;
  }

  #step(step: Step, hook: Hook, packet: Packet, context: HookContext): Verdict {
    switch (step.kind) {
      case 'conntrack': {
        if (this.#redirections?.get(packet)?.tracked === false) return accept;
        this.#ipvs?.settle(context.nowMs);
        if (this.#untracked.has(packet)) return accept;
        const known = this.#flights.get(packet);
        // Over loopback a packet keeps its flow, and an answer made here has its own from the start.
        if (known !== undefined && (hook === 'OUTPUT' || context.inDevice === 'lo')) return accept;
        const flight = this.#state.conntrack.enter(packet, context.nowMs, context.atOnce);
        if (flight === 'full') {
          const { trace, machine: at = '' } = context;
          const detail = 'nf_conntrack: table full, dropping packet';
          trace.note({ at, stage: 'conntrack', effect: 'lost', detail });
          return drop;
        }
        if (flight === null) this.#flights.delete(packet);
        else this.#flights.set(packet, flight);
        return accept;
      }
      case 'table':
        return this.#walk(this.#env(hook, packet, context), step.table);
      case 'nat':
        return this.#nat(step, hook, packet, context);
      case 'nft':
        return walkBase(step.table, step.chain, this.#env(hook, packet, context));
      case 'ipvs': {
        if (this.#ipvs?.isBusy !== true) return accept;
        this.#redirections ??= new WeakMap();
        return ipvsStep(this.#ipvs, this.#redirections, this.#flights, step.way, packet, context);
      }
      case 'confirm': {
        const flight = this.#flights.get(packet);
        if (flight === undefined) return accept;
        // What goes out by loopback comes in again with its flow.
        if (context.outDevice !== 'lo') this.#flights.through(packet);
        if (flight.confirmed) return accept;
        return this.#state.conntrack.confirm(flight, context.nowMs) ? accept : drop;
      }
    }
  }

  #nat(step: NatStep, hook: Hook, packet: Packet, context: HookContext): Verdict {
    const flight = this.#flights.get(packet);
    if (flight === undefined) return accept;
    const { flow } = flight;
    const { manip, lists } = step;
    if (flight.state === 'NEW' && !flight.confirmed && !isDone(flow, manip)) {
      const env = this.#env(hook, packet, context);
      const verdict =
        lists === null ? this.#walk(env, 'nat') : this.#natLists(lists, env, flow, manip);
      if (verdict.kind !== 'accept') return verdict;
      if (!isDone(flow, manip))
        setUp(this.#state.conntrack, this.#state.sources, flow, manip, null, context);
    }
    translate(packet, flight, manip);
    return accept;
  }

  /** The first list that sets the mapping is the last that is asked (nf_nat_inet_fn). */
  #natLists(lists: readonly NatList[], env: NftEnv, flow: Flow, manip: Manip): Verdict {
    for (const list of lists) {
      const verdict =
        list.kind === 'table' ? this.#walk(env, list.table) : walkBase(list.table, list.chain, env);
      if (verdict.kind !== 'accept' || isDone(flow, manip)) return verdict;
    }
    return accept;
  }

  #env(hook: Hook, packet: Packet, context: HookContext): NftEnv {
    const flight = this.#flights.get(packet);
    const redirected = this.#redirections?.get(packet);
    const rules = this.#rules;
    const untracked = this.#untracked;
    return new Walking(this.#state, rules, hook, packet, context, flight, redirected, untracked);
  }
}

function isDone(flow: Flow, manip: Manip): boolean {
  return manip === 'src' ? flow.srcDone : flow.dstDone;
}

function entryOf(flow: Flow): FlowEntry {
  const { original, reply, seenReply, assured } = flow;
  return { proto: original.proto, original, reply, seenReply, assured };
}
