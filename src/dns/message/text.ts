// Records as zone-file text: data only (columns belong to whoever prints a table), as miekg/dns and BIND write it.
import { formatAddr } from '../../net/addr.ts';
import { opaqueText, quoted } from './data-text.ts';
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
    case 'DNAME':
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
    case 'opaque':
      return opaqueText(record.type, record.bytes);
  }
}
