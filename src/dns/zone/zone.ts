// A zone as CoreDNS's plugins file, auto and secondary hold it: the apex's SOA and NS apart, all else by name
// (plugin/file/zone.go, file.go Parse). Not here: look-ups (lookup.ts), when a file is read again (zone-file.ts).
import { goQuote } from '../../api/field/errors.ts';
import { decode, nameAt } from '../message/decode.ts';
import { encode } from '../message/encode.ts';
import {
  query,
  type ResourceRecord,
  type SoaRecord,
  typeName,
  typeOf,
} from '../message/message.ts';
import { isDomainName, lower } from '../message/name.ts';
import type { ZoneRecords } from '../plugin.ts';
import { zoneErrorText } from './error.ts';
import type { ZoneFacts } from './facts.table.ts';
import { parseZone } from './parser.ts';
import { ZoneTree } from './tree.ts';

export interface Zone {
  readonly origin: string;
  readonly facts: ZoneFacts;
  /** null: the zone has not been read or transferred yet. */
  readonly soa: SoaRecord | null;
  readonly ns: readonly ResourceRecord[];
  /** Signatures of SOA and NS at the apex. */
  readonly soaSigs: readonly ResourceRecord[];
  readonly nsSigs: readonly ResourceRecord[];
  readonly tree: ZoneTree;
}

export function emptyZone(origin: string, facts: ZoneFacts): Zone {
  return { origin, facts, soa: null, ns: [], soaSigs: [], nsSigs: [], tree: new ZoneTree() };
}

/** The records as a zone; a text says which of them no zone can have. */
export function zoneOf(
  origin: string,
  records: readonly ResourceRecord[],
  facts: ZoneFacts,
): Zone | string {
  let soa: SoaRecord | null = null;
  const ns: ResourceRecord[] = [];
  const soaSigs: ResourceRecord[] = [];
  const nsSigs: ResourceRecord[] = [];
  const tree = new ZoneTree();
  for (const given of records) {
    const record = lowered(given, facts);
    const type = typeName(typeOf(record));
    const isApex = record.name === origin;
    const covered = type === 'RRSIG' ? coveredType(record) : null;
    if (type === 'NSEC3' || type === 'NSEC3PARAM') {
      return `NSEC3 zone is not supported, dropping RR: ${record.name} for zone: ${origin}`;
    }
    // Whatever its name is, the last SOA is the zone's.
    if (record.kind === 'SOA') soa = record;
    else if (record.kind === 'NS' && isApex) ns.push(record);
    else if (covered === 'SOA') soaSigs.push(record);
    else if (covered === 'NS' && isApex) nsSigs.push(record);
    else tree.insert(record);
  }
  return { origin, facts, soa, ns, soaSigs, nsSigs, tree };
}

/** Type that an RRSIG signs. */
export function coveredType(record: ResourceRecord): string | null {
  if (record.kind !== 'opaque' || typeName(record.type) !== 'RRSIG') return null;
  return typeName((record.bytes[0] ?? 0) * 256 + (record.bytes[1] ?? 0));
}

/** Owners and most targets are held in lower case. */
function lowered(record: ResourceRecord, facts: ZoneFacts): ResourceRecord {
  if (record.kind === 'SRV') {
    if (facts.srvSpelling) return record;
    return { ...record, name: lower(record.name), target: lower(record.target) };
  }
  const name = lower(facts.canonicalEscapes ? offTheWire(record.name) : record.name);
  switch (record.kind) {
    case 'NS':
    case 'CNAME':
    case 'MX':
      return { ...record, name, target: lower(record.target) };
    case 'SOA':
      return { ...record, name, mname: lower(record.mname), rname: lower(record.rname) };
    case 'opaque': {
      const isService = facts.serviceBinding && ['SVCB', 'HTTPS'].includes(typeName(record.type));
      return { ...record, name, bytes: isService ? loweredTarget(record.bytes) : record.bytes };
    }
    default:
      return { ...record, name };
  }
}

/** The target of SVCB and HTTPS, which begins after the priority, in lower case. */
function loweredTarget(bytes: Uint8Array): Uint8Array {
  const end = nameAt(bytes, 2)?.end ?? 2;
  // Length bytes are below 64, letters above.
  return bytes.map((byte, i) => (i >= 2 && i < end && byte >= 65 && byte <= 90 ? byte + 32 : byte));
}

/** `a\046b.` -> `a\.b.` */
function offTheWire(name: string): string {
  if (!name.includes('\\') || !isDomainName(name)) return name;
  const read = decode(encode(query(0, name, 1)));
  return read.kind === 'message' ? (read.message.questions[0]?.name ?? name) : name;
}

export interface ZoneFileOptions {
  readonly origin: string;
  readonly file: string;
  readonly facts: ZoneFacts;
  /** Serial that would be no news; -1: any is. */
  readonly serial: number;
  readFile(path: string): string | undefined;
}

export type ZoneFileRead =
  | { readonly kind: 'zone'; readonly zone: Zone; readonly soa: SoaRecord }
  /** The serial is the one that is known. */
  | { readonly kind: 'unchanged'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string };

/** Reads a zone file's text, with CoreDNS's errors. */
export function readZoneFile(text: string, options: ZoneFileOptions): ZoneFileRead {
  const { origin, file, facts, serial, readFile } = options;
  const parsed = parseZone(text, { origin, file, readFile });
  const records = parsed.records.map(({ record }) => record);
  const first = records.find((record) => record.kind === 'SOA');
  const where = `for origin ${origin} in file ${file}`;
  if (first?.kind === 'SOA' && first.serial === serial) {
    const why = `no change in SOA serial ${where}, with ${serial} SOA serial`;
    return { kind: 'unchanged', why };
  }
  const zone = zoneOf(origin, records, facts);
  if (typeof zone === 'string') return { kind: 'failed', why: zone };
  const missing = `file ${goQuote(file)} has no SOA record for origin ${origin}`;
  if (zone.soa === null && !facts.errorBeforeSoa) return { kind: 'failed', why: missing };
  if (parsed.error !== null) {
    const why = zoneErrorText(parsed.error);
    const what = `failed to parse file ${goQuote(file)} for origin ${origin}`;
    return { kind: 'failed', why: `${what} with error ${why}` };
  }
  if (zone.soa === null) return { kind: 'failed', why: missing };
  return { kind: 'zone', zone, soa: zone.soa };
}

/** All records for a transfer: the apex, then name by name, and the SOA once more. */
export function transferOf(zone: Zone, serial: number): ZoneRecords {
  const { soa, soaSigs, ns, nsSigs, tree } = zone;
  if (soa === null) return { error: 'no SOA' };
  if (serial !== 0 && soa.serial === serial) return [[soa]];
  return [[soa, ...soaSigs, ...ns, ...nsSigs], ...tree.elems().map((elem) => elem.all()), [soa]];
}
