// Answers of the health check node port and of kube-proxy's own health (A12, A13).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { service, slice, snapshotOf, testNode } from '../../test/arbitraries/proxy-objects.ts';
import {
  healthCheckAnswer,
  healthCheckNodePorts,
  isProxyHealthy,
  localReadyEndpoints,
  proxyHealthAnswer,
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
  assert.deepEqual([...healthCheckNodePorts(snapshot)], [['ns/svc', 30000]]);
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
  {
    name: 'queued for less than 60 s',
    queuedMs: 40_001,
    nodeLeaving: false,
    healthz: true,
    livez: true,
  },
  { name: 'queued for 60 s', queuedMs: 40_000, nodeLeaving: false, healthz: false, livez: false },
  { name: 'node leaves', queuedMs: null, nodeLeaving: true, healthz: false, livez: true },
];

for (const { name, healthz, livez, ...state } of rows) {
  test(`A13 TestHealthzServer, TestLivezServer: ${name}`, () => {
    const health = { ...state, syncPeriodMs: 30_000 };
    assert.equal(isProxyHealthy(health, 100_000, 'healthz'), healthz);
    assert.equal(isProxyHealthy(health, 100_000, 'livez'), livez);
  });
}

const report = { families: [4] as const, lastSyncMs: 40_000, startMs: 1_000, nowMs: 100_500 };
const well = { queuedMs: null, syncPeriodMs: 30_000, nodeLeaving: false };
const late = { ...well, queuedMs: 40_000 };
const bodies = [
  {
    name: '1.34 /healthz',
    answer: proxyHealthAnswer(well, 'healthz', { ...report, minor: 34 }),
    want: '{"lastUpdated":"2026-01-01T00:01:40.5Z","currentTime":"2026-01-01T00:01:40.5Z","nodeEligible":true,"healthy":true,"status":{"IPv4":{"lastUpdated":"2026-01-01T00:00:40Z","healthy":true}}}',
  },
  {
    name: '1.34 /livez, late',
    answer: proxyHealthAnswer(late, 'livez', { ...report, minor: 34 }),
    want: '{"lastUpdated":"2026-01-01T00:00:40Z","currentTime":"2026-01-01T00:01:40.5Z","healthy":false,"status":{"IPv4":{"lastUpdated":"2026-01-01T00:00:40Z","healthy":false}}}',
  },
  {
    name: '1.34 a node that leaves: the proxy itself is healthy',
    answer: proxyHealthAnswer({ ...well, nodeLeaving: true }, 'healthz', { ...report, minor: 34 }),
    want: '{"lastUpdated":"2026-01-01T00:00:40Z","currentTime":"2026-01-01T00:01:40.5Z","nodeEligible":false,"healthy":true,"status":{"IPv4":{"lastUpdated":"2026-01-01T00:00:40Z","healthy":true}}}',
  },
  {
    name: '1.32 /healthz',
    answer: proxyHealthAnswer(well, 'healthz', { ...report, minor: 32 }),
    want: '{"lastUpdated": "2026-01-01 00:01:40.5 +0000 UTC m=+99.500000000","currentTime": "2026-01-01 00:01:40.5 +0000 UTC m=+99.500000000", "nodeEligible": true}',
  },
  {
    name: '1.25 /healthz knows no node',
    answer: proxyHealthAnswer({ ...well, nodeLeaving: true }, 'healthz', { ...report, minor: 25 }),
    want: '{"lastUpdated": "2026-01-01 00:01:40.5 +0000 UTC m=+99.500000000","currentTime": "2026-01-01 00:01:40.5 +0000 UTC m=+99.500000000"}',
  },
  {
    name: '1.25 has no /livez',
    answer: proxyHealthAnswer(well, 'livez', { ...report, minor: 25 }),
    want: undefined,
  },
];

for (const { name, answer, want } of bodies) {
  test(`A13 ${name}`, () => assert.equal(answer?.body, want));
}
