// Every row of the table of scalars measured on a real kubectl (dependencies 2.5), and its neighbours.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputError } from '../api/input-error.ts';
import { parseValues } from './parse.ts';

const rows: readonly { name: string; text: string; want: unknown }[] = [
  ...['yes', 'on', 'y', 'Y', 'true', 'ON'].map((text) => ({
    name: `2.5 plain ${text} is a bool`,
    text,
    want: true,
  })),
  ...['no', 'n', 'off', 'False'].map((text) => ({
    name: `2.5 plain ${text} is a bool`,
    text,
    want: false,
  })),
  { name: 'mixed case is text', text: 'yEs', want: 'yEs' },
  { name: 'quoted yes is text', text: '"yes"', want: 'yes' },
  { name: '2.5 leading zero is octal', text: '0755', want: 493 },
  { name: '2.5 0o is octal', text: '0o755', want: 493 },
  { name: '2.5 0b is binary', text: '0b101', want: 5 },
  { name: '2.5 no octal digits: a float', text: '089', want: 89 },
  { name: 'hexadecimal', text: '0x1F', want: 31 },
  { name: '2.5 underscores are dropped', text: '1_000', want: 1000 },
  { name: '2.5 sexagesimal is text', text: '12:30:45', want: '12:30:45' },
  { name: '2.5 a date is text', text: '2024-01-01', want: '2024-01-01' },
  { name: '2.5 a float out of range is text', text: '1e1000', want: '1e1000' },
  { name: 'an exponent', text: '1e3', want: 1000 },
  { name: 'a sign', text: '+12', want: 12 },
  { name: 'a leading dot', text: '.5', want: 0.5 },
  { name: 'an IP address is text', text: '10.96.0.1', want: '10.96.0.1' },
  { name: 'null words', text: '~', want: null },
  { name: '2.5 an unknown tag leaves text', text: '!foo bar', want: 'bar' },
  { name: '2.5 !!binary is decoded to text', text: '!!binary aGVsbG8=', want: 'hello' },
  { name: '!!str keeps digits', text: '!!str 5', want: '5' },
  { name: '!!int of a quoted number', text: '!!int "5"', want: 5 },
];

for (const { name, text, want } of rows) {
  test(`scalar: ${name}`, () => {
    const [document] = parseValues(`v: ${text}\n`, 'x.yaml');
    assert.deepEqual(document?.value, { v: want });
  });
}

const refusals: readonly { name: string; text: string; want: string }[] = [
  { name: '2.5 .inf has no JSON', text: 'v: .inf', want: 'json: unsupported value: +Inf' },
  {
    name: '2.5 an integer beyond 2^53 is not kept exactly',
    text: 'v: 9007199254740993',
    want: 'the integer 9007199254740993 is too large to be kept exactly (at most 9007199254740991)',
  },
  { name: '2.5 a null key', text: '~: 1', want: 'a key must be text, got null' },
  { name: '!!int of text', text: 'v: !!int x', want: 'cannot decode !!str `x` as a !!int' },
];

for (const { name, text, want } of refusals) {
  test(`scalar refused: ${name}`, () => {
    assert.throws(
      () => parseValues(text, 'x.yaml'),
      (error) => error instanceof InputError && error.message === want,
    );
  });
}

const documents: readonly { name: string; text: string; want: unknown }[] = [
  { name: '2.5 bools as keys', text: '{yes: 1, 0755: 2}', want: { true: 1, 493: 2 } },
  { name: '2.5 the last duplicate wins', text: 'a: 1\nb: 2\na: 3\n', want: { a: 3, b: 2 } },
  {
    name: '2.5 merge keys are merged, own keys win',
    text: 'x: &x {a: 1, b: 2}\nw:\n  <<: *x\n  b: 3\n',
    want: { x: { a: 1, b: 2 }, w: { b: 3, a: 1 } },
  },
  {
    name: 'a list of merges: the first wins',
    text: 'x: &x {a: 1}\nz: &z {a: 2, c: 4}\nw: {<<: [*x, *z]}\n',
    want: { x: { a: 1 }, z: { a: 2, c: 4 }, w: { a: 1, c: 4 } },
  },
  { name: '2.5 text after ... is ignored', text: 'a: 1\n...\n}}} not yaml\n', want: { a: 1 } },
  { name: 'JSON may be indented by tabs', text: '{\n\t"a": "b"\n}', want: { a: 'b' } },
  { name: 'a byte order mark', text: '\uFEFFa: 1', want: { a: 1 } },
];

for (const { name, text, want } of documents) {
  test(`document: ${name}`, () => {
    assert.deepEqual(parseValues(text, 'x.yaml')[0]?.value, want);
  });
}

test('document: __proto__ is an ordinary key', () => {
  const value = parseValues('{"__proto__": {"a": 1}}', 'x.yaml')[0]?.value as object;
  assert.deepEqual(Object.keys(value), ['__proto__']);
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
});
