// A small cluster for this room's tests: three nodes, pods by node, one outside host, an echo program on every port
// asked for. Not used by the product.
import { type Addr, addr, formatAddr, formatEndpoint } from '../net/addr.ts';
import { cidr } from '../net/cidr.ts';
import { type Proto, TCP } from '../net/packet.ts';
import { bridgedPods, type PodNetwork } from '../net/pod-network.ts';
import { createIpvs } from '../netfilter/ipvs/table.ts';
import type { Netfilter } from '../netfilter/netfilter.ts';
import type { RuleSource } from '../netfilter/rule.ts';
import type { DialResult, Endpoint } from '../node/dial.ts';
import type { ServerProgram } from '../node/program.ts';
import { type Choices, seeded } from '../sim/choices.ts';
import { Fabric } from './fabric.ts';
import type { Moment } from './moment.ts';

const accept = { kind: 'accept' } as const;

/** A netfilter that lets everything pass. */
export function passThrough(rules: RuleSource): Netfilter {
  const netfilter: Netfilter = {
    rules,
    ipvs: createIpvs(),
    hook: () => accept,
    abandon: () => {},
    attach: () => {},
    conntrackList: () => [],
    entries: () => [],
    deleteEntries: () => 0,
    liveElements: () => [],
    seen: () => [],
    remembers: false,
    fork: () => passThrough(netfilter.rules),
  };
  return netfilter;
}

/** Answers with the message it got. */
export const echo: ServerProgram = {
  receive: (message) => ({ reply: message, elapsedMs: 0 }),
};

export function momentOf(choices: Choices = seeded(1), nowMs = 0): Moment {
  return { choices, nowMs, programs: () => echo };
}

/** n1..n3 at 192.168.4.101-103 with 10.244.1-3.0/24, host/out at 203.0.113.50, no pods, no rules. */
export function lab(
  createNetfilter: (rules: RuleSource) => Netfilter = passThrough,
  network: PodNetwork = bridgedPods,
): Fabric {
  const fabric = new Fabric({ createNetfilter, network });
  for (const n of [1, 2, 3]) {
    fabric.addNode({
      name: `n${n}`,
      addresses: [addr(`192.168.4.${100 + n}`)],
      podCIDRs: [cidr(`10.244.${n}.0/24`)],
    });
  }
  fabric.addHost({ name: 'out', ip: addr('203.0.113.50'), routes: [] });
  return fabric;
}

/** Adds pod "d/NAME"; 10.244.N.x goes to node nN unless a node is named. */
export function addPod(fabric: Fabric, name: string, ip: string, node?: string): void {
  const on = node ?? `n${ip.split('.')[2]}`;
  fabric.addPod({ key: `d/${name}`, node: on, addresses: [addr(ip)], hostNetwork: false });
}

export function open(fabric: Fabric, machine: string, port: number, proto: Proto = TCP): void {
  fabric.listen(machine, { proto, addr: null, port, program: 'echo', data: null, assumed: false });
}

export interface Try {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly proto?: Proto;
  readonly sourcePort?: number;
  readonly timeoutMs?: number;
}

export function dialTo(fabric: Fabric, attempt: Try, moment: Moment = momentOf()): DialResult {
  const { from, to, port, proto = TCP, timeoutMs = 5000, sourcePort } = attempt;
  const message = new Uint8Array([1, 2, 3]);
  const request = { from, proto, to: addr(to), port, message, timeoutMs };
  return fabric.dial(sourcePort === undefined ? request : { ...request, sourcePort }, moment);
}

/** A result as one line: "answered by pod/d/b, seen as 10.244.1.2". */
export function say(result: DialResult): string {
  if (result.outcome === 'answered') {
    return `answered by ${result.backend}, seen as ${at(result.source?.addr)}`;
  }
  return `${result.outcome} via ${result.via} in ${result.phase}`;
}

export function at(value: Addr | undefined): string {
  return value === undefined ? 'nobody' : formatAddr(value);
}

export function endpoint(value: Endpoint | null): string {
  return value === null ? 'none' : formatEndpoint(value.addr, value.port);
}
