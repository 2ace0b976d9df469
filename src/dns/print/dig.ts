// What dig 9.18 (Debian's) prints for one exchange: values to text, nothing else. Models BIND's bin/dig/dig.c
// printmessage and lib/dns/masterdump.c, whose columns and tab stops are kept to the byte.
import { type Addr, formatAddr } from '../../net/addr.ts';
import {
  COOKIE,
  className,
  type Edns,
  flagNames,
  type Message,
  type ResourceRecord,
  rcodeName,
  typeName,
  typeOf,
} from '../message/message.ts';
import { lower } from '../message/name.ts';
import { dataText } from '../message/text.ts';
import { OPCODES } from '../message/types.table.ts';

export const DIG_VERSION = '9.18.49-1~deb12u1-Debian';

export interface DigExchange {
  /** Command line after "dig". */
  readonly args: readonly string[];
  /** The server was named with @. */
  readonly explicitServer: boolean;
  readonly server: Addr;
  readonly port: number;
  readonly transport: 'udp' | 'tcp';
  readonly query: Message;
  readonly reply: Message;
  readonly replyBytes: number;
  readonly elapsedMs: number;
  /** When the reply came, Unix seconds, shown as UTC. */
  readonly atSeconds: number;
}

/** The banner, which also heads the report of a failure. */
export function digBanner(args: readonly string[], explicitServer: boolean): string {
  const found = explicitServer ? '; (1 server found)\n' : '';
  return `\n; <<>> DiG ${DIG_VERSION} <<>> ${args.join(' ')}\n${found};; global options: +cmd\n`;
}

/** The whole report, from the banner to the blank line at the end. */
export function printDig(exchange: DigExchange): string {
  const { args, explicitServer, server, port, transport, replyBytes } = exchange;
  const where = `${formatAddr(server)}#${port}(${formatAddr(server)})`;
  return [
    digBanner(args, explicitServer),
    header(exchange.query, exchange.reply),
    sections(exchange.reply),
    `;; Query time: ${Math.round(exchange.elapsedMs)} msec\n`,
    `;; SERVER: ${where} (${transport.toUpperCase()})\n`,
    `;; WHEN: ${utcText(exchange.atSeconds)}\n`,
    `;; MSG SIZE  rcvd: ${replyBytes}\n\n`,
  ].join('');
}

/** `+short`: the data of the answers, one a line. */
export function printDigShort(reply: Message): string {
  return reply.answers.map((record) => `${dataText(record)}\n`).join('');
}

/** `+noall +answer`: the answers as zone-file lines. */
export function printDigAnswers(reply: Message): string {
  return reply.answers.map((record) => `${recordLine(record)}\n`).join('');
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
  return `${lines.join('\n')}\n\n`;
}

function sections(reply: Message): string {
  let text = reply.edns === null ? '' : ednsText(reply.edns);
  if (reply.questions.length > 0) {
    text += ';; QUESTION SECTION:\n';
    for (const { name, type, class: cls } of reply.questions) {
      text += `;${columns([name, className(cls), typeName(type)], [0, 32, 40])}\n`;
    }
    text += '\n';
  }
  const named = [
    ['ANSWER', reply.answers],
    ['AUTHORITY', reply.authority],
    ['ADDITIONAL', reply.additional],
  ] as const;
  for (const [title, records] of named) {
    if (records.length === 0) continue;
    text += `;; ${title} SECTION:\n${records.map((r) => `${recordLine(r)}\n`).join('')}\n`;
  }
  return text;
}

function ednsText(edns: Edns): string {
  const flags = edns.dnssecOk ? ' do' : '';
  let text = `;; OPT PSEUDOSECTION:\n; EDNS: version: ${edns.version}, flags:${flags}; udp: ${edns.udpSize}\n`;
  for (const option of edns.options) {
    const hex = Array.from(option.bytes, (b) => b.toString(16).padStart(2, '0')).join('');
    if (option.code === COOKIE) {
      text += `; COOKIE: ${hex} (${option.bytes.length === 8 ? 'echoed' : 'good'})\n`;
    } else text += `; OPT=${option.code}: ${hex}\n`;
  }
  return text;
}

/** One record at dig's columns: TTL 24, class 32, type 40, data 48. */
export function recordLine(record: ResourceRecord): string {
  const { name, ttl } = record;
  const fields = [
    name,
    String(ttl),
    className(record.class),
    typeName(typeOf(record)),
    dataText(record),
  ];
  return columns(fields, [0, 24, 32, 40, 48]);
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
