// What each scheduler picks: sequences measured on Linux 6.1 (fact sheet C5), fairness and stability as properties, each
// with a fault that is caught, and what an enumeration of "every connection" sees.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Addr, addr, formatAddr } from '../../net/addr.ts';
import { noPayload, type Packet } from '../../net/packet.ts';
import { type Choices, enumerate, seeded } from '../../sim/choices.ts';
import { hsiphash } from './maglev.ts';
import { inward } from './packets.ts';
import type { ServiceFlag } from './service.ts';
import { createIpvs, type IpvsTable } from './table.ts';

const vip = addr('10.96.0.1');
const service = { proto: 6, addr: vip, port: 80 } as const;
const noChoices: Choices = {
  pick: () => {
    throw new Error('a scheduler that draws nothing has drawn');
  },
  fork: () => noChoices,
};

/** The server that is added as number n: 10.0.0.n. */
function server(n: number): Addr {
  return 0x0a000000 + n;
}

function table(
  scheduler: string,
  weights: readonly number[],
  flags: readonly ServiceFlag[] = [],
): IpvsTable {
  const ipvs = createIpvs();
  assert.equal(ipvs.addService({ ...service, scheduler, flags, persistence: null }), null);
  for (const [n, weight] of weights.entries()) {
    assert.equal(ipvs.addDestination(service, { addr: server(n), port: 8080, weight }, 0), null);
  }
  return ipvs;
}

function syn(src: Addr, sport: number, flags = 2): Packet {
  const common = { family: 4, proto: 6, mark: 0, icmp: null, payload: noPayload } as const;
  return { ...common, src, sport, dst: vip, dport: 80, flags };
}

/** Number of the server that a new connection goes to; null: refused. */
function next(ipvs: IpvsTable, packet: Packet, choices = noChoices, nowMs = 0): number | null {
  const result = inward(ipvs, packet, { choices, nowMs, hasOldFlow: false });
  if (result.kind === 'refuse') return null;
  assert.equal(result.kind, 'sent');
  return Number(packet.dst) - 0x0a000000;
}

const client = addr('203.0.113.1');

for (const { segment, flags, sloppy, want } of [
  { segment: 'ACK', flags: 16, sloppy: false, want: 'pass' },
  { segment: 'ACK', flags: 16, sloppy: true, want: 'sent' },
  { segment: 'SYN', flags: 2, sloppy: false, want: 'sent' },
  { segment: 'RST', flags: 4, sloppy: true, want: 'pass' },
]) {
  test(`sloppy_tcp=${Number(sloppy)}: ${segment} of a connection that nobody knows: ${want}`, () => {
    const ipvs = table('rr', [1]);
    ipvs.setSysctls({ sloppyTcp: sloppy });
    const moment = { choices: noChoices, nowMs: 0, hasOldFlow: false };
    assert.equal(inward(ipvs, syn(client, 40_000, flags), moment).kind, want);
  });
}

for (const scheduler of ['lblc', 'lblcr']) {
  test(`${scheduler}: a day without a connection, and the first server is picked by load again`, () => {
    const ipvs = table(scheduler, [1]);
    const hours = [0, 1, 24.9, 48.8, 72.9];
    const picked = hours.map((h, i) => {
      if (i === 1) ipvs.addDestination(service, { addr: server(1), port: 8080, weight: 1 }, 0);
      return next(ipvs, syn(client, 40_000 + i), noChoices, h * 3_600_000);
    });
    assert.deepEqual(picked, [0, 0, 0, 0, 1]);
  });
}

/** The servers of so many connections that stay open, one source port after the other. */
function sequence(ipvs: IpvsTable, count: number, from = 40000): (number | null)[] {
  return Array.from({ length: count }, (_, i) => next(ipvs, syn(client, from + i)));
}

interface Row {
  readonly name: string;
  readonly scheduler: string;
  readonly weights: readonly number[];
  readonly want: readonly (number | null)[];
}

const rows: readonly Row[] = [
  {
    name: 'kernel.md: newest first',
    scheduler: 'rr',
    weights: [1, 1, 1],
    want: [2, 1, 0, 2, 1, 0],
  },
  {
    name: 'C5: weights but 0 mean nothing',
    scheduler: 'rr',
    weights: [5, 0, 1],
    want: [2, 0, 2, 0],
  },
  {
    name: 'C5: 5, 1, 1 starts at level 1',
    scheduler: 'wrr',
    weights: [5, 1, 1],
    want: [2, 1, 0, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0],
  },
  {
    name: 'C5: ties go to the first',
    scheduler: 'lc',
    weights: [1, 1, 1],
    want: [2, 1, 0, 2, 1, 0],
  },
  {
    name: 'C5: ties go to the first',
    scheduler: 'wlc',
    weights: [1, 1, 1],
    want: [2, 1, 0, 2, 1, 0],
  },
  { name: 'C5: load by weight', scheduler: 'wlc', weights: [2, 1], want: [1, 0, 0, 1, 0, 0] },
  {
    name: 'C5: one more than the active ones',
    scheduler: 'sed',
    weights: [2, 1],
    want: [0, 1, 0, 0],
  },
  {
    name: 'C5: the idle first',
    scheduler: 'nq',
    weights: [3, 1, 1],
    want: [2, 1, 0, 0, 0, 0, 0, 2],
  },
  { name: 'C5: the heaviest, always', scheduler: 'fo', weights: [1, 3, 3], want: [2, 2, 2] },
  {
    name: 'C5: a server takes its weight and one more',
    scheduler: 'ovf',
    weights: [1, 2],
    want: [1, 1, 1, 0, 0, null],
  },
  { name: 'C5: one destination, one server', scheduler: 'dh', weights: [1, 1, 1], want: [1, 1] },
  { name: 'all without weight: refused', scheduler: 'rr', weights: [0, 0], want: [null, null] },
  { name: 'all without weight: refused', scheduler: 'wrr', weights: [0, 0], want: [null] },
  { name: 'no server: refused', scheduler: 'mh', weights: [], want: [null] },
  {
    name: 'C5: stays while the load is below the weight',
    scheduler: 'lblc',
    weights: [4, 4],
    want: [1, 1, 1, 1, 1, 0],
  },
  {
    name: 'C5: a second server when the first is overloaded, then the lesser of both',
    scheduler: 'lblcr',
    weights: [4, 4],
    want: [1, 1, 1, 1, 1, 0, 0, 0],
  },
];

for (const { name, scheduler, weights, want } of rows) {
  test(`${scheduler} of weights ${weights.join()}: ${name}`, () => {
    assert.deepEqual(sequence(table(scheduler, weights), want.length), want);
  });
}

test('C5: rr keeps its place when others come and go, and steps back when its own server goes', () => {
  const ipvs = table('rr', [1, 1, 1, 1]);
  assert.deepEqual(sequence(ipvs, 2), [3, 2]);
  ipvs.deleteDestination(service, { addr: server(3), port: 8080 });
  assert.deepEqual(sequence(ipvs, 1, 41000), [1]);
  ipvs.addDestination(service, { addr: server(7), port: 8080, weight: 1 }, 0);
  assert.deepEqual(sequence(ipvs, 2, 42000), [0, 7]);
  ipvs.deleteDestination(service, { addr: server(7), port: 8080 });
  assert.deepEqual(sequence(ipvs, 1, 43000), [2]);
});

test('C5: a server that is deleted and added again stands at the head; a weight keeps its place', () => {
  const ipvs = table('rr', [1, 1, 1]);
  ipvs.deleteDestination(service, { addr: server(0), port: 8080 });
  ipvs.addDestination(service, { addr: server(0), port: 8080, weight: 1 }, 0);
  ipvs.updateDestination(service, { addr: server(1), port: 8080, weight: 9 });
  const order = ipvs.destinations(service, 0).map(({ addr: a }) => Number(a) - 0x0a000000);
  assert.deepEqual(order, [0, 2, 1]);
});

test('C5: another scheduler takes over the list', () => {
  const ipvs = table('rr', [1, 1, 1]);
  const change = { ...service, scheduler: 'wrr', flags: [], persistence: null };
  assert.equal(ipvs.updateService(change), null);
  assert.deepEqual(sequence(ipvs, 4), [2, 1, 0, 2]);
});

test('C5: sh and mh refuse what falls to a server without weight, unless they fall back', () => {
  for (const scheduler of ['sh', 'mh']) {
    const plain = table(scheduler, [1, 1, 1], ['flag-2']);
    const falls = table(scheduler, [1, 1, 1], ['flag-1', 'flag-2']);
    for (const ipvs of [plain, falls]) {
      ipvs.updateDestination(service, { addr: server(1), port: 8080, weight: 0 });
    }
    assert.ok(sequence(plain, 64).includes(null));
    const found = sequence(falls, 64);
    assert.deepEqual([...new Set(found)].sort(), [0, 2]);
  }
});

test('hsiphash_1u32: 32 bits that differ by key', () => {
  const value = hsiphash(0xcb007101, 2654435761n);
  assert.ok(Number.isInteger(value) && value >= 0 && value < 2 ** 32);
  assert.notEqual(value, hsiphash(0xcb007101, 2654446892n));
});

/** Over whole cycles, rr gives every server the same and wrr by weight; connections stay open. */
function isFair(scheduler: 'rr' | 'wrr', spoil: (weights: number[]) => number[] = (w) => w) {
  const weights = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 6 });
  const property = fc.property(weights, fc.integer({ min: 1, max: 3 }), (wanted, cycles) => {
    fc.pre(wanted.some((weight) => weight > 0));
    const ipvs = table(scheduler, spoil(wanted));
    const shares = wanted.map((weight) => (scheduler === 'rr' ? Math.sign(weight) : weight));
    const cycle = shares.reduce((a, b) => a + b, 0);
    sequence(ipvs, cycle * 3, 1000);
    const got = sequence(ipvs, cycle * cycles * 6, 20000);
    for (const [n, share] of shares.entries()) {
      assert.equal(got.filter((pick) => pick === n).length, share * cycles * 6);
    }
  });
  return fc.check(property, { numRuns: 60, seed: 20260111 });
}

for (const scheduler of ['rr', 'wrr'] as const) {
  test(`${scheduler} is fair over whole cycles`, () => {
    const run = isFair(scheduler);
    assert.equal(run.failed, false, fc.defaultReportMessage(run) ?? '');
  });
  test(`the fairness of ${scheduler} catches a weight that is lost`, () => {
    assert.equal(isFair(scheduler, (weights) => weights.with(-1, 0)).failed, true);
  });
}

/** The same client keeps its server; with one server less, only its clients move, for Maglev but for a few. */
function isStable(scheduler: 'sh' | 'mh', tolerated: number, spoil = 0) {
  const clients = fc.array(fc.nat(0xffffffff), { minLength: 200, maxLength: 200 });
  const property = fc.property(clients, fc.integer({ min: 3, max: 8 }), (sources, count) => {
    const weights = Array<number>(count).fill(1);
    const ipvs = table(scheduler, weights);
    const picks = (shift: number, from: number) =>
      sources.map((src, i) => next(ipvs, syn((src + shift) >>> 0, from + i)));
    const first = picks(0, 1000);
    assert.deepEqual(picks(spoil, 2000), first);
    ipvs.deleteDestination(service, { addr: server(0), port: 8080 });
    const moved = picks(0, 3000).filter((pick, i) => first[i] !== 0 && pick !== first[i]).length;
    assert.ok(moved <= tolerated * sources.length, `${moved} of ${sources.length} moved`);
  });
  return fc.check(property, { numRuns: 20, seed: 20260112 });
}

for (const [scheduler, tolerated] of [
  ['sh', 1],
  ['mh', 0.25],
] as const) {
  test(`${scheduler} keeps a client's server`, () => {
    const run = isStable(scheduler, tolerated);
    assert.equal(run.failed, false, fc.defaultReportMessage(run) ?? '');
  });
  test(`the stability of ${scheduler} catches a hash of something else`, () => {
    assert.equal(isStable(scheduler, tolerated, 12345).failed, true);
  });
}

test('mh moves fewer clients than a plain hash would', () => {
  assert.equal(isStable('sh', 0.25).failed, true);
});

test('every connection: every server that further connections lead to, with its long-run share', () => {
  const shares = (scheduler: string, weights: readonly number[], flags: ServiceFlag[] = []) => {
    const base = table(scheduler, weights, flags);
    const found: Record<string, number> = {};
    for (const { value, probability } of enumerate((choices) =>
      next(base.fork(), syn(client, 40000), choices),
    )) {
      found[`${value}`] = Math.round(((found[`${value}`] ?? 0) + probability) * 1e6) / 1e6;
    }
    return found;
  };
  assert.deepEqual(shares('rr', [1, 1, 0, 1]), { 0: 0.333333, 1: 0.333333, 3: 0.333333 });
  assert.deepEqual(shares('wrr', [3, 0, 1]), { 0: 0.75, 2: 0.25 });
  assert.deepEqual(shares('lc', [1, 1]), { 0: 0.5, 1: 0.5 });
  assert.deepEqual(shares('wlc', [3, 1]), { 0: 0.75, 1: 0.25 });
  assert.deepEqual(shares('fo', [3, 1]), { 0: 1 });
  assert.deepEqual(Object.keys(shares('sh', [1, 1, 1])).length, 1);
  assert.deepEqual(Object.keys(shares('mh', [1, 1, 1], ['flag-2'])).sort(), ['0', '1', '2']);
  assert.deepEqual(Object.values(shares('twos', [1, 1])).length, 2);
});

/** What an enumeration says is what further connections really come to: no more, no less. */
test('the servers of an enumeration are those that further connections come to, from any state', () => {
  const weights = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 });
  const any = fc.record({
    scheduler: fc.constantFrom('rr', 'wrr', 'lc', 'wlc', 'sed', 'nq'),
    weights,
    before: fc.nat(9),
  });
  fc.assert(
    fc.property(any, ({ scheduler, weights: wanted, before }) => {
      const ipvs = table(scheduler, wanted);
      sequence(ipvs, before, 1000);
      const claimed = enumerate((choices) => next(ipvs.fork(), syn(client, 40000), choices));
      const cycle = wanted.reduce((a, b) => a + b, 0) * 12 + 20;
      const reached = new Set(sequence(ipvs, cycle, 2000));
      assert.deepEqual(new Set(claimed.map(({ value }) => value)), reached);
    }),
    { numRuns: 300, seed: 20260113 },
  );
});

test('twos draws two servers and takes the less loaded', () => {
  const ipvs = table('twos', [1, 1]);
  const choices = seeded(7);
  const picks = Array.from({ length: 400 }, (_, i) => next(ipvs, syn(client, 1000 + i), choices));
  const zero = picks.filter((pick) => pick === 0).length;
  assert.ok(Math.abs(zero - 200) < 10, `${zero} of 400 at ${formatAddr(server(0))}`);
});

test('a fork goes its own way and its parent does not move', () => {
  const ipvs = table('rr', [1, 1, 1]);
  const copy = ipvs.fork();
  assert.deepEqual(sequence(copy, 2), [2, 1]);
  copy.deleteDestination(service, { addr: server(0), port: 8080 });
  assert.deepEqual(sequence(ipvs, 4), [2, 1, 0, 2]);
  assert.equal(copy.connections(0).length, 2);
});
