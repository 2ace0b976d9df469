import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runs } from './commands.ts';
import { connects } from './connections.ts';
import { appliesText } from './manifests.ts';
import { clientRef, targetRef } from './refs.ts';
import { worldOf } from './world.fixture.ts';
import type { SvcWorld } from './world.ts';

const text = `
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec: { containers: [{ name: c, image: nginx, ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { clusterIP: 10.96.0.80, selector: { app: web }, ports: [{ port: 80 }] }
`;
const later = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: later }\n';
const client = clientRef('Node "node01"');

/** Time and connection tables of a scenario that begins with a cluster, an event and one more manifest. */
function after(named: string, event: (world: SvcWorld) => void): readonly number[] {
  const world = worldOf(`# ${named}\n${text}`, true);
  event(world);
  appliesText(world, later);
  const cluster = world.scratch();
  const { nowMs, nodeNames } = cluster;
  const tables = nodeNames.map((node) => cluster.conntrack(`node/${node}`).length);
  return [nowMs, ...tables];
}

const events: readonly { name: string; act: (world: SvcWorld) => void }[] = [
  {
    name: 'connections',
    act: (world) => connects(world, client, targetRef('"10.96.0.80:80"'), 3),
  },
  {
    name: 'commands',
    act: (world) => runs(world, 'kubectl exec web -- nslookup web'),
  },
];
for (const { name, act } of events) {
  test(`${name} under Given stay in their scenario`, () => {
    const quiet = after(`${name} before`, () => {});
    for (let n = 0; n < 3; n++) assert.notDeepEqual(after(name, act), quiet);
    assert.deepEqual(
      after(name, () => {}),
      quiet,
    );
  });
  test(`a shared beginning without ${name} does not undo them`, () => {
    const quiet = after(`${name} after`, () => {});
    for (let n = 0; n < 3; n++) after(`${name} after`, () => {});
    assert.notDeepEqual(after(`${name} after`, act), quiet);
  });
}
