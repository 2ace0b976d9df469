// Records as zone-file text: data only (columns belong to whoever prints a table), as miekg/dns and BIND write it.
import { formatAddr } from '../../net/addr.ts';
import type { ResourceRecord } from './message.ts';

/** The data part of a record: "10.96.0.1", "0 100 443 kubernetes.default.svc.cluster.local.". */
export function dataText(record: ResourceRecord): string {
  switch (record.kind) {
    case 'A':
    case 'AAAA':
      return formatAddr(record.addr);
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return record.target;
    case 'MX':
      return `${record.preference} ${record.target}`;
    case 'SRV':
      return `${record.priority} ${record.weight} ${record.port} ${record.target}`;
    case 'SOA': {
      const { mname, rname, serial, refresh, retry, expire, minimum } = record;
      return `${mname} ${rname} ${serial} ${refresh} ${retry} ${expire} ${minimum}`;
    }
    case 'TXT':
      return record.strings.map(quoted).join(' ');
    case 'opaque': {
      const hex = Array.from(record.bytes, (b) => b.toString(16).padStart(2, '0').toUpperCase());
      return `\\# ${record.bytes.length}${hex.length > 0 ? ` ${hex.join('')}` : ''}`;
    }
  }
}

function quoted(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 32 || code > 126) out += `\\${String(code).padStart(3, '0')}`;
    else if (code === 34 || code === 92) out += `\\${text[i]}`;
    else out += text[i];
  }
  return `"${out}"`;
}
