// A part of the table of entries in the real kernel; `npm run test:kernel -- --entries` compares all of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entries } from './kernel/entries.ts';
import { compareEntries } from './kernel/entries-compare.ts';
import { type KernelMode, missing } from './kernel/modes.ts';

/** From afar, to the node's own network and to nobody, under the policies that tell them apart. */
const some = entries.filter(
  ({ placement, internal, external }) =>
    internal === external &&
    (placement === 'none' || (placement !== 'both' && internal === 'Local')),
);

for (const mode of ['iptables', 'nftables'] as const satisfies readonly KernelMode[]) {
  const reason = missing(mode);
  test(`${mode}: the kernel takes every way in as we do`, { skip: reason ?? false }, () => {
    const { found, connections } = compareEntries(mode, some);
    assert.deepEqual(found, []);
    assert.ok(connections > 500, `${connections} connections`);
  });
}
