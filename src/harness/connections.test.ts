// What failures about connections say.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionsEnded, connects, everyConnection } from './connections.ts';
import { beginsWithText } from './manifests.ts';
import { clientRef, outcomeRef, targetRef } from './refs.ts';
import { traceBlames } from './traces.ts';
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

interface Row {
  readonly name: string;
  readonly act: (world: SvcWorld) => void;
  readonly want: RegExp;
  readonly hint?: RegExp;
}
const rows: readonly Row[] = [
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
  {
    name: 'one of several is spoken of in the singular',
    act: (world) => {
      connects(world, client, targetRef('"10.96.0.80:80"'), 2);
      connectionsEnded(world, outcomeRef('are refused'));
    },
    want: /^expected: the connection from \S+ to \S+ is refused$/m,
  },
  {
    name: 'a misspelt id of blame has its nearest id',
    act: (world) => traceBlames(world, 'no-endpoint'),
    want: /"no-endpoint" is no id that a trace can blame$/,
    hint: /^did you mean "no-endpoints"/,
  },
];
for (const { name, act, want, hint } of rows) {
  test(`connections: ${name}`, () => {
    assert.throws(() => act(worldWith(text)), {
      message: want,
      ...(hint === undefined ? {} : { hint }),
    });
  });
}
