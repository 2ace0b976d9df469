// One query of a stub resolver and its reply, as values for reports. The walk that sends them is resolve.ts.
import { type Addr, formatEndpoint } from '../../net/addr.ts';
import { flagNames, type Message, rcodeName, typeName, typeOf } from '../message/message.ts';
import { dataText } from '../message/text.ts';

/** One query as it was sent, and what came back. */
export interface SentQuery {
  readonly name: string;
  readonly type: string;
  readonly server: string;
  readonly transport: 'udp' | 'tcp';
  readonly rcode: string;
  readonly flags: readonly string[];
  readonly answers: readonly {
    readonly name: string;
    readonly ttl: number;
    readonly type: string;
    readonly data: string;
  }[];
  readonly cached: boolean;
  readonly atMs: number;
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
): SentQuery {
  const question = message.questions[0];
  return {
    name: question?.name ?? '',
    type: typeName(question?.type ?? 0),
    server: formatEndpoint(server, 53),
    transport,
    rcode: reply === null ? 'TIMEOUT' : rcodeName(reply.rcode),
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
