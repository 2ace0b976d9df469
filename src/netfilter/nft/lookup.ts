// Finds the element of a set or map that holds a key: whole keys by hash, whatever the number of elements; ranges and
// names with a * by looking at each, a set's only field by halving. Models nft_set_hash, nft_set_rbtree and
// nft_set_pipapo, whose elements never overlap: those of a rule's own set may, and nft joins them when it loads.
import type { Addr } from '../../net/addr.ts';
import { folded, mix } from '../flow-table.ts';
import type { NftElement, NftPart, NftPlace, NftSet, NftTable, NftValue } from './table.ts';

export type Lookup = (key: readonly NftValue[]) => NftElement | undefined;

const bySet = new WeakMap<NftSet, Lookup>();
const byElements = new WeakMap<readonly NftElement[], Lookup>();

/** Looks up in a set or map of the table, or in the rule's own. Made once per set, for all who share it. */
export function lookupOf(table: NftTable, place: NftPlace): Lookup {
  if (place.kind === 'anonymous') return kept(byElements, place.elements, () => place.elements);
  const set = setOf(table, place.name);
  if (set.find === undefined) return kept(bySet, set, () => set.elements);
  return (key) => set.find?.(key);
}

function kept<K extends object>(
  known: WeakMap<K, Lookup>,
  key: K,
  elements: () => readonly NftElement[],
): Lookup {
  let lookup = known.get(key);
  if (lookup === undefined) {
    lookup = lookupIn(elements());
    known.set(key, lookup);
  }
  return lookup;
}

/** The named set or map; a rule that names one that is not there does not load. */
export function setOf(table: NftTable, name: string): NftSet {
  const set = table.set(name);
  if (set === undefined) throw new Error(`set ${name} of table ${table.name} is not there`);
  return set;
}

function lookupIn(elements: readonly NftElement[]): Lookup {
  if (elements.length === 0) return () => undefined;
  const whole = new Map<number, NftElement | NftElement[]>();
  const wide: NftElement[] = [];
  for (const element of elements) {
    if (element.key.some(isWide)) wide.push(element);
    else file(whole, hashOf(element.key as readonly NftValue[]), element);
  }
  const exact: Lookup = (key) => {
    const bucket = whole.get(hashOf(key));
    if (bucket === undefined) return undefined;
    if (Array.isArray(bucket)) return bucket.find((element) => isKey(element, key));
    return isKey(bucket, key) ? bucket : undefined;
  };
  if (wide.length === 0) return exact;
  const ranges = wide.every(({ key }) => key.length === 1 && typeof key[0] === 'object')
    ? sorted(wide)
    : null;
  return (key) =>
    exact(key) ??
    (ranges === null
      ? wide.find((element) => element.key.every((part, i) => holds(part, key[i] as NftValue)))
      : inRanges(ranges, key[0] as Addr));
}

function file(
  buckets: Map<number, NftElement | NftElement[]>,
  hash: number,
  element: NftElement,
): void {
  const bucket = buckets.get(hash);
  if (bucket === undefined) buckets.set(hash, element);
  else if (Array.isArray(bucket)) bucket.push(element);
  else buckets.set(hash, [bucket, element]);
}

function isKey(element: NftElement, key: readonly NftValue[]): boolean {
  for (let i = 0; i < key.length; i++) if (element.key[i] !== key[i]) return false;
  return true;
}

function hashOf(key: readonly NftValue[]): number {
  let hash = 0;
  for (let i = 0; i < key.length; i++) {
    const value = key[i] as NftValue;
    if (typeof value !== 'string') hash = mix(hash, folded(value));
    else for (let c = 0; c < value.length; c++) hash = mix(hash, value.charCodeAt(c));
  }
  return hash;
}

function isWide(part: NftPart): boolean {
  return typeof part === 'object' || (typeof part === 'string' && part.endsWith('*'));
}

/** Whether a value is the part's, in its range, or begins with its name. */
export function holds(part: NftPart, value: NftValue): boolean {
  if (typeof part === 'object') {
    return typeof value !== 'string' && part.low <= value && value <= part.high;
  }
  if (typeof part === 'string' && part.endsWith('*')) {
    return typeof value === 'string' && value.startsWith(part.slice(0, -1));
  }
  return part === value;
}

interface Range {
  readonly low: Addr;
  readonly high: Addr;
  readonly element: NftElement;
}

function sorted(elements: readonly NftElement[]): readonly Range[] {
  const ranges = elements
    .flatMap((element) => {
      const part = element.key[0];
      return typeof part === 'object' ? [{ low: part.low, high: part.high, element }] : [];
    })
    .sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
  const joined: Range[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last === undefined || range.low > last.high) joined.push(range);
    else if (range.high > last.high) joined.splice(-1, 1, { ...last, high: range.high });
  }
  return joined;
}

function inRanges(ranges: readonly Range[], value: Addr): NftElement | undefined {
  let from = 0;
  let to = ranges.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((ranges[middle] as Range).high < value) from = middle + 1;
    else to = middle;
  }
  const range = ranges[from];
  return range !== undefined && range.low <= value ? range.element : undefined;
}
