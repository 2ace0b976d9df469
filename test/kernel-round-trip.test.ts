// The rules of random clusters against the machine's own tools: what we print loads in a fresh namespace and is printed
// byte for byte as we print it, by iptables-nft and iptables-legacy for both families, by nft, and by ipset with the
// rules of IPVS mode that name its sets. Left out of the comparison of iptables are header lines, counters, and the
// order of tables, which each backend has its own for (legacy: the one that was used last comes first). Skips with its
// reason where there is no root or not the version of a tool whose words ours are.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import type { Cluster } from '../src/cluster/cluster.ts';
import { caseOfProxy } from './kernel/differential.ts';
import { clusterOf } from './kernel/manifests.ts';
import { missing } from './kernel/modes.ts';
import { unavailable as noIpset } from './real-ipset.ts';
import { comparable, unavailable as noIptables } from './real-iptables.ts';
import { unavailable as noNft } from './real-nft.ts';

const clusters = 60;
const flavours = ['nft', 'legacy'] as const;
type Flavour = (typeof flavours)[number];
type Spoil = (text: string) => string;

function shell(script: string, input: string): string {
  const options = { input, encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
  const run = spawnSync('unshare', ['-n', 'sh', '-c', script], options);
  assert.equal(run.status, 0, `refused: ${run.stderr.trim()}\n${script}\n${input}`);
  return run.stdout;
}

/** Table -> its lines, in order. */
function byTable(text: string): Readonly<Record<string, readonly string[]>> {
  const tables: Record<string, string[]> = {};
  let lines: string[] = [];
  for (const line of comparable(text)) {
    if (line.startsWith('*')) lines = tables[line] = [];
    lines.push(line);
  }
  return tables;
}

function tablesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.startsWith('*'));
}

const split = '=====\n';

/** Shell lines that load what each tool takes, then print what it holds, each part after a line of its own. */
function loaded(tools: readonly { readonly name: string; readonly text: string }[]): string {
  const lines = tools.map(
    ({ name, text }) => `${name}-restore <<'END'\n${text}END\necho ${split.trim()}\n${name}-save`,
  );
  return lines.join('\n');
}

/** Both families, after the sets that their rules name. */
function iptablesAgrees(cluster: Cluster, node: string, flavour: Flavour, spoil: Spoil): void {
  const sets = cluster.rules(node, { format: 'ipset-save' });
  const tools = (['iptables', 'ip6tables'] as const).map((tool) => ({
    name: `${tool}-${flavour}`,
    text: cluster.rules(node, { format: `${tool}-save` }),
  }));
  const first = sets.trim() === '' ? 'set -e' : 'set -e\nipset restore';
  const [, ...reals] = shell(`${first}\n${loaded(tools)}`, sets).split(split);
  tools.forEach(({ text: ours }, i) => {
    const real = reals[i] ?? '';
    assert.deepEqual(byTable(real), byTable(spoil(ours)));
    const order = tablesOf(ours);
    assert.deepEqual(tablesOf(real), flavour === 'nft' ? order : order.toReversed());
  });
}

/** With the bridge that rules may name by `iif`. */
function nftAgrees(cluster: Cluster, node: string, spoil: Spoil): void {
  const ours = cluster.rules(node, { format: 'nft' });
  const real = shell('ip link add cni0 type bridge && nft -f - && nft list ruleset', ours);
  assert.equal(real, spoil(ours));
}

/** The sets, then both families' rules, which name them; without the two that ask the IPVS of the kernel, which may have
 * none. */
function ipsetAgrees(cluster: Cluster, node: string, spoil: Spoil): void {
  const sets = cluster.rules(node, { format: 'ipset-save' });
  const tools = (['iptables', 'ip6tables'] as const).map((tool) => ({
    name: `${tool}-nft`,
    text: cluster.rules(node, { format: `${tool}-save` }).replace(/^-A \S+ .*-m ipvs .*\n/gm, ''),
  }));
  const script = ['set -e', 'ipset restore', 'ipset -sorted save', loaded(tools)].join('\n');
  const [saved, ...tables] = shell(script, sets).split(split);
  assert.equal(saved, spoil(sets));
  tools.forEach(({ text }, i) => {
    assert.deepEqual(byTable(tables[i] ?? ''), byTable(text));
  });
}

interface Row {
  readonly name: string;
  readonly reason: string | null;
  readonly proxy: 'iptables' | 'nftables' | 'ipvs';
  readonly agrees: (cluster: Cluster, node: string, spoil: Spoil) => void;
  /** What is said wrongly, so that the comparison is seen to notice it. */
  readonly fault: readonly [name: string, spoil: Spoil];
}

const rows: readonly Row[] = [
  ...flavours.map((flavour): Row => {
    const moved: Spoil = (text) =>
      text.replace(/^(-A KUBE-SERVICES) (-d \S+) (-p \S+)/m, '$1 $3 $2');
    return {
      name: `iptables-${flavour}`,
      reason: noIptables() ?? missing(flavour === 'nft' ? 'iptables' : 'iptables-legacy'),
      proxy: 'iptables',
      agrees: (cluster, node, spoil) => iptablesAgrees(cluster, node, flavour, spoil),
      fault: ['a match in another place', moved],
    };
  }),
  {
    name: 'nft',
    reason: noNft(),
    proxy: 'nftables',
    agrees: nftAgrees,
    fault: [
      'another order of elements',
      (text) => text.replace(/\{ (.*),\n(.*) \}/, '{ $2,\n$1 }'),
    ],
  },
  {
    name: 'ipset',
    reason: noIptables() ?? noIpset(),
    proxy: 'ipvs',
    agrees: ipsetAgrees,
    fault: ['another port', (text) => text.replace(/^(add \S+ \S+,tcp:)\d+/m, '$17777')],
  },
];

/** By mode of kube-proxy and seed: two rows ask about the same clusters. */
const made = new Map<string, Cluster>();

/** One node of each cluster, in turn. */
function agree({ proxy, agrees }: Row, seed: number, spoil: Spoil = (text) => text): void {
  const key = `${proxy} ${seed}`;
  const cluster = made.get(key) ?? clusterOf(caseOfProxy(proxy, seed, 1));
  made.set(key, cluster);
  const { nodeNames } = cluster;
  const node = nodeNames[seed % nodeNames.length];
  if (node !== undefined) agrees(cluster, node, spoil);
}

for (const row of rows) {
  const { name, reason, fault } = row;
  const skip = reason === null ? false : reason;
  if (reason !== null) console.log(`round trip, ${name}: skipped, ${reason}`);
  test(`${name}: the rules of random clusters are printed as the tool prints them`, {
    skip,
  }, () => {
    for (let seed = 1; seed <= clusters; seed++) agree(row, seed);
  });
  test(`caught: ${name}, ${fault[0]}`, { skip }, () => {
    const seeds = [1, 2, 3, 4, 5];
    assert.throws(() => {
      for (const seed of seeds) agree(row, seed, fault[1]);
    }, assert.AssertionError);
  });
}
