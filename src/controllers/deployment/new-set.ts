// Finds or makes the ReplicaSet of a Deployment's current template, and numbers it.
// pkg/controller/deployment/sync.go getNewReplicaSet.
import { ApiError } from '../../api/error.ts';
import type { Deployment, ReplicaSet } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import { pinOf } from '../pins.ts';
import { controllerOf, controllerRef } from '../pods.ts';
import { copied, numbered, revisionKey, revisionOf, scaleNotes } from './annotations.ts';
import { findCondition, noteCondition, progressing } from './conditions.ts';
import { deadlineSeconds, isRolling, maxReplicas, wanted } from './limits.ts';
import {
  askedOf,
  currentReplicaSet,
  equalTemplate,
  hashLabel,
  oldReplicaSets,
} from './revisions.ts';
import { scalingText } from './scale.ts';
import { templateHash } from './template-hash.ts';

type Sets = readonly ReplicaSet[];

/** Longest name of an object. */
const nameMax = 253;
/** Minor since which a Deployment's name is cut so that its ReplicaSet's name fits. */
const cutsNamesSince = 34;

/** Thrown where the sync ends and is tried again later: the ReplicaSet's name is taken, or the API server refused it. */
export class CreateRefused extends Error {}

/** The existing ReplicaSet of the template, with its number and annotations up to date; undefined when there is none. */
export function syncRevision(
  found: Deployment,
  sets: Sets,
  context: ControllerContext,
): ReplicaSet | undefined {
  const existing = currentReplicaSet(found, sets);
  if (existing === undefined) return undefined;
  const revision = nextRevision(found, sets);
  const before = existing.metadata.annotations;
  const annotations = numbered(found, before, revision);
  const { minReadySeconds = 0 } = found.spec;
  if (annotations !== before || (existing.spec.minReadySeconds ?? 0) !== minReadySeconds) {
    return context.client.update({
      ...existing,
      metadata: { ...existing.metadata, ...(annotations === undefined ? {} : { annotations }) },
      spec: { ...existing.spec, minReadySeconds },
    });
  }
  setRevision(found, before?.[revisionKey] ?? '', context);
  if (
    deadlineSeconds(found) !== undefined &&
    findCondition(found.status, 'Progressing') === undefined
  ) {
    const text = `Found new replica set "${existing.metadata.name}"`;
    noteCondition(found, progressing('True', 'FoundNewReplicaSet', text), context);
  }
  return existing;
}

function nextRevision(found: Deployment, sets: Sets): number {
  return Math.max(0, ...oldReplicaSets(found, sets).map(revisionOf)) + 1;
}

function setRevision(found: Deployment, revision: string, { client }: ControllerContext): void {
  const current = client.get('Deployment', keyOf(found)) ?? found;
  if (current.metadata.annotations?.[revisionKey] === revision) return;
  const annotations = { ...current.metadata.annotations, [revisionKey]: revision };
  client.update({ ...current, metadata: { ...current.metadata, annotations } });
}

/** As `syncRevision`, but makes the ReplicaSet when there is none. A name that is taken counts as a collision, so that
 * the next sync tries another one. */
export function newReplicaSet(
  found: Deployment,
  sets: Sets,
  context: ControllerContext,
): ReplicaSet {
  const existing = syncRevision(found, sets, context);
  if (existing !== undefined) return existing;
  const revision = nextRevision(found, sets);
  const wantedSet = build(found, sets, revision, context);
  const { name } = wantedSet.metadata;
  const taken = context.client.get('ReplicaSet', keyOf(wantedSet));
  if (taken !== undefined) {
    const mine = controllerOf(taken)?.uid === found.metadata.uid;
    if (mine && equalTemplate(taken.spec.template, found.spec.template)) return taken;
    countCollision(found, context);
    throw new CreateRefused(`replicasets.apps "${name}" already exists`);
  }
  const made = create(found, wantedSet, context);
  const count = made.spec.replicas ?? 0;
  if (count > 0) {
    const text = scalingText(name, 0, count, context.minor, true);
    context.client.event(found, 'Normal', 'ScalingReplicaSet', text);
  }
  setRevision(found, String(revision), context);
  if (deadlineSeconds(found) !== undefined) {
    const text = `Created new replica set "${name}"`;
    noteCondition(found, progressing('True', 'NewReplicaSetCreated', text), context);
  }
  return made;
}

function countCollision(found: Deployment, { client }: ControllerContext): void {
  const current = client.get('Deployment', keyOf(found)) ?? found;
  const collisionCount = (current.status?.collisionCount ?? 0) + 1;
  client.updateStatus({ ...current, status: { ...current.status, collisionCount } });
}

/** What the API server refuses goes into condition and event, unless the namespace is being deleted. */
function create(found: Deployment, set: ReplicaSet, context: ControllerContext): ReplicaSet {
  const { client } = context;
  try {
    return client.create(set);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const place = client.get('Namespace', found.metadata.namespace ?? '');
    if (place?.metadata.deletionTimestamp === undefined) {
      const text = `Failed to create new replica set "${set.metadata.name}": ${error.message}`;
      if (deadlineSeconds(found) !== undefined) {
        noteCondition(found, progressing('False', 'ReplicaSetCreateError', text), context);
      }
      client.event(found, 'Warning', 'ReplicaSetCreateError', text);
    }
    throw new CreateRefused(error.message);
  }
}

function pickHash(found: Deployment, sets: Sets, { spec, minor }: ControllerContext): string {
  const { namespace, name } = found.metadata;
  const pinned = pinOf(spec, `Deployment/${namespace}/${name}`)?.hash ?? undefined;
  const used = sets.some((set) => set.metadata.name === `${name}-${pinned}`);
  if (pinned !== undefined && !used) return pinned;
  return templateHash(found.spec.template, minor, found.status?.collisionCount);
}

function build(
  found: Deployment,
  sets: Sets,
  revision: number,
  context: ControllerContext,
): ReplicaSet {
  const hash = pickHash(found, sets, context);
  const { template, selector, minReadySeconds } = found.spec;
  const labels = { ...template.metadata?.labels, [hashLabel]: hash };
  const prefix = found.metadata.name;
  const cut = context.minor >= cutsNamesSince ? prefix.slice(0, nameMax - 1 - hash.length) : prefix;
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${cut}-${hash}`,
      namespace: found.metadata.namespace ?? 'default',
      labels,
      annotations: {
        ...copied(found.metadata.annotations),
        ...scaleNotes(found),
        [revisionKey]: String(revision),
      },
      ownerReferences: [controllerRef(found)],
    },
    spec: {
      replicas: replicasForNew(found, sets),
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: {
        ...selector,
        matchLabels: { ...selector.matchLabels, [hashLabel]: hash },
      },
      template: { ...template, metadata: { ...template.metadata, name: '', labels } },
    },
  };
}

/** NewRSNewReplicas for a ReplicaSet that does not exist yet. */
function replicasForNew(found: Deployment, sets: Sets): number {
  const want = wanted(found);
  if (!isRolling(found)) return want;
  const room = maxReplicas(found) - askedOf(...sets);
  return Math.min(want, Math.max(0, room));
}
