import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCluster } from './index.ts';

const manifests = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: demo }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: nginx, image: nginx, ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: demo }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: client, namespace: demo }
spec: { containers: [{ name: c, image: alpine, command: [sleep, "3600"] }] }
`;

test('a cluster from text answers by name, and its fork changes nothing in it', () => {
  const cluster = createCluster({ manifests });
  const { outcome, backend, replyFrom, dialled } = cluster.connect('pod/demo/client', 'web:80');
  assert.equal(outcome, 'answered');
  assert.match(backend ?? '', /^pod\/demo\/web-/);
  assert.equal(replyFrom, dialled);
  const fork = cluster.fork();
  fork.scale('Deployment', 'demo/web', 0);
  assert.equal(fork.connect('pod/demo/client', 'web:80').outcome, 'refused');
  assert.equal(cluster.connect('pod/demo/client', 'web:80').outcome, 'answered');
});
test('every branch has its exact share', () => {
  const cluster = createCluster({ manifests });
  const [flow] = cluster.trace('pod/demo/client', 'svc/demo/web:80', { exhaustive: true }).flows;
  const shares = (flow?.possible ?? []).map((branch) => branch.probability);
  assert.equal(shares.length, 3);
  for (const share of shares) assert.ok(Math.abs(share - 1 / 3) < 1e-9);
});
test('apply, get, list, set, exec, resolve and rules work on the settled cluster', () => {
  const cluster = createCluster({ manifests });
  assert.deepEqual(
    cluster.apply('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c, namespace: demo }\n'),
    ['configmap/c created'],
  );
  assert.ok(cluster.get('ConfigMap', 'demo/c') !== undefined);
  cluster.set('Service', 'demo/web', 'spec.sessionAffinity', 'ClientIP');
  assert.match(cluster.rules('node01'), /--rcheck --seconds 10800 --reap/);
  assert.match(cluster.exec('pod/demo/client', ['curl', '-s', 'web']).stdout, /^web-/);
  const { outcome, addresses } = cluster.resolve('pod/demo/client', 'web');
  assert.deepEqual([outcome, addresses.length], ['answered', 1]);
  assert.equal(cluster.list('Pod', 'demo').length, 4);
});
test('a refusal and a mistake are errors that say where', () => {
  assert.throws(() => createCluster({ manifests: 'kind: Servce\napiVersion: v1\n' }), {
    code: 'unknown-kind',
  });
  const cluster = createCluster({ manifests });
  assert.throws(() => cluster.scale('Deploy', 'demo/web', 2), {
    code: 'unknown-kind',
    hint: 'did you mean Deployment?',
  });
  assert.throws(() => cluster.delete('Servce', 'demo/web'), { hint: 'did you mean Service?' });
  assert.throws(() => cluster.set('Service', 'demo/web', 'spec.clusterIP', '10.1.1.1'), {
    reason: 'Invalid',
  });
  assert.throws(() => cluster.connect('pod/demo/nobody', 'web:80'), { code: 'unknown-object' });
});

const wrong: readonly (readonly [unknown, string])[] = [
  [undefined, 'createCluster needs its options: manifests is missing'],
  [{}, 'manifests is missing'],
  [{ manifest: 'x' }, 'createCluster has no option "manifest"'],
  [{ manifests: 7 }, 'manifests must be a text or a list of texts'],
  [{ manifests: [], seed: 1.5 }, 'seed must be a whole number from 0 to 4294967295'],
];
for (const [options, message] of wrong) {
  test(`createCluster(${JSON.stringify(options)}): ${message}`, () => {
    const make = () => createCluster(options as Parameters<typeof createCluster>[0]);
    assert.throws(make, { name: 'InputError', code: 'usage', message });
  });
}

test('an InputError that nobody catches says where and what would be valid', () => {
  const text = 'apiVersion: v1\nkind: Servce\nmetadata: { name: a }\n';
  assert.throws(
    () => createCluster({ manifests: text }),
    (error: Error) => {
      const said = `InputError: no matches for kind "Servce" in version "v1" (manifests[0]:2:7)\nhelp: did you mean Service (v1)?`;
      assert.equal(String(error), said);
      assert.ok(error.stack?.startsWith(`${said}\n    at `), error.stack);
      assert.equal(error.message, 'no matches for kind "Servce" in version "v1"');
      return true;
    },
  );
});

test('a template whose expressions stand in quotes is told from a bad name', () => {
  const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: "{{ .Release.Name }}" }\n';
  const refused = { code: 'refused-by-api-server', hint: /^this looks like a template/ };
  assert.throws(() => createCluster({ manifests: text }), refused);
});
