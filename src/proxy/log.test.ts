// Case 36: what kube-proxy's log says about its mode, in the form of each version.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testConfig, testNode } from '../../test/arbitraries/proxy-objects.ts';
import { failureLog, startLog } from './log.ts';

const about = { isModeWritten: true, node: testNode, families: [4] as const, nowMs: 5_250 };
const rows = [
  { mode: 'iptables', minor: 32, want: 'server_linux.go:170] "Using iptables Proxier"' },
  { mode: 'ipvs', minor: 34, want: 'server_linux.go:189] "Using ipvs Proxier"' },
  { mode: 'nftables', minor: 36, want: 'server_linux.go:254] "Using nftables Proxier"' },
  { mode: 'userspace', minor: 25, want: 'server_others.go:345] "Using userspace Proxier"' },
] as const;

for (const { mode, minor, want } of rows) {
  test(`case 36: 1.${minor} in ${mode} mode`, () => {
    const lines = startLog({ ...about, config: { ...testConfig, mode, minor } }).split('\n');
    const using = lines.filter((line) => line.includes('Using') && line.includes('Proxier'));
    assert.deepEqual(using, [`I0101 00:00:05.250000       1 ${want}`]);
  });
}

test('what is doubtful, deprecated or failed is an error line', () => {
  const config = { ...testConfig, mode: 'ipvs' as const, minor: 35 };
  const log = startLog({ ...about, config });
  assert.match(log, /^E0101 .*server.go:255\] ".*incorrect" err="nodePortAddresses is unset;/m);
  assert.match(log, /^E0101 .*server_linux.go:195\] "The ipvs proxier is now deprecated/m);
  const primary = startLog({ ...about, config: { ...config, nodePortAddresses: ['primary'] } });
  assert.doesNotMatch(primary, /nodePortAddresses is unset/);
  assert.equal(
    failureLog('failed validate: "x"', 0),
    'E0101 00:00:00.000000       1 run.go:72] "command failed" err="failed validate: \\"x\\""\n',
  );
});

test('a mode that nobody wrote is said to be the default', () => {
  const log = startLog({ ...about, isModeWritten: false, config: testConfig });
  assert.match(log, /^I0101 \S+ +1 server_linux.go:53\] "Using iptables proxy"\n/);
});

test('node ports of nftables mode have a default, so nothing is doubtful', () => {
  const config = { ...testConfig, mode: 'nftables' as const };
  assert.doesNotMatch(startLog({ ...about, config }), /nodePortAddresses is unset/);
});

test('gates that will go are warned of, twice', () => {
  const gates = { NFTablesProxyMode: true, KMSv1: true, ProcMountType: true };
  const warned = (minor: number) =>
    startLog({ ...about, config: { ...testConfig, minor, featureGates: gates } })
      .split('\n')
      .filter((line) => line.includes('feature_gate.go'))
      .map((line) => line.replace(/0101 \S+ +1 feature_gate/, ''));
  const old = [
    'W.go:350] Setting deprecated feature gate KMSv1=true. It will be removed in a future release.',
    'W.go:352] Setting GA feature gate NFTablesProxyMode=true. It will be removed in a future release.',
  ];
  assert.deepEqual(warned(34), [...old, ...old]);
  assert.deepEqual(
    warned(36)[1],
    'I.go:477] "Warning: setting GA feature gate. It will be removed in a future release." featureGate="NFTablesProxyMode" value=true',
  );
});
