// Small functions over immutable JSON values: equality, copies without a field, drafts. Objects of the store are
// never changed in place; what did not change is shared between old and new.

/** The same fields, writable: for building a new value from a shallow copy. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** Deep equality of JSON values; fields that are undefined count as absent. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, i) => sameValue(item, b[i]));
  }
  return sameFields(a as Record<string, unknown>, b as Record<string, unknown>);
}

function sameFields(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  let count = 0;
  for (const key in a) {
    const value = a[key];
    if (value === undefined) continue;
    if (b[key] === undefined || !sameValue(value, b[key])) return false;
    count++;
  }
  for (const key in b) if (b[key] !== undefined) count--;
  return count === 0;
}

/** A copy without these fields; the same object when it has none of them. */
export function without<T extends object, K extends keyof T>(value: T, ...keys: K[]): Omit<T, K> {
  if (!keys.some((key) => key in value)) return value;
  const copy = { ...value };
  for (const key of keys) delete copy[key];
  return copy;
}

/** Without fields that are null, at any depth, as decoding into Go structs does. Shares what has none. */
export function dropNulls<T>(value: T): T {
  if (Array.isArray(value)) {
    const items = value.map(dropNulls);
    return items.some((item, i) => item !== value[i]) ? (items as T) : value;
  }
  if (!isRecord(value)) return value;
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const item = value[key];
    const kept = item === null ? undefined : dropNulls(item);
    if (kept === item) continue;
    copy ??= { ...value };
    if (kept === undefined) delete copy[key];
    else copy[key] = kept;
  }
  return (copy ?? value) as T;
}

/** A field of the record itself: what every object inherits ("constructor", "__proto__") is none. */
export function fieldOf<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** Sets a field without running the `__proto__` setter. */
export function setField(record: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') record[key] = value;
  else {
    const own = { value, enumerable: true, writable: true, configurable: true };
    Object.defineProperty(record, key, own);
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What Go's omitempty leaves out: absent, "", 0, false. */
export function isUnset(value: unknown): value is undefined | '' | 0 | false {
  return value === undefined || value === '' || value === 0 || value === false;
}
