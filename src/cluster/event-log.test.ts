// The change log keeps what somebody still has to read, and nothing else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WatchEvent } from '../api/types.ts';
import { EventLog } from './event-log.ts';

function written(key: string): WatchEvent {
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: key } };
  return { type: 'ADDED', kind: 'Pod', key, object, previous: undefined };
}
const keys = (events: readonly WatchEvent[]) => events.map((event) => event.key);

test('entries that their readers have read are dropped, though others never read any', () => {
  const log = new EventLog();
  for (let i = 0; i < 100; i++) {
    log.append([written(`p${i}`)], new Set(['pods']), 0);
    assert.deepEqual(keys(log.read('pods', 0)), [`p${i}`]);
  }
  assert.equal(log.size, 0);
  assert.equal(log.unreadSinceMs('nodes'), undefined);
});
test('a reader that is behind still reads everything in order', () => {
  const log = new EventLog();
  log.append([written('n1')], new Set(['nodes']), 0);
  log.append([written('p1')], new Set(['pods']), 0);
  log.append([written('n2')], new Set(['nodes']), 0);
  const copy = log.fork();
  assert.deepEqual(keys(log.read('nodes', 0)), ['n1', 'p1', 'n2']);
  assert.deepEqual(keys(log.read('pods', 0)), ['p1', 'n2']);
  assert.equal(log.size, 0);
  assert.deepEqual(keys(copy.read('pods', 0)), ['p1', 'n2']);
});

test('a reader is given what is due, and told since when it has not read the rest', () => {
  const log = new EventLog();
  log.append([written('a')], new Set(['pods']), 10);
  log.append([written('b')], new Set(['pods']), 30);
  assert.deepEqual(keys(log.read('pods', 9)), []);
  assert.deepEqual(keys(log.read('pods', 29)), ['a']);
  assert.equal(log.unreadSinceMs('pods'), 30);
  assert.deepEqual(keys(log.read('pods', 30)), ['b']);
  assert.equal(log.unreadSinceMs('pods'), undefined);
});
