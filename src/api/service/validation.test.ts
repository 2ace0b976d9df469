import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invalidObject } from '../refusals.ts';
import { rowOf } from '../scheme.ts';
import type { ObjectMeta, Service, ServiceSpec } from '../types.ts';
import { defaultService } from './defaults.ts';
import { createRows, statusRows, updateRows, warningRows } from './validation.table.ts';
import { serviceCauses } from './validation.ts';
import { serviceStatusCauses } from './validation-status.ts';
import { serviceUpdateCauses } from './validation-update.ts';
import { serviceStatusWarnings, serviceWarnings } from './warnings.ts';

const NOW = { minor: 34 };

function make(spec: ServiceSpec, more: Partial<ObjectMeta> = {}, context = NOW): Service {
  const metadata = { name: 'web', namespace: 'default', ...more };
  return defaultService({ apiVersion: 'v1', kind: 'Service', metadata, spec }, context);
}

/** As the answer lists them: equal ones once. */
function texts(causes: Parameters<typeof invalidObject>[2]): string[] {
  const error = invalidObject(rowOf({ kind: 'Service' }), 'web', causes);
  return error.causes.map(({ field, text }) => `${field}: ${text}`);
}

for (const { name, metadata, spec = { ports: [{ port: 80 }] }, minor = 34, want } of createRows) {
  test(name, () => {
    const service = make(spec, metadata, { minor });
    assert.deepEqual(texts(serviceCauses(service, { minor })), want);
  });
}

for (const { name, old, spec, oldMetadata, metadata, minor = 34, want } of updateRows) {
  test(name, () => {
    const before = make(old, oldMetadata, { minor });
    const after = make(spec, metadata, { minor });
    assert.deepEqual(texts(serviceUpdateCauses(after, before, { minor })), want);
  });
}

for (const { name, spec, status, minor = 34, want } of statusRows) {
  test(name, () => {
    const old = make(spec, {}, { minor });
    const service = defaultService({ ...old, status }, { minor });
    assert.deepEqual(texts(serviceStatusCauses(service, old, { minor })), want);
  });
}

test('A6 status: an address of a load balancer without its mode', () => {
  const old = make({ type: 'LoadBalancer', ports: [{ port: 80 }] });
  const service = { ...old, status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } } };
  assert.deepEqual(texts(serviceStatusCauses(service, old, NOW)), [
    'status.loadBalancer.ingress[0].ipMode: Required value: must be specified when `ip` is set',
  ]);
  assert.deepEqual(texts(serviceStatusCauses(service, old, { minor: 29 })), []);
});

for (const { name, metadata, spec, minor = 34, want } of warningRows) {
  test(name, () => {
    const service = make(spec, metadata, { minor });
    assert.deepEqual(serviceWarnings(service, undefined, { minor }), want);
  });
}

test('A9 a status update warns of odd addresses since 1.33', () => {
  const status = { loadBalancer: { ingress: [{ hostname: 'a' }, { ip: '01.2.3.4' }] } };
  const service = { ...make({ type: 'LoadBalancer' }), status };
  assert.deepEqual(serviceStatusWarnings(service, NOW), [
    'status.loadBalancer.ingress[1]: non-standard IP address "01.2.3.4" will be considered invalid in a future Kubernetes release: use "1.2.3.4"',
  ]);
  assert.deepEqual(serviceStatusWarnings(service, { minor: 32 }), []);
});

test('A6.7 an empty selector is none: what is stored cannot tell them apart', () => {
  assert.equal('selector' in (make({ selector: {} }).spec ?? {}), false);
  assert.deepEqual(make({ selector: { app: 'web' } }).spec?.selector, { app: 'web' });
});
