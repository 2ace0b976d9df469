// IPVS at a hook of the kernel: what it redirects, what that does to the packet's conntrack entry, and what the trace
// says of it. A redirected packet for another machine leaves its hook and goes out by OUTPUT once more. Models the hook
// functions of ip_vs_core.c, ip_vs_nat_xmit (ip_vs_xmit.c) and ip_vs_nfct.c.
import { formatEndpoint, isLoopback } from '../../net/addr.ts';
import type { Packet } from '../../net/packet.ts';
import type { Flight } from '../conntrack.ts';
import type { Flights } from '../flights.ts';
import { hashOf } from '../flow-table.ts';
import type { HookContext, Verdict } from '../netfilter.ts';
import type { NoteEffect, VirtualMet } from '../trace.ts';
import { accept, drop } from '../walk.ts';
import type { Connection } from './connections.ts';
import type { VirtualSide } from './match.ts';
import { type How, type Inward, inward, outward } from './packets.ts';
import type { IpvsTable } from './table.ts';

/** What the kernel keeps in the packet's buffer: it is IPVS's already, and which way it goes. */
export interface Redirected {
  /** The connection's virtual side, for a packet towards a destination; null: an answer. */
  readonly side: VirtualSide | null;
  /** False: conntrack must not look at it any more (ip_vs_notrack). */
  readonly tracked: boolean;
}

/** The packets in flight that IPVS has redirected. */
export type Redirections = WeakMap<Packet, Redirected>;

const refuse: Verdict = { kind: 'reject', with: 'port-unreachable' };
const resend: Verdict = { kind: 'resend' };

/** Looks at a packet on its way `way`. */
export function ipvsStep(
  ipvs: IpvsTable,
  redirections: Redirections,
  flights: Flights,
  way: 'in' | 'out',
  packet: Packet,
  context: HookContext,
): Verdict {
  if (redirections.has(packet)) return accept;
  const flight = flights.get(packet);
  if (way === 'out') {
    const connection = outward(ipvs, packet, context.nowMs);
    if (connection === null) return accept;
    note(context, 'snat', `answer of ${textOf(connection)}`);
    settle(redirections, flights, packet, connection, flight, null);
    return accept;
  }
  const { choices, nowMs } = context;
  const hasOldFlow = flight !== undefined && (flight.confirmed || flight.direction === 'reply');
  const result = inward(ipvs, packet, { choices, nowMs, hasOldFlow });
  return verdictOf(result, ipvs, redirections, flights, packet, context);
}

function verdictOf(
  result: Inward,
  ipvs: IpvsTable,
  redirections: Redirections,
  flights: Flights,
  packet: Packet,
  context: HookContext,
): Verdict {
  switch (result.kind) {
    case 'pass':
      return accept;
    case 'drop':
      note(context, 'lost', 'the destination of this connection is gone');
      return drop;
    case 'refuse': {
      const { service, servers } = result.entry;
      const { addr, port, scheduler } = service;
      const why = servers.length === 0 ? 'no destination' : 'no destination takes it';
      const virtual = { service, destination: null, scheduled: true };
      note(context, 'refused', `${formatEndpoint(addr, port)} ${scheduler}: ${why}`, virtual);
      return refuse;
    }
    case 'sent': {
      const { connection, how } = result;
      const service = ipvs.entry(connection.service)?.service;
      const destination = ipvs.serverOf(connection) ?? null;
      const virtual = service && { service, destination, scheduled: how !== 'known' };
      const detail = `${words[how](service?.scheduler ?? '')} ${textOf(connection)}`;
      note(context, 'dnat', detail, virtual);
      const { proto, dst: addr, dport: port } = connection.original;
      const side = { proto, addr, port };
      settle(redirections, flights, packet, connection, flights.get(packet), side);
      if (context.host.isLocal(packet.dst)) return accept;
      // A loopback address must not leave the machine.
      return isLoopback(packet.src) ? drop : resend;
    }
  }
}

const words: Readonly<Record<How, (scheduler: string) => string>> = {
  scheduled: (scheduler) => `scheduler ${scheduler}:`,
  persistent: (scheduler) => `scheduler ${scheduler}, persistent:`,
  known: () => 'connection of',
};

/** "10.96.0.1:80 -> 10.244.1.5:8080". */
function textOf({ original, reply }: Connection): string {
  const virtual = formatEndpoint(original.dst, original.dport);
  return `${virtual} -> ${formatEndpoint(reply.src, reply.sport)}`;
}

function note(
  { trace, machine }: HookContext,
  effect: NoteEffect,
  detail: string,
  virtual?: VirtualMet,
): void {
  const met = virtual === undefined ? {} : { virtual };
  trace.note({ at: machine ?? '', stage: 'ipvs', effect, detail, ...met });
}

/** What becomes of the packet's conntrack entry: a new one expects the destination's answers, or the packet has none. */
function settle(
  redirections: Redirections,
  flights: Flights,
  packet: Packet,
  connection: Connection,
  flight: Flight | undefined,
  side: VirtualSide | null,
): void {
  redirections.set(packet, { side, tracked: connection.tracked });
  if (!connection.tracked) {
    flights.delete(packet);
    return;
  }
  if (flight === undefined || flight.confirmed || flight.direction === 'reply') return;
  const { flow } = flight;
  const { reply, original } = connection;
  flow.reply =
    side === null
      ? { ...flow.reply, dst: original.dst, dport: original.dport }
      : { ...flow.reply, src: reply.src, sport: reply.sport };
  flow.replyHash = hashOf(flow.reply);
}
