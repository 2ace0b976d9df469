// The data of one record: first whether it is what its type says (rdata.table.ts), then as a value. Data that ends early,
// as miekg/dns allows, or that has no kind of its own stays bytes; names in it are written out, for whoever sends it on
// has another message around it.
import type { ResourceRecord } from './message.ts';
import { labelBytes, labelsOf } from './name.ts';
import { RDATA, SVCB_KEYS } from './rdata.table.ts';
import { Malformed, type Reader } from './reader.ts';

interface Owner {
  readonly name: string;
  readonly class: number;
  readonly ttl: number;
}

/** A record without its owner, member by member of the union. */
export type DataOf<R = ResourceRecord> = R extends ResourceRecord ? Omit<R, keyof Owner> : never;

/** Reads up to the reader's end. */
export function readData(r: Reader, type: number): DataOf {
  const from = r.at;
  const layout = RDATA[type];
  if (layout === undefined || from === r.end) return opaque(type, r.take(r.end - from));
  const data = new DataReader(r);
  data.read(layout);
  if (r.at !== r.end) throw new Malformed('bad rdlength');
  if (data.complete && KINDS.has(type)) {
    r.at = from;
    return dataOfKind(r, type);
  }
  return opaque(type, Uint8Array.from(data.out));
}

function opaque(type: number, bytes: Uint8Array): DataOf {
  return { kind: 'opaque', type, bytes };
}

/** Types that have a kind of record. */
const KINDS = new Set([1, 2, 5, 6, 12, 15, 16, 28, 33, 39]);

function dataOfKind(r: Reader, type: number): DataOf {
  switch (type) {
    case 1:
      return { kind: 'A', addr: r.u32() };
    case 28:
      return { kind: 'AAAA', addr: address(r) };
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
      while (r.at < r.end) {
        strings.push(Array.from(r.take(r.u8()), (c) => String.fromCharCode(c)).join(''));
      }
      return { kind: 'TXT', strings };
    }
    default:
      throw new Error(`type ${type} has no kind of its own`);
  }
}

function address(r: Reader): bigint {
  let addr = 0n;
  for (let i = 0; i < 4; i++) addr = (addr << 32n) | BigInt(r.u32());
  return addr;
}

/** Walks a layout; `out` is the data with its names written out. */
class DataReader {
  readonly out: number[] = [];
  complete = true;
  readonly #r: Reader;
  readonly #start: number;
  /** The number that was read last. */
  #number = 0;

  constructor(r: Reader) {
    this.#r = r;
    this.#start = r.at;
  }

  read(layout: string): void {
    for (let i = 0; i < layout.length; i++) {
      const part = layout[i] as string;
      const before = layout[i - 1];
      if (i > 0 && before !== 'h' && before !== 'H' && this.#r.at === this.#r.end) {
        // Lists may be empty.
        this.complete = 'SmNv*'.includes(part);
        return;
      }
      this.#part(part);
    }
  }

  #part(part: string): void {
    const r = this.#r;
    switch (part) {
      case 'n':
        this.#name();
        break;
      case 'N':
        while (r.at < r.end) this.#name();
        break;
      case 's':
        this.#string();
        break;
      case 'S':
        while (r.at < r.end) this.#string();
        break;
      case '*':
        this.#copy(r.end - r.at);
        break;
      case 'h':
        this.#copy(this.#number);
        break;
      case 'H': {
        const [tag = 0, , high = 0, low = 0] = r.bytes.subarray(this.#start);
        this.#copy(tag + high * 256 + low);
        break;
      }
      case 'g':
        this.#gateway(r.bytes[this.#start + 1] ?? 0);
        break;
      case 'm':
        this.#bitmap();
        break;
      case 'a':
        while (r.at < r.end) this.#prefix();
        break;
      case 'v':
        this.#pairs();
        break;
      default:
        this.#copy(Number(part));
        break;
    }
  }

  #copy(length: number): void {
    const from = this.#r.skip(length);
    this.#number = 0;
    for (let i = from; i < from + length; i++) {
      const byte = this.#r.bytes[i] as number;
      this.out.push(byte);
      this.#number = (this.#number * 256 + byte) % 65536;
    }
  }

  #name(): void {
    for (const label of labelsOf(this.#r.name())) {
      const bytes = labelBytes(label);
      this.out.push(bytes.length, ...bytes);
    }
    this.out.push(0);
  }

  #string(): void {
    this.#copy(1);
    this.#copy(this.#number);
  }

  #gateway(kind: number): void {
    if (kind === 1) this.#copy(4);
    else if (kind === 2) this.#copy(16);
    else if (kind === 3) this.#name();
  }

  /** Windows in ascending order, each of 1 to 32 octets. */
  #bitmap(): void {
    const r = this.#r;
    for (let last = -1; r.at < r.end; ) {
      const [window = 0, length = 0] = r.bytes.subarray(r.at, r.end);
      this.#copy(2);
      if (window <= last || length === 0 || length > 32) throw new Malformed('bad type bitmap');
      last = window;
      this.#copy(length);
    }
  }

  #prefix(): void {
    this.#copy(2);
    const max = { 1: 4, 2: 16 }[this.#number];
    if (max === undefined) throw new Malformed('unrecognized APL address family');
    this.#copy(1);
    if (this.#number > 8 * max) throw new Malformed('APL prefix too long');
    this.#copy(1);
    const length = this.#number & 0x7f;
    if (length > max) throw new Malformed('APL length too long');
    this.#copy(length);
    if (length > 0 && this.out.at(-1) === 0) throw new Malformed('extra APL address bits');
  }

  #pairs(): void {
    const r = this.#r;
    for (let last = -1; r.at < r.end; ) {
      this.#copy(2);
      const key = this.#number;
      this.#copy(2);
      const from = r.at;
      this.#copy(this.#number);
      const value = r.bytes.subarray(from, r.at);
      if (key <= last || !isSvcbValue(key, value)) throw new Malformed('bad SVCB pair');
      last = key;
    }
  }
}

const ALPN = 1;
const PORT = 3;
const IPV6HINT = 6;
const RESERVED_KEY = 65_535;

function isSvcbValue(key: number, value: Uint8Array): boolean {
  if (key === RESERVED_KEY) return false;
  if (key === PORT) return value.length === 2;
  if (key === ALPN) {
    let at = 0;
    while (at < value.length) at += 1 + (value[at] as number);
    return at === value.length;
  }
  const rule = SVCB_KEYS[key];
  if (rule === undefined) return true;
  if (value.length === 0) return rule.empty;
  if (rule.of === 0 || value.length % rule.of !== 0) return false;
  return key !== IPV6HINT || !hasMapped(value);
}

/** Whether one of the IPv6 addresses is an IPv4 one (::ffff:a.b.c.d). */
function hasMapped(value: Uint8Array): boolean {
  for (let at = 0; at < value.length; at += 16) {
    const head = value.subarray(at, at + 12);
    if (head.every((byte, i) => byte === (i < 10 ? 0 : 0xff))) return true;
  }
  return false;
}
