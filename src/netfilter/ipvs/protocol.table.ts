// The states an IPVS connection goes through by protocol, how long it stays in each, and which count as active. TCP is
// the kernel's own table, for destinations that are masqueraded. SCTP packets here have no chunk types: the first
// packet is the INIT, the first answer its INIT-ACK, and the first message makes the association. Models
// ip_vs_proto_tcp.c, ip_vs_proto_udp.c and ip_vs_proto_sctp.c.
import { ACK, FIN, type Packet, RST, SCTP, SYN, TCP, UDP } from '../../net/packet.ts';

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
export type SctpState = 'INIT1' | 'INIT' | 'C-SENT' | 'ESTABLISHED';
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

const tcpNext = new Map<string, TcpState>();
for (const [way, rows] of Object.entries(tcpRows)) {
  for (const [segment, row] of Object.entries(rows)) {
    for (const [i, code] of row.split(' ').entries()) {
      const from = names[columns[i] as (typeof columns)[number]];
      tcpNext.set(`${way} ${segment} ${from}`, names[code as (typeof columns)[number]]);
    }
  }
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
    case SCTP:
      if (way === 'out') return state === 'INIT1' || state === 'INIT' ? 'C-SENT' : state;
      if (packet.payload.length > 0) return 'ESTABLISHED';
      return state === 'NONE' ? 'INIT1' : state === 'INIT1' ? 'INIT' : state;
    default:
      return 'UDP';
  }
}

/** Whether the packet asks for a new connection: a SYN, an INIT. UDP has no such packet. */
export function isOpening(packet: Packet): boolean {
  if (packet.proto === TCP) return (packet.flags & SYN) !== 0;
  return packet.proto === SCTP && packet.payload.length === 0;
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
