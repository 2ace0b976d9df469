// What the cache tells the counters of the process (CoreDNS plugin/cache/metrics.go). Every query counts here, so cells are
// looked up once for the counters and the listener that were counted last.
import type { MetricFamily } from '../../metrics/metrics.table.ts';
import { METRICS } from '../../metrics/metrics.table.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { Turn } from '../../plugin.ts';
import { type Stores, sizeOf } from './store.ts';

type StoreName = keyof Stores;

export class Counter {
  readonly #zones: string;
  #metrics: Metrics | null = null;
  #server = '';
  /** By family; '' for those that tell no store. */
  readonly #cells: Readonly<Record<StoreName | '', Map<MetricFamily, number>>> = {
    '': new Map(),
    success: new Map(),
    denial: new Map(),
  };

  constructor(zones: readonly string[]) {
    this.#zones = zones.join(',');
  }

  /** `type`: which of the two stores it is about, where the family has that label. */
  count({ metrics, server }: Turn, family: MetricFamily, type: StoreName | '' = ''): void {
    if (metrics !== null) metrics.add(this.#cellOf(metrics, server, family, type));
  }

  sizes({ metrics, server }: Turn, { success, denial }: Stores): void {
    if (metrics === null) return;
    for (const [type, store] of [
      ['success', success],
      ['denial', denial],
    ] as const) {
      metrics.set(this.#cellOf(metrics, server, METRICS.cacheEntries, type), sizeOf(store));
    }
  }

  #cellOf(metrics: Metrics, server: string, family: MetricFamily, type: StoreName | ''): number {
    if (metrics !== this.#metrics || server !== this.#server) {
      this.#metrics = metrics;
      this.#server = server;
      for (const cells of Object.values(this.#cells)) cells.clear();
    }
    const cells = this.#cells[type];
    let cell = cells.get(family);
    if (cell === undefined) {
      const kind = type === '' ? [] : [type];
      cell = metrics.cell(family, [server, ...kind, '', this.#zones]);
      cells.set(family, cell);
    }
    return cell;
  }
}
