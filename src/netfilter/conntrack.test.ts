// The table of flows over a long time. What an entry does to packets is tested with the machine, in kernel.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addr } from '../net/addr.ts';
import { noPayload, type Packet, UDP } from '../net/packet.ts';
import { Conntrack, type Flow } from './conntrack.ts';
import { defaultTimeouts } from './conntrack-tcp.table.ts';
import { FlowTable } from './flow-table.ts';

function datagram(sport: number): Packet {
  const [src, dst] = [addr('10.0.0.1'), addr('10.0.0.2')];
  const header = { family: 4, proto: UDP, src, dst, sport, dport: 53 } as const;
  return { ...header, mark: 0, flags: 0, icmp: null, payload: noPayload };
}

function note(conntrack: Conntrack, sport: number, nowMs: number): void {
  const flight = conntrack.enter(datagram(sport), nowMs);
  assert.ok(flight !== null && conntrack.confirm(flight, nowMs));
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
