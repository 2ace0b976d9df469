// What host of BIND 9.18 prints for one reply: values to text. Models bin/dig/host.c; the long form's columns are dig's.
import { formatAddr } from '../../net/addr.ts';
import {
  flagNames,
  type Message,
  type ResourceRecord,
  rcodeName,
  typeName,
  typeOf,
} from '../message/message.ts';
import { dataText } from '../message/text.ts';
import { OPCODES } from '../message/types.table.ts';
import { questionLine, recordLine } from './dig.ts';

const bare = (name: string): string => (name === '.' ? name : name.replace(/\.$/, ''));

const words: Readonly<Record<number, string>> = {
  1: 'has address',
  2: 'name server',
  5: 'is an alias for',
  12: 'domain name pointer',
  13: 'host information',
  15: 'mail is handled by',
  16: 'descriptive text',
  28: 'has IPv6 address',
};

/** "web.demo.svc.cluster.local has address 10.96.7.7". */
export function hostLine(record: ResourceRecord): string {
  const type = typeOf(record);
  const says = words[type] ?? `has ${typeName(type)} record`;
  return `${bare(record.name)} ${says} ${dataText(record)}\n`;
}

/** The block that a server on the command line gets once. */
export function hostServer(name: string, addr: Parameters<typeof formatAddr>[0], port: number) {
  const address = `${formatAddr(addr)}#${port}`;
  return `Using domain server:\nName: ${name}\nAddress: ${address}\nAliases: \n\n`;
}

/** `name`: as typed for NXDOMAIN, else the full one. */
export function hostNotFound(name: string, rcode: number): string {
  return `Host ${name} not found: ${rcode}(${rcodeName(rcode)})\n`;
}

/** `-v`: the whole message. */
export function hostMessage(reply: Message): string {
  const opcode = OPCODES[reply.opcode] || `RESERVED${reply.opcode}`;
  const counts = [
    `QUERY: ${reply.questions.length}`,
    `ANSWER: ${reply.answers.length}`,
    `AUTHORITY: ${reply.authority.length}`,
    `ADDITIONAL: ${reply.additional.length + (reply.edns === null ? 0 : 1)}`,
  ];
  let text = `;; ->>HEADER<<- opcode: ${opcode}, status: ${rcodeName(reply.rcode)}, id: ${reply.id}\n`;
  text += `;; flags: ${flagNames(reply).join(' ')}; ${counts.join(', ')}\n`;
  if (reply.questions.length > 0) {
    text += `\n;; QUESTION SECTION:\n${reply.questions.map((q) => `${questionLine(q)}\n`).join('')}`;
  }
  const sections = [
    ['ANSWER', reply.answers],
    ['AUTHORITY', reply.authority],
    ['ADDITIONAL', reply.additional],
  ] as const;
  for (const [title, records] of sections) {
    if (records.length === 0) continue;
    text += `\n;; ${title} SECTION:\n${records.map((r) => `${recordLine(r)}\n`).join('')}`;
  }
  return `${text}\n`;
}
