// Amounts of cpu, memory and so on: "1500m", "64Mi", "1e3". Parsing into value and scale, and the one canonical text
// the API server stores and prints. Sums are not here: nothing schedules by resources.
// Models apimachinery pkg/api/resource: ParseQuantity, CanonicalizeBytes.

export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

/** `value` * 10^`scale`. */
export interface Quantity {
  readonly value: bigint;
  readonly scale: number;
  readonly format: QuantityFormat;
  /** Go holds it as int64Amount; otherwise as inf.Dec, rounded up to nano. */
  readonly fast: boolean;
  /** The text was canonical already, and Go keeps it beside the number. */
  readonly cached: boolean;
}

const decimal: readonly (readonly [string, number])[] = [
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
];
const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const int64Max = 2n ** 63n - 1n;
/** Digits that an int64 holds in any case. */
const digitsMax = 18;

interface Suffix {
  readonly base: 2 | 10;
  readonly exponent: number;
  readonly format: QuantityFormat;
}

function suffixOf(text: string): Suffix | undefined {
  const row = decimal.find(([name]) => name === text);
  if (row !== undefined) return { base: 10, exponent: row[1], format: 'DecimalSI' };
  const power = binary.indexOf(text);
  if (power > 0) return { base: 2, exponent: power * 10, format: 'BinarySI' };
  const m = /^[eE]([-+]?\d+)$/.exec(text);
  return m === null ? undefined : { base: 10, exponent: Number(m[1]), format: 'DecimalExponent' };
}

/** The quantity a text means; undefined when it is none. */
export function parseQuantity(text: string): Quantity | undefined {
  if (text === '0') {
    return { value: 0n, scale: 0, format: 'DecimalSI', fast: true, cached: true };
  }
  const m = /^([-+]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/.exec(text);
  const [, sign = '', whole = '', denom = '', tail = ''] = m ?? [];
  const suffix = m === null || whole + denom === '' ? undefined : suffixOf(tail);
  if (suffix === undefined || Math.abs(suffix.exponent) > 1000) return undefined;
  const num = whole.replace(/^0+/, '') || '0';
  const digits = BigInt(num + denom);
  const signed = (n: bigint) => (sign === '-' ? -n : n);
  const { base, exponent, format } = suffix;
  const value = base === 2 ? digits * 2n ** BigInt(exponent) : digits;
  const scale = (base === 2 ? 0 : exponent) - denom.length;
  if (isFast(suffix, num, denom, scale) && value <= int64Max) {
    const cached = isCanonical(suffix, num + denom, digits, scale);
    return { value: signed(value), scale, format, fast: true, cached };
  }
  const nano = value === 0n ? 0n : toNano(value, scale);
  const isSmall = format === 'BinarySI' && nano > 0n && nano < 10n ** 9n;
  return {
    value: signed(nano),
    scale: nano === 0n ? 0 : -9,
    format: isSmall ? 'DecimalSI' : format,
    fast: false,
    cached: false,
  };
}

function isFast({ base, exponent }: Suffix, num: string, denom: string, scale: number): boolean {
  if (base === 10) return num.length + denom.length <= digitsMax && scale >= -9;
  return denom === '' && 15 - num.length - Math.trunc(exponent * 0.3) - 1 >= 0;
}

function isCanonical(suffix: Suffix, shifted: string, digits: bigint, scale: number): boolean {
  if (suffix.base === 2) return (digits & 7n) !== 0n;
  return scale % 3 === 0 && !shifted.endsWith('000') && !shifted.startsWith('0');
}

/** Rounded up: whoever asks for something gets something. */
function toNano(value: bigint, scale: number): bigint {
  const shift = scale + 9;
  if (shift >= 0) return value * 10n ** BigInt(shift);
  const unit = 10n ** BigInt(-shift);
  return (value + unit - 1n) / unit;
}

/** The text the API server stores: "1.5" -> "1500m", "1.5Gi" -> "1536Mi", "1024Ki" -> "1Mi". */
export function formatQuantity(quantity: Quantity): string {
  const { value, scale, format } = quantity;
  if (value === 0n) return '0';
  const minus = value < 0n ? '-' : '';
  const size = value < 0n ? -value : value;
  if (format === 'BinarySI') {
    const whole = wholeOf(size, scale);
    if (whole !== undefined && whole >= 1024n) return minus + inPowersOf1024(whole);
  }
  return minus + inThousands(size, scale, format);
}

/** The number without its scale; undefined when it has a fraction. */
function wholeOf(value: bigint, scale: number): bigint | undefined {
  if (scale >= 0) return value * 10n ** BigInt(scale);
  const unit = 10n ** BigInt(-scale);
  return value % unit === 0n ? value / unit : undefined;
}

function inPowersOf1024(whole: bigint): string {
  let [number, power] = [whole, 0];
  while (number % 1024n === 0n && power < binary.length - 1) {
    number /= 1024n;
    power++;
  }
  return `${number}${binary[power]}`;
}

function inThousands(value: bigint, scale: number, format: QuantityFormat): string {
  let [number, exponent] = [value, scale];
  while (number % 10n === 0n) {
    number /= 10n;
    exponent++;
  }
  while (exponent % 3 !== 0) {
    number *= 10n;
    exponent--;
  }
  const suffix = decimal.find(([, at]) => at === exponent);
  if (format !== 'DecimalExponent' && suffix !== undefined) return `${number}${suffix[0]}`;
  return exponent === 0 ? `${number}` : `${number}e${exponent}`;
}

/** The canonical text of a quantity as written (text or number); unreadable ones stay as they are. */
export function canonicalQuantity<T>(written: T): T | string {
  if (typeof written !== 'string' && typeof written !== 'number') return written;
  const quantity = parseQuantity(String(written).trim());
  return quantity === undefined ? written : formatQuantity(quantity);
}

/** Negative, 0 or positive, as `a` is less than, equal to or more than `b`. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  const scale = Math.min(a.scale, b.scale);
  const x = a.value * 10n ** BigInt(a.scale - scale);
  const y = b.value * 10n ** BigInt(b.scale - scale);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Whether it is a whole number. */
export function isWhole({ value, scale }: Quantity): boolean {
  return scale >= 0 || value % 10n ** BigInt(-scale) === 0n;
}
