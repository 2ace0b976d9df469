// The OPT pseudo-section of dig 9.18, its options to text: lib/dns/message.c render_ecs, render_llq and the loop over
// options. Options whose content the RFCs forbid never come here: dig drops their message as malformed.
import { formatAddr } from '../../net/addr.ts';
import { COOKIE, type Edns, type EdnsOption } from '../message/message.ts';
import { EXTENDED_ERRORS, OPTION_TITLES } from './edns-option.table.ts';

export function ednsText(edns: Edns, asked: Edns | null): string {
  const flags = edns.dnssecOk ? ' do' : '';
  const head = `; EDNS: version: ${edns.version}, flags:${flags}; udp: ${edns.udpSize}\n`;
  const sent = asked?.options.find(({ code }) => code === COOKIE)?.bytes;
  const lines = edns.options.map((option) => {
    const title = OPTION_TITLES[option.code] ?? `OPT=${option.code}`;
    return `; ${title}:${contentOf(option, sent)}\n`;
  });
  return `;; OPT PSEUDOSECTION:\n${head}${lines.join('')}`;
}

type Render = (bytes: Uint8Array) => string | undefined;

/** What these have for their content; undefined: bytes, as for every other option. */
const renders: Readonly<Record<number, Render>> = {
  1: (bytes) => (bytes.length === 18 ? llq(bytes) : undefined),
  8: clientSubnet,
  9: (bytes) => (bytes.length === 4 ? expire(uint(bytes, 0, 4)) : undefined),
  11: (bytes) => (bytes.length === 2 ? ` ${(uint(bytes, 0, 2) / 10).toFixed(1)} secs` : undefined),
  12: (bytes) => (bytes.length > 0 ? ` (${bytes.length} bytes)` : undefined),
  14: (bytes) => (bytes.length % 2 === 0 ? ` ${uint16s(bytes).join(', ')}` : undefined),
  15: (bytes) => (bytes.length >= 2 ? extendedError(bytes) : undefined),
  16: (bytes) => (bytes.length === 2 ? ` ${uint(bytes, 0, 2)}` : undefined),
  17: (bytes) => (bytes.length === 2 ? ` ${uint(bytes, 0, 2)}` : undefined),
};

function contentOf({ code, bytes }: EdnsOption, sent: Uint8Array | undefined): string {
  if (code === COOKIE) return cookie(bytes, sent);
  const rendered = renders[code]?.(bytes);
  if (rendered !== undefined) return rendered;
  if (bytes.length === 0) return '';
  return ` ${Array.from(bytes, hex).join(' ')} ("${Array.from(bytes, ascii).join('')}")`;
}

/** Nothing is said of it when none was sent. */
function cookie(bytes: Uint8Array, sent: Uint8Array | undefined): string {
  const text = ` ${Array.from(bytes, hex).join('')}`;
  if (sent === undefined) return text;
  if (!sent.subarray(0, 8).every((byte, i) => byte === bytes[i])) return `${text} (bad)`;
  return `${text} (${bytes.length < 16 ? 'echoed' : 'good'})`;
}

/** RFC 7871: family, source and scope prefix, as much of the address as the prefix needs. */
function clientSubnet(bytes: Uint8Array): string | undefined {
  if (bytes.length < 4) return undefined;
  const prefixes = `${bytes[2]}/${bytes[3]}`;
  const family = uint(bytes, 0, 2);
  if (family === 0) return ` 0/${prefixes}`;
  if (family > 2) return undefined;
  const size = family === 1 ? 4 : 16;
  const address = Array.from({ length: size }, (_, i) => bytes[4 + i] ?? 0);
  const value = address.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return ` ${formatAddr(family === 1 ? Number(value) : value)}/${prefixes}`;
}

function extendedError(bytes: Uint8Array): string {
  const code = uint(bytes, 0, 2);
  const name = EXTENDED_ERRORS[code];
  const text = ` ${code}${name === undefined ? '' : ` (${name})`}`;
  if (bytes.length === 2) return text;
  return `${text}: (${utf8(bytes.subarray(2))})`;
}

/** dns_ttl_totext, verbose. */
function expire(seconds: number): string {
  const units = [
    [Math.floor(seconds / 604_800), 'week'],
    [Math.floor(seconds / 86_400) % 7, 'day'],
    [Math.floor(seconds / 3600) % 24, 'hour'],
    [Math.floor(seconds / 60) % 60, 'minute'],
    [seconds % 60, 'second'],
  ] as const;
  const said = units.filter(([n, unit]) => n > 0 || (seconds === 0 && unit === 'second'));
  return ` ${seconds} (${said.map(([n, unit]) => `${n} ${unit}${n === 1 ? '' : 's'}`).join(' ')})`;
}

/** Apple's long-lived queries (RFC 8764). */
function llq(bytes: Uint8Array): string {
  const [version, opcode, error] = uint16s(bytes);
  const words = [`Version: ${version}`, `Opcode: ${opcode}`, `Error: ${error}`];
  const id = bytes.subarray(6, 14).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return ` ${words.join(', ')}, Identifier: ${id}, Lifetime: ${uint(bytes, 14, 4)}`;
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');

function uint(bytes: Uint8Array, at: number, size: number): number {
  return bytes.subarray(at, at + size).reduce((sum, byte) => sum * 256 + byte, 0);
}

function uint16s(bytes: Uint8Array): readonly number[] {
  return Array.from({ length: bytes.length >> 1 }, (_, i) => uint(bytes, 2 * i, 2));
}

const ascii = (byte: number): string =>
  byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.';

/** Text of an extended error is UTF-8. */
function utf8(bytes: Uint8Array): string {
  try {
    const text = decodeURIComponent(Array.from(bytes, (byte) => `%${hex(byte)}`).join(''));
    return Array.from(text, (c) => (c < '\x80' ? ascii(c.charCodeAt(0)) : c)).join('');
  } catch {
    return Array.from(bytes, ascii).join('');
  }
}
