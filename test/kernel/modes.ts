// How each way of loading rules is done: the tool, the text it takes, and what tells that this machine cannot.
import { spawnSync } from 'node:child_process';
import type { Cluster } from '../../src/cluster/cluster.ts';
import {
  iptablesTexts,
  nftText,
  type RulesOf,
  type RuleText,
} from '../../src/harness/kernel/rules.ts';
import { setsText } from '../../src/harness/kernel/sets.ts';
import { type Fault, iptablesFaults, nftFaults } from './faults.ts';

export type KernelMode = 'iptables' | 'iptables-legacy' | 'nftables';

export interface ModeRow {
  readonly proxyMode: 'iptables' | 'nftables';
  readonly rulesOf: (cluster: Cluster, node: string) => readonly RuleText[];
  readonly faults: Readonly<Record<string, Fault>>;
  /** Tools that must take an empty rule set in a namespace of their own. */
  readonly probe: { readonly argv: readonly string[]; readonly input: string };
}

const rulesOf =
  (cluster: Cluster, node: string): RulesOf =>
  (format) =>
    cluster.rules(node, { format });

const restored = (flavour: 'nft' | 'legacy', faults: Readonly<Record<string, Fault>>): ModeRow => ({
  proxyMode: 'iptables',
  rulesOf: (cluster, node) => {
    const rules = rulesOf(cluster, node);
    return [...setsText(rules), ...iptablesTexts(rules, `-${flavour}`), nftText(rules)];
  },
  faults,
  probe: { argv: [`iptables-${flavour}-restore`], input: '*nat\nCOMMIT\n' },
});

export const modes: Readonly<Record<KernelMode, ModeRow>> = {
  iptables: restored('nft', iptablesFaults),
  'iptables-legacy': restored('legacy', iptablesFaults),
  nftables: {
    proxyMode: 'nftables',
    rulesOf: (cluster, node) => {
      const rules = rulesOf(cluster, node);
      return [...setsText(rules), ...iptablesTexts(rules, '-nft'), nftText(rules)];
    },
    faults: nftFaults,
    probe: { argv: ['nft', '-f', '-'], input: 'table ip kube-proxy\ndelete table ip kube-proxy\n' },
  },
};

/** Why a mode cannot be compared here; null: it can. */
export function missing(mode: KernelMode): string | null {
  if (process.platform !== 'linux') return 'not Linux';
  if (process.getuid?.() !== 0) return 'not root: no network namespaces of our own';
  for (const tool of ['perl', 'ip', 'ipset', 'mkfifo', 'unshare']) {
    if (spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0) return `no ${tool}`;
  }
  const { argv, input } = modes[mode].probe;
  const run = spawnSync('unshare', ['-n', ...argv], { input, encoding: 'utf8' });
  return run.status === 0 ? null : `${argv[0]}: ${run.stderr.trim()}`;
}

let sctp: string | null | undefined;

/** Why SCTP cannot be compared here; null: it can. */
export function missingSctp(): string | null {
  if (sctp === undefined) {
    spawnSync('modprobe', ['-q', 'sctp']);
    const script = 'use Socket; socket(my $one, AF_INET, SOCK_STREAM, 132) or print "$!"';
    const { stdout, error } = spawnSync('perl', ['-e', script], { encoding: 'utf8' });
    const said = error?.message ?? stdout;
    sctp = said === '' ? null : `no SCTP sockets in this kernel: ${said}`;
  }
  return sctp;
}
