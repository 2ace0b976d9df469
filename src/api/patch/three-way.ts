// The patch that `kubectl apply` sends: what the manifest changes or adds against the live object, and what it no longer
// says of what it said when it was last applied. Strategic for built-in kinds, RFC 7386 for custom ones.
// Models strategicpatch.CreateThreeWayMergePatch and jsonmergepatch.CreateThreeWayJSONMergePatch.
import { fieldOf, isRecord, sameValue, setField } from '../values.ts';
import { goType, goValue, PatchError } from './errors.ts';
import { sorted } from './list-order.ts';
import { mergePatch } from './merge.ts';
import { metaOf, type PatchMeta, type Struct } from './patch-meta.ts';
import { directives, type Fields, identity, joinedPatches } from './strategic.ts';

/** Which half of a difference is wanted. */
type Half = 'changes' | 'deletions';

interface Diff {
  readonly half: Half;
  /** List the fields that stay ($retainKeys). */
  readonly retainKeys: boolean;
}

/** The strategic merge patch; `{}` when nothing is to be done. Throws PatchError. */
export function threeWayPatch(
  last: Fields,
  modified: Fields,
  current: Fields,
  struct: Struct,
): Fields {
  const changes = diffMaps(current, modified, struct, { half: 'changes', retainKeys: false });
  const deletions = diffMaps(last, modified, struct, { half: 'deletions', retainKeys: false });
  return joinedPatches(deletions, changes, struct);
}

function diffMaps(original: Fields, modified: Fields, struct: Struct, diff: Diff): Fields {
  const patch: Record<string, unknown> = {};
  const retained: string[] = [];
  for (const [key, value] of Object.entries(modified)) {
    if (diff.retainKeys && value !== null) retained.push(key);
    const old = fieldOf(original, key);
    if (old === undefined || goType(old) !== goType(value)) {
      if (diff.half === 'changes') setField(patch, key, value);
    } else if (isRecord(old) && isRecord(value)) {
      diffMapField(key, old, value, patch, metaOf(struct, key), diff);
    } else if (Array.isArray(old) && Array.isArray(value)) {
      diffListField(key, old, value, patch, metaOf(struct, key), diff);
    } else if (diff.half === 'changes' && !sameValue(old, value)) setField(patch, key, value);
  }
  const gone = Object.keys(original).filter((key) => fieldOf(modified, key) === undefined);
  if (diff.half === 'deletions') for (const key of gone) setField(patch, key, null);
  const clears = gone.some((key) => original[key] !== null);
  if (retained.length > 0 && (Object.keys(patch).length > 0 || clears)) {
    patch[directives.retainKeys] = retained.sort();
  }
  return patch;
}

function diffMapField(
  key: string,
  old: Fields,
  value: Fields,
  patch: Record<string, unknown>,
  { strategy, retainKeys = false, struct }: PatchMeta,
  { half }: Diff,
): void {
  if (strategy === 'replace') {
    if (half === 'changes') setField(patch, key, value);
    return;
  }
  const below = diffMaps(old, value, struct, { half, retainKeys });
  if (Object.keys(below).length > 0) setField(patch, key, below);
}

function diffListField(
  key: string,
  old: readonly unknown[],
  value: readonly unknown[],
  patch: Record<string, unknown>,
  meta: PatchMeta,
  { half }: Diff,
): void {
  if (meta.strategy !== 'merge') {
    if (half === 'changes' && !sameValue(old, value)) setField(patch, key, value);
    return;
  }
  if (old.length === 0) {
    if (half === 'changes' && value.length > 0) setField(patch, key, value);
    return;
  }
  const all = [...old, ...value];
  const type = goType(all[0]);
  if (all.some((item) => Array.isArray(item))) {
    throw new PatchError('lists of lists are not supported', 'unprocessable');
  }
  if (all.some((item) => goType(item) !== type)) {
    const lists = `[${goValue(old)} ${goValue(value)}]`;
    throw new PatchError(`list element types are not identical: ${lists}`);
  }
  const changed = isRecord(all[0])
    ? diffListOfMaps(old as readonly Fields[], value as readonly Fields[], meta, half)
    : diffListOfScalars(old, value, half);
  const { items, deleted, order } = changed;
  if (items.length > 0) setField(patch, key, items);
  if (deleted.length > 0) patch[`${directives.deleteFromPrimitiveList}/${key}`] = deleted;
  if (order.length > 0) patch[`${directives.setElementOrder}/${key}`] = order;
}

interface ListDiff {
  readonly items: readonly unknown[];
  readonly deleted: readonly unknown[];
  readonly order: readonly unknown[];
}

function byText(a: unknown, b: unknown): number {
  return a === b ? 0 : goValue(a) < goValue(b) ? -1 : 1;
}

function diffListOfScalars(
  old: readonly unknown[],
  value: readonly unknown[],
  half: Half,
): ListDiff {
  const isIn = (list: readonly unknown[]) => (item: unknown) =>
    list.some((other) => goValue(other) === goValue(item));
  const added = half === 'changes' ? value.filter((item) => !isIn(old)(item)) : [];
  const gone = half === 'deletions' ? old.filter((item) => !isIn(value)(item)) : [];
  // Upstream compares with the sorted list: it sorted it in place before.
  const orders = half === 'deletions' ? gone.length > 0 : !sameValue([...old].sort(byText), value);
  return {
    items: sorted(added, value, ''),
    deleted: [...new Set(gone)].sort(byText),
    order: orders ? value : [],
  };
}

function diffListOfMaps(
  old: readonly Fields[],
  value: readonly Fields[],
  { mergeKey = '', retainKeys = false, struct }: PatchMeta,
  half: Half,
): ListDiff {
  const text = (item: Fields) => goValue(identity(item, mergeKey));
  // Upstream's sort turns items of one key round.
  const inOrder = (list: readonly Fields[]) =>
    list
      .map((item, at) => ({ item, at, key: text(item) }))
      .sort((a, b) => (a.key === b.key ? b.at - a.at : a.key < b.key ? -1 : 1));
  const left = inOrder(old);
  const right = inOrder(value);
  const changed: Fields[] = [];
  const deleted: Fields[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const a = left[i];
    const b = right[j];
    if (a !== undefined && b !== undefined && a.key === b.key) {
      const below = diffMaps(a.item, b.item, struct, { half, retainKeys });
      if (Object.keys(below).length > 0) changed.push({ ...below, [mergeKey]: b.item[mergeKey] });
      i++;
      j++;
    } else if (b !== undefined && (a === undefined || a.key > b.key)) {
      if (half === 'changes') changed.push(b.item);
      j++;
    } else if (a !== undefined) {
      const item = { [mergeKey]: a.item[mergeKey], [directives.patch]: 'delete' };
      if (half === 'deletions') deleted.push(item);
      i++;
    }
  }
  const items = [...sorted(changed, value, mergeKey), ...deleted];
  const moved =
    old.length !== value.length ||
    old.some((item, at) => item[mergeKey] !== (value[at] as Fields)[mergeKey]);
  const orders = items.length > 0 || (half === 'changes' && moved);
  return {
    items,
    deleted: [],
    order: orders ? value.map((item) => ({ [mergeKey]: item[mergeKey] })) : [],
  };
}

/** The merge patch (RFC 7386) for kinds without a schema. */
export function threeWayMergePatch(last: Fields, modified: Fields, current: Fields): Fields {
  const changes = kept(mergeDiff(current, modified), false);
  const deletions = kept(mergeDiff(last, modified), true);
  return mergePatch(deletions, changes) as Fields;
}

/** jsonpatch.CreateMergePatch. */
function mergeDiff(original: Fields, modified: Fields): Fields {
  const patch: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(modified)) {
    const old = fieldOf(original, key);
    if (old !== undefined && isRecord(old) && isRecord(value)) {
      const below = mergeDiff(old, value);
      if (Object.keys(below).length > 0) setField(patch, key, below);
    } else if (old === undefined || !sameValue(old, value)) setField(patch, key, value);
  }
  for (const key of Object.keys(original))
    if (!Object.hasOwn(modified, key)) setField(patch, key, null);
  return patch;
}

/** Only the nulls of a merge patch, or all but them. */
function kept(patch: Fields, nulls: boolean): Fields {
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) {
      if (nulls) setField(out, key, null);
    } else if (isRecord(value) && Object.keys(value).length > 0) {
      const below = kept(value, nulls);
      if (Object.keys(below).length > 0) setField(out, key, below);
    } else if (!nulls) setField(out, key, value);
  }
  return out;
}
