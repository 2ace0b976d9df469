// `svcspec run --backend kernel`: features hold with every connection made for real, a connection that the kernel ends in
// another way than the simulation is noticed, and what only the simulation has is skipped with its reason. Skips where
// there is no root or a tool is missing.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Carrier, Disagreement, type Scene } from '../src/cluster/carrier.ts';
import { createSimulated } from '../src/cluster/simulated.ts';
import { missingForLab } from '../src/harness/kernel/available.ts';
import { KernelCarrier } from '../src/harness/kernel/carrier.ts';
import { loadInputFiles } from '../src/input/load.ts';
import { formatAddr } from '../src/net/addr.ts';
import { root } from './pictures.ts';

const missing = missingForLab();
const skip = missing === null ? false : missing.message;
if (missing !== null) console.log(`kernel backend: skipped, ${missing.message}`);

const main = join(root, 'dist', 'src', 'cli', 'main.js');
const options = ['--no-report', '--backend', 'kernel'];

function run(...features: readonly string[]) {
  const paths = features.map((name) => join('features', name));
  const args = [main, 'run', ...options, ...paths];
  return spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
}

const folders = [
  'cluster-ip',
  'external-traffic-policy',
  'headless',
  'host-network',
  'internal-traffic-policy',
  'load-balancer',
  'load-balancing',
  'network-policy/ingress.feature',
  'node-port',
  'pod-egress',
  'selectorless',
  'session-affinity',
  'shop',
];

test('features hold in the running kernel', { skip }, () => {
  const { status, stdout, stderr } = run(...folders);
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /scenarios \(\d+ passed/);
});

test('what only the simulation has is skipped with its reason', { skip }, () => {
  const { status, stdout } = run('connection-tracking');
  assert.equal(status, 0, stdout);
  assert.match(stdout, /scenarios? skipped: connections stay open in the simulation only/);
});

/** A cluster whose connections are made over rules that differ from its own. */
function clusterWith(spoil: (text: string) => string) {
  const real = new KernelCarrier();
  const carrier: Carrier = {
    carry: (scene: Scene, request, possible) =>
      real.carry(
        { ...scene, rules: (node, format) => spoil(scene.rules(node, format)) },
        request,
        possible,
      ),
    follow: (scene) => real.follow(scene),
  };
  const loaded = loadInputFiles({ filenames: [join(root, 'scenarios', 'nginx-demo')] });
  const { clusterSpec: spec, manifests } = loaded;
  return createSimulated({ spec, manifests, carrier });
}

const where = 'svc/demo/nginx-prod-svc-demo:80';

test('the cluster goes on from what the kernel chose', { skip }, () => {
  const cluster = clusterWith((text) => text);
  for (let n = 0; n < 20; n++) {
    const { dial } = cluster.connect('pod/demo/client', where);
    assert.ok(dial?.outcome === 'answered');
    const lines = cluster.conntrack('node/docker-desktop');
    const port = `sport=${dial.client.port} `;
    const from = `src=${formatAddr(dial.client.addr)} `;
    const mine = lines.filter((line) => line.includes(from) && line.includes(port));
    const entry = mine[0] ?? lines.join('\n');
    const backend = dial.destination === null ? '' : formatAddr(dial.destination.addr);
    assert.ok(entry.includes(`src=${backend} `), entry);
  }
});

test('caught: rules of the kernel that lead to another port', { skip }, () => {
  const cluster = clusterWith((text) => text.replaceAll(/(--to-destination \S+):80$/gm, '$1:81'));
  assert.throws(() => cluster.connect('pod/demo/client', where), Disagreement);
});
