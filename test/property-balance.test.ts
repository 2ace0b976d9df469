// Balance: which endpoint a connection to a cluster IP reaches, over every random branch and by sampling. The exact
// shares come from the rules as printed, by this file's own arithmetic, not from the proxy's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Cluster } from '../src/cluster/cluster.ts';
import { createSimulated } from '../src/cluster/simulated.ts';
import { loadTexts } from '../src/input/load.ts';
import { type Proto, TCP, UDP } from '../src/net/packet.ts';
import { type Choices, enumerate, seeded } from '../src/sim/choices.ts';
import { bounds, cumulative } from './binomial.ts';
import { checkCatches, checkProperty } from './check-property.ts';

const file = import.meta.filename;
const endpointsMax = 12;
/** One false alarm in 10^9 runs of this whole file, shared among its two-sided bounds. */
const falseAlarmOnceIn = 1e9;

const ports = ['TCP', 'UDP'].map((protocol) => ({
  name: protocol.toLowerCase(),
  port: 80,
  protocol,
}));
const text = JSON.stringify({
  apiVersion: 'v1',
  kind: 'List',
  items: [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'demo' },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: {
            containers: [
              {
                name: 'web',
                image: 'nginx',
                ports: ports.map(({ protocol }) => ({ containerPort: 80, protocol })),
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'demo' },
      spec: { selector: { app: 'web' }, ports },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'client', namespace: 'demo' },
      spec: { containers: [{ name: 'shell', image: 'busybox' }] },
    },
  ],
});
const loaded = loadTexts([{ file: 'balance.yaml', text }]);
const one = createSimulated({ spec: loaded.clusterSpec, manifests: loaded.manifests });

/** The cluster with n endpoints: all of them forks of one. */
function withEndpoints(n: number): Cluster {
  const cluster = one.fork();
  cluster.scale('Deployment', 'demo/web', n);
  return cluster;
}

function backendOf(cluster: Cluster, proto: Proto): string {
  const port = proto === TCP ? 'tcp' : 'udp';
  const { dial } = cluster.connect('pod/demo/client', `svc/demo/web:${port}`, { proto });
  assert.equal(dial?.outcome, 'answered');
  return dial?.backend ?? '';
}

/** Shares over every random branch, by backend. `spoil` stands between the rules and the enumeration. */
function shares(
  cluster: Cluster,
  proto: Proto,
  spoil: (choices: Choices) => Choices = (choices) => choices,
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  const branches = enumerate((choices) => backendOf(cluster.fork(spoil(choices)), proto));
  for (const { value, probability } of branches) {
    sums.set(value, (sums.get(value) ?? 0) + probability);
  }
  return sums;
}

/** What the kernel makes of the printed rules of one service port: 31 random bits against each written probability, in
 * order; the last rule takes the rest. */
function printedShares(cluster: Cluster, portName: string): readonly number[] {
  const node = cluster.nodeNames[0] ?? '';
  const lines = cluster
    .rules(node, { format: 'iptables-save' })
    .split('\n')
    .filter((line) => line.startsWith('-A KUBE-SVC-') && line.includes(`"demo/web:${portName} ->`));
  let left = 1;
  return lines.map((line) => {
    const written = /--probability ([\d.]+)/.exec(line)?.[1];
    const taken = written === undefined ? 1 : Math.round(Number(written) * 2 ** 31) / 2 ** 31;
    const share = left * taken;
    left *= 1 - taken;
    return share;
  });
}

/** Ten printed digits and 31 bits: how far one rule's probability may be from 1/k. */
const precision = 0.5e-10 + 2 ** -32;

function exactShares(n: number, proto: Proto, spoil?: (choices: Choices) => Choices): void {
  const cluster = withEndpoints(n);
  const exact = shares(cluster, proto, spoil);
  assert.equal(exact.size, n);
  const printed = printedShares(cluster, proto === TCP ? 'tcp' : 'udp');
  assert.equal(printed.length, n);
  for (const share of exact.values()) {
    assert.ok(Math.abs(share - 1 / n) <= n * precision, `${share} of 1/${n}`);
  }
  const ascending = (values: Iterable<number>) => [...values].sort((a, b) => a - b);
  const want = ascending(printed);
  for (const [i, share] of ascending(exact.values()).entries()) {
    assert.ok(Math.abs(share - (want[i] ?? 0)) < 1e-14, `${share}, printed ${want[i]}`);
  }
}

for (const proto of [TCP, UDP] as const) {
  test(`exact shares of protocol ${proto} are 1/n for n up to ${endpointsMax}`, () => {
    for (let n = 1; n <= endpointsMax; n++) exactShares(n, proto);
  });
}

/** A draw that prefers earlier candidates a little: 1 in 500 of the second's weight goes to the first. */
function leaning(choices: Choices): Choices {
  return {
    pick: (point, weights) => {
      const [a = 0, b = 0, ...rest] = weights;
      const moved = Math.floor(b / 500);
      return choices.pick(point, weights.length < 2 ? weights : [a + moved, b - moved, ...rest]);
    },
    fork: () => leaning(choices.fork()),
  };
}

test('caught: exact shares that lean by a five-hundredth', () => {
  assert.throws(() => exactShares(3, TCP, leaning), /of 1\/3/);
});

const trials = 400;

/** Draws `trials` connections and compares each endpoint's count with the exact bound. */
function sampled(n: number, choices: Choices, proto: Proto): void {
  const cluster = withEndpoints(n).fork(choices);
  const counts = new Map<string, number>();
  for (let i = 0; i < trials; i++) {
    const backend = backendOf(cluster, proto);
    counts.set(backend, (counts.get(backend) ?? 0) + 1);
  }
  const [low, high] = boundsOf(n);
  assert.ok(counts.size <= n);
  for (const [backend, count] of counts) {
    assert.ok(count >= low && count <= high, `${backend}: ${count} not in ${low}..${high}`);
  }
  if (low > 0) assert.equal(counts.size, n);
}

const sampledRuns = 6;
const known = new Map<number, readonly [number, number]>();
function boundsOf(n: number): readonly [number, number] {
  const bound =
    known.get(n) ?? bounds(trials, n, falseAlarmOnceIn * 2 * endpointsMax * sampledRuns);
  known.set(n, bound);
  return bound;
}

const sampling = (spoil: (choices: Choices) => Choices) =>
  fc.property(
    fc.integer({ min: 2, max: endpointsMax }),
    fc.integer(),
    fc.constantFrom(TCP, UDP),
    (n, seed, proto) => sampled(n, spoil(seeded(seed)), proto),
  );

checkProperty(
  'sampled shares stay inside the exact binomial bound (false alarms: 1 in 10^9)',
  sampling((choices) => choices),
  { file, runs: sampledRuns },
);

/** A generator that draws twice and keeps the smaller. */
function twice(choices: Choices): Choices {
  return {
    pick: (point, weights) => Math.min(choices.pick(point, weights), choices.pick(point, weights)),
    fork: () => twice(choices.fork()),
  };
}

checkCatches('sampling with a generator that keeps the smaller of two draws', sampling(twice), {
  file,
  runs: sampledRuns,
});

test('the binomial tail is exact: small cases counted by hand', () => {
  assert.deepEqual(cumulative(4, 2), [1n, 5n, 11n, 15n, 16n]);
  assert.deepEqual(cumulative(3, 3), [8n, 20n, 26n, 27n]);
  assert.equal(cumulative(50, 7).at(-1), 7n ** 50n);
  // Ten tosses: none and all have 1/1024 each, at most one 11/1024.
  assert.deepEqual(bounds(10, 2, 1024), [1, 9]);
  assert.deepEqual(bounds(10, 2, 1025), [0, 10]);
  assert.deepEqual(bounds(10, 2, 93), [2, 8]);
  assert.deepEqual(bounds(10, 2, 94), [1, 9]);
});
