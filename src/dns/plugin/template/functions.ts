// The functions a template may call: those of Go's text/template (text/template/funcs.go) and CoreDNS's parseInt.
// `and` and `or` stand in execute.ts, for they stop early; `call` has nothing to call.
import { plainText, sprint, sprintf, sprintln } from './printf.ts';
import {
  bool,
  int,
  invalid,
  isTrue,
  string,
  TemplateFault,
  typeOfValue,
  type Value,
} from './value.ts';

/** How an argument is taken: any value, or one of this type only. */
export type Parameter = 'any' | 'string' | 'int';

export interface TemplateFunction {
  readonly parameters: readonly Parameter[];
  /** Type of any number of further arguments. */
  readonly rest?: Parameter;
  call(args: readonly Value[]): Value;
}

const compare = (test: (args: readonly Value[]) => boolean): TemplateFunction => ({
  parameters: ['any', 'any'],
  call: (args) => bool(test(args)),
});

const printer = (print: (args: readonly Value[]) => string): TemplateFunction => ({
  parameters: [],
  rest: 'any',
  call: (args) => string(print(args)),
});

export const FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  and: { parameters: ['any'], rest: 'any', call: () => invalid },
  or: { parameters: ['any'], rest: 'any', call: () => invalid },
  call: {
    parameters: ['any'],
    rest: 'any',
    call: ([first = invalid]) => {
      if (first.kind === 'invalid') throw new TemplateFault('call of nil');
      throw new TemplateFault(`non-function of type ${typeOfValue(first)}`);
    },
  },
  not: { parameters: ['any'], call: ([arg = invalid]) => bool(!isTrue(arg)) },
  len: { parameters: ['any'], call: ([item = invalid]) => int(lengthOf(item)) },
  index: {
    parameters: ['any'],
    rest: 'any',
    call: ([item = invalid, ...indexes]) => indexes.reduce(indexed, known(item, 'index')),
  },
  slice: { parameters: ['any'], rest: 'any', call: sliced },
  print: printer(sprint),
  println: printer(sprintln),
  printf: {
    parameters: ['string'],
    rest: 'any',
    call: ([format, ...args]) =>
      string(sprintf(format?.kind === 'string' ? format.value : '', args)),
  },
  html: printer((args) => html(sprintArgs(args))),
  js: printer((args) => js(sprintArgs(args))),
  urlquery: printer((args) => urlquery(sprintArgs(args))),
  eq: {
    parameters: ['any'],
    rest: 'any',
    call: ([first = invalid, ...rest]) => bool(equalAny(first, rest)),
  },
  ne: compare(([a = invalid, b = invalid]) => !equalAny(a, [b])),
  lt: compare(([a = invalid, b = invalid]) => less(a, b)),
  le: compare(([a = invalid, b = invalid]) => less(a, b) || equalAny(a, [b])),
  gt: compare(([a = invalid, b = invalid]) => !(less(a, b) || equalAny(a, [b]))),
  ge: compare(([a = invalid, b = invalid]) => !less(a, b)),
  parseInt: { parameters: ['string', 'int', 'int'], call: parsedUint },
};

/** evalArgs of html, js and urlquery: one string stays as it is. */
function sprintArgs(args: readonly Value[]): string {
  const [only] = args;
  return args.length === 1 && only?.kind === 'string' ? only.value : sprint(args);
}

function known(item: Value, what: string): Value {
  if (item.kind === 'invalid') throw new TemplateFault(`${what} of untyped nil`);
  return item;
}

function lengthOf(item: Value): number {
  switch (item.kind) {
    case 'string':
      return item.value.length;
    case 'list':
      return item.items.length;
    case 'map':
      return item.entries.size;
    case 'invalid':
      throw new TemplateFault('len of nil pointer');
    default:
      throw new TemplateFault(`len of type ${typeOfValue(item)}`);
  }
}

/** indexArg: a whole number inside the bounds. */
function position(index: Value, most: number): number {
  if (index.kind === 'invalid') throw new TemplateFault('cannot index slice/array with nil');
  if (index.kind !== 'int' && index.kind !== 'uint') {
    throw new TemplateFault(`cannot index slice/array with type ${typeOfValue(index)}`);
  }
  if (index.value < 0n || index.value > BigInt(most)) {
    throw new TemplateFault(`index out of range: ${index.value}`);
  }
  return Number(index.value);
}

function indexed(item: Value, index: Value): Value {
  switch (item.kind) {
    case 'string': {
      const at = position(index, item.value.length);
      const byte = item.value.charCodeAt(at);
      if (Number.isNaN(byte)) throw new TemplateFault(`reflect: string index out of range`);
      return { kind: 'uint', type: 'uint8', value: BigInt(byte) };
    }
    case 'list': {
      const value = item.items[position(index, item.items.length)];
      if (value === undefined) throw new TemplateFault('reflect: slice index out of range');
      return value;
    }
    case 'map': {
      if (index.kind === 'invalid')
        throw new TemplateFault('value is nil; should be of type string');
      if (index.kind !== 'string') {
        throw new TemplateFault(`value has type ${typeOfValue(index)}; should be string`);
      }
      return string(item.entries.get(index.value) ?? '');
    }
    default:
      throw new TemplateFault(`can't index item of type ${typeOfValue(item)}`);
  }
}

function sliced([item = invalid, ...indexes]: readonly Value[]): Value {
  known(item, 'slice');
  if (indexes.length > 3) throw new TemplateFault(`too many slice indexes: ${indexes.length}`);
  if (item.kind !== 'string' && item.kind !== 'list') {
    throw new TemplateFault(`can't slice item of type ${typeOfValue(item)}`);
  }
  if (item.kind === 'string' && indexes.length === 3) {
    throw new TemplateFault('cannot 3-index slice a string');
  }
  const length = item.kind === 'string' ? item.value.length : item.items.length;
  const [from = 0, to = length] = indexes.map((index) => position(index, length));
  if (from > to) throw new TemplateFault(`invalid slice index: ${from} > ${to}`);
  if (item.kind === 'string') return string(item.value.slice(from, to));
  return { ...item, items: item.items.slice(from, to) };
}

function equalAny(first: Value, rest: readonly Value[]): boolean {
  if (rest.length === 0) throw new TemplateFault('missing argument for comparison');
  return rest.some((other) => equal(first, other));
}

function equal(a: Value, b: Value): boolean {
  const isNumber = (v: Value) => v.kind === 'int' || v.kind === 'uint';
  if (isNumber(a) && isNumber(b)) return 'value' in a && 'value' in b && a.value === b.value;
  const basic = (v: Value) => 'value' in v;
  if (basicKind(a) !== basicKind(b)) {
    if (a.kind === 'invalid' || b.kind === 'invalid') return false;
    throw new TemplateFault(
      `incompatible types for comparison: ${typeOfValue(a)} and ${typeOfValue(b)}`,
    );
  }
  if (basic(a)) return 'value' in a && 'value' in b && a.value === b.value;
  if (a.kind === 'invalid' || b.kind === 'invalid') return a.kind === b.kind;
  if (a.kind !== b.kind) {
    throw new TemplateFault(
      `non-comparable types ${plainText(a)}: ${typeOfValue(a)}, ${typeOfValue(b)}: ${plainText(b)}`,
    );
  }
  if (a.kind === 'object') return a === b;
  throw new TemplateFault(`non-comparable type ${plainText(b)}: ${typeOfValue(b)}`);
}

function basicKind(value: Value): string {
  return 'value' in value ? value.kind : '';
}

function less(a: Value, b: Value): boolean {
  if (!('value' in a) || !('value' in b)) throw new TemplateFault('invalid type for comparison');
  const isNumber = (v: Value) => v.kind === 'int' || v.kind === 'uint';
  if (a.kind !== b.kind && !(isNumber(a) && isNumber(b))) {
    throw new TemplateFault(
      `incompatible types for comparison: ${typeOfValue(a)} and ${typeOfValue(b)}`,
    );
  }
  if (a.kind === 'bool') throw new TemplateFault('invalid type for comparison');
  return a.value < b.value;
}

/** strconv.ParseUint(text, base, bits). */
function parsedUint([textValue, baseValue, bitsValue]: readonly Value[]): Value {
  const text = textValue?.kind === 'string' ? textValue.value : '';
  const numberOf = (v: Value | undefined): number => (v?.kind === 'int' ? Number(v.value) : 0);
  const fail = (what: string): TemplateFault =>
    new TemplateFault(`strconv.ParseUint: parsing ${JSON.stringify(text)}: ${what}`);
  if (text === '') throw fail('invalid syntax');
  let base = numberOf(baseValue);
  const bits = numberOf(bitsValue) === 0 ? 64 : numberOf(bitsValue);
  let digits = text.toLowerCase();
  if (base === 0) {
    base = { '0x': 16, '0b': 2, '0o': 8 }[digits.slice(0, 2)] ?? (/^0./.test(digits) ? 8 : 10);
    digits = digits.replaceAll('_', '').replace(/^0[xbo]/, '');
  } else if (base < 2 || base > 36) throw fail(`invalid base ${base}`);
  if (bits < 0 || bits > 64) throw fail(`invalid bit size ${bits}`);
  let value = 0n;
  for (const c of digits) {
    const digit = '0123456789abcdefghijklmnopqrstuvwxyz'.indexOf(c);
    if (digit < 0 || digit >= base) throw fail('invalid syntax');
    value = value * BigInt(base) + BigInt(digit);
  }
  if (digits === '') throw fail('invalid syntax');
  if (value >= 2n ** BigInt(bits)) throw fail('value out of range');
  return { kind: 'uint', type: 'uint64', value };
}

const htmlEscapes: Readonly<Record<string, string>> = {
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\0': '\xef\xbf\xbd',
};

function html(text: string): string {
  return Array.from(text, (c) => htmlEscapes[c] ?? c).join('');
}

const jsEscapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
};

function js(text: string): string {
  return Array.from(text, (c) => {
    const code = c.charCodeAt(0);
    if (code >= 0x80) throw new TemplateFault('js of text beyond ASCII is not modelled');
    if (code < 0x20 || code === 0x7f)
      return `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
    return jsEscapes[c] ?? c;
  }).join('');
}

/** net/url.QueryEscape */
function urlquery(text: string): string {
  return Array.from(text, (c) => {
    if (/[A-Za-z0-9_.~-]/.test(c)) return c;
    if (c === ' ') return '+';
    return `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}
