import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../api/error.ts';
import { rowOf } from '../api/scheme.ts';
import type { AnyObject } from '../api/types.ts';
import { clusterSpec, newServer, service } from './server.fixture.ts';

// A3 since 1.33: IPAddress objects and ServiceCIDRs.

const ports = [{ port: 80 }];
const extra: AnyObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name: 'extra' },
  spec: { cidrs: ['10.200.0.0/24'] },
};
const rowCidr = rowOf(extra);

function addresses(server: ReturnType<typeof newServer>): string[] {
  return server.rawList('IPAddress').map(({ metadata, spec }) => {
    const { parentRef } = spec as { parentRef: { namespace: string; name: string } };
    const family = metadata.labels?.['ipaddress.kubernetes.io/ip-family'];
    return `${metadata.name} ${family} ${parentRef.namespace}/${parentRef.name}`;
  });
}

test('A3 each cluster IP is an IPAddress, which comes and goes with it', () => {
  const spec = clusterSpec({ serviceSubnet: '10.96.0.0/16', secondary: 'fd00::/112' });
  const server = newServer({ spec });
  const own = '10.96.0.1 IPv4 default/kubernetes';
  assert.deepEqual(addresses(server), [own]);
  const web = { ports, clusterIP: '10.96.0.7', ipFamilyPolicy: 'RequireDualStack' };
  const made = server.create(service('web', { ...web, clusterIPs: ['10.96.0.7', 'fd00::7'] }));
  const first = '10.96.0.7 IPv4 default/web';
  assert.deepEqual(addresses(server), [own, first, 'fd00::7 IPv6 default/web']);
  const single = { ...made.spec, ipFamilyPolicy: 'SingleStack' };
  server.update({ ...made, spec: single });
  assert.deepEqual(addresses(server), [own, first]);
  server.delete('Service', 'default/web');
  assert.deepEqual(addresses(server), [own]);
});

test('A3 up to 1.32 there are none, nor a ServiceCIDR', () => {
  const server = newServer({ spec: clusterSpec({ minor: 32 }) });
  assert.deepEqual(server.rawList('IPAddress'), []);
  assert.deepEqual(server.rawList('ServiceCIDR'), []);
});

test('A3 the ranges of the cluster are the ServiceCIDR kubernetes', () => {
  const server = newServer({ spec: clusterSpec({ secondary: 'fd00::/112' }) });
  const own = server.raw('ServiceCIDR', 'kubernetes');
  assert.deepEqual(own?.['spec'], { cidrs: ['10.96.0.0/12', 'fd00::/112'] });
  assert.deepEqual(own?.metadata.finalizers, ['networking.k8s.io/service-cidr-finalizer']);
});

test('A3 addresses of a further ServiceCIDR can be asked for while it is there', () => {
  const server = newServer();
  const ask = (name: string) => server.create(service(name, { ports, clusterIP: '10.200.0.5' }));
  assert.throws(() => ask('web'), /the provided network does not match the current range/);
  server.create(extra);
  assert.equal(ask('web').spec.clusterIP, '10.200.0.5');
  assert.throws(() => ask('other'), /provided IP is already allocated/);
  server.delete('ServiceCIDR', 'extra');
  const waiting = JSON.stringify(server.raw('ServiceCIDR', 'extra'));
  assert.match(waiting, /There are still IPAddresses referencing the ServiceCIDR/);
  server.delete('Service', 'default/web');
  assert.equal(server.raw('ServiceCIDR', 'extra'), undefined);
  assert.throws(() => ask('web'), /the provided network does not match the current range/);
});

test('A3 one inside another can go at once', () => {
  const server = newServer();
  server.create(extra);
  server.create({ ...extra, metadata: { name: 'wide' }, spec: { cidrs: ['10.200.0.0/16'] } });
  server.create(service('web', { ports, clusterIP: '10.200.0.5' }));
  server.requests.delete(rowCidr, { name: 'extra' });
  assert.equal(server.raw('ServiceCIDR', 'extra'), undefined);
});

test('A3 when the own range is full, a further one gives addresses', () => {
  const server = newServer({ spec: clusterSpec({ serviceSubnet: '10.0.0.0/30' }) });
  server.create(service('one', { ports }));
  const two = () => server.create(service('two', { ports }));
  assert.throws(two, (error) => error instanceof ApiError && error.reason === 'InternalError');
  server.create(extra);
  assert.match(two().spec.clusterIP ?? '', /^10\.200\.0\./);
});
