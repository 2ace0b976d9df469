// What one client's attempt remembers while its packets travel, the two ways a packet goes (there and back), and how
// the client's kernel reads what it hears. The order of the packets stands in dial.ts.
import type { Addr } from '../net/addr.ts';
import { familyOf, formatAddr, isLoopback } from '../net/addr.ts';
import {
  noPayload,
  type Packet,
  type Proto,
  protoName,
  SCTP,
  TCP,
  type Tuple,
  UDP,
} from '../net/packet.ts';
import { Trace } from '../netfilter/trace.ts';
import type { DialOutcome, DialRequest, DialResult, Endpoint as Point, Via } from '../node/dial.ts';
import { addressToward, isLocal } from '../node/machine.ts';
import type { PassedOn } from '../node/program.ts';
import type { Socket } from '../node/socket.ts';
import { findSocket, sharers } from '../node/socket.ts';
import type { Upstream } from '../node/upstream.ts';
import { carry, type Fate, type Journey, report } from './carry.ts';
import type { Fabric } from './fabric.ts';
import type { Moment } from './moment.ts';
import { routeOf } from './route.ts';

export interface Attempt {
  readonly fabric: Fabric;
  readonly request: DialRequest;
  readonly moment: Moment;
  /** The machine the client runs on: its node's for a host-network pod. */
  readonly machine: string;
  readonly client: Point;
  /** Read by people: the first packet there and the first one back. */
  readonly loud: Journey;
  /** All other packets. */
  readonly quiet: Journey;
  elapsedMs: number;
  phase: 'connect' | 'reply';
  destination: Point | null;
  source: Point | null;
  backend: string | null;
  replyFrom: Point | null;
  replyAt: number | null;
  /** The program closed the connection with data unread. */
  closed: boolean;
  /** The program passed it on: `source` and `backend` are those of the last leg. */
  passedOn: PassedOn | null;
  /** What the program asked of others. */
  upstream: Upstream | null;
  /** Messages that follow the reply: no packets of their own are walked for them. */
  more: readonly Uint8Array[];
}

/** Where the first packet arrived, and at which socket. */
export interface Meeting {
  readonly machine: string;
  readonly socket: Socket | undefined;
  readonly server: Point;
  readonly peer: Point;
}

/** What came of one packet, as its sender's attempt goes on. */
export type Heard =
  | { readonly kind: 'arrived'; readonly packet: Packet; readonly at: string }
  | { readonly kind: 'over'; readonly outcome: DialOutcome; readonly via: Via }
  /** Nothing is heard of it; `again`: it was lost on the wire, so a further try may get through. */
  | { readonly kind: 'silence'; readonly via: Via; readonly again: boolean };

/** The start of an attempt, or its end when the client's machine has no way there. */
export function begin(fabric: Fabric, request: DialRequest, moment: Moment): Attempt {
  const name = fabric.machineOf(request.from);
  const machine = fabric.machine(name);
  if (machine === undefined) throw new Error(`there is no machine "${request.from}"`);
  const { to } = request;
  const hop = isLocal(machine, to) ? undefined : routeOf(fabric, machine, to);
  const isOpen = hop !== undefined && hop.nowhere !== true;
  let source = isOpen ? addressToward(machine, hop.device, hop.nextHop ?? to) : undefined;
  if (isLoopback(to)) source = familyOf(to) === 4 ? 0x7f000001 : 1n;
  else if (isLocal(machine, to)) source = to;
  const journey = {
    fabric,
    choices: moment.choices,
    nowMs: moment.nowMs,
    balanced: new Map<string, string>(),
    atOnce: moment.atOnce === true,
  };
  return {
    fabric,
    request,
    moment,
    machine: name,
    client: {
      addr: source ?? (familyOf(to) === 4 ? 0 : 0n),
      port: request.sourcePort ?? fabric.takePort(name),
    },
    loud: { ...journey, trace: new Trace(), noted: true },
    quiet: { ...journey, trace: new Trace(), noted: false },
    elapsedMs: 0,
    phase: 'connect',
    destination: null,
    source: null,
    backend: null,
    replyFrom: null,
    replyAt: null,
    closed: false,
    passedOn: null,
    upstream: null,
    more: [],
  };
}

/** Whether the client found a source address to send from. */
export function hasWay(attempt: Attempt): boolean {
  const { addr } = attempt.client;
  return addr !== 0 && addr !== 0n;
}

/** One packet from the client, and any error that comes back. */
export function there(
  attempt: Attempt,
  flags: number,
  payload: Uint8Array,
  journey: Journey,
): Heard {
  const { request, client } = attempt;
  const packet = build(request.proto, client, point(request.to, request.port), flags, payload);
  const fate = carry(journey, attempt.machine, packet);
  if (fate.at !== attempt.machine || fate.kind === 'arrived') {
    attempt.destination = point(fate.packet.dst, fate.packet.dport);
  }
  switch (fate.kind) {
    case 'arrived':
      if (attempt.passedOn === null) attempt.source = point(fate.packet.src, fate.packet.sport);
      return fate;
    case 'lost':
      return silence(fate);
    case 'error': {
      attempt.elapsedMs += fate.afterMs;
      return errorGetsBack(attempt, fate, journey)
        ? readError(attempt, fate)
        : { kind: 'silence', via: 'noreply', again: false };
    }
  }
}

/** One packet from the server; heard only if it answers exactly what the client sent. */
export function back(
  attempt: Attempt,
  meeting: Meeting,
  flags: number,
  payload: Uint8Array,
  journey: Journey,
): Heard {
  markReply(attempt, journey);
  const { proto } = attempt.request;
  const packet = build(proto, meeting.server, meeting.peer, flags, payload);
  const fate = carry(journey, meeting.machine, packet);
  if (fate.kind === 'lost') return { ...silence(fate), via: 'noreply' };
  if (fate.kind === 'error') return { kind: 'silence', via: 'noreply', again: false };
  if (fate.at !== attempt.machine) return { kind: 'silence', via: 'noreply', again: false };
  const heard = fate.packet;
  if (heard.proto !== proto) return { kind: 'silence', via: 'noreply', again: false };
  attempt.replyFrom = point(heard.src, heard.sport);
  const { client, request } = attempt;
  const fits =
    heard.src === request.to &&
    heard.sport === request.port &&
    heard.dst === client.addr &&
    heard.dport === client.port;
  return fits ? fate : { kind: 'silence', via: 'noreply', again: false };
}

/** The kernel's own refusal at a closed port: RST, ABORT, or ICMP port unreachable. */
export function refuse(attempt: Attempt, meeting: Meeting, flags: number, arrived: Packet): Heard {
  const { proto } = attempt.request;
  const lost: Heard = { kind: 'silence', via: 'nolistener', again: false };
  if (proto !== UDP) {
    const heard = back(attempt, meeting, flags, noPayload, attempt.loud);
    return heard.kind === 'arrived' ? { kind: 'over', outcome: 'refused', via: 'rst' } : lost;
  }
  markReply(attempt, attempt.loud);
  const error: Extract<Fate, { kind: 'error' }> = {
    kind: 'error',
    code: 'port-unreachable',
    at: meeting.machine,
    local: false,
    source: arrived.dst,
    afterMs: 0,
    packet: arrived,
  };
  return errorGetsBack(attempt, error, attempt.loud) ? readError(attempt, error) : lost;
}

/** The socket that takes what has arrived. */
export function meet(attempt: Attempt, at: string, packet: Packet): Meeting {
  const { fabric, request, loud } = attempt;
  const sockets = fabric.sockets(at);
  const found = findSocket(sockets, request.proto, packet.dst, packet.dport);
  const equal = found === undefined ? [] : sharers(sockets, found);
  if (equal.length < 2) return meetAt(attempt, at, packet, found);
  const weights = new Array<number>(equal.length).fill(1);
  const drawn = loud.choices.pick(`reuseport/${at}:${packet.dport}`, weights);
  return meetAt(attempt, at, packet, equal[drawn]);
}

/** Notes that what has arrived is taken by this socket, or by none. */
export function meetAt(
  attempt: Attempt,
  at: string,
  packet: Packet,
  socket: Socket | undefined,
): Meeting {
  const { fabric, request, loud } = attempt;
  loud.trace.note({
    at: socket?.owner ?? at,
    stage: 'socket',
    effect: socket === undefined ? 'closed' : 'deliver',
    detail:
      socket === undefined
        ? `nobody listens on port ${packet.dport}${openPorts(fabric.sockets(at), request.proto)}`
        : listening(socket),
  });
  if (socket !== undefined) attempt.backend = socket.owner;
  return {
    machine: at,
    socket,
    server: point(packet.dst, packet.dport),
    peer: point(packet.src, packet.sport),
  };
}

/** "listening on *:5432 (container pg)", "listening on *:49136 (kube-proxy for demo/web)". */
function listening({ addr, port, data, assumed }: Socket): string {
  const { container, about: known } = (data ?? {}) as {
    readonly container?: string;
    readonly about?: string;
  };
  const about = [
    ...(container === undefined ? [] : [`container ${container}`]),
    ...(known === undefined ? [] : [known]),
    ...(assumed ? ['an assumed listener'] : []),
  ];
  const where = `${addr === null ? '*' : formatAddr(addr)}:${port}`;
  return `listening on ${where}${about.length === 0 ? '' : ` (${about.join(', ')})`}`;
}

/** What is open instead: "; the machine listens on 80, 443"; where that is nothing of this protocol, "80/TCP". */
function openPorts(sockets: readonly Socket[], proto: Proto): string {
  const own = sockets.filter((socket) => socket.proto === proto);
  const open = own.length > 0 ? own : sockets;
  const texts = [...open]
    .sort((a, b) => a.port - b.port || a.proto - b.proto)
    .map(({ port, proto: of }) =>
      of === proto ? `${port}` : `${port}/${protoName(of).toUpperCase()}`,
    );
  return open.length === 0 ? '' : `; the machine listens on ${[...new Set(texts)].join(', ')}`;
}

export function finish(
  attempt: Attempt,
  outcome: DialOutcome,
  via: Via | null,
  reply: Uint8Array | null,
): DialResult {
  const { request, phase, client, destination, source, replyFrom, backend, replyAt } = attempt;
  const { timeoutMs } = request;
  const late = outcome === 'timeout' || attempt.elapsedMs > timeoutMs;
  const result: DialResult = {
    phase,
    outcome: late ? 'timeout' : outcome,
    via: late ? (via ?? 'noreply') : via,
    client,
    dialled: point(request.to, request.port),
    destination,
    source,
    replyFrom,
    backend,
    reply: late ? null : reply,
    elapsedMs: late ? timeoutMs : attempt.elapsedMs,
    trace: attempt.loud.trace,
    replyAt,
  };
  const { upstream, more } = attempt;
  return {
    ...result,
    ...(upstream === null ? {} : { upstream }),
    ...(more.length === 0 || result.reply === null ? {} : { more }),
  };
}

/** Repeats `once` while its packet is lost on the wire, after `rtoMs` and then twice as long each time. */
export function repeat<T extends { readonly kind: string }>(
  attempt: Attempt,
  rtoMs: number,
  once: () => T | Heard,
): T | Heard {
  for (let wait = rtoMs; ; wait *= 2) {
    const heard = once();
    if (heard.kind !== 'silence' || !(heard as { again: boolean }).again) return heard;
    attempt.elapsedMs += wait;
    if (attempt.elapsedMs >= attempt.request.timeoutMs) return heard;
  }
}

function markReply(attempt: Attempt, journey: Journey): void {
  if (journey.noted) attempt.replyAt ??= journey.trace.steps().length;
}

function errorGetsBack(
  attempt: Attempt,
  error: Extract<Fate, { kind: 'error' }>,
  journey: Journey,
): boolean {
  if (error.local) {
    report(journey, error);
    return true;
  }
  markReply(attempt, journey);
  const fate = report(journey, error);
  if (fate?.kind !== 'arrived' || fate.at !== attempt.machine) return false;
  const { icmp } = fate.packet;
  if (icmp === null) {
    const { src, sport, dst, dport, proto } = fate.packet;
    return isAbout(attempt, { proto, src: dst, sport: dport, dst: src, dport: sport });
  }
  return typeof icmp === 'object' && isAbout(attempt, icmp.about);
}

function isAbout({ client, request }: Attempt, about: Tuple): boolean {
  const fromHere = about.src === client.addr && about.sport === client.port;
  return fromHere && about.dst === request.to && about.dport === request.port;
}

/** icmp_err_convert and what each protocol makes of it: UDP ignores what is not fatal, SCTP all of it. */
function readError(attempt: Attempt, error: Extract<Fate, { kind: 'error' }>): Heard {
  const { proto } = attempt.request;
  if (error.code === 'tcp-reset') return { kind: 'over', outcome: 'refused', via: 'rst' };
  const noWay = error.local && error.code === 'net-unreachable';
  if (noWay) return { kind: 'over', outcome: 'unreachable', via: 'noroute' };
  const silent: Heard = { kind: 'silence', via: 'icmp', again: false };
  if (proto === SCTP) return silent;
  if (error.code === 'port-unreachable') return { kind: 'over', outcome: 'refused', via: 'icmp' };
  if (proto !== TCP) return silent;
  return { kind: 'over', outcome: 'unreachable', via: error.local ? 'noroute' : 'icmp' };
}

function silence(lost: Extract<Fate, { kind: 'lost' }>): Extract<Heard, { kind: 'silence' }> {
  const again = lost.why === 'wire';
  switch (lost.why) {
    case 'rule':
    case 'martian':
      return { kind: 'silence', via: 'drop', again };
    case 'policy':
      return { kind: 'silence', via: 'policy', again };
    case 'blackhole':
    case 'nobody':
    case 'down':
    case 'wire':
    case 'cut':
      return { kind: 'silence', via: 'noreply', again };
  }
}

function build(
  proto: Packet['proto'],
  from: Point,
  to: Point,
  flags: number,
  payload: Uint8Array,
): Packet {
  return {
    family: familyOf(to.addr),
    proto,
    src: from.addr,
    sport: from.port,
    dst: to.addr,
    dport: to.port,
    mark: 0,
    flags,
    icmp: null,
    payload,
  };
}

function point(addr: Addr, port: number): Point {
  return { addr, port };
}
