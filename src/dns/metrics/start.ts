// What a CoreDNS's metrics say from the start (CoreDNS plugin/metrics/setup.go): its release, and which plugins each
// zone has.

import type { CoreDnsVersion } from '../kubeadm/version.ts';
import { buildOf } from '../server/banner.ts';
import type { Configuration } from '../server/config.ts';
import { listenerName } from '../server/listener.ts';
import { METRICS } from './metrics.table.ts';
import type { Metrics } from './metrics.ts';

/** Only blocks with `prometheus` show their plugins. */
export function describe(
  metrics: Metrics,
  { sites, chains }: Configuration,
  version: CoreDnsVersion,
): void {
  const { go, commit } = buildOf(version);
  metrics.set(metrics.cell(METRICS.buildInfo, [go, commit, version]), 1);
  metrics.delete(METRICS.pluginEnabled);
  for (const { zone, addr, port, chain } of sites) {
    const handlers = chains[chain] ?? [];
    if (!handlers.some(({ name }) => name === 'prometheus')) continue;
    for (const { name } of handlers) {
      metrics.set(
        metrics.cell(METRICS.pluginEnabled, [name, listenerName(addr, port), '', zone]),
        1,
      );
    }
  }
}
