// The comparison over many random clusters: one per seed, from `seed` up, each of its own, so that any of them is run
// again by its number alone. What disagrees is made smaller (fewer flows, Services, endpoints, ports) as long as it
// still disagrees.
import fc from 'fast-check';
import { InputError } from '../../src/api/input-error.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { Lab } from '../../src/harness/kernel/lab.ts';
import type { RuleText } from '../../src/harness/kernel/rules.ts';
import type { Case } from './case.ts';
import { Comparison, type Disagreement } from './compare.ts';
import { anyCase, type CaseLimits } from './draw.ts';
import type { Fault } from './faults.ts';
import { type KernelMode, missingSctp, modes } from './modes.ts';
import { Prepared } from './study.ts';

export interface DifferentialOptions {
  readonly mode: KernelMode;
  readonly clusters: number;
  readonly seed: number;
  readonly flows: number;
  readonly fault: Fault | null;
}

export interface Differential {
  readonly clusters: number;
  readonly flows: number;
  readonly connections: number;
  /** The first cluster that disagreed, made small. */
  readonly failure: {
    readonly seed: number;
    readonly made: Case;
    readonly found: readonly Disagreement[];
  } | null;
}

/** One false alarm in this many whole runs, shared among all comparisons of a run. */
const runsPerFalseAlarm = 1e9;
/** A cluster's comparisons: each flow has at most a handful of ends. */
const comparisonsPerFlow = 10;

export function caseOf(mode: KernelMode, seed: number, flows: number): Case {
  return caseOfProxy(modes[mode].proxyMode, seed, flows);
}

/** The case of a seed with kube-proxy in this mode, whether the kernel has what it needs or not. */
export function caseOfProxy(mode: CaseLimits['mode'], seed: number, flows: number): Case {
  const [made] = fc.sample(anyCase({ flows, mode, sctp: missingSctp() === null }), {
    seed,
    numRuns: 1,
  });
  if (made === undefined) throw new Error('no case was drawn');
  return made;
}

const prepared = new Map<string, Prepared>();

/** Made ready once for all modes and faults of this process. */
function preparedOf(mode: KernelMode, seed: number, flows: number): Prepared {
  const key = `${modes[mode].proxyMode} ${seed} ${flows}`;
  const one = prepared.get(key) ?? new Prepared(caseOf(mode, seed, flows));
  prepared.set(key, one);
  return one;
}

/** `lab`: one that is there already, and stays. */
export function runDifferential(options: DifferentialOptions, lab?: Lab): Differential {
  const own = lab ?? new Lab();
  try {
    return compareAll(options, own);
  } finally {
    if (lab === undefined) own.close();
  }
}

function compareAll(options: DifferentialOptions, lab: Lab): Differential {
  const { mode, clusters, seed, flows, fault } = options;
  const onceIn = runsPerFalseAlarm * clusters * flows * comparisonsPerFlow;
  const rulesOf = (cluster: Cluster, node: string) => spoiled(cluster, node, mode, fault);
  const compare = (one: Prepared): Comparison =>
    new Comparison(lab, one, { rulesOf, onceIn, fault });
  let connections = 0;
  let made = 0;
  for (let n = 0; n < clusters; n++) {
    const one = preparedOf(mode, seed + n, flows);
    if (fault !== null && !alters(fault, mode, one)) continue;
    const comparison = compare(one);
    const found = comparison.run();
    connections += comparison.connections;
    made += one.made.flows.length;
    if (found.length === 0) continue;
    const again = (next: Case) => whereStanding(() => compare(new Prepared(next)).run());
    const small = fault === null ? shrink(one.made, found, again) : { made: one.made, found };
    return { clusters: n + 1, flows: made, connections, failure: { seed: seed + n, ...small } };
  }
  return { clusters, flows: made, connections, failure: null };
}

/** A fault that changes nothing of a cluster cannot be seen there. */
function alters(fault: Fault, mode: KernelMode, { made, cluster }: Prepared): boolean {
  if (fault.ports !== undefined) return fault.concerns?.(made) ?? true;
  if (fault.wires !== undefined) {
    const blueprint = cluster.blueprint();
    return fault.wires(blueprint) !== blueprint;
  }
  return cluster.nodeNames.some((node) =>
    modes[mode].rulesOf(cluster, node).some(({ text }) => fault.rules?.(text) !== text),
  );
}

function spoiled(
  cluster: Cluster,
  node: string,
  mode: KernelMode,
  fault: Fault | null,
): readonly RuleText[] {
  const texts = modes[mode].rulesOf(cluster, node);
  const spoil = fault?.rules;
  return spoil === undefined ? texts : texts.map((one) => ({ ...one, text: spoil(one.text) }));
}

interface Small {
  readonly made: Case;
  readonly found: readonly Disagreement[];
}

const triesMax = 60;

/** A smaller cluster may lack the Pod that a flow comes from: then it shows nothing. */
function whereStanding(run: () => readonly Disagreement[]): readonly Disagreement[] {
  try {
    return run();
  } catch (error) {
    if (error instanceof InputError && error.code === 'unknown-object') return [];
    throw error;
  }
}

/** Greedy: takes the first smaller case that still disagrees, as long as there is one. */
function shrink(
  made: Case,
  found: readonly Disagreement[],
  run: (made: Case) => readonly Disagreement[],
): Small {
  let best: Small = { made, found };
  for (let tries = 0; tries < triesMax; ) {
    let better: Small | undefined;
    for (const next of smaller(best)) {
      if (++tries > triesMax) break;
      const again = run(next);
      if (again.length === 0) continue;
      better = { made: next, found: again };
      break;
    }
    if (better === undefined) return best;
    best = better;
  }
  return best;
}

function* smaller({ made, found }: Small): Generator<Case> {
  const flow = found[0]?.flow;
  if (flow !== undefined && made.flows.length > 1) {
    const turn = made.flows.indexOf(flow);
    yield { ...made, flows: [flow] };
    for (let n = 1; n < turn; n *= 2)
      yield { ...made, flows: made.flows.slice(turn - n, turn + 1) };
    for (let i = 0; i < made.flows.length; i++) yield { ...made, flows: without(made.flows, i) };
  }
  for (let i = 0; i < made.services.length && made.services.length > 1; i++) {
    if (uses(made, made.services[i]?.id ?? -1)) continue;
    yield { ...made, services: without(made.services, i) };
  }
  for (let i = 0; i < made.policies.length; i++) {
    yield { ...made, policies: without(made.policies, i) };
  }
  for (let i = 0; i < made.hostPods.length; i++) {
    yield { ...made, hostPods: without(made.hostPods, i) };
  }
  if (made.profile !== 'bridge') yield { ...made, profile: 'bridge' };
  if (Object.keys(made.proxy).length > 1) yield { ...made, proxy: { mode: made.proxy['mode'] } };
  for (const [i, service] of made.services.entries()) {
    const simpler = [
      ...(service.ports.length > 1 ? [{ ports: service.ports.slice(0, 1) }] : []),
      ...(service.affinity === null ? [] : [{ affinity: null }]),
      ...(service.preferClose ? [{ preferClose: false }] : []),
      ...(service.publishNotReady ? [{ publishNotReady: false }] : []),
      ...(service.sourceRanges === null ? [] : [{ sourceRanges: null }]),
      ...(service.externalIP ? [{ externalIP: false }] : []),
      ...(service.endpoints ?? []).map((_, e) => ({
        endpoints: (service.endpoints ?? []).slice(0, e),
      })),
    ];
    for (const change of simpler) {
      yield { ...made, services: made.services.with(i, { ...service, ...change }) };
    }
  }
}

/** Whether a flow begins at one of the Service's Pods. */
function uses(made: Case, id: number): boolean {
  return made.flows.some(({ from }) => from.startsWith(`pod/demo/s${id}-`));
}

function without<T>(list: readonly T[], i: number): readonly T[] {
  return list.filter((_, n) => n !== i);
}
