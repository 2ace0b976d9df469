// What IPVS does to a packet: a client's packet to a virtual service goes to the destination that its connection has or
// that the scheduler picks, a destination's answer gets the virtual address back, and so do the errors about it. It
// rewrites the packet and says what becomes of it; hooks, conntrack and routing are the kernel's (kernel.ts). Not
// modelled: FTP, one-packet scheduling, connection synchronisation. Models ip_vs_core.c.
import { type Packet, RST, TCP, type Tuple, UDP } from '../../net/packet.ts';
import type { Choices } from '../../sim/choices.ts';
import { hashOf } from '../flow-table.ts';
import { network } from '../ipset/match.ts';
import { tupleOf } from '../tuple.ts';
import type { Connection, Template } from './connections.ts';
import { isActive, isOpening, nextState, timeoutMs } from './protocol.table.ts';
import type { Server } from './scheduler.ts';
import { type Entry, type IpvsTable, serviceKey } from './table.ts';

export interface Moment {
  readonly choices: Choices;
  readonly nowMs: number;
  /** The packet's conntrack entry was there before this packet (nf_ct_is_confirmed). */
  readonly hasOldFlow: boolean;
}

export type Inward =
  /** Not IPVS's: the packet goes on. */
  | { readonly kind: 'pass' }
  | { readonly kind: 'drop' }
  /** No destination takes it: port unreachable. */
  | { readonly kind: 'refuse'; readonly entry: Entry }
  /** Redirected: the packet has its new destination. */
  | { readonly kind: 'sent'; readonly connection: Connection; readonly how: How };

/** Where the destination came from: the scheduler, a template, or the connection that was there. */
export type How = 'scheduled' | 'persistent' | 'known';

const pass: Inward = { kind: 'pass' };
const drop: Inward = { kind: 'drop' };

/** A packet to this machine or from it that is no answer of a destination. */
export function inward(ipvs: IpvsTable, packet: Packet, moment: Moment): Inward {
  if (packet.icmp !== null) return pass;
  ipvs.settle(moment.nowMs);
  const tuple = tupleOf(packet);
  const hash = hashOf(tuple);
  let known = ipvs.connectionTable.find(tuple, hash);
  if (known !== undefined && isOpening(packet) && isRescheduled(ipvs, known)) {
    ipvs.end(known);
    known = undefined;
  }
  if (known !== undefined && ipvs.serverOf(known) === undefined) {
    if (!ipvs.sysctls.expireNodestConn) return drop;
    ipvs.end(known);
    // With its old conntrack entry a packet is dropped first. TCP sends it again: we look at that one.
    if (known.tracked && moment.hasOldFlow && packet.proto === UDP) return drop;
    known = undefined;
  }
  if (known !== undefined) return sent(ipvs, known, packet, 'known', moment.nowMs);
  const entry = ipvs.entry(
    serviceKey({ proto: packet.proto, addr: packet.dst, port: packet.dport }),
  );
  if (entry === undefined) return pass;
  if (packet.proto !== UDP && !isOpening(packet) && !isSloppy(ipvs, packet)) return pass;
  return begin(ipvs, entry, packet, tuple, hash, moment);
}

function isSloppy(ipvs: IpvsTable, packet: Packet): boolean {
  return packet.proto === TCP && ipvs.sysctls.sloppyTcp && (packet.flags & RST) === 0;
}

/** Whether a new SYN on a known connection ends it: its server has no weight, or it was over. */
function isRescheduled(ipvs: IpvsTable, { server, service, state, template }: Connection): boolean {
  const { expireNodestConn, connReuseMode } = ipvs.sysctls;
  if (expireNodestConn && ipvs.serverOf({ server, service })?.weight === 0) return true;
  if (connReuseMode === 0 || template !== null) return false;
  return state === 'TIME_WAIT' || state === 'CLOSE' || state === 'CLOSED';
}

function begin(
  ipvs: IpvsTable,
  entry: Entry,
  packet: Packet,
  tuple: Tuple,
  hash: number,
  moment: Moment,
): Inward {
  const { nowMs } = moment;
  const { persistence } = entry.service;
  let template: Template | null = null;
  let how: How = 'scheduled';
  let server: Server | null = null;
  if (persistence !== null) {
    const found = templateOf(ipvs, entry, packet);
    template = found?.template ?? null;
    server = found?.server ?? null;
    if (server !== null) how = 'persistent';
  }
  server ??= ipvs.schedule(entry, packet, moment.choices, nowMs);
  if (server === null) return { kind: 'refuse', entry };
  if (persistence !== null) {
    template ??= newTemplate(ipvs, entry, packet, server, nowMs);
    const expiresMs = nowMs + template.timeoutMs;
    const { controls } = template;
    ipvs.connectionTable.put({ ...template, controls: controls + 1, expiresMs }, false);
  }
  const reply = {
    proto: packet.proto,
    src: server.addr,
    sport: server.port,
    dst: packet.src,
    dport: packet.sport,
  };
  const connection = ipvs.connectionTable.put<Connection>(
    {
      kind: 'connection',
      id: ipvs.nextId(),
      service: entry.key,
      server: server.key,
      original: tuple,
      originalHash: hash,
      reply,
      replyHash: hashOf(reply),
      state: 'NONE',
      active: false,
      tracked: ipvs.sysctls.conntrack,
      template: template?.id ?? null,
      timeoutMs: newTimeoutMs,
      expiresMs: nowMs + newTimeoutMs,
      dueMs: 0,
    },
    true,
  );
  ipvs.count(server.key, { inactive: 1 });
  ipvs.addStats(entry.key, server.key, { conns: 1 });
  return sent(ipvs, connection, packet, how, nowMs);
}

/** ip_vs_conn_new: 3 seconds, until the first packet has set a state. */
const newTimeoutMs = 3000;

function templateKey(entry: Entry, packet: Packet): string {
  const bits = entry.service.persistence?.bits ?? 0;
  return `${entry.key} ${network(packet.src, bits)}`;
}

/** The template of the packet's client while its destination may be used; another one is set aside. */
function templateOf(
  ipvs: IpvsTable,
  entry: Entry,
  packet: Packet,
): { readonly template: Template; readonly server: Server } | null {
  const template = ipvs.connectionTable.findTemplate(templateKey(entry, packet));
  if (template === undefined) return null;
  const server = ipvs.serverOf(template);
  const isQuiet = ipvs.sysctls.expireQuiescentTemplate && server?.weight === 0;
  if (server !== undefined && !isQuiet) return { template, server };
  ipvs.setAside(template);
  return null;
}

function newTemplate(
  ipvs: IpvsTable,
  entry: Entry,
  packet: Packet,
  server: Server,
  nowMs: number,
): Template {
  const { proto, addr, port, persistence } = entry.service;
  const lastsMs = (persistence?.timeoutSeconds ?? 0) * 1000;
  ipvs.count(server.key, { persistent: 1 });
  return ipvs.connectionTable.put<Template>(
    {
      kind: 'template',
      id: ipvs.nextId(),
      key: templateKey(entry, packet),
      service: entry.key,
      server: server.key,
      proto,
      client: network(packet.src, persistence?.bits ?? 0),
      vaddr: addr,
      vport: port,
      daddr: server.addr,
      dport: server.port,
      controls: 0,
      assured: false,
      timeoutMs: lastsMs,
      expiresMs: nowMs + lastsMs,
      dueMs: 0,
    },
    true,
  );
}

function sent(
  ipvs: IpvsTable,
  connection: Connection,
  packet: Packet,
  how: How,
  nowMs: number,
): Inward {
  const stats = { inPkts: 1, inBytes: bytesOf(packet) };
  const current = advance(ipvs, connection, packet, 'in', nowMs);
  ipvs.addStats(connection.service, connection.server, stats);
  packet.dst = connection.reply.src;
  packet.dport = connection.reply.sport;
  return { kind: 'sent', connection: current, how };
}

/** A packet that may be a destination's answer, or an error about a redirected packet: rewritten when it is one. */
export function outward(ipvs: IpvsTable, packet: Packet, nowMs: number): Connection | null {
  ipvs.settle(nowMs);
  if (typeof packet.icmp === 'object' && packet.icmp !== null) {
    const { about, code } = packet.icmp;
    const { proto, src, sport, dst, dport } = about;
    const answer = { proto, src: dst, sport: dport, dst: src, dport: sport };
    const connection = ipvs.connectionTable.findReply(answer, hashOf(answer));
    if (connection === undefined) return null;
    const { original } = connection;
    packet.src = original.dst;
    packet.icmp = { code, about: { ...about, dst: original.dst, dport: original.dport } };
    return connection;
  }
  if (packet.icmp !== null) return null;
  const tuple = tupleOf(packet);
  const connection = ipvs.connectionTable.findReply(tuple, hashOf(tuple));
  if (connection === undefined) return null;
  ipvs.addStats(connection.service, connection.server, { outPkts: 1, outBytes: bytesOf(packet) });
  packet.src = connection.original.dst;
  packet.sport = connection.original.dport;
  return advance(ipvs, connection, packet, 'out', nowMs);
}

/** The connection after a packet: its state, its timer, what its destination counts, its template's assurance. */
function advance(
  ipvs: IpvsTable,
  before: Connection,
  packet: Packet,
  way: 'in' | 'out',
  nowMs: number,
): Connection {
  const { proto } = packet;
  const state = nextState(before.state, way, packet);
  const active = isActive(proto, state);
  const lastsMs = timeoutMs(proto, state, ipvs.timeouts);
  if (active !== before.active) {
    const by = active ? 1 : -1;
    ipvs.count(before.server, { active: by, inactive: -by });
  }
  const assures = proto === UDP ? way === 'out' : state === 'ESTABLISHED';
  const template = ipvs.connectionTable.template(before.template ?? 0);
  if (assures && template !== undefined && !template.assured) {
    ipvs.connectionTable.put({ ...template, assured: true }, false);
  }
  const times = { timeoutMs: lastsMs, expiresMs: nowMs + lastsMs };
  return ipvs.connectionTable.put({ ...before, state, active, ...times }, false);
}

/** Bytes of the IP packet as Linux sends it: TCP with time stamps, its SYN with all its options. */
function bytesOf({ family, proto, flags, payload }: Packet): number {
  const ip = family === 4 ? 20 : 40;
  if (proto !== TCP) return ip + (proto === UDP ? 8 : 28) + payload.length;
  const isSyn = (flags & 2) !== 0;
  const isReset = (flags & 4) !== 0;
  return ip + (isSyn ? 40 : isReset ? 20 : 32) + payload.length;
}
