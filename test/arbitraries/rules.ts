// Random rules, chains and packets over a small world of addresses and ports, so that hits are common. Not a model of
// any rule writer: every kind of match and target that loads into a table may stand anywhere the kernel allows it.
import fc from 'fast-check';
import { type Addr, addr, type Family } from '../../src/net/addr.ts';
import { cidr } from '../../src/net/cidr.ts';
import { noPayload, type Packet, type Proto } from '../../src/net/packet.ts';
import type {
  Chain,
  CtState,
  Hooking,
  Match,
  Rule,
  RuleSource,
  TableName,
  Target,
} from '../../src/netfilter/rule.ts';
import { composeRules, plainLayer } from '../../src/netfilter/ruleset.ts';

const addresses: Readonly<Record<Family, readonly string[]>> = {
  4: ['10.96.0.1', '10.96.0.2', '10.96.0.3', '10.244.1.5', '203.0.113.9'],
  6: ['fd00:10:96::1', 'fd00:10:96::2', 'fd00:10:96::a', 'fd00:10:244::5', '2001:db8::9'],
};
const ports = [53, 80, 443, 8080];
const protos: readonly Proto[] = [6, 17, 132];
const states: readonly CtState[] = ['INVALID', 'NEW', 'ESTABLISHED', 'RELATED', 'SNAT', 'DNAT'];
const names = ['A', 'B-1', 'web_list'];
const devices = ['eth0', 'cni0', 'veth+'];
const texts = ['plain', 'a b', 'demo/web:http', 'say "hi"', "it's \\ here", '', 'naïve'];

export const anyAddr = (family: Family): fc.Arbitrary<Addr> =>
  fc.constantFrom(...addresses[family]).map(addr);

const prefixes: Readonly<Record<Family, readonly number[]>> = {
  4: [0, 16, 24, 32],
  6: [0, 48, 128],
};

function addressMatch(family: Family): fc.Arbitrary<Match> {
  const bits = fc.constantFrom(...prefixes[family], prefixes[family].at(-1) as number);
  return fc
    .tuple(fc.constantFrom('src', 'dst'), fc.boolean(), fc.constantFrom(...addresses[family]), bits)
    .map(([side, negated, text, n]) => ({
      kind: 'address' as const,
      side,
      negated: negated && n > 0,
      ...cidr(`${text}/${n}`),
    }));
}

/** Extensions that need no -p. */
const extensions: fc.Arbitrary<Match> = fc.oneof(
  fc.constantFrom(...texts).map((text) => ({ kind: 'comment' as const, text })),
  fc.record({
    kind: fc.constant('mark' as const),
    negated: fc.boolean(),
    value: fc.constantFrom(0x4000, 0x2000),
    mask: fc.constantFrom(0x4000, 0xffffffff, 0x6000),
  }),
  fc.record({
    kind: fc.constant('conntrack' as const),
    negated: fc.boolean(),
    states: fc.subarray([...states], { minLength: 1 }),
  }),
  fc.record({
    kind: fc.constant('addrtype' as const),
    side: fc.constantFrom('src' as const, 'dst' as const),
    negated: fc.boolean(),
    type: fc.constant('LOCAL' as const),
  }),
  fc.record({
    kind: fc.constant('addrtype' as const),
    side: fc.constantFrom('src' as const, 'dst' as const),
    negated: fc.boolean(),
    type: fc.constant('LOCAL' as const),
    limit: fc.constantFrom('in' as const, 'out' as const),
  }),
  fc.record({
    kind: fc.constant('random' as const),
    below: fc.constantFrom(2 ** 30, 715827883, 536870912, 1),
  }),
  fc.record({
    kind: fc.constant('recent' as const),
    list: fc.constantFrom(...names),
    op: fc.constant('rcheck' as const),
    seconds: fc.constantFrom(2, 10800),
    reap: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('recent' as const),
    list: fc.constantFrom(...names),
    op: fc.constant('set' as const),
    seconds: fc.constant(null),
    reap: fc.constant(false),
  }),
  fc.record({
    kind: fc.constant('physdev' as const),
    negated: fc.boolean(),
    test: fc.constantFrom('is-bridged' as const, 'is-in' as const),
  }),
);

/** -p and what it allows. */
const transport: fc.Arbitrary<readonly Match[]> = fc
  .tuple(
    fc.constantFrom(...protos),
    fc.constantFrom('exact', 'range', 'bare', 'multi', 'none'),
    fc.constantFrom('src' as const, 'dst' as const, 'dst' as const),
    fc.boolean(),
    fc.constantFrom(...ports),
  )
  .map(([proto, form, side, negated, port]): readonly Match[] => {
    const p: Match = { kind: 'protocol', negated: false, proto };
    switch (form) {
      case 'exact':
        return [p, { kind: 'port', proto, side, negated, low: port, high: port }];
      case 'range':
        return [p, { kind: 'port', proto, side, negated, low: 60, high: port + 60 }];
      case 'bare':
        return [p, { kind: 'port', proto, side: null, negated: false, low: 0, high: 65535 }];
      case 'multi':
        return [p, { kind: 'multiport', side, negated, ports: [port, 8443] }];
      default:
        return [p];
    }
  });

/** A rule's matches in the order in which the tool prints them. */
export function anyMatches(family: Family): fc.Arbitrary<readonly Match[]> {
  return fc
    .tuple(
      fc.option(addressMatch(family), { nil: null }),
      fc.option(addressMatch(family), { nil: null }),
      fc.option(
        fc.record({
          kind: fc.constant('interface' as const),
          side: fc.constant('in' as const),
          negated: fc.boolean(),
          name: fc.constantFrom(...devices),
        }),
        { nil: null, freq: 1 },
      ),
      fc.option(transport, { nil: [] }),
      fc.array(extensions, { maxLength: 2 }),
      fc.boolean(),
    )
    .map(([a, b, device, moved, others, transportFirst]) => {
      const [protocol, ...rest] = moved;
      const addressesOf = [a, b].filter((m) => m !== null);
      const sides = addressesOf.filter(
        (m, i) =>
          m.kind === 'address' &&
          addressesOf.findIndex((o) => o.kind === 'address' && o.side === m.side) === i,
      );
      sides.sort((x, y) =>
        x.kind === 'address' && y.kind === 'address' ? (x.side === 'src' ? -1 : 1) : 0,
      );
      return [
        ...sides,
        ...(device === null ? [] : [device]),
        ...(protocol === undefined ? [] : [protocol]),
        ...(transportFirst ? [...rest, ...others] : [...others, ...rest]),
      ];
    });
}

const plainTargets: readonly Target[] = [
  { kind: 'accept' },
  { kind: 'return' },
  { kind: 'none' },
  { kind: 'mark', value: 0x4000, mask: 0x4000 },
  { kind: 'mark', value: 0x4000, mask: 0 },
];

const filterTargets: readonly Target[] = [
  { kind: 'drop' },
  { kind: 'reject', with: 'port-unreachable' },
  { kind: 'reject', with: 'admin-prohibited' },
];

/** Targets that load in `table`; jumps go to the chains named. */
export function anyTarget(
  table: TableName,
  family: Family,
  chains: readonly string[],
  manip: 'src' | 'dst',
): fc.Arbitrary<Target> {
  const jumps = chains.flatMap((chain): Target[] => [
    { kind: 'jump', chain },
    { kind: 'jump', chain },
    { kind: 'goto', chain },
  ]);
  const plain = fc.constantFrom(
    ...plainTargets,
    ...(table === 'filter' ? filterTargets : []),
    ...jumps,
  );
  if (table !== 'nat') return plain;
  const translations = fc
    .tuple(anyAddr(family), fc.constantFrom(null, 80, 8080), fc.boolean(), fc.boolean())
    .map(([to, port, randomFully, masquerade]): Target => {
      if (manip === 'dst') return { kind: 'dnat', to, port, randomFully };
      if (masquerade) return { kind: 'masquerade', randomFully };
      return { kind: 'snat', to, port, randomFully };
    });
  return fc.oneof({ weight: 3, arbitrary: plain }, { weight: 1, arbitrary: translations });
}

export function anyRule(
  table: TableName,
  family: Family,
  chains: readonly string[],
  manip: 'src' | 'dst' = 'dst',
): fc.Arbitrary<Rule> {
  return fc
    .tuple(anyMatches(family), anyTarget(table, family, chains, manip))
    .map(([matches, target]) => ({ matches, target: loadable(matches, target), origin: 0 }));
}

/** A port to translate to needs a protocol that has ports. */
function loadable(matches: readonly Match[], target: Target): Target {
  const hasPorts = matches.some((match) => match.kind === 'protocol' && !match.negated);
  if ((target.kind === 'dnat' || target.kind === 'snat') && !hasPorts) {
    return { ...target, port: null };
  }
  return target;
}

/** Three chains of one table, U0 -> U1 -> U2: jumps go forward only, so there are no loops. */
export function anyChains(
  table: TableName,
  family: Family,
  rulesMax: number,
  manip: 'src' | 'dst' = 'dst',
): fc.Arbitrary<readonly Chain[]> {
  const all = ['U0', 'U1', 'U2'];
  return fc
    .tuple(
      ...all.map((_name, i) =>
        fc.array(anyRule(table, family, all.slice(i + 1), manip), {
          maxLength: rulesMax,
          // Without it no chain is long enough to be indexed.
          ...(rulesMax > 10 ? { size: 'max' as const } : {}),
        }),
      ),
    )
    .map((rules) =>
      all.map((name, i) => ({
        table,
        name,
        policy: null,
        rules: rules[i] as readonly Rule[],
        owner: 'any',
      })),
    );
}

export function anyPacket(family: Family): fc.Arbitrary<Packet> {
  return fc.record({
    family: fc.constant(family),
    proto: fc.constantFrom(...protos),
    src: anyAddr(family),
    dst: anyAddr(family),
    sport: fc.constantFrom(...ports, 40000),
    dport: fc.constantFrom(...ports),
    mark: fc.constantFrom(0, 0x4000),
    flags: fc.constant(0),
    icmp: fc.constant(null),
    payload: fc.constant(noPayload),
  });
}

/** A whole rule set: mangle, filter and nat with three chains each, hooked where their targets load. */
export function anyRules(family: Family): fc.Arbitrary<RuleSource> {
  const of = (manip: 'src' | 'dst') =>
    fc.tuple(
      ...(['mangle', 'filter', 'nat'] as const).map((table) => anyChains(table, family, 6, manip)),
    );
  return fc.constantFrom('src' as const, 'dst' as const).chain((manip) =>
    of(manip).map((made) => {
      const hookings = (['mangle', 'filter', 'nat'] as const).map(
        (table): Hooking => ({
          table,
          chain: table === 'nat' && manip === 'src' ? 'POSTROUTING' : 'OUTPUT',
          position: 'append',
          rule: { matches: [], target: { kind: 'jump', chain: 'U0' }, origin: 0 },
        }),
      );
      return composeRules(family, [plainLayer('any', family, made.flat(), hookings)]);
    }),
  );
}
