// IP addresses as plain values: a number (unsigned 32 bits) is IPv4, a bigint (128 bits) is IPv6.
// The JavaScript type is the family, so `===` and `<` work within a family and no object is made per
// packet. Text is parsed and printed at the edges only (RFC 4291, RFC 5952).

export type Addr = number | bigint;
export type Family = 4 | 6;

export function familyOf(addr: Addr): Family {
  return typeof addr === 'number' ? 4 : 6;
}

/** 127.0.0.0/8 or ::1. */
export function isLoopback(value: Addr): boolean {
  return typeof value === 'number' ? value >>> 24 === 127 : value === 1n;
}

/** "10.96.0.1" -> 174063617; "fd00::1" -> bigint; undefined when the text is no IP address. Leading
 * zeros in an IPv4 part are refused, as Go's net/netip does. */
export function parseAddr(text: string): Addr | undefined {
  return text.includes(':') ? parseIPv6(text) : parseIPv4(text);
}

/** Like parseAddr for text that is known to be an address (constants, checked configuration). */
export function addr(text: string): Addr {
  const value = parseAddr(text);
  if (value === undefined) throw new Error(`not an IP address: "${text}"`);
  return value;
}

function parseIPv4(text: string): number | undefined {
  let value = 0;
  let part = -1;
  let dots = 0;
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 46) {
      if (part < 0) return undefined;
      value = value * 256 + part;
      part = -1;
      digits = 0;
      dots++;
    } else if (c >= 48 && c <= 57) {
      if (digits > 0 && part === 0) return undefined;
      part = (part < 0 ? 0 : part) * 10 + (c - 48);
      digits++;
      if (part > 255) return undefined;
    } else return undefined;
  }
  if (dots !== 3 || part < 0) return undefined;
  return value * 256 + part;
}

function parseIPv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? '', halves.length === 1);
  if (head === undefined) return undefined;
  if (halves.length === 1) return head.length === 8 ? join(head) : undefined;
  const tail = parseGroups(halves[1] ?? '', true);
  if (tail === undefined || head.length + tail.length > 7) return undefined;
  const zeros = new Array<number>(8 - head.length - tail.length).fill(0);
  return join([...head, ...zeros, ...tail]);
}

function parseGroups(text: string, last: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (last && i === parts.length - 1 && part.includes('.')) {
      const v4 = parseIPv4(part);
      if (v4 === undefined) return undefined;
      groups.push(Math.floor(v4 / 65536), v4 % 65536);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups.length <= 8 ? groups : undefined;
}

function join(groups: readonly number[]): bigint {
  let value = 0n;
  for (const group of groups) value = (value << 16n) | BigInt(group);
  return value;
}

/** The canonical text: dotted quad, or RFC 5952 (longest run of zeros shortened, lower case). */
export function formatAddr(value: Addr): string {
  if (typeof value === 'number') {
    return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
  }
  const groups: number[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(Number((value >> shift) & 0xffffn));
  if (groups.slice(0, 5).every((g) => g === 0) && groups[5] === 0xffff) {
    return `::ffff:${formatAddr(Number(value & 0xffffffffn))}`;
  }
  let best = { start: -1, length: 1 };
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0) length++;
    if (length > best.length) best = { start: i, length };
  }
  const hex = groups.map((g) => g.toString(16));
  if (best.start < 0) return hex.join(':');
  const head = hex.slice(0, best.start).join(':');
  return `${head}::${hex.slice(best.start + best.length).join(':')}`;
}

/** "10.0.0.1:80", "[fd00::1]:80". */
export function formatEndpoint(value: Addr, port: number): string {
  return typeof value === 'number'
    ? `${formatAddr(value)}:${port}`
    : `[${formatAddr(value)}]:${port}`;
}
