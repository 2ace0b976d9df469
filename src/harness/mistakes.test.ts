// What a step throws: an expectation that failed (exit status 1), or unusable input (exit status 2).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connects, everyConnection } from './connections.ts';
import { looksUp } from './lookups.ts';
import { explained, mistakeName } from './mistakes.ts';
import { clientRef, outcomeRef, targetRef } from './refs.ts';
import { worldOf } from './world.fixture.ts';
import type { SvcWorld } from './world.ts';

const text = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 0
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: c, image: nginx }] }
`;
const web = clientRef('Deployment "web"');
const target = targetRef('"10.96.0.1:443"');

const rows: readonly { name: string; act: (world: SvcWorld) => void; want: object }[] = [
  { name: 'a connection', act: (world) => connects(world, web, target, 1), want: noPod() },
  {
    name: 'every connection',
    act: (world) => everyConnection(world, true, web, target, outcomeRef('is answered')),
    want: noPod(),
  },
  { name: 'a look-up', act: (world) => looksUp(world, web, 'web', null), want: noPod() },
  {
    name: 'a connection of a Deployment that does not exist',
    act: (world) => connects(world, clientRef('Deployment "wbe"'), target, 1),
    want: { name: mistakeName, message: /there is no Deployment "default\/wbe"/ },
  },
];

function noPod(): object {
  return {
    name: 'ExpectationError',
    message: /actual: +Deployment "default\/web" has no running Pod/,
  };
}

for (const { name, act, want } of rows) {
  test(`what a step throws: ${name}`, () => {
    const world = worldOf(text);
    assert.throws(() => explained(() => act(world)).call(world), want);
  });
}
