// Our rules in the real kernel: one node of a cluster picture as network namespaces (a bridge with a veth a Pod, and an
// outside host behind the node's uplink) with the rules that the simulated node holds, and real TCP connections. What
// comes of each is held against the simulated connection and against the truth table. Skips with its reason where there
// is no root, no iptables 1.8.9 or no br_netfilter. Never touches the namespaces it runs in.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Cluster } from '../src/cluster/cluster.ts';
import { formatAddr, formatEndpoint } from '../src/net/addr.ts';
import {
  clusterOf,
  endpointsOf,
  gateway,
  hostIPs,
  legacyHosts,
  nodeIP,
  type Picture,
  type ServicePicture,
  targetPort,
} from './arbitraries/cluster-picture.ts';
import { type Flow, flowsOf, targetOf } from './arbitraries/flow.ts';
import { unavailable } from './real-iptables.ts';
import { outcomes } from './truth.ts';

function whyNot(): string | null {
  const reason = unavailable();
  if (reason !== null) return reason;
  if (!existsSync('/proc/sys/net/bridge')) return 'no br_netfilter in the kernel';
  const ip = spawnSync('ip', ['-V']);
  return ip.error === undefined ? null : 'no ip command';
}
const reason = whyNot();
const skip = reason === null ? false : reason;
if (reason !== null) console.log(`real kernel: skipped, ${reason}`);

const plain: ServicePicture = {
  type: 'NodePort',
  internal: 'Cluster',
  external: 'Cluster',
  affinity: null,
  hasExternalIP: false,
  ports: [{ name: '', protocol: 'TCP', port: 80, target: 8080 }],
  backends: [{ node: 1, state: 'ready', workload: 'pod' }],
};

/** DNAT and hairpin; REJECT; DROP for outsiders and for the cluster IP; both policies with a local Pod; nobody listens. */
const picture: Picture = {
  nodes: 1,
  services: [
    plain,
    { ...plain, backends: [] },
    { ...plain, internal: 'Local', external: 'Local', backends: null },
    { ...plain, internal: 'Local', external: 'Local' },
    { ...plain, backends: [{ node: 1, state: 'closed', workload: 'pod' }] },
  ],
};

const pods = [
  { machine: 'pod/demo/c1', ip: '10.244.1.200' },
  ...picture.services.flatMap((_, s) => endpointsOf(picture, s).filter((e) => e.node !== null)),
];
const peer = join(import.meta.dirname, 'socket-peer.js');

/** The network namespace of a machine; the node is the outer one. */
const namespaceOf = (machine: string): string =>
  machine.startsWith('host/') ? 'outside' : (machine.split('/').at(-1) ?? '');
const inside = (machine: string): string =>
  machine.startsWith('node/') ? '' : `ip netns exec ${namespaceOf(machine)} `;

function wiring(): readonly string[] {
  const lines = [
    'mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns',
    'sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.route_localnet=1',
    'sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0',
    'sysctl -qw net.bridge.bridge-nf-call-iptables=1',
    'ip link set lo up',
    `ip link add cni0 type bridge && ip addr add ${gateway(1)}/24 dev cni0 && ip link set cni0 up`,
    'ip netns add outside && ip link add eth0 type veth peer name eth0 netns outside',
    `ip addr add ${nodeIP(1)}/24 dev eth0 && ip link set eth0 up`,
    'ip netns exec outside ip link set lo up && ip netns exec outside ip link set eth0 up',
    'ip netns exec outside ip addr add 192.168.4.254/24 dev eth0',
    'ip route add default via 192.168.4.254',
  ];
  for (const ip of [...Object.values(hostIPs), ...legacyHosts.map((host) => host.ip)]) {
    lines.push(`ip netns exec outside ip addr add ${ip}/32 dev eth0`);
  }
  pods.forEach(({ machine, ip }, i) => {
    const name = namespaceOf(machine);
    const run = `ip netns exec ${name} ip`;
    lines.push(
      `ip netns add ${name} && ip link add v${i} type veth peer name eth0 netns ${name}`,
      `ip link set v${i} master cni0 && ip link set v${i} type bridge_slave hairpin on`,
      `ip link set v${i} up && ${run} link set lo up && ${run} link set eth0 up`,
      `${run} addr add ${ip}/24 dev eth0 && ${run} route add default via ${gateway(1)}`,
    );
  });
  return lines;
}

function servers(): readonly string[] {
  const one = picture.services.flatMap((_, s) =>
    endpointsOf(picture, s).flatMap(({ machine, ip, state }, e) =>
      state === 'closed' ? [] : [{ machine, ip, port: targetPort(picture, s, 0, e) }],
    ),
  );
  const known = new Map(one.map((server) => [server.machine, server]));
  const started = [...known.values()].map(
    ({ machine, ip, port }, i) =>
      `${inside(machine)}"$NODE" "${peer}" serve ${ip} ${port} ${machine} > ready${i} &`,
  );
  const ready = started.map(
    (_, i) => `for _ in $(seq 200); do [ -s ready${i} ] && break; sleep 0.05; done`,
  );
  return [...started, ...ready];
}

/** Who of the picture can be told apart by its namespace: the outside host dials from its first address. */
const flows: readonly Flow[] = flowsOf(picture)
  .filter(({ client, frontend }) => frontend.kind !== 'name' && client.machine !== 'host/routed')
  .map((flow) => ({ ...flow, sourcePort: null }));

/** One line a flow, in the order of `flows`. */
function real(rules: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'svcspec-'));
  const clients = [...new Set(flows.map(({ client }) => client.machine))];
  const byClient = clients.map((machine) => flows.filter((f) => f.client.machine === machine));
  try {
    writeFileSync(join(folder, 'rules'), rules);
    const dials = byClient.map((mine, i) => {
      const targets = mine.map((flow) => targetOf(picture, flow).replace(':', ' ')).join(' ');
      const run = `${inside(mine[0]?.client.machine ?? '')}"$NODE" "${peer}" dial ${targets}`;
      return `${run} > said${i} & pids="$pids $!"`;
    });
    const said = byClient.map((_, i) => `said${i}`).join(' ');
    const outside = `ip netns exec outside ip route replace 192.168.4.0/24 dev eth0 src ${hostIPs.outside}`;
    const script = [
      'set -e',
      ...wiring(),
      outside,
      'iptables-nft-restore rules',
      ...servers(),
      'pids=',
      ...dials,
      `for pid in $pids; do wait $pid; done; cat ${said}`,
    ].join('\n');
    const args = [
      '-n',
      '-m',
      '--pid',
      '--fork',
      '--kill-child',
      '--mount-proc',
      'sh',
      '-c',
      script,
    ];
    const env = { ...process.env, NODE: process.execPath };
    const options = { cwd: folder, encoding: 'utf8', timeout: 60_000, env } as const;
    const run = spawnSync('unshare', args, options);
    assert.equal(run.status, 0, run.stderr);
    const lines = run.stdout.trim().split('\n');
    const order = byClient.flat();
    assert.equal(lines.length, order.length, run.stdout);
    return flows.map((flow) => lines[order.indexOf(flow)] ?? '');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function simulated(cluster: Cluster, flow: Flow): string {
  const { dial } = cluster.connect(flow.client.machine, targetOf(picture, flow));
  if (dial?.outcome !== 'answered') return dial?.outcome ?? 'nothing';
  const { source, destination, backend } = dial;
  if (source === null || destination === null) return 'nothing';
  const at = formatEndpoint(destination.addr, destination.port);
  return `${backend} (${at}) ${formatAddr(source.addr)}`;
}

/** The truth table's words as a socket sees them: it cannot tell an ICMP error from an RST. */
function socketWords(outcome: string): string {
  return outcome
    .replace(/^answered by (\S+ \S+), seen as /, '$1 ')
    .replace(/^(refused|timeout) via .*/, '$1');
}

const say = (flow: Flow): string => `${flow.client.machine} to ${targetOf(picture, flow)}`;

test('real connections through our rules end as simulated ones do', { skip }, () => {
  const cluster = clusterOf(picture);
  const got = real(cluster.rules('n1', { format: 'iptables-save' }));
  const kinds = new Set<string>();
  for (const [i, flow] of flows.entries()) {
    const allowed = [...outcomes(picture, flow)].map(socketWords);
    const line = got[i] ?? '';
    assert.ok(allowed.includes(line), `${say(flow)}: ${line}; allowed: ${allowed.join('; ')}`);
    const ours = simulated(cluster, flow);
    if (allowed.length === 1) assert.equal(ours, line, say(flow));
    else assert.ok(allowed.includes(ours), `${say(flow)}: ${ours}`);
    kinds.add(line.startsWith('pod/') || line.startsWith('host/') ? 'answered' : line);
  }
  assert.deepEqual([...kinds].sort(), ['answered', 'refused', 'timeout']);
});

test('caught: rules without the masquerade', { skip }, () => {
  const rules = clusterOf(picture).rules('n1', { format: 'iptables-save' });
  const got = real(rules.replaceAll(/^-A KUBE-MARK-MASQ .*\n/gm, ''));
  const wrong = flows.filter((flow, i) => {
    const allowed = [...outcomes(picture, flow)].map(socketWords);
    return !allowed.includes(got[i] ?? '');
  });
  assert.ok(wrong.length > 0);
});
