import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastAppliedKey } from '../api/last-applied.ts';
import type { Manifest } from '../api/manifest.ts';
import type { AnyObject, Deployment } from '../api/types.ts';
import { newServer } from './server.fixture.ts';

/** A manifest whose every path was written on the line of its top-level field. */
function manifest(object: object, file = 'web.yaml'): Manifest {
  const fields = Object.keys(object);
  return {
    object: object as AnyObject,
    source: {
      file,
      at(path) {
        const line = fields.indexOf(path.split(/[.[]/)[0] ?? '') + 1;
        return { file, line: Math.max(line, 1), column: 1 };
      },
      line: () => '',
    },
  };
}

const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'nginx:1.25' }] },
};
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template },
};

function web(ports: readonly object[], more: object = {}): object {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { ports, ...more } };
}

test('A7 apply says created, unchanged, configured; the group stands in the line', () => {
  const server = newServer();
  assert.equal(server.applyManifest(manifest(deployment)), 'deployment.apps/web created');
  assert.equal(server.applyManifest(manifest(deployment)), 'deployment.apps/web unchanged');
  const more = { ...deployment, spec: { ...deployment.spec, replicas: 3 } };
  assert.equal(server.applyManifest(manifest(more)), 'deployment.apps/web configured');
  assert.equal(server.get('Deployment', 'default/web')?.metadata.generation, 2);
});

test('apply keeps what others wrote and removes what the manifest no longer says', () => {
  const server = newServer();
  const first = web(
    [
      { name: 'a', port: 80 },
      { name: 'b', port: 81 },
    ],
    { selector: { x: '1' } },
  );
  server.applyManifest(manifest(first));
  const made = server.get('Service', 'default/web');
  assert.match(made?.metadata.annotations?.[lastAppliedKey] ?? '', /^\{"apiVersion":"v1".*\}\n$/);
  server.patchPath('Service', 'default/web', 'metadata.labels[team]', 'blue');
  server.applyManifest(manifest(web([{ name: 'a', port: 80, targetPort: 8080 }])));
  const now = server.get('Service', 'default/web');
  assert.equal(now?.spec.clusterIP, made?.spec.clusterIP);
  assert.deepEqual(now?.spec.ports, [{ name: 'a', port: 80, protocol: 'TCP', targetPort: 8080 }]);
  assert.equal(now?.spec.selector, undefined);
  assert.equal(now?.metadata.labels?.['team'], 'blue');
});

test('create and replace print their own words; nulls are dropped', () => {
  const server = newServer();
  const given = web([{ port: 80 }], { selector: null });
  assert.equal(server.applyManifest(manifest(given), 'create'), 'service/web created');
  assert.ok(!('selector' in (server.get('Service', 'default/web')?.spec ?? {})));
  assert.equal(server.applyManifest(manifest(given), 'replace'), 'service/web replaced');
});

test('a path that is patched is located where the patch was written', () => {
  const server = newServer();
  server.applyManifest(manifest(web([{ port: 80 }])));
  const at = { file: 'a.feature', line: 9, column: 5 };
  assert.ok(server.patchPath('Service', 'default/web', 'spec.ports[0].targetPort', 8080, at));
  assert.equal(server.patchPath('Service', 'default/web', 'spec.ports[0].port', 80), false);
  assert.deepEqual(server.locate('Service/default/web', 'spec.ports[0].targetPort'), at);
  assert.equal(server.locate('Service/default/web', 'spec.ports[0].name')?.line, 4);
});

test("a Pod's path maps through its owners to the template", () => {
  const server = newServer();
  server.applyManifest(manifest(deployment));
  const owner = (kind: string, name: string) => ({
    ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid: 'u', controller: true }],
  });
  const { selector } = deployment.spec;
  server.create({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web-1', namespace: 'default', ...owner('Deployment', 'web') },
    spec: { selector, template },
  });
  server.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-1-x', namespace: 'default', ...owner('ReplicaSet', 'web-1') },
    spec: template.spec,
  });
  const position = server.locate('Pod/default/web-1-x', 'spec.containers[0].image');
  assert.deepEqual(position, { file: 'web.yaml', line: 4, column: 1 });
  assert.equal(server.locate('Pod/default/nobody', 'spec'), null);
});

test('merge patch, scale and warnings', () => {
  const server = newServer();
  server.applyManifest(manifest(deployment));
  server.scale('Deployment', 'default/web', 5);
  server.mergePatch('Deployment', 'default/web', { metadata: { labels: { a: 'b' } } });
  const now = server.get('Deployment', 'default/web') as Deployment;
  assert.deepEqual([now.spec.replicas, now.metadata.labels], [5, { a: 'b' }]);
  assert.deepEqual(server.warnings(), []);
  const annotations = { 'service.kubernetes.io/topology-aware-hints': 'Auto' };
  const hinted = { ...web([{ port: 1 }]), metadata: { name: 'h', annotations } };
  server.applyManifest(manifest(hinted));
  assert.equal(server.warnings().length, 1);
  assert.deepEqual(server.warnings(), []);
});

test('a damaged annotation of the last apply refuses the next one', () => {
  const server = newServer();
  server.applyManifest(manifest(web([{ port: 80 }])));
  server.patchPath('Service', 'default/web', `metadata.annotations["${lastAppliedKey}"]`, '{');
  assert.throws(() => server.applyManifest(manifest(web([{ port: 81 }]))), {
    name: 'ApiError',
    message: `Invalid JSON document in ${lastAppliedKey}`,
  });
});
