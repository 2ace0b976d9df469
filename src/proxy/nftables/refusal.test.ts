// A sync that nft refuses whole, as kube-proxy 1.34.1 told of it with nft 1.0.6 on Linux.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  service,
  slice,
  snapshotOf,
  testConfig,
  testNode,
} from '../../../test/arbitraries/proxy-objects.ts';
import type { Family } from '../../net/addr.ts';
import { Causes } from '../../sim/causes.ts';
import type { ProxyConfig } from '../config.ts';
import { refusedLog } from '../log.ts';
import { nftablesMode } from './mode.ts';

const port = { name: '', port: 80, protocol: 'TCP' };
const snapshot = snapshotOf(
  service('default/web', { clusterIP: '10.96.0.77', ports: [port] }),
  slice('default/web', ['10.244.1.5'], { ports: [port] }),
);
const prefix: Partial<ProxyConfig> = {
  detectLocalMode: 'InterfaceNamePrefix',
  interfaceNamePrefix: 'veth',
};

function written(change: Partial<ProxyConfig>, family: Family = 4) {
  const config = { ...testConfig, mode: 'nftables' as const, ...change };
  return nftablesMode.written({ snapshot, node: testNode, config, causes: new Causes(), family });
}

test('a prefix of device names is no device: nothing is loaded, and the log says why', () => {
  const { refused = [], layer, input } = written(prefix);
  assert.equal(
    refusedLog({ minor: 34, syncPeriodMs: 30_000 }, 4, refused, 0),
    `E0101 00:00:00.000000       1 proxier.go:1788] "nftables sync failed" err=<
\t/dev/stdin:87:85-89: Error: Interface does not exist
\tadd rule ip kube-proxy service-PFISGYVC-default/web/tcp/ ip daddr 10.96.0.77 iif != veth* jump mark-for-masquerade
\t${' '.repeat(84)}^^^^^
 > ipFamily="IPv4"
I0101 00:00:00.000000       1 proxier.go:1143] "Sync failed" ipFamily="IPv4" retryingTime="30s"
`,
  );
  assert.equal(layer.nft, undefined);
  assert.match(input('nft') ?? '', / iif != veth\* /);
});

for (const { name, change, family = 4 as Family } of [
  { name: 'since 1.35 names are compared', change: { ...prefix, minor: 35 } },
  {
    name: 'a bridge is a device',
    change: { detectLocalMode: 'BridgeInterface', bridgeInterface: 'cni0' } as const,
  },
  { name: 'no rule has it', change: { ...prefix, masqueradeAll: true } },
  { name: 'the family has no Services', change: prefix, family: 6 as Family },
]) {
  test(`it is taken where ${name}`, () => {
    assert.equal(written(change, family).refused, undefined);
  });
}
