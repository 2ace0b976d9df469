// The exact text of diagnostics, with wide characters, tabs and colours.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputError } from '../api/input-error.ts';
import { diagnostic, width } from './diagnostic.ts';

const position = { file: 'web.yaml', line: 12, column: 5 };
const rows: readonly { name: string; error: InputError; want: string }[] = [
  {
    name: 'place, line, caret and help',
    error: new InputError('unknown-field', 'unknown field "spec.prots"', {
      position,
      sourceLine: '    prots: []',
      hint: 'did you mean "ports"?',
    }),
    want: `error[unknown-field]: unknown field "spec.prots"
  --> web.yaml:12:5
   |
12 |     prots: []
   |     ^
help: did you mean "ports"?
`,
  },
  { name: 'no place', error: new InputError('usage', 'no file'), want: 'error[usage]: no file\n' },
  {
    name: 'wide characters and tabs before the caret',
    error: new InputError('wrong-type', 'x', { position, sourceLine: '\t"端"x' }),
    want: 'error[wrong-type]: x\n  --> web.yaml:12:5\n   |\n12 |   "端"x\n   |       ^\n',
  },
  {
    name: 'control characters are not passed on',
    error: new InputError('usage', 'a\u001b[31mb'),
    want: 'error[usage]: a\uFFFD[31mb\n',
  },
];

for (const { name, error, want } of rows) {
  test(`diagnostic: ${name}`, () => assert.equal(diagnostic(error, false), want));
}

test('diagnostic: colours on request', () => {
  const text = diagnostic(new InputError('usage', 'no file'), true);
  assert.ok(text.startsWith('\u001b[1m\u001b[31merror[usage]'), text);
});

test('width counts terminal columns', () => {
  assert.deepEqual(['abc', '端口', 'e\u0301', '😀'].map(width), [3, 4, 1, 2]);
});
