// One conntrack entry as `conntrack -L` prints it (conntrack-tools 1.4.7, libnetfilter_conntrack's default output).
import { formatAddr } from '../net/addr.ts';
import { ICMP, ICMPV6, type Proto, TCP, type Tuple } from '../net/packet.ts';
import type { Flow } from './conntrack.ts';

const names: Readonly<Record<Proto, string>> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  58: 'icmpv6',
  132: 'sctp',
};

/** "tcp      6 431999 ESTABLISHED src=... [ASSURED] mark=0 use=1"; what is left of the timeout in whole seconds. */
export function conntrackLine(flow: Flow, nowMs: number): string {
  const { proto } = flow.original;
  const seconds = Math.max(0, Math.floor((flow.expiresMs - nowMs) / 1000));
  const words = [`${names[proto].padEnd(8)} ${proto} ${seconds}`];
  if (proto === TCP) words.push(flow.tcp);
  else if (flow.sctp !== null) words.push(flow.sctp.state);
  words.push(tupleText(flow.original));
  if (!flow.seenReply) words.push('[UNREPLIED]');
  words.push(tupleText(flow.reply));
  if (flow.assured) words.push('[ASSURED]');
  words.push('mark=0', 'use=1');
  return words.join(' ');
}

function tupleText(tuple: Tuple): string {
  const ends = `src=${formatAddr(tuple.src)} dst=${formatAddr(tuple.dst)}`;
  if (tuple.proto !== ICMP && tuple.proto !== ICMPV6) {
    return `${ends} sport=${tuple.sport} dport=${tuple.dport}`;
  }
  return `${ends} type=${tuple.dport >> 8} code=${tuple.dport & 255} id=${tuple.sport}`;
}
