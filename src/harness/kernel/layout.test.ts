// What makes a machine from nothing, and what changes one that stands: only the lines that differ, so that connections over
// the others live on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Blueprint } from '../../fabric/blueprint.ts';
import { addr } from '../../net/addr.ts';
import { cidr } from '../../net/cidr.ts';
import { bridgedPods, type PodNetwork } from '../../net/pod-network.ts';
import { alone, type Machine, podSysctls, type Route } from '../../node/machine.ts';
import { changeOf, machineBatch } from './layout.ts';

/** The network itself knows where every Pod is. */
const profileNetwork: PodNetwork = {
  ...bridgedPods,
  leg: { kind: 'veth', address: 'none' },
  between: { kind: 'lan' },
};

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

test('a machine begins without the addresses of devices that it has no more', () => {
  const [first] = machineBatch(blueprint([]), host([]));
  assert.equal(first, 'addr flush scope global');
});

test('where everybody knows where Pods are, a host takes the way it was told', () => {
  const pod = { to: cidr('10.244.3.10/32'), node: 'node/n1' };
  const told: Route = { to: cidr('10.244.0.0/16'), device: 'eth0', via: addr('192.168.4.102') };
  const wayOf = (routes: readonly Route[]) =>
    machineBatch(blueprint([pod]), host(routes)).filter((line) => line.includes('10.244.'));
  assert.deepEqual(wayOf([]), ['route replace 10.244.3.10/32 via 192.168.4.101 dev eth0 onlink']);
  assert.deepEqual(wayOf([told]), [
    'route replace 10.244.0.0/16 via 192.168.4.102 dev eth0 onlink',
  ]);
});

function host(routes: readonly Route[]): Machine {
  return {
    name: 'host/h',
    devices: [{ name: 'eth0', wire: 'lan', addresses: [alone(addr('203.0.113.60'))] }],
    routes,
    sysctls: podSysctls,
  };
}

function blueprint(podRoutes: Blueprint['podRoutes']): Blueprint {
  const node: Machine = {
    name: 'node/n1',
    devices: [{ name: 'eth0', wire: 'lan', addresses: [alone(addr('192.168.4.101'))] }],
    routes: [],
    sysctls: podSysctls,
  };
  const rest = { sockets: [], aliases: [], announced: [], floating: [], down: [], links: [] };
  return { machines: [node], network: profileNetwork, podRoutes, ...rest };
}
