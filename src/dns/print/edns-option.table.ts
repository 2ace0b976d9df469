// What dig 9.18 says for the numbers in EDNS options: titles of options and names of extended errors, as in BIND's
// lib/dns/message.c. Later codes of IANA's registry (EDE 25 and up, report channels, ...) 9.18 prints as numbers.

/** By code; the rest are `OPT=NUMBER`. */
export const OPTION_TITLES: Readonly<Record<number, string>> = {
  1: 'LLQ',
  3: 'NSID',
  8: 'CLIENT-SUBNET',
  9: 'EXPIRE',
  10: 'COOKIE',
  11: 'TCP KEEPALIVE',
  12: 'PAD',
  14: 'KEY-TAG',
  15: 'EDE',
  16: 'CLIENT-TAG',
  17: 'SERVER-TAG',
};

/** INFO-CODEs of RFC 8914, from 0. */
export const EXTENDED_ERRORS: readonly string[] = [
  'Other',
  'Unsupported DNSKEY Algorithm',
  'Unsupported DS Digest Type',
  'Stale Answer',
  'Forged Answer',
  'DNSSEC Indeterminate',
  'DNSSEC Bogus',
  'Signature Expired',
  'Signature Not Yet Valid',
  'DNSKEY Missing',
  'RRSIGs Missing',
  'No Zone Key Bit Set',
  'NSEC Missing',
  'Cached Error',
  'Not Ready',
  'Blocked',
  'Censored',
  'Filtered',
  'Prohibited',
  'Stale NXDOMAIN Answer',
  'Not Authoritative',
  'Not Supported',
  'No Reachable Authority',
  'Network Error',
  'Invalid Data',
];
