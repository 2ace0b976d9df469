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
  /** Outcomes after which the next search domain is tried. */
  readonly continues: readonly CandidateOutcome[];
  /** After an outcome that stops the search list, the name as typed is still tried. */
  readonly lastResort: boolean;
  /** `parallel`: A and AAAA leave together and both are waited for; `sequential`: A, then AAAA. */
  readonly pairing: 'parallel' | 'sequential';
  /** One of A and AAAA being NXDOMAIN makes the candidate NXDOMAIN even if the other has an answer. */
  readonly eitherNxdomain: boolean;
  /** `in-turn`: the next server after a failure; `all-at-once`: every server is asked, the first good reply wins. */
  readonly servers: 'in-turn' | 'all-at-once';
  readonly attempts: number;
  /** Milliseconds an attempt waits for one server (glibc also divides it among servers, see resolve.ts). */
  readonly timeoutMs: number;
  /** Rcodes (besides 0 and 3) after which the next server or attempt is tried. */
  readonly retriedRcodes: readonly number[];
  /** UDP size announced in an OPT record; null: no EDNS. */
  readonly ednsSize: number | null;
  /** How many search domains, and how long their line may be, before they are cut or ignored. */
  readonly searchMax: number;
  readonly searchLineMax: number;
}

export const FLAVOURS: Readonly<Record<ResolverKind, Flavour>> = {
  glibc: {
    order: 'ndots',
    continues: ['nxdomain', 'nodata', 'servfail'],
    lastResort: true,
    pairing: 'parallel',
    eitherNxdomain: false,
    servers: 'in-turn',
    attempts: 2,
    timeoutMs: 5000,
    retriedRcodes: [2, 4, 5],
    ednsSize: null,
    searchMax: Number.POSITIVE_INFINITY,
    searchLineMax: Number.POSITIVE_INFINITY,
  },
  musl: {
    order: 'ndots-or-search',
    continues: ['nxdomain'],
    lastResort: false,
    pairing: 'parallel',
    eitherNxdomain: true,
    servers: 'all-at-once',
    attempts: 2,
    timeoutMs: 2500,
    retriedRcodes: [],
    ednsSize: null,
    searchMax: Number.POSITIVE_INFINITY,
    searchLineMax: 255,
  },
  'busybox-1.28': {
    order: 'as-is-first',
    continues: ['nxdomain', 'nodata', 'servfail', 'refused'],
    lastResort: false,
    pairing: 'sequential',
    eitherNxdomain: false,
    servers: 'in-turn',
    attempts: 2,
    timeoutMs: 5000,
    retriedRcodes: [1, 2, 4, 5],
    ednsSize: null,
    searchMax: Number.POSITIVE_INFINITY,
    searchLineMax: Number.POSITIVE_INFINITY,
  },
  go: {
    order: 'ndots',
    continues: ['nxdomain', 'nodata', 'servfail', 'refused', 'timeout'],
    lastResort: false,
    pairing: 'parallel',
    eitherNxdomain: false,
    servers: 'in-turn',
    attempts: 2,
    timeoutMs: 5000,
    retriedRcodes: [1, 2, 4, 5],
    ednsSize: 1232,
    searchMax: Number.POSITIVE_INFINITY,
    searchLineMax: Number.POSITIVE_INFINITY,
  },
};
