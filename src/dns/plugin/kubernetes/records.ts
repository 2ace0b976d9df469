// Sources to resource records (CoreDNS plugin/backend_lookup.go: A, AAAA, SRV, PTR, NS, SOA). The queried spelling of
// the zone is kept in synthesized targets; owners are the name as asked.
import { familyOf } from '../../../net/addr.ts';
import { IN, type NameRecord, type ResourceRecord, typeName } from '../../message/message.ts';
import { absolute, isSubdomain, lower } from '../../message/name.ts';
import type { DnsRequest } from '../../plugin.ts';
import { addressRecord, fullName, weightOf } from '../../source.ts';
import { nameServers } from './name-servers.ts';
import type { Backend, Found, Records, Result } from './services.ts';

export interface Lookup {
  readonly backend: Backend;
  readonly request: DnsRequest;
  /** The zone in the spelling of the query. */
  readonly zone: string;
}

const nothing: Records = { answers: [], additional: [], truncated: false };

function answers(list: readonly ResourceRecord[]): Records {
  return { ...nothing, answers: list };
}

/** Upstream's isDefaultNS: only where the zone is spelt in lower case, also with the zone twice. */
function isDefaultNs(name: string, zone: string): boolean {
  return name.startsWith('ns.dns.') && name.indexOf(zone) === 'ns.dns.'.length;
}

/** `ns.dns.ZONE` answers with this server's own addresses, and exists for every other type. */
function found({ backend, zone }: Lookup, name: string, isAddress: boolean): Found {
  const asked = lower(name);
  if (!isDefaultNs(asked, zone)) return backend.records(asked, lower(zone));
  if (!isAddress) return [];
  return nameServers(backend).map(({ addr }) => ({
    addr,
    ip: String(addr),
    port: 0,
    owner: 'ns.dns',
  }));
}

/** A or AAAA records of `name`; an ExternalName is followed, inside the zone here, outside through the server. */
export function addresses(
  look: Lookup,
  name: string,
  type: 1 | 28,
  chain: readonly NameRecord[] = [],
): Result {
  const sources = found(look, name, true);
  if (sources === null) return null;
  const { ttl } = look.backend.options;
  const records: ResourceRecord[] = [];
  const seen = new Set<string>();
  let truncated = false;
  for (const { addr, ip } of sources) {
    if (addr !== null) {
      if (familyOf(addr) !== (type === 1 ? 4 : 6) || seen.has(ip)) continue;
      seen.add(ip);
      records.push(addressRecord(name, addr, ttl));
      continue;
    }
    const alias: NameRecord = { kind: 'CNAME', name, class: IN, ttl, target: absolute(ip) };
    const followed = follow(look, alias, type, chain);
    records.push(...followed.answers);
    truncated ||= followed.truncated;
  }
  return { answers: records, additional: [], truncated };
}

/** A target at or below the alias itself is taken for a loop. */
function follow(
  look: Lookup,
  alias: NameRecord,
  type: 1 | 28,
  chain: readonly NameRecord[],
): Records {
  const { longChains, truncates } = look.backend.facts;
  if (isSubdomain(alias.name, alias.target) || chain.length > (longChains ? 10 : 7)) return nothing;
  if (chain.some(({ target }) => target === alias.target)) return nothing;
  if (isSubdomain(look.zone, alias.target)) {
    const next = addresses(look, alias.target, type, [...chain, alias]);
    if (next === null || next.answers.length === 0) {
      return { ...nothing, truncated: next?.truncated ?? false };
    }
    return { ...nothing, answers: [alias, ...next.answers], truncated: next.truncated };
  }
  look.backend.memory.spoil();
  const reply = look.request.turn.lookup(look.request.message, alias.target, type);
  if (reply === null) return nothing;
  return { ...nothing, answers: [alias, ...reply.answers], truncated: truncates && reply.tc };
}

/** The ExternalName of a name, for queries of type CNAME. */
export function aliases(look: Lookup, name: string): Result {
  const sources = found(look, name, false);
  if (sources === null) return null;
  const { ttl } = look.backend.options;
  const first = sources[0];
  if (first === undefined || first.addr !== null) return nothing;
  return answers([{ kind: 'CNAME', name, class: IN, ttl, target: absolute(first.ip) }]);
}

/** SRV records; the weight is shared out over all sources, also those that yield no record. */
export function services(look: Lookup, name: string): Result {
  const all = found(look, name, false);
  if (all === null) return null;
  const { backend, zone } = look;
  const { ttl } = backend.options;
  const sources = all.filter((source) => source.addr !== null);
  const weight = weightOf(sources.length, backend.facts.weighty ? 1 : 0);
  const srv: ResourceRecord[] = [];
  const additional: ResourceRecord[] = [];
  const seen = new Set<string>();
  for (const { addr, ip, port, owner } of sources) {
    if (port === -1 || addr === null) continue;
    const target = fullName(owner, zone);
    const first = (key: string): boolean => !seen.has(key) && seen.add(key) !== undefined;
    if (first(`${target} port ${port}`)) {
      srv.push({ kind: 'SRV', name, class: IN, ttl, priority: 0, weight, port, target });
    }
    if (first(`${target} addr ${ip}`)) additional.push(addressRecord(target, addr, ttl));
  }
  return { answers: srv, additional, truncated: false };
}

export function pointers({ backend, zone }: Lookup, name: string): Result {
  const targets = backend.reverse(lower(name), lower(zone));
  if (targets === null) return null;
  const { ttl } = backend.options;
  return answers(
    targets.map((target) => ({ kind: 'PTR', name, class: IN, ttl, target: absolute(target) })),
  );
}

const schemaTtl = 28_800;

/** Only dns-version.ZONE has a text. A topology zone's name exists although it is empty. */
export function texts({ backend, zone }: Lookup, name: string): Result {
  const asked = lower(name);
  const { textNameErrors, schema110 } = backend.facts;
  if (asked === fullName('dns-version', lower(zone))) {
    const strings = [schema110 ? '1.1.0' : '1.0.1'];
    return answers([{ kind: 'TXT', name, class: IN, ttl: schemaTtl, strings }]);
  }
  if (!textNameErrors) return nothing;
  const sources = backend.records(asked, lower(zone));
  if (sources === null) return null;
  const isZonal = (backend.parse(asked, lower(zone))?.zone ?? '') !== '';
  return sources.length > 0 || isZonal ? nothing : null;
}

/** NS of the zone's apex, and the servers' addresses. */
function apexServers({ backend, zone }: Lookup, name: string): Result {
  const { ttl } = backend.options;
  const ns: ResourceRecord[] = [];
  const additional: ResourceRecord[] = [];
  const seen = new Set<string>();
  for (const { owner, addr } of nameServers(backend)) {
    const target = fullName(owner, zone);
    if (!seen.has(target)) ns.push({ kind: 'NS', name, class: IN, ttl, target });
    seen.add(target);
    additional.push(addressRecord(target, addr, ttl));
  }
  return { answers: ns, additional, truncated: false };
}

/** The zone's SOA, as answer at the apex and as authority of negative replies. */
export function soa(backend: Backend, zone: string): ResourceRecord {
  const { ttl } = backend.options;
  return {
    kind: 'SOA',
    name: zone,
    class: IN,
    ttl: Math.min(ttl, 300),
    mname: fullName('ns.dns', zone),
    rname: fullName('hostmaster', zone),
    serial: backend.serial(zone),
    refresh: 7200,
    retry: 1800,
    expire: 86_400,
    minimum: ttl,
  };
}

/** Records of one question; types without rules of their own only tell whether the name exists. */
export function recordsFor(look: Lookup): Result {
  const { name, type } = look.request.question;
  const { backend, zone } = look;
  switch (typeName(type)) {
    case 'A':
    case 'AAAA':
      return addresses(look, name, type === 1 ? 1 : 28);
    case 'CNAME':
      return aliases(look, name);
    case 'SRV':
      return services(look, name);
    case 'MX':
      return found(look, name, false) === null ? null : nothing;
    case 'PTR':
      return pointers(look, name);
    case 'TXT':
      return texts(look, name);
    case 'SOA': {
      const isApex = lower(name) === lower(zone) || !backend.facts.apexAlone;
      return isApex ? answers([soa(backend, zone)]) : nothing;
    }
    case 'NS':
      if (lower(name) === zone) return apexServers(look, name);
      break;
  }
  return addresses(look, name, 1) === null ? null : nothing;
}
