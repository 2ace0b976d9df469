import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { IPv4CidrRange } from 'ip-num';
import { addr, formatAddr, parseAddr } from './addr.ts';
import { block, cidr, contains, formatCidr, nth, overlaps, parseCidr, size } from './cidr.ts';

const good = [
  ['0.0.0.0', '0.0.0.0'],
  ['255.255.255.255', '255.255.255.255'],
  ['10.96.0.1', '10.96.0.1'],
  ['::', '::'],
  ['::1', '::1'],
  ['fd00:0:0:0:0:0:0:1', 'fd00::1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['::ffff:10.0.0.1', '::ffff:10.0.0.1'],
] as const;
for (const [text, want] of good) {
  test(`address ${text} prints as ${want}`, () => assert.equal(formatAddr(addr(text)), want));
}
for (const text of [
  '',
  '1.2.3',
  '1.2.3.4.5',
  '256.0.0.1',
  '01.2.3.4',
  '1..2.3',
  'fd00::1::2',
  'g::1',
  '1:2',
  ':1',
]) {
  test(`"${text}" is no address`, () => assert.equal(parseAddr(text), undefined));
}
test('every address survives printing and parsing', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (n) => parseAddr(formatAddr(n)) === n),
  );
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
      (n) => parseAddr(formatAddr(n)) === n,
    ),
  );
});
test('a range cuts host bits and knows its block', () => {
  const range = cidr('10.244.1.7/16');
  assert.equal(formatCidr(range), '10.244.0.0/16');
  assert.equal(formatCidr(block(range, 24, 3)), '10.244.3.0/24');
  assert.equal(size(cidr('10.0.0.0/30')), 4);
  assert.equal(formatAddr(nth(range, 257)), '10.244.1.1');
  assert.ok(contains(range, addr('10.244.255.255')) && !contains(range, addr('10.245.0.0')));
  assert.ok(overlaps(range, cidr('10.0.0.0/8')) && !overlaps(range, cidr('10.96.0.0/12')));
  assert.equal(formatCidr(block(cidr('fd00::/48'), 64, 2)), 'fd00:0:0:2::/64');
  for (const bad of ['10.0.0.0', '10.0.0.0/33', '10.0.0/8', 'x/8', '10.0.0.0/08']) {
    assert.equal(parseCidr(bad), undefined, bad);
  }
});

test('an IPv4 range is the one that ip-num reads', () => {
  const octet = fc.integer({ min: 0, max: 255 });
  const bits = fc.integer({ min: 0, max: 32 });
  fc.assert(
    fc.property(octet, octet, octet, octet, bits, (a, b, c, d, length) => {
      const text = `${a}.${b}.${c}.${d}/${length}`;
      const { low, high } = cidr(text);
      const range = IPv4CidrRange.fromCidr(text);
      assert.equal(BigInt(low), range.getFirst().getValue());
      assert.equal(BigInt(high), range.getLast().getValue());
    }),
  );
});
