// The data of one record out of a zone file's tokens, per type as miekg/dns scan_rr.go reads it, with its complaints.
// Types without a text form here are read as bytes alone (`\# 4 0A000001`, RFC 3597).
import { bytesOfBase64 } from '../../api/base64.ts';
import { parseAddr } from '../../net/addr.ts';
import { recordOfData } from '../message/decode.ts';
import { type Field, LAYOUTS } from '../message/layouts.table.ts';
import { parseType, type ResourceRecord, typeName } from '../message/message.ts';
import { absolute, isDomainName } from '../message/name.ts';
import { svcParamBytes } from '../message/svc-params.ts';
import {
  algorithmOf,
  bigEndian,
  bitmap,
  chunks,
  codes,
  hexBytes,
  isNamed,
  nameBytes,
  pair,
  stringBytes,
  timeOf,
  unescaped,
} from './bytes.ts';
import { ZoneFault } from './error.ts';
import type { Lexer, Token } from './lexer.ts';

export interface Owner {
  readonly name: string;
  readonly class: number;
  readonly ttl: number;
}

/** A name of the file, made absolute; undefined when it is none. */
export function absoluteName(text: string, origin: string): string | undefined {
  if (text === '@') return origin === '' ? undefined : origin;
  if (text === '\n' || !isDomainName(text)) return undefined;
  const whole = absolute(text);
  if (whole === text) return text;
  if (origin === '') return undefined;
  return origin === '.' ? whole : `${text}.${origin}`;
}

/** "1h30m" -> 5400; undefined when the text is no time or too long. */
export function ttlOf(text: string): number | undefined {
  let sum = 0;
  let run = 0;
  for (const char of text.toLowerCase()) {
    if (char >= '0' && char <= '9') run = run * 10 + Number(char);
    else {
      const unit = 'smhdw'.indexOf(char);
      if (unit < 0) return undefined;
      sum += run * ([1, 60, 3600, 86_400, 604_800][unit] as number);
      run = 0;
    }
  }
  return sum + run > 0xffffffff ? undefined : sum + run;
}

/** Whatever is left of the line must be nothing. */
export function endOfLine(lexer: Lexer): void {
  let token = lexer.next();
  if (token.kind === 'blank') token = lexer.next();
  if (token.kind !== 'newline' && token.kind !== 'end') {
    throw new ZoneFault('garbage after rdata', token);
  }
}

/** Reads the data and the rest of the line. Throws ZoneFault. */
export function readData(
  lexer: Lexer,
  owner: Owner,
  type: number,
  origin: string,
  at: Token,
): ResourceRecord {
  const reader = new DataReader(lexer, typeName(type), origin);
  try {
    if (lexer.peek().text !== '\\#') return reader.record(owner, type, at);
    const record = recordOfData(owner, type, reader.anyBytes());
    if (record === undefined) throw new ZoneFault('overflow unpacking', at);
    return record;
  } catch (fault) {
    // Upstream has no place for the end of the file: it names the blank before the data.
    const atEnd = fault instanceof ZoneFault && fault.token.kind === 'end';
    throw atEnd ? new ZoneFault(fault.message, at) : fault;
  }
}

class DataReader {
  readonly #lexer: Lexer;
  readonly #type: string;
  readonly #origin: string;
  /** The last number or word. */
  #last: Token | null = null;

  constructor(lexer: Lexer, type: string, origin: string) {
    this.#lexer = lexer;
    this.#type = type;
    this.#origin = origin;
  }

  record(owner: Owner, type: number, at: Token): ResourceRecord {
    switch (this.#type) {
      case 'A':
      case 'AAAA':
        return this.#address(owner);
      case 'NS':
        return { ...owner, kind: 'NS', target: this.#lastName('Ns') };
      case 'PTR':
        return { ...owner, kind: 'PTR', target: this.#lastName('Ptr') };
      case 'CNAME':
      case 'DNAME':
        return { ...owner, kind: this.#type, target: this.#lastName('Target') };
      case 'MX': {
        const preference = this.#number('Pref', 0xffff);
        this.#lexer.next();
        return { ...owner, kind: 'MX', preference, target: this.#lastName('Mx') };
      }
      case 'SRV':
        return this.#srv(owner);
      case 'SOA':
        return this.#soa(owner);
      case 'TXT': {
        const strings = this.#strings('Txt');
        return { ...owner, kind: 'TXT', strings: strings.length === 0 ? [''] : strings };
      }
      default: {
        const bytes = Uint8Array.from(this.#laidOut(type, at));
        return { ...owner, kind: 'opaque', type, bytes };
      }
    }
  }

  #fault(label: string, token: Token): ZoneFault {
    const type = this.#type === 'HTTPS' ? 'SVCB' : this.#type;
    return new ZoneFault(`bad ${type} ${label}`, token);
  }

  #address(owner: Owner): ResourceRecord {
    const token = this.#lexer.next();
    const addr = parseAddr(token.text);
    const is6 = token.text.includes(':');
    if (addr === undefined || token.kind === 'error' || is6 !== (this.#type === 'AAAA')) {
      throw this.#fault(this.#type, token);
    }
    endOfLine(this.#lexer);
    return is6
      ? { ...owner, kind: 'AAAA', addr: BigInt(addr) }
      : { ...owner, kind: 'A', addr: Number(addr) };
  }

  #srv(owner: Owner): ResourceRecord {
    const next = (label: string): number => {
      const value = this.#number(label, 0xffff);
      this.#lexer.next();
      return value;
    };
    const [priority, weight, port] = [next('Priority'), next('Weight'), next('Port')];
    return { ...owner, kind: 'SRV', priority, weight, port, target: this.#lastName('Target') };
  }

  #soa(owner: Owner): ResourceRecord {
    const mname = this.#name('Ns');
    this.#lexer.next();
    const rname = this.#name('Mbox');
    const [serial = 0, refresh = 0, retry = 0, expire = 0, minimum = 0] = Array.from(
      { length: 5 },
      (_, i) => {
        this.#lexer.next();
        const token = this.#lexer.next();
        // The serial is a plain number, the others may have units.
        const value = i === 0 && !/^\d+$/.test(token.text) ? undefined : ttlOf(token.text);
        if (value === undefined || token.text === '' || token.kind === 'error') {
          throw this.#fault('zone parameter', token);
        }
        return value;
      },
    );
    endOfLine(this.#lexer);
    return { ...owner, kind: 'SOA', mname, rname, serial, refresh, retry, expire, minimum };
  }

  #name(label: string): string {
    const token = this.#lexer.next();
    const name = absoluteName(token.text, this.#origin);
    if (name === undefined || token.kind === 'error') throw this.#fault(label, token);
    return name;
  }

  #lastName(label: string): string {
    const name = this.#name(label);
    endOfLine(this.#lexer);
    return name;
  }

  #number(label: string, most: number): number {
    const token = this.#lexer.next();
    this.#last = token;
    const value = /^\d+$/.test(token.text) ? Number(token.text) : most + 1;
    if (value > most || token.kind === 'error') throw this.#fault(label, token);
    return value;
  }

  /** The rest of the line as strings of bytes, split at blanks outside of quotes and after 255 bytes. */
  #strings(label: string): readonly string[] {
    const strings: string[] = [];
    let inside = false;
    let empty = false;
    for (;;) {
      const token = this.#lexer.next();
      switch (token.kind) {
        case 'newline':
        case 'end':
          if (inside) throw this.#fault(label, token);
          return strings;
        case 'string':
          empty = false;
          strings.push(...chunks(token.text));
          break;
        case 'blank':
          if (inside) throw this.#fault(label, token);
          break;
        case 'quote':
          if (empty && inside) strings.push('');
          inside = !inside;
          empty = true;
          break;
        default:
          throw this.#fault(label, token);
      }
    }
  }

  /** The rest of the line without its blanks. */
  #rest(label: string): string {
    let text = '';
    for (;;) {
      const token = this.#lexer.next();
      if (token.kind === 'newline' || token.kind === 'end') return text;
      if (token.kind === 'string') text += token.text;
      else if (token.kind !== 'blank') throw this.#fault(label, token);
    }
  }

  /** `\# LENGTH HEX` (RFC 3597 section 5). */
  anyBytes(): Uint8Array {
    const first = this.#lexer.next();
    if (first.text !== '\\#') throw new ZoneFault('bad RFC3597 Rdata', first);
    this.#lexer.next();
    const token = this.#lexer.next();
    if (!/^\d+$/.test(token.text) || Number(token.text) > 0xffff) {
      throw new ZoneFault('bad RFC3597 Rdata ', token);
    }
    const bytes = hexBytes(this.#rest('Rdata'));
    if (bytes?.length !== Number(token.text)) throw new ZoneFault('bad RFC3597 Rdata', token);
    return Uint8Array.from(bytes);
  }

  #laidOut(type: number, at: Token): readonly number[] {
    if (this.#type === 'SVCB' || this.#type === 'HTTPS') return this.#service();
    const layout = Object.hasOwn(LAYOUTS, this.#type) ? LAYOUTS[this.#type] : undefined;
    if (layout === undefined) {
      if (this.#type.startsWith('TYPE') && !isNamed(type)) return [...this.anyBytes()];
      throw new ZoneFault('only bytes (\\# LENGTH HEX) are read for this type', at);
    }
    const bytes: number[] = [];
    for (const [i, field] of layout.entries()) {
      const toTheEnd = endless.includes(field.kind);
      if (i > 0 && !(toTheEnd && this.#lexer.peek().kind !== 'blank')) this.#lexer.next();
      bytes.push(...this.#field(field));
      if (i === layout.length - 1 && !toTheEnd) endOfLine(this.#lexer);
    }
    return bytes;
  }

  #field({ kind, label }: Field): readonly number[] {
    switch (kind) {
      case 'u8':
        return bigEndian(this.#number(label, 0xff), 1);
      case 'u16':
        return bigEndian(this.#number(label, 0xffff), 2);
      case 'u32':
        return bigEndian(this.#number(label, 0xffffffff), 4);
      case 'algorithm':
      case 'type':
      case 'time':
        return this.#word(kind, label);
      case 'name':
        return nameBytes(this.#name(label));
      case 'quoted':
        return stringBytes(this.#quoted(label));
      case 'word': {
        const token = this.#lexer.next();
        this.#last = token;
        if (token.kind !== 'string') throw this.#fault(label, token);
        return stringBytes(unescaped(token.text));
      }
      case 'pair':
        return pair(this.#strings(label)).flatMap(stringBytes);
      case 'strings':
        return this.#strings(label).flatMap(stringBytes);
      case 'rest': {
        const [only, more] = this.#strings(label);
        if (only === undefined || more !== undefined) {
          throw this.#fault(label, this.#last ?? this.#lexer.peek());
        }
        return codes(only);
      }
      case 'hex': {
        const token = this.#lexer.peek();
        const bytes = hexBytes(this.#rest(label));
        if (bytes === undefined) throw this.#fault(label, token);
        return bytes;
      }
      case 'base64':
        return bytesOfBase64(this.#rest(label));
      case 'types':
        return this.#types(label);
    }
  }

  #word(kind: 'algorithm' | 'type' | 'time', label: string): readonly number[] {
    const token = this.#lexer.next();
    const value =
      token.kind === 'error'
        ? undefined
        : kind === 'type'
          ? parseType(token.text)
          : kind === 'time'
            ? timeOf(token.text)
            : algorithmOf(token.text);
    if (value === undefined) throw this.#fault(label, token);
    return bigEndian(value, kind === 'type' ? 2 : kind === 'time' ? 4 : 1);
  }

  /** One string that must stand in quotes. */
  #quoted(label: string): string {
    const expect = (kind: Token['kind']): Token => {
      const token = this.#lexer.next();
      if (token.kind !== kind) throw this.#fault(label, token);
      return token;
    };
    expect('quote');
    if (this.#lexer.peek().kind === 'quote') {
      this.#lexer.next();
      return '';
    }
    const token = expect('string');
    expect('quote');
    return unescaped(token.text);
  }

  #types(label: string): readonly number[] {
    const types: number[] = [];
    for (;;) {
      const token = this.#lexer.next();
      if (token.kind === 'newline' || token.kind === 'end') return bitmap(types);
      if (token.kind === 'blank') continue;
      const type = token.kind === 'string' ? parseType(token.text) : undefined;
      if (type === undefined) throw this.#fault(label, token);
      types.push(type);
    }
  }

  /** SVCB and HTTPS (RFC 9460). */
  #service(): readonly number[] {
    const priority = bigEndian(this.#number('priority', 0xffff), 2);
    this.#lexer.next();
    const target = nameBytes(this.#name('Target'));
    const params: { key: number; bytes: readonly number[] }[] = [];
    for (;;) {
      const token = this.#lexer.next();
      if (token.kind === 'newline' || token.kind === 'end') break;
      if (token.kind === 'blank') continue;
      if (token.kind !== 'string') throw this.#fault('values', token);
      const equals = token.text.indexOf('=');
      const name = equals < 0 ? token.text : token.text.slice(0, equals);
      let value = equals < 0 ? '' : token.text.slice(equals + 1);
      if (equals >= 0 && value === '' && this.#lexer.peek().kind === 'quote') {
        value = this.#quoted('value');
      }
      const param = svcParamBytes(name, value);
      if (param === 'key') throw this.#fault('key', token);
      // Upstream loses what it has to say about a value.
      if (param === 'value') throw new ZoneFault('', token);
      params.push(param);
    }
    params.sort((a, b) => a.key - b.key);
    return [...priority, ...target, ...params.flatMap((param) => param.bytes)];
  }
}

/** Kinds that read up to the end of the line. */
const endless: readonly Field['kind'][] = ['pair', 'strings', 'rest', 'hex', 'base64', 'types'];
