// Bytes to message values (RFC 1035 section 4). Never throws and never reads past the end: what cannot be decoded is
// a value that says how far it got, because a server still answers FORMERR with the question it could read.
import type { Edns, Header, Message, Question, ResourceRecord } from './message.ts';
import { labelText } from './name.ts';

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
      /** The header is all there is. */
      readonly headerOnly: boolean;
      readonly reason: string;
    };

export interface Counts {
  readonly questions: number;
  readonly answers: number;
  readonly authority: number;
  readonly additional: number;
}

/** Signals damage inside this file only; `decode` turns it into a value. */
class Malformed extends Error {}

class Reader {
  readonly bytes: Uint8Array;
  at: number;
  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }
  u8(): number {
    const value = this.bytes[this.at++];
    if (value === undefined) throw new Malformed('overflow unpacking');
    return value;
  }
  u16(): number {
    return this.u8() * 256 + this.u8();
  }
  u32(): number {
    return this.u16() * 65536 + this.u16();
  }
  take(length: number): Uint8Array {
    return this.bytes.slice(this.skip(length), this.at);
  }
  /** Where the skipped bytes begin. */
  skip(length: number): number {
    const from = this.at;
    if (from + length > this.bytes.length) throw new Malformed('overflow unpacking data');
    this.at += length;
    return from;
  }
  name(): string {
    let text = '';
    let length = 1;
    let jumps = 0;
    let after = -1;
    for (;;) {
      const size = this.u8();
      if (size === 0) break;
      if (size >= 0xc0) {
        const target = (size & 0x3f) * 256 + this.u8();
        if (after < 0) after = this.at;
        if (++jumps > 126) throw new Malformed('too many compression pointers');
        this.at = target;
      } else if (size >= 0x40) throw new Malformed('bad rdata');
      else {
        length += size + 1;
        if (length > 255) throw new Malformed('name exceeded 255 wire-format octets');
        const from = this.skip(size);
        text += `${labelText(this.bytes, from, this.at)}.`;
      }
    }
    if (after >= 0) this.at = after;
    return text === '' ? '.' : text;
  }
}

function readData(r: Reader, type: number, end: number): DataOf<ResourceRecord> {
  switch (type) {
    case 1:
      return { kind: 'A', addr: r.u32() };
    case 28: {
      let addr = 0n;
      for (let i = 0; i < 8; i++) addr = (addr << 16n) | BigInt(r.u16());
      return { kind: 'AAAA', addr };
    }
    case 2:
      return { kind: 'NS', target: r.name() };
    case 5:
      return { kind: 'CNAME', target: r.name() };
    case 12:
      return { kind: 'PTR', target: r.name() };
    case 39:
      return { kind: 'DNAME', target: r.name() };
    case 15:
      return { kind: 'MX', preference: r.u16(), target: r.name() };
    case 33: {
      const [priority, weight, port] = [r.u16(), r.u16(), r.u16()];
      return { kind: 'SRV', priority, weight, port, target: r.name() };
    }
    case 6: {
      const names = { mname: r.name(), rname: r.name() };
      const [serial, refresh, retry, expire] = [r.u32(), r.u32(), r.u32(), r.u32()];
      return { kind: 'SOA', ...names, serial, refresh, retry, expire, minimum: r.u32() };
    }
    case 16: {
      const strings: string[] = [];
      while (r.at < end) {
        strings.push(Array.from(r.take(r.u8()), (c) => String.fromCharCode(c)).join(''));
      }
      return { kind: 'TXT', strings };
    }
    default:
      return { kind: 'opaque', type, bytes: r.take(end - r.at) };
  }
}

/** A record without its owner, member by member of the union. */
type DataOf<R> = R extends ResourceRecord ? Omit<R, keyof Owner> : never;

interface Owner {
  readonly name: string;
  readonly class: number;
  readonly ttl: number;
}

type Read =
  | { readonly kind: 'record'; readonly record: ResourceRecord }
  | { readonly kind: 'opt'; readonly edns: Edns; readonly upperRcode: number };

function readRecord(r: Reader): Read {
  const name = r.name();
  const type = r.u16();
  const klass = r.u16();
  const ttl = r.u32();
  const length = r.u16();
  const end = r.at + length;
  if (end > r.bytes.length) throw new Malformed('overflowing header size');
  if (type === 41) return readEdns(r, klass, ttl, end);
  const data = readData(r, type, end);
  if (r.at !== end) throw new Malformed('bad rdlength');
  const record = { ...data, name, class: klass, ttl } as ResourceRecord;
  return { kind: 'record', record };
}

function readEdns(r: Reader, udpSize: number, ttl: number, end: number): Read {
  const options: { code: number; bytes: Uint8Array }[] = [];
  while (r.at < end) {
    const code = r.u16();
    options.push({ code, bytes: r.take(r.u16()) });
  }
  if (r.at !== end) throw new Malformed('bad rdlength');
  const version = (ttl >>> 16) & 0xff;
  const edns = { udpSize, version, dnssecOk: (ttl & 0x8000) !== 0, options };
  return { kind: 'opt', edns, upperRcode: ttl >>> 24 };
}

function readHeader(r: Reader): { header: Header; counts: Counts } {
  const id = r.u16();
  const bits = r.u16();
  const header = {
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
  const [questions, answers, authority] = [r.u16(), r.u16(), r.u16()];
  return { header, counts: { questions, answers, authority, additional: r.u16() } };
}

/** The record of a type whose data are these bytes; undefined when they are none of that type. */
export function recordOfData(
  owner: Owner,
  type: number,
  bytes: Uint8Array,
): ResourceRecord | undefined {
  const r = new Reader(bytes, 0);
  try {
    const data = readData(r, type, bytes.length);
    return r.at === bytes.length ? ({ ...owner, ...data } as ResourceRecord) : undefined;
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/** One name in the data of a record, and where it ends; undefined: none begins there. */
export function nameAt(bytes: Uint8Array, at: number): { name: string; end: number } | undefined {
  const r = new Reader(bytes, at);
  try {
    const name = r.name();
    return { name, end: r.at };
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/** Reads one message. Bytes after its end are ignored, as miekg/dns does. */
export function decode(bytes: Uint8Array): Decoded {
  if (bytes.length < 12) return { kind: 'short' };
  const r = new Reader(bytes, 0);
  const { header, counts } = readHeader(r);
  const questions: Question[] = [];
  try {
    for (let i = 0; i < counts.questions; i++) {
      questions.push({ name: r.name(), type: r.u16(), class: r.u16() });
    }
    return { kind: 'message', message: readBody(r, header, counts, questions) };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    const headerOnly = bytes.length === 12;
    return { kind: 'malformed', header, counts, questions, headerOnly, reason: error.message };
  }
}

function readBody(r: Reader, header: Header, counts: Counts, questions: Question[]): Message {
  let edns: Edns | null = null;
  let rcode = header.rcode;
  const section = (count: number): ResourceRecord[] => {
    const records: ResourceRecord[] = [];
    for (let i = 0; i < count; i++) {
      const read = readRecord(r);
      if (read.kind === 'record') records.push(read.record);
      else if (edns === null) {
        edns = read.edns;
        rcode |= read.upperRcode << 4;
      }
    }
    return records;
  };
  const answers = section(counts.answers);
  const authority = section(counts.authority);
  const additional = section(counts.additional);
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

/** How much a server looks at before it decodes the rest (miekg/dns MsgAcceptFunc). */
export function countsOf(bytes: Uint8Array): { header: Header; counts: Counts } | undefined {
  return bytes.length < 12 ? undefined : readHeader(new Reader(bytes, 0));
}
