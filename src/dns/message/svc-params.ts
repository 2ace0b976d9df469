// Parameters of SVCB and HTTPS records (RFC 9460): text to bytes as miekg/dns reads them (svcb.go), bytes to text as
// dig prints them. Not here: priority and target.
import { base64Of, bytesOfBase64 } from '../../api/base64.ts';
import { formatAddr, parseAddr } from '../../net/addr.ts';
import { labelBytes } from './name.ts';

const names = [
  'mandatory',
  'alpn',
  'no-default-alpn',
  'port',
  'ipv4hint',
  'ech',
  'ipv6hint',
  'dohpath',
  'ohttp',
] as const;

const u16 = (value: number): readonly number[] => [value >> 8, value & 0xff];

function keyOf(name: string): number | undefined {
  const known = names.indexOf(name as (typeof names)[number]);
  if (known >= 0) return known;
  const digits = /^key(0|[1-9]\d{0,4})$/.exec(name)?.[1];
  return digits === undefined || Number(digits) >= 65_535 ? undefined : Number(digits);
}

/** The value's bytes; undefined when it is none of that key. */
function valueBytes(key: number, value: string): readonly number[] | undefined {
  switch (names[key]) {
    case 'mandatory': {
      // Upstream takes an unknown word for the reserved key.
      const keys = value.split(',').map((name) => keyOf(name) ?? 0xffff);
      return keys.sort((a, b) => a - b).flatMap(u16);
    }
    case 'alpn': {
      const ids = value.split(',').map(labelBytes);
      if (ids.some((id) => id.length === 0 || id.length > 255)) return undefined;
      return ids.flatMap((id) => [id.length, ...id]);
    }
    case 'no-default-alpn':
    case 'ohttp':
      return value === '' ? [] : undefined;
    case 'port':
      return /^\d{1,5}$/.test(value) && Number(value) <= 0xffff ? u16(Number(value)) : undefined;
    case 'ipv4hint':
    case 'ipv6hint':
      return hintBytes(value, names[key] === 'ipv4hint' ? 4 : 6);
    case 'ech':
      return bytesOfBase64(value);
    default:
      return labelBytes(value);
  }
}

function hintBytes(value: string, family: 4 | 6): readonly number[] | undefined {
  const bytes: number[] = [];
  for (const text of value.split(',')) {
    const addr = parseAddr(text);
    if (typeof addr !== (family === 4 ? 'number' : 'bigint') || addr === undefined)
      return undefined;
    for (let shift = (family === 4 ? 4 : 16) - 1; shift >= 0; shift--) {
      bytes.push(Number((BigInt(addr) >> BigInt(shift * 8)) & 0xffn));
    }
  }
  return bytes;
}

/** One parameter with the bytes of its key, length and value; or which of the two is wrong. */
export function svcParamBytes(
  name: string,
  value: string,
): { readonly key: number; readonly bytes: readonly number[] } | 'key' | 'value' {
  const key = keyOf(name);
  if (key === undefined) return 'key';
  const bytes = valueBytes(key, value);
  if (bytes === undefined) return 'value';
  return { key, bytes: [...u16(key), ...u16(bytes.length), ...bytes] };
}

/** The parameters as words: `alpn="h2,h3"`, `port=443`; undefined when the bytes are none. */
export function svcParamsText(bytes: Uint8Array): readonly string[] | undefined {
  const texts: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + 4 > bytes.length) return undefined;
    const key = (bytes[at] as number) * 256 + (bytes[at + 1] as number);
    const length = (bytes[at + 2] as number) * 256 + (bytes[at + 3] as number);
    const end = at + 4 + length;
    if (end > bytes.length) return undefined;
    const text = paramText(key, bytes.subarray(at + 4, end));
    if (text === undefined) return undefined;
    texts.push(text);
    at = end;
  }
  return texts;
}

function paramText(key: number, value: Uint8Array): string | undefined {
  const name = keyName(key);
  const pairs = (): readonly number[] =>
    Array.from({ length: value.length >> 1 }, (_, i) => {
      return (value[i * 2] as number) * 256 + (value[i * 2 + 1] as number);
    });
  switch (names[key]) {
    case 'mandatory':
      return `${name}=${pairs().map(keyName).join(',')}`;
    case 'alpn': {
      const ids: string[] = [];
      for (let at = 0; at < value.length; ) {
        const length = value[at] as number;
        ids.push(escaped(value.subarray(at + 1, at + 1 + length)));
        at += 1 + length;
      }
      return `${name}="${ids.join(',')}"`;
    }
    case 'port':
      return value.length === 2 ? `${name}=${pairs()[0]}` : undefined;
    case 'ipv4hint':
    case 'ipv6hint':
      return `${name}=${addresses(value, names[key] === 'ipv4hint' ? 4 : 16).join(',')}`;
    case 'ech':
      return `${name}=${base64Of(value)}`;
    default:
      return value.length === 0 ? name : `${name}="${escaped(value)}"`;
  }
}

function keyName(key: number): string {
  // dig 9.18 knows the keys up to dohpath by name.
  return key < 8 ? (names[key] as string) : `key${key}`;
}

function addresses(value: Uint8Array, size: 4 | 16): readonly string[] {
  const texts: string[] = [];
  for (let at = 0; at + size <= value.length; at += size) {
    let addr = 0n;
    for (const byte of value.subarray(at, at + size)) addr = (addr << 8n) | BigInt(byte);
    texts.push(formatAddr(size === 4 ? Number(addr) : addr));
  }
  return texts;
}

function escaped(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => {
    if (byte < 32 || byte > 126) return `\\${String(byte).padStart(3, '0')}`;
    return byte === 34 || byte === 92
      ? `\\${String.fromCharCode(byte)}`
      : String.fromCharCode(byte);
  }).join('');
}
