// What a kube-proxy sets of the kernel's connection tracking when it starts: time-outs by sysctl name, in whole seconds. A
// zero leaves the kernel's own. Models cmd/kube-proxy/app/server_linux.go (setupConntrack). Its greatest
// number of entries follows the node's CPUs.
import type { Timeouts } from '../netfilter/conntrack-tcp.table.ts';
import type { ConntrackConfig } from './config.ts';

export function conntrackTimeouts(config: ConntrackConfig): Partial<Timeouts> {
  const rows: readonly (readonly [keyof Timeouts, number])[] = [
    ['tcp_timeout_established', config.tcpEstablishedTimeoutMs],
    ['tcp_timeout_close_wait', config.tcpCloseWaitTimeoutMs],
    ['udp_timeout', config.udpTimeoutMs],
    ['udp_timeout_stream', config.udpStreamTimeoutMs],
  ];
  const set = rows.filter(([, ms]) => ms > 0);
  return Object.fromEntries(set.map(([name, ms]) => [name, Math.trunc(ms / 1000)]));
}

/** nf_conntrack_max; undefined: the kernel's own stays (getConntrackMax). */
export function conntrackMax(
  { maxPerCore, min }: ConntrackConfig,
  cpus: number,
): number | undefined {
  return maxPerCore > 0 ? Math.max(min, maxPerCore * cpus) : undefined;
}
