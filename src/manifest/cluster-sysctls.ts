// Kernel settings of a node in the Cluster document: known names, whole numbers in their ranges.
import { sysctlRanges } from '../api/node-sysctls.table.ts';
import type { FieldReader, Values } from './field-reader.ts';

/** Throws InputError not-modelled, invalid-value. */
export function readSysctls(
  reader: FieldReader,
  sysctls: Values,
  path: string,
  ranges = sysctlRanges,
): Readonly<Record<string, number>> {
  const read = Object.entries(sysctls).map(([name, value]) => {
    const at = `${path}["${name}"]`;
    const range = ranges[name];
    if (range === undefined) {
      const message = `${path}: the kernel setting "${name}" is not modelled`;
      return reader.fail(
        'not-modelled',
        at,
        message,
        `known are ${Object.keys(ranges).join(', ')}`,
      );
    }
    const { low, high } = range;
    const number = /^\d{1,10}$/.test(String(value)) ? Number(value) : Number.NaN;
    if (number >= low && number <= high) return [name, number] as const;
    const message = `${path}: ${name}: "${String(value)}" is not a number from ${low} to ${high}`;
    return reader.fail('invalid-value', at, message);
  });
  return Object.fromEntries(read);
}
