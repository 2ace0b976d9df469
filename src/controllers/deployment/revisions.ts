// The ReplicaSets of a Deployment: which are its own, which is new, which are old, and how many old ones are kept.
// pkg/controller/deployment/sync.go and util/deployment_util.go. ReplicaSets of one age are ordered as they were made,
// where upstream, whose times have whole seconds, takes their names.

import { selects } from '../../api/selects.ts';
import type { Deployment, PodTemplateSpec, ReplicaSet } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import { byCodeUnit } from '../../sim/table.ts';
import { claim } from '../claim.ts';
import type { ControllerContext } from '../controller.ts';
import { same } from '../equal.ts';
import { revisionOf } from './annotations.ts';
import { historyLimit } from './limits.ts';

export const hashLabel = 'pod-template-hash';

type Sets = readonly ReplicaSet[];

/** All ReplicaSets that the Deployment controls, oldest first; matching orphans are adopted, others released. */
export function claimReplicaSets(found: Deployment, context: ControllerContext): Sets {
  const orphans = context.index.orphans('ReplicaSet', found.metadata.namespace ?? '');
  const match = (set: ReplicaSet) => selects(found.spec.selector, set.metadata.labels);
  return byAge(claim(found, 'ReplicaSet', { match }, orphans, context), context);
}

function byAge(sets: Sets, { index }: ControllerContext): Sets {
  if (sets.length < 2) return sets;
  return [...sets].sort(
    (a, b) =>
      index.sequenceOf('ReplicaSet', keyOf(a)) - index.sequenceOf('ReplicaSet', keyOf(b)) ||
      byCodeUnit(keyOf(a), keyOf(b)),
  );
}

/** The sets as they are stored now, without those that are gone. */
export function refreshed(sets: Sets, { client }: ControllerContext): Sets {
  return sets.flatMap((set) => client.get('ReplicaSet', keyOf(set)) ?? []);
}

/** The oldest ReplicaSet whose template equals the Deployment's, the hash label aside. */
export function currentReplicaSet(found: Deployment, sets: Sets): ReplicaSet | undefined {
  return sets.find((set) => equalTemplate(set.spec.template, found.spec.template));
}

export function oldReplicaSets(found: Deployment, sets: Sets): Sets {
  const current = currentReplicaSet(found, sets);
  return sets.filter((set) => set.metadata.uid !== current?.metadata.uid);
}

/** EqualIgnoreHash. */
export function equalTemplate(a: PodTemplateSpec | undefined, b: PodTemplateSpec): boolean {
  return same(withoutHash(a), withoutHash(b));
}

function withoutHash(template: PodTemplateSpec | undefined): unknown {
  const { [hashLabel]: _, ...labels } = template?.metadata?.labels ?? {};
  const { name: _name, creationTimestamp: _time, ...metadata } = template?.metadata ?? { name: '' };
  return { metadata: { ...metadata, labels }, spec: template?.spec };
}

/** spec.replicas of some sets together. */
export function askedOf(...sets: Sets): number {
  return sets.reduce((total, set) => total + (set.spec.replicas ?? 0), 0);
}

/** status.availableReplicas of some sets together. */
export function availableOf(...sets: Sets): number {
  return sets.reduce((total, set) => total + (set.status?.availableReplicas ?? 0), 0);
}

/** Deletes old ReplicaSets without pods beyond revisionHistoryLimit, lowest revision first; one that still has pods
 * counts, but stays (cleanupDeployment). */
export function cleanUp(found: Deployment, old: Sets, context: ControllerContext): void {
  const limit = historyLimit(found);
  if (limit === undefined) return;
  const idle = refreshed(old, context).filter(
    (set) => set.metadata.deletionTimestamp === undefined,
  );
  const surplus = idle.length - limit;
  if (surplus <= 0) return;
  const byRevision = [...idle].sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, surplus);
  for (const set of byRevision) {
    const seen = (set.metadata.generation ?? 0) <= (set.status?.observedGeneration ?? 0);
    const busy = (set.status?.replicas ?? 0) !== 0 || askedOf(set) !== 0;
    if (seen && !busy) context.client.delete('ReplicaSet', keyOf(set));
  }
}
