import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCidr, parseCidr } from './cidr.ts';

const rows: readonly (readonly [text: string, canonical: string | undefined])[] = [
  ['10.1.2.3/8', '10.0.0.0/8'],
  ['10.1.2.3/32', '10.1.2.3/32'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['fd00:10:96::5/108', 'fd00:10:96::/108'],
  ['::/0', '::/0'],
  ['2001:db8::1/128', '2001:db8::1/128'],
  ['::ffff:1.2.3.4/120', '::ffff:1.2.3.0/120'],
  ['10.0.0.0/33', undefined],
  ['fd00::/129', undefined],
  ['10.0.0.0/08', undefined],
  ['10.0.0.0', undefined],
];
for (const [text, canonical] of rows) {
  test(`parseCidr ${text}`, () => {
    const range = parseCidr(text);
    assert.equal(range === undefined ? undefined : formatCidr(range), canonical);
  });
}
