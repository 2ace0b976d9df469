// What the keepaliveds of a cluster's directors know and have logged: forkable tables, and no rules of their own. Who moves
// addresses stands in directors.ts, who checks real servers in director-checks.ts.
import type { ClusterSpec, HostSpec } from '../api/cluster-spec.ts';
import type { KeepalivedConf } from '../api/keepalived.ts';
import type { Checker } from '../cloud/keepalived/checker.ts';
import type { Pool } from '../cloud/keepalived/pool.ts';
import { Segment } from '../cloud/keepalived/segment.ts';
import { Table } from '../sim/table.ts';

export type DirectorSpec = HostSpec & { readonly keepalived: KeepalivedConf };

/** The hosts that run keepalived, in the document's order. */
export function directorsOf({
  parts,
}: {
  readonly parts: { readonly spec: ClusterSpec };
}): readonly DirectorSpec[] {
  return parts.spec.hosts.filter((host): host is DirectorSpec => host.keepalived !== undefined);
}

interface Tables {
  readonly segment: Segment;
  readonly runs: Table<number>;
  readonly held: Table<true>;
  readonly pools: Table<Pool>;
  readonly checkers: Table<Checker>;
  readonly journals: Table<readonly string[]>;
}

export class DirectorState {
  /** The VRRP instances of all directors. */
  readonly segment: Segment;
  /** Host -> which run of its keepalived this is, counted over all; absent: it does not run. */
  readonly runs: Table<number>;
  /** "host instance" whose addresses the host holds. */
  readonly held: Table<true>;
  /** "host index" of the virtual server -> its pool. */
  readonly pools: Table<Pool>;
  /** "host virtual real check", all but the host by index. */
  readonly checkers: Table<Checker>;
  /** Host -> what its keepalived has logged, oldest first. */
  readonly journals: Table<readonly string[]>;
  #lastRun = 0;
  /** When the VRRP instances are looked at next; null: that is not planned. */
  plannedMs: number | null = null;

  constructor(tables?: Tables) {
    this.segment = tables?.segment ?? new Segment();
    this.runs = tables?.runs ?? new Table();
    this.held = tables?.held ?? new Table();
    this.pools = tables?.pools ?? new Table();
    this.checkers = tables?.checkers ?? new Table();
    this.journals = tables?.journals ?? new Table();
  }

  fork(): DirectorState {
    const copy = new DirectorState({
      segment: this.segment.fork(),
      runs: this.runs.fork(),
      held: this.held.fork(),
      pools: this.pools.fork(),
      checkers: this.checkers.fork(),
      journals: this.journals.fork(),
    });
    copy.#lastRun = this.#lastRun;
    copy.plannedMs = this.plannedMs;
    return copy;
  }

  /** A keepalived begins on a host; its number. */
  begin(host: string): number {
    this.#lastRun++;
    this.runs.set(host, this.#lastRun);
    return this.#lastRun;
  }

  journalOf(host: string): readonly string[] {
    return this.journals.get(host) ?? [];
  }

  log(host: string, text: string): void {
    this.journals.set(host, [...this.journalOf(host), text]);
  }
}
