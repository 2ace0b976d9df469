// How a clash of tuples is resolved, against nf_nat_core.c of Linux 6.1 to 6.18: which ports a source may move to, what a
// source keeps, what gives way. One router with a masquerading uplink.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addr } from '../net/addr.ts';
import {
  ACK,
  FIN,
  ICMP,
  noPayload,
  type Packet,
  type Proto,
  SYN,
  TCP,
  type Tuple,
  UDP,
} from '../net/packet.ts';
import { type Choices, seeded } from '../sim/choices.ts';
import { Table } from '../sim/table.ts';
import { Conntrack } from './conntrack.ts';
import { defaultTimeouts } from './conntrack-tcp.table.ts';
import { FlowTable } from './flow-table.ts';
import { createNetfilter } from './kernel.ts';
import { portRange, setUp, sweepAfter } from './nat.ts';
import type { HostView, Netfilter } from './netfilter.ts';
import type { Target } from './rule.ts';
import { composeRules, plainLayer } from './ruleset.ts';
import { Trace } from './trace.ts';

const uplink = '192.168.0.2';
const host: HostView = {
  isLocal: (a) => a === addr(uplink),
  masqueradeSource: () => addr(uplink),
};

function router(target: Target = { kind: 'masquerade', randomFully: false }): Netfilter {
  const rule = { matches: [], target, origin: 0 };
  const hooking = { table: 'nat', chain: 'POSTROUTING', position: 'append', rule } as const;
  return createNetfilter(composeRules(4, [plainLayer('test', 4, [], [hooking])]));
}

interface Sent {
  readonly proto?: Proto;
  readonly src: string;
  readonly sport: number;
  readonly dst: string;
  readonly flags?: number;
  readonly dport?: number;
}

function packetOf({ proto = UDP, src, sport, dst, flags = 0, dport = 53 }: Sent): Packet {
  const echo = proto === ICMP;
  return {
    family: 4,
    proto,
    src: addr(src),
    sport,
    dst: addr(dst),
    dport: echo ? sport : dport,
    mark: 0,
    flags,
    icmp: echo ? 'echo-request' : null,
    payload: noPayload,
  };
}

function send(nf: Netfilter, sent: Sent, nowMs = 0, choices: Choices = seeded(1)): Packet | null {
  const packet = packetOf(sent);
  const common = { host, choices, trace: new Trace(), nowMs, nextHop: packet.dst };
  const ways = [
    ['PREROUTING', 'cni0', null],
    ['POSTROUTING', null, 'eth0'],
  ] as const;
  for (const [hook, inDevice, outDevice] of ways) {
    const verdict = nf.hook(hook, packet, { ...common, inDevice, outDevice });
    if (verdict.kind !== 'accept') return null;
  }
  return packet;
}

const one = '10.0.0.1';
const two = '10.0.0.2';
const server = '203.0.113.9';

for (const [sport, min, max] of [
  [1, 1, 511],
  [511, 1, 511],
  [512, 600, 1023],
  [1023, 600, 1023],
  [1024, 1024, 65_535],
  [65_535, 1024, 65_535],
] as const) {
  test(`a second client with port ${sport} moves to one of ${min} to ${max}`, () => {
    assert.deepEqual(portRange(sport), { min, max });
    const nf = router();
    assert.equal(send(nf, { src: one, sport, dst: server })?.sport, sport);
    const moved = send(nf, { src: two, sport, dst: server })?.sport ?? 0;
    assert.ok(moved !== sport && moved >= min && moved <= max, `${moved}`);
  });
}

test('the same port to other servers needs no other port', () => {
  const nf = router();
  send(nf, { src: one, sport: 5000, dst: server });
  assert.equal(send(nf, { src: two, sport: 5000, dst: '203.0.113.10' })?.sport, 5000);
});

test('a source that was moved keeps its new port towards others (find_appropriate_src)', () => {
  const nf = router();
  send(nf, { src: one, sport: 5000, dst: server });
  const moved = send(nf, { src: two, sport: 5000, dst: server })?.sport;
  assert.notEqual(moved, 5000);
  assert.equal(send(nf, { src: two, sport: 5000, dst: '203.0.113.10' })?.sport, moved);
});

test('--random-fully never keeps the port, nor the one a source was given before', () => {
  const nf = router({ kind: 'masquerade', randomFully: true });
  const first = send(nf, { src: one, sport: 5000, dst: server })?.sport;
  const second = send(nf, { src: one, sport: 5000, dst: '203.0.113.10' })?.sport;
  assert.equal(new Set([5000, first, second]).size, 3);
});

test('two clients that ping with one identifier get two', () => {
  const nf = router();
  assert.equal(send(nf, { proto: ICMP, src: one, sport: 7, dst: server })?.sport, 7);
  const moved = send(nf, { proto: ICMP, src: two, sport: 7, dst: server });
  assert.notEqual(moved?.sport, 7);
  assert.equal(moved?.sport, moved?.dport);
});

test('SNAT to one port: a second client is dropped, unless what has the port is closed', () => {
  const snat: Target = { kind: 'snat', to: addr(uplink), port: 4000, randomFully: false };
  const datagrams = router(snat);
  assert.equal(send(datagrams, { src: one, sport: 5000, dst: server })?.sport, 4000);
  assert.equal(send(datagrams, { src: two, sport: 5000, dst: server }), null);
  const tcp = router(snat);
  const from = (src: string, flags: number) => ({
    proto: TCP as Proto,
    src,
    sport: 5000,
    dst: server,
    flags,
  });
  assert.equal(send(tcp, from(one, SYN))?.sport, 4000);
  assert.equal(send(tcp, from(two, SYN)), null);
  const back = (flags: number) => ({
    proto: TCP as Proto,
    src: server,
    sport: 53,
    dst: uplink,
    dport: 4000,
    flags,
  });
  const closed = router(snat);
  send(closed, from(one, SYN));
  send(closed, back(SYN | ACK));
  send(closed, from(one, ACK));
  send(closed, from(one, FIN | ACK));
  send(closed, back(FIN | ACK));
  assert.equal(send(closed, from(two, SYN)), null); // LAST_ACK stays
  send(closed, from(one, ACK));
  assert.match(closed.conntrackList(0).join(), / TIME_WAIT /);
  assert.equal(send(closed, from(two, SYN))?.sport, 4000);
  assert.match(closed.conntrackList(0).join(), /^tcp {6}6 120 SYN_SENT src=10.0.0.2 /);
});

test('sources whose flows are over are forgotten', () => {
  const conntrack = new Conntrack(new FlowTable(), 1, defaultTimeouts);
  const sources = new Table<readonly Tuple[]>();
  const range = { addr: addr(uplink), port: null, random: true };
  for (let i = 0; i < 3 * sweepAfter; i++) {
    const packet = packetOf({ src: '10.0.0.1', sport: 1024 + i, dst: '192.0.2.1' });
    const nowMs = i * 1000;
    const flight = conntrack.enter(packet, nowMs);
    assert.ok(flight !== null && flight !== 'full');
    const context = { host, choices: seeded(1), trace: new Trace(), nowMs, nextHop: packet.dst };
    setUp(conntrack, sources, flight.flow, 'src', range, {
      ...context,
      inDevice: null,
      outDevice: 'eth0',
    });
    assert.ok(conntrack.confirm(flight, nowMs));
    assert.ok(sources.get(`17 ${addr('10.0.0.1')} ${1024 + i}`) !== undefined);
  }
  assert.ok(sources.size < sweepAfter, `${sources.size}`);
});
