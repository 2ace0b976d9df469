// What rules put into sets at run time, with the moment at which it goes: one copy-on-write table for all sets of a
// namespace. Elements that are over are found by their time and swept only when a set is full; a set lives as long as
// its declaration. Models nft_dynset and the expiry of nft_set_hash.
import type { Table } from '../../sim/table.ts';
import type { NftSet, NftTable, NftType, NftValue } from './table.ts';

/** Of a set that declares no size: what nft writes when a rule updates the set. */
export const dynamicSizeMax = 65535;

/** Element -> when it goes, in virtual milliseconds (Infinity: never); under the bare name of the set, how many. */
export type DynamicElements = Table<number>;

/** A table's set as a prefix of its elements' keys. */
function idOf(table: string, set: string): string {
  return `${table}\n${set}\n`;
}

export interface DynamicUpdate {
  readonly table: string;
  readonly set: NftSet;
  readonly op: 'add' | 'update';
  /** Of this element; null: the set's. */
  readonly timeoutSeconds: number | null;
}

/** Notes a key; `update` renews the time of one that is there. False: the set is full, which ends the rule. */
export function updateDynamic(
  elements: DynamicElements,
  { table, set, op, timeoutSeconds }: DynamicUpdate,
  key: readonly NftValue[],
  nowMs: number,
): boolean {
  const id = idOf(table, set.name);
  const name = `${id}${key.join(' ')}`;
  const seconds = timeoutSeconds ?? set.timeoutSeconds;
  const endMs = seconds === null ? Number.POSITIVE_INFINITY : nowMs + seconds * 1000;
  const known = elements.get(name);
  if (known !== undefined) {
    if (op === 'update' || known <= nowMs) elements.set(name, endMs);
    return true;
  }
  const max = set.size ?? dynamicSizeMax;
  let count = elements.get(id) ?? 0;
  if (count >= max) count = sweep(elements, id, nowMs);
  if (count >= max) return false;
  elements.set(name, endMs);
  elements.set(id, count + 1);
  return true;
}

/** Whether a rule put the key into the set and its time is not over. */
export function hasDynamic(
  elements: DynamicElements,
  table: string,
  set: string,
  key: readonly NftValue[],
  nowMs: number,
): boolean {
  const endMs = elements.get(`${idOf(table, set)}${key.join(' ')}`);
  return endMs !== undefined && nowMs < endMs;
}

/** How many are left. */
function sweep(elements: DynamicElements, id: string, nowMs: number): number {
  let left = 0;
  for (const name of elements.keys()) {
    if (!name.startsWith(id) || name === id) continue;
    if ((elements.get(name) as number) > nowMs) left++;
    else elements.delete(name);
  }
  elements.set(id, left);
  return left;
}

/** Forgets what stood in sets that are no longer declared. */
export function dropDynamic(elements: DynamicElements, tables: readonly NftTable[]): void {
  const declared = new Map<string, boolean>();
  for (const name of elements.keys()) {
    const id = name.slice(0, name.lastIndexOf('\n'));
    let stays = declared.get(id);
    if (stays === undefined) {
      const [table, set] = id.split('\n');
      const now = tables.find((one) => one.name === table)?.set(set ?? '');
      stays = now?.flags.includes('dynamic') === true;
      declared.set(id, stays);
    }
    if (!stays) elements.delete(name);
  }
}

const numeric: ReadonlySet<NftType> = new Set(['ipv4_addr', 'inet_proto', 'inet_service', 'mark']);

/** One element that a rule put there, as it was noted. */
export interface DynamicElement {
  readonly key: readonly NftValue[];
  /** Null: it stays. */
  readonly endsInMs: number | null;
}

/** What rules put into a set and is not over, by code unit of the key. */
export function dynamicOf(
  elements: DynamicElements,
  table: string,
  set: NftSet,
  nowMs: number,
): readonly DynamicElement[] {
  const id = idOf(table, set.name);
  return elements.keys().flatMap((name) => {
    if (!name.startsWith(id) || name === id) return [];
    const endMs = elements.get(name) as number;
    if (endMs <= nowMs) return [];
    const key = name
      .slice(id.length)
      .split(' ')
      .map((text, i): NftValue => {
        const type = set.type[i];
        if (type === 'ipv6_addr') return BigInt(text);
        return type !== undefined && numeric.has(type) ? Number(text) : text;
      });
    return [{ key, endsInMs: Number.isFinite(endMs) ? endMs - nowMs : null }];
  });
}
