// The order of addresses: rows as glibc 2.36 (getent ahosts), musl 1.2.5 and Go 1.26 have given them on a machine with the
// addresses of the row and a default route for each of their families.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addr, familyOf, isLoopback } from '../../net/addr.ts';
import { cidr, contains } from '../../net/cidr.ts';
import type { ResolverKind } from './flavour.table.ts';
import { type SourceOf, sortAddresses } from './sort.ts';

/** Linux takes the address whose scope and prefix fit best; here: the one of the subnet, else the first of the family. */
function sourceFrom(own: readonly string[]): SourceOf {
  const addresses = own.map((text) => ({
    addr: addr(text.split('/')[0] ?? ''),
    bits: Number(text.split('/')[1]),
    subnet: cidr(text),
  }));
  return (to) => {
    if (isLoopback(to)) return { addr: to === 1n ? 1n : 0x7f000001, bits: to === 1n ? 128 : 8 };
    const family = addresses.filter((one) => familyOf(one.addr) === familyOf(to));
    return family.find(({ subnet }) => contains(subnet, to)) ?? family[0];
  };
}

const pod = ['10.244.1.5/24'];
const both = ['10.244.1.5/24', 'fd00:10:244:1::5/64'];
const rows: readonly {
  readonly name: string;
  readonly own: readonly string[];
  readonly given: string;
  readonly want: Partial<Readonly<Record<ResolverKind, string>>>;
}[] = [
  {
    name: 'E6 [q]: glibc puts addresses of its own subnet first, the nearest before all',
    own: pod,
    given: '10.244.2.7 10.244.1.9 10.244.1.6 10.244.3.1',
    want: {
      glibc: '10.244.1.6 10.244.1.9 10.244.2.7 10.244.3.1',
      musl: '10.244.2.7 10.244.1.9 10.244.1.6 10.244.3.1',
      go: '10.244.2.7 10.244.1.9 10.244.1.6 10.244.3.1',
      'busybox-1.28': '10.244.2.7 10.244.1.9 10.244.1.6 10.244.3.1',
    },
  },
  {
    name: 'a Pod whose address stands alone (/32) has no neighbours',
    own: ['10.244.1.5/32'],
    given: '10.244.2.7 10.244.1.6',
    want: { glibc: '10.244.2.7 10.244.1.6' },
  },
  {
    name: 'E6, E7 [q]: unique local IPv6 comes before IPv4 in glibc, and behind it in musl and Go',
    own: both,
    given: '10.96.0.80 fd00:10:96::80',
    want: {
      glibc: 'fd00:10:96::80 10.96.0.80',
      musl: '10.96.0.80 fd00:10:96::80',
      go: '10.96.0.80 fd00:10:96::80',
    },
  },
  {
    name: 'without IPv6 on the machine IPv4 comes first',
    own: pod,
    given: 'fd00:10:96::80 10.96.0.80',
    want: {
      glibc: '10.96.0.80 fd00:10:96::80',
      musl: '10.96.0.80 fd00:10:96::80',
      go: '10.96.0.80 fd00:10:96::80',
    },
  },
  {
    name: 'a unique local source is no match for a global destination: IPv4 first',
    own: both,
    given: '2606:2800:220:1::1 93.184.216.34',
    want: {
      glibc: '93.184.216.34 2606:2800:220:1::1',
      musl: '93.184.216.34 2606:2800:220:1::1',
      go: '93.184.216.34 2606:2800:220:1::1',
    },
  },
  {
    name: 'a global one is: IPv6 first',
    own: ['10.244.1.5/24', '2001:db8:1::5/64'],
    given: '93.184.216.34 2606:2800:220:1::1',
    want: {
      glibc: '2606:2800:220:1::1 93.184.216.34',
      musl: '2606:2800:220:1::1 93.184.216.34',
      go: '2606:2800:220:1::1 93.184.216.34',
    },
  },
  {
    name: 'Go compares 64 bits of an IPv6 address, glibc and musl all',
    own: ['fd00:10:244:1::5/64'],
    given: 'fd00:10:244:1::200 fd00:10:244:1::6 fd00:10:244:2::7',
    want: {
      glibc: 'fd00:10:244:1::6 fd00:10:244:1::200 fd00:10:244:2::7',
      musl: 'fd00:10:244:1::6 fd00:10:244:1::200 fd00:10:244:2::7',
      go: 'fd00:10:244:1::200 fd00:10:244:1::6 fd00:10:244:2::7',
    },
  },
  {
    name: 'musl sorts IPv4 addresses by prefix only when IPv6 ones are among them, and in any subnet',
    own: both,
    given: 'fd12::1 10.244.3.1 10.244.2.7 10.244.1.6 172.16.3.4',
    want: { musl: '10.244.1.6 10.244.3.1 10.244.2.7 172.16.3.4 fd12::1' },
  },
  {
    name: 'localhost is ::1 first',
    own: pod,
    given: '127.0.0.1 ::1',
    want: { glibc: '::1 127.0.0.1', musl: '::1 127.0.0.1', go: '::1 127.0.0.1' },
  },
  {
    name: 'Go leaves addresses that no route leads to in their order, glibc sorts them',
    own: ['2001:db8:1::5/64'],
    given: '10.244.1.200 169.254.7.7',
    want: { go: '10.244.1.200 169.254.7.7', glibc: '169.254.7.7 10.244.1.200' },
  },
];

describe('order of addresses', () => {
  for (const { name, own, given, want } of rows) {
    it(name, () => {
      for (const [kind, list] of Object.entries(want)) {
        const sorted = sortAddresses(kind as ResolverKind, given.split(' '), sourceFrom(own));
        assert.equal(sorted.join(' '), list, kind);
      }
    });
  }
});
