// All records of an external zone (CoreDNS plugin/k8s_external/transfer.go): SOA, NS and its addresses, then per Service its
// addresses and SRV records, SOA. Upstream gives them in no order where Services are headless; here by Service.
import { IN, type ResourceRecord } from '../../message/message.ts';
import { labelsOf } from '../../message/name.ts';
import type { ExternalService, Externals, ZoneRecords } from '../../plugin.ts';
import { addressRecord, fullName, type Source } from '../../source.ts';
import { addressesOf, type Making, nsOf, servicesOf, soaOf } from './records.ts';
import type { ExternalOptions } from './setup.ts';

type Group = readonly ResourceRecord[];

interface Asked {
  readonly options: ExternalOptions;
  readonly zone: string;
  readonly serial: number;
  readonly externals: Externals;
}

export function transferred({ options, zone, serial, externals }: Asked): ZoneRecords {
  const current = externals.serial();
  const soa = [soaOf(options, zone, current)];
  if (serial !== 0 && serial >= current) return [soa];
  const { apex, ttl, headless } = options;
  const glue = externals
    .addresses(headless)
    .map((addr): Group => [addressRecord(fullName(`ns1.${apex}`, zone), addr, ttl)]);
  const making = (left: string): Making => ({
    options,
    zone,
    name: fullName(left, zone),
    sourceTtl: externals.ttl,
    // Upstream asks without a server, which fails.
    lookup: () => null,
  });
  const records = externals
    .all(headless)
    .flatMap((service) =>
      service.headless ? headlessRecords(making, service) : serviceRecords(making, service),
    );
  return [soa, [nsOf(options, zone)], ...glue, ...records, soa];
}

type MakingOf = (left: string) => Making;
type Named = ExternalService['sources'][number];

/** Per address and port: the addresses, one SRV record at the Service's name and one at each port's. */
function serviceRecords(making: MakingOf, { owner, sources }: ExternalService): readonly Group[] {
  const seen = new Set<string>();
  const firstOf = (name: string, source: Source): readonly Group[] => {
    if (seen.has(name)) return [];
    const made = servicesOf(making(name), [source]).answers;
    if (made.length > 0) seen.add(name);
    return made.map((one) => [name === owner ? one : stripped(one, source)]);
  };
  return sources.flatMap((source) => [
    ...addresses(making(owner), [source]),
    ...firstOf(owner, source),
    ...firstOf(portName(source, owner), source),
  ]);
}

/** Upstream strips port and protocol off the target, and as many labels off the name of a load balancer. */
function stripped(record: ResourceRecord, { addr }: Source): ResourceRecord {
  if (addr !== null || record.kind !== 'SRV') return record;
  const labels = labelsOf(record.target);
  return labels.length < 3 ? record : { ...record, target: `${labels.slice(2).join('.')}.` };
}

/** Of each family together. */
function addresses(making: Making, sources: readonly Source[]): readonly Group[] {
  const made = ([1, 28] as const).map((type) => addressesOf(making, sources, type).answers);
  return made.filter((group) => group.length > 0);
}

function portName({ name, protocol }: Named, owner: string): string {
  return `_${name.toLowerCase()}._${protocol.toLowerCase()}.${owner}`;
}

/** SRV records are sent twice, as upstream does, first together; those of a port point to the endpoints. */
function headlessRecords(making: MakingOf, { owner, sources }: ExternalService): readonly Group[] {
  if (sources.length === 0) return [];
  const twice = (list: Group): readonly Group[] => [list, ...list.map((one) => [one])];
  const own = [
    ...addresses(making(owner), sources),
    ...twice(servicesOf(making(owner), sources).answers),
  ];
  const endpoints = sources.flatMap((source) => [
    ...addresses(making(source.owner), [source]),
    ...twice(servicesOf(making(source.owner), [source]).answers),
  ]);
  const byPort = new Map<string, Named[]>();
  for (const source of sources.filter(({ name }) => name !== '')) {
    const key = portName(source, owner);
    byPort.set(key, [...(byPort.get(key) ?? []), source]);
  }
  const ported = [...byPort].map(([name, list]) => portRecords(making(name), list));
  return [...own, ...endpoints, ...ported];
}

function portRecords(making: Making, list: readonly Named[]): Group {
  const { name, sourceTtl: ttl, zone } = making;
  const weight = Math.max(1, Math.floor(100 / list.length));
  return list.map(({ owner, port }) => ({
    kind: 'SRV',
    name,
    class: IN,
    ttl,
    priority: 0,
    weight,
    port: port & 0xffff,
    target: fullName(owner, zone),
  }));
}
