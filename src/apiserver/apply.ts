// kubectl's create, replace and apply of one object, with kubectl's line. Apply computes the three-way patch of the last
// applied configuration, the new one and the live object, and sends it. Models kubectl/pkg/cmd/apply.
// Not modelled: server-side apply, --prune, --force.
import { goJson } from '../api/go-json.ts';
import { mergePatch } from '../api/patch/merge.ts';
import { strategicPatch } from '../api/patch/strategic.ts';
import { threeWayMergePatch, threeWayPatch } from '../api/patch/three-way.ts';
import { builtinRow, type KindRow, kubectlType } from '../api/scheme.ts';
import { type AnyObject, keyOf } from '../api/types.ts';
import { isRecord } from '../api/values.ts';

export type ApplyVerb = 'apply' | 'create' | 'replace';

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

interface Writer {
  get(key: string): AnyObject | undefined;
  create(object: AnyObject): AnyObject;
  update(object: AnyObject): AnyObject;
}

function withLastApplied(object: AnyObject): AnyObject {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata.annotations ?? {};
  const bare = { ...object, metadata: { ...object.metadata, annotations } };
  const text = `${goJson(bare)}\n`;
  return {
    ...bare,
    metadata: { ...bare.metadata, annotations: { ...annotations, [LAST_APPLIED]: text } },
  };
}

function apply(object: AnyObject, row: KindRow, writer: Writer): string {
  const live = writer.get(keyOf(object));
  const wanted = withLastApplied(object);
  if (live === undefined) {
    writer.create(wanted);
    return 'created';
  }
  const text = live.metadata.annotations?.[LAST_APPLIED];
  const parsed: unknown = text === undefined ? {} : JSON.parse(text);
  const last = isRecord(parsed) ? parsed : {};
  const known = builtinRow(row.kind, row.group) !== undefined;
  const patch = known
    ? threeWayPatch(last, wanted, live, row.kind)
    : threeWayMergePatch(last, wanted, live);
  if (Object.keys(patch).length === 0) {
    writer.update(live);
    return 'unchanged';
  }
  const next = known ? strategicPatch(live, patch, row.kind) : mergePatch(live, patch);
  writer.update(next as AnyObject);
  return 'configured';
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
