// Address ranges in CIDR form. A range is its first and last address and its prefix length, and containment is two
// integer comparisons. Both families are cut by one remainder.
import { type Addr, addr, familyOf, formatAddr, parseAddr } from './addr.ts';

export interface Cidr {
  /** First address: host bits are cut. */
  readonly low: Addr;
  readonly high: Addr;
  /** Prefix length: 0..32 or 0..128. */
  readonly bits: number;
}

/** "10.244.1.7/24" -> 10.244.1.0 .. 10.244.1.255; undefined when the text is no range. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const base = parseAddr(text.slice(0, slash));
  const bits = text.slice(slash + 1);
  if (base === undefined || !/^(0|[1-9]\d{0,2})$/.test(bits)) return undefined;
  if (Number(bits) > (familyOf(base) === 4 ? 32 : 128)) return undefined;
  if (typeof base === 'number') {
    const width = 2 ** (32 - Number(bits));
    const low = base - (base % width);
    return { low, high: low + width - 1, bits: Number(bits) };
  }
  const width = 1n << BigInt(128 - Number(bits));
  const low = base - (base % width);
  return { low, high: low + width - 1n, bits: Number(bits) };
}

export function cidr(text: string): Cidr {
  const value = parseCidr(text);
  if (value === undefined) throw new Error(`not a CIDR: "${text}"`);
  return value;
}

/** The range of one address: /32 or /128. */
export function single(value: Addr): Cidr {
  return { low: value, high: value, bits: familyOf(value) === 4 ? 32 : 128 };
}

export function contains(range: Cidr, value: Addr): boolean {
  return typeof value === typeof range.low && value >= range.low && value <= range.high;
}

export function overlaps(a: Cidr, b: Cidr): boolean {
  return typeof a.low === typeof b.low && a.low <= b.high && b.low <= a.high;
}

export function formatCidr(range: Cidr): string {
  return `${formatAddr(range.low)}/${range.bits}`;
}

/** The address `offset` steps after the first one; the caller keeps it inside the range. */
export function nth(range: Cidr, offset: number): Addr {
  return typeof range.low === 'number' ? range.low + offset : range.low + BigInt(offset);
}

/** How many addresses, capped at 2^53. */
export function size(range: Cidr): number {
  return typeof range.low === 'number'
    ? Number(range.high) - range.low + 1
    : Number((range.high as bigint) - range.low + 1n);
}

/** The `index`th block of `bits` inside the range: split(10.244.0.0/16, 24, 1) = 10.244.1.0/24. */
export function block(range: Cidr, bits: number, index: number): Cidr {
  const width = (familyOf(range.low) === 4 ? 32 : 128) - bits;
  const low =
    typeof range.low === 'number'
      ? range.low + index * 2 ** width
      : range.low + (BigInt(index) << BigInt(width));
  const high = typeof low === 'number' ? low + 2 ** width - 1 : low + (1n << BigInt(width)) - 1n;
  return { low, high, bits };
}

export { addr };
