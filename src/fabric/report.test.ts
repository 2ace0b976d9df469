// What a machine that rejects a packet answers, by what the packet is: nf_reject_ip_tcphdr_get, icmp_send, icmpv6_send; and
// what a client hears of a packet that runs in circles (measured on Linux 6.18).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addr } from '../net/addr.ts';
import {
  ACK,
  ICMP,
  ICMPV6,
  type IcmpError,
  noPayload,
  type Packet,
  type Proto,
  RST,
  SYN,
  TCP,
  type Tuple,
  UDP,
} from '../net/packet.ts';
import { Trace } from '../netfilter/trace.ts';
import { type ErrorCode, type Journey, report } from './carry.ts';
import { addPod, dialTo, lab, momentOf, say } from './lab.ts';
import { ping } from './ping.ts';

const [client, server] = [addr('10.244.1.2'), addr('10.244.2.10')];
const tcp: Packet = {
  family: 4,
  proto: TCP,
  src: client,
  sport: 5000,
  dst: server,
  dport: 80,
  mark: 0,
  flags: SYN,
  icmp: null,
  payload: noPayload,
};
const about: Tuple = { proto: UDP, src: server, sport: 53, dst: client, dport: 5000 };
const error: IcmpError = { code: 'port-unreachable', about };
const echo = { ...tcp, proto: ICMP, sport: 7, dport: 7, flags: 0 } as const;

const rows: readonly (readonly [string, ErrorCode, Packet, boolean])[] = [
  ['a RST to a SYN', 'tcp-reset', tcp, true],
  ['a RST to data', 'tcp-reset', { ...tcp, flags: ACK }, true],
  ['no RST to a RST', 'tcp-reset', { ...tcp, flags: RST }, false],
  ['no RST to a RST with ACK', 'tcp-reset', { ...tcp, flags: RST | ACK }, false],
  ['an ICMP error to a RST', 'port-unreachable', { ...tcp, flags: RST }, true],
  ['an ICMP error to a datagram', 'port-unreachable', { ...tcp, proto: UDP, flags: 0 }, true],
  ['an ICMP error to an echo request', 'net-unreachable', { ...echo, icmp: 'echo-request' }, true],
  ['an ICMP error to an echo reply', 'ttl-exceeded', { ...echo, icmp: 'echo-reply' }, true],
  ['no ICMP error to an ICMP error', 'port-unreachable', { ...echo, icmp: error }, false],
  ['no ICMPv6 error to one', 'ttl-exceeded', { ...echo, proto: ICMPV6, icmp: error }, false],
];

for (const [name, code, packet, want] of rows) {
  test(`report: ${name}`, () => {
    const fabric = lab();
    addPod(fabric, 'c', '10.244.1.2');
    const { choices, nowMs } = momentOf();
    const journey: Journey = {
      fabric,
      choices,
      nowMs,
      trace: new Trace(),
      noted: false,
      balanced: new Map(),
    };
    const at = 'node/n1';
    const source = addr('10.244.1.1');
    const common = { kind: 'error', local: false, afterMs: 0 } as const;
    const fate = report(journey, { ...common, code, at, source, packet });
    assert.deepEqual(
      [fate?.kind, fate?.at],
      want ? ['arrived', 'pod/d/c'] : [undefined, undefined],
    );
  });
}

test('an announced address that no rule takes: packets run in circles until their time to live is over', () => {
  const fabric = lab();
  const [to, from] = ['203.0.113.77', 'host/out'];
  fabric.announce(addr(to), { nodes: ['n1'], ports: null });
  const heard = (proto: Proto) => say(dialTo(fabric, { from, to, port: 80, proto }));
  assert.equal(heard(TCP), 'unreachable via icmp in connect');
  assert.equal(heard(UDP), 'timeout via icmp in connect');
  const pinged = ping(fabric, { from, to: addr(to), id: 7 }, momentOf());
  const by = addr('192.168.4.101');
  assert.deepEqual(pinged, { kind: 'error', by, code: 'ttl-exceeded', afterMs: 0 });
});
