// First packets through IPVS: the rules, sets and virtual servers that kube-proxy makes of 10,000 Services on one node.
// Functions only: bench/main.ts times and prints.
import { addr } from '../src/net/addr.ts';
import { noPayload, type Packet, SYN, TCP } from '../src/net/packet.ts';
import { createNetfilter } from '../src/netfilter/kernel.ts';
import type { HookContext, Netfilter } from '../src/netfilter/netfilter.ts';
import { composeRules } from '../src/netfilter/ruleset.ts';
import { Trace } from '../src/netfilter/trace.ts';
import { ipvsMode } from '../src/proxy/ipvs/mode.ts';
import { Causes } from '../src/sim/causes.ts';
import { seeded } from '../src/sim/choices.ts';
import { testNode } from '../test/arbitraries/proxy-objects.ts';
import { clusterIP, ipvsInput, ipvsMachine, townOf } from './proxy.bench.ts';

export interface IpvsNode {
  readonly services: number;
  readonly netfilter: Netfilter;
}

/** A node whose kube-proxy has synced once. */
export function ipvsNode(services: number, endpoints: number): IpvsNode {
  const netfilter = createNetfilter(composeRules(4, []));
  const { snapshot } = townOf(services, endpoints);
  const { layer } = ipvsMode.sync(
    null,
    ipvsInput(snapshot, new Causes()),
    ipvsMachine(netfilter.ipvs),
  );
  netfilter.rules = composeRules(4, [layer]);
  return { services, netfilter };
}

/** Sends `count` first packets from Pods to the Services' addresses, one after the other; how many left translated. The
 * node is the same afterwards. */
export function ipvsFirstPackets({ services, netfilter: made }: IpvsNode, count: number): number {
  const netfilter = made.fork();
  const [node] = testNode.addresses;
  const addresses = Array.from({ length: services }, (_, i) => addr(clusterIP(i)));
  const local = new Set([node, ...addresses]);
  const firstPod = addr('10.244.0.2') as number;
  const host = {
    isLocal: (at: Packet['src']) => local.has(at),
    masqueradeSource: () => node,
  };
  const choices = seeded(1);
  let translated = 0;
  for (let i = 0; i < count; i++) {
    const packet: Packet = {
      family: 4,
      proto: TCP,
      src: firstPod + (i % 200),
      sport: 32768 + (Math.floor(i / 200) % 28000),
      dst: addresses[(i * 7919) % services] as Packet['dst'],
      dport: 80,
      mark: 0,
      flags: SYN,
      icmp: null,
      payload: noPayload,
    };
    const base: HookContext = {
      host,
      choices,
      trace: new Trace(),
      nowMs: 0,
      inDevice: 'veth1',
      outDevice: null,
      nextHop: null,
    };
    netfilter.hook('PREROUTING', packet, base);
    if (netfilter.hook('INPUT', packet, base).kind !== 'resend') continue;
    const out = { ...base, inDevice: null, outDevice: 'eth0', nextHop: packet.dst };
    netfilter.hook('OUTPUT', packet, out);
    netfilter.hook('POSTROUTING', packet, out);
    translated++;
  }
  return translated;
}
