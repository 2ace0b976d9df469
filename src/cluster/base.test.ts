import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadTexts } from '../input/load.ts';
import { seeded } from '../sim/choices.ts';
import type { Cluster } from './cluster.ts';
import { createSimulated } from './simulated.ts';

const cluster = `
apiVersion: svcspec.dev/v1alpha1
kind: Cluster
metadata: { name: lab }
spec:
  nodes:
    - { name: one, internalIP: 192.168.65.3, roles: [control-plane], podCIDR: 10.1.0.0/24 }
    - { name: two, internalIP: 192.168.65.4 }
  networking: { podSubnet: 10.1.0.0/16 }
  pins: [{ object: Service/demo/web, clusterIP: 10.111.193.186 }]
---`;
const workload = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: demo }
spec:
  replicas: 2
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
spec: { containers: [{ name: c, image: "busybox:1.28", command: [sleep, "3600"] }] }
`;
const corefile = `---
apiVersion: v1
kind: ConfigMap
metadata: { name: coredns, namespace: kube-system }
data: { Corefile: ".:53 {\\n kubernetes cluster.local\\n}\\n" }
`;

/** Everything a user can see of a cluster: objects, rules, a few connections and what they leave behind. */
function seen(made: Cluster): string {
  const attempts = Array.from({ length: 3 }, () => made.connect('pod/demo/client', 'web:80'));
  return JSON.stringify(
    {
      now: made.nowMs,
      notices: made.notices,
      attempts: attempts.map(({ lookup, dial }) => [lookup, dial?.outcome, dial?.backend]),
      objects: made.objects.kinds().map((kind) => made.objects.rawList(kind)),
      rules: made.nodeNames.map((node) => made.rules(node, { format: 'iptables-save' })),
      conntrack: made.nodeNames.map((node) => made.conntrack(`node/${node}`)),
    },
    (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value),
  );
}

function create(text: string, seed: number, alone: boolean): Cluster {
  const { clusterSpec, manifests, notices } = loadTexts([{ file: 'all.yaml', text }]);
  const choices = alone ? { choices: seeded(seed) } : {};
  return createSimulated({ spec: clusterSpec, manifests, notices, seed, ...choices });
}

const rows = [
  { name: 'the default cluster', text: workload, seed: 0 },
  { name: 'another seed', text: workload, seed: 7 },
  { name: 'a Cluster document with pins', text: cluster + workload, seed: 0 },
  { name: 'a Corefile of its own', text: workload + corefile, seed: 0 },
];
for (const { name, text, seed } of rows) {
  test(`a kept base gives the same cluster as a new one: ${name}`, () => {
    const alone = seen(create(text, seed, true));
    assert.equal(seen(create(text, seed, false)), alone);
    assert.equal(seen(create(text, seed, false)), alone, 'also the second time');
    assert.notEqual(seen(create(text, seed + 1, false)), alone, 'and a wrong seed would show');
  });
}

test('what one cluster changes reaches no other cluster of the same base', () => {
  const before = seen(create(workload, 0, true));
  const other = create(workload, 0, false);
  other.delete('Deployment', 'kube-system/coredns');
  other.setLink('node/node01', 'node/node02', { kind: 'cut' });
  assert.equal(seen(create(workload, 0, false)), before);
});
