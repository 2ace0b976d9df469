// The table of flows over a long time. What an entry does to packets is tested with the machine, in kernel.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addr } from '../net/addr.ts';
import {
  ACK,
  chunks,
  FIN,
  noPayload,
  type Packet,
  PSH,
  RST,
  SCTP,
  SYN,
  TCP,
  UDP,
} from '../net/packet.ts';
import { Conntrack, type Flow } from './conntrack.ts';
import { measured as sctpMeasured } from './conntrack-sctp-measured.table.ts';
import { defaultTimeouts } from './conntrack-tcp.table.ts';
import { measured } from './conntrack-tcp-measured.table.ts';
import { FlowTable } from './flow-table.ts';

function datagram(sport: number): Packet {
  const [src, dst] = [addr('10.0.0.1'), addr('10.0.0.2')];
  const header = { family: 4, proto: UDP, src, dst, sport, dport: 53 } as const;
  return { ...header, mark: 0, flags: 0, icmp: null, payload: noPayload };
}

function note(conntrack: Conntrack, sport: number, nowMs: number): void {
  const flight = conntrack.enter(datagram(sport), nowMs);
  assert.ok(flight !== null && flight !== 'full' && conntrack.confirm(flight, nowMs));
}

test('entries that died long ago are not kept, and those that live are', () => {
  const flows = new FlowTable<Flow>();
  const conntrack = new Conntrack(flows, 1, defaultTimeouts);
  for (let i = 0; i < 1000; i++) note(conntrack, 1 + i, i);
  note(conntrack, 5000, 59_000);
  assert.equal(flows.flows().length, 1001);
  const before = flows.fork();
  note(conntrack, 5001, 61_000);
  assert.deepEqual(
    flows
      .flows()
      .map((flow) => flow.original.sport)
      .sort(),
    [5000, 5001],
  );
  assert.equal(before.flows().length, 1001);
});

test('nf_conntrack_max: a full table takes no new flow until one has died, and known ones go on', () => {
  const conntrack = new Conntrack(new FlowTable(), 1, defaultTimeouts, 'resolved', 3);
  for (const sport of [1, 2, 3]) note(conntrack, sport, 0);
  assert.equal(conntrack.enter(datagram(4), 1000), 'full');
  assert.equal(conntrack.fork().enter(datagram(4), 1000), 'full');
  note(conntrack, 2, 20_000);
  assert.equal(conntrack.enter(datagram(4), 29_999), 'full');
  note(conntrack, 4, 30_000);
  note(conntrack, 5, 30_000);
  assert.equal(conntrack.enter(datagram(6), 30_000), 'full');
  const unlimited = new Conntrack(new FlowTable(), 1, defaultTimeouts, 'resolved', 0);
  for (let sport = 1; sport < 100; sport++) note(unlimited, sport, 0);
});

const segments: Readonly<Record<string, number>> = {
  s: SYN,
  k: SYN | ACK,
  f: FIN | ACK,
  a: ACK,
  d: PSH | ACK,
  r: RST | ACK,
  n: 0,
};

const sctpChunks: Readonly<Record<string, number>> = {
  i: chunks.init,
  k: chunks.initAck,
  e: chunks.cookieEcho,
  c: chunks.cookieAck,
  d: chunks.data,
  s: chunks.shutdown,
  t: chunks.shutdownAck,
  z: chunks.shutdownComplete,
  a: chunks.abort,
  h: chunks.heartbeat,
  b: chunks.heartbeatAck,
  x: chunks.error,
};

/** Segments or chunks as the rows write them, one virtual instant for all but "."; what came of the last, and the entry. */
function heard(text: string, letters = segments): readonly [string, string] {
  const proto = letters['s'] === SYN ? TCP : SCTP;
  let nowMs = 0;
  const conntrack = new Conntrack(new FlowTable(), 1, defaultTimeouts);
  const [client, server] = [addr('10.1.0.2'), addr('10.2.0.2')];
  let last = '';
  for (const letter of text) {
    if (letter === '.') {
      nowMs += 1100;
      continue;
    }
    const own = letter === letter.toLowerCase();
    const ends = own
      ? { src: client, sport: 1000, dst: server, dport: 80 }
      : { src: server, sport: 80, dst: client, dport: 1000 };
    const flags = letters[letter.toLowerCase()] ?? 0;
    const payload = letter.toLowerCase() === 'd' ? new Uint8Array(5) : noPayload;
    const header = { family: 4, proto, mark: 0, flags, icmp: null } as const;
    const flight = conntrack.enter({ ...header, ...ends, payload }, nowMs);
    last = flight === null ? 'INVALID' : 'passed';
    if (flight !== null && flight !== 'full') conntrack.confirm(flight, nowMs);
  }
  const [flow] = conntrack.list(nowMs);
  if (flow === undefined) return [last, 'none'];
  const words = [
    ...(flow.original.src === client ? [] : ['turned']),
    flow.sctp?.state ?? flow.tcp,
    Math.ceil((flow.expiresMs - nowMs) / 1000),
    ...(flow.seenReply ? [] : ['[UNREPLIED]']),
    ...(flow.assured ? ['[ASSURED]'] : []),
  ];
  return [last, words.join(' ')];
}

test('TCP entries go the way that Linux measured for every state and segment', () => {
  for (const [text, last, entry] of measured) assert.deepEqual(heard(text), [last, entry], text);
});

test('caught: a FIN that is taken for an ACK', () => {
  const wrong = measured.filter(([text, , entry]) => {
    return heard(text, { ...segments, f: ACK })[1] !== entry;
  });
  assert.ok(wrong.length > 20, `${wrong.length} rows`);
});

test('SCTP entries go the way that Linux measured for every state and chunk', () => {
  for (const [text, last, entry] of sctpMeasured) {
    assert.deepEqual(heard(text, sctpChunks), [last, entry], text);
  }
});

test('caught: a SHUTDOWN that is taken for DATA, and a heartbeat that is', () => {
  for (const letter of ['s', 'h']) {
    const wrong = sctpMeasured.filter(([text, , entry]) => {
      return heard(text, { ...sctpChunks, [letter]: chunks.data })[1] !== entry;
    });
    assert.ok(wrong.length > 10, `${wrong.length} rows`);
  }
});
