// What dig 9.18 (Debian's) prints for one exchange: values to text, nothing else. Models BIND's bin/dig/dig.c
// printmessage and lib/dns/masterdump.c, whose columns and tab stops are kept to the byte.
import { type Addr, formatAddr } from '../../net/addr.ts';
import {
  className,
  type Edns,
  flagNames,
  type Message,
  type Question,
  type ResourceRecord,
  rcodeName,
  typeName,
  typeOf,
} from '../message/message.ts';
import { lower } from '../message/name.ts';
import { dataText } from '../message/text.ts';
import { OPCODES } from '../message/types.table.ts';
import { ednsText } from './edns.ts';

export const DIG_VERSION = '9.18.49-1~deb12u1-Debian';

/** What is shown of a message. */
export interface DigShow {
  readonly question: boolean;
  readonly answer: boolean;
  readonly authority: boolean;
  readonly additional: boolean;
  readonly comments: boolean;
  readonly stats: boolean;
  readonly identify: boolean;
  readonly ttl: boolean;
  readonly showsClass: boolean;
}

export interface DigExchange {
  readonly server: Addr;
  /** As the command line has it. */
  readonly serverName: string;
  readonly port: number;
  readonly transport: 'udp' | 'tcp';
  readonly query: Message;
  readonly reply: Message;
  readonly replyBytes: number;
  readonly elapsedMs: number;
  /** When the reply came, Unix seconds, shown as UTC. */
  readonly atSeconds: number;
  readonly show: DigShow;
}

/** The banner, which also heads the report of a failure. `found`: servers named with @ before the first name. */
export function digBanner(args: readonly string[], found: number, short: boolean): string {
  const servers = found === 0 ? '' : `; (${found} server${found > 1 ? 's' : ''} found)\n`;
  const words = args.map((arg) => ` ${arg}`).join('');
  const options = `;; global options:${short ? ' +short' : ''} +cmd\n`;
  return `\n; <<>> DiG ${DIG_VERSION} <<>>${words}\n${servers}${options}`;
}

/** The whole report behind the banner, to the blank line at the end. */
export function printDig(exchange: DigExchange): string {
  const { reply, query, show } = exchange;
  const text = show.comments ? header(query, reply) : '';
  return (
    text +
    sections(reply, query.edns, show) +
    stats(exchange, [`;; MSG SIZE  rcvd: ${exchange.replyBytes}`])
  );
}

function stats(exchange: DigExchange, last: readonly string[]): string {
  const { server, serverName, port, transport, replyBytes, elapsedMs, show } = exchange;
  const where = `${formatAddr(server)}#${port}(${serverName})`;
  const ms = Math.round(elapsedMs);
  if (show.stats) {
    const lines = [
      `;; Query time: ${ms} msec`,
      `;; SERVER: ${where} (${transport.toUpperCase()})`,
      `;; WHEN: ${utcText(exchange.atSeconds)}`,
      ...last,
    ];
    return `${lines.join('\n')}\n\n`;
  }
  return show.identify ? `;; Received ${replyBytes} bytes from ${where} in ${ms} ms\n\n` : '';
}

/** `+short`: the data of the answers, one a line. */
export function printDigShort({ reply, server, elapsedMs, show }: DigExchange): string {
  if (!show.answer) return '';
  const from = show.identify
    ? ` from server ${formatAddr(server)} in ${Math.round(elapsedMs)} ms.`
    : '';
  return reply.answers.map((record) => `${dataText(record)}${from}\n`).join('');
}

/** A zone transfer: its records, then how many they were. */
export function printTransfer(
  exchange: DigExchange,
  more: readonly { readonly message: Message; readonly bytes: number }[],
  short: boolean,
): string {
  const messages = [exchange.reply, ...more.map(({ message }) => message)];
  const records = messages.flatMap(({ answers }) => answers);
  if (exchange.reply.rcode !== 0 || records[0]?.kind !== 'SOA') return '; Transfer failed.\n';
  if (short) return records.map((record) => `${dataText(record)}\n`).join('');
  const bytes = more.reduce((sum, one) => sum + one.bytes, exchange.replyBytes);
  const size = `;; XFR size: ${records.length} records (messages ${messages.length}, bytes ${bytes})`;
  const lines = records.map((record) => `${recordLine(record, exchange.show)}\n`);
  return lines.join('') + stats(exchange, [size]);
}

function header(query: Message, reply: Message): string {
  const question = reply.questions[0] ?? query.questions[0];
  const lines = [';; Got answer:'];
  if (question !== undefined && /(^|\.)local\.$/.test(lower(question.name))) {
    lines.push(
      ';; WARNING: .local is reserved for Multicast DNS',
      ';; You are currently testing what happens when an mDNS query is leaked to DNS',
    );
  }
  const opcode = OPCODES[reply.opcode] || `RESERVED${reply.opcode}`;
  const additional = reply.additional.length + (reply.edns === null ? 0 : 1);
  const counts = [
    `QUERY: ${reply.questions.length}`,
    `ANSWER: ${reply.answers.length}`,
    `AUTHORITY: ${reply.authority.length}`,
    `ADDITIONAL: ${additional}`,
  ];
  lines.push(
    `;; ->>HEADER<<- opcode: ${opcode}, status: ${rcodeName(reply.rcode)}, id: ${reply.id}`,
    `;; flags: ${flagNames(reply).join(' ')}; ${counts.join(', ')}`,
  );
  if (reply.rd && !reply.ra) lines.push(';; WARNING: recursion requested but not available');
  if (query.edns !== null && reply.edns === null && (reply.rcode === 1 || reply.rcode === 4)) {
    const status = rcodeName(reply.rcode);
    const dnssec = query.edns.dnssecOk ? '+nodnssec ' : '';
    const retry = `retry with '${dnssec}+noedns'`;
    lines.push('', `;; WARNING: EDNS query returned status ${status} - ${retry}`);
  }
  return `${lines.join('\n')}\n\n`;
}

function sections(reply: Message, asked: Edns | null, show: DigShow): string {
  const { comments } = show;
  const end = comments ? '\n' : '';
  let text = reply.edns === null || !comments ? '' : ednsText(reply.edns, asked);
  if (show.question && reply.questions.length > 0) {
    if (comments) text += ';; QUESTION SECTION:\n';
    for (const question of reply.questions) text += `${questionLine(question, show)}\n`;
    text += end;
  }
  const named = [
    ['ANSWER', reply.answers, show.answer],
    ['AUTHORITY', reply.authority, show.authority],
    ['ADDITIONAL', reply.additional, show.additional],
  ] as const;
  for (const [title, records, isShown] of named) {
    if (records.length === 0 || !isShown) continue;
    if (comments) text += `;; ${title} SECTION:\n`;
    text += `${records.map((r) => `${recordLine(r, show)}\n`).join('')}${end}`;
  }
  return text;
}

/** One question, with its `;`, which columns do not count. */
export function questionLine(
  { name, type, class: cls }: Question,
  show: Pick<DigShow, 'ttl' | 'showsClass'> = { ttl: true, showsClass: true },
): string {
  const at = columnsOf(show);
  if (!show.showsClass) return `;${columns([name, typeName(type)], [0, at.type])}`;
  return `;${columns([name, className(cls), typeName(type)], [0, at.class, at.type])}`;
}

/** dns_master_stylecreate's columns, which move left when something is left out. */
function columnsOf({ ttl, showsClass }: Pick<DigShow, 'ttl' | 'showsClass'>) {
  if (ttl && showsClass) return { ttl: 24, class: 32, type: 40, data: 48 };
  if (ttl || showsClass) return { ttl: 24, class: 24, type: 32, data: 40 };
  return { ttl: 24, class: 24, type: 24, data: 32 };
}

/** One record at dig's columns: TTL 24, class 32, type 40, data 48. */
export function recordLine(
  record: ResourceRecord,
  show: Pick<DigShow, 'ttl' | 'showsClass'> = { ttl: true, showsClass: true },
): string {
  const at = columnsOf(show);
  const fields: (readonly [string, number])[] = [[record.name, 0]];
  if (show.ttl) fields.push([String(record.ttl), at.ttl]);
  if (show.showsClass) fields.push([className(record.class), at.class]);
  fields.push([typeName(typeOf(record)), at.type], [dataText(record), at.data]);
  return columns(
    fields.map(([text]) => text),
    fields.map(([, column]) => column),
  );
}

/** At least one blank between fields; tabs to the tab stop before the column, blanks from there. */
function columns(fields: readonly string[], at: readonly number[]): string {
  let text = fields[0] ?? '';
  let current = text.length;
  for (let i = 1; i < fields.length; i++) {
    const target = Math.max(at[i] ?? 0, current + 1);
    const tabs = Math.floor(target / 8) - Math.floor(current / 8);
    const from = tabs > 0 ? Math.floor(target / 8) * 8 : current;
    const field = fields[i] ?? '';
    text += '\t'.repeat(tabs) + ' '.repeat(target - from) + field;
    current = target + field.length;
  }
  return text;
}

const dayNames = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
const monthNames = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** 1767225605 -> "Thu Jan 01 00:00:05 UTC 2026" (strftime "%a %b %d %H:%M:%S %Z %Y"). */
export function utcText(unixSeconds: number): string {
  const seconds = Math.floor(unixSeconds);
  const days = Math.floor(seconds / 86_400);
  // Civil date from days since 1970, years counted from March (Hinnant's algorithm).
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor(
    (doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365,
  );
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const fromMarch = Math.floor((5 * doy + 2) / 153);
  const day = doy - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 2 : fromMarch - 10;
  const year = yoe + era * 400 + (month < 2 ? 1 : 0);
  const two = (value: number): string => String(value).padStart(2, '0');
  const rest = seconds - days * 86_400;
  const clock = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60].map(two).join(':');
  const weekday = dayNames[((days % 7) + 7) % 7];
  return `${weekday} ${monthNames[month]} ${two(day)} ${clock} UTC ${year}`;
}
