// Which time-outs of the kernel a kube-proxy changes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultProxyConfig } from './config.ts';
import { conntrackTimeouts } from './sysctls.ts';

const { conntrack } = defaultProxyConfig;
const rows = [
  {
    name: 'by default established connections are kept for a day and half-closed ones for an hour',
    config: conntrack,
    want: { tcp_timeout_established: 86_400, tcp_timeout_close_wait: 3600 },
  },
  {
    name: 'zeros leave the kernel its own',
    config: { ...conntrack, tcpEstablishedTimeoutMs: 0, tcpCloseWaitTimeoutMs: 0 },
    want: {},
  },
  {
    name: 'datagrams, in whole seconds',
    config: {
      ...conntrack,
      tcpCloseWaitTimeoutMs: 0,
      udpTimeoutMs: 10_900,
      udpStreamTimeoutMs: 60_000,
    },
    want: { tcp_timeout_established: 86_400, udp_timeout: 10, udp_timeout_stream: 60 },
  },
];
for (const { name, config, want } of rows) {
  test(name, () => assert.deepEqual(conntrackTimeouts(config), want));
}
