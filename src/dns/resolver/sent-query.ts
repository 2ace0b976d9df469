// One query of a stub resolver and its reply, as values for reports. The walk that sends them is resolve.ts.
import { type Addr, formatEndpoint } from '../../net/addr.ts';
import { flagNames, type Message, rcodeName, typeName, typeOf } from '../message/message.ts';
import { dataText } from '../message/text.ts';

/** One DNS exchange as the resolver made it. */
export interface DnsQuery {
  readonly name: string;
  readonly type: string;
  /** "10.96.0.10:53". */
  readonly server: string;
  readonly transport: 'udp' | 'tcp';
  /** "NOERROR", "NXDOMAIN", ...; "TIMEOUT" when nobody answered; "PORT-UNREACHABLE", "UNREACHABLE" (ICMP, no route) and
   * "CONNECTION-REFUSED" (TCP) when the network said so. */
  readonly rcode: string;
  /** Lower case, in wire order: ["qr", "aa", "rd"]. */
  readonly flags: readonly string[];
  readonly answers: readonly {
    readonly name: string;
    readonly ttl: number;
    readonly type: string;
    readonly data: string;
  }[];
  /** Answered from CoreDNS's cache. */
  readonly cached: boolean;
  readonly atMs: number;
}

/** The same with what came back. */
export interface SentQuery extends DnsQuery {
  /** The whole reply; null when there was none. */
  readonly reply: Message | null;
}

/** A query and its reply as values for reports. */
export function sentQuery(
  message: Message,
  server: Addr,
  transport: 'udp' | 'tcp',
  atMs: number,
  reply: Message | null,
  cached: boolean,
  failure: 'timeout' | 'refused' | 'unreachable' | null = null,
): SentQuery {
  const question = message.questions[0];
  return {
    name: question?.name ?? '',
    type: typeName(question?.type ?? 0),
    server: formatEndpoint(server, 53),
    transport,
    rcode: reply === null ? silence(transport, failure) : rcodeName(reply.rcode),
    flags: reply === null ? [] : flagNames(reply),
    answers: (reply?.answers ?? []).map((record) => ({
      name: record.name,
      ttl: record.ttl,
      type: typeName(typeOf(record)),
      data: dataText(record),
    })),
    cached,
    atMs,
    reply,
  };
}

function silence(
  transport: 'udp' | 'tcp',
  failure: 'timeout' | 'refused' | 'unreachable' | null,
): string {
  if (failure === 'refused') return transport === 'udp' ? 'PORT-UNREACHABLE' : 'CONNECTION-REFUSED';
  return failure === 'unreachable' ? 'UNREACHABLE' : 'TIMEOUT';
}
