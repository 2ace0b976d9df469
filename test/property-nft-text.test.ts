// Listing tables of nf_tables and reading the text back: the same text again, for random tables of both families. One
// thing nft itself reads otherwise than it lists: ranges joined into one keep their braces, which then mean nothing.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseRuleset } from '../src/netfilter/nft/parse.ts';
import { listRuleset, loadText } from '../src/netfilter/nft/print.ts';
import type { NftTable } from '../src/netfilter/nft/table.ts';
import { anyTable } from './arbitraries/nft.ts';
import { checkCatches, checkProperty } from './check-property.ts';

const file = import.meta.filename;

/** As nft lists what it listed. */
function again(listed: string): string {
  return listed.replace(/(?<=[a-z] (?:!= )?)\{ (\S+) \}/g, '$1');
}

function roundTrip(tables: readonly NftTable[], spoil: (text: string) => string): void {
  const listed = listRuleset({ nft: tables });
  assert.equal(listRuleset({ nft: parseRuleset(spoil(listed)) }), again(listed));
  // What a rule says to nft is what its listing says: reading the text that loads and listing it gives the listing.
  const written = loadText({ nft: tables }).replace(/^(add|delete) table .*\n/gm, '');
  assert.equal(listRuleset({ nft: parseRuleset(written) }), listed);
}

const same = (text: string): string => text;

for (const family of [4, 6] as const) {
  checkProperty(
    `IPv${family}: what is listed reads back to what lists the same`,
    fc.property(anyTable(family, 'one'), (table) => roundTrip([table], same)),
    { file, runs: 40 },
  );
}

for (const [fault, from, to] of [
  ['a comment that is lost', / comment "a b"/, ''],
  ['a negation that is lost', / != /, ' '],
  ['an element that is lost', /\{ [^ ,}]+, /, '{ '],
  ['another policy', 'policy drop', 'policy accept'],
] as const) {
  checkCatches(
    fault,
    fc.property(anyTable(4, 'one'), (table) =>
      roundTrip([table], (text) => text.replace(from, to)),
    ),
    { file, runs: 40 },
  );
}
