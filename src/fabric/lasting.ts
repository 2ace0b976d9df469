// What happens on a connection that a client keeps: one message and its answer, its end by either side, and the end of
// the program that took it. Every packet walks every machine's rules, so a connection follows its conntrack entry, and
// whoever knows nothing of a segment answers it with RST. Retransmissions of what is lost on rules or machines that are
// off come to the same end each time, so they are not sent. Models tcp_input.c, tcp_timer.c and tcp_v4_err.
import { ACK, chunks, noPayload, type Packet, SCTP, TCP, UDP } from '../net/packet.ts';
import type { ConnectionOutcome, DialResult, Used } from '../node/dial.ts';
import type { Socket } from '../node/socket.ts';
import {
  type Attempt,
  back,
  begin,
  finish,
  type Heard,
  type Meeting,
  meetAt,
  refuse,
  repeat,
  there,
} from './attempt.ts';
import type { Connection } from './connections.ts';
import { datagram, serve } from './dial.ts';
import type { Fabric } from './fabric.ts';
import type { Moment } from './moment.ts';
import { farewell, transportOf } from './transport.ts';

/** How long data is sent again before a connection is given up (net.ipv4.tcp_retries2 of 15, RFC 6298 back-off). */
const givesUpMs = 924_600;

/** Sends one message over a kept connection and waits for the answer. */
export function use(
  fabric: Fabric,
  id: number,
  message: Uint8Array,
  timeoutMs: number,
  moment: Moment,
): Used {
  const connection = known(fabric, id);
  const attempt = attemptOn(fabric, connection, message, timeoutMs, moment);
  if (connection.proto === UDP) {
    const dial = datagram(attempt);
    return { outcome: dial.outcome, dial };
  }
  attempt.phase = 'reply';
  if (connection.heard !== 'nothing') {
    const outcome = connection.heard === 'fin' ? 'closed' : 'reset';
    return { outcome, dial: finish(attempt, 'refused', 'rst', null) };
  }
  const { data, abort, dataRtoMs } = transportOf(connection.proto);
  let reply: Uint8Array | null | undefined;
  const heard = repeat<Heard>(attempt, dataRtoMs, () => {
    const sent = there(attempt, data, message, attempt.loud);
    if (sent.kind !== 'arrived') return sent;
    const meeting = meetingOf(fabric, connection, sent.at, sent.packet);
    if (meeting === undefined) {
      const stranger = meetAt(attempt, sent.at, sent.packet, undefined);
      return refuse(attempt, stranger, abort, sent.packet);
    }
    meetAt(attempt, sent.at, sent.packet, meeting.socket);
    attempt.passedOn = connection.accepted?.passedOn ?? null;
    reply ??= serve(attempt, meeting);
    if (attempt.closed) return { kind: 'over', outcome: 'refused', via: 'rst' };
    if (reply === null) return { kind: 'silence', via: 'noreply', again: false };
    return back(attempt, meeting, data, reply, attempt.loud);
  });
  if (heard.kind === 'arrived') {
    if (connection.proto === TCP) there(attempt, ACK, noPayload, attempt.quiet);
    return { outcome: 'answered', dial: finish(attempt, 'answered', null, heard.packet.payload) };
  }
  return over(attempt, id, heard, timeoutMs);
}

/** An ICMP error kills no established connection: it only says why, when the kernel gives up. */
function over(
  attempt: Attempt,
  id: number,
  heard: Exclude<Heard, { kind: 'arrived' }>,
  waitMs: number,
): Used {
  if (heard.kind === 'over' && heard.via === 'rst') {
    attempt.fabric.connections.hears(id, 'rst');
    return { outcome: 'reset', dial: finish(attempt, 'refused', 'rst', null) };
  }
  const soft = heard.kind === 'over' || heard.via === 'icmp';
  const outcome: ConnectionOutcome = soft && waitMs >= givesUpMs ? 'unreachable' : 'timeout';
  const dial: DialResult = finish(attempt, outcome, heard.via, null);
  return { outcome, dial };
}

/** The client's SCTP looks whether the other end is there; false: it has nothing to look after any more. */
export function beat(fabric: Fabric, id: number, moment: Moment): boolean {
  const connection = fabric.connections.get(id);
  if (connection === undefined || connection.heard !== 'nothing') return false;
  const attempt = attemptOn(fabric, connection, noPayload, 0, moment);
  const sent = there(attempt, chunks.heartbeat, noPayload, attempt.quiet);
  if (sent.kind !== 'arrived') return true;
  const meeting = meetingOf(fabric, connection, sent.at, sent.packet);
  if (meeting !== undefined) {
    back(attempt, meeting, chunks.heartbeatAck, noPayload, attempt.quiet);
    return true;
  }
  const stranger = meetAt(attempt, sent.at, sent.packet, undefined);
  const heard = back(attempt, stranger, chunks.abort, noPayload, attempt.quiet);
  if (heard.kind === 'arrived') fabric.connections.hears(id, 'rst');
  return heard.kind !== 'arrived';
}

/** The client ends it: FIN both ways (SHUTDOWN), or RST (ABORT) at once. */
export function end(fabric: Fabric, id: number, how: 'close' | 'reset', moment: Moment): void {
  const connection = known(fabric, id);
  const attempt = attemptOn(fabric, connection, noPayload, 0, moment);
  // An association ends for both at once, so nothing is left to say of one that the server has ended.
  const isOver =
    connection.heard === 'rst' || (connection.proto === SCTP && connection.heard === 'fin');
  if (connection.proto !== UDP && !isOver) {
    const { refuse: giveUp, abort } = transportOf(connection.proto);
    const [first, answer, last] = farewell(connection.proto);
    const sent = there(attempt, how === 'close' ? first : giveUp, noPayload, attempt.quiet);
    if (sent.kind === 'arrived') {
      const meeting = meetingOf(fabric, connection, sent.at, sent.packet);
      fabric.connections.dropServer(id);
      if (how === 'close' && meeting !== undefined) {
        back(attempt, meeting, answer, noPayload, attempt.quiet);
        there(attempt, last, noPayload, attempt.quiet);
      } else if (how === 'close') {
        // The kernel of a server that has sent its FIN acknowledges the client's; any other knows of no connection.
        const stranger = meetAt(attempt, sent.at, sent.packet, undefined);
        back(attempt, stranger, connection.heard === 'fin' ? ACK : abort, noPayload, attempt.quiet);
      }
    }
  }
  fabric.connections.dropClient(id);
}

/** The program behind these sockets of a machine ends while its network still stands: the kernel sends FIN on all that
 * it had accepted, whether it was told to stop or was killed. */
export function endAccepted(
  fabric: Fabric,
  owner: string,
  which: (socket: Socket) => boolean,
  moment: Moment,
): void {
  for (const connection of fabric.connections.served()) {
    const { id, accepted, heard } = connection;
    if (accepted === null || accepted.socket.owner !== owner || !which(accepted.socket)) continue;
    fabric.connections.dropServer(id);
    // Nobody is left to hear of it.
    if (heard === 'left') continue;
    const attempt = attemptOn(fabric, connection, noPayload, 0, moment);
    const { machine, socket, local: server, peer } = accepted;
    const meeting = { machine, socket, server, peer };
    const [first, answer, last] = farewell(connection.proto);
    if (back(attempt, meeting, first, noPayload, attempt.quiet).kind !== 'arrived') continue;
    fabric.connections.hears(id, 'fin');
    if (connection.proto !== SCTP) there(attempt, ACK, noPayload, attempt.quiet);
    else {
      there(attempt, answer, noPayload, attempt.quiet);
      back(attempt, meeting, last, noPayload, attempt.quiet);
    }
  }
}

/** A client's program ends: its kernel closes what it had open. */
export function endOpened(fabric: Fabric, from: string, moment: Moment): void {
  for (const connection of fabric.connections.list()) {
    if (connection.from === from) end(fabric, connection.id, 'close', moment);
  }
}

function known(fabric: Fabric, id: number): Connection {
  const connection = fabric.connections.get(id);
  if (connection === undefined) throw new Error(`there is no open connection ${id}`);
  return connection;
}

function attemptOn(
  fabric: Fabric,
  { from, proto, dialled, client, balanced }: Connection,
  message: Uint8Array,
  timeoutMs: number,
  moment: Moment,
): Attempt {
  const { addr: to, port } = dialled;
  const request = { from, proto, to, port, sourcePort: client.port, message, timeoutMs };
  const attempt = { ...begin(fabric, request, moment), client };
  for (const [flow, node] of balanced) attempt.loud.balanced.set(flow, node);
  return attempt;
}

/** The server's end, if it is the one that takes the packet. */
function meetingOf(
  fabric: Fabric,
  { id, proto, accepted }: Connection,
  at: string,
  packet: Packet,
): Meeting | undefined {
  const server = { addr: packet.dst, port: packet.dport };
  const peer = { addr: packet.src, port: packet.sport };
  if (accepted === null || fabric.connections.takenBy(at, proto, server, peer) !== id) {
    return undefined;
  }
  return { machine: at, socket: accepted.socket, server, peer };
}
