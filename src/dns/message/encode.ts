// Message values to bytes (RFC 1035 section 4). CoreDNS sends a message uncompressed when it fits and compressed,
// then cut, when it does not; that rule is `encodeToFit` (miekg/dns Truncate, CoreDNS request.Scrub). Names are
// compressed letter by letter, as miekg/dns does: "A.test." is no suffix for "b.a.test.".
import { type Edns, type Message, type ResourceRecord, typeOf } from './message.ts';
import { labelBytes } from './name.ts';

const OPT = 41;
const DOT = 0x2e;
const BACKSLASH = 0x5c;
const pointerMax = 0x4000;
/** Of the header. */
const rcodeMax = 15;
const labelMax = 63;
/** More than a name and the fixed fields of a record take. */
const roomForFields = 320;

/** Messages are parts of larger pieces of memory, one behind the other: to ask for memory costs more than to write a
 * message. Only one is written at a time. */
const pieceSize = 16_384;
let piece = new Uint8Array(pieceSize);
/** Where its free part begins. */
let free = 0;

class Writer {
  #bytes = piece;
  /** Where the message begins, and where it goes on. */
  #from = free;
  #at = free;
  /** A record did not fit: none after it is written. */
  full = false;
  /** A name has an empty or too long label. Upstream sends names that are too long. */
  broken = false;
  /** Offsets of names already written, or null when names are not compressed. */
  readonly #offsets: Map<string, number> | null;

  constructor(compress: boolean) {
    this.#offsets = compress ? new Map() : null;
    this.room(roomForFields);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#at - this.#from;
  }

  /** The message; nothing can be added to it. */
  taken(): Uint8Array {
    free = this.#at;
    return new Uint8Array(this.#bytes.buffer, this.#from, this.length);
  }

  /** Forgets what was written behind the first `length` bytes. */
  shorten(length: number): void {
    this.#at = this.#from + length;
  }

  /** Makes sure that `length` more bytes fit. */
  room(length: number): void {
    if (this.#at + length <= this.#bytes.length) return;
    const written = this.#bytes.subarray(this.#from, this.#at);
    piece = new Uint8Array(Math.max(pieceSize, 2 * (written.length + length)));
    free = 0;
    piece.set(written);
    this.#bytes = piece;
    this.#from = 0;
    this.#at = written.length;
  }

  u8(value: number): void {
    this.#bytes[this.#at++] = value;
  }

  u16(value: number): void {
    this.#bytes[this.#at++] = value >>> 8;
    this.#bytes[this.#at++] = value;
  }

  u32(value: number): void {
    this.u16(value >>> 16);
    this.u16(value);
  }

  raw(bytes: Uint8Array): void {
    this.room(bytes.length + roomForFields);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** One code unit per byte. */
  text(text: string): void {
    this.room(text.length + roomForFields);
    for (let i = 0; i < text.length; i++) this.#bytes[this.#at++] = text.charCodeAt(i);
  }

  /** `mayPoint`: false for names in the data of types newer than RFC 1035 (RFC 3597 section 4). */
  name(name: string, mayPoint = true): void {
    const bytes = this.#bytes;
    let lengthAt = this.#at;
    let at = this.#at + 1;
    if (this.#offsets !== null && this.#knows(name, mayPoint)) return;
    for (let i = 0; i < name.length; i++) {
      const code = name.charCodeAt(i);
      if (code === DOT) {
        if (at === lengthAt + 1) {
          if (name.length > 1) this.broken = true;
          continue;
        }
        if (at > lengthAt + 1 + labelMax) this.broken = true;
        bytes[lengthAt] = at - lengthAt - 1;
        lengthAt = at++;
        this.#at = lengthAt;
        if (this.#offsets !== null && this.#knows(name.slice(i + 1), mayPoint)) return;
      } else if (code === BACKSLASH) {
        const escaped = escapeAt(name, i);
        bytes[at++] = labelBytes(escaped)[0] as number;
        i += escaped.length - 1;
      } else bytes[at++] = code;
    }
    if (at > lengthAt + 1) {
      bytes[lengthAt] = at - lengthAt - 1;
      lengthAt = at;
    }
    bytes[lengthAt] = 0;
    this.#at = lengthAt + 1;
  }

  /** Points to the name if it has been written, else notes where it begins. */
  #knows(name: string, mayPoint: boolean): boolean {
    if (name === '' || name === '.') return false;
    const offset = this.#offsets?.get(name);
    if (offset === undefined) {
      if (this.length < pointerMax) this.#offsets?.set(name, this.length);
      return false;
    }
    if (!mayPoint) return false;
    this.u16(0xc000 | offset);
    return true;
  }

  /** `at` counts from the message's first byte. */
  setU16(at: number, value: number): void {
    this.#bytes[this.#from + at] = value >>> 8;
    this.#bytes[this.#from + at + 1] = value;
  }

  setTruncated(): void {
    const at = this.#from + 2;
    this.#bytes[at] = (this.#bytes[at] as number) | 0x02;
  }
}

/** `\.` or `\046` at that place. */
function escapeAt(name: string, at: number): string {
  const digits = name.slice(at + 1, at + 4);
  return /^\d{3}$/.test(digits) ? name.slice(at, at + 4) : name.slice(at, at + 2);
}

function writeData(w: Writer, record: ResourceRecord): void {
  switch (record.kind) {
    case 'A':
      w.u32(record.addr);
      return;
    case 'AAAA':
      for (let shift = 112n; shift >= 0n; shift -= 16n) {
        w.u16(Number((record.addr >> shift) & 0xffffn));
      }
      return;
    case 'CNAME':
    case 'NS':
    case 'PTR':
      w.name(record.target);
      return;
    case 'DNAME':
      w.name(record.target, false);
      return;
    case 'MX':
      w.u16(record.preference);
      w.name(record.target);
      return;
    case 'SRV':
      w.u16(record.priority);
      w.u16(record.weight);
      w.u16(record.port);
      w.name(record.target, false);
      return;
    case 'SOA':
      w.name(record.mname);
      w.room(roomForFields);
      w.name(record.rname);
      w.u32(record.serial);
      w.u32(record.refresh);
      w.u32(record.retry);
      w.u32(record.expire);
      w.u32(record.minimum);
      return;
    case 'TXT':
      for (const text of record.strings) {
        w.u8(text.length);
        w.text(text);
      }
      return;
    case 'opaque':
      w.raw(record.bytes);
      return;
  }
}

function writeRecord(w: Writer, record: ResourceRecord): void {
  w.room(roomForFields);
  w.name(record.name);
  w.u16(typeOf(record));
  w.u16(record.class);
  w.u32(record.ttl);
  const at = w.length;
  w.u16(0);
  w.room(roomForFields);
  writeData(w, record);
  w.setU16(at, w.length - at - 2);
}

function writeEdns(w: Writer, edns: Edns, rcode: number): void {
  w.room(roomForFields);
  w.u8(0);
  w.u16(OPT);
  w.u16(edns.udpSize);
  w.u8(rcode >>> 4);
  w.u8(edns.version);
  w.u16((edns.dnssecOk ? 0x8000 : 0) | (edns.z ?? 0));
  const at = w.length;
  w.u16(0);
  for (const option of edns.options) {
    w.u16(option.code);
    w.u16(option.bytes.length);
    w.raw(option.bytes);
  }
  w.setU16(at, w.length - at - 2);
}

/** Bytes of the OPT record. */
function ednsLength(edns: Edns | null): number {
  if (edns === null) return 0;
  return edns.options.reduce((sum, { bytes }) => sum + 4 + bytes.length, 11);
}

function flagBits(m: Message): number {
  let bits = ((m.opcode & 15) << 11) | (m.rcode & 15);
  if (m.qr) bits |= 0x8000;
  if (m.aa) bits |= 0x0400;
  if (m.tc) bits |= 0x0200;
  if (m.rd) bits |= 0x0100;
  if (m.ra) bits |= 0x0080;
  if (m.z) bits |= 0x0040;
  if (m.ad) bits |= 0x0020;
  if (m.cd) bits |= 0x0010;
  return bits;
}

function writeHead(w: Writer, message: Message): void {
  w.u16(message.id);
  w.u16(flagBits(message));
  w.u16(message.questions.length);
  w.u16(message.answers.length);
  w.u16(message.authority.length);
  w.u16(message.additional.length + (message.edns === null ? 0 : 1));
  for (const question of message.questions) {
    w.room(roomForFields);
    w.name(question.name);
    w.u16(question.type);
    w.u16(question.class);
  }
}

function written(message: Message, compress: boolean): Writer {
  const w = new Writer(compress);
  writeHead(w, message);
  for (const record of message.answers) writeRecord(w, record);
  for (const record of message.authority) writeRecord(w, record);
  for (const record of message.additional) writeRecord(w, record);
  if (message.edns !== null) writeEdns(w, message.edns, message.rcode);
  return w;
}

/** The wire form; names are compressed only when asked for. */
export function encode(message: Message, compress = false): Uint8Array {
  return written(message, compress).taken();
}

/** Bytes of the uncompressed wire form. */
export function encodedLength(message: Message): number {
  return written(message, false).length;
}

/** At most `limit` bytes: uncompressed when that fits in `limit` and `plainMax`, else compressed, else with whole
 * records dropped from the end (additional, then authority, then answers) and TC set. Null: no bytes say that, for a name
 * is none, or the rcode needs an OPT record (miekg/dns Pack). */
export function encodeToFit(message: Message, limit: number, plainMax = limit): Uint8Array | null {
  if (message.rcode > rcodeMax && message.edns === null) return null;
  const w = written(message, false);
  if (w.length > limit) return cut(message, limit);
  if (w.broken) return null;
  return w.length <= plainMax ? w.taken() : encode(message, true);
}

function cut(message: Message, limit: number): Uint8Array | null {
  const { answers, authority, additional, edns } = message;
  const w = new Writer(true);
  writeHead(w, message);
  const size = limit - ednsLength(edns);
  const counts = [answers, authority, additional].map((records) => fitting(w, records, size));
  const total = answers.length + authority.length + additional.length;
  if (counts.reduce((sum, count) => sum + count) < total) {
    w.setTruncated();
  }
  for (const [i, count] of counts.entries()) {
    w.setU16(6 + 2 * i, count + (i === 2 && edns !== null ? 1 : 0));
  }
  if (edns !== null) writeEdns(w, edns, message.rcode);
  return w.broken ? null : w.taken();
}

/** Writes as many records as end within `size`; past the first that does not there is no room for others. */
function fitting(w: Writer, records: readonly ResourceRecord[], size: number): number {
  for (const [count, record] of records.entries()) {
    const { length, broken } = w;
    if (!w.full) writeRecord(w, record);
    if (!w.full && w.length <= size) continue;
    if (!w.full) {
      w.shorten(length);
      w.broken = broken;
    }
    w.full = true;
    return count;
  }
  return records.length;
}
