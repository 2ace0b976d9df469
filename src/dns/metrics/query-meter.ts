// Counts the queries of one listener (CoreDNS plugin/metrics/vars/report.go). Every answer passes here, so the cells
// of a combination of labels are looked up once and found again by a number.
import { parseType, rcodeName } from '../message/message.ts';
import { METRICS } from './metrics.table.ts';
import type { Metrics } from './metrics.ts';

/** One query and what became of it. */
export interface Report {
  /** Zone of the server block that counts; "dropped": refused before any. */
  readonly zone: string;
  readonly isTcp: boolean;
  readonly isV4: boolean;
  readonly type: number;
  readonly dnssecOk: boolean;
  readonly rcode: number;
  /** Who wrote the answer; empty: nobody did. */
  readonly plugin: string;
  /** Bytes, uncompressed. */
  readonly requestSize: number;
  /** Bytes, uncompressed; 0: nothing was written. */
  readonly responseSize: number;
  readonly seconds: number;
}

interface Cells {
  readonly requests: number;
  readonly responses: number;
  readonly duration: number;
  readonly requestSize: number;
  readonly responseSize: number;
  readonly dnssecOk: number;
}

/** Types with a label of their own (plugin/metrics/vars/monitor.go); all others are "other". */
const monitored =
  'AAAA A CNAME DNSKEY DS MX NSEC3 NSEC NS PTR RRSIG SOA SRV TXT HTTPS IXFR AXFR ANY'.split(' ');
const indexOfType = new Map(monitored.map((name, i) => [parseType(name) ?? 0, i]));
const other = monitored.length;

export class QueryMeter {
  readonly #server: string;
  readonly #cells = new Map<number, Cells>();
  readonly #zones: string[] = [];
  readonly #plugins: string[] = [];

  constructor(server: string) {
    this.#server = server;
  }

  count(metrics: Metrics, report: Report): void {
    const { requestSize, responseSize, seconds } = report;
    const cells = this.#cellsOf(metrics, report);
    if (report.dnssecOk) metrics.add(cells.dnssecOk);
    metrics.add(cells.requests);
    metrics.add(cells.responses);
    metrics.observe(cells.duration, METRICS.requestDuration.buckets, seconds);
    metrics.observe(cells.requestSize, METRICS.requestSize.buckets, requestSize);
    metrics.observe(cells.responseSize, METRICS.responseSize.buckets, responseSize);
  }

  #cellsOf(metrics: Metrics, report: Report): Cells {
    const type = indexOfType.get(report.type) ?? other;
    const flags = (report.isTcp ? 1 : 0) + (report.isV4 ? 2 : 0) + (report.dnssecOk ? 4 : 0);
    const zone = indexIn(this.#zones, report.zone);
    const plugin = indexIn(this.#plugins, report.plugin);
    const key = (((zone * 64 + plugin) * 4096 + report.rcode) * 32 + type) * 8 + flags;
    let cells = this.#cells.get(key);
    if (cells === undefined) {
      cells = this.#newCells(metrics, report, monitored[type] ?? 'other');
      this.#cells.set(key, cells);
    }
    return cells;
  }

  #newCells(metrics: Metrics, report: Report, type: string): Cells {
    const proto = report.isTcp ? 'tcp' : 'udp';
    const family = report.isV4 ? '1' : '2';
    const zoned = [this.#server, '', report.zone];
    const rcode = rcodeName(report.rcode).replace('RESERVED', 'RCODE');
    return {
      requests: metrics.cell(METRICS.requests, [
        family,
        proto,
        this.#server,
        type,
        '',
        report.zone,
      ]),
      responses: metrics.cell(METRICS.responses, [report.plugin, rcode, ...zoned]),
      duration: metrics.cell(METRICS.requestDuration, zoned),
      requestSize: metrics.cell(METRICS.requestSize, [proto, ...zoned]),
      responseSize: metrics.cell(METRICS.responseSize, [proto, ...zoned]),
      dnssecOk: report.dnssecOk ? metrics.cell(METRICS.doRequests, zoned) : -1,
    };
  }
}

function indexIn(list: string[], value: string): number {
  const known = list.indexOf(value);
  return known >= 0 ? known : list.push(value) - 1;
}
