// What the cache tells the counters of the process (CoreDNS plugin/cache/metrics.go).
import type { MetricFamily } from '../../metrics/metrics.table.ts';
import { METRICS } from '../../metrics/metrics.table.ts';
import type { Turn } from '../../plugin.ts';
import { type Stores, sizeOf } from './store.ts';

export class Counter {
  readonly #zones: string;

  constructor(zones: readonly string[]) {
    this.#zones = zones.join(',');
  }

  count({ metrics, server }: Turn, family: MetricFamily): void {
    metrics?.count(family, server, '', this.#zones);
  }

  /** `type`: which of the two stores. */
  countBy({ metrics, server }: Turn, family: MetricFamily, type: string): void {
    metrics?.count(family, server, type, '', this.#zones);
  }

  sizes({ metrics, server }: Turn, { success, denial }: Stores): void {
    if (metrics === null) return;
    for (const [type, store] of [
      ['success', success],
      ['denial', denial],
    ] as const) {
      const cell = metrics.cell(METRICS.cacheEntries, [server, type, '', this.#zones]);
      metrics.set(cell, sizeOf(store));
    }
  }
}
