// Go's fmt for the values of templates: print, println, printf (fmt/print.go, fmt/format.go). Verbs v s q x X d b o O c
// U t e E f F g G T; widths, precisions and flags; the %!verb(type=value) forms of mistakes.
import { codePointBytes } from '../../go/bytes.ts';
import { floatText, printed, TemplateFault, typeOfValue, type Value } from './value.ts';

/** fmt.Sprint: a blank between operands that are both no strings. */
export function sprint(values: readonly Value[]): string {
  return values.reduce((out, value, i) => {
    const before = values[i - 1];
    const blank = before !== undefined && before.kind !== 'string' && value.kind !== 'string';
    return `${out}${blank ? ' ' : ''}${plainText(value)}`;
  }, '');
}

export function sprintln(values: readonly Value[]): string {
  return `${values.map(plainText).join(' ')}\n`;
}

/** %v */
export function plainText(value: Value): string {
  const text = printed(value);
  if (text === null) throw new TemplateFault(`printing a ${typeOfValue(value)} is not modelled`);
  return text;
}

interface Spec {
  readonly flags: string;
  readonly width: number | null;
  readonly precision: number | null;
  readonly verb: string;
}

const specifier = /^([-+# 0]*)(\[\d+\])?(\*|\d+)?(?:\.(\*|\d+)?)?(.?)/s;

export function sprintf(format: string, values: readonly Value[]): string {
  let out = '';
  let next = 0;
  for (let i = 0; i < format.length; i++) {
    if (format[i] !== '%') {
      out += format[i];
      continue;
    }
    const rest = format.slice(i + 1);
    const match = specifier.exec(rest);
    const [whole = '', flags = '', index, widthText, precisionText, verb = ''] = match ?? [];
    if (index !== undefined)
      throw new TemplateFault('printf with argument indexes is not modelled');
    i += whole.length;
    const star = (text: string | undefined): number | null => {
      if (text !== '*') return text === undefined ? null : Number(text);
      const value = values[next++];
      return value?.kind === 'int' ? Number(value.value) : null;
    };
    const starWidth = star(widthText);
    const dotted = whole.slice(0, -1).includes('.');
    const precision = dotted ? (star(precisionText) ?? 0) : null;
    const left = starWidth !== null && starWidth < 0 ? '-' : '';
    const width = starWidth === null ? null : Math.abs(starWidth);
    if (verb === '') out += '%!(NOVERB)';
    else if (verb === '%') out += '%';
    else if (next >= values.length) out += `%!${verb}(MISSING)`;
    else out += formatted({ flags: flags + left, width, precision, verb }, values[next++] as Value);
  }
  if (next < values.length) {
    const extra = values.slice(next).map((value) => {
      return value.kind === 'invalid' ? '<nil>' : `${typeOfValue(value)}=${plainText(value)}`;
    });
    out += `%!(EXTRA ${extra.join(', ')})`;
  }
  return out;
}

function formatted(spec: Spec, value: Value): string {
  const { verb } = spec;
  if (verb === 'T') return padded(spec, typeOfValue(value), false);
  if (value.kind === 'invalid')
    return verb === 'v' ? padded(spec, '<nil>', false) : `%!${verb}(<nil>)`;
  const text = byKind(spec, value);
  if (text !== null) return text;
  return `%!${verb}(${typeOfValue(value)}=${plainText(value)})`;
}

/** null: the verb does not fit the value. */
function byKind(spec: Spec, value: Value): string | null {
  switch (value.kind) {
    case 'string':
      return stringText(spec, value.value);
    case 'int':
    case 'uint':
      return intText(spec, value.value);
    case 'bool':
      return 'tv'.includes(spec.verb) ? padded(spec, String(value.value), false) : null;
    case 'float':
      return floatFormat(spec, value.value);
    case 'list': {
      const items = value.items.map((item) => formatted(spec, item));
      return `[${items.join(' ')}]`;
    }
    case 'map': {
      const one = (text: string): string => formatted(spec, { kind: 'string', value: text });
      const keys = [...value.entries.keys()].sort();
      return `map[${keys.map((k) => `${one(k)}:${one(value.entries.get(k) ?? '')}`).join(' ')}]`;
    }
    default:
      return spec.verb === 'v' || spec.verb === 's' ? plainText(value) : null;
  }
}

function padded(spec: Spec, text: string, numeric: boolean): string {
  const { width, flags } = spec;
  if (width === null || runes(text) >= width) return text;
  const missing = width - runes(text);
  if (flags.includes('-')) return text + ' '.repeat(missing);
  if (flags.includes('0') && numeric) {
    const sign = /^[-+ ]/.exec(text)?.[0] ?? '';
    return sign + '0'.repeat(missing) + text.slice(sign.length);
  }
  return (flags.includes('0') ? '0' : ' ').repeat(missing) + text;
}

/** Characters of a byte string. */
function runes(bytes: string): number {
  return Array.from(bytes).filter((c) => (c.charCodeAt(0) & 0xc0) !== 0x80).length;
}

function stringText(spec: Spec, value: string): string | null {
  const cut = spec.precision === null ? value : value.slice(0, spec.precision);
  switch (spec.verb) {
    case 'v':
      return padded(spec, spec.flags.includes('#') ? quoted(cut) : cut, false);
    case 's':
      return padded(spec, cut, false);
    case 'q':
      return padded(
        spec,
        spec.flags.includes('#') && !cut.includes('`') ? `\`${cut}\`` : quoted(cut),
        false,
      );
    case 'x':
    case 'X': {
      const gap = spec.flags.includes(' ') ? ' ' : '';
      const prefix = spec.flags.includes('#') && cut !== '' ? '0x' : '';
      const parts = Array.from(cut, (c) => c.charCodeAt(0).toString(16).padStart(2, '0'));
      const hex = gap === '' ? prefix + parts.join('') : parts.map((p) => prefix + p).join(gap);
      return padded(spec, spec.verb === 'X' ? hex.toUpperCase() : hex, false);
    }
    default:
      return null;
  }
}

const bases: Readonly<Record<string, number>> = { d: 10, v: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };

function intText(spec: Spec, value: bigint): string | null {
  const { verb, flags, precision } = spec;
  const negative = value < 0n;
  const size = negative ? -value : value;
  if (verb === 'c') return padded(spec, codePointBytes(Number(size)), false);
  if (verb === 'q') {
    const char = codePointBytes(Number(size));
    return padded(
      spec,
      char === "'" ? "'\\''" : `'${quoted(char).slice(1, -1).replace('\\"', '"')}'`,
      false,
    );
  }
  if (verb === 'U')
    return padded(
      spec,
      `U+${size
        .toString(16)
        .toUpperCase()
        .padStart(Math.max(4, precision ?? 0), '0')}`,
      false,
    );
  const base = bases[verb];
  if (base === undefined) return null;
  if (precision === 0 && size === 0n) return ' '.repeat(spec.width ?? 0);
  let digits = size.toString(base);
  if (verb === 'X') digits = digits.toUpperCase();
  if (precision !== null) digits = digits.padStart(precision, '0');
  const sign = negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const zeros = flags.includes('0') && !flags.includes('-') && precision === null;
  if (zeros && spec.width !== null) digits = digits.padStart(spec.width - sign.length, '0');
  let prefix = verb === 'O' ? '0o' : '';
  if (flags.includes('#')) {
    if (verb === 'x' || verb === 'X') prefix = `0${verb}`;
    else if (verb === 'b') prefix = '0b';
    else if (verb === 'o' && !digits.startsWith('0')) prefix = '0';
  }
  return padded({ ...spec, flags: flags.replaceAll('0', '') }, sign + prefix + digits, true);
}

function floatFormat(spec: Spec, value: number): string | null {
  const { verb, precision, flags } = spec;
  let text: string;
  if (verb === 'v' && precision === null) text = floatText(value);
  else if (verb === 'f' || verb === 'F') text = value.toFixed(precision ?? 6);
  else if (verb === 'e' || verb === 'E') text = exponent(value.toExponential(precision ?? 6));
  else if ((verb === 'g' || verb === 'G') && precision === null) text = floatText(value);
  else if (verb === 'g' || verb === 'G' || verb === 'v') {
    throw new TemplateFault(`printf %.${precision}${verb} is not modelled`);
  } else return null;
  if (verb === 'E' || verb === 'G') text = text.toUpperCase();
  const sign = text.startsWith('-')
    ? ''
    : flags.includes('+')
      ? '+'
      : flags.includes(' ')
        ? ' '
        : '';
  return padded(spec, sign + text, true);
}

function exponent(text: string): string {
  return text.replace(/e([-+])(\d)$/, 'e$10$2');
}

/** strconv.Quote of a byte string; bytes above ASCII are taken for UTF-8 that prints. */
export function quoted(text: string): string {
  let out = '';
  for (const c of text) {
    const code = c.charCodeAt(0);
    const named = { 7: 'a', 8: 'b', 9: 't', 10: 'n', 11: 'v', 12: 'f', 13: 'r', 34: '"', 92: '\\' }[
      code
    ];
    if (named !== undefined) out += `\\${named}`;
    else if (code < 0x20 || code === 0x7f) out += `\\x${code.toString(16).padStart(2, '0')}`;
    else out += c;
  }
  return `"${out}"`;
}
