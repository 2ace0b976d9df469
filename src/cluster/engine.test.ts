import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WatchEvent } from '../api/types.ts';
import { type Choices, seeded } from '../sim/choices.ts';
import { type Component, Engine } from './engine.ts';

/** A host whose reader copies keys of "In" to `seen`, one sync each. */
interface Host {
  readonly seen: string[];
  readonly choices: Choices;
}

const reader: Component<Host> = {
  name: 'reader',
  watches: new Set(['In']),
  receive: (_host, events) => events.map((event) => event.key),
  sync: (host, key) => host.seen.push(key),
  delays: () => ({ watchMs: 0, workMs: 0, lagMs: 0 }),
};

function written(kind: string, key: string): WatchEvent {
  const object = { apiVersion: 'v1', kind, metadata: { name: key } };
  return { type: 'ADDED', kind, key, object, previous: undefined };
}

test('events of a kind reach its readers, and equal keys merge', () => {
  const host: Host = { seen: [], choices: seeded(0) };
  const engine = new Engine<Host>([reader], {});
  engine.publish(host, [written('In', 'a'), written('Other', 'x'), written('In', 'a')]);
  engine.settle(host, seeded(0), 0);
  assert.deepEqual(host.seen, ['a']);
});
test('a stopped reader catches up when it starts', () => {
  const host: Host = { seen: [], choices: seeded(0) };
  const engine = new Engine<Host>([reader], {});
  engine.stop('reader');
  engine.publish(host, [written('In', 'a')]);
  engine.settle(host, seeded(0), 1000);
  assert.deepEqual(host.seen, []);
  engine.start(host, 'reader');
  engine.settle(host, seeded(0), 0);
  assert.deepEqual(host.seen, ['a']);
});
test('settling waits for expected work, not for idle checks; running the clock does both', () => {
  const host: Host = { seen: [], choices: seeded(0) };
  const engine = new Engine<Host>([reader], {
    note: (h: Host, value: never) => h.seen.push(value),
  });
  engine.enqueue('reader', 'soon', 500);
  engine.enqueue('reader', 'check', 2_000, true);
  engine.settle(host, seeded(0), 60_000);
  assert.deepEqual([host.seen, engine.queue.nowMs], [['soon'], 500]);
  engine.call('note', 'called', 100);
  engine.run(host, seeded(0), 3_000);
  assert.deepEqual([host.seen, engine.queue.nowMs], [['soon', 'called', 'check'], 3_000]);
});
test('settling does not wait for a reader that lags; the clock brings it its events', () => {
  const host: Host = { seen: [], choices: seeded(0) };
  const late = { ...reader, delays: () => ({ watchMs: 10, workMs: 0, lagMs: 30_000 }) };
  const engine = new Engine<Host>([late], {});
  engine.publish(host, [written('In', 'a')]);
  engine.settle(host, seeded(0), 60_000);
  assert.deepEqual([host.seen, engine.queue.nowMs], [[], 0]);
  engine.run(host, seeded(0), 30_009);
  assert.deepEqual(host.seen, []);
  engine.run(host, seeded(0), 30_010);
  assert.deepEqual(host.seen, ['a']);
});
test('a fork runs what was pending on its own', () => {
  const host: Host = { seen: [], choices: seeded(0) };
  const engine = new Engine<Host>([reader], {});
  engine.publish(host, [written('In', 'a')]);
  const other: Host = { seen: [], choices: seeded(0) };
  const copy = engine.fork();
  copy.publish(other, [written('In', 'b')]);
  copy.settle(other, seeded(0), 0);
  engine.settle(host, seeded(0), 0);
  assert.deepEqual([host.seen, other.seen], [['a'], ['a', 'b']]);
});
test('requests for one key at one later time merge, so that two timers of a Pod do not multiply', () => {
  const host: Host = { seen: [], choices: seeded(0) };
  const twice: Component<Host> = {
    ...reader,
    sync: (h, key) => {
      h.seen.push(key);
      for (const _ of ['liveness', 'readiness']) engine.enqueue('reader', key, 10_000, true);
    },
  };
  const engine = new Engine<Host>([twice], {});
  engine.enqueue('reader', 'pod', 0);
  engine.run(host, seeded(0), 200_000);
  assert.equal(host.seen.length, 21);
});
