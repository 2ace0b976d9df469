// One attempt of a client, packet by packet, and what comes of it. TCP: SYN, SYN-ACK, ACK, one message each way, FIN
// both ways. SCTP: INIT, INIT-ACK, COOKIE-ECHO, COOKIE-ACK, one message each way, SHUTDOWN, SHUTDOWN-ACK,
// SHUTDOWN-COMPLETE, from one address to one address. UDP: a datagram and its answer. Every packet walks every machine's rules. A connection that is kept goes on in lasting.ts. Not modelled:
// windows, retransmission other than on a lossy wire, and the RST by which a client answers a stray SYN-ACK.
import { formatEndpoint } from '../net/addr.ts';
import { ACK, chunks, noPayload, RST, SCTP, SYN, TCP, UDP } from '../net/packet.ts';
import { type NoteEffect, Trace } from '../netfilter/trace.ts';
import type { DialRequest, DialResult } from '../node/dial.ts';
import type { ExchangeResult, PassedOn, ProgramContext, RelayedTo } from '../node/program.ts';
import type { Socket } from '../node/socket.ts';
import {
  type Attempt,
  back,
  begin,
  finish,
  type Heard,
  hasWay,
  type Meeting,
  meet,
  refuse,
  repeat,
  there,
} from './attempt.ts';
import type { Accepted } from './connections.ts';
import type { Fabric } from './fabric.ts';
import type { Moment } from './moment.ts';
import { farewell, transportOf } from './transport.ts';

/** Programs that wait for each other's answers beyond this depth hear nothing: a proxy that proxies to itself. */
const depthMax = 12;

/** Connects, exchanges one message and closes; refusals and losses are values. */
export function dial(fabric: Fabric, request: DialRequest, moment: Moment): DialResult {
  const attempt = begin(fabric, request, moment);
  if (!hasWay(attempt)) {
    const detail = 'the client has no route or no address of that family';
    const note = { at: attempt.machine, stage: 'route', effect: 'unreachable', detail } as const;
    attempt.loud.trace.note(note);
    return finish(attempt, 'unreachable', 'noroute', null);
  }
  if (request.proto !== UDP) return connection(attempt);
  const result = datagram(attempt);
  return request.keep === true ? withKept(attempt, null, result) : result;
}

interface Met {
  readonly kind: 'met';
  readonly meeting: Meeting;
}

function connection(attempt: Attempt): DialResult {
  const { message, proto } = attempt.request;
  const { openRtoMs, dataRtoMs, data } = transportOf(proto);
  const open = repeat<Met>(attempt, openRtoMs, () => handshake(attempt));
  if (open.kind !== 'met') return end(attempt, open);
  const { meeting } = open;
  const agreed =
    proto === SCTP ? repeat<Met>(attempt, openRtoMs, () => cookie(attempt, meeting)) : open;
  if (agreed.kind !== 'met') return end(attempt, agreed);
  if (attempt.elapsedMs > attempt.request.timeoutMs) return finish(attempt, 'timeout', null, null);
  attempt.phase = 'reply';
  if (proto === TCP) there(attempt, ACK, noPayload, attempt.quiet);
  if (message.length === 0) {
    if (attempt.request.keep === true) return kept(attempt, meeting, null);
    close(attempt, meeting);
    return finish(attempt, 'answered', null, null);
  }
  let reply: Uint8Array | null | undefined;
  const heard = repeat<Heard>(attempt, dataRtoMs, () => {
    const sent = there(attempt, data, message, attempt.quiet);
    if (sent.kind !== 'arrived') return sent;
    if (sent.at !== meeting.machine) return { kind: 'silence', via: 'noreply', again: false };
    reply ??= serve(attempt, meeting);
    if (attempt.closed) return reset(attempt, meeting);
    if (reply === null) return { kind: 'silence', via: 'noreply', again: false };
    return back(attempt, meeting, data, reply, attempt.quiet);
  });
  if (attempt.request.keep === true && heard.kind === 'arrived') {
    if (proto === TCP) there(attempt, ACK, noPayload, attempt.quiet);
    return kept(attempt, meeting, heard.packet.payload);
  }
  close(attempt, meeting);
  if (heard.kind !== 'arrived') return end(attempt, heard);
  return finish(attempt, 'answered', null, heard.packet.payload);
}

/** The connection of a TCP or SCTP attempt that was answered stays. */
function kept(attempt: Attempt, meeting: Meeting, reply: Uint8Array | null): DialResult {
  const result = finish(attempt, 'answered', null, reply);
  return result.outcome === 'answered' ? withKept(attempt, meeting, result) : result;
}

/** Of UDP only the client's socket stays, whatever came of the datagram. */
function withKept(attempt: Attempt, meeting: Meeting | null, result: DialResult): DialResult {
  const { fabric, request, machine, client } = attempt;
  const { from, proto, to, port } = request;
  const dialled = { addr: to, port };
  const accepted =
    meeting?.socket === undefined ? null : acceptedIn(attempt, meeting, meeting.socket);
  const balanced = new Map(attempt.loud.balanced);
  const row = { from, machine, proto, client, dialled, balanced, accepted };
  return { ...result, kept: fabric.connections.add(row) };
}

function acceptedIn(
  { passedOn }: Attempt,
  { machine, server, peer }: Meeting,
  socket: Socket,
): Accepted {
  return { machine, local: server, peer, socket, passedOn };
}

/** A socket that is closed with data unread sends a RST or an ABORT. */
function reset(attempt: Attempt, meeting: Meeting): Heard {
  const { refuse: flags } = transportOf(attempt.request.proto);
  const heard = back(attempt, meeting, flags, noPayload, attempt.quiet);
  return heard.kind === 'arrived' ? { kind: 'over', outcome: 'refused', via: 'rst' } : heard;
}

function handshake(attempt: Attempt): Met | Heard {
  const { open, accept, refuse: refusal } = transportOf(attempt.request.proto);
  const syn = there(attempt, open, noPayload, attempt.loud);
  if (syn.kind !== 'arrived') return syn;
  const meeting = meet(attempt, syn.at, syn.packet);
  challenge(attempt, meeting);
  if (meeting.socket === undefined) return refuse(attempt, meeting, refusal, syn.packet);
  const synAck = back(attempt, meeting, accept, noPayload, attempt.loud);
  return synAck.kind === 'arrived' ? { kind: 'met', meeting } : synAck;
}

/** The second half of SCTP's handshake; a server that did not bake the cookie says nothing. */
function cookie(attempt: Attempt, meeting: Meeting): Met | Heard {
  const echo = there(attempt, chunks.cookieEcho, noPayload, attempt.quiet);
  if (echo.kind !== 'arrived') return echo;
  if (echo.at !== meeting.machine) return { kind: 'silence', via: 'noreply', again: false };
  const heard = back(attempt, meeting, chunks.cookieAck, noPayload, attempt.quiet);
  return heard.kind === 'arrived' ? { kind: 'met', meeting } : heard;
}

/** A SYN from a port whose connection is still open at the server: its kernel answers with an ACK, the client's with RST,
 * and the client's next SYN opens a new one (RFC 5961, 4). An INIT starts the association anew (RFC 9260, 5.2.4). */
function challenge(attempt: Attempt, meeting: Meeting): void {
  const { connections } = attempt.fabric;
  const { machine, server, peer } = meeting;
  const old = connections.takenBy(machine, attempt.request.proto, server, peer);
  if (old === undefined) return;
  if (attempt.request.proto === SCTP) {
    connections.dropServer(old);
    return;
  }
  back(attempt, meeting, ACK, noPayload, attempt.quiet);
  there(attempt, RST, noPayload, attempt.quiet);
  connections.dropServer(old);
  attempt.elapsedMs += transportOf(TCP).openRtoMs;
  there(attempt, SYN, noPayload, attempt.quiet);
}

/** The client closes first, the server follows; what is lost of it changes no outcome. */
function close(attempt: Attempt, meeting: Meeting): void {
  const [first, answer, last] = farewell(attempt.request.proto);
  there(attempt, first, noPayload, attempt.quiet);
  back(attempt, meeting, answer, noPayload, attempt.quiet);
  there(attempt, last, noPayload, attempt.quiet);
}

export function datagram(attempt: Attempt): DialResult {
  const sent = there(attempt, 0, attempt.request.message, attempt.loud);
  if (sent.kind !== 'arrived') return end(attempt, sent);
  const meeting = meet(attempt, sent.at, sent.packet);
  if (meeting.socket === undefined) {
    return end(attempt, refuse(attempt, meeting, 0, sent.packet));
  }
  attempt.phase = 'reply';
  const reply = serve(attempt, meeting);
  if (reply === null) return finish(attempt, 'timeout', 'noreply', null);
  const heard = back(attempt, meeting, 0, reply, attempt.loud);
  if (heard.kind !== 'arrived') return end(attempt, heard);
  return finish(attempt, 'answered', null, heard.packet.payload);
}

function end(attempt: Attempt, heard: Heard): DialResult {
  switch (heard.kind) {
    case 'over':
      return finish(attempt, heard.outcome, heard.via, null);
    case 'silence':
      return finish(attempt, 'timeout', heard.via, null);
    case 'arrived':
      throw new Error('an answer that arrived is no end');
  }
}

/** Lets the program behind the socket answer; the time it takes is the attempt's. */
export function serve(attempt: Attempt, meeting: Meeting): Uint8Array | null {
  const { moment, request } = attempt;
  const { socket, peer } = meeting;
  if (socket === undefined || (moment.depth ?? 0) >= depthMax) return null;
  const program = moment.programs(socket.program, socket, meeting.machine);
  const context = new Inside(attempt, socket.owner);
  const from = { addr: peer.addr, port: peer.port, proto: request.proto };
  const answer = program.receive(request.message, from, context);
  attempt.elapsedMs += Math.max(answer.elapsedMs, context.spentMs);
  for (const [i, one] of (answer.tried ?? []).entries()) {
    const about = `attempt ${i + 1} to pass it on, to ${leg(one)}: ${endings[one.outcome]}`;
    insertLeg(attempt, socket, one, one.outcome === 'refused' ? 'refused' : 'lost', about);
  }
  if (answer.relayed !== undefined) relayedTo(attempt, socket, answer.relayed);
  attempt.closed = answer.closed === true;
  attempt.upstream = answer.upstream ?? answer.relayed?.upstream ?? null;
  attempt.more = answer.more ?? [];
  return answer.reply;
}

/** Whoever took what a program passed on is the backend, and knows the program's machine alone. */
function relayedTo(attempt: Attempt, socket: Socket, relayed: RelayedTo): void {
  insertLeg(attempt, socket, relayed, 'deliver', `passed on to ${leg(relayed)}`);
  const { backend, source, dialled, origin } = relayed;
  attempt.passedOn = { dialled, origin };
  attempt.backend = backend ?? attempt.backend;
  attempt.source = source ?? attempt.source;
}

/** In the trace the way there goes on with the program's own connection, and the client's reply comes last. */
function insertLeg(
  attempt: Attempt,
  socket: Socket,
  { dialled, trace, origin, outcome: ended }: RelayedTo,
  effect: NoteEffect,
  detail: string,
): void {
  const further = new Trace();
  const onward = { ...dialled, ended };
  further.note({ at: socket.owner, stage: 'socket', effect, detail, origin, onward });
  further.insert(further.length, trace);
  const { loud, replyAt } = attempt;
  loud.trace.insert(replyAt ?? loud.trace.length, further);
  if (replyAt !== null) attempt.replyAt = replyAt + further.length;
}

const endings: Readonly<Record<DialResult['outcome'], string>> = {
  answered: 'answered',
  refused: 'refused',
  timeout: 'no answer in time',
  unreachable: 'unreachable',
};

/** "10.244.1.5:8080 from 10.244.1.1:32769". */
function leg({ dialled, source, client }: RelayedTo): string {
  const { addr, port } = source ?? client;
  return `${formatEndpoint(dialled.addr, dialled.port)} from ${formatEndpoint(addr, port)}`;
}

/** What a program sees while it answers. A class because waiting moves its clock. */
class Inside implements ProgramContext {
  readonly machine: string;
  readonly passedOn: PassedOn | null;
  readonly untilMs: number;
  readonly asked: readonly string[];
  readonly #attempt: Attempt;
  readonly #startMs: number;
  spentMs = 0;

  constructor(attempt: Attempt, machine: string) {
    this.machine = machine;
    this.#attempt = attempt;
    this.passedOn = attempt.passedOn;
    this.untilMs = attempt.moment.nowMs + attempt.request.timeoutMs;
    this.asked = attempt.moment.asked ?? [];
    this.#startMs = attempt.moment.nowMs + attempt.elapsedMs;
  }

  get nowMs(): number {
    return this.#startMs + this.spentMs;
  }

  exchange: ProgramContext['exchange'] = (...request) => exchanged(this.dial(...request));

  dial: ProgramContext['dial'] = (proto, to, port, message, timeoutMs, more = {}) => {
    const { fabric, moment } = this.#attempt;
    const { atMs = this.nowMs, port: sourcePort, atOnce = false, asks, aside } = more;
    const own = { from: this.machine, proto, to, port, message, timeoutMs };
    const request = sourcePort === undefined ? own : { ...own, sourcePort };
    const depth = (moment.depth ?? 0) + 1;
    const asked = asks === undefined ? this.asked : [...this.asked, asks];
    const result = dial(fabric, request, { ...moment, nowMs: atMs, depth, atOnce, asked });
    const endMs = atMs - this.#startMs + result.elapsedMs;
    if (aside !== true) this.spentMs = Math.max(this.spentMs, endMs);
    return result;
  };
}

/** A dial's result as a program sees it. */
export function exchanged(result: DialResult): ExchangeResult {
  const { outcome, reply, more, elapsedMs, client, phase } = result;
  const { port } = client;
  if (outcome !== 'answered') return { kind: outcome, elapsedMs, port, phase };
  const following = more === undefined ? {} : { more };
  return { kind: 'reply', message: reply ?? noPayload, ...following, elapsedMs, port, phase };
}
