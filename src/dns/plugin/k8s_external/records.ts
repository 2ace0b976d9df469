// Sources to records of the external zone (CoreDNS plugin/k8s_external/msg_to_dns.go, apex.go). Names of load balancers
// are looked up through the whole server; unlike in the cluster's own zone they are never followed here.
import { familyOf } from '../../../net/addr.ts';
import { IN, type Message, type ResourceRecord } from '../../message/message.ts';
import { absolute } from '../../message/name.ts';
import { addressRecord, fullName, type Source, weightOf } from '../../source.ts';
import type { ExternalOptions } from './setup.ts';

export interface Making {
  readonly options: ExternalOptions;
  /** Configured spelling. */
  readonly zone: string;
  /** The owner of what is made. */
  readonly name: string;
  /** TTL of records that are no addresses: the kubernetes plugin's. */
  readonly sourceTtl: number;
  /** Asks the whole server. */
  lookup(name: string, type: number): Message | null;
}

const A = 1;
const AAAA = 28;

export interface Made {
  readonly answers: readonly ResourceRecord[];
  readonly additional: readonly ResourceRecord[];
  readonly truncated: boolean;
}

/** Addresses of one family; a name is an alias whose answer follows. */
export function addressesOf(making: Making, sources: readonly Source[], type: 1 | 28): Made {
  const answers: ResourceRecord[] = [];
  const seen = new Set<string>();
  let truncated = false;
  for (const { addr, ip } of sources) {
    if (addr === null) {
      const target = absolute(ip);
      const { name, sourceTtl: ttl } = making;
      answers.push({ kind: 'CNAME', name, class: IN, ttl, target });
      const reply = making.lookup(target, type);
      answers.push(...(reply?.answers ?? []));
      truncated ||= reply?.tc ?? false;
      continue;
    }
    if (familyOf(addr) !== (type === A ? 4 : 6) || seen.has(ip)) continue;
    seen.add(ip);
    answers.push(addressRecord(making.name, addr, making.options.ttl));
  }
  return { answers, additional: [], truncated };
}

/** The target is the source's own name, or the load balancer's. */
export function servicesOf(making: Making, sources: readonly Source[]): Made {
  const { name, sourceTtl: ttl, zone } = making;
  const weight = weightOf(sources.length);
  const answers: ResourceRecord[] = [];
  const additional: ResourceRecord[] = [];
  const seen = new Set<string>();
  const first = (key: string): boolean => !seen.has(key) && seen.add(key) !== undefined;
  for (const { addr, ip, port, owner } of sources) {
    if (port === -1) continue;
    const target = addr === null ? absolute(ip) : fullName(owner, zone);
    if (first(`${target} port ${port}`)) {
      answers.push({ kind: 'SRV', name, class: IN, ttl, priority: 0, weight, port, target });
    }
    if (!first(`${target} addr ${ip}`)) continue;
    if (addr !== null) {
      additional.push(addressRecord(target, addr, making.options.ttl));
      continue;
    }
    for (const type of [A, AAAA]) additional.push(...(making.lookup(target, type)?.answers ?? []));
  }
  return { answers, additional, truncated: false };
}

export function soaOf(
  { apex, ttl }: ExternalOptions,
  zone: string,
  serial: number,
): ResourceRecord {
  return {
    kind: 'SOA',
    name: zone,
    class: IN,
    ttl,
    mname: fullName(`ns1.${apex}`, zone),
    rname: fullName(`hostmaster.${apex}`, zone),
    serial,
    refresh: 7200,
    retry: 1800,
    expire: 86_400,
    minimum: ttl,
  };
}

export function nsOf({ apex, ttl }: ExternalOptions, zone: string): ResourceRecord {
  return { kind: 'NS', name: zone, class: IN, ttl, target: fullName(`ns1.${apex}`, zone) };
}
