// Bytes to message values (RFC 1035 section 4; miekg/dns msg.go). Never throws and never reads past the end: what cannot
// be decoded is a value that says how far it got, because a server still answers FORMERR with the question it could
// read. As miekg/dns, a message may end early between two records, whatever its counts say.
import { atLeast, type CoreDnsVersion } from '../kubeadm/version.ts';
import { type OptionRules, optionRulesOf, readOptions } from './edns-option.ts';
import type { Edns, Header, Message, OpaqueRecord, Question, ResourceRecord } from './message.ts';
import { readData } from './rdata.ts';
import { Malformed, Reader } from './reader.ts';

export type Decoded =
  | { readonly kind: 'message'; readonly message: Message }
  /** Fewer than 12 bytes. */
  | { readonly kind: 'short' }
  | {
      readonly kind: 'malformed';
      readonly header: Header;
      readonly counts: Counts;
      /** Questions that could be read before the damage. */
      readonly questions: readonly Question[];
      readonly reason: string;
    };

export interface Counts {
  readonly questions: number;
  readonly answers: number;
  readonly authority: number;
  readonly additional: number;
}

const OPT = 41;
const headerSize = 12;

function readHeader(r: Reader): Header {
  const id = r.u16();
  const bits = r.u16();
  return {
    id,
    qr: (bits & 0x8000) !== 0,
    opcode: (bits >>> 11) & 15,
    aa: (bits & 0x0400) !== 0,
    tc: (bits & 0x0200) !== 0,
    rd: (bits & 0x0100) !== 0,
    ra: (bits & 0x0080) !== 0,
    z: (bits & 0x0040) !== 0,
    ad: (bits & 0x0020) !== 0,
    cd: (bits & 0x0010) !== 0,
    rcode: bits & 15,
  };
}

function readCounts(r: Reader): Counts {
  const [questions, answers, authority] = [r.u16(), r.u16(), r.u16()];
  return { questions, answers, authority, additional: r.u16() };
}

/** How much a server looks at before it decodes the rest (miekg/dns MsgAcceptFunc); undefined: too short. */
export function peek(bytes: Uint8Array): { header: Header; counts: Counts } | undefined {
  if (bytes.length < headerSize) return undefined;
  const r = new Reader(bytes, 0);
  return { header: readHeader(r), counts: readCounts(r) };
}

/** What differs between the releases' libraries. */
export interface Dialect {
  readonly options: OptionRules;
  /** A question that ends in the middle of its class has class 0, in place of being damage. */
  readonly halfClass: boolean;
}

/** The dialect of a CoreDNS release; absent: the newest. miekg/dns 1.1.68 (1.13.1) against 1.1.64 (1.12.1). */
export function dialectOf(version?: CoreDnsVersion): Dialect {
  const halfClass = version !== undefined && !atLeast(version, '1.13.1');
  return { options: optionRulesOf(version), halfClass };
}

const newest = dialectOf();

/** The record of a type whose data are these bytes; undefined when they are none of that type. */
export function recordOfData(
  owner: Pick<ResourceRecord, 'name' | 'class' | 'ttl'>,
  type: number,
  bytes: Uint8Array,
): ResourceRecord | undefined {
  return unlessMalformed(() => {
    const r = new Reader(bytes, 0);
    const data = readData(r, type);
    return r.at === bytes.length ? ({ ...owner, ...data } as ResourceRecord) : undefined;
  });
}

/** One name in the data of a record, and where it ends; undefined: none begins there. */
export function nameAt(bytes: Uint8Array, at: number): { name: string; end: number } | undefined {
  return unlessMalformed(() => {
    const r = new Reader(bytes, at);
    return { name: r.name(), end: r.at };
  });
}

function unlessMalformed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/** Reads one message. Bytes after its end are ignored, as miekg/dns does. */
export function decode(bytes: Uint8Array, dialect: Dialect = newest): Decoded {
  if (bytes.length < headerSize) return { kind: 'short' };
  const r = new Reader(bytes, 0);
  const header = readHeader(r);
  const counts = readCounts(r);
  const questions: Question[] = [];
  try {
    for (let i = 0; i < counts.questions && r.at < r.end; i++) {
      questions.push(readQuestion(r, dialect));
    }
    return { kind: 'message', message: readBody(r, header, counts, questions, dialect.options) };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { kind: 'malformed', header, counts, questions, reason: error.message };
  }
}

/** A question may end after its name or its type; what is missing is 0. */
function readQuestion(r: Reader, { halfClass }: Dialect): Question {
  const name = r.name();
  const type = r.at === r.end ? 0 : r.u16();
  if (halfClass && r.at === r.end - 1) r.at = r.end;
  return { name, type, class: r.at === r.end ? 0 : r.u16() };
}

const noRecords: readonly ResourceRecord[] = [];

function readBody(
  r: Reader,
  header: Header,
  counts: Counts,
  questions: readonly Question[],
  rules: OptionRules,
): Message {
  const answers = readSection(r, counts.answers);
  const authority = readSection(r, counts.authority);
  const rest = readSection(r, counts.additional);
  const last = rest.findLast(isOpt);
  if (answers !== noRecords || authority !== noRecords || rest.length > 1) {
    for (const one of [...answers, ...authority, ...rest]) if (isOpt(one)) ednsOf(one, rules);
  }
  const edns = last === undefined ? null : ednsOf(last, rules);
  const additional = last === undefined ? rest : without(rest, last);
  const rcode = last === undefined ? header.rcode : header.rcode | ((last.ttl >>> 24) << 4);
  // Field by field: a spread of the header costs more than reading the rest of a query.
  const { id, qr, opcode, aa, tc, rd, ra, z, ad, cd } = header;
  return {
    id,
    qr,
    opcode,
    aa,
    tc,
    rd,
    ra,
    z,
    ad,
    cd,
    rcode,
    questions,
    answers,
    authority,
    additional,
    edns,
  };
}

function readSection(r: Reader, count: number): readonly ResourceRecord[] {
  if (count === 0 || r.at === r.end) return noRecords;
  const records: ResourceRecord[] = [];
  for (let i = 0; i < count && r.at < r.end; i++) records.push(readRecord(r));
  return records;
}

function readRecord(r: Reader): ResourceRecord {
  const name = r.name();
  const type = r.u16();
  const klass = r.u16();
  const ttl = r.u32();
  const length = r.u16();
  const { end } = r;
  if (r.at + length > end) throw new Malformed('overflowing header size');
  r.end = r.at + length;
  const data = readData(r, type);
  r.end = end;
  return { ...data, name, class: klass, ttl } as ResourceRecord;
}

function without(
  records: readonly ResourceRecord[],
  one: ResourceRecord,
): readonly ResourceRecord[] {
  return records.length === 1 ? noRecords : records.filter((record) => record !== one);
}

function isOpt(record: ResourceRecord): record is OpaqueRecord {
  return record.kind === 'opaque' && record.type === OPT;
}

/** The last OPT of the additional section counts (miekg/dns IsEdns0); others stay records. */
function ednsOf({ class: udpSize, ttl, bytes }: OpaqueRecord, rules: OptionRules): Edns {
  const options = readOptions(new Reader(bytes, 0), rules);
  const edns = { udpSize, version: (ttl >>> 16) & 0xff, dnssecOk: (ttl & 0x8000) !== 0, options };
  const z = ttl & 0x7fff;
  return z === 0 ? edns : { ...edns, z };
}
