// Random tables of nf_tables as the real tool takes them: rules over the sets of nft-sets.ts that name what is there, jumps
// without circles.
import fc from 'fast-check';
import type { Addr, Family } from '../../src/net/addr.ts';
import { type NftField, nftFields } from '../../src/netfilter/nft/field.table.ts';
import {
  type NftChain,
  type NftData,
  type NftHook,
  type NftKey,
  type NftPlace,
  type NftRule,
  type NftSet,
  type NftStatement,
  type NftTable,
  plainTable,
} from '../../src/netfilter/nft/table.ts';
import {
  addressType,
  anyValue,
  chainNames,
  comment,
  dataOf,
  dynamicSet,
  elementsOf,
  namedSet,
  partOf,
} from './nft-sets.ts';

interface World {
  readonly family: Family;
  readonly sets: readonly NftSet[];
}

const protoNames: Readonly<Record<number, string>> = { 6: 'tcp', 17: 'udp', 132: 'sctp' };

/** Fields that one rule may name when its packets have this protocol. */
function fieldsOf(family: Family, proto: number): readonly NftField[] {
  const ip = family === 4 ? 'ip' : 'ip6';
  const all: readonly NftField[] = [
    `${ip} saddr`,
    `${ip} daddr`,
    `${protoNames[proto]} dport` as NftField,
    'meta mark',
    'iifname',
    'iif',
    'ct state',
    'fib daddr type',
    'fib saddr type',
  ];
  return all;
}

function place(
  world: World,
  key: readonly NftField[],
  data: NftSet['data'],
): fc.Arbitrary<NftPlace> {
  const type = key.map((field) => nftFields[field]);
  const fits = world.sets.filter((set) => {
    return `${set.type}` === `${type}` && JSON.stringify(set.data) === JSON.stringify(data);
  });
  const wide =
    type.length === 1 && (type[0] === 'inet_service' || type[0] === addressType(world.family));
  const own = elementsOf(type, data, world.family, { wide, commented: false, min: 2 })
    .filter((elements) => elements.length > 1)
    .map((elements): NftPlace => ({ kind: 'anonymous', elements }));
  if (fits.length === 0) return own;
  const names = fc.constantFrom(...fits.map((set) => set.name));
  return fc.oneof(
    own,
    names.map((name): NftPlace => ({ kind: 'named', name })),
  );
}

function keyFields(world: World, proto: number): fc.Arbitrary<readonly NftField[]> {
  const ip = world.family === 4 ? 'ip' : 'ip6';
  const port = `${protoNames[proto]} dport` as NftField;
  const keys: readonly (readonly NftField[])[] = [
    [`${ip} daddr`],
    [`${ip} daddr`, 'meta l4proto', 'th dport'],
    ['meta l4proto', 'th dport'],
    [`${ip} saddr`, `${ip} daddr`, 'meta l4proto', 'th dport'],
    [`${ip} saddr`, 'meta mark'],
    [port],
    ['meta mark'],
    ['iifname'],
    ['ct state'],
  ];
  return fc.constantFrom(...keys);
}

function match(world: World, proto: number): fc.Arbitrary<NftStatement> {
  const compare = fc.constantFrom(...fieldsOf(world.family, proto)).chain((field) =>
    fc.record({
      kind: fc.constant('compare' as const),
      field: fc.constant(field),
      negated: field.startsWith('ct') ? fc.constant(false) : fc.boolean(),
      value: partOf(nftFields[field], world.family),
    }),
  );
  const bits = fc.record({
    kind: fc.constant('bits' as const),
    field: fc.constant('meta mark' as const),
    mask: fc.constantFrom(0x4000, 0x2000, 0xff00),
    negated: fc.boolean(),
    value: fc.constantFrom(0, 0x4000, 0x2000),
  });
  const flags = fc.oneof(
    fc.record({
      kind: fc.constant('flags' as const),
      field: fc.constant('ct state' as const),
      negated: fc.constant(false),
      flags: fc.subarray(['new', 'established', 'related', 'invalid'], { minLength: 1 }),
    }),
    fc.record({
      kind: fc.constant('flags' as const),
      field: fc.constant('ct status' as const),
      negated: fc.boolean(),
      flags: fc.constantFrom(['dnat'], ['snat']),
    }),
  );
  const inSet = keyFields(world, proto).chain((key) =>
    fc.record({
      kind: fc.constant('in' as const),
      key: fc.constant(key),
      negated: fc.boolean(),
      set: place(world, key, null),
    }),
  );
  const protocol = fc.constant<NftStatement>({
    kind: 'compare',
    field: 'meta l4proto',
    negated: false,
    value: proto,
  });
  return fc.oneof(compare, bits, flags, inSet, protocol);
}

function action(world: World): fc.Arbitrary<NftStatement> {
  const mark = fc.oneof(
    fc.record({
      kind: fc.constant('mark' as const),
      op: fc.constantFrom('set' as const, 'or' as const, 'xor' as const),
      value: fc.constantFrom(0x4000, 1, 0x80000000),
    }),
    fc.constant<NftStatement>({ kind: 'mark', op: 'and', value: 0xffffbfff }),
  );
  const counter = fc.constant<NftStatement>({ kind: 'counter' });
  const sets = world.sets.filter((set) => set.flags.includes('dynamic'));
  if (sets.length === 0) return fc.oneof(mark, counter);
  const ip = world.family === 4 ? 'ip saddr' : 'ip6 saddr';
  const dynset = fc.constantFrom(...sets).chain((set) =>
    fc.record({
      kind: fc.constant('dynset' as const),
      op: fc.constantFrom('add' as const, 'update' as const),
      set: fc.constant(set.name),
      key: fc.constant<readonly NftField[]>([ip]),
      timeoutSeconds: fc.constant(null),
    }),
  );
  return fc.oneof(mark, counter, dynset);
}

type End = fc.Arbitrary<readonly NftStatement[]>;

function verdictEnd(jumps: boolean): End {
  const plain = fc
    .constantFrom('accept', 'drop', 'return')
    .map((kind): readonly NftStatement[] => [{ kind: 'verdict', verdict: { kind } }]);
  if (!jumps) return plain;
  const jump = fc
    .tuple(fc.constantFrom('jump', 'goto'), fc.constantFrom(...chainNames))
    .map(([kind, chain]): readonly NftStatement[] => [
      { kind: 'verdict', verdict: { kind, chain } },
    ]);
  return fc.oneof(plain, jump);
}

function vmapEnd(world: World, proto: number): End {
  const fields = keyFields(world, proto).chain((key) =>
    place(world, key, 'verdict').map((map): readonly NftStatement[] => [
      { kind: 'vmap', key: { kind: 'fields', fields: key }, map },
    ]),
  );
  const numbered = fc.array(dataOf('verdict', world.family), { minLength: 1, maxLength: 5 });
  const drawn = numbered.map((all): readonly NftStatement[] => [
    { kind: 'vmap', key: { kind: 'numgen', mod: all.length }, map: numbers(all) },
  ]);
  return fc.oneof(fields, drawn);
}

function numbers(all: readonly (NftData | null)[]): NftPlace {
  const elements = all.map((data, i) => ({ key: [i], data, comment: null, origin: 0 }));
  return { kind: 'anonymous', elements };
}

function rejects(proto: number): End {
  const whys = ['port-unreachable', 'admin-prohibited'] as const;
  const all = proto === 6 ? ([...whys, 'tcp-reset'] as const) : whys;
  return fc.constantFrom(...all).map((why) => [{ kind: 'reject', with: why }]);
}

function dnatEnd(world: World, proto: number): End {
  const { family } = world;
  const to = fc.record({
    kind: fc.constant('constant' as const),
    addr: anyValue(addressType(family), family) as fc.Arbitrary<Addr>,
    port: fc.option(fc.constantFrom(80, 8080)),
  });
  const spread = fc
    .array(dataOf([addressType(family), 'inet_service'], family), { minLength: 1, maxLength: 4 })
    .map((all) => {
      const key: NftKey = { kind: 'numgen', mod: all.length };
      return { kind: 'map' as const, key, map: numbers(all), port: true };
    });
  const protocol: NftStatement = {
    kind: 'compare',
    field: 'meta l4proto',
    negated: false,
    value: proto,
  };
  return fc
    .tuple(fc.oneof(to, spread), fc.boolean())
    .map(([where, fullyRandom]): readonly NftStatement[] => [
      protocol,
      { kind: 'nat', type: 'dnat', to: where, fullyRandom },
    ]);
}

const masquerades: End = fc
  .boolean()
  .map((fullyRandom): readonly NftStatement[] => [{ kind: 'masquerade', fullyRandom }]);

/** nft drops what says the same protocol again, but not always. */
function isProtocol(statement: NftStatement): boolean {
  return statement.kind === 'compare' && statement.field === 'meta l4proto';
}

function rules(world: World, ends: (proto: number) => End): fc.Arbitrary<readonly NftRule[]> {
  const rule = fc.constantFrom(6, 17, 132).chain((proto) =>
    fc
      .tuple(
        fc.array(match(world, proto), { maxLength: 3 }),
        fc.array(action(world), { maxLength: 2 }),
        fc.option(ends(proto), { freq: 4, nil: [] as readonly NftStatement[] }),
        comment,
      )
      .map(([matches, actions, end, said]): NftRule => {
        const all = [...matches, ...actions, ...end];
        const statements = all.filter(
          (one, i) => !isProtocol(one) || all.findIndex(isProtocol) === i,
        );
        const filled: readonly NftStatement[] =
          statements.length > 0 ? statements : [{ kind: 'counter' }];
        return { statements: filled, comment: said, origin: 0 };
      }),
  );
  return fc.array(rule, { maxLength: 4 });
}

const bases: readonly NftHook[] = [
  { type: 'filter', hook: 'PREROUTING', priority: -110, policy: 'accept' },
  { type: 'filter', hook: 'OUTPUT', priority: -110, policy: 'accept' },
  { type: 'filter', hook: 'FORWARD', priority: 7, policy: 'drop' },
  { type: 'filter', hook: 'INPUT', priority: 0, policy: 'drop' },
  { type: 'filter', hook: 'POSTROUTING', priority: 111, policy: 'accept' },
  { type: 'route', hook: 'OUTPUT', priority: -150, policy: 'accept' },
  { type: 'nat', hook: 'PREROUTING', priority: -100, policy: 'accept' },
  { type: 'nat', hook: 'OUTPUT', priority: -100, policy: 'accept' },
  { type: 'nat', hook: 'POSTROUTING', priority: 100, policy: 'accept' },
];

function baseChain(
  world: World,
  table: string,
  base: NftHook,
  name: string,
): fc.Arbitrary<NftChain> {
  const ends = (proto: number): End => {
    const common = [verdictEnd(true), vmapEnd(world, proto)] as const;
    const { type, hook } = base;
    if (type === 'nat')
      return fc.oneof(...common, hook === 'POSTROUTING' ? masquerades : dnatEnd(world, proto));
    const rejecting =
      hook === 'INPUT' || hook === 'FORWARD' || (hook === 'OUTPUT' && type === 'filter');
    return rejecting ? fc.oneof(...common, rejects(proto)) : fc.oneof(...common);
  };
  return fc.record({
    kind: fc.constant('nft' as const),
    family: fc.constant(world.family),
    table: fc.constant(table),
    name: fc.constant(name),
    base: fc.constant(base),
    comment,
    rules: rules(world, ends),
  });
}

function plainChain(world: World, table: string, name: string): fc.Arbitrary<NftChain> {
  return fc.record({
    kind: fc.constant('nft' as const),
    family: fc.constant(world.family),
    table: fc.constant(table),
    name: fc.constant(name),
    base: fc.constant(null),
    comment,
    rules: rules(world, () => verdictEnd(false)),
  });
}

/** A table that the real tool loads. */
export function anyTable(family: Family, name: string): fc.Arbitrary<NftTable> {
  const sets = fc
    .tuple(
      fc.array(namedSet(family), { maxLength: 4 }),
      fc.array(dynamicSet(family), { maxLength: 2 }),
    )
    .map(([plain, moving]) =>
      [...plain, ...moving].map((set, i) => ({ ...set, name: `set-${i}` })),
    );
  return fc.tuple(sets, comment).chain(([made, said]) => {
    const world: World = { family, sets: made };
    const chains = [
      ...bases.map((base, i) => baseChain(world, name, base, `base-${i}`)),
      ...chainNames.map((chain) => plainChain(world, name, chain)),
    ];
    return fc
      .tuple(...chains)
      .map((all) => plainTable(family, name, { comment: said, sets: made, chains: all }));
  });
}
