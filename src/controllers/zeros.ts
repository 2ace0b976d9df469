// Status as the API shows it: numbers that are 0 are left out, but for those that Go's types always write (omitempty).

/** `status` without zero numbers and empty lists, but for the named fields. */
export function withoutZeros<T extends object>(status: T, ...kept: readonly (keyof T)[]): T {
  const entries = Object.entries(status).filter(([name, value]) => {
    if (kept.includes(name as keyof T)) return true;
    return value !== 0 && value !== undefined && !(Array.isArray(value) && value.length === 0);
  });
  return Object.fromEntries(entries) as T;
}
