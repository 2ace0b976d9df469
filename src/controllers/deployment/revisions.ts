// The ReplicaSets of a Deployment: which is new, which are old, their revision numbers and annotations.
// pkg/controller/deployment/sync.go and util/deployment_util.go.
import type { Deployment, PodTemplateSpec, ReplicaSet } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import { byCodeUnit } from '../../sim/table.ts';
import type { ControllerContext } from '../controller.ts';
import { same } from '../equal.ts';
import { pinOf } from '../pins.ts';
import { controllerOf, controllerRef, released } from '../pods.ts';
import { selects } from '../selector.ts';
import { maxReplicas, rollingLimits } from './limits.ts';
import { templateHash } from './template-hash.ts';

export const hashLabel = 'pod-template-hash';
const revisionKey = 'deployment.kubernetes.io/revision';
const desiredKey = 'deployment.kubernetes.io/desired-replicas';
const maxKey = 'deployment.kubernetes.io/max-replicas';
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** All ReplicaSets that the Deployment controls, oldest first. */
export function ownReplicaSets(
  found: Deployment,
  { client, index }: ControllerContext,
): readonly ReplicaSet[] {
  const sets = index
    .ownedBy('ReplicaSet', found.metadata.uid ?? '')
    .flatMap((key) => client.get('ReplicaSet', key) ?? []);
  return sets.sort(
    (a, b) =>
      index.sequenceOf('ReplicaSet', keyOf(a)) - index.sequenceOf('ReplicaSet', keyOf(b)) ||
      byCodeUnit(keyOf(a), keyOf(b)),
  );
}

/** Releases ReplicaSets that the selector matches no more; a Deployment without one of its template takes over those
 * that nobody controls (controller_ref_manager.go, ClaimReplicaSets, which looks for orphans in every sync). */
export function claimReplicaSets(found: Deployment, context: ControllerContext): void {
  const { client } = context;
  const own = ownReplicaSets(found, context);
  for (const set of own) {
    if (selects(found.spec.selector, set.metadata.labels)) continue;
    client.update({ ...set, metadata: released(set.metadata, found) });
  }
  if (currentReplicaSet(found, own) !== undefined) return;
  for (const set of client.list('ReplicaSet', found.metadata.namespace)) {
    if (controllerOf(set) !== undefined || set.metadata.deletionTimestamp !== undefined) continue;
    if (!selects(found.spec.selector, set.metadata.labels)) continue;
    const ownerReferences = [...(set.metadata.ownerReferences ?? []), controllerRef(found)];
    client.update({ ...set, metadata: { ...set.metadata, ownerReferences } });
  }
}

/** The oldest ReplicaSet whose template equals the Deployment's, the hash label aside. */
export function currentReplicaSet(
  found: Deployment,
  sets: readonly ReplicaSet[],
): ReplicaSet | undefined {
  return sets.find((set) => same(withoutHash(set.spec.template), withoutHash(found.spec.template)));
}

export function oldReplicaSets(
  found: Deployment,
  sets: readonly ReplicaSet[],
): readonly ReplicaSet[] {
  const current = currentReplicaSet(found, sets);
  return sets.filter((set) => set.metadata.uid !== current?.metadata.uid);
}

function withoutHash(template: PodTemplateSpec | undefined): unknown {
  const { [hashLabel]: _, ...labels } = template?.metadata?.labels ?? {};
  const { name: _name, creationTimestamp: _time, ...metadata } = template?.metadata ?? { name: '' };
  return { metadata: { ...metadata, labels }, spec: template?.spec };
}

/** Finds or makes the ReplicaSet of the current template and numbers it; undefined after a name collision. */
export function newReplicaSet(
  found: Deployment,
  sets: readonly ReplicaSet[],
  context: ControllerContext,
): ReplicaSet | undefined {
  const { client } = context;
  const existing = currentReplicaSet(found, sets);
  const old = sets.filter((set) => set !== existing);
  const revision = String(Math.max(0, ...old.map(revisionOf)) + 1);
  if (existing !== undefined) return renumber(found, existing, revision, context);
  const hash = pickHash(found, sets, context);
  const name = `${found.metadata.name}-${hash}`;
  const key = `${found.metadata.namespace}/${name}`;
  if (client.get('ReplicaSet', key) !== undefined) {
    const collisionCount = (found.status?.collisionCount ?? 0) + 1;
    client.updateStatus({ ...found, status: { ...found.status, collisionCount } });
    context.again(keyOf(found), 0);
    return undefined;
  }
  const made = client.create(build(found, name, hash, replicasForNew(found, sets), revision));
  const count = made.spec.replicas ?? 0;
  if (count > 0) {
    const text = `Scaled up replica set ${name} from 0 to ${count}`;
    client.event(found, 'Normal', 'ScalingReplicaSet', text);
  }
  setRevision(found, revision, context);
  return made;
}

function pickHash(
  found: Deployment,
  sets: readonly ReplicaSet[],
  { spec, minor }: ControllerContext,
): string {
  const { namespace, name } = found.metadata;
  const pinned = pinOf(spec, `Deployment/${namespace}/${name}`)?.hash ?? undefined;
  const used = sets.some((set) => set.metadata.name === `${name}-${pinned}`);
  if (pinned !== undefined && !used) return pinned;
  return templateHash(found.spec.template, minor, found.status?.collisionCount);
}

function build(
  found: Deployment,
  name: string,
  hash: string,
  replicas: number,
  revision: string,
): ReplicaSet {
  const { template, selector, minReadySeconds } = found.spec;
  const labels = { ...template.metadata?.labels, [hashLabel]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: found.metadata.namespace ?? 'default',
      labels,
      annotations: { ...copied(found), ...scaleNotes(found), [revisionKey]: revision },
      ownerReferences: [controllerRef(found)],
    },
    spec: {
      replicas,
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, name: '', labels } },
    },
  };
}

/** The Deployment's annotations that its ReplicaSets carry too. */
function copied(found: Deployment): Readonly<Record<string, string>> {
  const { [lastApplied]: _, [revisionKey]: _r, ...rest } = found.metadata.annotations ?? {};
  return rest;
}

function scaleNotes(found: Deployment): Readonly<Record<string, string>> {
  const replicas = found.spec.replicas ?? 1;
  return { [desiredKey]: String(replicas), [maxKey]: String(maxReplicas(found)) };
}

/** `set` with the Deployment's desired and max replicas noted on it and `replicas` asked for. */
export function scaled(found: Deployment, set: ReplicaSet, replicas: number): ReplicaSet {
  const annotations = { ...set.metadata.annotations, ...scaleNotes(found) };
  return {
    ...set,
    metadata: { ...set.metadata, annotations },
    spec: { ...set.spec, replicas },
  };
}

export function desiredOf(set: ReplicaSet): number | undefined {
  const text = set.metadata.annotations?.[desiredKey];
  return text === undefined ? undefined : Number(text);
}

export function revisionOf(set: ReplicaSet): number {
  return Number(set.metadata.annotations?.[revisionKey] ?? 0);
}

function renumber(
  found: Deployment,
  set: ReplicaSet,
  revision: string,
  context: ControllerContext,
): ReplicaSet {
  const number = String(Math.max(Number(revision), revisionOf(set)));
  const annotations = { ...set.metadata.annotations, ...copied(found), [revisionKey]: number };
  const wanted = { ...set, metadata: { ...set.metadata, annotations } };
  setRevision(found, number, context);
  return same(wanted, set) ? set : context.client.update(wanted);
}

function setRevision(found: Deployment, revision: string, { client }: ControllerContext): void {
  const current = client.get('Deployment', keyOf(found)) ?? found;
  if (current.metadata.annotations?.[revisionKey] === revision) return;
  const annotations = { ...current.metadata.annotations, [revisionKey]: revision };
  client.update({ ...current, metadata: { ...current.metadata, annotations } });
}

/** NewRSNewReplicas for a ReplicaSet that does not exist yet. */
function replicasForNew(found: Deployment, sets: readonly ReplicaSet[]): number {
  const want = found.spec.replicas ?? 1;
  if (found.spec.strategy?.type === 'Recreate') return want;
  const total = sets.reduce((sum, set) => sum + (set.spec.replicas ?? 0), 0);
  const room = want + rollingLimits(found).surge - total;
  return Math.min(want, Math.max(0, room));
}

/** Deletes old ReplicaSets without pods beyond revisionHistoryLimit, lowest revision first. */
export function cleanUp(
  found: Deployment,
  old: readonly ReplicaSet[],
  { client }: ControllerContext,
): void {
  const limit = found.spec.revisionHistoryLimit ?? 10;
  const idle = old.filter((set) => set.metadata.deletionTimestamp === undefined);
  const surplus = idle.length - limit;
  if (surplus <= 0) return;
  const byRevision = [...idle].sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, surplus);
  for (const set of byRevision) {
    const busy = (set.status?.replicas ?? 0) !== 0 || (set.spec.replicas ?? 0) !== 0;
    if (!busy) client.delete('ReplicaSet', keyOf(set));
  }
}
