// Carries one packet from the machine that sends it to the machine whose sockets it reaches, or to where it ends.
// Each machine on the way walks it through its own hooks (src/node/passage.ts); this file knows the wires between
// them. Errors that a machine on the way reports are handed back as values; `report` sends them.
import { type Addr, formatEndpoint } from '../net/addr.ts';
import {
  ACK,
  clone,
  ICMP,
  ICMPV6,
  type IcmpError,
  noPayload,
  type Packet,
  RST,
  TCP,
} from '../net/packet.ts';
import type { NoteEffect, Trace } from '../netfilter/trace.ts';
import { tupleOf } from '../netfilter/tuple.ts';
import {
  addressToward,
  deviceOf,
  filtersBridge,
  holds,
  isLocal,
  type Machine,
} from '../node/machine.ts';
import { type Hop, output, type Passage, type Passed, receive } from '../node/passage.ts';
import type { Choices } from '../sim/choices.ts';
import { choiceText, flowKey } from './announced.ts';
import type { Fabric } from './fabric.ts';
import { allowsError } from './icmp-limit.ts';
import { cross, linkKey } from './link.ts';
import { routeOf } from './route.ts';
import { isBridge, LAN, nodeOfWire, UPLINK } from './wiring.ts';

/** What the packets of one attempt share. */
export interface Journey {
  readonly fabric: Fabric;
  readonly choices: Choices;
  readonly nowMs: number;
  /** Its first packet runs beside one of the same socket that was sent before it. */
  readonly atOnce?: boolean;
  readonly trace: Trace;
  /** False: nobody reads this packet's trace, so no text is made for it. */
  readonly noted: boolean;
  /** Flow -> node, as a load balancer on the way chose. */
  readonly balanced: Map<string, string>;
}

export type ErrorCode = IcmpError['code'] | 'tcp-reset';

export type Fate =
  | {
      readonly kind: 'arrived';
      readonly at: string;
      readonly packet: Packet;
      /** Time to live that is left. */
      readonly ttl: number;
    }
  | {
      readonly kind: 'lost';
      /** rule: dropped by a rule; policy: by a network policy's; wire: by a lossy one, once. */
      readonly why:
        | 'rule'
        | 'policy'
        | 'martian'
        | 'blackhole'
        | 'nobody'
        | 'down'
        | 'wire'
        | 'cut';
      readonly at: string;
      readonly packet: Packet;
    }
  | {
      readonly kind: 'error';
      readonly code: ErrorCode;
      /** The machine that reports it, and whether that is the sender itself. */
      readonly at: string;
      readonly local: boolean;
      readonly source: Addr | undefined;
      readonly afterMs: number;
      readonly packet: Packet;
    };

/** net.ipv4.ip_default_ttl. */
const ttlFirst = 64;
const hopsMax = 64;
/** A neighbour that does not answer three solicitations, one a second, fails (net.ipv4.neigh.*.mcast_solicit). */
const neighbourFailsMs = 3000;

/** Owner of the chains, or name of the table of nf_tables, whose drops are called a policy's. */
export const POLICY_OWNER = 'network-policy';

export function carry(journey: Journey, from: string, packet: Packet): Fate {
  let machine = machineOf(journey, from);
  let moving = packet;
  if (isOff(journey.fabric, machine)) return lost(journey, 'down', machine.name, moving);
  let passed = output(passageOf(journey, machine, packet), packet);
  let ttl = ttlFirst;
  for (let hops = 0; hops < hopsMax; hops++) {
    if (passed.kind === 'local') return { kind: 'arrived', at: machine.name, packet: moving, ttl };
    if (passed.kind !== 'out') return stopped(journey, machine, moving, passed, hops === 0);
    const next = neighbour(journey, machine, passed.hop, moving);
    const { fabric } = journey;
    if (next.kind === 'unresolved') {
      note(journey, machine.name, 'unreachable', `no neighbour on ${passed.hop.device}`);
      return unresolved(journey, machine, moving, hops === 0);
    }
    if (next.kind === 'nobody') return lost(journey, 'nobody', machine.name, moving);
    const link = fabric.link(machine.name, next.machine);
    const crossing =
      link === undefined
        ? 'passed'
        : cross(link, linkKey(machine.name, next.machine), journey.choices);
    if (crossing !== 'passed') {
      return lost(journey, crossing === 'cut' ? 'cut' : 'wire', machine.name, moving);
    }
    if (fabric.isDown(next.machine)) return lost(journey, 'down', next.machine, moving);
    machine = machineOf(journey, next.machine);
    moving = clone(moving);
    moving.mark = 0;
    if (journey.noted) {
      note(journey, machine.name, 'in', `${next.device} ${describe(journey, moving)}`, 'machine');
    }
    passed = next.bridged
      ? { kind: 'out', hop: { device: next.device, nextHop: moving.dst } }
      : receive(passageOf(journey, machine, moving), moving, next.device);
    // A bridge passes frames on; a router takes one from the time to live.
    if (
      passed.kind === 'out' &&
      !(isPort(machine, next.device) && passed.hop.device === next.device)
    )
      ttl--;
  }
  note(journey, machine.name, 'lost', `the time to live ran out: ${describe(journey, moving)}`);
  const source = sourceOf(journey, machine, moving.src);
  const here = { at: machine.name, local: false, packet: moving, source, afterMs: 0 };
  return { kind: 'error', code: 'ttl-exceeded', ...here };
}

/** Whether the machine, or the node that a pod runs on, is down: then nothing runs that could send. */
function isOff(fabric: Fabric, machine: Machine): boolean {
  if (fabric.isDown(machine.name)) return true;
  const node = nodeOfWire(machine.devices[0]?.wire ?? '');
  return node !== undefined && fabric.isDown(node);
}

/** Whether what comes in by the device comes by a port of a bridge. */
function isPort(machine: Machine, device: string): boolean {
  return isBridge(deviceOf(machine, device)?.wire ?? '');
}

/** Sends the error that a machine reports about a packet in flight there, and says what became of it; undefined when
 * there is no address to send it from. The packet itself is forgotten. */
export function report(journey: Journey, error: ErrorFate): Fate | undefined {
  const netfilter = journey.fabric.netfilter(error.at, error.packet.family);
  const isMute = error.local || isUnanswerable(error) || !maySay(journey, error);
  const answer = isMute ? undefined : errorPacket(error);
  if (answer !== undefined) netfilter?.attach(answer, error.packet);
  netfilter?.abandon(error.packet);
  return answer === undefined ? undefined : carry(journey, error.at, answer);
}

/** No RST answers a RST (nf_reject_ip_tcphdr_get), no ICMP error another one (icmp_send, icmpv6_send). */
function isUnanswerable({ code, packet }: ErrorFate): boolean {
  if (code === 'tcp-reset') return (packet.flags & RST) !== 0;
  return typeof packet.icmp === 'object' && packet.icmp !== null;
}

function maySay(
  { fabric, nowMs, trace, noted }: Journey,
  { at, code, packet }: ErrorFate,
): boolean {
  const limitMs = packet.family === 4 ? (fabric.machine(at)?.sysctls.icmpRatelimitMs ?? 0) : 0;
  if (code === 'tcp-reset' || allowsError(fabric.peers, at, packet.src, limitMs, nowMs))
    return true;
  const detail = 'net.ipv4.icmp_ratelimit holds the ICMP error back';
  if (noted) trace.note({ at, stage: 'route', effect: 'lost', detail });
  return false;
}

type ErrorFate = Extract<Fate, { kind: 'error' }>;

function errorPacket(error: ErrorFate): Packet | undefined {
  const { code, packet, source: src } = error;
  const { family } = packet;
  const common = { family, dst: packet.src, mark: 0, payload: noPayload };
  if (code === 'tcp-reset') {
    const ports = { sport: packet.dport, dport: packet.sport };
    return { ...common, ...ports, proto: TCP, src: packet.dst, flags: RST | ACK, icmp: null };
  }
  if (src === undefined) return undefined;
  const proto = family === 4 ? ICMP : ICMPV6;
  const icmp = { code, about: tupleOf(packet) };
  return { ...common, proto, src, sport: 0, dport: 0, flags: 0, icmp };
}

type Next =
  | {
      readonly kind: 'machine';
      readonly machine: string;
      readonly device: string;
      /** A frame between two pods that the bridge does not show to netfilter. */
      readonly bridged: boolean;
    }
  | { readonly kind: 'unresolved' }
  | { readonly kind: 'nobody' };

function neighbour(journey: Journey, machine: Machine, hop: Hop, packet: Packet): Next {
  const { fabric } = journey;
  const wire = machine.devices.find((d) => d.name === hop.device)?.wire ?? '';
  if (wire === LAN) {
    const owner = hop.nextHop === null ? undefined : onLan(fabric, hop.nextHop);
    if (owner === machine.name) return { kind: 'unresolved' };
    if (owner !== undefined) return arriving(owner, UPLINK);
    return hop.nextHop === null || packet.dst === hop.nextHop
      ? outside(journey, machine, packet, hop.nextHop !== null)
      : { kind: 'unresolved' };
  }
  const cable = cableTo(fabric, machine, wire);
  if (cable !== undefined) return cable;
  const owner = hop.nextHop === null ? undefined : fabric.ownerOf(hop.nextHop);
  const there = owner === undefined ? undefined : fabric.machine(owner);
  const device = there?.devices.find((d) => d.wire === wire)?.name;
  if (owner === undefined || device === undefined) return { kind: 'unresolved' };
  if (!isBridge(wire) || machine.name.startsWith('node/') || owner.startsWith('node/')) {
    return arriving(owner, device);
  }
  const node = nodeOfWire(wire) ?? '';
  const bridge = fabric.machine(node);
  const port = bridge?.devices.find((d) => d.wire === wire)?.name ?? '';
  const seen = bridge !== undefined && filtersBridge(bridge, packet.family);
  return { kind: 'machine', machine: node, device: port, bridged: !seen };
}

/** Who is at the other end of a pod's own cable: it takes everything, whatever address was asked for. */
function cableTo(fabric: Fabric, machine: Machine, wire: string): Next | undefined {
  if (!wire.startsWith('veth/')) return undefined;
  const [, node = '', ...pod] = wire.split('/');
  const other = machine.name === `node/${node}` ? `pod/${pod.join('/')}` : `node/${node}`;
  const device = fabric.machine(other)?.devices.find((d) => d.wire === wire)?.name;
  return device === undefined ? { kind: 'unresolved' } : arriving(other, device);
}

function arriving(machine: string, device: string): Next {
  return { kind: 'machine', machine, device, bridged: false };
}

/** The machine that has the address on its LAN device, or was the last to announce it there. */
function onLan(fabric: Fabric, value: Addr): string | undefined {
  const claimant = fabric.claims.of(value);
  if (claimant !== undefined) return claimant;
  const owner = fabric.ownerOf(value);
  const devices = owner === undefined ? undefined : fabric.machine(owner)?.devices;
  const device = devices?.find((d) => d.addresses.some((a) => a.addr === value));
  return device?.wire === LAN ? owner : undefined;
}

/** Beyond the default route: nodes and hosts, and what a load balancer or an on-link speaker announces. An address
 * that nobody owns is lost on the internet; on the LAN itself no neighbour answers for it. */
function outside(journey: Journey, machine: Machine, packet: Packet, onLink: boolean): Next {
  const { fabric, choices, balanced } = journey;
  const owner = onLan(fabric, packet.dst);
  // It once had the address, and asks for it in vain like everybody else.
  if (owner === machine.name) return { kind: 'unresolved' };
  if (owner !== undefined) return arriving(owner, UPLINK);
  const pod = fabric.network.between.kind === 'lan' ? fabric.podRoute(packet.dst) : undefined;
  if (pod !== undefined) return arriving(pod.node, UPLINK);
  const announced = fabric.announced.get(packet.dst);
  if (announced === undefined) return onLink ? { kind: 'unresolved' } : { kind: 'nobody' };
  const { nodes, ports } = announced;
  const open = ports?.some((p) => p.proto === packet.proto && p.port === packet.dport) ?? true;
  if (!open) return { kind: 'nobody' };
  const flow = flowKey(packet);
  let node = balanced.get(flow);
  if (node === undefined) {
    if (nodes.length === 0) return { kind: 'nobody' };
    const draw = () => choices.pick(`lb/${packet.dst}`, Array(nodes.length).fill(1));
    node = fabric.announced.nodeFor(packet, announced, draw);
    balanced.set(flow, node);
    const why = choiceText(packet, announced);
    note(journey, `node/${node}`, 'balance', why, 'lb', announced.origin);
  }
  return arriving(`node/${node}`, UPLINK);
}

function stopped(
  journey: Journey,
  machine: Machine,
  packet: Packet,
  passed: Exclude<Passed, { kind: 'local' | 'out' }>,
  local: boolean,
): Fate {
  const here = { kind: 'error', at: machine.name, local, packet, afterMs: 0 } as const;
  switch (passed.kind) {
    case 'dropped':
      if (passed.reason === 'blackhole') return lost(journey, 'blackhole', machine.name, packet);
      if (passed.reason !== 'rule') return lost(journey, 'martian', machine.name, packet);
      return lost(journey, droppedBy(journey.trace), machine.name, packet);
    case 'rejected': {
      const code: ErrorCode = passed.with;
      const source = passed.hook === 'INPUT' ? packet.dst : sourceOf(journey, machine, packet.src);
      return { ...here, code, source };
    }
    case 'unroutable':
      note(journey, machine.name, 'unreachable', `no route to ${describe(journey, packet)}`);
      return { ...here, code: 'net-unreachable', source: sourceOf(journey, machine, packet.src) };
  }
}

function unresolved(journey: Journey, machine: Machine, packet: Packet, local: boolean): Fate {
  const source = sourceOf(journey, machine, packet.src);
  const here = { at: machine.name, local, packet, source };
  return { kind: 'error', code: 'host-unreachable', afterMs: neighbourFailsMs, ...here };
}

function droppedBy(trace: Trace): 'rule' | 'policy' {
  const last = trace.steps().findLast((step) => step.kind !== 'note');
  if (last === undefined) return 'rule';
  const owner = last.kind === 'nft' ? last.chain.table : last.chain.owner;
  return owner === POLICY_OWNER ? 'policy' : 'rule';
}

function lost(
  journey: Journey,
  why: Extract<Fate, { kind: 'lost' }>['why'],
  at: string,
  packet: Packet,
): Fate {
  if (why !== 'rule' && why !== 'policy') {
    note(journey, at, 'lost', `${lostBecause[why]}: ${describe(journey, packet)}`);
  }
  return { kind: 'lost', why, at, packet };
}

const lostBecause = {
  martian: 'the kernel takes no such packet from this side',
  blackhole: 'the route to it is a blackhole',
  nobody: 'nobody owns the destination',
  down: 'the machine is down',
  wire: 'lost on the wire',
  cut: 'the link is cut',
} as const;

/** The address of a machine that somebody there sees it by. */
function sourceOf(journey: Journey, machine: Machine, toward: Addr): Addr | undefined {
  if (isLocal(machine, toward)) return toward;
  const hop = routeOf(journey.fabric, machine, toward);
  if (hop === undefined || hop.nowhere) return undefined;
  return addressToward(machine, hop.device, hop.nextHop ?? toward);
}

function machineOf(journey: Journey, name: string): Machine {
  const machine = journey.fabric.machine(name);
  if (machine === undefined) throw new Error(`there is no machine "${name}"`);
  return machine;
}

function passageOf(journey: Journey, machine: Machine, packet: Packet): Passage {
  const { fabric, choices, trace, nowMs, noted } = journey;
  return {
    machine,
    netfilter: fabric.netfilter(machine.name, packet.family),
    host: {
      isLocal: (value, device) =>
        device === undefined ? isLocal(machine, value) : holds(machine, device, value),
      masqueradeSource: (device, nextHop) => addressToward(machine, device, nextHop),
    },
    route: (to) => {
      const hop = routeOf(fabric, machine, to);
      if (noted && hop !== undefined && !hop.nowhere)
        note(journey, machine.name, 'out', hop.device);
      return hop;
    },
    choices,
    trace,
    nowMs,
    atOnce: journey.atOnce === true,
  };
}

function note(
  journey: Journey,
  at: string,
  effect: NoteEffect,
  detail: string,
  stage: 'machine' | 'route' | 'lb' = 'route',
  origin = 0,
): void {
  if (journey.noted) journey.trace.note({ at, stage, effect, detail, origin });
}

function describe(journey: Journey, packet: Packet): string {
  if (!journey.noted) return '';
  const { src, sport, dst, dport } = packet;
  return `${formatEndpoint(src, sport)} > ${formatEndpoint(dst, dport)}`;
}
