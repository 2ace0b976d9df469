// Domain names as text: splitting, comparing, escaping (RFC 1035 section 5.1, as miekg/dns prints them), and the
// reverse names of addresses (RFC 1035 3.5, RFC 3596 2.5). Names that come from the wire are always absolute.
import { type Addr, formatAddr, parseAddr } from '../../net/addr.ts';

/** "Kube.Local" -> "kube.local" (ASCII only, as DNS compares). */
export function lower(name: string): string {
  // Most names have no capitals: that is found out faster in one call than letter by letter.
  if (name.toLowerCase() === name) return name;
  return name.replace(/[A-Z]/g, (upper) => upper.toLowerCase());
}

/** Adds the final dot when there is none. */
export function absolute(name: string): string {
  return name.endsWith('.') && !/(^|[^\\])(\\\\)*\\\.$/.test(name) ? name : `${name}.`;
}

/** Labels without their dots; escapes stay: "a\.b.c." -> ["a\.b", "c"]. The root has none. */
export function labelsOf(name: string): readonly string[] {
  if (!name.includes('\\')) {
    const labels = name.split('.');
    if (labels.at(-1) === '') labels.pop();
    return labels.includes('') ? labels.filter((label) => label !== '') : labels;
  }
  const labels: string[] = [];
  let label = '';
  for (let i = 0; i < name.length; i++) {
    const c = name[i] as string;
    if (c === '\\') {
      label += c + (name[i + 1] ?? '');
      i++;
    } else if (c === '.') {
      if (label !== '') labels.push(label);
      label = '';
    } else label += c;
  }
  if (label !== '') labels.push(label);
  return labels;
}

/** Whether `name` is `zone` or below it, by whole labels; both absolute, any case. */
export function isSubdomain(zone: string, name: string): boolean {
  if (zone === '.') return true;
  const from = name.length - zone.length;
  if (from < 0) return false;
  for (let i = zone.length - 1; i >= 0; i--) {
    if (lowerCode(zone.charCodeAt(i)) !== lowerCode(name.charCodeAt(from + i))) return false;
  }
  return from === 0 || (name[from - 1] === '.' && name[from - 2] !== '\\');
}

function lowerCode(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code;
}

/** The longest of `zones` that holds `name`; undefined when none does (CoreDNS plugin.Zones.Matches). */
export function longestZone(zones: readonly string[], name: string): string | undefined {
  let best: string | undefined;
  for (const zone of zones) {
    if (isSubdomain(zone, name) && (best === undefined || zone.length > best.length)) best = zone;
  }
  return best;
}

/** One label's bytes, those from `from` to `to`, as zone-file text. */
export function labelText(bytes: Uint8Array, from = 0, to = bytes.length): string {
  let plain = from;
  while (plain < to && isPlain(bytes[plain] as number)) plain++;
  if (plain === to) return String.fromCharCode(...bytes.subarray(from, to));
  let text = '';
  for (let i = from; i < to; i++) text += byteText(bytes[i] as number);
  return text;
}

function byteText(byte: number): string {
  if (byte < 0x21 || byte > 0x7e) return `\\${String(byte).padStart(3, '0')}`;
  const char = String.fromCharCode(byte);
  return '.();@"\\'.includes(char) ? `\\${char}` : char;
}

/** Letters, digits, the hyphen and the underscore. */
function isPlain(byte: number): boolean {
  if (byte >= 0x61) return byte <= 0x7a;
  return (
    byte === 0x2d ||
    byte === 0x5f ||
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x5a)
  );
}

/** The bytes a label's text stands for. */
export function labelBytes(label: string): readonly number[] {
  const bytes: number[] = [];
  for (let i = 0; i < label.length; i++) {
    if (label[i] !== '\\') {
      bytes.push(label.charCodeAt(i) & 0xff);
      continue;
    }
    const digits = label.slice(i + 1, i + 4);
    if (/^\d{3}$/.test(digits)) {
      bytes.push(Number(digits) & 0xff);
      i += 3;
    } else {
      bytes.push(label.charCodeAt(i + 1) & 0xff);
      i++;
    }
  }
  return bytes;
}

/** Whether miekg/dns takes the text for a name: labels of 1..63 bytes, no empty one, 257 bytes on the wire, which is two
 * more than a message may have. */
export function isDomainName(name: string): boolean {
  if (name === '.') return true;
  if (name === '' || /(^|[^\\])\.\./.test(name) || name.startsWith('.')) return false;
  // A last dot that is escaped ends nothing.
  if (/(?:^|[^\\])(?:\\\\)*\\\.$/.test(name)) return false;
  let length = 0;
  for (const label of labelsOf(name)) {
    const size = labelBytes(label).length;
    if (size > 63) return false;
    length += size + 1;
  }
  return length <= 256;
}

/** 10.96.0.1 -> "1.0.96.10.in-addr.arpa." */
export function reverseName(addr: Addr): string {
  if (typeof addr === 'number') {
    return `${formatAddr(addr).split('.').reverse().join('.')}.in-addr.arpa.`;
  }
  const nibbles = addr.toString(16).padStart(32, '0').split('').reverse();
  return `${nibbles.join('.')}.ip6.arpa.`;
}

/** The address of a complete reverse name; undefined for every other name. */
export function addressOfReverse(name: string): Addr | undefined {
  const text = lower(absolute(name));
  if (text.endsWith('.in-addr.arpa.')) {
    const parts = text.slice(0, -'.in-addr.arpa.'.length).split('.');
    return parts.length === 4 ? parseAddr(parts.reverse().join('.')) : undefined;
  }
  if (!text.endsWith('.ip6.arpa.')) return undefined;
  const nibbles = text.slice(0, -'.ip6.arpa.'.length).split('.');
  if (nibbles.length !== 32 || !nibbles.every((n) => /^[0-9a-f]$/.test(n))) return undefined;
  return BigInt(`0x${nibbles.reverse().join('')}`);
}

/** Whether a name lies under in-addr.arpa or ip6.arpa. */
export function isReverse(name: string): boolean {
  return isSubdomain('in-addr.arpa.', name) || isSubdomain('ip6.arpa.', name);
}
