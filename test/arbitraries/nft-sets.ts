// Random sets and maps of nf_tables: values, elements that do not overlap, and the kinds of sets that rules may name. Small
// worlds of addresses and ports, so that elements come close to each other. Left out is what nft 1.0.6 prints by chance or
// cannot take: sets of several fields with two ranges, flags with intervals.
import fc from 'fast-check';
import { type Addr, addr, type Family } from '../../src/net/addr.ts';
import { cidr } from '../../src/net/cidr.ts';
import type {
  NftData,
  NftElement,
  NftFlag,
  NftPart,
  NftSet,
  NftType,
  NftValue,
} from '../../src/netfilter/nft/table.ts';

const addresses: Readonly<Record<Family, readonly string[]>> = {
  4: ['0.0.0.0', '10.0.0.1', '10.0.0.2', '10.0.1.0', '172.16.0.9', '255.255.255.255', '9.8.7.6'],
  6: ['::', '::1', 'fd00::1', 'fd00::2', 'fd00:0:0:1::', 'ff02::fb', '2001:db8::a:b'],
};
const prefixes: Readonly<Record<Family, readonly string[]>> = {
  4: ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/23', '192.168.0.0/16', '203.0.113.128/25'],
  6: ['fd00::/64', 'fd00:0:0:1::/64', 'fd00:0:0:2::/63', '2001:db8::/32'],
};

export const addressType = (family: Family): NftType => (family === 4 ? 'ipv4_addr' : 'ipv6_addr');

export function anyValue(type: NftType, family: Family): fc.Arbitrary<NftValue> {
  switch (type) {
    case 'ipv4_addr':
    case 'ipv6_addr':
      return fc.oneof(fc.constantFrom(...addresses[family]).map(addr), anyAddr(family));
    case 'inet_proto':
      return fc.constantFrom(6, 17, 132);
    case 'inet_service':
      return fc.oneof(fc.constantFrom(53, 80, 81, 443, 30080), fc.integer({ min: 1, max: 65535 }));
    case 'mark':
      return fc.constantFrom(1, 0x2000, 0x4000, 0x80000000, 0xffffffff);
    case 'ifname':
      return fc.constantFrom('lo', 'eth0', 'eth10', 'cali12345', 'br-0');
    case 'iface_index':
      return fc.constant('lo');
    case 'ct_state':
      return fc.constantFrom('invalid', 'established', 'related', 'new', 'untracked');
    case 'ct_status':
      return fc.constantFrom('snat', 'dnat');
    case 'fib_addrtype':
      return fc.constantFrom('local', 'unicast', 'broadcast', 'multicast');
  }
}

function anyAddr(family: Family): fc.Arbitrary<Addr> {
  if (family === 4) return fc.integer({ min: 0x01000000, max: 0xdfffffff });
  return fc.bigInt({ min: 1n << 100n, max: (1n << 125n) - 1n });
}

/** A part that may be wide. */
export function partOf(type: NftType, family: Family): fc.Arbitrary<NftPart> {
  const single = anyValue(type, family);
  if (type === 'ipv4_addr' || type === 'ipv6_addr') {
    const prefix = fc
      .constantFrom(...prefixes[family])
      .map((text): NftPart => ({ kind: 'range', ...cidr(text) }));
    return fc.oneof(single, prefix);
  }
  if (type === 'inet_service') {
    const range = fc.tuple(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 1, max: 99 }));
    const wide = range.map(
      ([low, n]): NftPart => ({ kind: 'range', low, high: low + n, bits: null }),
    );
    return fc.oneof(single, wide);
  }
  if (type === 'ifname') return fc.oneof(single, fc.constantFrom('eth*', 'cali*'));
  return single;
}

export const comment = fc.option(fc.constantFrom('plain', 'a b', 'ns/svc:http', "it's", 'naïve'), {
  freq: 3,
});
export const chainNames = ['plain', 'service-ULMVA6XW-ns1/svc1/tcp/p80'];

export function dataOf(data: NftSet['data'], family: Family): fc.Arbitrary<NftData | null> {
  if (data === null) return fc.constant(null);
  if (data === 'verdict') {
    return fc.oneof(
      fc.constantFrom('accept', 'drop', 'return', 'continue').map((kind) => ({ kind }) as const),
      fc
        .tuple(fc.constantFrom('jump', 'goto'), fc.constantFrom(...chainNames))
        .map(([kind, chain]) => ({ kind, chain }) as const),
    );
  }
  return fc
    .tuple(...data.map((type) => anyValue(type, family)))
    .map((values) => ({ kind: 'values', values }) as const);
}

const bounds = (part: NftPart): readonly [Addr, Addr] | null => {
  if (typeof part === 'string') return null;
  return typeof part === 'object' ? [part.low, part.high] : [part, part];
};

function overlap(a: NftElement, b: NftElement): boolean {
  return a.key.every((part, i) => {
    const other = b.key[i] as NftPart;
    const [x, y] = [bounds(part), bounds(other)];
    if (x !== null && y !== null) return x[0] <= y[1] && y[0] <= x[1];
    const [m, n] = [`${part}`, `${other}`];
    return (
      m === n ||
      (m.endsWith('*') && n.startsWith(m.slice(0, -1))) ||
      (n.endsWith('*') && m.startsWith(n.slice(0, -1)))
    );
  });
}

export function elementsOf(
  type: readonly NftType[],
  data: NftSet['data'],
  family: Family,
  shape: { readonly wide: boolean; readonly commented: boolean; readonly min: number },
): fc.Arbitrary<readonly NftElement[]> {
  const part = (one: NftType) => (shape.wide ? partOf(one, family) : anyValue(one, family));
  const element = fc.record({
    key: fc.tuple(...type.map(part)),
    data: dataOf(data, family),
    comment: shape.commented ? comment : fc.constant(null),
    origin: fc.constant(0),
  });
  return fc.array(element, { minLength: shape.min, maxLength: 7 }).map((all) => {
    const kept: NftElement[] = [];
    for (const one of all) if (!kept.some((other) => overlap(one, other))) kept.push(one);
    return kept;
  });
}

const types = (family: Family): readonly (readonly NftType[])[] => [
  [addressType(family)],
  [addressType(family), 'inet_proto', 'inet_service'],
  ['inet_proto', 'inet_service'],
  [addressType(family), addressType(family), 'inet_proto', 'inet_service'],
  [addressType(family), 'mark'],
  ['inet_service'],
  ['inet_proto'],
  ['mark'],
  ['ifname'],
  ['ct_state'],
];

export function namedSet(family: Family): fc.Arbitrary<Omit<NftSet, 'name'>> {
  const address = addressType(family);
  const data = fc.constantFrom<NftSet['data']>(
    null,
    'verdict',
    [address],
    [address, 'inet_service'],
  );
  return fc
    .tuple(fc.constantFrom(...types(family)), data, fc.boolean(), comment)
    .chain(([type, mapped, wide, said]) => {
      const isWide = wide && type.length === 1 && type[0] !== 'ct_state';
      const flags: readonly NftFlag[] = isWide ? ['interval'] : [];
      const shape = { wide: isWide, commented: true, min: 0 };
      return fc.record({
        type: fc.constant(type),
        data: fc.constant(mapped),
        flags: fc.constant(flags),
        timeoutSeconds: fc.constant(null),
        size: fc.option(fc.constantFrom(100, 1024), { freq: 4 }),
        comment: fc.constant(said),
        elements: elementsOf(type, mapped, family, shape),
      });
    });
}

/** A set that rules write to. */
export function dynamicSet(family: Family): fc.Arbitrary<Omit<NftSet, 'name'>> {
  return fc.record({
    type: fc.constant([addressType(family)] as const),
    data: fc.constant(null),
    flags: fc.constantFrom<readonly NftFlag[]>(['dynamic'], ['dynamic', 'timeout']),
    timeoutSeconds: fc.option(fc.constantFrom(1, 60, 90, 10800, 86400, 100000), { freq: 5 }),
    size: fc.option(fc.constant(1000), { freq: 3 }),
    comment,
    elements: fc.constant([]),
  });
}
