// What failures about connections say.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everyConnection } from './connections.ts';
import { beginsWithText } from './manifests.ts';
import { clientRef, outcomeRef, targetRef } from './refs.ts';
import { SvcWorld } from './world.ts';

const pod = (name: string, app: string) => `---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: ${app} } }
spec: { containers: [{ name: c, image: nginx, ports: [{ containerPort: 80 }] }] }
`;
const service = `---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { clusterIP: 10.96.0.80, selector: { app: web }, ports: [{ port: 80 }] }
`;
const text = [pod('client', 'client'), pod('one', 'web'), pod('two', 'web'), service].join('');

function worldWith(manifests: string): SvcWorld {
  const nothing = async () => {};
  const world = new SvcWorld({ attach: nothing, log() {}, link() {}, parameters: {} });
  beginsWithText(world, manifests);
  return world;
}

const client = clientRef('Pod "client"');
const every = (world: SvcWorld, target: string, outcome: string) =>
  everyConnection(world, true, client, targetRef(target), outcomeRef(outcome));

const rows: readonly { name: string; act: (world: SvcWorld) => void; want: RegExp }[] = [
  {
    name: 'an outcome of every branch happens always, however many branches there are',
    act: (world) => every(world, '"db:5432"', 'is answered'),
    want: /^actual: {3}nxdomain \(always\)$/m,
  },
  {
    name: 'an outcome of some branches has their sum',
    act: (world) => every(world, '"10.96.0.80:80"', 'is refused'),
    want: /^actual: {3}answered by pod\/default\/\w+ \(with probability 0\.5\)$/m,
  },
  {
    name: 'an outcome of some branches has their sum over the look-ups too',
    act: (world) => every(world, '"web:80"', 'is refused'),
    want: /^actual: {3}answered by pod\/default\/\w+ \(with probability 0\.5\)$/m,
  },
];
for (const { name, act, want } of rows) {
  test(`connections: ${name}`, () => {
    assert.throws(() => act(worldWith(text)), { message: want });
  });
}
