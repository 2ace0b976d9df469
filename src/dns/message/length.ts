// How long a message is on the wire without compression, worked out without writing it (miekg/dns Msg.Len): what the
// access log and the metrics show as its size.
import { encodedLength } from './encode.ts';
import type { Message, ResourceRecord } from './message.ts';

/** Bytes; what `encode` writes. */
export function wireLength(message: Message): number {
  let total = 12;
  for (const question of message.questions) {
    if (question.name.includes('\\')) return encodedLength(message);
    total += nameLength(question.name) + 4;
  }
  for (const list of [message.answers, message.authority, message.additional]) {
    for (const record of list) {
      const data = record.name.includes('\\') ? -1 : dataLength(record);
      if (data < 0) return encodedLength(message);
      total += nameLength(record.name) + 10 + data;
    }
  }
  if (message.edns !== null) {
    total += 11;
    for (const option of message.edns.options) total += 4 + option.bytes.length;
  }
  return total;
}

/** Of an absolute name without escapes: a length byte stands for every dot. */
function nameLength(name: string): number {
  return name === '.' ? 1 : name.length + 1;
}

/** -1: not as simple as that. */
function dataLength(record: ResourceRecord): number {
  switch (record.kind) {
    case 'A':
      return 4;
    case 'AAAA':
      return 16;
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return record.target.includes('\\') ? -1 : nameLength(record.target);
    case 'SRV':
      return record.target.includes('\\') ? -1 : 6 + nameLength(record.target);
    case 'SOA':
      return `${record.mname}${record.rname}`.includes('\\')
        ? -1
        : 20 + nameLength(record.mname) + nameLength(record.rname);
    default:
      return -1;
  }
}
