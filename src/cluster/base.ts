// The cluster as it is before the user adds anything: nodes and CoreDNS, settled. It is a pure function of Cluster
// document, Corefile and seed, so it is made once and every cluster starts from a fork of it. Not a cache of anything
// else: with choices of the caller's own, or a Corefile among the manifests, it is made anew.
import type { ClusterSpec } from '../api/cluster-spec.ts';
import { ApiError } from '../api/error.ts';
import type { Manifest } from '../api/manifest.ts';
import { isInstant } from '../api/timing.table.ts';
import { type Choices, seeded } from '../sim/choices.ts';
import { bounded, comparisonText, perKey } from '../sim/memo.ts';
import { assemble, corefileAmong } from './assemble.ts';
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

/** A settled cluster without user manifests. Throws InputError when the Corefile among them is wrong. */
export function baseCluster(
  spec: ClusterSpec,
  seed: number,
  choices: Choices | undefined,
  manifests: readonly Manifest[],
): State {
  if (choices !== undefined) return settledBase(spec, seed, choices, manifests);
  if (corefileAmong(manifests) !== undefined) {
    return settledBase(spec, seed, seeded(seed), manifests);
  }
  const base = keptBase(spec, seed);
  return base.fork(base.choices.fork());
}

function settledBase(
  spec: ClusterSpec,
  seed: number,
  choices: Choices,
  manifests: readonly Manifest[],
): State {
  const state = assemble(spec, seed, choices, manifests);
  const corefile = corefileAmong(manifests);
  if (corefile !== undefined) applyEarly(state, corefile);
  converge(state);
  return state;
}

/** So that what is wrong in the Corefile is reported where it was written; a refusal comes with the whole batch. */
function applyEarly(state: State, manifest: Manifest): void {
  try {
    state.parts.api.applyManifest(manifest);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
  state.parts.api.warnings();
}

const kept = new Map<string, State>();

function keptBase(spec: ClusterSpec, seed: number): State {
  const key = `${seed} ${specText(spec)}`;
  return bounded(kept, basesMax, key, () => settledBase(spec, seed, seeded(seed), []));
}

/** Equal documents have equal texts. */
const specText = perKey((spec: ClusterSpec) => comparisonText(spec));
