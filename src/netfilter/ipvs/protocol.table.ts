// The states an IPVS connection goes through by protocol, how long it stays in each, and which count as active. TCP is
// and SCTP are the kernel's own tables, for destinations that are masqueraded. Models ip_vs_proto_tcp.c,
// ip_vs_proto_udp.c and ip_vs_proto_sctp.c.
import { ACK, chunks, FIN, type Packet, RST, SCTP, SYN, TCP, UDP } from '../../net/packet.ts';

export type TcpState =
  | 'NONE'
  | 'ESTABLISHED'
  | 'SYN_SENT'
  | 'SYN_RECV'
  | 'FIN_WAIT'
  | 'TIME_WAIT'
  | 'CLOSE'
  | 'CLOSE_WAIT'
  | 'LAST_ACK'
  | 'LISTEN'
  | 'SYNACK';
export type SctpState =
  | 'NONE'
  | 'INIT1'
  | 'INIT'
  | 'C-SENT'
  | 'C-REPLIED'
  | 'C-WAIT'
  | 'COOKIE'
  | 'C-ECHOED'
  | 'ESTABLISHED'
  | 'S-SENT'
  | 'S-RECEIVED'
  | 'S-ACK-SENT'
  | 'REJECTED'
  | 'CLOSED';
export type State = TcpState | SctpState | 'UDP';

/** in: from the client; out: from the destination. */
export type Way = 'in' | 'out';
type Segment = 'syn' | 'fin' | 'ack' | 'rst';

const columns = ['NO', 'ES', 'SS', 'SR', 'FW', 'TW', 'CL', 'CW', 'LA', 'LI', 'SA'] as const;
const names: Readonly<Record<(typeof columns)[number], TcpState>> = {
  NO: 'NONE',
  ES: 'ESTABLISHED',
  SS: 'SYN_SENT',
  SR: 'SYN_RECV',
  FW: 'FIN_WAIT',
  TW: 'TIME_WAIT',
  CL: 'CLOSE',
  CW: 'CLOSE_WAIT',
  LA: 'LAST_ACK',
  LI: 'LISTEN',
  SA: 'SYNACK',
};

/** The next state, in the order of `columns`. */
const tcpRows: Readonly<Record<Way, Readonly<Record<Segment, string>>>> = {
  in: {
    syn: 'SR ES ES SR SR SR SR SR SR SR SR',
    fin: 'CL CW SS TW TW TW CL CW LA LI TW',
    ack: 'ES ES SS ES FW TW CL CW CL LI ES',
    rst: 'CL CL CL SR CL CL CL CL LA LI SR',
  },
  out: {
    syn: 'SS ES SS SR SS SS SS SS SS LI SR',
    fin: 'TW FW SS TW FW TW CL TW LA LI TW',
    ack: 'ES ES SS ES FW TW CL CW LA ES ES',
    rst: 'CL CL SS CL CL TW CL CL CL CL CL',
  },
};

const sctpColumns = 'NO I1 IN CS CR CW CO CE ES SS SR SA RJ CL'.split(' ');
const sctpNames: Readonly<Record<string, SctpState>> = {
  NO: 'NONE',
  I1: 'INIT1',
  IN: 'INIT',
  CS: 'C-SENT',
  CR: 'C-REPLIED',
  CW: 'C-WAIT',
  CO: 'COOKIE',
  CE: 'C-ECHOED',
  ES: 'ESTABLISHED',
  SS: 'S-SENT',
  SR: 'S-RECEIVED',
  SA: 'S-ACK-SENT',
  RJ: 'REJECTED',
  CL: 'CLOSED',
};

/** By chunk; all others are as DATA. In the order of `sctpColumns`. */
const sctpRows: Readonly<Record<Way, Readonly<Record<number, string>>>> = {
  in: {
    [chunks.data]: 'ES I1 IN CS CR CW CO CE ES SS SR SA RJ CL',
    [chunks.init]: 'I1 IN IN CS CR CW CO CE ES SS SR SA IN IN',
    [chunks.initAck]: 'CW CW CW CS CR CO CO CE ES SS SR SA RJ CL',
    [chunks.cookieEcho]: 'CR IN IN CR CR CW CO CE ES SS SR SA RJ CL',
    [chunks.cookieAck]: 'ES I1 IN CS CR CW CO ES ES SS SR SA RJ CL',
    [chunks.shutdown]: 'SR I1 IN CS CR CW CO CE SR SS SR SA RJ CL',
    [chunks.shutdownAck]: 'CL IN IN CS CR CW CO CE ES CL SR CL RJ CL',
    [chunks.shutdownComplete]: 'CL CL CL CS CR CW CO CE ES SS SR CL RJ CL',
    [chunks.error]: 'CL I1 IN CS CR CW CO CL ES SS SR SA RJ CL',
    [chunks.abort]: 'CL CL CL CL CL RJ CL CL CL CL CL CL CL CL',
  },
  out: {
    [chunks.data]: 'ES I1 IN CS CR CW CO CE ES SS SR SA RJ CL',
    [chunks.init]: 'CW CW CW CW CW CW CW CW ES CW CW CW CW CW',
    [chunks.initAck]: 'CS CS CS CS CR CW CO CE ES SS SR SA RJ CL',
    [chunks.cookieEcho]: 'CE CE CE CE CE CE CE CE ES SS SR SA RJ CL',
    [chunks.cookieAck]: 'ES ES ES ES ES ES ES ES ES SS SR SA RJ CL',
    [chunks.shutdown]: 'SS SS SS SS SS SS SS SS SS SS SR SA RJ CL',
    [chunks.shutdownAck]: 'SA SA SA SA SA CW CO CE ES SA SA SA RJ CL',
    [chunks.shutdownComplete]: 'CL I1 IN CS CR CW CO CE ES SS SR SA RJ CL',
    [chunks.error]: 'CL CL CL CL CL CW CO CE ES SS SR SA RJ CL',
    [chunks.abort]: 'CL RJ CL CL CL CL CL CL CL CL CL CL CL CL',
  },
};

const tcpNext = nextOf(columns, names, tcpRows);
const sctpNext = nextOf(sctpColumns, sctpNames, sctpRows);

/** "way event state" -> state. */
function nextOf<S extends State>(
  columns: readonly string[],
  names: Readonly<Record<string, S>>,
  table: Readonly<Record<Way, Readonly<Record<string, string>>>>,
): ReadonlyMap<string, S> {
  const next = new Map<string, S>();
  for (const [way, rows] of Object.entries(table)) {
    for (const [event, row] of Object.entries(rows)) {
      for (const [i, code] of row.split(' ').entries()) {
        const from = names[columns[i] ?? ''];
        const to = names[code];
        if (from !== undefined && to !== undefined) next.set(`${way} ${event} ${from}`, to);
      }
    }
  }
  return next;
}

function segmentOf(flags: number): Segment | null {
  if ((flags & RST) !== 0) return 'rst';
  if ((flags & SYN) !== 0) return 'syn';
  if ((flags & FIN) !== 0) return 'fin';
  return (flags & ACK) !== 0 ? 'ack' : null;
}

/** The state after a packet. */
export function nextState(state: State, way: Way, packet: Packet): State {
  switch (packet.proto) {
    case TCP: {
      const segment = segmentOf(packet.flags);
      return segment === null ? 'CLOSE' : (tcpNext.get(`${way} ${segment} ${state}`) ?? 'CLOSE');
    }
    case SCTP: {
      const event = packet.flags in sctpRows.in ? packet.flags : chunks.data;
      return sctpNext.get(`${way} ${event} ${state}`) ?? 'CLOSED';
    }
    default:
      return 'UDP';
  }
}

/** Whether the packet asks for a new connection: a SYN, an INIT. UDP has no such packet. */
export function isOpening(packet: Packet): boolean {
  if (packet.proto === TCP) return (packet.flags & SYN) !== 0;
  return packet.proto === SCTP && packet.flags === chunks.init;
}

/** Seconds until a connection in that state is forgotten, but for those that `ipvsadm --set` sets. */
const seconds: Readonly<Record<State, number>> = {
  NONE: 2,
  ESTABLISHED: 900,
  SYN_SENT: 120,
  SYN_RECV: 60,
  FIN_WAIT: 120,
  TIME_WAIT: 120,
  CLOSE: 10,
  CLOSE_WAIT: 60,
  LAST_ACK: 30,
  LISTEN: 120,
  SYNACK: 120,
  INIT1: 4,
  INIT: 61,
  'C-SENT': 61,
  'C-REPLIED': 61,
  'C-WAIT': 61,
  COOKIE: 61,
  'C-ECHOED': 61,
  'S-SENT': 61,
  'S-RECEIVED': 61,
  'S-ACK-SENT': 61,
  REJECTED: 4,
  CLOSED: 61,
  UDP: 300,
};

/** The time a connection stays in a state, in milliseconds. */
export function timeoutMs(
  proto: Packet['proto'],
  state: State,
  set: { readonly tcp: number; readonly tcpFin: number; readonly udp: number },
): number {
  if (proto === UDP) return set.udp * 1000;
  if (proto === TCP && state === 'ESTABLISHED') return set.tcp * 1000;
  if (proto === TCP && state === 'FIN_WAIT') return set.tcpFin * 1000;
  return seconds[state] * 1000;
}

/** Whether a connection counts as active (tcp_state_active_table): UDP never does. */
export function isActive(proto: Packet['proto'], state: State): boolean {
  if (state === 'ESTABLISHED') return true;
  return proto === TCP && (state === 'SYN_SENT' || state === 'SYN_RECV' || state === 'SYNACK');
}
