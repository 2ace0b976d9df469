// Which sources and destinations a machine takes from a wire: Linux 6.18 was asked, packet by packet.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addr, familyOf } from '../net/addr.ts';
import { cidr } from '../net/cidr.ts';
import { noPayload, type Packet, UDP } from '../net/packet.ts';
import { bridgedPods } from '../net/pod-network.ts';
import { Trace } from '../netfilter/trace.ts';
import { receive } from '../node/passage.ts';
import { Fabric } from './fabric.ts';
import { momentOf, passThrough } from './lab.ts';
import { UPLINK } from './wiring.ts';

/** Two nodes that both have the address of a virtual server on their dummy device. */
function town(routeLocalnet: boolean): Fabric {
  const fabric = new Fabric({ createNetfilter: passThrough, network: bridgedPods });
  for (const n of [1, 2]) {
    fabric.addNode({
      name: `n${n}`,
      addresses: [addr(`192.168.4.10${n}`), addr(`fd00:4::10${n}`)],
      podCIDRs: [cidr(`10.244.${n}.0/24`), cidr(`fd00:244:${n}::/64`)],
    });
    fabric.setDummy(`node/n${n}`, 'kube-ipvs0', [addr('10.96.0.5'), addr('fd00:96::5')]);
    fabric.setSysctls(`n${n}`, { routeLocalnet });
  }
  return fabric;
}

const rows: readonly (readonly [
  name: string,
  src: string,
  dst: string,
  localnet: boolean,
  want: string,
])[] = [
  ['an own address as source, IPv4', '10.96.0.5', '192.168.4.102', false, 'martian'],
  ['an own address as source, IPv6', 'fd00:96::5', 'fd00:4::102', false, 'local'],
  ['loopback as source, IPv4', '127.0.0.1', '192.168.4.102', false, 'martian'],
  ['loopback as source, IPv4, route_localnet', '127.0.0.1', '192.168.4.102', true, 'martian'],
  ['loopback as source, IPv6, route_localnet', '::1', 'fd00:4::102', true, 'martian'],
  ['loopback as destination, IPv4', '192.168.4.101', '127.0.0.1', false, 'martian'],
  ['loopback as destination, IPv4, route_localnet', '192.168.4.101', '127.0.0.1', true, 'local'],
  ['loopback as destination, IPv6, route_localnet', 'fd00:4::101', '::1', true, 'martian'],
];

for (const [name, src, dst, localnet, want] of rows) {
  test(`martians: ${name}`, () => {
    const packet: Packet = {
      family: familyOf(addr(dst)),
      proto: UDP,
      src: addr(src),
      sport: 5000,
      dst: addr(dst),
      dport: 99,
      mark: 0,
      flags: 0,
      icmp: null,
      payload: noPayload,
    };
    const machine = town(localnet).machine('node/n2');
    assert.ok(machine !== undefined);
    const { choices, nowMs } = momentOf();
    const host = { isLocal: () => false, masqueradeSource: () => undefined };
    const common = { host, choices, nowMs, trace: new Trace(), atOnce: false };
    const passage = { ...common, machine, netfilter: undefined, route: () => undefined };
    const passed = receive(passage, packet, UPLINK);
    assert.equal(passed.kind === 'dropped' ? passed.reason : passed.kind, want);
  });
}
