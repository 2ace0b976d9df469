// The order of a merged list: items of the patch as the patch orders them, items that only the server has as they stood,
// both together so that neighbours stay neighbours. Models normalizeElementOrder of strategicpatch/patch.go.
import { isRecord } from '../values.ts';

function keyed(item: unknown, mergeKey: string): unknown {
  if (mergeKey === '') return item;
  return isRecord(item) ? item[mergeKey] : undefined;
}

function index(list: readonly unknown[], item: unknown, mergeKey: string): number {
  const key = keyed(item, mergeKey);
  return list.findIndex((other) => keyed(other, mergeKey) === key);
}

/** Items that `order` names, and the others. */
export function partition(
  list: readonly unknown[],
  order: readonly unknown[],
  mergeKey: string,
): readonly [named: readonly unknown[], others: readonly unknown[]] {
  const isNamed = (item: unknown): boolean => index(order, item, mergeKey) >= 0;
  return [list.filter(isNamed), list.filter((item) => !isNamed(item))];
}

/** By `order`; items that a patch deletes come last. */
export function sorted(
  list: readonly unknown[],
  order: readonly unknown[],
  mergeKey: string,
): readonly unknown[] {
  const isDeleted = (item: unknown): boolean => isRecord(item) && item['$patch'] === 'delete';
  const kept = list
    .filter((item) => !isDeleted(item))
    .map((item) => ({ item, at: index(order, item, mergeKey) }))
    .sort((a, b) => (a.at >= 0 && b.at >= 0 ? a.at - b.at : 0))
    .map(({ item }) => item);
  return [...kept, ...list.filter(isDeleted)];
}

/** Where the server knows the order of two items it decides, else the patch's item comes first. */
export function normalizedOrder(
  named: readonly unknown[],
  others: readonly unknown[],
  patchOrder: readonly unknown[],
  serverOrder: readonly unknown[],
  mergeKey: string,
): readonly unknown[] {
  const right = sorted(named, patchOrder, mergeKey);
  const left = sorted(others, serverOrder, mergeKey);
  const out: unknown[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length && j < right.length) {
    const li = index(serverOrder, left[i], mergeKey);
    const ri = index(serverOrder, right[j], mergeKey);
    out.push(li >= 0 && ri >= 0 && li < ri ? left[i++] : right[j++]);
  }
  return [...out, ...left.slice(i), ...right.slice(j)];
}
