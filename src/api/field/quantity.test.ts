// Quantities in the canonical form of apimachinery's resource.Quantity.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalQuantity, parseQuantity } from './quantity.ts';

const rows: readonly { written: string | number; want: string }[] = [
  { written: '0', want: '0' },
  { written: '0m', want: '0' },
  { written: '100m', want: '100m' },
  { written: '1.5', want: '1500m' },
  { written: 0.5, want: '500m' },
  { written: '.25', want: '250m' },
  { written: 2, want: '2' },
  { written: '1000m', want: '1' },
  { written: '1000', want: '1k' },
  { written: '2000000', want: '2M' },
  { written: '1.5Gi', want: '1536Mi' },
  { written: '1024Mi', want: '1Gi' },
  { written: '64Mi', want: '64Mi' },
  { written: '0.5Gi', want: '512Mi' },
  { written: '100Ti', want: '100Ti' },
  { written: '1000Ki', want: '1000Ki' },
  { written: '0.1Ki', want: '102400m' },
  { written: '1e3', want: '1e3' },
  { written: '12e-1', want: '1200e-3' },
  { written: '0.0000000001', want: '1n' },
  { written: '+5', want: '5' },
  { written: '-1.5', want: '-1500m' },
];
for (const { written, want } of rows) {
  test(`quantity ${written} is stored as ${want}`, () => {
    assert.equal(canonicalQuantity(written), want);
    assert.equal(canonicalQuantity(want), want);
  });
}

for (const text of ['', 'lots', '1Zi', '1 Gi', '1.2.3', 'm', '-']) {
  test(`quantity "${text}" is none`, () => assert.equal(parseQuantity(text), undefined));
}

test('quantity: Go keeps the text of 100m and 70Mi beside the number, not that of 64Mi', () => {
  const cached = ['100m', '70Mi', '64Mi', '1.5'].map((text) => parseQuantity(text)?.cached);
  assert.deepEqual(cached, [true, true, false, false]);
});
