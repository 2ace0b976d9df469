// What a server says to a message before any plugin sees it (miekg/dns acceptfunc.go, server.go serveDNS): by its header
// alone, without reading the rest.
import { type Dialect, decode, peek } from '../message/decode.ts';
import { encode } from '../message/encode.ts';
import type { Header, Message, Question } from '../message/message.ts';

const headerSize = 12;
const NOTIFY = 4;
const FORMERR = 1;
const NOTIMP = 4;

/** A query to be answered, or what is sent back at once; null: silence. */
export type Accepted =
  | { readonly kind: 'query'; readonly message: Message }
  | { readonly kind: 'over'; readonly reply: Uint8Array | null };

const silence: Accepted = { kind: 'over', reply: null };

export function accept(bytes: Uint8Array, dialect: Dialect): Accepted {
  if (bytes.length < headerSize) return silence;
  const u16 = (at: number): number => (bytes[at] as number) * 256 + (bytes[at + 1] as number);
  const high = bytes[2] as number;
  if (high >= 0x80) return silence;
  const opcode = (high >>> 3) & 15;
  if (opcode !== 0 && opcode !== NOTIFY) return refused(bytes, [], NOTIMP, opcode);
  // NOTIFY may have a SOA as answer, IXFR one as authority, and a query OPT and TSIG.
  const sane = u16(4) === 1 && u16(6) <= 1 && u16(8) <= 1 && u16(10) <= 2;
  if (!sane) return refused(bytes, [], FORMERR);
  const decoded = decode(bytes, dialect);
  if (decoded.kind === 'message') return { kind: 'query', message: decoded.message };
  return refused(bytes, decoded.kind === 'short' ? [] : decoded.questions, FORMERR);
}

/** Keeps the flags of the query, but AA and Z; a FORMERR is of opcode QUERY. */
function refused(
  bytes: Uint8Array,
  questions: readonly Question[],
  rcode: number,
  opcode = 0,
): Accepted {
  const header = peek(bytes)?.header as Header;
  const flags = { ...header, qr: true, aa: false, z: false, opcode, rcode };
  const none = { answers: [], authority: [], additional: [], edns: null };
  return { kind: 'over', reply: encode({ ...flags, questions, ...none }) };
}
