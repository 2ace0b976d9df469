// The states of IPVS's SCTP connections over whole associations, and how long each lasts (ip_vs_proto_sctp.c).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addr } from '../../net/addr.ts';
import { chunks, noPayload, type Packet, SCTP } from '../../net/packet.ts';
import {
  isActive,
  isOpening,
  nextState,
  type State,
  timeoutMs,
  type Way,
} from './protocol.table.ts';

const { init, initAck, cookieEcho, cookieAck, data, shutdown, shutdownAck, shutdownComplete } =
  chunks;

function packet(chunk: number): Packet {
  const ends = { src: addr('10.0.0.1'), sport: 1000, dst: addr('10.0.0.2'), dport: 80 };
  const header = { family: 4, proto: SCTP, mark: 0, icmp: null, payload: noPayload } as const;
  return { ...header, ...ends, flags: chunk };
}

interface Row {
  readonly name: string;
  readonly said: readonly (readonly [Way, number])[];
  /** The state after each chunk. */
  readonly want: readonly State[];
  readonly seconds: number;
}

const opened = [
  ['in', init],
  ['out', initAck],
  ['in', cookieEcho],
  ['out', cookieAck],
] as const;
const upTo = ['INIT1', 'C-SENT', 'C-REPLIED', 'ESTABLISHED'] as const;

const rows: readonly Row[] = [
  { name: 'an INIT without answer', said: [['in', init]], want: ['INIT1'], seconds: 4 },
  {
    name: 'an INIT that is sent again',
    said: [
      ['in', init],
      ['in', init],
    ],
    want: ['INIT1', 'INIT'],
    seconds: 61,
  },
  {
    name: 'an INIT that is aborted',
    said: [
      ['in', init],
      ['out', chunks.abort],
    ],
    want: ['INIT1', 'REJECTED'],
    seconds: 4,
  },
  { name: 'an association that opens', said: opened, want: upTo, seconds: 900 },
  {
    name: 'data and heartbeats keep it',
    said: [...opened, ['in', data], ['out', chunks.heartbeat]],
    want: [...upTo, 'ESTABLISHED', 'ESTABLISHED'],
    seconds: 900,
  },
  {
    name: 'the client shuts it down',
    said: [...opened, ['in', shutdown], ['out', shutdownAck], ['in', shutdownComplete]],
    want: [...upTo, 'S-RECEIVED', 'S-ACK-SENT', 'CLOSED'],
    seconds: 61,
  },
  {
    name: 'the server shuts it down',
    said: [...opened, ['out', shutdown], ['in', shutdownAck], ['out', shutdownComplete]],
    want: [...upTo, 'S-SENT', 'CLOSED', 'CLOSED'],
    seconds: 61,
  },
];

for (const { name, said, want, seconds } of rows) {
  test(name, () => {
    let state: State = 'NONE';
    const states: State[] = [];
    for (const [way, chunk] of said) {
      state = nextState(state, way, packet(chunk));
      states.push(state);
    }
    assert.deepEqual(states, want);
    const set = { tcp: 900, tcpFin: 120, udp: 300 };
    assert.equal(timeoutMs(SCTP, state, set), seconds * 1000);
    assert.equal(isActive(SCTP, state), state === 'ESTABLISHED');
  });
}

test('an INIT alone asks for a new connection', () => {
  const opening = Object.values(chunks).filter((chunk) => isOpening(packet(chunk)));
  assert.deepEqual(opening, [init]);
});
