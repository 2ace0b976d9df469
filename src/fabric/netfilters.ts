// The netfilters of all machines, by family: what was loaded there, and the state that packets leave. Each is made when
// the first packet comes, and copied when a fork changes it. Not the rules themselves, which are handed in.
import type { Family } from '../net/addr.ts';
import type { FlowEntry, Netfilter } from '../netfilter/netfilter.ts';
import type { RuleSource } from '../netfilter/rule.ts';
import { composeRules } from '../netfilter/ruleset.ts';
import { Table } from '../sim/table.ts';

type Create = (rules: RuleSource, machine: string) => Netfilter;

export class Netfilters {
  readonly #create: Create;
  /** "node/x 4" -> what was loaded there. */
  #rules = new Table<RuleSource>();
  /** "node/x 4" -> netfilter. */
  #made = new Table<Netfilter>();
  /** Those that nobody else holds. */
  #owned = new Set<string>();
  /** Machine -> what `of` found there since a fork or a change of rules. */
  #found = nothingFound();

  constructor(create: Create) {
    this.#create = create;
  }

  /** A copy that shares everything until one side writes; never changes its parent. */
  fork(): Netfilters {
    const copy = new Netfilters(this.#create);
    copy.#rules = this.#rules.fork();
    copy.#made = this.#made.fork();
    this.#owned = new Set();
    this.#found = nothingFound();
    return copy;
  }

  /** Counts up with every rule set that is loaded or taken away. */
  get writes(): number {
    return this.#rules.writes;
  }

  /** Loads a rule set for the family it names; conntrack and recent lists stay. */
  load(machine: string, rules: RuleSource): void {
    const key = keyOf(machine, rules.family);
    this.#rules.set(key, rules);
    this.#found = nothingFound();
    if (this.#made.has(key)) this.#own(key).rules = rules;
  }

  /** Takes rules and state of both families away. */
  drop(machine: string): void {
    for (const key of [keyOf(machine, 4), keyOf(machine, 6)]) {
      this.#rules.delete(key);
      this.#made.delete(key);
    }
    this.#found = nothingFound();
  }

  /** Takes the state of both families away; what was loaded stays. */
  restart(machine: string): void {
    for (const key of [keyOf(machine, 4), keyOf(machine, 6)]) this.#made.delete(key);
    this.#found = nothingFound();
  }

  /** The machine's netfilter, ready to be changed; undefined: no rule was ever loaded. */
  of(machine: string, family: Family): Netfilter | undefined {
    const found = this.#found[family];
    const known = found.get(machine);
    if (known !== undefined || found.has(machine)) return known;
    const key = keyOf(machine, family);
    const netfilter = this.#rules.has(key) ? this.#own(key) : undefined;
    found.set(machine, netfilter);
    return netfilter;
  }

  /** As `of`, with no rules where none was ever loaded. */
  always(machine: string, family: Family): Netfilter {
    const key = keyOf(machine, family);
    if (!this.#rules.has(key)) this.load(machine, composeRules(family, []));
    return this.#own(key);
  }

  /** For who only reads; undefined: no packet has come by yet. */
  seen(machine: string, family: Family): Netfilter | undefined {
    return this.#made.get(keyOf(machine, family));
  }

  /** Those of both families that a packet has come by, IPv4 first. */
  both(machine: string): readonly Netfilter[] {
    return families.flatMap((family) => this.seen(machine, family) ?? []);
  }

  /** Deletes the entries of conntrack that `matches` picks; how many. */
  deleteFlows(machine: string, matches: (entry: FlowEntry) => boolean, nowMs: number): number {
    const busy = families.filter((family) =>
      this.seen(machine, family)?.entries(nowMs).some(matches),
    );
    return busy.reduce(
      (sum, family) => sum + this.always(machine, family).deleteEntries(matches, nowMs),
      0,
    );
  }

  /** Whether any machine keeps a recent list. */
  remember(): boolean {
    return [...this.#made.values()].some((netfilter) => netfilter.remembers);
  }

  #own(key: string): Netfilter {
    let netfilter = this.#made.get(key);
    if (netfilter !== undefined && this.#owned.has(key)) return netfilter;
    const rules = this.#rules.get(key);
    if (rules === undefined) throw new Error(`no rules are loaded on ${key}`);
    netfilter = netfilter?.fork() ?? this.#create(rules, key.slice(0, key.lastIndexOf(' ')));
    this.#made.set(key, netfilter);
    this.#owned.add(key);
    return netfilter;
  }
}

const families = [4, 6] as const;

function keyOf(machine: string, family: Family): string {
  return `${machine} ${family}`;
}

function nothingFound(): Readonly<Record<Family, Map<string, Netfilter | undefined>>> {
  return { 4: new Map(), 6: new Map() };
}
