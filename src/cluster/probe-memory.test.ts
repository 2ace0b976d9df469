// Probes that are passed over in a long wait: what changes on the way is noticed at the next one, and the wait is short.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadTexts } from '../input/load.ts';
import type { Cluster } from './cluster.ts';
import { createSimulated } from './simulated.ts';

const text = `
apiVersion: svcspec.dev/v1alpha1
kind: Cluster
metadata: { name: lab }
spec: { nodes: [{ name: a, internalIP: 192.168.4.1 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      image: nginx
      ports: [{ containerPort: 80 }]
      readinessProbe: { httpGet: { port: 80 }, periodSeconds: 5 }
      livenessProbe: { tcpSocket: { port: 80 }, failureThreshold: 100000 }
`;

const hourMs = 3_600_000;

function town(): Cluster {
  const { clusterSpec, manifests } = loadTexts([{ file: 'c.yaml', text }]);
  return createSimulated({ spec: clusterSpec, manifests, seed: 1 });
}

function isReady(cluster: Cluster): boolean {
  const conditions = cluster.objects.get('Pod', 'default/web')?.status?.conditions ?? [];
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

/** The Pod's conditions, times and all, after an hour that passes in steps. */
function afterHour(cluster: Cluster, stepMs: number): string {
  for (let ms = 0; ms < hourMs; ms += stepMs) cluster.advance(stepMs);
  return JSON.stringify(cluster.objects.get('Pod', 'default/web')?.status?.conditions);
}

test('a wire that is cut and whole again is noticed at the next probe', () => {
  const told = (stepMs: number) => {
    const cluster = town();
    const before = afterHour(cluster, stepMs);
    cluster.setLink('pod/default/web', 'node/a', { kind: 'cut' });
    const cut = afterHour(cluster, stepMs);
    assert.equal(isReady(cluster), false);
    cluster.setLink('pod/default/web', 'node/a', { kind: 'restored' });
    const whole = afterHour(cluster, stepMs);
    assert.equal(isReady(cluster), true);
    return [before, cut, whole];
  };
  assert.deepEqual(told(hourMs), told(60_000));
});

test('what was passed over is noticed in a fork, and the parent goes on', () => {
  const cluster = town();
  cluster.advance(hourMs);
  const fork = cluster.fork();
  fork.setLink('pod/default/web', 'node/a', { kind: 'cut' });
  fork.advance(hourMs);
  cluster.advance(hourMs);
  assert.deepEqual([isReady(fork), isReady(cluster)], [false, true]);
});

test('the last probes of a wait stand in the connection table', () => {
  const cluster = town();
  cluster.advance(hourMs);
  const lines = cluster.conntrack('node/a').filter((line) => line.includes('dport=80 '));
  assert.equal(lines.length, 120 / 5 + 120 / 10);
});
