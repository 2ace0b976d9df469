// The resolvers that containers have, and the numbers in which they differ; how each walks and asks stands in glibc.ts,
// musl.ts, uclibc.ts and go.ts. Sources: glibc 2.36 resolv/res_init.c, musl 1.2.5 src/network/resolvconf.c, uClibc-ng
// 1.0.29 libc/inet/resolv.c (docker's busybox:1.28), Go 1.26 src/net/dnsconfig_unix.go.

export type ResolverKind = 'glibc' | 'musl' | 'busybox-1.28' | 'go';

/** What one candidate name came to, or the whole look-up. */
export type CandidateOutcome =
  | 'answered'
  | 'nxdomain'
  | 'nodata'
  | 'servfail'
  | 'refused'
  | 'timeout';

/** How a library reads resolv.conf. */
export interface Flavour {
  readonly attempts: number;
  readonly attemptsMax: number;
  readonly attemptsMin: number;
  readonly timeoutSeconds: number;
  readonly timeoutMaxSeconds: number;
  readonly timeoutMinSeconds: number;
  /** More name servers are ignored. */
  readonly serversMax: number;
  /** A longer line is ignored (musl), or falls apart (uClibc): bytes without the line break. */
  readonly lineMax: number;
  readonly longLine: 'ignored' | 'cut';
  /** Only `timeout` and `attempts` are options, and only the first one of a line counts. */
  readonly firstOptionOnly: boolean;
  /** ndots is an option. */
  readonly hasNdots: boolean;
}

const any = Number.POSITIVE_INFINITY;
const usual: Flavour = {
  attempts: 2,
  attemptsMax: any,
  attemptsMin: 0,
  timeoutSeconds: 5,
  timeoutMaxSeconds: any,
  timeoutMinSeconds: 0,
  serversMax: 3,
  lineMax: any,
  longLine: 'ignored',
  firstOptionOnly: false,
  hasNdots: true,
};

export const FLAVOURS: Readonly<Record<ResolverKind, Flavour>> = {
  // RES_MAXRETRY, RES_MAXRETRANS
  glibc: { ...usual, attemptsMax: 5, timeoutMaxSeconds: 30 },
  // With `attempts:0` musl divides by zero: the program dies of SIGFPE. Here it counts as 1.
  musl: { ...usual, attemptsMin: 1, attemptsMax: 10, timeoutMaxSeconds: 60, lineMax: 254 },
  'busybox-1.28': {
    ...usual,
    attempts: 3,
    serversMax: any,
    lineMax: 127,
    longLine: 'cut',
    firstOptionOnly: true,
    hasNdots: false,
  },
  go: { ...usual, attemptsMin: 1, timeoutMinSeconds: 1 },
};
