// Look-ups by hash and by halving find what looking at every element finds, and the rules walked do not grow with a map.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addr } from '../../net/addr.ts';
import { TCP } from '../../net/packet.ts';
import { holds, type Lookup, lookupOf } from './lookup.ts';
import { element, setOf, table } from './make.fixture.ts';
import type { NftElement, NftPart, NftSet, NftType, NftValue } from './table.ts';

const low = addr('10.0.0.0') as number;

/** A small world, so that keys are hit often; several values of one hash are the v6 ones of which halves are equal. */
const worlds: readonly {
  readonly name: string;
  readonly type: readonly NftType[];
  readonly key: fc.Arbitrary<readonly NftValue[]>;
}[] = [
  {
    name: 'an address, a protocol and a port',
    type: ['ipv4_addr', 'inet_proto', 'inet_service'],
    key: fc.tuple(fc.integer({ min: low, max: low + 7 }), fc.constantFrom(6, 17), fc.nat(3)),
  },
  {
    name: 'an address',
    type: ['ipv4_addr'],
    key: fc.tuple(fc.integer({ min: low, max: low + 99 })),
  },
  {
    name: 'addresses of IPv6 that share a hash',
    type: ['ipv6_addr'],
    key: fc.tuple(fc.bigInt({ min: 0n, max: 9n }).map((n) => (n << 96n) | n | (n % 3n))),
  },
  {
    name: 'a device',
    type: ['ifname'],
    key: fc.tuple(fc.constantFrom('eth0', 'eth1', 'cali1', 'cali12', 'lo')),
  },
];

/** Some of the values as ranges or beginnings. */
function widened(key: readonly NftValue[], wide: readonly boolean[]): readonly NftPart[] {
  return key.map((value, i): NftPart => {
    if (wide[i] !== true) return value;
    if (typeof value === 'string') return `${value.slice(0, 3)}*`;
    if (typeof value === 'bigint')
      return { kind: 'range', low: value, high: value + 5n, bits: null };
    return { kind: 'range', low: value, high: value + 2, bits: null };
  });
}

function overlap(a: NftElement, keys: readonly (readonly NftValue[])[]): readonly boolean[] {
  return keys.map((key) => a.key.every((part, i) => holds(part, key[i] as NftValue)));
}

type Finder = (set: NftSet) => Lookup;
const real: Finder = (set) => lookupOf(table([], [set]), { kind: 'named', name: set.name });

function agree(find: Finder): void {
  for (const { type, key } of worlds) {
    const wide = fc.array(fc.boolean(), { minLength: 3, maxLength: 3 });
    const made = fc.array(fc.tuple(key, wide), { maxLength: 12 });
    fc.assert(
      fc.property(made, fc.array(key, { minLength: 1, maxLength: 8 }), (drafts, asked) => {
        const elements: NftElement[] = [];
        const keys = [...asked, ...drafts.map(([draft]) => draft)];
        for (const [draft, flags] of drafts) {
          const one = { ...element([]), key: widened(draft, flags) };
          const mine = overlap(one, keys);
          // Elements of a set never overlap: what would is left out.
          const clashes = elements.some((other) =>
            overlap(other, keys).some((hit, i) => hit && mine[i]),
          );
          if (!clashes) elements.push(one);
        }
        const lookup = find(setOf('s', type, elements));
        for (const asks of keys) {
          const want = elements.find((one) =>
            one.key.every((part, i) => holds(part, asks[i] as NftValue)),
          );
          assert.equal(lookup(asks), want);
        }
      }),
      { seed: 3, numRuns: 300 },
    );
  }
}

test('a look-up finds the element that looking at each finds', () => agree(real));

test('ranges of a rule may overlap and stand in each other: their union is looked up', () => {
  const range = (from: number, to: number): NftElement => {
    return {
      ...element([]),
      key: [{ kind: 'range', low: low + from, high: low + to, bits: null }],
    };
  };
  const drafts = fc.array(fc.tuple(fc.nat(30), fc.nat(9)), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(drafts, (pairs) => {
      const elements = pairs.map(([from, more]) => range(from, from + more));
      const lookup = lookupOf(table([]), { kind: 'anonymous', elements });
      for (let n = 0; n < 42; n++) {
        const isIn = pairs.some(([from, more]) => from <= n && n <= from + more);
        assert.equal(lookup([low + n]) !== undefined, isIn, `${n}`);
      }
    }),
    {
      seed: 3,
      numRuns: 300,
      examples: [
        [
          [
            [0, 9],
            [1, 1],
          ],
        ],
      ],
    },
  );
});

for (const [fault, find] of [
  [
    'halving that stops one short',
    (set: NftSet) => real({ ...set, elements: set.elements.slice(0, -1) }),
  ],
  [
    'a hash that is taken for the key',
    (set: NftSet): Lookup => {
      const lookup = real(set);
      return (key) => lookup(key.map((value) => (typeof value === 'bigint' ? value & 7n : value)));
    },
  ],
] as const) {
  test(`caught: ${fault}`, () => assert.throws(() => agree(find)));
}

test('a set keeps its index while the table changes', () => {
  const set = setOf('s', ['ipv4_addr', 'inet_proto', 'inet_service'], [element([low, TCP, 80])]);
  assert.equal(real(set), real(set));
});
