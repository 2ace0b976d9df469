// What plugins that answer for Services make records of (CoreDNS plugin/etcd/msg Service, pkg/dnsutil Join): where a record
// points to, under which name it stands, and the weight of SRV records.
import { type Addr, parseAddr } from '../net/addr.ts';
import { IN, type ResourceRecord } from './message/message.ts';

/** What a record may point to (msg.Service.HostType): an address, or any other text as a name. */
export interface Host {
  /** As the object has it: CoreDNS compares addresses by their text. */
  readonly ip: string;
  /** null: it is a name. */
  readonly addr: Addr | null;
}

export interface Source extends Host {
  /** -1: nothing is declared. */
  readonly port: number;
  /** Where it stands, left of the zone: "10-1-0-32.web.demo.svc". */
  readonly owner: string;
}

/** An address as Go takes it: ::ffff:a.b.c.d is IPv4. */
export function mappedAddr(addr: Addr): Addr {
  return typeof addr === 'bigint' && addr >> 32n === 0xffffn ? Number(addr & 0xffff_ffffn) : addr;
}

export function hostOf(ip: string): Host {
  const addr = parseAddr(ip);
  return { ip, addr: addr === undefined ? null : mappedAddr(addr) };
}

/** "web.demo.svc" under "cluster.local.", or under the root. */
export function fullName(left: string, zone: string): string {
  return zone === '.' ? `${left}.` : `${left}.${zone}`;
}

export function addressRecord(name: string, addr: Addr, ttl: number): ResourceRecord {
  return typeof addr === 'number'
    ? { kind: 'A', name, class: IN, ttl, addr }
    : { kind: 'AAAA', name, class: IN, ttl, addr };
}

/** A hundred shared out over so many; at least 1 unless an old release is asked. */
export function weightOf(count: number, least = 1): number {
  return Math.max(least, Math.floor((100 / (100 * Math.max(1, count))) * 100));
}
