// What rules put into sets reads back as it was noted, whatever the type of its fields.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addr } from '../../net/addr.ts';
import { Table } from '../../sim/table.ts';
import { dynamicOf, hasDynamic, updateDynamic } from './dynamic.ts';
import { setOf } from './make.fixture.ts';
import type { NftType, NftValue } from './table.ts';

const rows: readonly (readonly [NftType, NftValue])[] = [
  ['ipv4_addr', addr('10.0.0.1')],
  ['ipv6_addr', addr('fd00::1')],
  ['inet_proto', 6],
  ['inet_service', 80],
  ['mark', 0x4000],
  ['ifname', 'eth0'],
  ['iface_index', 'lo'],
  ['ct_state', 'new'],
  ['fib_addrtype', 'local'],
];
for (const [type, value] of rows) {
  test(`a ${type} that a rule noted`, () => {
    const set = { ...setOf('s', [type], []), flags: ['dynamic'] as const };
    const noted = new Table<number>();
    updateDynamic(noted, { table: 't', set, op: 'add', timeoutSeconds: 60 }, [value], 1000);
    assert.deepEqual(dynamicOf(noted, 't', set, 2000), [{ key: [value], endsInMs: 59_000 }]);
    assert.equal(hasDynamic(noted, 't', 's', [value], 60_999), true);
    assert.equal(hasDynamic(noted, 't', 's', [value], 61_000), false);
  });
}
