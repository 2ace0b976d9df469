// Reads a message byte by byte, never past its end (RFC 1035 section 4.1.4; miekg/dns UnpackDomainName). Damage is an
// exception of its own kind, which decode.ts turns into a value: nobody else sees it. Not here: what fields mean.
import { labelText } from './name.ts';

/** No Error: damage is nothing unusual, and where it was found in this code helps nobody. */
export class Malformed {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** As many as a name can have labels: more of them is a loop. */
const pointersMax = 126;
/** Octets of a name on the wire, its last one included. */
const octetsMax = 255;

const POINTER = 0xc0;
const RESERVED = 0x40;

export class Reader {
  readonly bytes: Uint8Array;
  at: number;
  /** Where reading ends: of the message, or of the record that is being read. */
  end: number;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = bytes.length;
  }

  u8(): number {
    return this.bytes[this.skip(1)] as number;
  }

  /** As `skip`, of what a name needs. */
  #part(length: number): number {
    if (this.at + length > this.end) throw new Malformed('buffer size too small');
    return this.skip(length);
  }

  u16(): number {
    const at = this.skip(2);
    return (this.bytes[at] as number) * 256 + (this.bytes[at + 1] as number);
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
    if (from + length > this.end) throw new Malformed('overflow unpacking data');
    this.at += length;
    return from;
  }

  name(): string {
    const known = knownName(this.bytes, this.at, this.end);
    if (known === undefined) return this.#newName();
    this.at += known.wire.length;
    return known.text;
  }

  #newName(): string {
    const from = this.at;
    let text = '';
    let octets = 1;
    let jumps = 0;
    let after = -1;
    for (;;) {
      const size = this.bytes[this.#part(1)] as number;
      if (size === 0) break;
      if (size >= POINTER) {
        const target = (size & 0x3f) * 256 + (this.bytes[this.#part(1)] as number);
        if (after < 0) after = this.at;
        if (++jumps > pointersMax) throw new Malformed('too many compression pointers');
        this.at = target;
      } else if (size >= RESERVED) throw new Malformed('bad rdata');
      else {
        octets += size + 1;
        if (octets > octetsMax) throw new Malformed('name exceeded 255 wire-format octets');
        const label = this.#part(size);
        text += `${labelText(this.bytes, label, this.at)}.`;
      }
    }
    if (text === '') text = '.';
    if (after < 0) remember(this.bytes.slice(from, this.at), text);
    else this.at = after;
    return text;
  }
}

interface Known {
  readonly wire: Uint8Array;
  readonly text: string;
}

/** Names that were read before, by a hash of their octets: the same name gives the same string, which need not be built,
 * hashed or compared again. A fixed number of places; a newer name takes an older one's. */
const places = 4096;
const known: (Known | undefined)[] = new Array<undefined>(places).fill(undefined);

function place(hash: number): number {
  return (hash ^ (hash >>> 15)) & (places - 1);
}

/** The name at `at` if it is there without a pointer, and known. */
function knownName(bytes: Uint8Array, at: number, end: number): Known | undefined {
  let hash = 0;
  let i = at;
  for (;;) {
    if (i >= end) return undefined;
    const size = bytes[i] as number;
    const next = i + size + 1;
    if (size >= RESERVED || next > end) return undefined;
    for (; i < next; i++) hash = (Math.imul(hash, 31) + (bytes[i] as number)) | 0;
    if (size === 0) break;
  }
  const found = known[place(hash)];
  if (found === undefined || found.wire.length !== i - at) return undefined;
  const { wire } = found;
  for (let j = 0; j < wire.length; j++) if (wire[j] !== bytes[at + j]) return undefined;
  return found;
}

function remember(wire: Uint8Array, text: string): void {
  let hash = 0;
  for (let i = 0; i < wire.length; i++) hash = (Math.imul(hash, 31) + (wire[i] as number)) | 0;
  known[place(hash)] = { wire, text };
}
