// What keeps kube-proxy from running in its mode, word for word, and since and until which version.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testConfig, testNode } from '../../test/arbitraries/proxy-objects.ts';
import type { Family } from '../net/addr.ts';
import { startLog } from './log.ts';
import { obstacleTo } from './supported.ts';

interface Row {
  readonly name: string;
  readonly mode: 'iptables' | 'ipvs' | 'nftables';
  readonly minor?: number;
  readonly kernel?: string;
  readonly missing?: readonly string[];
  readonly scheduler?: string;
  readonly families?: readonly Family[];
  /** The error; null: it runs. */
  readonly want: string | null;
  readonly fallsBack?: boolean;
}

const tooOld = 'kube-proxy in nftables mode requires kernel 5.13 or later';
const notLoaded = (names: string) =>
  `IPVS proxier will not be used because the following required kernel modules are not loaded: [${names}]`;
const rows: readonly Row[] = [
  { name: 'a kernel with everything', mode: 'ipvs', want: null },
  { name: 'iptables mode needs no ip_vs', mode: 'iptables', missing: ['ip_vs'], want: null },
  {
    name: 'no IPVS',
    mode: 'ipvs',
    missing: ['ip_vs'],
    want: "can't use the IPVS proxier: Ipvs not supported",
  },
  {
    name: 'no IPVS, 1.36 writes it small',
    mode: 'ipvs',
    minor: 36,
    missing: ['ip_vs'],
    want: "can't use the IPVS proxier: ipvs not supported",
  },
  {
    name: 'the scheduler is missing',
    mode: 'ipvs',
    scheduler: 'wlc',
    missing: ['ip_vs_wlc'],
    want: "can't use the IPVS proxier: no such file or directory",
  },
  { name: 'another scheduler is missing', mode: 'ipvs', missing: ['ip_vs_wlc'], want: null },
  {
    name: '1.26 does not fall back any more',
    mode: 'ipvs',
    minor: 26,
    missing: ['ip_vs'],
    want: "can't use the IPVS proxier: Ipvs not supported",
  },
  {
    name: '1.25 falls back to iptables mode',
    mode: 'ipvs',
    minor: 25,
    missing: ['ip_vs'],
    want: notLoaded('ip_vs'),
    fallsBack: true,
  },
  {
    name: '1.25 wants rr, wrr and sh whatever the scheduler',
    mode: 'ipvs',
    minor: 25,
    scheduler: 'lc',
    missing: ['ip_vs_sh', 'ip_vs_lc', 'ip_vs_mh'],
    want: notLoaded('ip_vs_lc ip_vs_sh'),
    fallsBack: true,
  },
  {
    name: 'nftables mode on Linux 5.12',
    mode: 'nftables',
    kernel: '5.12.9',
    want: `unable to create proxier: ${tooOld}`,
  },
  {
    name: 'nftables mode on Linux 5.4, both families',
    mode: 'nftables',
    kernel: '5.4.0',
    families: [6, 4],
    want: `unable to create proxier: unable to create ipv4 proxier: ${tooOld}`,
  },
  { name: 'nftables mode on Linux 5.13', mode: 'nftables', kernel: '5.13.0', want: null },
  {
    name: '1.32 looks only where it was told not to',
    mode: 'nftables',
    minor: 32,
    kernel: '5.4.0',
    want: null,
  },
];

for (const row of rows) {
  const { mode, minor = 34, kernel = '6.1.0', missing = [], families = [4] } = row;
  const ipvs = { ...testConfig.ipvs, scheduler: row.scheduler ?? 'rr' };
  const config = { ...testConfig, mode, minor, kernelVersion: kernel, ipvs };
  test(`1.${minor} in ${mode} mode: ${row.name}`, () => {
    const obstacle = obstacleTo(config, missing, families);
    assert.equal(obstacle?.message ?? null, row.want);
    assert.equal(obstacle?.fallsBack ?? false, row.fallsBack ?? false);
  });
}

const logOf = (
  mode: 'ipvs' | 'nftables',
  minor: number,
  missing: string[],
  kernelVersion: string,
) => {
  const config = { ...testConfig, mode, minor, kernelVersion };
  const obstacle = obstacleTo(config, missing, [4]);
  const about = { isModeWritten: true, node: testNode, families: [4] as const, nowMs: 0 };
  return startLog({ ...about, config, obstacle })
    .split('\n')
    .map((line) => line.replace(/^(.)0101 \S+ +1 /, '$1 '));
};

test('the log of a process that cannot run ends with the error', () => {
  const log = logOf('ipvs', 34, ['ip_vs'], '6.1.0');
  assert.deepEqual(log.slice(-3), [
    'I proxier.go:644] "Dummy VS not created" scheduler="rr"',
    `E run.go:72] "command failed" err="can't use the IPVS proxier: Ipvs not supported"`,
    '',
  ]);
  assert.deepEqual(logOf('ipvs', 36, ['ip_vs_rr'], '6.1.0').slice(-3, -2), [
    'E supported.go:96] "Could not create dummy VS" err="no such file or directory" scheduler="rr"',
  ]);
  assert.deepEqual(logOf('nftables', 34, [], '4.19.0').slice(-3), [
    'I server_linux.go:246] "Using nftables Proxier"',
    `E run.go:72] "command failed" err="unable to create proxier: ${tooOld}"`,
    '',
  ]);
});

test('1.25 says why it runs in iptables mode', () => {
  assert.deepEqual(logOf('ipvs', 25, ['ip_vs'], '6.1.0'), [
    `E server_others.go:107] "Can't use the IPVS proxier" err="${notLoaded('ip_vs')}"`,
    'I server_others.go:208] "Using iptables Proxier"',
    '',
  ]);
});

test('before Linux 4.1 there is no conn_reuse_mode, and IPVS mode says so', () => {
  const reuse = (kernel: string) =>
    logOf('ipvs', 34, [], kernel).filter((line) => line.includes('conn_reuse_mode'));
  assert.deepEqual(reuse('4.1.0'), []);
  assert.deepEqual(reuse('3.10.0'), [
    'E proxier.go:294] "Can\'t set sysctl, kernel version doesn\'t satisfy minimum version requirements" sysctl="net/ipv4/vs/conn_reuse_mode" minimumKernelVersion="4.1" ipFamily="IPv4"',
  ]);
});
