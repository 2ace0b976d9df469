import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invalidObject } from '../api/refusals.ts';
import { rowOf } from '../api/scheme.ts';
import type { AnyObject } from '../api/types.ts';
import { kindRows } from './kinds.table.ts';
import { rulesOf } from './registry.ts';

/** The errors in their order, equal ones once. */
function errors(object: AnyObject, old: AnyObject | undefined, minor: number): string[] {
  const row = rowOf(object);
  const rules = rulesOf(row);
  const context = { minor };
  const complete = (one: AnyObject) => rules.defaults?.(one, context) ?? one;
  let next = complete(object);
  let causes: Parameters<typeof invalidObject>[2];
  if (old === undefined) {
    next = { ...next, metadata: { ...next.metadata, uid: 'u-1' } };
    next = rules.prepareForCreate?.(next, context) ?? next;
    causes = rules.validate?.(next, context) ?? [];
  } else {
    const before = complete(old);
    next = rules.prepareForUpdate?.(next, before, context) ?? next;
    causes = rules.validateUpdate?.(next, before, context) ?? [];
  }
  return invalidObject(row, 'x', causes).causes.map(({ field, text }) => `${field}: ${text}`);
}

for (const { name, object, old, minor = 34, want } of kindRows) {
  test(name, () => assert.deepEqual(errors(object, old, minor), want));
}

test('A11 ConfigMap and Secret: at most a megabyte', () => {
  const metadata = { name: 'x', namespace: 'default' };
  const data = { a: 'x'.repeat(1024 * 1024 + 1) };
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
  assert.deepEqual(errors(map, undefined, 34), [
    '[]: Too long: may not be more than 1048576 bytes',
  ]);
  const just = { ...map, data: { a: 'x'.repeat(1024 * 1024) } };
  assert.deepEqual(errors(just, undefined, 34), []);
  const secret = { ...map, kind: 'Secret', data: { a: 'QUFB'.repeat(350_000) } };
  assert.deepEqual(errors(secret, undefined, 34), [
    'data: Too long: may not be more than 1048576 bytes',
  ]);
});
