// Empty lists and maps of the metadata are never read back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnyObject } from '../api/types.ts';
import { newServer } from './server.fixture.ts';

const empty = { finalizers: [], ownerReferences: [], labels: {}, annotations: {} };
const fields = Object.keys(empty) as (keyof typeof empty)[];

test('what is empty is left out, at creation and by an update, and is no change', () => {
  const server = newServer();
  const metadata = { name: 'x', namespace: 'default' };
  const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata };
  const read = () => server.raw('ConfigMap', 'default/x') as AnyObject;
  const has = () => fields.filter((field) => read().metadata[field] !== undefined);
  server.create({ ...config, metadata: { ...metadata, ...empty } } as unknown as AnyObject);
  assert.deepEqual(has(), []);
  const before = read();
  server.update({ ...before, metadata: { ...before.metadata, ...empty } });
  assert.equal(read().metadata.resourceVersion, before.metadata.resourceVersion);
  const full = { finalizers: ['example.com/a'], labels: { a: 'b' }, annotations: { a: 'b' } };
  server.update({ ...read(), metadata: { ...read().metadata, ...full } });
  assert.deepEqual(has(), ['finalizers', 'labels', 'annotations']);
  server.update({ ...read(), metadata: { ...read().metadata, ...empty } });
  assert.deepEqual(has(), []);
});
