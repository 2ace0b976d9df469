// A DNS message as values (RFC 1035, 3596, 2782, 6891). Names are text in zone-file form with a final dot; a dot
// inside a label is `\.`, other odd bytes are `\DDD`. Not here: bytes (encode.ts, decode.ts), printing (text.ts).
import { CLASSES, RCODES, TYPES } from './types.table.ts';

export const IN = 1;

export interface Question {
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

interface Owner {
  readonly name: string;
  readonly class: number;
  /** Seconds. */
  readonly ttl: number;
}

export interface ARecord extends Owner {
  readonly kind: 'A';
  readonly addr: number;
}
export interface AaaaRecord extends Owner {
  readonly kind: 'AAAA';
  readonly addr: bigint;
}
export interface NameRecord extends Owner {
  readonly kind: 'CNAME' | 'NS' | 'PTR' | 'DNAME';
  readonly target: string;
}
export interface MxRecord extends Owner {
  readonly kind: 'MX';
  readonly preference: number;
  readonly target: string;
}
export interface SrvRecord extends Owner {
  readonly kind: 'SRV';
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}
export interface SoaRecord extends Owner {
  readonly kind: 'SOA';
  readonly mname: string;
  readonly rname: string;
  readonly serial: number;
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  readonly minimum: number;
}
export interface TxtRecord extends Owner {
  readonly kind: 'TXT';
  /** One code unit per byte, at most 255 each. */
  readonly strings: readonly string[];
}
/** Any other type, kept as bytes; layouts.table.ts knows how many of them are written in text. */
export interface OpaqueRecord extends Owner {
  readonly kind: 'opaque';
  readonly type: number;
  readonly bytes: Uint8Array;
}

export type ResourceRecord =
  | ARecord
  | AaaaRecord
  | NameRecord
  | MxRecord
  | SrvRecord
  | SoaRecord
  | TxtRecord
  | OpaqueRecord;

export interface EdnsOption {
  readonly code: number;
  readonly bytes: Uint8Array;
}

/** The OPT pseudo-record (RFC 6891); the upper bits of the rcode are in `Message.rcode`. */
export interface Edns {
  readonly udpSize: number;
  readonly version: number;
  readonly dnssecOk: boolean;
  /** The flags beside DO, 15 bits; absent: none is set. */
  readonly z?: number;
  readonly options: readonly EdnsOption[];
}

export const COOKIE = 10;

export interface Header {
  readonly id: number;
  readonly qr: boolean;
  readonly opcode: number;
  readonly aa: boolean;
  readonly tc: boolean;
  readonly rd: boolean;
  readonly ra: boolean;
  readonly z: boolean;
  readonly ad: boolean;
  readonly cd: boolean;
  /** 0..4095: includes the upper bits that travel in the OPT record. */
  readonly rcode: number;
}

export interface Message extends Header {
  readonly questions: readonly Question[];
  readonly answers: readonly ResourceRecord[];
  readonly authority: readonly ResourceRecord[];
  /** Without the OPT record, which is `edns` and goes last. */
  readonly additional: readonly ResourceRecord[];
  readonly edns: Edns | null;
}

/** A query for one name, as stub resolvers send it. */
export function query(
  id: number,
  name: string,
  type: number,
  more: Partial<Pick<Message, 'rd' | 'ad' | 'cd' | 'edns'>> & { readonly class?: number } = {},
): Message {
  return {
    id,
    qr: false,
    opcode: 0,
    aa: false,
    tc: false,
    rd: more.rd ?? true,
    ra: false,
    z: false,
    ad: more.ad ?? false,
    cd: more.cd ?? false,
    rcode: 0,
    questions: [{ name, type, class: more.class ?? IN }],
    answers: [],
    authority: [],
    additional: [],
    edns: more.edns ?? null,
  };
}

/** An empty reply to `request`: its id, opcode, question, and RD/CD of a QUERY (miekg/dns SetReply). */
export function replyTo(request: Message, rcode = 0): Message {
  const { id, opcode } = request;
  return {
    id,
    qr: true,
    opcode,
    aa: false,
    tc: false,
    rd: opcode === 0 && request.rd,
    ra: false,
    z: false,
    ad: false,
    cd: opcode === 0 && request.cd,
    rcode,
    questions: request.questions.length < 2 ? request.questions : request.questions.slice(0, 1),
    answers: [],
    authority: [],
    additional: [],
    edns: null,
  };
}

const typeNames = new Map(Object.entries(TYPES).map(([name, type]) => [type, name]));
const classNames = new Map(Object.entries(CLASSES).map(([name, value]) => [value, name]));
const rcodeNames = new Map(Object.entries(RCODES).map(([name, value]) => [value, name]));

/** 28 -> "AAAA"; types without a name print as "TYPE123". */
export function typeName(type: number): string {
  return typeNames.get(type) ?? `TYPE${type}`;
}

/** "aaaa" -> 28, "TYPE28" -> 28; undefined for an unknown word. */
export function parseType(text: string): number | undefined {
  const upper = text.toUpperCase();
  if (/^TYPE\d{1,5}$/.test(upper)) return Number(upper.slice(4)) & 0xffff;
  return Object.hasOwn(TYPES, upper) ? TYPES[upper] : undefined;
}

/** AXFR or IXFR. */
export function isTransfer(type: number): boolean {
  return type === TYPES['AXFR'] || type === TYPES['IXFR'];
}

export function className(value: number): string {
  return classNames.get(value) ?? `CLASS${value}`;
}

/** 3 -> "NXDOMAIN"; rcodes without a name print as "RESERVED11" (BIND). */
export function rcodeName(rcode: number): string {
  return rcodeNames.get(rcode) ?? `RESERVED${rcode}`;
}

/** The type number of a record. */
export function typeOf(record: ResourceRecord): number {
  return record.kind === 'opaque' ? record.type : (TYPES[record.kind] as number);
}

const flagOrder = ['qr', 'aa', 'tc', 'rd', 'ra', 'z', 'ad', 'cd'] as const;

/** Set flags in wire order, lower case: ["qr", "aa", "rd"]. */
export function flagNames(header: Header): readonly string[] {
  return flagOrder.filter((flag) => header[flag]);
}
