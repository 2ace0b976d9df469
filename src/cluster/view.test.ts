// What a component knows while watch events are under way: theirs late, its own at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnyObject, Lister, WatchEvent } from '../api/types.ts';
import { ObjectIndex } from '../controllers/object-index.ts';
import { View } from './view.ts';

const live: Lister = { get: () => undefined, list: () => [] };

function pod(version: string): AnyObject {
  const metadata = {
    namespace: 'demo',
    name: 'web',
    resourceVersion: version,
    labels: { v: version },
  };
  return { apiVersion: 'v1', kind: 'Pod', metadata };
}

function event(type: WatchEvent['type'], version: string, before?: string): WatchEvent {
  const previous = before === undefined ? undefined : pod(before);
  return { type, kind: 'Pod', key: 'demo/web', object: pod(version), previous };
}

const empty = () => View.of(new Set(['Pod']), () => [], new ObjectIndex());
const known = (view: View) => view.get('Pod', 'demo/web', live)?.metadata.resourceVersion;

test('a view knows what was delivered, in its list and its index as well', () => {
  const view = empty();
  assert.equal(known(view), undefined);
  view.deliver(event('ADDED', '1'));
  assert.equal(known(view), '1');
  assert.equal(view.list('Pod', 'demo', live).length, 1);
  assert.deepEqual(view.index.podsWith('demo', { v: '1' }), ['demo/web']);
  view.deliver(event('DELETED', '1'));
  assert.equal(known(view), undefined);
  assert.deepEqual(view.index.podsWith('demo', { v: '1' }), []);
});

test('its own write counts at once, and what is older is passed over', () => {
  const view = empty();
  const theirs = event('MODIFIED', '2', '1');
  const own = event('MODIFIED', '3', '2');
  const next = event('MODIFIED', '4', '3');
  view.deliver(event('ADDED', '1'));
  view.wrote(own);
  assert.equal(known(view), '3');
  assert.deepEqual(view.index.podsWith('demo', { v: '1' }), []);
  assert.equal(view.deliver(theirs), false);
  assert.equal(known(view), '3');
  assert.equal(view.deliver(own), true);
  view.deliver(next);
  assert.equal(known(view), '4');
});

test('a fork goes its own way', () => {
  const view = empty();
  view.deliver(event('ADDED', '1'));
  const copy = view.fork();
  copy.deliver(event('MODIFIED', '2', '1'));
  assert.deepEqual([known(view), known(copy)], ['1', '2']);
});

test('kinds that it does not watch are read as they are stored', () => {
  const object = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' }, spec: {} };
  const nodes: Lister = { get: () => object as never, list: () => [object as never] };
  assert.equal(empty().get('Node', 'a', nodes), object);
});
