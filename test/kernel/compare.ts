// Holds one cluster's simulated connections against real ones. Four parts: every possible end of a flow (exactly those
// are seen), pairs of connections where the first decides the second (session affinity), shares of one flow, and all
// flows one after another from fixed source ports on one state. In the last part the simulated cluster follows the
// branch that the kernel took, so that what it remembers is what the kernel remembers. Every port is ours: the same case makes the same connections.
import type { Cluster } from '../../src/cluster/cluster.ts';
import { type End, outcomeOfEnd } from '../../src/harness/kernel/ends.ts';
import type { LabDial } from '../../src/harness/kernel/flights.ts';
import type { Lab } from '../../src/harness/kernel/lab.ts';
import type { RuleText } from '../../src/harness/kernel/rules.ts';
import { addr, formatAddr, formatEndpoint } from '../../src/net/addr.ts';
import { enumerate } from '../../src/sim/choices.ts';
import { shareBounds } from '../binomial.ts';
import type { CaseFlow } from './case.ts';
import type { Fault } from './faults.ts';
import { connect, type Ends, endedAs, type Prepared, protoOf, type Studied } from './study.ts';

export interface Disagreement {
  readonly flow: CaseFlow;
  /** "a set of ends", "a pair" ... */
  readonly about: string;
  readonly ours: string;
  readonly kernel: string;
}

export interface CompareOptions {
  readonly rulesOf: (cluster: Cluster, node: string) => readonly RuleText[];
  /** One false alarm in so many comparisons. */
  readonly onceIn: number;
  /** What is wrong on purpose: what is expected may never come, so it is not waited for as long. */
  readonly fault: Fault | null;
}

/** Long enough for a SYN that is sent again after a second. */
const patientMs = 3000;
const spoiledMs = 800;
/** For flows that may end in silence. All else comes at once, but for a neighbour that is found missing after 60 ms; the
 * lab gives no flow up that something is still under way for. */
const silentMs = 120;
/** How often the flow is made whose shares are judged. */
const shareTrials = 1500;
const trialsMax = 400;
const pairTrialsMax = 50;
/** Of those that wait for nothing every now and then. */
const slowPairTrialsMax = 12;
/** How often a flow is made that can only end in one way. */
const certainTrials = 4;

export function endedReally(end: End, flow: CaseFlow): string {
  if (end.kind !== 'answered') return outcomeOfEnd(end, flow.protocol === 'UDP');
  const { backend, destination, source, replyFrom } = end;
  const from = formatEndpoint(replyFrom.addr, replyFrom.port);
  if (from !== flow.to) return `timeout`;
  const at = formatEndpoint(destination.addr, destination.port);
  return `answered by ${backend} at ${at} which sees ${formatAddr(source.addr)}, from ${from}`;
}

/** Clients' ports, below those that the kernel or the simulation chooses and above all that anybody listens on. */
const firstPort = 11_000;
const lastPort = 29_999;

/** So many that missing an end that has its share is as rare as a false alarm may be. */
function trialsFor(ends: Ends, onceIn: number): number {
  if (ends.size === 1) return certainTrials;
  const least = Math.min(...ends.values());
  return Math.min(trialsMax, Math.ceil(-Math.log(onceIn) / Math.log1p(-least)));
}

export class Comparison {
  readonly #lab: Lab;
  readonly #prepared: Prepared;
  readonly #options: CompareOptions;
  readonly #longestMs: number;
  /** Network -> the port its next client takes. */
  readonly #ports = new Map<string, number>();
  readonly found: Disagreement[] = [];
  /** Real connections made. */
  connections = 0;

  constructor(lab: Lab, prepared: Prepared, options: CompareOptions) {
    this.#lab = lab;
    this.#prepared = prepared;
    this.#options = options;
    const { fault, rulesOf } = options;
    this.#longestMs = fault === null ? patientMs : spoiledMs;
    const { cluster } = prepared;
    const names = cluster.nodeNames;
    const blueprint = cluster.blueprint();
    lab.bring(fault?.wires?.(blueprint) ?? blueprint, (node) =>
      names.includes(node) ? rulesOf(cluster, node) : [],
    );
    for (const node of names) fault?.ports?.(lab, `node/${node}`);
  }

  run(): readonly Disagreement[] {
    const { studied } = this.#prepared;
    const parts = [
      () => this.#sets(studied.filter(({ pairs }) => pairs === null)),
      () => {
        for (const one of studied) if (one.pairs !== null) this.#pairs(one, one.pairs);
      },
      () => this.#shares(studied),
      () => this.#sequence(),
    ];
    for (const part of parts) {
      part();
      if (this.found.length > 0) break;
    }
    return this.found;
  }

  #dialOf(flow: CaseFlow, ends: Ends, port: number): LabDial {
    const at = flow.to.lastIndexOf(':');
    return {
      from: flow.from,
      proto: protoOf(flow),
      to: addr(flow.to.slice(0, at).replace(/^\[|\]$/g, '')),
      port: Number(flow.to.slice(at + 1)),
      sourcePort: port,
      deadlineMs: ends.has('timeout') ? silentMs : this.#longestMs,
    };
  }

  /** The flow so many times, each from the next port of its client's network. */
  #dialsOf(flow: CaseFlow, ends: Ends, count: number): readonly LabDial[] {
    const network = this.#lab.networkOf(flow.from);
    return Array.from({ length: count }, () => {
      const port = this.#ports.get(network) ?? firstPort;
      this.#ports.set(network, port === lastPort ? firstPort : port + 1);
      return this.#dialOf(flow, ends, port);
    });
  }

  #dial(dials: readonly LabDial[]): readonly End[] {
    this.connections += dials.length;
    return this.#lab.dial(dials);
  }

  #sets(studied: readonly Studied[]): void {
    this.#lab.forget();
    const planned = studied.flatMap(({ flow, ends }, i) => {
      const count = trialsFor(ends, this.#options.onceIn);
      return this.#dialsOf(flow, ends, count).map((dial) => ({ i, dial }));
    });
    const real = this.#dial(planned.map(({ dial }) => dial));
    const seen = studied.map(() => new Set<string>());
    planned.forEach(({ i }, n) => {
      const flow = studied[i]?.flow;
      const end = real[n];
      if (flow !== undefined && end !== undefined) seen[i]?.add(endedReally(end, flow));
    });
    studied.forEach(({ flow, ends }, i) => {
      const trials = trialsFor(ends, this.#options.onceIn);
      this.#compare(flow, 'what can become of it', ends, seen[i] ?? new Set(), trials);
    });
  }

  #pairs({ flow, ends }: Studied, pairs: Ends): void {
    const seen = new Set<string>();
    const most = ends.has('timeout') ? slowPairTrialsMax : pairTrialsMax;
    const trials = Math.min(most, trialsFor(pairs, this.#options.onceIn));
    for (let n = 0; n < trials; n++) {
      this.#lab.forget();
      const two = this.#dialsOf(flow, ends, 2).flatMap((one) => this.#dial([one]));
      seen.add(two.map((end) => endedReally(end, flow)).join(' | '));
    }
    this.#compare(flow, 'two in a row', pairs, seen, trials);
  }

  /** Nothing else is seen than what is possible, and nothing is missing that should have been seen by now. */
  #compare(
    flow: CaseFlow,
    about: string,
    ours: Ends,
    seen: ReadonlySet<string>,
    trials: number,
  ): void {
    const rare = (share: number) => (1 - share) ** trials * this.#options.onceIn > 1;
    const known = [...seen].every((end) => ours.has(end));
    if (known && [...ours].every(([end, share]) => seen.has(end) || rare(share))) return;
    const text = (ends: Iterable<string>): string => [...ends].sort().join('\n');
    this.found.push({ flow, about, ours: text(ours.keys()), kernel: text(seen) });
  }

  /** The flow with the most ends whose shares are not all alike as pairs. */
  #shares(studied: readonly Studied[]): void {
    const free = studied.filter(({ ends, pairs }) => pairs === null && ends.size > 1);
    const [most] = free.sort((a, b) => b.ends.size - a.ends.size);
    if (most === undefined || most.ends.has('timeout')) return;
    const { flow, ends } = most;
    const counts = new Map<string, number>();
    for (const end of this.#dial(this.#dialsOf(flow, ends, shareTrials))) {
      const key = endedReally(end, flow);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (const [end, share] of ends) {
      const [low, high] = shareBounds(shareTrials, share, this.#options.onceIn);
      const count = counts.get(end) ?? 0;
      if (count >= low && count <= high) continue;
      const about = `the share that is ${end}`;
      const ours = `${(share * shareTrials).toFixed(1)} of ${shareTrials}, ${low} to ${high}`;
      this.found.push({ flow, about, ours, kernel: `${count} of ${shareTrials}` });
    }
  }

  /** Flows of which nothing should be heard are waited for at the end: they change little for the others. */
  #sequence(): void {
    this.#lab.forget();
    const { made } = this.#prepared;
    let { cluster } = this.#prepared;
    const waiting: { readonly flow: CaseFlow; readonly port: string; readonly id: number }[] = [];
    for (const flow of made.flows) {
      const branches = enumerate((choices) => {
        const fork = cluster.fork(choices);
        const attempt = connect(fork, flow, flow.sourcePort);
        return { end: endedAs(attempt), fork, port: attempt.dial?.client.port ?? null };
      });
      const ends = new Map(branches.map(({ value, probability }) => [value.end, probability]));
      const dial = this.#dialOf(flow, ends, branches[0]?.value.port ?? 0);
      const port = `${this.#lab.networkOf(flow.from)} ${dial.proto} ${dial.sourcePort}`;
      for (const one of waiting) if (one.port === port) this.#lab.hold(one.id);
      this.connections++;
      const id = this.#lab.start(dial);
      const silent = ends.size === 1 && ends.has('timeout');
      if (silent) waiting.push({ flow, port, id });
      const end = silent ? 'timeout' : endedReally(this.#lab.end(id), flow);
      const taken = branches.find(({ value }) => value.end === end);
      if (taken === undefined) {
        this.#compare(flow, 'in its turn', ends, new Set([end]), 1);
        break;
      }
      cluster = taken.value.fork;
    }
    for (const { flow, id } of waiting) {
      const end = endedReally(this.#lab.end(id), flow);
      if (end !== 'timeout') this.#compare(flow, 'in its turn', timeoutOnly, new Set([end]), 1);
    }
  }
}

const timeoutOnly: Ends = new Map([['timeout', 1]]);
