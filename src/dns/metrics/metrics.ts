// The counters of one CoreDNS process, and their text for Prometheus (client_golang, expfmt text_create.go). A value
// stands in a cell; whoever counts often asks for its cell once per Metrics. A fork shares all cells until one side
// writes; the numbers of cells made later differ between the two. Nothing is counted where no server block has `prometheus`.
import { byCodeUnit } from '../../sim/table.ts';
import { METRICS, type MetricFamily } from './metrics.table.ts';
import { QueryMeter } from './query-meter.ts';

interface Series {
  readonly family: MetricFamily;
  /** In the order of the family's labels. */
  readonly values: readonly string[];
  readonly cell: number;
}

export class Metrics {
  #series: Map<string, Series>;
  #cells: number[];
  /** By listener. Never shared: the cells that one side makes after a fork are none of the other's. */
  readonly #meters: Map<string, QueryMeter>;
  #shared = false;

  constructor() {
    this.#series = new Map();
    this.#cells = [];
    this.#meters = new Map();
  }

  fork(): Metrics {
    const copy = new Metrics();
    copy.#series = this.#series;
    copy.#cells = this.#cells;
    copy.#shared = true;
    this.#shared = true;
    return copy;
  }

  /** Where the series stands. A histogram has a cell per bucket, one for +Inf, and one for the sum. */
  cell(family: MetricFamily, values: readonly string[] = []): number {
    const key = keyOf(family, values);
    const known = this.#series.get(key);
    if (known !== undefined) return known.cell;
    this.#own();
    const cell = this.#cells.length;
    this.#series.set(key, { family, values, cell });
    const size = family.buckets === undefined ? 1 : family.buckets.length + 2;
    for (let i = 0; i < size; i++) this.#cells.push(0);
    return cell;
  }

  /** Adds to a counter or a gauge. */
  add(cell: number, by = 1): void {
    if (this.#shared) this.#own();
    this.#cells[cell] = (this.#cells[cell] ?? 0) + by;
  }

  set(cell: number, value: number): void {
    this.#own();
    this.#cells[cell] = value;
  }

  /** One observation of a histogram, whose first cell this is. */
  observe(cell: number, buckets: readonly number[], value: number): void {
    if (this.#shared) this.#own();
    const cells = this.#cells;
    let i = 0;
    while (i < buckets.length && value > (buckets[i] as number)) i++;
    cells[cell + i] = (cells[cell + i] ?? 0) + 1;
    const sum = cell + buckets.length + 1;
    cells[sum] = (cells[sum] ?? 0) + value;
  }

  /** `add` for one that is counted now and then: values in the order of the family's labels. */
  count(family: MetricFamily, ...values: readonly string[]): void {
    this.add(this.cell(family, values));
  }

  /** Forgets a series, or all of the family when no values are given. */
  delete(family: MetricFamily, values?: readonly string[]): void {
    this.#own();
    for (const [key, series] of this.#series) {
      const isIts = values === undefined || key === keyOf(family, values);
      if (series.family.name === family.name && isIts) this.#series.delete(key);
    }
  }

  /** Counts the queries that come to one listener, "dns://:53". */
  queries(server: string): QueryMeter {
    let meter = this.#meters.get(server);
    if (meter === undefined) {
      meter = new QueryMeter(server);
      this.#meters.set(server, meter);
    }
    return meter;
  }

  /** What /metrics shows. */
  text(): string {
    const families = new Map<string, Series[]>();
    for (const family of Object.values<MetricFamily>(METRICS)) {
      if (family.always === true) this.cell(family);
    }
    for (const series of this.#series.values()) {
      const own = families.get(series.family.name) ?? [];
      families.set(series.family.name, own);
      own.push(series);
    }
    return [...families.keys()]
      .sort(byCodeUnit)
      .map((name) => familyText(families.get(name) ?? [], this.#cells))
      .join('');
  }

  #own(): void {
    if (!this.#shared) return;
    this.#series = new Map(this.#series);
    this.#cells = [...this.#cells];
    this.#shared = false;
  }
}

function keyOf(family: MetricFamily, values: readonly string[]): string {
  return `${family.name}\0${values.join('\0')}`;
}

function familyText(all: readonly Series[], cells: readonly number[]): string {
  const family = all[0]?.family;
  if (family === undefined) return '';
  const sorted = [...all].sort((a, b) => compare(a.values, b.values));
  const { name, help, type } = family;
  const lines = sorted.flatMap((series) => linesOf(series, cells));
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function compare(a: readonly string[], b: readonly string[]): number {
  for (const [i, value] of a.entries()) {
    const order = byCodeUnit(value, b[i] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

function linesOf({ family, values, cell }: Series, cells: readonly number[]): readonly string[] {
  const { name, labels, buckets } = family;
  const pairs = labels.map((label, i) => `${label}="${escaped(values[i] ?? '')}"`);
  const line = (suffix: string, more: readonly string[], value: number) => {
    const inside = [...pairs, ...more].join(',');
    return `${name}${suffix}${inside === '' ? '' : `{${inside}}`} ${formatNumber(value)}\n`;
  };
  if (buckets === undefined) return [line('', [], cells[cell] ?? 0)];
  let total = 0;
  const lines = [...buckets, Number.POSITIVE_INFINITY].map((bound, i) => {
    total += cells[cell + i] ?? 0;
    return line('_bucket', [`le="${formatNumber(bound)}"`], total);
  });
  const sum = cells[cell + buckets.length + 1] ?? 0;
  return [...lines, line('_sum', [], sum), line('_count', [], total)];
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

/** As Go's strconv.FormatFloat(value, 'g', -1, 64): below 1e-4 and from 1e6 on with an exponent. */
export function formatNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === 0) return '0';
  const [digits = '', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return String(value);
  const size = String(Math.abs(exponent)).padStart(2, '0');
  return `${digits}e${exponent < 0 ? '-' : '+'}${size}`;
}
