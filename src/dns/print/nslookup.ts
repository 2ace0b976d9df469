// What the three nslookups print: busybox up to 1.28 (getaddrinfo), busybox from 1.29 (its own resolver; 1.35's form),
// and BIND 9.18. Values to text only; which queries are sent is decided by src/programs/nslookup.ts.
import { type Addr, formatAddr, formatEndpoint } from '../../net/addr.ts';
import {
  type Message,
  type ResourceRecord,
  rcodeName,
  typeName,
  typeOf,
} from '../message/message.ts';
import { dataText } from '../message/text.ts';

const bare = (name: string): string => (name === '.' ? name : name.replace(/\.$/, ''));

/** busybox <= 1.28: "Name:      web", then "Address 1: IP NAME"; the name is what the reverse look-up found. */
export function printOldBlock(
  label: 'Server:' | 'Name:',
  title: string,
  addresses: readonly { readonly ip: string; readonly name: string | null }[],
): string {
  const lines = addresses.map(({ ip, name }, i) => {
    const reverse = name === null ? '' : ` ${bare(name)}`;
    return `Address ${i + 1}: ${ip}${reverse}\n`;
  });
  return `${label.padEnd(10)} ${title}\n${lines.join('')}`;
}

/** busybox >= 1.29: "Server:", "Address: IP:53" and a blank line. */
export function printBusyboxServer(shown: string, server: Addr, port: number): string {
  return `Server:\t\t${shown}\nAddress:\t${formatEndpoint(server, port)}\n\n`;
}

/** One reply of busybox >= 1.29 with the blank line that ends it. `name` is the one that was asked, as it was typed. */
export function printBusyboxReply(name: string, reply: Message, tellsNoAnswer = false): string {
  if (reply.rcode !== 0) {
    return `** server can't find ${name}: ${rcodeName(reply.rcode)}\n\n`;
  }
  const head = reply.aa ? '' : 'Non-authoritative answer:\n';
  const nothing =
    tellsNoAnswer && reply.answers.length === 0 ? `*** Can't find ${name}: No answer\n` : '';
  return `${head}${reply.answers.map((record) => busyboxRecord(record)).join('')}${nothing}\n`;
}

function busyboxRecord(record: ResourceRecord): string {
  const name = bare(record.name);
  switch (record.kind) {
    case 'A':
    case 'AAAA':
      return `Name:\t${name}\nAddress: ${formatAddr(record.addr)}\n`;
    case 'CNAME':
      return `${name}\tcanonical name = ${bare(record.target)}\n`;
    case 'NS':
      return `${name}\tnameserver = ${bare(record.target)}\n`;
    case 'PTR':
      return `${name}\tname = ${bare(record.target)}\n`;
    case 'MX':
      return `${name}\tmail exchanger = ${record.preference} ${bare(record.target)}\n`;
    case 'SRV':
      return `${name}\tservice = ${record.priority} ${record.weight} ${record.port} ${bare(record.target)}\n`;
    case 'TXT':
      return record.strings.map((text) => `${name}\ttext = "${text}"\n`).join('');
    case 'SOA':
      return `${name}\n${soaLines(record)}`;
    case 'DNAME':
    case 'opaque':
      return '';
  }
}

function soaLines(record: Extract<ResourceRecord, { kind: 'SOA' }>): string {
  const fields = [
    ['origin', bare(record.mname)],
    ['mail addr', bare(record.rname)],
    ['serial', record.serial],
    ['refresh', record.refresh],
    ['retry', record.retry],
    ['expire', record.expire],
    ['minimum', record.minimum],
  ];
  return fields.map(([name, value]) => `\t${name} = ${value}\n`).join('');
}

/** BIND: "Server:", "Address: IP#53" and a blank line. */
export function printBindServer(shown: string, server: Addr, port: number): string {
  return `Server:\t\t${shown}\nAddress:\t${formatAddr(server)}#${port}\n\n`;
}

/** The answers of one reply as BIND prints them, without the blank line at the end. */
export function printBindAnswers(reply: Message): string {
  const head = reply.aa ? '' : 'Non-authoritative answer:\n';
  return `${head}${reply.answers.map(bindRecord).join('')}`;
}

function bindRecord(record: ResourceRecord): string {
  const name = bare(record.name);
  switch (record.kind) {
    case 'A':
    case 'AAAA':
      return `Name:\t${name}\nAddress: ${formatAddr(record.addr)}\n`;
    case 'CNAME':
      return `${name}\tcanonical name = ${record.target}\n`;
    case 'NS':
      return `${name}\tnameserver = ${record.target}\n`;
    case 'PTR':
      return `${name}\tname = ${record.target}\n`;
    case 'MX':
      return `${name}\tmail exchanger = ${dataText(record)}\n`;
    case 'SRV':
      return `${name}\tservice = ${dataText(record)}\n`;
    case 'TXT':
      return `${name}\ttext = ${dataText(record)}\n`;
    case 'SOA':
      return `${name}\n${soaLines(record)}`;
    case 'DNAME':
      return `${name}\tdname = ${record.target}\n`;
    case 'opaque':
      return `${name}\trdata_${typeName(typeOf(record)).replace(/^TYPE/, '')} = ${dataText(record)}\n`;
  }
}
