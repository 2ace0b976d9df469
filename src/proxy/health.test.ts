// Answers of the health check node port and of kube-proxy's own health (A12, A13).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { service, slice, snapshotOf, testNode } from '../../test/arbitraries/proxy-objects.ts';
import {
  healthCheckAnswer,
  healthCheckNodePorts,
  isProxyHealthy,
  localReadyEndpoints,
} from './health.ts';

const local = { nodeName: 'testhost' };
const snapshot = snapshotOf(
  service('ns/svc', {
    type: 'LoadBalancer',
    clusterIP: '172.30.0.1',
    externalTrafficPolicy: 'Local',
    healthCheckNodePort: 30000,
    ports: [
      { name: 'p80', port: 80 },
      { name: 'p81', port: 81 },
    ],
  }),
  slice(
    'ns/svc',
    [
      { ip: '10.0.0.1', ...local },
      { ip: '10.0.0.2', ...local, conditions: { ready: false, serving: true, terminating: true } },
      { ip: '10.0.0.3', nodeName: 'other' },
    ],
    {
      ports: [
        { name: 'p80', port: 80, protocol: 'TCP' },
        { name: 'p81', port: 81, protocol: 'TCP' },
      ],
    },
  ),
);

test('A12 the weight is the number of local ready addresses over all ports', () => {
  assert.deepEqual([...healthCheckNodePorts(snapshot)], [[30000, 'ns/svc']]);
  assert.equal(localReadyEndpoints(snapshot, testNode, 'ns/svc'), 1);
});

test('A12 the body is indented with tabs and has no newline at its end', () => {
  const answer = healthCheckAnswer('ns/svc', 1, true);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['X-Load-Balancing-Endpoint-Weight'], '1');
  assert.equal(
    answer.body,
    '{\n\t"service": {\n\t\t"namespace": "ns",\n\t\t"name": "svc"\n\t},\n' +
      '\t"localEndpoints": 1,\n\t"serviceProxyHealthy": true\n}',
  );
});

test('A12 no local endpoint, or an unhealthy proxy, is 503', () => {
  assert.equal(healthCheckAnswer('ns/svc', 0, true).status, 503);
  assert.equal(healthCheckAnswer('ns/svc', 1, false).status, 503);
});

const rows = [
  { name: 'nothing queued', queuedMs: null, nodeLeaving: false, healthz: true, livez: true },
  { name: 'queued for 60 s', queuedMs: 40_000, nodeLeaving: false, healthz: true, livez: true },
  { name: 'queued for longer', queuedMs: 39_999, nodeLeaving: false, healthz: false, livez: false },
  { name: 'node leaves', queuedMs: null, nodeLeaving: true, healthz: false, livez: true },
];

for (const { name, healthz, livez, ...state } of rows) {
  test(`A13 TestHealthzServer, TestLivezServer: ${name}`, () => {
    const health = { ...state, syncPeriodMs: 30_000 };
    assert.equal(isProxyHealthy(health, 100_000, 'healthz'), healthz);
    assert.equal(isProxyHealthy(health, 100_000, 'livez'), livez);
  });
}
