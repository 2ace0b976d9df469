// One network namespace's netfilter: runs the tables of each hook by priority around conntrack and NAT. Holds the
// state (flows, recent lists, counters) in copy-on-write tables; rules are handed in. Knows no routes and builds no
// packets: the machine does. Models the hook registrations of net/netfilter and nf_nat_inet_fn.
import type { Packet, Tuple } from '../net/packet.ts';
import { Table } from '../sim/table.ts';
import { Conntrack, type Flight, type Flow } from './conntrack.ts';
import { conntrackLine } from './conntrack-print.ts';
import { defaultTimeouts, type Timeouts } from './conntrack-tcp.table.ts';
import { Flights } from './flights.ts';
import { FlowTable } from './flow-table.ts';
import type { CtView } from './match.ts';
import { type Manip, manipOf, rangeOf, setUp, translate } from './nat.ts';
import type { FlowEntry, HookContext, Netfilter, Verdict } from './netfilter.ts';
import type { RecentList } from './recent.ts';
import type { Hook, RuleSource, TableName } from './rule.ts';
import { indexed } from './rule-index.ts';
import { accept, drop, type Lookup, type WalkEnv, walkTable } from './walk.ts';

export interface NetfilterOptions {
  /** Overrides of the nf_conntrack sysctls, in seconds. */
  readonly timeouts?: Partial<Timeouts>;
  /** How rules are looked up; absent: by index. */
  readonly lookup?: Lookup;
}

type Step =
  | { readonly kind: 'conntrack' }
  | { readonly kind: 'table'; readonly table: TableName }
  | { readonly kind: 'nat'; readonly manip: Manip }
  | { readonly kind: 'confirm' };

const conntrackStep: Step = { kind: 'conntrack' };
const confirmStep: Step = { kind: 'confirm' };
const raw: Step = { kind: 'table', table: 'raw' };
const mangle: Step = { kind: 'table', table: 'mangle' };
const filter: Step = { kind: 'table', table: 'filter' };
const security: Step = { kind: 'table', table: 'security' };
const dnat: Step = { kind: 'nat', manip: 'dst' };
const snat: Step = { kind: 'nat', manip: 'src' };

/** By priority: raw -300, conntrack -200, mangle -150, dnat -100, filter 0, security 50, snat 100, confirm last. */
export const hookSteps: Readonly<Record<Hook, readonly Step[]>> = {
  PREROUTING: [raw, conntrackStep, mangle, dnat],
  INPUT: [mangle, filter, security, snat, confirmStep],
  FORWARD: [mangle, filter, security],
  OUTPUT: [raw, conntrackStep, mangle, dnat, filter, security],
  POSTROUTING: [mangle, snat, confirmStep],
};

/** A namespace with no flows yet. */
export function createNetfilter(rules: RuleSource, options: NetfilterOptions = {}): Netfilter {
  const timeouts = { ...defaultTimeouts, ...options.timeouts };
  return new Kernel({
    rules,
    lookup: options.lookup ?? indexed,
    conntrack: new Conntrack(new FlowTable(), 1, timeouts),
    recent: new Table(),
    accounts: new Table(),
    sources: new Table(),
    setters: new Table(),
  });
}

interface State {
  readonly rules: RuleSource;
  readonly lookup: Lookup;
  readonly conntrack: Conntrack;
  readonly recent: Table<RecentList>;
  readonly accounts: Table<number>;
  readonly sources: Table<readonly Tuple[]>;
  readonly setters: Table<Setter>;
}

/** The chain whose rule writes a recent list. */
interface Setter {
  readonly table: TableName;
  readonly chain: string;
}

const invalid: CtView = { state: 'INVALID', srcNat: false, dstNat: false };

class Kernel implements Netfilter {
  #rules: RuleSource;
  #plan: Plan;
  readonly #lookup: Lookup;
  readonly #conntrack: Conntrack;
  readonly #recent: Table<RecentList>;
  readonly #accounts: Table<number>;
  readonly #sources: Table<readonly Tuple[]>;
  readonly #setters: Table<Setter>;
  readonly #flights = new Flights();

  constructor(state: State) {
    this.#rules = state.rules;
    this.#plan = planOf(state.rules);
    this.#lookup = state.lookup;
    this.#conntrack = state.conntrack;
    this.#recent = state.recent;
    this.#accounts = state.accounts;
    this.#sources = state.sources;
    this.#setters = state.setters;
  }

  get rules(): RuleSource {
    return this.#rules;
  }

  set rules(rules: RuleSource) {
    if (rules === this.#rules) return;
    this.#rules = rules;
    this.#plan = planOf(rules);
    this.#dropLists();
  }

  /** A recent list goes with the rule that writes it: what returns later starts empty (xt_recent's reference count). */
  #dropLists(): void {
    for (const list of this.#setters.keys()) {
      const setter = this.#setters.get(list) as Setter;
      const chain = this.#rules.chain(setter.table, setter.chain);
      const isLoaded = chain?.rules.some((rule) =>
        rule.matches.some((match) => match.kind === 'recent' && match.list === list),
      );
      if (isLoaded === true) continue;
      this.#setters.delete(list);
      this.#recent.delete(list);
    }
  }

  get remembers(): boolean {
    return this.#recent.size > 0;
  }

  fork(): Netfilter {
    return new Kernel({
      rules: this.#rules,
      lookup: this.#lookup,
      conntrack: this.#conntrack.fork(),
      recent: this.#recent.fork(),
      accounts: this.#accounts.fork(),
      sources: this.#sources.fork(),
      setters: this.#setters.fork(),
    });
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

  conntrackList(nowMs: number): readonly string[] {
    return this.#conntrack.list(nowMs).map((flow) => conntrackLine(flow, nowMs));
  }

  entries(nowMs: number): readonly FlowEntry[] {
    return this.#conntrack.list(nowMs).map(entryOf);
  }

  deleteEntries(matches: (entry: FlowEntry) => boolean, nowMs: number): number {
    const doomed = this.#conntrack.list(nowMs).filter((flow) => matches(entryOf(flow)));
    for (const flow of doomed) this.#conntrack.remove(flow);
    return doomed.length;
  }

  #step(step: Step, hook: Hook, packet: Packet, context: HookContext): Verdict {
    switch (step.kind) {
      case 'conntrack': {
        const known = this.#flights.get(packet);
        // Over loopback a packet keeps its flow, and an answer made here has its own from the start.
        if (known !== undefined && (hook === 'OUTPUT' || context.inDevice === 'lo')) return accept;
        const flight = this.#conntrack.enter(packet, context.nowMs);
        if (flight === null) this.#flights.delete(packet);
        else this.#flights.set(packet, flight);
        return accept;
      }
      case 'table':
        return walkTable(this.#env(hook, packet, context), step.table);
      case 'nat':
        return this.#nat(step.manip, hook, packet, context);
      case 'confirm': {
        const flight = this.#flights.get(packet);
        if (flight === undefined) return accept;
        // What goes out by loopback comes in again with its flow.
        if (context.outDevice !== 'lo') this.#flights.through(packet);
        if (flight.confirmed) return accept;
        return this.#conntrack.confirm(flight, context.nowMs) ? accept : drop;
      }
    }
  }

  #nat(manip: Manip, hook: Hook, packet: Packet, context: HookContext): Verdict {
    const flight = this.#flights.get(packet);
    if (flight === undefined) return accept;
    const { flow } = flight;
    const done = () => (manip === 'src' ? flow.srcDone : flow.dstDone);
    if (flight.state === 'NEW' && !flight.confirmed && !done()) {
      const verdict = walkTable(this.#env(hook, packet, context), 'nat');
      if (verdict.kind !== 'accept') return verdict;
      if (!done()) setUp(this.#conntrack, this.#sources, flow, manip, null, context);
    }
    translate(packet, flight, manip);
    return accept;
  }

  #env(hook: Hook, packet: Packet, context: HookContext): WalkEnv {
    const flight = this.#flights.get(packet);
    const env: WalkEnv = {
      packet,
      context,
      chain: null,
      noteSet: (list) => {
        const { chain } = env;
        if (chain !== null) this.#setters.set(list, { table: chain.table, chain: chain.name });
      },
      ct: flight === undefined ? invalid : viewOf(flight),
      recent: this.#recent,
      accounts: this.#accounts,
      rules: this.#rules,
      hook,
      lookup: this.#lookup,
      translate: (target) => {
        if (flight === undefined || hook === 'FORWARD') {
          throw new Error(`a ${target.kind} rule outside the nat table does not load`);
        }
        const range = rangeOf(target, packet, context, hook);
        if (range === undefined) return drop;
        setUp(this.#conntrack, this.#sources, flight.flow, manipOf[hook], range, context);
        return accept;
      },
    };
    return env;
  }
}

function viewOf(flight: Flight): CtView {
  const { srcNat, dstNat } = flight.flow;
  return { state: flight.state, srcNat, dstNat };
}

function entryOf(flow: Flow): FlowEntry {
  const { original, reply, seenReply, assured } = flow;
  return { proto: original.proto, original, reply, seenReply, assured };
}

type Plan = Readonly<Record<Hook, readonly Step[]>>;

const plans = new WeakMap<RuleSource, Plan>();

/** The steps that have something to do under these rules. */
function planOf(rules: RuleSource): Plan {
  const known = plans.get(rules);
  if (known !== undefined) return known;
  const tables = rules.tables();
  const tracks = needsConntrack(rules);
  const isBusy = (step: Step, hook: Hook): boolean => {
    switch (step.kind) {
      case 'conntrack':
      case 'confirm':
        return tracks;
      case 'nat':
        return tracks && tables.includes('nat');
      case 'table': {
        const chain = rules.chain(step.table, hook);
        return chain !== undefined && (chain.rules.length > 0 || chain.policy === 'DROP');
      }
    }
  };
  const keep = (hook: Hook) => hookSteps[hook].filter((step) => isBusy(step, hook));
  const plan: Plan = {
    PREROUTING: keep('PREROUTING'),
    INPUT: keep('INPUT'),
    FORWARD: keep('FORWARD'),
    OUTPUT: keep('OUTPUT'),
    POSTROUTING: keep('POSTROUTING'),
  };
  plans.set(rules, plan);
  return plan;
}

/** Conntrack runs only in a namespace where some rule asks for it: a state match or a translation. */
function needsConntrack(rules: RuleSource): boolean {
  for (const table of rules.tables()) {
    for (const name of rules.chains(table)) {
      const wants = rules
        .chain(table, name)
        ?.rules.some(
          (rule) =>
            'to' in rule.target ||
            rule.target.kind === 'masquerade' ||
            rule.target.kind === 'redirect' ||
            rule.matches.some((match) => match.kind === 'conntrack'),
        );
      if (wants === true) return true;
    }
  }
  return false;
}
