// One machine's netfilter with tables of nf_tables: verdicts, look-ups, order of base chains, translation, dynamic sets.
// What the real kernel does in each row was measured with nft 1.0.6 on Linux 6.18 or stands in nf_tables_core.c.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addr, formatEndpoint } from '../../net/addr.ts';
import { cidr } from '../../net/cidr.ts';
import {
  ICMP,
  noPayload,
  openingFlags,
  type Packet,
  type Proto,
  SYN,
  TCP,
  UDP,
} from '../../net/packet.ts';
import { type Choices, enumerate, replayed, seeded } from '../../sim/choices.ts';
import { createNetfilter } from '../kernel.ts';
import type { HookContext, HostView, Netfilter } from '../netfilter.ts';
import type { Hook, Hooking, RuleLayer, Target } from '../rule.ts';
import { composeRules, nftLayer, plainLayer } from '../ruleset.ts';
import { Trace } from '../trace.ts';
import {
  base,
  chain,
  element,
  goTo,
  is,
  isNot,
  jump,
  rule,
  setOf,
  table,
  values,
  verdict,
} from './make.fixture.ts';
import type { NftElement, NftRule, NftSet, NftStatement, NftTable, NftValue } from './table.ts';

const host: HostView = {
  isLocal: (a) => a === addr('192.168.0.2') || a === addr('127.0.0.1'),
  masqueradeSource: (device) => addr(device === 'cni0' ? '10.244.1.1' : '192.168.0.2'),
};

function packet(src: string, dst: string, dport: number, proto: Proto = TCP, sport = 4000): Packet {
  const flags = openingFlags(proto);
  const icmp = proto === ICMP ? 'echo-request' : null;
  const ends = { src: addr(src), sport, dst: addr(dst), dport };
  return { family: 4, proto, ...ends, mark: 0, flags, icmp, payload: noPayload };
}

interface Going {
  readonly nowMs?: number;
  readonly choices?: Choices;
  readonly inDevice?: string | null;
  readonly outDevice?: string | null;
}

function context(going: Going = {}): HookContext & { trace: Trace } {
  return {
    host,
    choices: going.choices ?? seeded(1),
    trace: new Trace(),
    nowMs: going.nowMs ?? 0,
    inDevice: going.inDevice === undefined ? 'eth0' : going.inDevice,
    outDevice: going.outDevice === undefined ? null : going.outDevice,
    nextHop: null,
  };
}

function machine(...layers: readonly (NftTable | RuleLayer)[]): Netfilter {
  const all = layers.map((one, i) => ('owner' in one ? one : nftLayer(`o${i}`, 4, [one])));
  return createNetfilter(composeRules(4, all));
}

/** One filter chain at FORWARD. */
const forward = (...rules: NftRule[]) => base('forward', 'FORWARD', 0, rules);

function judged(nf: Netfilter, p: Packet, hook: Hook = 'FORWARD', going: Going = {}) {
  const here = context(going);
  const found = nf.hook(hook, p, here);
  const steps = here.trace.steps().flatMap((step) => {
    return step.kind === 'nft' ? [`${step.chain.name} ${step.ordinal} ${step.effect}`] : [];
  });
  return { verdict: found.kind, steps, walked: here.trace.rulesWalked };
}

const web = packet('203.0.113.1', '10.96.0.1', 80);

const matches: readonly {
  readonly name: string;
  readonly statement: NftStatement;
  readonly packet?: Packet;
  readonly going?: Going;
  readonly want: boolean;
}[] = [
  { name: 'an address', statement: is('ip daddr', '10.96.0.1'), want: true },
  { name: 'a prefix', statement: is('ip saddr', '203.0.113.0/24'), want: true },
  { name: 'not a prefix', statement: isNot('ip saddr', '203.0.113.0/24'), want: false },
  { name: 'a port of its protocol', statement: is('tcp dport', 80), want: true },
  { name: 'a port of another protocol', statement: is('udp dport', 80), want: false },
  {
    name: 'a port of another protocol, negated, ends the rule all the same',
    statement: isNot('udp dport', 81),
    want: false,
  },
  { name: 'th reads any protocol', statement: is('th dport', 80), want: true },
  {
    name: 'a packet without ports has none',
    statement: is('th dport', 80),
    packet: packet('203.0.113.1', '10.96.0.1', 80, ICMP),
    want: false,
  },
  { name: 'a device', statement: is('iifname', 'eth0'), want: true },
  { name: 'the start of a name', statement: is('iifname', 'eth*'), want: true },
  { name: 'another start', statement: is('iifname', 'cali*'), want: false },
  {
    name: 'no device is another name',
    statement: isNot('iifname', 'lo'),
    going: { inDevice: null },
    want: true,
  },
  { name: 'no local address', statement: is('fib daddr type', 'local'), want: false },
  {
    name: 'a local address',
    statement: is('fib daddr type', 'local'),
    packet: packet('203.0.113.1', '192.168.0.2', 80),
    want: true,
  },
  {
    name: 'bits of the mark',
    statement: { kind: 'bits', field: 'meta mark', mask: 0x4000, negated: true, value: 0 },
    packet: { ...web, mark: 0xc000 },
    want: true,
  },
  {
    name: 'the highest bit of the mark',
    statement: {
      kind: 'bits',
      field: 'meta mark',
      mask: 0x80000000,
      negated: false,
      value: 0x80000000,
    },
    packet: { ...web, mark: 0x80000000 },
    want: true,
  },
  {
    name: 'a set of ranges and addresses',
    statement: {
      kind: 'in',
      key: ['ip saddr'],
      negated: false,
      set: {
        kind: 'anonymous',
        elements: [element(['10.0.0.0/8']), element(['203.0.113.0/24']), element(['9.9.9.9'])],
      },
    },
    want: true,
  },
  {
    name: 'a set of several fields, one a range',
    statement: {
      kind: 'in',
      key: ['ip saddr', 'meta l4proto', 'th dport'],
      negated: true,
      set: { kind: 'anonymous', elements: [element(['203.0.113.0/24', TCP, 80])] },
    },
    want: false,
  },
  {
    name: 'a map without the key ends the rule',
    statement: {
      kind: 'vmap',
      key: { kind: 'fields', fields: ['tcp dport'] },
      map: { kind: 'anonymous', elements: [element([81], { kind: 'drop' })] },
    },
    want: false,
  },
  {
    name: 'continue goes on with the same rule',
    statement: {
      kind: 'vmap',
      key: { kind: 'fields', fields: ['tcp dport'] },
      map: { kind: 'anonymous', elements: [element([80], { kind: 'continue' })] },
    },
    want: true,
  },
  {
    name: 'reject with tcp reset is for TCP alone',
    statement: { kind: 'reject', with: 'tcp-reset' },
    packet: packet('203.0.113.1', '10.96.0.1', 80, UDP),
    want: false,
  },
];

for (const { name, statement, packet: p = web, going = {}, want } of matches) {
  test(`a rule goes on past: ${name}: ${want}`, () => {
    const nf = machine(table([forward(rule(statement, verdict('drop')))]));
    const found = judged(nf, { ...p }, 'FORWARD', going).verdict;
    assert.equal(found, want ? 'drop' : 'accept');
  });
}

test('jump comes back, goto does not, and return ends one chain', () => {
  const to = (target: ReturnType<typeof jump>) => rule({ kind: 'verdict', verdict: target });
  const chains = [
    forward(to(jump('a')), to(goTo('b')), rule(verdict('accept'))),
    chain('a', rule(verdict('return')), rule(verdict('drop'))),
    chain('b', to(jump('a')), rule({ kind: 'counter' })),
  ];
  const nf = machine(table(chains.map((one) => ({ ...one }))));
  assert.deepEqual(judged(nf, { ...web }), {
    verdict: 'accept',
    steps: [
      'forward 0 jump',
      'a 0 return',
      'forward 1 jump',
      'b 0 jump',
      'a 0 return',
      'b 1 count',
    ],
    walked: 6,
  });
});

test('a base chain that ends without verdict has its policy', () => {
  const nf = machine(table([base('f', 'FORWARD', 0, [], { policy: 'drop' })]));
  assert.deepEqual(judged(nf, { ...web }), { verdict: 'drop', steps: ['f -1 policy'], walked: 0 });
});

test('rules that jump in a circle are an error', () => {
  const round = table([forward(rule({ kind: 'verdict', verdict: jump('forward') }))]);
  assert.throws(() => judged(machine(round), { ...web }), /stands too deep, or loops/);
});

test('a chain, a set or a dynamic set that is not there is an error', () => {
  const to = (statement: NftStatement) => machine(table([forward(rule(statement))]));
  const key = ['ip saddr'] as const;
  const named = { kind: 'named', name: 'no' } as const;
  const jumps = to({ kind: 'verdict', verdict: jump('no') });
  assert.throws(() => judged(jumps, { ...web }), /jumps to no: not there/);
  const asks = to({ kind: 'in', key, negated: false, set: named });
  assert.throws(() => judged(asks, { ...web }), /set no of table t is not there/);
});

const dropping = (priority: number, name: string, rules = [rule(verdict('drop'))]) =>
  table([base(name, 'FORWARD', priority, rules)], [], name);
const accepting = (priority: number, name: string) =>
  dropping(priority, name, [rule(verdict('accept'))]);

function iptables(target: Target, chainName: Hook, tableName: 'nat' | 'filter'): RuleLayer {
  const hooking: Hooking = {
    table: tableName,
    chain: chainName,
    position: 'append',
    rule: { matches: [], target, origin: 0 },
  };
  return plainLayer('iptables', 4, [], [hooking]);
}

test('accept ends one base chain only, drop ends all', () => {
  const nf = machine(accepting(-10, 'a'), dropping(10, 'b'), accepting(20, 'c'));
  assert.deepEqual(judged(nf, { ...web }).steps, ['a 0 accept', 'b 0 drop']);
});

test('of two base chains with one priority the younger is walked first', () => {
  assert.deepEqual(judged(machine(dropping(0, 'a'), accepting(0, 'b')), { ...web }).steps, [
    'b 0 accept',
    'a 0 drop',
  ]);
  const two = [...['one', 'two']].map((name) => base(name, 'FORWARD', 0, [rule(verdict('drop'))]));
  assert.deepEqual(judged(machine(table(two)), { ...web }).steps, ['two 0 drop']);
});

test('tables of iptables stand among base chains by their priority', () => {
  const dropAll = iptables({ kind: 'drop' }, 'FORWARD', 'filter');
  const before = judged(machine(dropAll, accepting(-1, 'a')), { ...web });
  assert.deepEqual([before.verdict, before.steps], ['drop', ['a 0 accept']]);
  assert.deepEqual(judged(machine(dropAll, accepting(1, 'a')), { ...web }).steps, []);
  assert.deepEqual(judged(machine(dropAll, accepting(0, 'a')), { ...web }).steps, ['a 0 accept']);
  assert.deepEqual(judged(machine(accepting(0, 'a'), dropAll), { ...web }).steps, []);
});

const vip = '10.96.0.1';
const pod = '10.244.1.5';

function dnatTo(to: string, port: number | null = null): NftStatement {
  const target = { kind: 'constant', addr: addr(to), port } as const;
  return { kind: 'nat', type: 'dnat', to: target, fullyRandom: false };
}

function nat(name: string, hook: Hook, priority: number, ...rules: NftRule[]) {
  return base(name, hook, priority, rules, { type: 'nat' });
}

/** Through a router. */
function routed(nf: Netfilter, p: Packet, going: Going = {}): string {
  for (const [hook, inDevice, outDevice] of [
    ['PREROUTING', 'eth0', null],
    ['FORWARD', 'eth0', 'cni0'],
    ['POSTROUTING', null, 'cni0'],
  ] as const) {
    const found = nf.hook(hook, p, context({ ...going, inDevice, outDevice }));
    if (found.kind !== 'accept') return found.kind;
  }
  return `${formatEndpoint(p.src, p.sport)} > ${formatEndpoint(p.dst, p.dport)}`;
}

const masquerade: NftStatement = { kind: 'masquerade', fullyRandom: false };

const services = table([
  nat('pre', 'PREROUTING', -100, rule(is('ip daddr', vip), is('tcp dport', 80), dnatTo(pod, 8080))),
  nat('post', 'POSTROUTING', 100, rule(is('ip daddr', pod), masquerade)),
]);

test('dnat and masquerade map a flow and its replies, and later packets walk no nat chain', () => {
  const nf = machine(services);
  assert.equal(routed(nf, { ...web }), '10.244.1.1:4000 > 10.244.1.5:8080');
  const reply = packet(pod, '10.244.1.1', 4000, TCP, 8080);
  reply.flags = SYN | 16;
  assert.equal(routed(nf, reply), '10.96.0.1:80 > 203.0.113.1:4000');
  const here = context();
  nf.hook('PREROUTING', { ...web, flags: 16 }, here);
  assert.deepEqual([here.trace.rulesWalked, here.trace.steps()], [0, []]);
});

test('the first nat list that maps a flow is the last; the younger list is asked first', () => {
  const first = iptables(
    { kind: 'dnat', to: addr('10.0.0.7'), port: null, randomFully: false },
    'PREROUTING',
    'nat',
  );
  assert.equal(routed(machine(first, services), { ...web }), '10.244.1.1:4000 > 10.244.1.5:8080');
  assert.equal(routed(machine(services, first), { ...web }), '203.0.113.1:4000 > 10.0.0.7:80');
  const early = table([nat('pre', 'PREROUTING', -101, rule(dnatTo('10.0.0.9')))], [], 'u');
  assert.equal(routed(machine(early, first), { ...web }), '203.0.113.1:4000 > 10.0.0.9:80');
});

test('a nat chain is called where translation stands, whatever its priority', () => {
  const seen = base('seen', 'PREROUTING', -110, [rule(is('ip daddr', vip), verdict('drop'))]);
  const early = nat('pre', 'PREROUTING', -150, rule(dnatTo(pod)));
  assert.equal(routed(machine(table([early, seen])), { ...web }), 'drop');
});

const flowRows: readonly {
  readonly name: string;
  readonly statement: NftStatement;
  readonly want: boolean;
}[] = [
  { name: 'ct state new', statement: flags('ct state', ['new']), want: true },
  { name: 'ct state of several', statement: flags('ct state', ['related', 'new']), want: true },
  { name: 'another ct state', statement: flags('ct state', ['established']), want: false },
  { name: 'ct state != new', statement: flags('ct state', ['new'], true), want: false },
  {
    name: 'ct state != of several, which no flow is at once',
    statement: flags('ct state', ['new', 'established'], true),
    want: true,
  },
  { name: 'ct status dnat', statement: flags('ct status', ['dnat']), want: true },
  { name: 'ct status snat', statement: flags('ct status', ['snat']), want: false },
  {
    name: 'ct status != dnat, for which the whole word would have to be that bit',
    statement: flags('ct status', ['dnat'], true),
    want: true,
  },
  { name: 'ct status in a set of one', statement: inSet('ct status', 'dnat'), want: true },
  { name: 'ct status in a set', statement: inSet('ct status', 'dnat', 'snat'), want: false },
  { name: 'ct state in a set', statement: inSet('ct state', 'new', 'related'), want: true },
];

function flags(field: 'ct state' | 'ct status', list: string[], negated = false): NftStatement {
  return { kind: 'flags', field, negated, flags: list };
}

function inSet(field: 'ct state' | 'ct status', ...keys: string[]): NftStatement {
  const elements = keys.map((key) => element([key]));
  return { kind: 'in', key: [field], negated: false, set: { kind: 'anonymous', elements } };
}

for (const { name, statement, want } of flowRows) {
  test(`of a new flow that was translated: ${name}: ${want}`, () => {
    const watch = table([forward(rule(statement, verdict('drop')))], [], 'w');
    const nf = machine(services, watch);
    const p = { ...web };
    nf.hook('PREROUTING', p, context());
    assert.equal(judged(nf, p).verdict, want ? 'drop' : 'accept');
  });
}

const numgen = { kind: 'numgen', mod: 3 } as const;

test('numgen draws each result with its exact share of 2^32', () => {
  const elements = [0, 1, 2].map((i) => element([i], values(`10.0.0.${i}`, 8080)));
  const map = { kind: 'anonymous', elements } as const;
  const to = { kind: 'map', key: numgen, map, port: true } as const;
  const spread = rule({ kind: 'nat', type: 'dnat', to, fullyRandom: false });
  const branches = enumerate((choices) =>
    routed(machine(table([nat('pre', 'PREROUTING', -100, spread)])), { ...web }, { choices }),
  );
  assert.deepEqual(
    [...branches].map(({ value, probability }) => [value, probability * 2 ** 32]),
    [
      ['203.0.113.1:4000 > 10.0.0.0:8080', 1431655766],
      ['203.0.113.1:4000 > 10.0.0.1:8080', 1431655765],
      ['203.0.113.1:4000 > 10.0.0.2:8080', 1431655765],
    ],
  );
});

test('a number that the map does not hold ends the rule', () => {
  const map = { kind: 'anonymous', elements: [element([0], { kind: 'drop' })] } as const;
  const nf = machine(table([forward(rule({ kind: 'vmap', key: numgen, map }))]));
  const at = (pick: number) => judged(nf, { ...web }, 'FORWARD', { choices: replayed([pick]) });
  assert.deepEqual([at(0).verdict, at(1).verdict], ['drop', 'accept']);
});

test('a mark that was set stays where a later comparison fails', () => {
  const set: NftStatement = { kind: 'mark', op: 'or', value: 0x4000 };
  const nf = machine(table([forward(rule(set, is('tcp dport', 81), verdict('drop')))]));
  const p = { ...web, mark: 1 };
  assert.deepEqual(judged(nf, p).steps, ['forward 0 mark']);
  assert.equal(p.mark, 0x4001);
});

const affinity = setOf('seen', ['ipv4_addr'], [], {
  flags: ['dynamic', 'timeout'],
  timeoutSeconds: 10,
});
const isSeen: NftStatement = {
  kind: 'in',
  key: ['ip saddr'],
  negated: false,
  set: { kind: 'named', name: 'seen' },
};

function noting(op: 'add' | 'update', set = affinity) {
  const note: NftStatement = {
    kind: 'dynset',
    op,
    set: set.name,
    key: ['ip saddr'],
    timeoutSeconds: null,
  };
  return table(
    [
      base('look', 'FORWARD', 0, [rule(isSeen, verdict('drop'))]),
      base('note', 'INPUT', 0, [rule(note, verdict('drop'))]),
    ],
    [set],
  );
}

const looks = (nf: Netfilter, nowMs: number, src = '203.0.113.1') =>
  judged(nf, packet(src, vip, 80), 'FORWARD', { nowMs }).verdict === 'drop';
const notes = (nf: Netfilter, nowMs: number, src = '203.0.113.1') =>
  judged(nf, packet(src, vip, 80), 'INPUT', { nowMs }).verdict === 'drop';

test('update notes an address until its timeout and renews it, a look-up does not', () => {
  const nf = machine(noting('update'));
  assert.equal(looks(nf, 0), false);
  notes(nf, 0);
  assert.deepEqual([looks(nf, 9999), looks(nf, 10_000)], [true, false]);
  notes(nf, 20_000);
  notes(nf, 25_000);
  assert.deepEqual([looks(nf, 34_999), looks(nf, 35_000)], [true, false]);
});

test('add notes an address and does not renew it', () => {
  const nf = machine(noting('add'));
  notes(nf, 0);
  notes(nf, 5000);
  assert.deepEqual([looks(nf, 9999), looks(nf, 10_000)], [true, false]);
  notes(nf, 12_000);
  assert.equal(looks(nf, 21_999), true);
});

test('a full set takes no more, which ends the rule, until one is over', () => {
  const nf = machine(noting('update', { ...affinity, size: 2 }));
  assert.deepEqual([notes(nf, 0, '1.1.1.1'), notes(nf, 1000, '1.1.1.2')], [true, true]);
  assert.deepEqual([notes(nf, 2000, '1.1.1.3'), notes(nf, 2000, '1.1.1.1')], [false, true]);
  assert.deepEqual([notes(nf, 11_500, '1.1.1.3'), looks(nf, 11_500, '1.1.1.3')], [true, true]);
});

test('a set keeps its elements while the table is rewritten, and loses them with its declaration', () => {
  const nf = machine(noting('update'));
  notes(nf, 0);
  assert.equal(nf.remembers, true);
  nf.rules = composeRules(4, [nftLayer('o', 4, [noting('update')])]);
  assert.equal(looks(nf, 1), true);
  nf.rules = composeRules(4, [nftLayer('o', 4, [table([forward()])])]);
  nf.rules = composeRules(4, [nftLayer('o', 4, [noting('update')])]);
  assert.deepEqual([looks(nf, 2), nf.remembers], [false, false]);
});

test('what one side of a fork notes, the other does not see', () => {
  const nf = machine(noting('update'));
  const fork = nf.fork();
  notes(fork, 0);
  assert.deepEqual([looks(fork, 1), looks(nf, 1)], [true, false]);
});

test('a namespace without rules about flows tracks none', () => {
  const nf = machine(table([forward(rule(is('ip daddr', vip), verdict('accept')))]));
  routed(nf, { ...web });
  assert.deepEqual(nf.conntrackList(0), []);
});

class Indexed {
  readonly #asked: unknown[] = [];
  find(key: readonly NftValue[]): NftElement {
    this.#asked.push(key);
    return element([cidr('10.0.0.0/8').low]);
  }
  get asked(): readonly unknown[] {
    return this.#asked;
  }
}

test('a map look-up takes the writer index where there is one', () => {
  const index = new Indexed();
  const set: NftSet = Object.assign(index, setOf('seen', ['ipv4_addr'], []));
  const nf = machine(table([forward(rule(isSeen, verdict('drop')))], [set]));
  assert.equal(judged(nf, { ...web }).verdict, 'drop');
  assert.deepEqual(index.asked, [[addr('203.0.113.1')]]);
});
