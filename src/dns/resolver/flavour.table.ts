// How stub resolvers differ: one row per C library (or Go). The walk itself is resolve.ts. Sources: glibc resolv/
// (res_query.c, res_send.c), musl src/network (lookup_name.c, res_msend.c), uClibc-ng libc/inet/resolv.c (docker's
// busybox:1.28), Go net/dnsclient_unix.go.

export type ResolverKind = 'glibc' | 'musl' | 'busybox-1.28' | 'go';

/** What one candidate name came to. */
export type CandidateOutcome =
  | 'answered'
  | 'nxdomain'
  | 'nodata'
  | 'servfail'
  | 'refused'
  | 'timeout';

export interface Flavour {
  /**
   * `ndots`: the name as typed first when it has enough dots, else last; `ndots-or-search`: enough dots means no
   * search list at all; `as-is-first`: always first, whatever ndots says.
   */
  readonly order: 'ndots' | 'ndots-or-search' | 'as-is-first';
  /** `name`: A and AAAA of one candidate together, then the next candidate; `type`: AAAA walks the whole list, then A. */
  readonly walks: 'name' | 'type';
  /** Outcomes after which the next candidate is tried. */
  readonly continues: readonly CandidateOutcome[];
  /** After an outcome that ends the search list, the name as typed is still tried. */
  readonly lastResort: boolean;
  /** NXDOMAIN for one of A and AAAA makes the candidate NXDOMAIN even if the other has an answer. */
  readonly eitherNxdomain: boolean;
  /** `in-turn`: the next server after a failure; `all-at-once`: every server is asked, the first good reply wins. */
  readonly servers: 'in-turn' | 'all-at-once';
  readonly attempts: number;
  /** Milliseconds one attempt waits (glibc also divides it among servers, see `waitMs`). */
  readonly timeoutMs: number;
  readonly dividesTimeout: boolean;
  /** The queries for A and AAAA of one name leave one socket, one right behind the other. */
  readonly oneSocket: boolean;
  /** UDP size announced in an OPT record; null: no EDNS. */
  readonly ednsSize: number | null;
  /** A longer search line is ignored. */
  readonly searchLineMax: number;
}

export const FLAVOURS: Readonly<Record<ResolverKind, Flavour>> = {
  glibc: {
    order: 'ndots',
    walks: 'name',
    continues: ['nxdomain', 'nodata', 'servfail'],
    lastResort: true,
    eitherNxdomain: false,
    servers: 'in-turn',
    attempts: 2,
    timeoutMs: 5000,
    dividesTimeout: true,
    oneSocket: true,
    ednsSize: null,
    searchLineMax: Number.POSITIVE_INFINITY,
  },
  musl: {
    order: 'ndots-or-search',
    walks: 'name',
    continues: ['nxdomain'],
    lastResort: false,
    eitherNxdomain: true,
    servers: 'all-at-once',
    attempts: 2,
    timeoutMs: 2500,
    dividesTimeout: false,
    oneSocket: true,
    ednsSize: null,
    searchLineMax: 255,
  },
  'busybox-1.28': {
    order: 'as-is-first',
    walks: 'type',
    continues: ['nxdomain', 'servfail'],
    lastResort: false,
    eitherNxdomain: false,
    servers: 'in-turn',
    attempts: 2,
    timeoutMs: 5000,
    dividesTimeout: false,
    oneSocket: false,
    ednsSize: null,
    searchLineMax: Number.POSITIVE_INFINITY,
  },
  go: {
    order: 'ndots',
    walks: 'name',
    continues: ['nxdomain', 'nodata', 'servfail', 'refused', 'timeout'],
    lastResort: false,
    eitherNxdomain: false,
    servers: 'in-turn',
    attempts: 2,
    timeoutMs: 5000,
    dividesTimeout: false,
    oneSocket: false,
    ednsSize: 1232,
    searchLineMax: Number.POSITIVE_INFINITY,
  },
};
