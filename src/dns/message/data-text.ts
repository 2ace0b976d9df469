// The text of record data that is kept as bytes, as BIND's dig prints it: by the layout of its type, or as bytes
// (RFC 3597) when there is none or the bytes do not follow it. dig cuts hexadecimal and base64 into words of 56.
import { base64Of } from '../../api/base64.ts';
import { civil } from '../calendar.ts';
import { nameAt } from './decode.ts';
import { type Field, LAYOUTS } from './layouts.table.ts';
import { typeName } from './message.ts';
import { svcParamsText } from './svc-params.ts';

const wordSize = 56;

/** `type`'s data as dig prints it. */
export function opaqueText(type: number, bytes: Uint8Array): string {
  const name = typeName(type);
  const layout = Object.hasOwn(LAYOUTS, name) ? LAYOUTS[name] : undefined;
  const text =
    name === 'HTTPS' || name === 'SVCB'
      ? serviceText(bytes)
      : layout === undefined
        ? undefined
        : layoutText(layout, bytes);
  if (text !== undefined) return text;
  const hex = hexText(bytes);
  return `\\# ${bytes.length}${hex === '' ? '' : ` ${hex}`}`;
}

/** A text between quotes, odd bytes escaped. */
export function quoted(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 32 || code > 126) out += `\\${String(code).padStart(3, '0')}`;
    else if (code === 34 || code === 92) out += `\\${text[i]}`;
    else out += text[i];
  }
  return `"${out}"`;
}

function words(text: string): string {
  return (text.match(new RegExp(`.{1,${wordSize}}`, 'g')) ?? []).join(' ');
}

function hexText(bytes: Uint8Array): string {
  return words(Array.from(bytes, (b) => b.toString(16).padStart(2, '0').toUpperCase()).join(''));
}

const latin = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

/** undefined: the bytes are not laid out so. */
function layoutText(layout: readonly Field[], bytes: Uint8Array): string | undefined {
  const texts: string[] = [];
  let at = 0;
  for (const { kind } of layout) {
    const read = fieldText(kind, bytes, at);
    if (read === undefined) return undefined;
    texts.push(read.text);
    at = read.end;
  }
  return at === bytes.length ? texts.filter((text) => text !== '').join(' ') : undefined;
}

interface Read {
  readonly text: string;
  readonly end: number;
}

function numberAt(bytes: Uint8Array, at: number, size: number): number | undefined {
  if (at + size > bytes.length) return undefined;
  return bytes.subarray(at, at + size).reduce((sum, byte) => sum * 256 + byte, 0);
}

const sizes = { u8: 1, algorithm: 1, u16: 2, type: 2, u32: 4, time: 4 } as const;

function fieldText(kind: Field['kind'], bytes: Uint8Array, at: number): Read | undefined {
  switch (kind) {
    case 'u8':
    case 'u16':
    case 'u32':
    case 'algorithm':
    case 'type':
    case 'time': {
      const value = numberAt(bytes, at, sizes[kind]);
      if (value === undefined) return undefined;
      const text =
        kind === 'type' ? typeName(value) : kind === 'time' ? timeText(value) : String(value);
      return { text, end: at + sizes[kind] };
    }
    case 'name': {
      const read = nameAt(bytes, at);
      return read === undefined ? undefined : { text: read.name, end: read.end };
    }
    case 'quoted':
    case 'word':
    case 'pair':
    case 'strings':
      return stringsText(kind, bytes, at);
    case 'rest':
      return { text: quoted(latin(bytes.subarray(at))), end: bytes.length };
    case 'hex':
      return { text: hexText(bytes.subarray(at)), end: bytes.length };
    case 'base64':
      return { text: words(base64Of(bytes.subarray(at))), end: bytes.length };
    case 'types':
      return typesText(bytes, at);
  }
}

function stringsText(
  kind: 'quoted' | 'word' | 'pair' | 'strings',
  bytes: Uint8Array,
  from: number,
): Read | undefined {
  const most = kind === 'strings' ? Number.POSITIVE_INFINITY : kind === 'pair' ? 2 : 1;
  const texts: string[] = [];
  let at = from;
  while (texts.length < most && (kind !== 'strings' || at < bytes.length)) {
    const length = bytes[at];
    if (length === undefined || at + 1 + length > bytes.length) return undefined;
    const text = latin(bytes.subarray(at + 1, at + 1 + length));
    texts.push(kind === 'word' ? text : quoted(text));
    at += 1 + length;
  }
  return { text: texts.join(' '), end: at };
}

function typesText(bytes: Uint8Array, from: number): Read | undefined {
  const names: string[] = [];
  let at = from;
  while (at < bytes.length) {
    const [window = 0, length] = [bytes[at], bytes[at + 1]];
    if (length === undefined || at + 2 + length > bytes.length) return undefined;
    for (let bit = 0; bit < length * 8; bit++) {
      const byte = bytes[at + 2 + (bit >> 3)] ?? 0;
      if ((byte & (0x80 >> (bit & 7))) !== 0) names.push(typeName(window * 256 + bit));
    }
    at += 2 + length;
  }
  return { text: names.join(' '), end: at };
}

function serviceText(bytes: Uint8Array): string | undefined {
  const priority = numberAt(bytes, 0, 2);
  const target = nameAt(bytes, 2);
  if (priority === undefined || target === undefined) return undefined;
  const params = svcParamsText(bytes.subarray(target.end));
  if (params === undefined) return undefined;
  return [String(priority), target.name, ...params].join(' ');
}

/** Seconds since 1970 -> "20300101000000". */
function timeText(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const rest = seconds - days * 86_400;
  const { year, month, day } = civil(days);
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60].map(two).join('');
  return `${year}${two(month)}${two(day)}${clock}`;
}
