// SCTP association states and their transitions by chunk and direction, as data. Models sctp_conntracks and sctp_timeouts
// of net/netfilter/nf_conntrack_proto_sctp.c as of Linux 6.18. 6.1 differs in two cells that no pair of correct ends
// reaches: a COOKIE-ACK from the client and a COOKIE-ECHO from the server change nothing there.
import { chunks } from '../net/packet.ts';
import type { Direction, Timeouts } from './conntrack-tcp.table.ts';

/** In the kernel's order; the list prints these names. */
export const sctpStates = [
  'NONE',
  'CLOSED',
  'COOKIE_WAIT',
  'COOKIE_ECHOED',
  'ESTABLISHED',
  'SHUTDOWN_SENT',
  'SHUTDOWN_RECD',
  'SHUTDOWN_ACK_SENT',
  'HEARTBEAT_SENT',
] as const;

export type SctpState = (typeof sctpStates)[number];

const short: Readonly<Record<string, SctpState | 'INVALID'>> = {
  CL: 'CLOSED',
  CW: 'COOKIE_WAIT',
  CE: 'COOKIE_ECHOED',
  ES: 'ESTABLISHED',
  SS: 'SHUTDOWN_SENT',
  SR: 'SHUTDOWN_RECD',
  SA: 'SHUTDOWN_ACK_SENT',
  HS: 'HEARTBEAT_SENT',
  IV: 'INVALID',
};

type Row = Readonly<Record<SctpState, SctpState | 'INVALID'>>;

function row(text: string): Row {
  const cells = text.split(' ').map((cell) => short[cell] ?? 'INVALID');
  return Object.fromEntries(sctpStates.map((state, i) => [state, cells[i] ?? 'INVALID'])) as Row;
}

/** `sctpTransitions[direction][chunk][state]`; of other chunks (DATA, SACK) the state stays. Columns: NO CL CW CE ES SS SR
 * SA HS. */
export const sctpTransitions: Readonly<Record<Direction, Readonly<Partial<Record<number, Row>>>>> =
  {
    original: {
      [chunks.init]: row('CL CL CW CE ES CL CL SA CW'),
      [chunks.initAck]: row('CL CL CW CE ES SS SR SA CL'),
      [chunks.abort]: row('CL CL CL CL CL CL CL CL CL'),
      [chunks.shutdown]: row('CL CL CW CE SS SS SR SA CL'),
      [chunks.shutdownAck]: row('SA CL CW CE ES SA SA SA SA'),
      [chunks.error]: row('CL CL CW CE ES SS SR SA CL'),
      [chunks.cookieEcho]: row('CL CL CE CE ES SS SR SA CL'),
      [chunks.cookieAck]: row('CL CL CW ES ES SS SR SA CL'),
      [chunks.shutdownComplete]: row('CL CL CW CE ES SS SR CL CL'),
      [chunks.heartbeat]: row('HS CL CW CE ES SS SR SA HS'),
      [chunks.heartbeatAck]: row('CL CL CW CE ES SS SR SA HS'),
    },
    reply: {
      [chunks.init]: row('IV CL CW CE ES SS SR SA IV'),
      [chunks.initAck]: row('IV CW CW CE ES SS SR SA IV'),
      [chunks.abort]: row('IV CL CL CL CL CL CL CL IV'),
      [chunks.shutdown]: row('IV CL CW CE SR SS SR SA IV'),
      [chunks.shutdownAck]: row('IV CL CW CE ES SA SA SA IV'),
      [chunks.error]: row('IV CL CW CL ES SS SR SA IV'),
      [chunks.cookieEcho]: row('IV CL CE CE ES SS SR SA IV'),
      [chunks.cookieAck]: row('IV CL CW ES ES SS SR SA IV'),
      [chunks.shutdownComplete]: row('IV CL CW CE ES SS SR CL IV'),
      [chunks.heartbeat]: row('IV CL CW CE ES SS SR SA HS'),
      [chunks.heartbeatAck]: row('IV CL CW CE ES SS SR SA ES'),
    },
  };

/** The timeout of each SCTP state. */
export const sctpTimeout: Readonly<Record<SctpState, keyof Timeouts>> = {
  NONE: 'sctp_timeout_closed',
  CLOSED: 'sctp_timeout_closed',
  COOKIE_WAIT: 'sctp_timeout_cookie_wait',
  COOKIE_ECHOED: 'sctp_timeout_cookie_echoed',
  ESTABLISHED: 'sctp_timeout_established',
  SHUTDOWN_SENT: 'sctp_timeout_shutdown_sent',
  SHUTDOWN_RECD: 'sctp_timeout_shutdown_recd',
  SHUTDOWN_ACK_SENT: 'sctp_timeout_shutdown_ack_sent',
  HEARTBEAT_SENT: 'sctp_timeout_heartbeat_sent',
};
