// Chain names as sums over the service port's name, checked against names that real clusters show.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { probabilityBelow, probabilityText } from '../probability.ts';
import { shortHash } from '../short-hash.ts';

const hashes: readonly (readonly [string, string])[] = [
  ['ns1/svc1:p80tcp', 'XPGD46QRK7WJZT7O'],
  ['ns1/svc1:p80tcp10.180.0.1:80', 'SXIVWICOYRO3J4NJ'],
  ['ns5/svc5:p80tcp', 'NUKIZ6OKUXPJNT4C'],
  ['default/kubernetes:httpstcp', 'NPX46M4PTMTKRN6Y'],
  ['kube-system/kube-dns:dnsudp', 'TCOU7JCQXEZGVUNU'],
  ['kube-system/kube-dns:dns-tcptcp', 'ERIFXISQEP7F7OF4'],
  ['default/nginxtcp', '2CMXP7HKUVJN7L6M'],
];

for (const [text, want] of hashes) {
  test(`B2 ${text} -> ${want}`, () => assert.equal(shortHash(text, 16), want));
}

const probabilities: readonly (readonly [number, string, string])[] = [
  [1, '1.0000000000', '1.00000000000'],
  [2, '0.5000000000', '0.50000000000'],
  [3, '0.3333333333', '0.33333333349'],
  [4, '0.2500000000', '0.25000000000'],
  [5, '0.2000000000', '0.20000000019'],
  [6, '0.1666666667', '0.16666666651'],
  [7, '0.1428571429', '0.14285714272'],
  [8, '0.1250000000', '0.12500000000'],
  [9, '0.1111111111', '0.11111111101'],
  [10, '0.1000000000', '0.10000000009'],
  [11, '0.0909090909', '0.09090909082'],
  [12, '0.0833333333', '0.08333333349'],
  [100001, '0.0000099999', '0.00001000008'],
];

for (const [n, written, saved] of probabilities) {
  test(`B6, H12 TestComputeProbability: 1/${n} is written ${written}`, () => {
    assert.equal(probabilityText(n), written);
    assert.equal((probabilityBelow(n) / 2 ** 31).toFixed(11), saved);
  });
}

test('B6 the share of up to 10,000 endpoints can be told from the value compared', () => {
  for (let n = 1; n <= 10_000; n++) {
    assert.equal(Math.round(2 ** 31 / probabilityBelow(n)), n);
  }
});
