// The rules of every scenario's nodes, byte for byte: scenarios/NAME/golden/MODE/NODE.FORMAT.txt, in the scenario's own
// mode, in IPVS mode, and in nftables mode where its version has a complete one. A difference is a change of behaviour
// that somebody must have meant; SVCSPEC_GOLDEN=update writes the files anew.
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { Cluster, RulesOptions } from '../src/cluster/cluster.ts';
import { root, scenarioCluster, scenarioMinor, scenarioNames } from './pictures.ts';

const hint = 'if it is meant: npm run golden:update';

/** Path below the scenario's folder -> text. */
type Files = ReadonlyMap<string, string>;

/** Since then nftables mode is modelled exactly. */
const nftablesSince = 32;

function wanted(name: string): Files {
  const tables = scenarioMinor(name) < nftablesSince ? [] : [scenarioCluster(name, 'nftables')];
  const clusters = [scenarioCluster(name), scenarioCluster(name, 'ipvs'), ...tables];
  return new Map(clusters.flatMap(rulesOf));
}

/** What tells a mode's rules; userspace mode ended before the versions of most scenarios. */
const formats: Readonly<Record<Cluster['proxyMode'], readonly RulesOptions['format'][]>> = {
  iptables: ['iptables-save'],
  ipvs: ['iptables-save', 'ipset-save', 'ipvsadm'],
  nftables: ['nft'],
  userspace: ['iptables-save'],
};

function rulesOf(cluster: Cluster): (readonly [path: string, text: string])[] {
  const { nodeNames, proxyMode } = cluster;
  return nodeNames.flatMap((node) =>
    formats[proxyMode].map((format): [string, string] => [
      join('golden', proxyMode, `${node}.${format}.txt`),
      cluster.rules(node, { format }),
    ]),
  );
}

function stored(folder: string): Files {
  const golden = join(folder, 'golden');
  if (!existsSync(golden)) return new Map();
  const entries = readdirSync(golden, { withFileTypes: true, recursive: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]));
}

/** What is wrong, one sentence a file. */
function findings(folder: string, want: Files): readonly string[] {
  const have = stored(folder);
  const missing = [...want.keys()].filter((path) => !have.has(path));
  const orphans = [...have.keys()].filter((path) => !want.has(path));
  const changed = [...want].flatMap(([path, text]) => difference(path, have.get(path), text));
  return [
    ...missing.map((path) => `${path} is missing; write it with npm run golden:update`),
    ...orphans.map((path) => `${path} belongs to no node; ${hint}`),
    ...changed,
  ];
}

function difference(path: string, have: string | undefined, want: string): readonly string[] {
  if (have === undefined || have === want) return [];
  const before = have.split('\n');
  const now = want.split('\n');
  const at = now.findIndex((line, i) => line !== before[i]);
  const i = at < 0 ? now.length : at;
  return [`${path}:${i + 1} was "${before[i] ?? ''}", is "${now[i] ?? ''}"; ${hint}`];
}

function update(folder: string, want: Files): void {
  rmSync(join(folder, 'golden'), { recursive: true, force: true });
  for (const [path, text] of want) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

for (const name of scenarioNames()) {
  test(`golden rules of ${name}`, () => {
    const folder = join(root, 'scenarios', name);
    const want = wanted(name);
    if (process.env['SVCSPEC_GOLDEN'] === 'update') update(folder, want);
    assert.deepEqual(findings(folder, want), []);
  });
}

test('missing, orphan and changed golden files are found, and an update mends them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'svcspec-'));
  try {
    const path = (node: string) => join('golden', 'iptables', `${node}.iptables-save.txt`);
    const want = new Map([
      [path('a'), 'one\ntwo\n'],
      [path('b'), 'three\n'],
    ]);
    update(folder, new Map([...want, [path('c'), '']]));
    writeFileSync(join(folder, path('a')), 'one\n2\n');
    rmSync(join(folder, path('b')));
    assert.deepEqual(findings(folder, want), [
      `${path('b')} is missing; write it with npm run golden:update`,
      `${path('c')} belongs to no node; ${hint}`,
      `${path('a')}:2 was "2", is "two"; ${hint}`,
    ]);
    update(folder, want);
    assert.deepEqual(findings(folder, want), []);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
