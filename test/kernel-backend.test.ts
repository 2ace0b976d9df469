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
import { inProxyMode } from '../src/manifest/kube-proxy-mode.ts';
import { formatAddr } from '../src/net/addr.ts';
import { SCTP } from '../src/net/packet.ts';
import { root } from './pictures.ts';

const missing = missingForLab();
const skip = missing === null ? false : missing.message;
if (missing !== null) console.log(`kernel backend: skipped, ${missing.message}`);

const main = join(root, 'dist', 'src', 'cli', 'main.js');
const options = ['--no-report', '--backend', 'kernel'];

function run(features: readonly string[], ...more: readonly string[]) {
  const paths = features.map((name) => join('features', name));
  const args = [main, 'run', ...options, ...more, ...paths];
  return spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
}

/** In either mode. */
const shared = [
  'cluster-ip',
  'connection-tracking',
  'external-traffic-policy',
  'faults',
  'node-port',
  'session-affinity',
] as const;

const inMode = {
  iptables: [
    ...shared,
    'cni',
    'headless',
    'host-network',
    'host-port',
    'internal-traffic-policy',
    'load-balancer/cloud.feature',
    'load-balancer/drained-node.feature',
    'load-balancer/entrance.feature',
    'load-balancer/health-checks.feature',
    'load-balancer/life.feature',
    'load-balancing',
    'network-policy/ingress.feature',
    'pod-egress',
    'selectorless',
    'service-types',
  ],
  nftables: [...shared, 'proxy-modes/nftables.feature', 'proxy-modes/nftables-families.feature'],
} as const;

for (const [mode, features] of Object.entries(inMode)) {
  test(`features hold in the running kernel in ${mode} mode`, { skip }, () => {
    const { status, stdout, stderr } = run(features, '--proxy-mode', mode);
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /scenarios \(\d+ passed/);
    assert.doesNotMatch(stdout, /failed/);
  });
}

test('what only the simulation has is skipped with its reason', { skip }, () => {
  const { status, stdout } = run([
    'dns/races.feature',
    'proxy-modes/userspace.feature',
    'proxy-modes/nfacct.feature',
    'nodes/kernel-settings.feature',
  ]);
  assert.equal(status, 0, stdout);
  assert.match(stdout, /skipped: rules that count for nfacct are simulated only/);
  assert.match(stdout, /skipped: net\.ipv4\.icmp_ratelimit is simulated only/);
  assert.match(stdout, /skipped: a full conntrack table is simulated only/);
  assert.match(stdout, /skipped: datagrams that race from one socket are simulated only/);
  assert.match(stdout, /skipped: userspace mode is simulated only/);
});

type Rest<F> = F extends (first: never, ...rest: infer R) => unknown ? R : never;

type ProxyMode = 'iptables' | 'nftables';

function clusterOf(folder: string, carrier: Carrier, mode: ProxyMode = 'iptables') {
  const loaded = loadInputFiles({ filenames: [join(root, 'scenarios', folder)] });
  const { clusterSpec, manifests } = loaded;
  const spec = inProxyMode(clusterSpec, mode);
  return createSimulated({ spec, manifests, carrier });
}

/** A cluster whose connections are made over rules that differ from its own. */
function clusterWith(spoil: (text: string) => string, mode?: ProxyMode) {
  class Spoiling extends KernelCarrier {
    override carry(scene: Scene, ...rest: Rest<KernelCarrier['carry']>): number {
      const rules: Scene['rules'] = (node, format) => spoil(scene.rules(node, format));
      return super.carry({ ...scene, rules }, ...rest);
    }
  }
  return clusterOf('balance', new Spoiling(), mode);
}

const client = 'pod/default/client-on-node01';
const service = 'svc/default/my-service:80';

test('the cluster goes on from what the kernel chose', { skip }, () => {
  const cluster = clusterWith((text) => text);
  for (let n = 0; n < 20; n++) {
    const { dial } = cluster.connect(client, service);
    assert.ok(dial?.outcome === 'answered');
    const lines = cluster.conntrack('node/node01');
    const port = `sport=${dial.client.port} `;
    const from = `src=${formatAddr(dial.client.addr)} `;
    const mine = lines.filter((line) => line.includes(from) && line.includes(port));
    const entry = mine[0] ?? lines.join('\n');
    const backend = dial.destination === null ? '' : formatAddr(dial.destination.addr);
    assert.ok(entry.includes(`src=${backend} `), entry);
  }
});

for (const [mode, from] of [
  ['iptables', /(--to-destination \S+):8080$/gm],
  ['nftables', /(dnat to [\d.]+):8080$/gm],
] as const) {
  test(`caught: rules of the kernel that lead to another port, ${mode}`, { skip }, () => {
    const cluster = clusterWith((text) => text.replaceAll(from, '$1:81'), mode);
    assert.throws(() => cluster.connect(client, service), Disagreement);
  });
}

/** The balance cluster with one connection that is kept; its number, and the Pod that took it. */
function opened(carrier: Carrier) {
  const cluster = clusterOf('balance', carrier);
  const { dial } = cluster.connect(client, service, { keep: true });
  assert.ok(dial?.outcome === 'answered' && dial.kept !== undefined);
  return { cluster, id: dial.kept, pod: dial.backend?.replace('pod/', '') ?? '' };
}

test('a kept connection outlives the entries of others that are forgotten', { skip }, () => {
  const { cluster, id, pod } = opened(new KernelCarrier());
  for (let n = 0; n < 3; n++) {
    // Each copy begins with the same port, so the entry of the one before it is stale.
    const copy = cluster.fork();
    assert.equal(copy.connect(client, service).dial?.outcome, 'answered');
  }
  const { outcome, dial } = cluster.useConnection(id);
  assert.equal(outcome, 'answered');
  assert.equal(dial.backend, `pod/${pod}`);
});

test('caught: a program that ends without a word', { skip }, () => {
  class Silent extends KernelCarrier {
    override programEnds(): void {}
  }
  const { cluster, id, pod } = opened(new Silent());
  cluster.happen('Pod', pod, 'crashes');
  assert.throws(() => cluster.useConnection(id), Disagreement);
});

test('SCTP is skipped with its reason', { skip }, () => {
  const cluster = clusterOf('balance', new KernelCarrier());
  const connect = () => cluster.connect(client, '10.244.1.5:8080', { proto: SCTP });
  assert.throws(connect, /connections over SCTP were never tried on a real kernel/);
});
