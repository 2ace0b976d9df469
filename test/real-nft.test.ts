// Our text of nf_tables against the machine's own nft: random tables of both families load in a fresh namespace and are
// listed as we print them, byte for byte. Skips with its reason where there is no root or no nft 1.0.6.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Family } from '../src/net/addr.ts';
import { listPart, listRuleset, listTables, loadText } from '../src/netfilter/nft/print.ts';
import type { NftTable } from '../src/netfilter/nft/table.ts';
import { anyTable } from './arbitraries/nft.ts';
import { loadAndList, unavailable } from './real-nft.ts';

const reason = unavailable();
const skip = reason === null ? false : reason;
if (reason !== null) console.log(`real nft: skipped, ${reason}`);

/** Several at once: starting the tool takes longer than its work. */
const some = (family: Family) =>
  fc.tuple(...['one', 'two', 'three', 'four'].map((name) => anyTable(family, name)));

function agree(tables: readonly NftTable[], spoil = (text: string) => text): void {
  const ours = listRuleset({ nft: tables });
  assert.equal(loadAndList(loadText({ nft: tables })), spoil(ours));
}

for (const family of [4, 6] as const) {
  test(`IPv${family}: random tables load and are listed as we print them`, { skip }, () => {
    fc.assert(
      fc.property(some(family), (tables) => agree(tables)),
      { numRuns: 25, seed: 20261121 },
    );
  });
}

test('IPv4: each part of random tables is listed as we print it', { skip }, () => {
  for (const tables of fc.sample(some(4), { numRuns: 3, seed: 20261121 })) {
    const parts = tables.flatMap((table) => [
      ...table.chains().map((name) => ({ table, kind: 'chain' as const, name })),
      ...table.sets().map((name) => {
        return {
          table,
          kind: table.set(name)?.data == null ? ('set' as const) : ('map' as const),
          name,
        };
      }),
    ]);
    const commands = parts.map(({ table, kind, name }) => `list ${kind} ip ${table.name} ${name}`);
    const ours = parts.map(({ table, ...part }) => listPart(table, part)).join('');
    const named = listTables({ nft: tables });
    const real = loadAndList(loadText({ nft: tables }), [...commands, 'list tables']);
    assert.equal(real, `${ours}${named}`);
  }
});

const fixed = fc.sample(some(4), { numRuns: 1, seed: 7 })[0] ?? [];

for (const [fault, from, to] of [
  ['another order of elements', /\{ (\S+ : [^,]+), (\S+ : [^,}]+)/, '{ $2, $1'],
  ['a priority as a number', 'priority filter', 'priority 0'],
  ['a flag unsaid', 'flags dynamic', 'flags'],
  ['a mark without zeros', '0x00004000', '0x4000'],
] as const) {
  test(`caught: ${fault}`, { skip }, () => {
    const ours = listRuleset({ nft: fixed });
    assert.notEqual(ours.replace(from, to), ours);
    assert.throws(() => agree(fixed, (text) => text.replace(from, to)));
  });
}
