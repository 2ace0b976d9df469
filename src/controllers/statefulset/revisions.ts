// The current and the update revision of a StatefulSet as ControllerRevisions.
// Modelled after getStatefulSetRevisions of pkg/controller/statefulset/stateful_set_control.go.
import type { ControllerRevision, Pod, PodTemplateSpec, StatefulSet } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import {
  createRevision,
  equalRevision,
  listRevisions,
  newRevision,
  nextRevision,
  renumber,
  truncate,
} from '../revisions/history.ts';
import { type TemplatePatch, templatePatch } from '../revisions/template-patch.ts';
import { revisionOfPod } from './identity.ts';

/** The two revisions that a sync works with. */
export interface Revisions {
  readonly current: ControllerRevision;
  readonly update: ControllerRevision;
  readonly collisionCount: number;
}

/** Finds them, makes the one of the set's template, or gives an old one with that template the next number. */
export function revisionsOf(set: StatefulSet, context: ControllerContext): Revisions {
  const known = listRevisions(set, context);
  const wanted = newRevision(set, {
    labels: set.spec.template.metadata?.labels,
    annotations: set.metadata.annotations,
    data: templatePatch(set.spec.template, context.minor),
    revision: nextRevision(known),
    collisionCount: set.status?.collisionCount ?? 0,
  });
  const { update, collisionCount } = updateRevision(set, known, wanted, context);
  const current = known.find((one) => one.metadata.name === set.status?.currentRevision);
  return { current: current ?? update, update, collisionCount };
}

function updateRevision(
  set: StatefulSet,
  known: readonly ControllerRevision[],
  wanted: ControllerRevision,
  context: ControllerContext,
): { readonly update: ControllerRevision; readonly collisionCount: number } {
  const collisionCount = set.status?.collisionCount ?? 0;
  const equal = known.filter((one) => equalRevision(one, wanted)).at(-1);
  const last = known.at(-1);
  if (equal !== undefined && last !== undefined && equalRevision(last, equal)) {
    return { update: last, collisionCount };
  }
  if (equal !== undefined) {
    return { update: renumber(equal, wanted.revision, context), collisionCount };
  }
  const made = createRevision(wanted, set.metadata.name, collisionCount, context);
  return { update: made.revision, collisionCount: made.collisionCount };
}

/** The template that a revision holds (ApplyRevision); the set's own where it cannot be read. */
export function templateOf(set: StatefulSet, { data }: ControllerRevision): PodTemplateSpec {
  const { template } = (data as TemplatePatch | undefined)?.spec ?? {};
  if (template === undefined) return set.spec.template;
  const { $patch: _, metadata, ...rest } = template as Readonly<Record<string, unknown>>;
  const { creationTimestamp: _time, ...named } = (metadata ?? {}) as PodTemplateSpec['metadata'] & {
    creationTimestamp?: unknown;
  };
  return { ...rest, metadata: { ...named, name: '' } } as PodTemplateSpec;
}

/** Keeps revisionHistoryLimit revisions besides those in use. */
export function truncateHistory(
  set: StatefulSet,
  pods: readonly Pod[],
  { current, update }: Revisions,
  context: ControllerContext,
): void {
  const live = new Set([
    current.metadata.name,
    update.metadata.name,
    ...pods.map((pod) => revisionOfPod(pod)),
  ]);
  truncate(listRevisions(set, context), live, set.spec.revisionHistoryLimit ?? 10, context);
}
