// Applies a strategic merge patch: lists by merge key, $patch, $deleteFromPrimitiveList, $setElementOrder, $retainKeys;
// and merges two patches into one that does what both do. Nothing given is changed.
// Models mergeMap of apimachinery/pkg/util/strategicpatch/patch.go.
import { fieldOf, isRecord, setField } from '../values.ts';
import { goType, goValue, PatchError } from './errors.ts';
import { normalizedOrder, partition } from './list-order.ts';
import { metaOf, type Struct } from './patch-meta.ts';

export type Fields = Readonly<Record<string, unknown>>;

export const directives = {
  patch: '$patch',
  retainKeys: '$retainKeys',
  setElementOrder: '$setElementOrder',
  deleteFromPrimitiveList: '$deleteFromPrimitiveList',
} as const;

/** apply: directives are carried out on an object; join: they and nulls are kept, the original is a patch too. */
type Mode = 'apply' | 'join';

/** The object with the patch applied; `struct` is its kind. Throws PatchError. */
export function strategicPatch(original: Fields, patch: Fields, struct: Struct): Fields {
  return mergeMap(original, patch, struct, 'apply');
}

/** One patch that does what the first and then the second do. */
export function joinedPatches(first: Fields, second: Fields, struct: Struct): Fields {
  return mergeMap(first, second, struct, 'join');
}

function mergeMap(original: Fields, patch: Fields, struct: Struct, mode: Mode): Fields {
  const directive = patch[directives.patch];
  if (directive !== undefined) return replaced(directive, patch);
  const out: Record<string, unknown> = { ...original };
  const rest: Record<string, unknown> = { ...patch };
  retainKeys(out, rest, mode);
  orderLists(out, rest, struct, mode);
  for (const [given, value] of Object.entries(rest)) {
    const deletes = given.startsWith(directives.deleteFromPrimitiveList);
    if (deletes && mode === 'join') {
      setField(out, given, value);
      continue;
    }
    const key = deletes ? fieldNamed(given, directives.deleteFromPrimitiveList) : given;
    if (value === null) {
      if (mode === 'apply') delete out[key];
      else setField(out, key, null);
      continue;
    }
    const old = fieldOf(out, key);
    const { struct: below, strategy = '', mergeKey = '' } = metaOf(struct, key);
    if (old !== undefined && isRecord(old) && isRecord(value)) {
      const merged = strategy === 'replace' ? value : mergeMap(old, value, below, mode);
      setField(out, key, merged);
    } else if (Array.isArray(old) && Array.isArray(value)) {
      const merges = strategy === 'merge' || deletes;
      out[key] = merges
        ? mergeLists(old, value, { struct: below, mergeKey, deletes, field: key, mode })
        : value;
    } else if (!deletes) {
      const kept = withoutDirectives(value, mode);
      if (kept === undefined) delete out[key];
      else setField(out, key, kept);
    }
  }
  return out;
}

function replaced(directive: unknown, patch: Fields): Fields {
  if (directive === 'delete') return {};
  if (directive !== 'replace') {
    const text = `unknown patch type: ${goValue(directive)} in map: ${goValue(patch)}`;
    throw new PatchError(text);
  }
  const { [directives.patch]: _, ...rest } = patch;
  return rest;
}

function fieldNamed(key: string, prefix: string): string {
  const slash = key.indexOf('/');
  if (slash >= 0 && key.slice(0, slash) === prefix) return key.slice(slash + 1);
  const what = prefix === directives.setElementOrder ? 'setElementOrder list' : 'primitive list';
  throw new PatchError(`invalid patch format of ${what}`, 'bad-request');
}

function retainKeys(
  out: Record<string, unknown>,
  patch: Record<string, unknown>,
  mode: Mode,
): void {
  if (!(directives.retainKeys in patch)) return;
  const kept = patch[directives.retainKeys];
  delete patch[directives.retainKeys];
  if (mode === 'join') {
    out[directives.retainKeys] ??= kept;
    return;
  }
  const bad = () => new PatchError('invalid patch format of retainKeys', 'bad-request');
  if (!Array.isArray(kept)) throw bad();
  for (const [key, value] of Object.entries(patch)) {
    const exempt =
      value === null ||
      key.startsWith(directives.deleteFromPrimitiveList) ||
      key.startsWith(directives.setElementOrder);
    if (!exempt && !kept.includes(key)) throw bad();
  }
  for (const key of Object.keys(out)) if (!kept.includes(key)) delete out[key];
}

/** $setElementOrder lists, with the lists they are about; both leave the patch. */
function orderLists(
  out: Record<string, unknown>,
  patch: Record<string, unknown>,
  struct: Struct,
  mode: Mode,
): void {
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(directives.setElementOrder)) continue;
    const order = listOf(patch[key]);
    delete patch[key];
    if (mode === 'join') out[key] = order;
    const field = fieldNamed(key, directives.setElementOrder);
    const old = Object.hasOwn(out, field) ? listOf(out[field]) : undefined;
    const added = Object.hasOwn(patch, field) ? listOf(patch[field]) : undefined;
    const { struct: below, strategy = '', mergeKey = '' } = metaOf(struct, field);
    checkOrder(added ?? [], order, mergeKey);
    delete patch[field];
    let merged: readonly unknown[];
    if (old === undefined && added === undefined) continue;
    if (old === undefined) merged = withoutDirectives(added, 'join') as readonly unknown[];
    else if (added === undefined) merged = old;
    else if (strategy === 'merge') {
      merged = mergeLists(old, added, { struct: below, mergeKey, deletes: false, field, mode });
    } else merged = added;
    if ((old ?? []).length + (added ?? []).length === 0) {
      throw new PatchError('no elements in any of the given slices');
    }
    for (const item of order) identity(item, mergeKey);
    const [ordered, others] = partition(merged, order, mergeKey);
    out[field] = normalizedOrder(ordered, others, order, old ?? [], mergeKey);
  }
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new PatchError(`expected a []interface {}, but received a ${goType(value)}`);
}

/** The items of a patch must stand in the order that $setElementOrder gives, and all in it. */
function checkOrder(patch: readonly unknown[], order: readonly unknown[], mergeKey: string): void {
  if (order.length === 0 || patch.length === 0) return;
  const items = patch.filter((item) => !isRecord(item) || !(directives.patch in item));
  let at = 0;
  for (const wanted of order) {
    if (at < items.length && identity(items[at], mergeKey) === identity(wanted, mergeKey)) at++;
  }
  if (at >= items.length) return;
  throw new PatchError(
    `The order in patch list:\n${goValue(patch)}\n doesn't match $setElementOrder list:\n${goValue(order)}\n`,
  );
}

/** What tells one item from another. */
export function identity(item: unknown, mergeKey: string): unknown {
  if (mergeKey === '') return item;
  if (!isRecord(item)) {
    throw new PatchError(`expected a map[string]interface {}, but received a ${goType(item)}`);
  }
  if (mergeKey in item) return item[mergeKey];
  throw new PatchError(`map: ${goValue(item)} does not contain declared merge key: ${mergeKey}`);
}

interface ListMerge {
  /** Of the items. */
  readonly struct: Struct;
  readonly mergeKey: string;
  /** The patch lists scalars to delete. */
  readonly deletes: boolean;
  readonly field: string;
  readonly mode: Mode;
}

function mergeLists(
  original: readonly unknown[],
  patch: readonly unknown[],
  { struct, mergeKey, deletes, field, mode }: ListMerge,
): readonly unknown[] {
  if (original.length === 0 && patch.length === 0) return original;
  const all = [...original, ...patch];
  checkSameType(all, original, patch);
  if (!isRecord(all[0])) {
    if (deletes) return original.filter((item) => !patch.includes(item));
    const merged = [...new Set(all)];
    const [ordered, others] = partition(merged, patch, '');
    return normalizedOrder(ordered, others, patch, original, '');
  }
  if (mergeKey === '') {
    throw new PatchError(`cannot merge lists without merge key for ${struct ?? field}`);
  }
  const { left, added } = special(
    original as readonly Fields[],
    patch as readonly Fields[],
    mergeKey,
  );
  const merged = [...left];
  for (const item of added) {
    const key = identity(item, mergeKey);
    const at = merged.findIndex((other) => other[mergeKey] === key && mergeKey in other);
    const old = merged[at];
    if (old === undefined) merged.push(item);
    else merged[at] = mergeMap(old, item, struct, mode);
  }
  const [ordered, others] = partition(merged, added, mergeKey);
  return normalizedOrder(ordered, others, added, left, mergeKey);
}

function checkSameType(
  all: readonly unknown[],
  original: readonly unknown[],
  patch: readonly unknown[],
): void {
  if (all.some((item) => Array.isArray(item))) {
    throw new PatchError('lists of lists are not supported', 'unprocessable');
  }
  const type = goType(all[0]);
  if (all.every((item) => goType(item) === type)) return;
  const lists = `[${goValue(original)} ${goValue(patch)}]`;
  throw new PatchError(`list element types are not identical: ${lists}`);
}

/** Items with $patch taken out of the patch and carried out on the list. */
function special(
  original: readonly Fields[],
  patch: readonly Fields[],
  mergeKey: string,
): { readonly left: readonly Fields[]; readonly added: readonly Fields[] } {
  let left = original;
  let replaces = false;
  const added: Fields[] = [];
  for (const item of patch) {
    const directive = item[directives.patch];
    if (directive === undefined) added.push(item);
    else if (directive === 'delete') {
      const key = identity(item, mergeKey);
      left = left.filter((other) => other[mergeKey] !== key);
    } else if (directive === 'replace') replaces = true;
    else if (directive === 'merge') {
      throw new PatchError('merging lists cannot yet be specified in the patch');
    } else {
      throw new PatchError(`unknown patch type: ${goValue(directive)} in map: ${goValue(item)}`);
    }
  }
  return replaces ? { left: added, added: [] } : { left, added };
}

/** A value that was not there before: without items that carry $patch and, applied, without nulls of objects. */
function withoutDirectives(value: unknown, mode: Mode): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => withoutDirectives(item, mode)).filter((item) => item !== undefined);
  }
  if (!isRecord(value)) return value;
  if (directives.patch in value) return undefined;
  const out: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (item === null && mode === 'apply') continue;
    const kept = withoutDirectives(item, mode);
    if (kept !== undefined) setField(out, key, kept);
  }
  return out;
}
