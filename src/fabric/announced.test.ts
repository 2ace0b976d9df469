// Which node a flow to an announced address goes to: what is hashed decides what stays, until the nodes are others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addr } from '../net/addr.ts';
import { noPayload, type Packet, type Proto, TCP, UDP } from '../net/packet.ts';
import { Announced, type Announcement, choiceText, type Hashed } from './announced.ts';

const vip = addr('192.0.2.1');

function packet(client: string, sport: number, dport = 80, proto: Proto = TCP): Packet {
  const ends = { src: addr(client), sport, dst: vip, dport };
  return { ...ends, family: 4, proto, flags: 0, mark: 0, icmp: null, payload: noPayload };
}

function announcement(hashed?: Hashed, nodes = ['n0', 'n1', 'n2']): Announcement {
  return { nodes, ports: null, ...(hashed === undefined ? {} : { hashed }) };
}

/** The nodes of these packets, where the first draw says the first node, the next one the second, and so on. */
function chosen(
  announced: Announced,
  packets: readonly Packet[],
  hashed?: Hashed,
): readonly string[] {
  let drawn = 0;
  return packets.map((one) => announced.nodeFor(one, announcement(hashed), () => drawn++ % 3));
}

const [a, b] = ['203.0.113.1', '203.0.113.2'];
const rows: readonly (readonly [string, Hashed | undefined, readonly Packet[], string])[] = [
  ['the same flow stays', 'flow', [packet(a, 1), packet(a, 1)], 'n0 n0'],
  ['that is so where nothing is said', undefined, [packet(a, 1), packet(a, 1)], 'n0 n0'],
  ['another port of the client is another flow', 'flow', [packet(a, 1), packet(a, 2)], 'n0 n1'],
  ['so is another port there', 'flow', [packet(a, 1), packet(a, 1, 81)], 'n0 n1'],
  ['and another protocol', 'flow', [packet(a, 1), packet(a, 1, 80, UDP)], 'n0 n1'],
  ['a client stays with all its flows', 'client', [packet(a, 1), packet(a, 2, 81, UDP)], 'n0 n0'],
  ['another one need not', 'client', [packet(a, 1), packet(b, 1)], 'n0 n1'],
  ['a TCP connection is drawn anew', 'connection', [packet(a, 1), packet(a, 1)], 'n0 n1'],
  [
    'a flow of datagrams is not',
    'connection',
    [packet(a, 1, 53, UDP), packet(a, 1, 53, UDP)],
    'n0 n0',
  ],
];
for (const [name, hashed, packets, want] of rows) {
  test(`announced: ${name}`, () => {
    const announced = new Announced();
    announced.set(vip, announcement(hashed));
    assert.equal(chosen(announced, packets, hashed).join(' '), want);
  });
}

const changes: readonly (readonly [string, Announcement | null, string])[] = [
  ['other ports change nothing', { ...announcement('flow'), ports: [] }, 'n2'],
  ['other nodes draw anew', announcement('flow', ['n0', 'n1']), 'n1'],
  ['another hash draws anew', announcement('client'), 'n1'],
  ['so does an address that was withdrawn', null, 'n1'],
];
for (const [name, after, want] of changes) {
  test(`announced: ${name}`, () => {
    const announced = new Announced();
    announced.set(vip, announcement('flow'));
    const first = announced.nodeFor(packet(a, 1), announcement('flow'), () => 2);
    const fork = announced.fork();
    announced.set(vip, after);
    const then = announced.nodeFor(packet(a, 1), after ?? announcement('flow'), () => 1);
    const there = fork.nodeFor(packet(a, 1), announcement('flow'), () => 0);
    assert.deepEqual([first, then, there], ['n2', want, 'n2'], 'a fork remembers for itself');
  });
}

test('announced: a trace says who chose, and by what', () => {
  const one = { ...announcement('client'), by: 'the load balancer of demo/web' };
  assert.deepEqual(
    [one, announcement(), announcement('flow', ['n0'])].map((said) =>
      choiceText(packet(a, 1), said),
    ),
    [
      "1 of 3, chosen by the load balancer of demo/web: a hash of the client's address",
      '1 of 3, chosen by who announces 192.0.2.1: a hash of addresses, ports and protocol',
      'passed on by who announces 192.0.2.1',
    ],
  );
});
