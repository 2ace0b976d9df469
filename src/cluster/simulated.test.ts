import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InputError } from '../api/input-error.ts';
import { loadTexts } from '../input/load.ts';
import { createSimulated } from './simulated.ts';

function cluster(text: string) {
  const { clusterSpec, manifests, notices } = loadTexts([{ file: 'test.yaml', text }]);
  return createSimulated({ spec: clusterSpec, manifests, notices });
}

const probed = `
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: demo }
spec:
  containers:
    - name: web
      image: web
      ports: [{ containerPort: 80 }]
      livenessProbe: { httpGet: { path: /, port: 80 } }
      readinessProbe: { tcpSocket: { port: 80 } }
`;

test('instant timing settles at the first instant, probes and CoreDNS included', () => {
  const settled = cluster(probed);
  assert.equal(settled.nowMs, 0);
  for (const pod of settled.objects.list('Pod')) {
    const ready = pod.status?.conditions?.find((c) => c.type === 'Ready')?.status;
    assert.equal(ready, 'True', pod.metadata.name);
    assert.equal(pod.status?.containerStatuses?.[0]?.restartCount, 0, pod.metadata.name);
  }
});
test('a refusal at the start names the manifest line', () => {
  const text = `apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec:\n  type: NodePort\n  ports: [{ port: 80, nodePort: 80 }]\n`;
  assert.throws(() => cluster(text), {
    code: 'refused-by-api-server',
    message: /provided port is not in the valid range\. The range of valid ports is 30000-32767/,
  });
});

test('a refusal points at the value, though upstream spells the field with a capital letter', () => {
  const text = `apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec:\n  type: LoadBalancer\n  loadBalancerSourceRanges: [10.0.0.0]\n  ports: [{ port: 80 }]\n`;
  assert.throws(
    () => cluster(text),
    ({ message, position }: InputError) =>
      message.includes('spec.LoadBalancerSourceRanges[0]') && position?.line === 6,
  );
});

test('a running server answers what its annotation says now, without a restart', () => {
  const running = cluster(probed);
  const asked = () => running.exec('pod/demo/web', ['curl', '-s', 'http://127.0.0.1/']);
  assert.equal(asked().stdout, 'web');
  running.set('Pod', 'demo/web', 'metadata.annotations["svcspec.dev/reply"]', 'web1');
  assert.equal(asked().stdout, 'web1');
  assert.equal(
    running.objects.get('Pod', 'demo/web')?.status?.containerStatuses?.[0]?.restartCount,
    0,
  );
});
test('settling does not wait for a program that will end later', () => {
  const settled = cluster(`
apiVersion: v1
kind: Pod
metadata: { name: job, namespace: demo, annotations: { svcspec.dev/exit-after: 1m } }
spec: { restartPolicy: Never, containers: [{ name: job, image: job }] }
`);
  const phase = () => settled.objects.get('Pod', 'demo/job')?.status?.phase;
  assert.deepEqual([settled.nowMs, phase()], [0, 'Running']);
  settled.advance(60_000);
  assert.equal(phase(), 'Succeeded');
});
