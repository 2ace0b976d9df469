// Message values to bytes (RFC 1035 section 4). CoreDNS sends a message uncompressed when it fits and compressed,
// then cut, when it does not; that rule is `encodeToFit` (miekg/dns Truncate, CoreDNS request.Scrub).
import { type Edns, type Message, type ResourceRecord, typeOf } from './message.ts';
import { labelBytes, labelsOf, lower } from './name.ts';

const OPT = 41;

class Writer {
  readonly bytes: number[] = [];
  /** Offsets of names already written, or null when names are not compressed. */
  readonly #offsets: Map<string, number> | null;
  constructor(compress: boolean) {
    this.#offsets = compress ? new Map() : null;
  }
  u8(value: number): void {
    this.bytes.push(value & 0xff);
  }
  u16(value: number): void {
    this.bytes.push((value >>> 8) & 0xff, value & 0xff);
  }
  u32(value: number): void {
    this.u16(value >>> 16);
    this.u16(value & 0xffff);
  }
  raw(bytes: Iterable<number>): void {
    for (const byte of bytes) this.bytes.push(byte);
  }
  /** `mayPoint`: false for names in the data of types newer than RFC 1035 (RFC 3597 section 4). */
  name(name: string, mayPoint = true): void {
    if (this.#offsets === null && !name.includes('\\')) {
      this.plainName(name);
      return;
    }
    const labels = labelsOf(name);
    if (this.#offsets === null) {
      for (const label of labels) this.label(label);
      this.u8(0);
      return;
    }
    for (let i = 0; i < labels.length; i++) {
      const suffix = lower(labels.slice(i).join('.'));
      const known = mayPoint ? this.#offsets.get(suffix) : undefined;
      if (known !== undefined) {
        this.u16(0xc000 | known);
        return;
      }
      if (this.bytes.length < 0x4000 && !this.#offsets.has(suffix)) {
        this.#offsets.set(suffix, this.bytes.length);
      }
      this.label(labels[i] as string);
    }
    this.u8(0);
  }
  /** A name without escapes. */
  plainName(name: string): void {
    for (let from = 0; from < name.length; ) {
      const dot = name.indexOf('.', from);
      const to = dot < 0 ? name.length : dot;
      if (to > from) this.u8(to - from);
      for (let i = from; i < to; i++) this.bytes.push(name.charCodeAt(i) & 0xff);
      from = to + 1;
    }
    this.u8(0);
  }
  label(text: string): void {
    if (text.includes('\\')) {
      const bytes = labelBytes(text);
      this.u8(bytes.length);
      this.raw(bytes);
      return;
    }
    this.u8(text.length);
    for (let i = 0; i < text.length; i++) this.bytes.push(text.charCodeAt(i) & 0xff);
  }
  setU16(at: number, value: number): void {
    this.bytes[at] = (value >>> 8) & 0xff;
    this.bytes[at + 1] = value & 0xff;
  }
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
      w.name(record.rname);
      for (const field of ['serial', 'refresh', 'retry', 'expire', 'minimum'] as const) {
        w.u32(record[field]);
      }
      return;
    case 'TXT':
      for (const text of record.strings) {
        w.u8(text.length);
        for (let i = 0; i < text.length; i++) w.u8(text.charCodeAt(i));
      }
      return;
    case 'opaque':
      w.raw(record.bytes);
      return;
  }
}

function writeRecord(w: Writer, record: ResourceRecord): void {
  w.name(record.name);
  w.u16(typeOf(record));
  w.u16(record.class);
  w.u32(record.ttl);
  const at = w.bytes.length;
  w.u16(0);
  writeData(w, record);
  w.setU16(at, w.bytes.length - at - 2);
}

function writeEdns(w: Writer, edns: Edns, rcode: number): void {
  w.u8(0);
  w.u16(OPT);
  w.u16(edns.udpSize);
  w.u8(rcode >>> 4);
  w.u8(edns.version);
  w.u16(edns.dnssecOk ? 0x8000 : 0);
  const at = w.bytes.length;
  w.u16(0);
  for (const option of edns.options) {
    w.u16(option.code);
    w.u16(option.bytes.length);
    w.raw(option.bytes);
  }
  w.setU16(at, w.bytes.length - at - 2);
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

/** The wire form; names are compressed only when asked for. */
export function encode(message: Message, compress = false): Uint8Array {
  const w = new Writer(compress);
  w.u16(message.id);
  w.u16(flagBits(message));
  w.u16(message.questions.length);
  w.u16(message.answers.length);
  w.u16(message.authority.length);
  w.u16(message.additional.length + (message.edns === null ? 0 : 1));
  for (const question of message.questions) {
    w.name(question.name);
    w.u16(question.type);
    w.u16(question.class);
  }
  for (const record of message.answers) writeRecord(w, record);
  for (const record of message.authority) writeRecord(w, record);
  for (const record of message.additional) writeRecord(w, record);
  if (message.edns !== null) writeEdns(w, message.edns, message.rcode);
  return new Uint8Array(w.bytes);
}

/** At most `limit` bytes: uncompressed when that fits in `limit` and `plainMax`, else compressed, else with whole
 * records dropped from the end (additional, then authority, then answers) and TC set. */
export function encodeToFit(message: Message, limit: number, plainMax = limit): Uint8Array {
  const plain = encode(message);
  if (plain.length <= Math.min(limit, plainMax)) return plain;
  const compressed = encode(message, true);
  if (compressed.length <= limit) return compressed;
  const total = message.answers.length + message.authority.length + message.additional.length;
  let low = 0;
  let high = total - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (encode(firstRecords(message, middle), true).length <= limit) low = middle;
    else high = middle - 1;
  }
  return encode(firstRecords(message, low), true);
}

function firstRecords(message: Message, count: number): Message {
  const answers = message.answers.slice(0, count);
  let left = count - answers.length;
  const authority = message.authority.slice(0, left);
  left -= authority.length;
  return {
    ...message,
    tc: true,
    answers,
    authority,
    additional: message.additional.slice(0, left),
  };
}
