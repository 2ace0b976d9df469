// Checks of resource requests and limits (A11): names, signs, whole numbers, requests within limits.
// Models validateResourceRequirements of pkg/apis/core/validation. Not checked: claims, huge-page sizes.
import type { Cause } from '../error.ts';
import { invalid, invalids, required } from '../field/errors.ts';
import { qualifiedName } from '../field/names.ts';
import { canonicalQuantity, compareQuantities, isWhole, parseQuantity } from '../field/quantity.ts';
import type { Container } from '../types.ts';
import { fieldOf } from '../values.ts';

const standard = ['cpu', 'memory', 'ephemeral-storage'];
const NEGATIVE = 'must be greater than or equal to 0';

/** Not of Kubernetes' own: "example.com/gpu". */
function isExtended(name: string): boolean {
  return (
    name.includes('/') &&
    !name.startsWith('kubernetes.io/') &&
    !/^[^/]*\.kubernetes\.io\//.test(name)
  );
}

function nameCauses(name: string, at: string): Cause[] {
  const causes = invalids(at, name, qualifiedName(name));
  if (!name.includes('/') && !standard.includes(name) && !name.startsWith('hugepages-')) {
    causes.push(invalid(at, name, 'must be a standard resource type or fully qualified'));
    causes.push(invalid(at, name, 'must be a standard resource for containers'));
  }
  return causes;
}

/** Texts that are no quantities have been refused on decoding. */
function compare(a: string, b: string): number {
  const [x, y] = [parseQuantity(a), parseQuantity(b)];
  return x === undefined || y === undefined ? 0 : compareQuantities(x, y);
}

function quantityCauses(name: string, quantity: string, at: string): Cause[] {
  const causes: Cause[] = [];
  if (compare(quantity, '0') < 0) causes.push(invalid(at, canonicalQuantity(quantity), NEGATIVE));
  const parsed = parseQuantity(quantity);
  if (isExtended(name) && parsed !== undefined && !isWhole(parsed)) {
    causes.push(invalid(at, canonicalQuantity(quantity), 'must be an integer'));
  }
  return causes;
}

function sorted(list: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.keys(list)
    .sort()
    .map((name) => [name, String(list[name])] as const);
}

export function resourceCauses(
  resources: NonNullable<Container['resources']>,
  at: string,
): Cause[] {
  const { limits = {}, requests = {} } = resources;
  const causes: Cause[] = [];
  for (const [name, quantity] of sorted(limits)) {
    const field = `${at}.limits[${name}]`;
    causes.push(...nameCauses(name, field), ...quantityCauses(name, quantity, field));
  }
  for (const [name, quantity] of sorted(requests)) {
    const field = `${at}.requests[${name}]`;
    causes.push(...nameCauses(name, field), ...quantityCauses(name, quantity, field));
    const limit = fieldOf(limits, name);
    const exact = isExtended(name) || name.startsWith('hugepages-');
    const shown = canonicalQuantity(quantity);
    if (limit === undefined) {
      if (exact) {
        const detail = 'Limit must be set for non overcommitable resources';
        causes.push(required(`${at}.limits`, detail));
      }
    } else if (exact && compare(quantity, limit) !== 0) {
      const detail = `must be equal to ${name} limit of ${canonicalQuantity(limit)}`;
      causes.push(invalid(`${at}.requests`, shown, detail));
    } else if (compare(quantity, limit) > 0) {
      const detail = `must be less than or equal to ${name} limit of ${canonicalQuantity(limit)}`;
      causes.push(invalid(`${at}.requests`, shown, detail));
    }
  }
  return causes;
}
