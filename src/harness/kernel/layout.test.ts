// What changes a machine that stands: only the lines that differ, so that connections over the others live on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeOf } from './layout.ts';

const address = 'addr replace 10.0.0.1/24 dev eth0';
const other = 'addr replace 10.0.0.2/24 dev eth0';
const route = 'route replace 10.1.0.0/24 via 10.0.0.2 dev eth0 onlink';
const elsewhere = 'route replace 10.1.0.0/24 via 10.0.0.3 dev eth0 onlink';
const swallowed = 'route replace blackhole 10.1.0.0/24';
const dead = 'neigh replace 10.0.0.9 lladdr 02:00:00:00:fe:fe dev eth0 nud permanent';

const rows: readonly [
  name: string,
  from: readonly string[],
  to: readonly string[],
  change: readonly string[] | null,
][] = [
  ['nothing', [address, route], [address, route], []],
  ['another order', [address, route, dead], [dead, route, address], []],
  ['an address more', [address], [address, other], [other]],
  ['an address less: from nothing', [address, other], [address], null],
  ['another address: from nothing', [address], [other], null],
  ['a route more', [address], [address, route], [route]],
  ['a route less', [address, route], [address], ['route del 10.1.0.0/24']],
  ['another way', [route], [elsewhere], ['route del 10.1.0.0/24', elsewhere]],
  ['a blackhole less', [swallowed], [], ['route del blackhole 10.1.0.0/24']],
  ['a blackhole instead', [route], [swallowed], ['route del 10.1.0.0/24', swallowed]],
  ['a neighbour that died', [address], [address, dead], [dead]],
  ['a neighbour that is back', [address, dead], [address], ['neigh del 10.0.0.9 dev eth0']],
  ['a neighbour is back, an address gone: from nothing', [address, dead], [], null],
];

for (const [name, from, to, change] of rows) {
  test(name, () => assert.deepEqual(changeOf(from, to), change));
}
