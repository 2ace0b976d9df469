// Every node's rules of every scenario against the machine's own iptables: the text loads in a fresh namespace and is
// saved as we print it; what kube-proxy feeds to iptables-restore loads on top of kubelet's chains and makes the same
// chains. Skips with its reason where there is no root or no iptables 1.8.9.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Cluster } from '../src/cluster/cluster.ts';
import { parseRules } from '../src/netfilter/iptables-text/parse.ts';
import { restoreText } from '../src/netfilter/iptables-text/print.ts';
import { everyRuleCluster, laterCluster, scenarioCluster, scenarioNames } from './pictures.ts';
import { comparable, loadAndList, loadAndSave, unavailable } from './real-iptables.ts';

const reason = unavailable();
const skip = reason === null ? false : reason;
if (reason !== null) console.log(`real rules: skipped, ${reason}`);

function saved(text: string, sets = ''): readonly string[] {
  const real = loadAndSave(text, 4, sets);
  if (typeof real !== 'string') throw new Error(real.skipped);
  return comparable(real);
}

const listings = ['-t nat -nvL', '-t nat -nL', '-nL --line-numbers', '-t nat -S', '-S'];

function listed(text: string, sets: string): string {
  const real = loadAndList(text, listings, 4, sets);
  if (typeof real !== 'string') throw new Error(real.skipped);
  return real;
}

function ours(cluster: Cluster, node: string): string {
  const texts = listings.map(
    (options) => cluster.exec(`node/${node}`, ['iptables', ...options.split(' ')]).stdout,
  );
  return texts.join('');
}

/** The saved text of two restores: the first from nothing, the second with --noflush, as kube-proxy does. */
function savedOnTop(first: string, second: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'svcspec-'));
  try {
    writeFileSync(join(folder, 'first'), first);
    writeFileSync(join(folder, 'second'), second);
    const script =
      'iptables-nft-restore first && iptables-nft-restore --noflush second && iptables-nft-save';
    const options = { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
    const run = spawnSync('unshare', ['-n', 'sh', '-c', script], options);
    if (run.status !== 0) {
      const why = run.stderr.trim() || run.error?.message || `signal ${run.signal}`;
      throw new Error(`the restore refused the rules: ${why}`);
    }
    return comparable(run.stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const format = 'iptables-save';

function wholeText(cluster: Cluster, node: string): void {
  const ours = cluster.rules(node, { format });
  const written = restoreText(parseRules(ours, 4));
  const sets = cluster.rules(node, { format: 'ipset-save' });
  assert.deepEqual(saved(ours, sets), comparable(ours));
  assert.deepEqual(saved(written, sets), comparable(ours));
}

/** "nat -A KUBE-SVC-..." of the chains that kube-proxy writes; jumps from built-in chains are put there by other
 * commands, kubelet's canaries and the CNI's chains by others. */
function proxyRules(lines: readonly string[]): readonly string[] {
  let table = '';
  return lines.flatMap((line) => {
    if (line.startsWith('*')) table = line.slice(1);
    const mine = /^(:|-A )KUBE-(?!.*CANARY|IPTABLES-HINT)/.test(line);
    return mine ? [`${table} ${line}`] : [];
  });
}

function restoreInput(cluster: Cluster, node: string, spoil = (text: string) => text): void {
  const kubelet = cluster.rules(node, { format, owner: 'kubelet' });
  const input = spoil(cluster.rules(node, { format, input: true }));
  const ours = comparable(cluster.rules(node, { format }));
  assert.deepEqual(proxyRules(savedOnTop(kubelet, input)), proxyRules(ours));
}

const pictures = [
  ...scenarioNames().map((name) => ({ name, make: () => scenarioCluster(name) })),
  ...scenarioNames().map((name) => ({
    name: `${name} with later/`,
    make: () => laterCluster(name),
  })),
  { name: 'every kind of rule', make: everyRuleCluster },
];

for (const { name, make } of pictures) {
  test(`${name}: the rules of every node load and are saved as we print them`, { skip }, () => {
    const cluster = make();
    for (const node of cluster.nodeNames) wholeText(cluster, node);
  });
  test(`${name}: the rules of every node are listed as iptables -nvL lists them`, { skip }, () => {
    const cluster = make();
    for (const node of cluster.nodeNames) {
      const text = cluster.rules(node, { format });
      const sets = cluster.rules(node, { format: 'ipset-save' });
      assert.equal(ours(cluster, node), listed(text, sets));
    }
  });
  test(`${name}: what kube-proxy feeds to the restore makes the same chains`, { skip }, () => {
    const cluster = make();
    for (const node of cluster.nodeNames) {
      // userspace mode calls iptables rule by rule.
      if (cluster.proxyMode !== 'userspace') restoreInput(cluster, node);
      else
        assert.throws(
          () => restoreInput(cluster, node),
          /userspace mode feeds nothing to iptables-restore/,
        );
    }
  });
}

test('every kind of rule: each kind is there on some node', () => {
  const cluster = everyRuleCluster();
  const texts = cluster.nodeNames.map((node) => cluster.rules(node, { format }));
  const kinds = [
    /-A KUBE-SERVICES .*has no endpoints.* -j REJECT/,
    /-A KUBE-SERVICES .*has no local endpoints.* -j DROP/,
    /-A KUBE-EXTERNAL-SERVICES .*has no endpoints.* --dst-type LOCAL .*-j REJECT/,
    /-A KUBE-EXTERNAL-SERVICES .*has no local endpoints.* -j DROP/,
    /-A KUBE-EXTERNAL-SERVICES -d 198\.51\.100\.8.* -j REJECT/,
    /-A KUBE-SVC-.* -m recent --rcheck --seconds 100 --reap/,
    /-A KUBE-SEP-.* -m recent --set .*-j DNAT/,
    /-A KUBE-NODEPORTS -p udp .*-j KUBE-EXT-/,
    /-A KUBE-SEP-.* -m sctp -j DNAT/,
    /-A KUBE-SERVICES .*-j KUBE-SVL-/,
    /-A KUBE-EXT-.* --src-type LOCAL -j KUBE-MARK-MASQ/,
    /-A KUBE-EXT-.* -j KUBE-SVL-/,
  ];
  for (const kind of kinds)
    assert.ok(
      texts.some((text) => kind.test(text)),
      `${kind}`,
    );
});

test('caught: a restore input with another probability', { skip }, () => {
  const spoil = (text: string) => text.replace('--probability 0.5000000000', '--probability 0.51');
  assert.throws(() => restoreInput(everyRuleCluster(), 'node01', spoil), /probability/);
});

test('caught: a rule that the tool prints in another order', { skip }, () => {
  const ours = everyRuleCluster().rules('node01', { format });
  const swapped = ours.replace(
    /^(-A KUBE-SEP-\S+) (-p tcp) (-m comment --comment \S+)/m,
    '$1 $3 $2',
  );
  assert.notEqual(swapped, ours);
  assert.notDeepEqual(saved(swapped), comparable(swapped));
});
