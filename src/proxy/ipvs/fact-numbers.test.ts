import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

// Facts about IPVS mode by the numbers of our sheet: C1 kernel objects and removal, C2 sets, C3 rules, C4 the worked
// example, C5 schedulers; H35 to H38 and the other tests of upstream's proxier_test.go.

const numbers = [
  ...['C1', 'C2', 'C3', 'C4', 'C5', 'H35', 'H36', 'H37', 'H38'],
  ...['TestIPv4Proxier', 'TestIPv6Proxier', 'TestExternalIPsNoEndpoint', 'TestExternalIPs'],
  ...['TestHealthCheckNodePort', 'TestMasqueradeRule', 'TestLoadBalancerSourceRanges'],
  ...['TestOnlyLocalNodePorts', 'TestOnlyLocalExternalIPs', 'TestOnlyLocalLoadBalancing'],
  ...['TestAcceptIPVSTraffic', 'TestLoadBalancer', 'TestNodePortIPv4', 'TestNodePortIPv6'],
  ...['TestSessionAffinity', 'TestInternalTrafficPolicyE2E', 'TestMultiPortServiceBindAddr'],
  ...['TestCleanLegacyService', 'TestCleanLegacyRealServersExcludeCIDRs', 'TestCleanupLeftovers'],
  ...['Test_syncService', 'Test_syncEndpoint_updateWeightsOnRestart'],
  ...['EndpointSliceReadyAndTerminatingLocal', 'EndpointSliceOnlyReadyAndTerminatingCluster'],
];

test('every fact about IPVS mode has a row with its number', () => {
  const room = join(import.meta.dirname, '../../../../src/proxy/ipvs');
  const names = readdirSync(room)
    .filter((file) => file.endsWith('.test.ts') && !file.startsWith('fact-numbers'))
    .flatMap(
      (file) =>
        readFileSync(join(room, file), 'utf8').match(/(?:name: |test\(\s*)(?:'[^'\n]*')/g) ?? [],
    )
    .join('\n');
  assert.deepEqual(
    numbers.filter((number) => !new RegExp(`\\b${number}\\b`).test(names)),
    [],
  );
});
