// The packets by which a connection opens, carries data and ends, by protocol: TCP's flags, SCTP's chunks, and how long
// each waits before it sends again what was lost. Models tcp_output.c, tcp_timer.c and net/sctp/sm_statefuns.c.
import { ACK, chunks, FIN, type Proto, PSH, RST, SCTP, SYN } from '../net/packet.ts';

export interface Transport {
  /** SYN, INIT. */
  readonly open: number;
  /** SYN-ACK, INIT-ACK. */
  readonly accept: number;
  /** A closed port's answer: RST, ABORT. */
  readonly refuse: number;
  /** An end that gives the connection up, or knows nothing of it. */
  readonly abort: number;
  readonly data: number;
  /** The first repetition of an opening packet, and of data on a connection whose round trips are known. */
  readonly openRtoMs: number;
  readonly dataRtoMs: number;
}

/** RFC 6298; Linux TCP_RTO_MIN. */
const tcp: Transport = {
  open: SYN,
  accept: SYN | ACK,
  refuse: RST | ACK,
  abort: RST,
  data: PSH | ACK,
  openRtoMs: 1000,
  dataRtoMs: 200,
};

/** net.sctp.rto_initial, net.sctp.rto_min. */
const sctp: Transport = {
  open: chunks.init,
  accept: chunks.initAck,
  refuse: chunks.abort,
  abort: chunks.abort,
  data: chunks.data,
  openRtoMs: 3000,
  dataRtoMs: 1000,
};

export function transportOf(proto: Proto): Transport {
  return proto === SCTP ? sctp : tcp;
}

/** The packets by which the end that closes first and the other one take leave, in turn. */
export function farewell(proto: Proto): readonly [number, number, number] {
  if (proto !== SCTP) return [FIN | ACK, FIN | ACK, ACK];
  return [chunks.shutdown, chunks.shutdownAck, chunks.shutdownComplete];
}
