// One packet's way through one machine: PREROUTING, routing, INPUT or FORWARD, POSTROUTING for what comes in by a
// device; routing, OUTPUT, routing again, POSTROUTING for what a local process sends (the order of Linux's
// ip_input.c, ip_forward.c and ip_output.c). Verdicts come from the machine's netfilter alone; this file carries no
// packet to another machine and makes no answer.
import { type Addr, type Family, isLoopback } from '../net/addr.ts';
import type { Packet } from '../net/packet.ts';
import type { HookContext, HostView, Netfilter, Verdict } from '../netfilter/netfilter.ts';
import type { Hook } from '../netfilter/rule.ts';
import type { Trace } from '../netfilter/trace.ts';
import type { Choices } from '../sim/choices.ts';
import {
  deviceOf,
  filtersBridge,
  isLocal,
  LOOPBACK,
  type Machine,
  routesLocalnet,
} from './machine.ts';

/** Where routing sends a packet. */
export interface Hop {
  readonly device: string;
  /** Null: the outside world's router. */
  readonly nextHop: Addr | null;
  /** It is swallowed: a blackhole route. */
  readonly nowhere?: true;
}

/** What a passage needs from the machine and from the moment. */
export interface Passage {
  readonly machine: Machine;
  /** Absent: no rule was ever loaded, so conntrack does not run either. */
  readonly netfilter: Netfilter | undefined;
  readonly host: HostView;
  /** The route of a destination that is not local; undefined: none. */
  readonly route: (to: Addr) => Hop | undefined;
  readonly choices: Choices;
  readonly trace: Trace;
  readonly nowMs: number;
  /** See HookContext. */
  readonly atOnce: boolean;
}

export type Passed =
  /** It reached the machine's own sockets. */
  | { readonly kind: 'local' }
  /** It leaves by this device. */
  | { readonly kind: 'out'; readonly hop: Hop }
  | {
      readonly kind: 'rejected';
      readonly hook: Hook;
      readonly with: Extract<Verdict, { kind: 'reject' }>['with'];
    }
  | {
      readonly kind: 'dropped';
      readonly hook: Hook;
      readonly reason: 'rule' | 'martian' | 'no-forwarding' | 'blackhole';
    }
  | { readonly kind: 'unroutable'; readonly hook: Hook };

/** A packet that a local process (or the kernel itself) sends. The source address is already chosen. */
export function output(passage: Passage, packet: Packet): Passed {
  let hop = routeOf(passage, packet.dst);
  if (hop === undefined) return { kind: 'unroutable', hook: 'OUTPUT' };
  if (hop.nowhere) return drop(passage, packet, 'OUTPUT', 'blackhole');
  const dst = packet.dst;
  const stopped = run(passage, 'OUTPUT', packet, null, hop);
  if (stopped !== null) return stopped;
  if (packet.dst !== dst) {
    hop = routeOf(passage, packet.dst);
    if (hop === undefined) return { kind: 'unroutable', hook: 'OUTPUT' };
    if (hop.nowhere) return drop(passage, packet, 'OUTPUT', 'blackhole');
    const martian = isLoopback(packet.src) && hop.device !== LOOPBACK;
    if (martian && !routesLocalnet(passage.machine, hop.device)) {
      return drop(passage, packet, 'OUTPUT', 'martian');
    }
  }
  const left = run(passage, 'POSTROUTING', packet, null, hop);
  if (left !== null) return left;
  return hop.device === LOOPBACK ? receive(passage, packet, LOOPBACK) : { kind: 'out', hop };
}

/** A packet that comes in by a device. */
export function receive(passage: Passage, packet: Packet, device: string): Passed {
  const early = run(passage, 'PREROUTING', packet, device, null);
  if (early !== null) return early;
  if (device !== LOOPBACK && isMartian(passage.machine, packet, device)) {
    return drop(passage, packet, 'PREROUTING', 'martian');
  }
  if (isLocal(passage.machine, packet.dst)) {
    return run(passage, 'INPUT', packet, device, null) ?? { kind: 'local' };
  }
  if (!passage.machine.sysctls.forward) {
    return drop(passage, packet, 'FORWARD', 'no-forwarding');
  }
  const hop = passage.route(packet.dst);
  if (hop === undefined) return { kind: 'unroutable', hook: 'FORWARD' };
  if (hop.nowhere) return drop(passage, packet, 'FORWARD', 'blackhole');
  const stopped =
    run(passage, 'FORWARD', packet, device, hop) ??
    run(passage, 'POSTROUTING', packet, device, hop);
  return stopped ?? { kind: 'out', hop };
}

/** IPv4: an own source, and without route_localnet a loopback destination (ip_route_input_slow, fib_validate_source).
 * IPv6: loopback addresses alone (ip6_rcv_core). */
function isMartian(machine: Machine, { family, src, dst }: Packet, device: string): boolean {
  if (family === 6) return isLoopback(src) || isLoopback(dst);
  return isLocal(machine, src) || (isLoopback(dst) && !routesLocalnet(machine, device));
}

function routeOf(passage: Passage, to: Addr): Hop | undefined {
  return isLocal(passage.machine, to) ? { device: LOOPBACK, nextHop: to } : passage.route(to);
}

/** Runs one hook; null: go on. A packet that stops leaves no conntrack entry; about a rejected or unroutable one the
 * machine may report first, so whoever does so abandons it. */
function run(
  passage: Passage,
  hook: Hook,
  packet: Packet,
  inDevice: string | null,
  hop: Hop | null,
): Passed | null {
  const { netfilter } = passage;
  if (netfilter === undefined) return null;
  const { bridged, bridgePort } = bridging(passage.machine, packet.family, inDevice, hop);
  const context: HookContext = {
    host: passage.host,
    choices: passage.choices,
    trace: passage.trace,
    nowMs: passage.nowMs,
    atOnce: passage.atOnce,
    inDevice,
    outDevice: hop === null ? null : hop.device,
    nextHop: hop === null ? null : (hop.nextHop ?? packet.dst),
    bridged,
    bridgePort,
    machine: passage.machine.name,
  };
  const verdict = netfilter.hook(hook, packet, context);
  switch (verdict.kind) {
    case 'accept':
      return null;
    case 'drop':
      return drop(passage, packet, hook, 'rule');
    case 'reject':
      return { kind: 'rejected', hook, with: verdict.with };
    case 'resend':
      return resend(passage, packet);
  }
}

/** A packet that IPVS redirected to another machine: it leaves as if this machine had sent it (ip_vs_nat_send_or_cont). */
function resend(passage: Passage, packet: Packet): Passed {
  const hop = routeOf(passage, packet.dst);
  if (hop === undefined) return { kind: 'unroutable', hook: 'OUTPUT' };
  const stopped =
    run(passage, 'OUTPUT', packet, null, hop) ?? run(passage, 'POSTROUTING', packet, null, hop);
  return stopped ?? { kind: 'out', hop };
}

function drop(
  passage: Passage,
  packet: Packet,
  hook: Hook,
  reason: Extract<Passed, { kind: 'dropped' }>['reason'],
): Passed {
  passage.netfilter?.abandon(packet);
  return { kind: 'dropped', hook, reason };
}

/** br_netfilter: a frame that comes in by a port of the bridge, and one that also leaves by a port. */
function bridging(
  machine: Machine,
  family: Family,
  inDevice: string | null,
  hop: Hop | null,
): Required<Pick<HookContext, 'bridged' | 'bridgePort'>> {
  if (inDevice === null || !filtersBridge(machine, family)) return none;
  if (deviceOf(machine, inDevice)?.wire.startsWith('bridge/') !== true) return none;
  return hop?.device === inDevice ? through : inOnly;
}

const none = { bridged: false, bridgePort: false };
const inOnly = { bridged: false, bridgePort: true };
const through = { bridged: true, bridgePort: true };
