// The cluster as it is before the user adds anything: nodes and CoreDNS, settled. It is a pure function of Cluster
// document, CoreDNS manifests and seed; without such manifests it is made once, and every cluster starts from a fork of it.
// Not a cache of anything else: with choices of the caller's own, or with such manifests, it is made anew.
import type { ClusterSpec } from '../api/cluster-spec.ts';
import type { Manifest } from '../api/manifest.ts';
import { isInstant } from '../api/timing.table.ts';
import { type Choices, seeded } from '../sim/choices.ts';
import { bounded, comparisonText, perKey } from '../sim/memo.ts';
import { assemble } from './assemble.ts';
import { dnsAmong } from './dns-objects.ts';
import type { State } from './state.ts';

/** How far ahead settling looks for things that are expected to happen, in virtual milliseconds. */
const settleBoundMs = 10 * 60 * 1000;

/** Settled bases that are kept; the one that was not asked for longest goes first. */
const basesMax = 64;

/** Lets everything that is under way happen. */
export function converge(state: State): void {
  state.absorb();
  state.parts.engine.settle(state, state.choices, settleBoundMs);
}

/** What a step ends with. Instant timing: everything that is under way has happened. With delays: what is due now has,
 * and the clock brings the rest. */
export function settle(state: State): void {
  if (isInstant(state.parts.spec.timing)) {
    converge(state);
    return;
  }
  state.absorb();
  state.parts.engine.run(state, state.choices, state.nowMs);
}

/** A settled cluster without user manifests, but for those of its own DNS. Throws InputError when the Corefile among them
 * is wrong. */
export function baseCluster(
  spec: ClusterSpec,
  seed: number,
  choices: Choices | undefined,
  manifests: readonly Manifest[],
): State {
  const dns = dnsAmong(manifests, spec);
  if (choices !== undefined) return settledBase(spec, seed, choices, dns);
  if (dns.length > 0) return settledBase(spec, seed, seeded(seed), dns);
  const base = keptBase(spec, seed);
  return base.fork(base.choices.fork());
}

function settledBase(
  spec: ClusterSpec,
  seed: number,
  choices: Choices,
  dns: readonly Manifest[],
): State {
  const state = assemble(spec, seed, choices, dns);
  converge(state);
  return state;
}

const kept = new Map<string, State>();

function keptBase(spec: ClusterSpec, seed: number): State {
  const key = `${seed} ${specText(spec)}`;
  return bounded(kept, basesMax, key, () => settledBase(spec, seed, seeded(seed), []));
}

/** Equal documents have equal texts. */
const specText = perKey((spec: ClusterSpec) => comparisonText(spec));
