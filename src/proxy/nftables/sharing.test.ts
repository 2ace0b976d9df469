// What a change costs: rules, elements and indexes of everything else stay the identical objects, on
// every node that sees the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  modified,
  service,
  slice,
  snapshotOf,
  testConfig,
  testNode,
} from '../../../test/arbitraries/proxy-objects.ts';
import { addr } from '../../net/addr.ts';
import type { NftTable } from '../../netfilter/nft/table.ts';
import { Causes } from '../../sim/causes.ts';
import { emptySnapshot, type ProxySnapshot, withEvent } from '../snapshot.ts';
import { frontendsOf } from './frontends.ts';
import { rulesFor } from './layer.ts';

const count = 300;
const key = (i: number) => `ns/s${i}`;
const clusterIP = (i: number) => `172.30.${i >> 8}.${i & 255}`;
const endpoints = (i: number, last: number) =>
  slice(key(i), [`10.0.${i & 255}.${last}`, { ip: `10.1.${i & 255}.2`, nodeName: 'testhost' }]);

const before = snapshotOf(
  ...Array.from({ length: count }, (_, i) => [
    service(key(i), { clusterIP: clusterIP(i) }),
    endpoints(i, 1),
  ]).flat(),
);
const after = withEvent(before, modified(endpoints(7, 1), endpoints(7, 9)));
const moved = withEvent(
  before,
  modified(
    service(key(7), { clusterIP: clusterIP(7) }),
    service(key(7), { clusterIP: '172.31.0.1' }),
  ),
);

function tableOf(snapshot: ProxySnapshot, causes: Causes, name = 'testhost'): NftTable {
  const config = { ...testConfig, minor: 34 };
  return rulesFor(snapshot, { ...testNode, name }, config, causes).table;
}

function differing(one: NftTable, other: NftTable): readonly string[] {
  const names = new Set([...one.chains(), ...other.chains()]);
  return [...names].filter((name) => one.chain(name) !== other.chain(name));
}

test('an endpoint changes the chains of its own Service alone', () => {
  const causes = new Causes();
  const changed = differing(tableOf(before, causes), tableOf(after, causes));
  assert.equal(changed.length, 4);
  assert.ok(
    changed.every((name) => name.includes('ns/s7/')),
    changed.join(),
  );
});

test('two nodes share every chain of Services whose endpoints they choose alike', () => {
  const causes = new Causes();
  assert.deepEqual(differing(tableOf(before, causes, 'a'), tableOf(before, causes, 'b')), []);
});

test('an endpoint leaves the index of addresses alone, a Service costs its own keys', () => {
  const ports = (snapshot: ProxySnapshot) => snapshot.ports[4];
  const index = frontendsOf(ports(before));
  assert.equal(frontendsOf(ports(after), index).claims, index.claims);
  const next = frontendsOf(ports(moved), index);
  const same = next.claims.chunks.filter((chunk) => index.claims.chunks.includes(chunk));
  assert.ok(next.claims.chunks.length - same.length <= 4, `${same.length} chunks are shared`);
});

test('an index that followed changes finds what a fresh one finds', () => {
  const causes = new Causes();
  const followed = [before, after, moved, before, moved].map((snapshot) =>
    tableOf(snapshot, causes).set('service-ips'),
  );
  const fresh = tableOf(moved, new Causes()).set('service-ips');
  const keys = [clusterIP(7), '172.31.0.1', clusterIP(8)].map((ip) => [addr(ip), 6, 80]);
  for (const one of keys) {
    assert.deepEqual(followed.at(-1)?.find?.(one)?.data, fresh?.find?.(one)?.data);
  }
  assert.equal(fresh?.find?.(keys[0] ?? []), undefined);
  assert.notEqual(fresh?.find?.(keys[1] ?? []), undefined);
});

test('the index of nothing is empty again', () => {
  const { claims } = frontendsOf(emptySnapshot().ports[4], frontendsOf(before.ports[4]));
  assert.equal(claims.size, 0);
});
