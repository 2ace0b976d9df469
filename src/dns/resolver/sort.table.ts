// The policy tables and the rules by which getaddrinfo(3) sorts addresses: glibc 2.36 sysdeps/posix/getaddrinfo.c (the
// tables of RFC 3484, with two rows of its own), musl 1.2.5 src/network/lookup_name.c and Go 1.26 src/net/addrselect.go
// (RFC 6724). IPv4 addresses stand in them as ::ffff:a.b.c.d. The longest prefix that matches counts.
import type { ResolverKind } from './flavour.table.ts';

export interface Policy {
  readonly prefix: string;
  readonly label: number;
  readonly precedence: number;
}

const policy = (prefix: string, label: number, precedence: number): Policy => ({
  prefix,
  label,
  precedence,
});

const rfc6724: readonly Policy[] = [
  policy('::1/128', 0, 50),
  policy('::ffff:0:0/96', 4, 35),
  policy('2002::/16', 2, 30),
  policy('2001::/32', 5, 5),
  policy('fc00::/7', 13, 3),
  policy('::/0', 1, 40),
];

export interface Sorting {
  readonly policies: readonly Policy[];
  /** Rule 9 for IPv4: among the addresses of the source's own subnet, as if they were IPv6 ones, or not at all. */
  readonly near4: 'subnet' | 'always' | 'never';
  /** Bits of an IPv6 address that rule 9 compares. */
  readonly near6: number;
  /** 127.0.0.0/8 and 169.254.0.0/16 are of the link, as ::1 and fe80::/10 are. */
  readonly link4: readonly string[];
  /** Of addresses that no route leads to the other rules count all the same. */
  readonly sortsUnreachable: boolean;
  /** A list of IPv4 addresses alone stays as it is. */
  readonly leaves4: boolean;
}

/** null: addresses stay as they come. */
export const SORTINGS: Readonly<Record<ResolverKind, Sorting | null>> = {
  glibc: {
    policies: [
      policy('::1/128', 0, 50),
      policy('::ffff:0:0/96', 4, 10),
      policy('::/96', 3, 20),
      policy('2001::/32', 7, 40),
      policy('2002::/16', 2, 30),
      policy('fec0::/10', 5, 40),
      policy('fc00::/7', 6, 40),
      policy('::/0', 1, 40),
    ],
    near4: 'subnet',
    near6: 128,
    link4: ['127.0.0.0/8', '169.254.0.0/16'],
    sortsUnreachable: true,
    leaves4: false,
  },
  musl: {
    policies: rfc6724,
    near4: 'always',
    near6: 128,
    link4: [],
    sortsUnreachable: true,
    leaves4: true,
  },
  go: {
    policies: [
      ...rfc6724,
      policy('::/96', 3, 1),
      policy('3ffe::/16', 12, 1),
      policy('fec0::/10', 11, 1),
    ],
    near4: 'never',
    near6: 64,
    link4: ['127.0.0.0/8', '169.254.0.0/16'],
    sortsUnreachable: false,
    leaves4: false,
  },
  'busybox-1.28': null,
};
