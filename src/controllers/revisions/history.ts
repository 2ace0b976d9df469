// The history of a StatefulSet or DaemonSet as ControllerRevision objects: list, adopt, create, renumber, truncate.
// Which revision a Pod is of, and which are in use, is the workload's business.
// Models pkg/controller/history/controller_history.go.

import { selects } from '../../api/selects.ts';
import type { ControllerRevision, LabelSelector, ObjectMeta } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import { fnv32, utf8 } from '../../net/fnv.ts';
import { byCodeUnit } from '../../sim/table.ts';
import type { ControllerContext } from '../controller.ts';
import { safeEncode } from '../names.ts';
import { controllerOf, controllerRef } from '../pods.ts';
import { seconds } from '../time.ts';
import { goJson } from './template-patch.ts';

/** The label of every ControllerRevision that `newRevision` makes. */
export const hashLabel = 'controller.kubernetes.io/hash';

/** Longest part of the parent's name in a revision's name. */
const prefixMax = 223;

/** The workload whose history it is. */
export interface Parent {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec: { readonly selector: LabelSelector };
}
type Revisions = readonly ControllerRevision[];

/** HashControllerRevision: FNV-32 over the JSON text and the digits of `probe`, in the safe alphabet. */
export function hashRevision(data: unknown, probe?: number): string {
  const text = goJson(data) + (probe === undefined ? '' : String(probe));
  return safeEncode(String(fnv32(utf8(text))));
}

/** ControllerRevisionName: "prefix-hash", the prefix cut to 223 characters. */
export function revisionName(prefix: string, hash: string): string {
  return `${prefix.slice(0, prefixMax)}-${hash}`;
}

/** Revisions that the parent controls or may adopt, lowest revision first (ties: older first, then by name). */
export function listRevisions(parent: Parent, { client, index }: ControllerContext): Revisions {
  const { uid = '', namespace = 'default' } = parent.metadata;
  const keys = new Set([
    ...index.ownedBy('ControllerRevision', uid),
    ...index.orphans('ControllerRevision', namespace),
  ]);
  const found = [...keys].flatMap((key) => client.get('ControllerRevision', key) ?? []);
  return sorted(
    found.filter((one) => {
      const owner = controllerOf(one);
      const mine = owner === undefined || owner.uid === uid;
      return mine && selects(parent.spec.selector, one.metadata.labels);
    }),
  );
}

/** SortControllerRevisions. */
export function sorted(revisions: Revisions): Revisions {
  return [...revisions].sort(
    (a, b) =>
      a.revision - b.revision ||
      seconds(a.metadata.creationTimestamp) - seconds(b.metadata.creationTimestamp) ||
      byCodeUnit(a.metadata.name, b.metadata.name),
  );
}

/** Makes the parent the controller of revisions that nobody controls; a parent being deleted adopts none. */
export function adoptRevisions(parent: Parent, context: ControllerContext): void {
  if (parent.metadata.deletionTimestamp !== undefined) return;
  for (const one of listRevisions(parent, context)) {
    if (controllerOf(one) !== undefined) continue;
    const ownerReferences = [...(one.metadata.ownerReferences ?? []), controllerRef(parent)];
    context.client.update({ ...one, metadata: { ...one.metadata, ownerReferences } });
  }
}

/** One more than the highest number; 1 for the first. `revisions` as `listRevisions` gives them. */
export function nextRevision(revisions: Revisions): number {
  return (revisions.at(-1)?.revision ?? 0) + 1;
}

/** A ControllerRevision of `parent` that is not stored yet, named after the hash of its data. */
export function newRevision(
  parent: Parent,
  about: {
    readonly labels: Readonly<Record<string, string>> | undefined;
    readonly annotations: Readonly<Record<string, string>> | undefined;
    readonly data: unknown;
    readonly revision: number;
    readonly collisionCount: number;
  },
): ControllerRevision {
  const { labels, annotations, data, revision, collisionCount } = about;
  const hash = hashRevision(data, collisionCount);
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: revisionName(parent.metadata.name, hash),
      namespace: parent.metadata.namespace ?? 'default',
      labels: { ...labels, [hashLabel]: hash },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [controllerRef(parent)],
    },
    data,
    revision,
  };
}

/** Whether two revisions hold the same data. */
export function equalRevision(a: ControllerRevision, b: ControllerRevision): boolean {
  return goJson(a.data) === goJson(b.data);
}

/** The stored revision and the collision count that its name was made with: a name that other data has taken is
 * counted up and hashed again, one that holds the same data is used as it is. */
export function createRevision(
  revision: ControllerRevision,
  prefix: string,
  collisionCount: number,
  { client }: ControllerContext,
): { readonly revision: ControllerRevision; readonly collisionCount: number } {
  for (let count = collisionCount; ; count++) {
    const name = revisionName(prefix, hashRevision(revision.data, count));
    const made = { ...revision, metadata: { ...revision.metadata, name } };
    const taken = client.get('ControllerRevision', keyOf(made));
    if (taken === undefined) return { revision: client.create(made), collisionCount: count };
    if (equalRevision(taken, made)) return { revision: taken, collisionCount: count };
  }
}

/** Gives a revision another number: what a rollback to it does. */
export function renumber(
  revision: ControllerRevision,
  number: number,
  { client }: ControllerContext,
): ControllerRevision {
  if (revision.revision === number) return revision;
  const current = client.get('ControllerRevision', keyOf(revision)) ?? revision;
  return client.update({ ...current, revision: number });
}

/** Deletes the revisions that nothing uses (`live`: names in use) beyond `limit`, lowest number first. */
export function truncate(
  revisions: Revisions,
  live: ReadonlySet<string>,
  limit: number,
  { client }: ControllerContext,
): void {
  const old = revisions.filter((one) => !live.has(one.metadata.name));
  for (const one of old.slice(0, Math.max(0, old.length - limit))) {
    client.delete('ControllerRevision', keyOf(one));
  }
}
