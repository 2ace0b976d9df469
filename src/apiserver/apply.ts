// kubectl's create, replace and apply of one object, with kubectl's line. Apply computes the three-way patch of the last
// applied configuration, the new one and the live object, and sends it. Models kubectl/pkg/cmd/apply.
// Not modelled: server-side apply, --prune, --force.

import { lastAppliedKey, withLastApplied } from '../api/last-applied.ts';
import { PatchError } from '../api/patch/errors.ts';
import { mergePatch } from '../api/patch/merge.ts';
import { strategicPatch } from '../api/patch/strategic.ts';
import { threeWayMergePatch, threeWayPatch } from '../api/patch/three-way.ts';
import { badRequest, patchRefused } from '../api/refusals.ts';
import { builtinRow, type KindRow, kubectlType } from '../api/scheme.ts';
import { type AnyObject, keyOf } from '../api/types.ts';
import { isRecord } from '../api/values.ts';

export type ApplyVerb = 'apply' | 'create' | 'replace';

interface Writer {
  get(key: string): AnyObject | undefined;
  create(object: AnyObject): AnyObject;
  update(object: AnyObject): AnyObject;
}

function apply(object: AnyObject, row: KindRow, writer: Writer): string {
  const live = writer.get(keyOf(object));
  const wanted = withLastApplied(object);
  if (live === undefined) {
    writer.create(wanted);
    return 'created';
  }
  const last = lastApplied(live, row);
  const next = patchedBy(last, wanted, live, row);
  writer.update(next);
  return next === live ? 'unchanged' : 'configured';
}

/** What the annotation says; kubectl gives up on one that is damaged. */
function lastApplied(live: AnyObject, row: KindRow): Readonly<Record<string, unknown>> {
  const text = live.metadata.annotations?.[lastAppliedKey] ?? '{}';
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? parsed : {};
  } catch {
    throw badRequest(row, live.metadata.name ?? '', `Invalid JSON document in ${lastAppliedKey}`);
  }
}

/** The live object after the patch that apply sends; the same when there is nothing to send. */
function patchedBy(
  last: Readonly<Record<string, unknown>>,
  wanted: AnyObject,
  live: AnyObject,
  row: KindRow,
): AnyObject {
  try {
    if (builtinRow(row.kind, row.group) === undefined) {
      const patch = threeWayMergePatch(last, wanted, live);
      return Object.keys(patch).length === 0 ? live : (mergePatch(live, patch) as AnyObject);
    }
    const patch = threeWayPatch(last, wanted, live, row.kind);
    if (Object.keys(patch).length === 0) return live;
    return strategicPatch(live, patch, row.kind) as unknown as AnyObject;
  } catch (error) {
    if (error instanceof PatchError) throw patchRefused(row, live.metadata.name ?? '', error);
    throw error;
  }
}

/** Runs the verb and returns kubectl's line: "deployment.apps/web configured". */
export function applied(given: AnyObject, row: KindRow, verb: ApplyVerb, writer: Writer): string {
  const place = row.namespaced ? (given.metadata.namespace ?? 'default') : undefined;
  const metadata = { ...given.metadata, ...(place === undefined ? {} : { namespace: place }) };
  const object = { ...given, metadata };
  const line = (done: string, name: string) => `${kubectlType(row)}/${name} ${done}`;
  switch (verb) {
    case 'create': {
      const made = writer.create(object);
      return line('created', made.metadata.name ?? '');
    }
    case 'replace':
      writer.update(object);
      return line('replaced', metadata.name ?? '');
    case 'apply':
      return line(apply(object, row, writer), metadata.name ?? '');
  }
}
