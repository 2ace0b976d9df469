// TCP connection states and their transitions by flags and direction, as data. Sequence numbers and windows are not
// modelled: every segment is taken to be in window. Models tcp_conntracks of net/netfilter/nf_conntrack_proto_tcp.c.

/** In the kernel's order; the list prints these names. */
export const tcpStates = [
  'NONE',
  'SYN_SENT',
  'SYN_RECV',
  'ESTABLISHED',
  'FIN_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSE',
  'SYN_SENT2',
] as const;

export type TcpState = (typeof tcpStates)[number];

/** What a segment does: a new state, or it is let through unjudged (IG), or it belongs to no flow (IV). */
export type Transition = TcpState | 'IGNORE' | 'INVALID';

export type Segment = 'syn' | 'synack' | 'fin' | 'ack' | 'rst' | 'none';
export type Direction = 'original' | 'reply';

const short: Readonly<Record<string, Transition>> = {
  NO: 'NONE',
  SS: 'SYN_SENT',
  SR: 'SYN_RECV',
  ES: 'ESTABLISHED',
  FW: 'FIN_WAIT',
  CW: 'CLOSE_WAIT',
  LA: 'LAST_ACK',
  TW: 'TIME_WAIT',
  CL: 'CLOSE',
  S2: 'SYN_SENT2',
  IG: 'IGNORE',
  IV: 'INVALID',
};

function row(text: string): Readonly<Record<TcpState, Transition>> {
  const cells = text.split(' ');
  return Object.fromEntries(
    tcpStates.map((state, i) => [state, short[cells[i] ?? ''] ?? 'INVALID']),
  ) as Record<TcpState, Transition>;
}

/** `tcpTransitions[direction][segment][state]`. Columns: NO SS SR ES FW CW LA TW CL S2. */
export const tcpTransitions: Readonly<
  Record<Direction, Readonly<Record<Segment, Readonly<Record<TcpState, Transition>>>>>
> = {
  original: {
    syn: row('SS SS IG IG IG IG IG SS SS S2'),
    synack: row('IV IV SR IV IV IV IV IV IV SR'),
    fin: row('IV IV FW FW LA LA LA TW CL IV'),
    ack: row('ES IV ES ES CW CW TW TW CL IV'),
    rst: row('IV CL CL CL CL CL CL CL CL CL'),
    none: row('IV IV IV IV IV IV IV IV IV IV'),
  },
  reply: {
    syn: row('IV S2 IV IV IV IV IV SS IV S2'),
    synack: row('IV SR IG IG IG IG IG IG IG SR'),
    fin: row('IV IV FW FW LA LA LA TW CL IV'),
    ack: row('IV IG SR ES CW CW TW TW CL IG'),
    rst: row('IV CL CL CL CL CL CL CL CL CL'),
    none: row('IV IV IV IV IV IV IV IV IV IV'),
  },
};

/** Seconds; names are the sysctls nf_conntrack_<name>. */
export interface Timeouts {
  readonly tcp_timeout_syn_sent: number;
  readonly tcp_timeout_syn_recv: number;
  readonly tcp_timeout_established: number;
  readonly tcp_timeout_fin_wait: number;
  readonly tcp_timeout_close_wait: number;
  readonly tcp_timeout_last_ack: number;
  readonly tcp_timeout_time_wait: number;
  readonly tcp_timeout_close: number;
  readonly tcp_timeout_unacknowledged: number;
  readonly udp_timeout: number;
  readonly udp_timeout_stream: number;
  readonly icmp_timeout: number;
  readonly icmpv6_timeout: number;
  readonly sctp_timeout_closed: number;
  readonly sctp_timeout_cookie_wait: number;
  readonly sctp_timeout_cookie_echoed: number;
  readonly sctp_timeout_established: number;
  readonly sctp_timeout_shutdown_sent: number;
  readonly sctp_timeout_shutdown_recd: number;
  readonly sctp_timeout_shutdown_ack_sent: number;
  readonly sctp_timeout_heartbeat_sent: number;
}

/** The kernel's defaults. */
export const defaultTimeouts: Timeouts = {
  tcp_timeout_syn_sent: 120,
  tcp_timeout_syn_recv: 60,
  tcp_timeout_established: 432_000,
  tcp_timeout_fin_wait: 120,
  tcp_timeout_close_wait: 60,
  tcp_timeout_last_ack: 30,
  tcp_timeout_time_wait: 120,
  tcp_timeout_close: 10,
  tcp_timeout_unacknowledged: 300,
  udp_timeout: 30,
  udp_timeout_stream: 120,
  icmp_timeout: 30,
  icmpv6_timeout: 30,
  sctp_timeout_closed: 10,
  sctp_timeout_cookie_wait: 3,
  sctp_timeout_cookie_echoed: 3,
  sctp_timeout_established: 210,
  sctp_timeout_shutdown_sent: 3,
  sctp_timeout_shutdown_recd: 3,
  sctp_timeout_shutdown_ack_sent: 3,
  sctp_timeout_heartbeat_sent: 30,
};

/** The timeout of each TCP state. */
export const tcpTimeout: Readonly<Record<TcpState, keyof Timeouts>> = {
  NONE: 'tcp_timeout_syn_sent',
  SYN_SENT: 'tcp_timeout_syn_sent',
  SYN_RECV: 'tcp_timeout_syn_recv',
  ESTABLISHED: 'tcp_timeout_established',
  FIN_WAIT: 'tcp_timeout_fin_wait',
  CLOSE_WAIT: 'tcp_timeout_close_wait',
  LAST_ACK: 'tcp_timeout_last_ack',
  TIME_WAIT: 'tcp_timeout_time_wait',
  CLOSE: 'tcp_timeout_close',
  SYN_SENT2: 'tcp_timeout_syn_sent',
};
