// Words of record data to the bytes they stand for on the wire. Not here: tokens and complaints (rdata.ts).
import { daysOf } from '../calendar.ts';
import { labelBytes, labelsOf } from '../message/name.ts';
import { ALGORITHMS, TYPE_WORDS } from './words.table.ts';

/** Whether upstream knows a text form of the type. */
export function isNamed(type: number): boolean {
  return Object.values(TYPE_WORDS).includes(type);
}

export function bigEndian(value: number, size: 1 | 2 | 4): readonly number[] {
  const bytes: number[] = [];
  for (let i = size - 1; i >= 0; i--) bytes.push(Math.floor(value / 256 ** i) % 256);
  return bytes;
}

export const codes = (text: string): readonly number[] =>
  Array.from(text, (c) => c.charCodeAt(0) & 0xff);

export function nameBytes(name: string): readonly number[] {
  return [
    ...labelsOf(name).flatMap((label) => {
      const bytes = labelBytes(label);
      return [bytes.length, ...bytes];
    }),
    0,
  ];
}

export function unescaped(text: string): string {
  return labelBytes(text)
    .map((byte) => String.fromCharCode(byte))
    .join('');
}

export function stringBytes(text: string): readonly number[] {
  const bytes = codes(text).slice(0, 255);
  return [bytes.length, ...bytes];
}

export function chunks(text: string): readonly string[] {
  const whole = unescaped(text);
  const parts: string[] = [];
  for (let at = 0; at === 0 || at < whole.length; at += 255) parts.push(whole.slice(at, at + 255));
  return parts;
}

/** HINFO: one string is split at its blanks, more than two are joined. */
export function pair(strings: readonly string[]): readonly string[] {
  const [only = '', ...rest] = strings;
  if (rest.length > 0) return [only, rest.join(' ')];
  const fields = only.split(/\s+/).filter((field) => field !== '');
  return fields.length > 1 ? [fields[0] as string, fields.slice(1).join(' ')] : [only, ''];
}

export function hexBytes(hex: string): readonly number[] | undefined {
  if (hex.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(hex)) return undefined;
  return (hex.match(/../g) ?? []).map((two) => Number.parseInt(two, 16));
}

export function algorithmOf(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) <= 0xff ? Number(text) : undefined;
  const upper = text.toUpperCase();
  return Object.hasOwn(ALGORITHMS, upper) ? ALGORITHMS[upper] : undefined;
}

/** "20300101000000", or seconds since 1970. */
export function timeOf(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text);
  if (match === null) {
    return /^\d+$/.test(text) && Number(text) <= 0xffffffff ? Number(text) : undefined;
  }
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map(Number);
  const seconds = daysOf(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
  return ((seconds % 2 ** 32) + 2 ** 32) % 2 ** 32;
}

/** RFC 4034 section 4.1.2. */
export function bitmap(types: readonly number[]): readonly number[] {
  const windows = [...new Set(types.map((type) => type >> 8))].sort((a, b) => a - b);
  return windows.flatMap((window) => {
    const low = types.filter((type) => type >> 8 === window).map((type) => type & 0xff);
    const bytes = new Array<number>((Math.max(...low) >> 3) + 1).fill(0);
    for (const bit of low) bytes[bit >> 3] = (bytes[bit >> 3] as number) | (0x80 >> (bit & 7));
    return [window, bytes.length, ...bytes];
  });
}
