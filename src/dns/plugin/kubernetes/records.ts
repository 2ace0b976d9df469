// Sources to resource records (CoreDNS plugin/backend_lookup.go: A, AAAA, SRV, PTR, NS, SOA). The queried spelling of
// the zone is kept in synthesized targets; owners are the name as asked.
import { type Addr, familyOf } from '../../../net/addr.ts';
import { IN, type NameRecord, type ResourceRecord, typeName } from '../../message/message.ts';
import { absolute, isSubdomain, lower } from '../../message/name.ts';
import type { DnsRequest } from '../../plugin.ts';
import type { Backend, Found } from './services.ts';

export interface Lookup {
  readonly backend: Backend;
  readonly request: DnsRequest;
  /** The zone in the spelling of the query. */
  readonly zone: string;
}

export interface Records {
  readonly answers: readonly ResourceRecord[];
  readonly additional: readonly ResourceRecord[];
  readonly truncated: boolean;
}

/** null is a name error. */
export type Result = Records | null;

const nothing: Records = { answers: [], additional: [], truncated: false };

function answers(list: readonly ResourceRecord[]): Records {
  return { ...nothing, answers: list };
}

function addressRecord(name: string, addr: Addr, ttl: number): ResourceRecord {
  return typeof addr === 'number'
    ? { kind: 'A', name, class: IN, ttl, addr }
    : { kind: 'AAAA', name, class: IN, ttl, addr };
}

/** `ns.dns.ZONE` answers with this server's own addresses; as upstream, only when ZONE is spelt in lower case. */
function found(look: Lookup, name: string): Found {
  const { backend, zone } = look;
  if (lower(name) === `ns.dns.${zone}`) {
    return backend
      .nameServers()
      .map(({ addr }) => ({ addr, target: '', port: 0, owner: 'ns.dns' }));
  }
  return backend.records(lower(name), lower(zone));
}

const chainMax = 7;

/** A or AAAA records of `name`; an ExternalName is followed, inside the zone here, outside through the server. */
export function addresses(
  look: Lookup,
  name: string,
  type: 1 | 28,
  chain: readonly NameRecord[] = [],
): Result {
  const sources = found(look, name);
  if (sources === null) return null;
  const ttl = look.backend.options.ttl;
  const records: ResourceRecord[] = [];
  const seen = new Set<Addr>();
  let truncated = false;
  for (const source of sources) {
    if (source.addr !== null) {
      if (familyOf(source.addr) !== (type === 1 ? 4 : 6) || seen.has(source.addr)) continue;
      seen.add(source.addr);
      records.push(addressRecord(name, source.addr, ttl));
      continue;
    }
    const alias: NameRecord = {
      kind: 'CNAME',
      name,
      class: IN,
      ttl,
      target: absolute(source.target),
    };
    const followed = follow(look, alias, type, chain);
    records.push(...followed.answers);
    truncated ||= followed.truncated;
  }
  return { answers: records, additional: [], truncated };
}

function follow(
  look: Lookup,
  alias: NameRecord,
  type: 1 | 28,
  chain: readonly NameRecord[],
): Records {
  const target = lower(alias.target);
  if (target === lower(alias.name) || chain.length > chainMax) return nothing;
  if (chain.some((c) => lower(c.target) === target && lower(c.name) === lower(alias.name))) {
    return nothing;
  }
  if (isSubdomain(look.zone, alias.target)) {
    const next = addresses(look, alias.target, type, [...chain, alias]);
    if (next === null || next.answers.length === 0) {
      return { ...nothing, truncated: next?.truncated ?? false };
    }
    return { ...nothing, answers: [alias, ...next.answers], truncated: next.truncated };
  }
  const reply = look.request.turn.lookup(look.request.message, alias.target, type);
  if (reply === null) return nothing;
  return { ...nothing, answers: [alias, ...reply.answers], truncated: reply.tc };
}

/** The ExternalName of a name, for queries of type CNAME. */
export function aliases(look: Lookup, name: string): Result {
  const sources = found(look, name);
  if (sources === null) return null;
  const { ttl } = look.backend.options;
  const first = sources[0];
  if (first === undefined || first.addr !== null) return nothing;
  return answers([{ kind: 'CNAME', name, class: IN, ttl, target: absolute(first.target) }]);
}

/** SRV records; the weight is shared out over all sources, also those that yield no record. */
export function services(look: Lookup, name: string): Result {
  const all = found(look, name);
  if (all === null) return null;
  const sources = all.filter((source) => source.addr !== null);
  const { ttl } = look.backend.options;
  const weight = Math.max(1, Math.floor(100 / Math.max(1, sources.length)));
  const srv: ResourceRecord[] = [];
  const additional: ResourceRecord[] = [];
  const seen = new Set<string>();
  for (const { addr, port, owner } of sources) {
    if (port === -1 || addr === null) continue;
    const target = owner === 'ns.dns' ? name : `${owner}.${look.zone}`;
    const first = (key: string): boolean => !seen.has(key) && seen.add(key) !== undefined;
    if (first(`${target} port ${port}`)) {
      srv.push({ kind: 'SRV', name, class: IN, ttl, priority: 0, weight, port, target });
    }
    if (first(`${target} addr ${addr}`)) additional.push(addressRecord(target, addr, ttl));
  }
  return { answers: srv, additional, truncated: false };
}

export function pointers(look: Lookup, name: string): Result {
  const targets = look.backend.reverse(lower(name), lower(look.zone));
  if (targets === null) return null;
  const { ttl } = look.backend.options;
  return answers(targets.map((target) => ({ kind: 'PTR', name, class: IN, ttl, target })));
}

const SCHEMA_VERSION = '1.1.0';
const schemaTtl = 28_800;

/** Only dns-version.ZONE has a text; from CoreDNS 1.10.1 on, names without records are name errors for TXT. */
export function texts(look: Lookup, name: string): Result {
  if (lower(name) === `dns-version.${lower(look.zone)}`) {
    return answers([{ kind: 'TXT', name, class: IN, ttl: schemaTtl, strings: [SCHEMA_VERSION] }]);
  }
  const sources = look.backend.records(lower(name), lower(look.zone));
  return sources !== null && sources.length > 0 ? nothing : null;
}

/** NS of the zone's apex, and the servers' addresses. */
export function nameServers(look: Lookup, name: string): Result {
  const { ttl } = look.backend.options;
  const ns: ResourceRecord[] = [];
  const additional: ResourceRecord[] = [];
  const seen = new Set<string>();
  for (const { owner, addr } of look.backend.nameServers()) {
    const target = `${owner}.${look.zone}`;
    if (!seen.has(target)) ns.push({ kind: 'NS', name, class: IN, ttl, target });
    seen.add(target);
    additional.push(addressRecord(target, addr, ttl));
  }
  return { answers: ns, additional, truncated: false };
}

/** The zone's SOA, as answer at the apex and as authority of negative replies. */
export function soa(look: Lookup): ResourceRecord {
  const { backend, zone } = look;
  const { ttl } = backend.options;
  return {
    kind: 'SOA',
    name: zone,
    class: IN,
    ttl: Math.min(ttl, 300),
    mname: `ns.dns.${zone}`,
    rname: `hostmaster.${zone}`,
    serial: backend.serial(),
    refresh: 7200,
    retry: 1800,
    expire: 86_400,
    minimum: ttl,
  };
}

/** Records of one question; types without rules of their own only tell whether the name exists. */
export function recordsFor(look: Lookup): Result {
  const { name, type } = look.request.question;
  const apex = lower(name) === lower(look.zone);
  switch (typeName(type)) {
    case 'A':
    case 'AAAA':
      return addresses(look, name, type === 1 ? 1 : 28);
    case 'CNAME':
      return aliases(look, name);
    case 'SRV':
      return services(look, name);
    case 'PTR':
      return pointers(look, name);
    case 'TXT':
      return texts(look, name);
    case 'SOA':
      return apex ? answers([soa(look)]) : nothing;
    case 'NS':
      if (lower(name) === look.zone) return nameServers(look, name);
      break;
  }
  return addresses(look, name, 1) === null ? null : nothing;
}
