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
  const log = new EventLog(['pods', 'nodes']);
  for (let i = 0; i < 100; i++) {
    log.append([written(`p${i}`)], new Set(['pods']));
    assert.deepEqual(keys(log.read('pods')), [`p${i}`]);
  }
  assert.equal(log.size, 0);
  assert.equal(log.behind('nodes'), false);
});
test('a reader that is behind still reads everything in order', () => {
  const log = new EventLog(['pods', 'nodes']);
  log.append([written('n1')], new Set(['nodes']));
  log.append([written('p1')], new Set(['pods']));
  log.append([written('n2')], new Set(['nodes']));
  const copy = log.fork();
  assert.deepEqual(keys(log.read('nodes')), ['n1', 'p1', 'n2']);
  assert.deepEqual(keys(log.read('pods')), ['p1', 'n2']);
  assert.equal(log.size, 0);
  assert.deepEqual(keys(copy.read('pods')), ['p1', 'n2']);
});
