// --sort-by: objects ordered by the value at a JSONPath; numbers, texts and quantities compare as such, objects without
// the field come first. Models kubectl/pkg/cmd/get/sorter.go; equal ones keep their order, which Go's sort does not.
import { parseQuantity, type Quantity } from '../../api/field/quantity.ts';
import type { AnyObject } from '../../api/types.ts';
import { byCodeUnit } from '../../sim/table.ts';
import { CommandError } from './errors.ts';
import { relaxedPath, valuesAt } from './jsonpath/print.ts';

/** The objects in order. Throws CommandError when none of them has the field. */
export function sortedBy(objects: readonly AnyObject[], path: string): readonly AnyObject[] {
  const template = relaxedPath(path);
  const keyed = objects.map((object) => ({ object, value: valuesAt(template, object)[0] }));
  if (keyed.length > 0 && keyed.every(({ value }) => value === undefined)) {
    throw new CommandError(
      `couldn't find any field with path "${template.text}" in the list of objects`,
    );
  }
  return keyed.sort((a, b) => compare(a.value, b.value)).map(({ object }) => object);
}

function compare(a: unknown, b: unknown): number {
  if (a === undefined || b === undefined) {
    return a === b ? 0 : a === undefined ? -1 : 1;
  }
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  const kind = typeof a === typeof b ? typeof a : 'interface';
  throw new CommandError(`unsortable type: ${kind === 'boolean' ? 'bool' : kind}`);
}

function compareTexts(a: string, b: string): number {
  const [x, y] = [parseQuantity(a), parseQuantity(b)];
  if (x === undefined || y === undefined) return byCodeUnit(a, b);
  const low = Math.min(x.scale, y.scale);
  const difference = scaled(x, low) - scaled(y, low);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function scaled({ value, scale }: Quantity, low: number): bigint {
  return value * 10n ** BigInt(scale - low);
}
