// A set that is moved from one history of chunks to the next must hold what one made anew holds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { service } from '../../../test/arbitraries/proxy-objects.ts';
import { checkCatches, checkProperty } from '../../../test/check-property.ts';
import type { HashMembers } from '../../netfilter/ipset/members.ts';
import { type ServicePort, servicePorts } from '../service-port.ts';
import { entryText } from './entry.ts';
import type { Member } from './frontends.ts';
import { SetParts } from './set-parts.ts';

const set = 'KUBE-IPVS-IPS';
const port = servicePorts(service('ns/a', { clusterIP: '172.30.0.1' }), 4, 34)[0] as ServicePort;

function memberAt(n: number): Member {
  const entry = { kind: 'hash:ip', address: 0x0a000000 + n } as const;
  return { set, entry, text: entryText(entry), origin: 0 };
}

function textOf(members: HashMembers): string {
  const list = members.list().map(({ addr }) => Number(addr) - 0x0a000000);
  return `${members.size}: ${list.sort((a, b) => a - b).join()}`;
}

/** Of each sync each chunk's addresses, which chunks may share. */
const history = fc.array(
  fc.array(fc.subarray([1, 2, 3, 4, 5, 6]), { minLength: 4, maxLength: 6 }),
  {
    minLength: 2,
    maxLength: 8,
  },
);

function holds(syncs: readonly (readonly (readonly number[])[])[], isSpoilt: boolean): void {
  const kept = new SetParts();
  const partsOf = (parts: SetParts, chunks: readonly (readonly number[])[]) =>
    chunks.map((chunk) =>
      parts.ofChunk(set, [...parts.ofPort(port, chunk.map(memberAt)).values()]),
    );
  for (const [i, chunks] of syncs.entries()) {
    const others = isSpoilt ? chunks.map((chunk) => chunk.filter((n) => n > i % 6)) : chunks;
    const moved = kept.membersOf('here', partsOf(kept, others));
    const fresh = new SetParts();
    assert.equal(textOf(moved), textOf(fresh.membersOf('here', partsOf(fresh, chunks))));
  }
}

const options = { file: import.meta.filename, runs: 300 };
const property = (isSpoilt: boolean) => fc.property(history, (syncs) => holds(syncs, isSpoilt));
checkProperty('a set that is moved holds what one made anew holds', property(false), options);
checkCatches('the histories notice a member that is not put in', property(true), options);

test('parts with the same members are the same part, whichever port object they come from', () => {
  const parts = new SetParts();
  const [a] = [...parts.ofPort(port, [memberAt(1)]).values()];
  const [b] = [...parts.ofPort(port, [memberAt(1)]).values()];
  assert.ok(a !== undefined && b !== undefined);
  assert.equal(parts.ofChunk(set, [a]), parts.ofChunk(set, [b]));
});
