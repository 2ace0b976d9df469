// Reads the `prometheus` directive (CoreDNS plugin/metrics/setup.go): counts the server block's queries, and shows all
// of the process's counters at /metrics.
import { listenerOf, splitHostPort } from '../../go/host-port.ts';
import { atLeast } from '../../kubeadm/version.ts';
import type { Setup } from '../../plugin.ts';
import { PrometheusHandler } from './handler.ts';

export const setup: Setup = (d, { version, zones, declare }) => {
  let text = 'localhost:9153';
  let seen = false;
  while (d.next()) {
    if (seen) throw d.raw('this plugin can only be used once per Server Block');
    seen = true;
    const args = d.remainingArgs();
    if (args.length > 1) throw d.argErr();
    text = args[0] ?? text;
    const parts = splitHostPort(text);
    if (typeof parts === 'string') throw d.raw(parts, 'write HOST:PORT, or :PORT');
    if (!atLeast(version, '1.14.7')) continue;
    while (d.nextBlock()) {
      if (d.val() === 'runtime_metrics' && d.remainingArgs().length === 0) continue;
      if (d.val() === 'tls') {
        throw d.notModelled('metrics over TLS are not modelled', 'leave the option out');
      }
      if (d.val() === 'runtime_metrics') throw d.argErr();
      throw d.err(`unknown option: ${d.val()}`);
    }
  }
  const parts = splitHostPort(text);
  const at = typeof parts === 'string' ? parts : listenerOf(parts);
  if (typeof at === 'string') throw d.raw(at);
  declare({ kind: 'metrics', at });
  return [new PrometheusHandler(zones, atLeast(version, '1.14.0'))];
};
