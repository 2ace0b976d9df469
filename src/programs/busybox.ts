// Which BusyBox an image has, and how nslookup of that release differs from the next one (networking/nslookup.c of the tags
// 1_28_4 to 1_36_1). Alpine's releases carry one BusyBox each; of an image that does not say, the newest form is taken.

export interface BusyboxNslookup {
  /** Through getaddrinfo, with a name per address. */
  readonly isOld: boolean;
  /** resolv.conf's search list is read. */
  readonly searches: boolean;
  /** A reply that says no makes the exit status 1. */
  readonly failsOnRcode: boolean;
  readonly knowsSrv: boolean;
  /** "*** Can't find NAME: No answer" for a reply without records. */
  readonly tellsNoAnswer: boolean;
}

const newest = 36;

/** BusyBox's minor release in Alpine 3.8 and the releases after it. */
const inAlpine: readonly number[] = [28, 29, 30, 31, 31, 32, 33, 34, 35, 35, 36];
const firstAlpine = 8;

/** The minor release of "busybox:1.31.1-musl", "alpine:3.12" ...; Debian 12 has 1.35, which prints the newest form. */
export function busyboxMinor(image: string): number {
  const own = /(?:^|\/)busybox:1\.(\d+)/.exec(image);
  if (own !== null) return Number(own[1]);
  const alpine = /(?:^|\/)alpine:3\.(\d+)/.exec(image) ?? /-alpine3\.(\d+)/.exec(image);
  if (alpine === null) return newest;
  return inAlpine[Math.max(0, Number(alpine[1]) - firstAlpine)] ?? newest;
}

export function nslookupOf(minor: number): BusyboxNslookup {
  return {
    isOld: minor <= 28,
    searches: minor >= 30,
    failsOnRcode: minor >= 31,
    knowsSrv: minor >= 32,
    tellsNoAnswer: minor === 32 || minor === 33,
  };
}

const types = ['SOA', 'NS', 'A', 'AAAA', 'CNAME', 'MX', 'TXT', 'PTR', 'ANY'];

/** The types of -type, in any case. */
export function knowsType({ knowsSrv }: BusyboxNslookup, type: string): boolean {
  const upper = type.toUpperCase();
  return types.includes(upper) || (knowsSrv && upper === 'SRV');
}
