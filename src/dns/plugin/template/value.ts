// Values of Go's text/template as far as templates in a Corefile meet them: what reflection would tell, as data.
// Strings are byte strings.

export type Value =
  /** reflect's zero Value: a missing map key. */
  | { readonly kind: 'invalid' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly type: 'int' | 'int32'; readonly value: bigint }
  | {
      readonly kind: 'uint';
      readonly type: 'uint8' | 'uint16' | 'uint64';
      readonly value: bigint;
    }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'list'; readonly type: string; readonly items: readonly Value[] }
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, string> }
  | {
      readonly kind: 'object';
      readonly type: string;
      readonly fields: Readonly<Record<string, Value>>;
      readonly methods: Readonly<Record<string, Method>>;
      /** Fields and methods that upstream has and this does not. */
      readonly unmodelled: boolean;
      /** How fmt prints it; null: not modelled. */
      readonly text: string | null;
    };

export interface Method {
  readonly parameters: readonly 'string'[];
  call(args: readonly string[]): Value;
}

export const invalid: Value = { kind: 'invalid' };
export const int = (value: bigint | number): Value => ({
  kind: 'int',
  type: 'int',
  value: BigInt(value),
});
export const uint16 = (value: number): Value => ({
  kind: 'uint',
  type: 'uint16',
  value: BigInt(value),
});
export const bool = (value: boolean): Value => ({ kind: 'bool', value });
export const string = (value: string): Value => ({ kind: 'string', value });

/** The Go type's name in messages. */
export function typeOfValue(value: Value): string {
  switch (value.kind) {
    case 'invalid':
      return '<nil>';
    case 'bool':
    case 'string':
      return value.kind;
    case 'float':
      return 'float64';
    case 'map':
      return 'map[string]string';
    default:
      return value.type;
  }
}

/** text/template's truth: not the zero value of its type. */
export function isTrue(value: Value): boolean {
  switch (value.kind) {
    case 'invalid':
      return false;
    case 'bool':
      return value.value;
    case 'int':
    case 'uint':
      return value.value !== 0n;
    case 'float':
      return value.value !== 0;
    case 'string':
      return value.value !== '';
    case 'list':
      return value.items.length > 0;
    case 'map':
      return value.entries.size > 0;
    case 'object':
      return true;
  }
}

/** Thrown while a template runs; execute.ts adds where. */
export class TemplateFault extends Error {}

/** As fmt prints it with %v; null: a value whose form is not modelled. */
export function printed(value: Value): string | null {
  switch (value.kind) {
    case 'invalid':
      return '<nil>';
    case 'bool':
      return String(value.value);
    case 'int':
    case 'uint':
      return value.value.toString();
    case 'float':
      return floatText(value.value);
    case 'string':
      return value.value;
    case 'list': {
      const items = value.items.map(printed);
      return items.includes(null) ? null : `[${items.join(' ')}]`;
    }
    case 'map': {
      const keys = [...value.entries.keys()].sort();
      return `map[${keys.map((key) => `${key}:${value.entries.get(key)}`).join(' ')}]`;
    }
    case 'object':
      return value.text;
  }
}

/** strconv's shortest form, %g with exponents from 21 on, as %v has it. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const e = Number(exponent);
  if (e >= -4 && e < 21) return Number.isInteger(value) ? BigInt(value).toString() : plain(value);
  const sign = e < 0 ? '-' : '+';
  return `${mantissa}e${sign}${String(Math.abs(e)).padStart(2, '0')}`;
}

function plain(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(20).replace(/0+$/, '') : text;
}
