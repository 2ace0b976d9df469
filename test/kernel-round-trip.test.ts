// The rules of random clusters against the machine's own tools: what we print loads in a fresh namespace and is saved
// byte for byte as we print it, by iptables-nft and by iptables-legacy, for both families. Left out of the comparison
// are header lines, counters, and the order of tables, which each backend has its own for (legacy: the one that was
// used last comes first). Skips with its reason where there is no root or no iptables 1.8.9.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { clusterOf } from './kernel/case.ts';
import { caseOf } from './kernel/differential.ts';
import { missing } from './kernel/modes.ts';
import { comparable, unavailable } from './real-iptables.ts';

const clusters = 12;
const flavours = ['nft', 'legacy'] as const;
const families = [4, 6] as const;
type Flavour = (typeof flavours)[number];
type Family = (typeof families)[number];

function saved(flavour: Flavour, family: Family, input: string): string {
  const name = `${family === 4 ? 'iptables' : 'ip6tables'}-${flavour}`;
  const script = `${name}-restore && ${name}-save`;
  const options = { input, encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
  const run = spawnSync('unshare', ['-n', 'sh', '-c', script], options);
  if (run.status !== 0) throw new Error(`${name}-restore refused the rules: ${run.stderr.trim()}`);
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

function agree(seed: number, flavour: Flavour, spoil = (text: string) => text): void {
  const cluster = clusterOf(caseOf('iptables', seed, 1));
  for (const node of cluster.nodeNames) {
    for (const family of families) {
      const format = family === 4 ? 'iptables-save' : 'ip6tables-save';
      const ours = cluster.rules(node, { format });
      const real = saved(flavour, family, ours);
      assert.deepEqual(byTable(real), byTable(spoil(ours)));
      const order = tablesOf(ours);
      assert.deepEqual(tablesOf(real), flavour === 'nft' ? order : order.toReversed());
    }
  }
}

for (const flavour of flavours) {
  const reason = unavailable() ?? missing(flavour === 'nft' ? 'iptables' : 'iptables-legacy');
  const skip = reason === null ? false : reason;
  if (reason !== null) console.log(`round trip, iptables-${flavour}: skipped, ${reason}`);
  test(`iptables-${flavour}: the rules of random clusters are saved as printed`, { skip }, () => {
    for (let seed = 1; seed <= clusters; seed++) agree(seed, flavour);
  });
  test(`caught: iptables-${flavour}, a match in another place`, { skip }, () => {
    const moved = (text: string) =>
      text.replace(/^(-A KUBE-SERVICES) (-d \S+) (-p \S+)/m, '$1 $3 $2');
    assert.throws(() => agree(1, flavour, moved), assert.AssertionError);
  });
}
