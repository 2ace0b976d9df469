// kubectl's create, replace and apply of one object, with kubectl's line. Apply is the three-way merge of the last
// applied configuration, the live object and the new one; lists merge by the keys of list-keys.table.ts.
// Models kubectl/pkg/cmd/apply and apimachinery's strategicpatch. Not modelled: server-side apply.
import { type KindRow, kubectlType } from '../api/scheme.ts';
import { type AnyObject, keyOf } from '../api/types.ts';
import { isRecord, sameValue } from '../api/values.ts';
import { byCodeUnit } from '../sim/table.ts';
import { mergeKeyOf } from './list-keys.table.ts';

export type ApplyVerb = 'apply' | 'create' | 'replace';

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

interface Writer {
  get(key: string): AnyObject | undefined;
  create(object: AnyObject): AnyObject;
  update(object: AnyObject): AnyObject;
}

/** JSON with sorted keys and a final newline, as kubectl encodes the annotation. */
function encode(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(encode).join(',')}]`;
  if (!isRecord(value)) return JSON.stringify(value ?? null);
  const fields = Object.keys(value).sort(byCodeUnit);
  return `{${fields.map((key) => `${JSON.stringify(key)}:${encode(value[key])}`).join(',')}}`;
}

function withLastApplied(object: AnyObject): AnyObject {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata.annotations ?? {};
  const bare = { ...object, metadata: { ...object.metadata, annotations } };
  const text = `${encode(bare)}\n`;
  return {
    ...bare,
    metadata: { ...bare.metadata, annotations: { ...annotations, [LAST_APPLIED]: text } },
  };
}

type Fields = Readonly<Record<string, unknown>>;

/** Live value with what `wanted` says and without what `last` said and `wanted` no longer says. */
function merge(live: unknown, last: unknown, wanted: unknown, path: string): unknown {
  if (isRecord(wanted) && isRecord(live)) return mergeFields(live, last, wanted, path);
  const key = mergeKeyOf(path);
  if (Array.isArray(wanted) && Array.isArray(live) && key !== undefined) {
    return mergeLists(live, Array.isArray(last) ? last : [], wanted, key, path);
  }
  return wanted;
}

function mergeFields(live: Fields, last: unknown, wanted: Fields, path: string): Fields {
  const out: Record<string, unknown> = { ...live };
  const before = isRecord(last) ? last : {};
  for (const field of Object.keys(before)) if (!(field in wanted)) delete out[field];
  for (const field of Object.keys(wanted)) {
    const below = path === '' ? field : `${path}.${field}`;
    out[field] = merge(live[field], before[field], wanted[field], below);
  }
  return out;
}

function mergeLists(
  live: readonly unknown[],
  last: readonly unknown[],
  wanted: readonly unknown[],
  key: string,
  path: string,
): unknown[] {
  const id = (item: unknown) => (key === '' ? item : isRecord(item) ? item[key] : undefined);
  const find = (list: readonly unknown[], item: unknown) =>
    list.find((other) => sameValue(id(other), id(item)));
  const merged = wanted.map((item) => {
    const other = find(live, item);
    return other === undefined ? item : merge(other, find(last, item), item, path);
  });
  const kept = live.filter((item) => find(wanted, item) === undefined && !find(last, item));
  return [...merged, ...kept];
}

function apply(object: AnyObject, writer: Writer): string {
  const live = writer.get(keyOf(object));
  const wanted = withLastApplied(object);
  if (live === undefined) {
    writer.create(wanted);
    return 'created';
  }
  const text = live.metadata.annotations?.[LAST_APPLIED];
  const last: unknown = text === undefined ? {} : JSON.parse(text);
  const next = merge(live, last, wanted, '') as AnyObject;
  return writer.update(next) === live ? 'unchanged' : 'configured';
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
      return line(apply(object, writer), metadata.name ?? '');
  }
}
