// Values, elements and their order as nft prints them. Elements stand sorted by the number that nft makes of a key: a
// single address or port by its size, several fields by their bytes from the last to the first. Models datatype.c,
// concat_expr_msort_value and the merging of intervals of nftables 1.0.6.
import { type Addr, formatAddr } from '../../net/addr.ts';
import { type Proto, protoName } from '../../net/packet.ts';
import { byCodeUnit } from '../../sim/table.ts';
import type { NftData, NftElement, NftPart, NftType, NftValue, NftVerdict } from './table.ts';
import { valueNumbers } from './words.table.ts';

const modelled: ReadonlySet<number> = new Set([1, 6, 17, 58, 132]);

/** `type` null: a bare number, as numgen gives. */
export function formatValue(type: NftType | null, value: NftValue): string {
  switch (type) {
    case 'ipv4_addr':
    case 'ipv6_addr':
      return typeof value === 'string' ? value : formatAddr(value);
    case 'inet_proto':
      return modelled.has(Number(value)) ? protoName(Number(value) as Proto) : `${value}`;
    case 'mark':
      return hex(Number(value));
    case 'ifname':
    case 'iface_index':
      return `"${value}"`;
    default:
      return `${value}`;
  }
}

/** "0x00004000" */
export function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}

export function formatPart(type: NftType | null, part: NftPart): string {
  if (typeof part !== 'object') return formatValue(type, part);
  const { low, high, bits } = part;
  if (low === high) return formatValue(type, low);
  if (bits !== null) return `${formatValue(type, low)}/${bits}`;
  return `${formatValue(type, low)}-${formatValue(type, high)}`;
}

/** A range of a set: nft prints it as a prefix wherever it is one, ports and protocols aside. */
function formatInSet(type: NftType | null, part: NftPart): string {
  if (typeof part !== 'object' || type === 'inet_service' || type === 'inet_proto') {
    return formatPart(type, typeof part === 'object' ? { ...part, bits: null } : part);
  }
  return formatPart(type, { ...part, bits: prefixOf(type, part.low, part.high) });
}

/** How many leading bits all of a range share, when it is a whole prefix. */
function prefixOf(type: NftType | null, low: Addr, high: Addr): number | null {
  const span = BigInt(high) - BigInt(low) + 1n;
  if ((span & (span - 1n)) !== 0n || BigInt(low) % span !== 0n) return null;
  return (type === 'ipv6_addr' ? 128 : 32) - (span.toString(2).length - 1);
}

export function formatVerdict(verdict: NftVerdict): string {
  return verdict.kind === 'jump' || verdict.kind === 'goto'
    ? `${verdict.kind} ${verdict.chain}`
    : verdict.kind;
}

/** What a key and a map's data are made of. */
export interface ElementTypes {
  readonly key: readonly (NftType | null)[];
  readonly data: readonly NftType[];
}

function formatData(types: ElementTypes, data: NftData): string {
  if (data.kind !== 'values') return formatVerdict(data);
  return data.values.map((value, i) => formatValue(types.data[i] ?? null, value)).join(' . ');
}

/** `1.2.3.4 . tcp . 80 comment "x" : drop`; `expires` is what stands behind the key of a passing element. */
export function formatElement(types: ElementTypes, element: NftElement, expires = ''): string {
  const { key, comment, data } = element;
  const text = key.map((part, i) => formatInSet(types.key[i] ?? null, part)).join(' . ');
  const said = comment === null ? '' : ` comment "${comment}"`;
  return `${text}${expires}${said}${data === null ? '' : ` : ${formatData(types, data)}`}`;
}

/** Elements in the order in which nft prints them. */
export function sortedElements<E extends { readonly key: readonly NftPart[] }>(
  types: ElementTypes,
  elements: readonly E[],
  isInterval = elements.some(({ key }) => key.some(isWide)),
): readonly E[] {
  return elements
    .map((element) => ({ element, place: placeOf(types, element.key, isInterval) }))
    .sort((a, b) => byCodeUnit(a.place, b.place))
    .map(({ element }) => element);
}

function isWide(part: NftPart): boolean {
  return typeof part === 'object' || (typeof part === 'string' && part.endsWith('*'));
}

/** A text whose order by code unit is nft's. */
function placeOf(types: ElementTypes, key: readonly NftPart[], isInterval: boolean): string {
  const [type] = types.key;
  const bytes = key.map((part, i) => bytesOf(types.key[i] ?? null, lowOf(part)));
  if (bytes.length > 1) return reversed(bytes.join(''));
  const only = bytes[0] ?? '';
  const isNetworkOrder = type === 'ipv4_addr' || type === 'ipv6_addr' || type === 'inet_service';
  return isNetworkOrder || (type === 'ifname' && isInterval) ? only : reversed(only);
}

function lowOf(part: NftPart): NftValue {
  return typeof part === 'object' ? part.low : part;
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}

const widths: Readonly<Partial<Record<NftType, number>>> = {
  ipv6_addr: 16,
  inet_proto: 1,
  inet_service: 2,
};

/** As the kernel keeps it, one character a byte: addresses and ports highest byte first, other numbers lowest first. */
function bytesOf(type: NftType | null, value: NftValue): string {
  if (type === 'ifname' && typeof value === 'string') return value.padEnd(16, '\0');
  const number = typeof value === 'string' ? (valueNumbers[value] ?? 0) : value;
  const width = (type === null ? undefined : widths[type]) ?? 4;
  let text = '';
  for (let i = 0, rest = BigInt(number); i < width; i++, rest >>= 8n) {
    text += String.fromCharCode(Number(rest & 255n));
  }
  const isNetworkOrder = type === 'ipv4_addr' || type === 'ipv6_addr' || type === 'inet_service';
  return isNetworkOrder ? reversed(text) : text;
}

/** A rule's own set of ranges: nft joins what touches or overlaps when it loads. Maps and sets of several fields stay
 * as written. */
export function mergedElements(elements: readonly NftElement[]): readonly NftElement[] {
  const isSimple = elements.every(({ key, data }) => {
    return key.length === 1 && data === null && typeof key[0] !== 'string';
  });
  if (!isSimple || !elements.some(({ key }) => key.some(isWide))) return elements;
  const merged: { low: Addr; high: Addr }[] = [];
  const ranges = elements.map(({ key }) => rangeOf(key[0] as Exclude<NftPart, string>));
  ranges.sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
  for (const { low, high } of ranges) {
    const last = merged.at(-1);
    if (last !== undefined && BigInt(low) <= BigInt(last.high) + 1n) {
      if (high > last.high) last.high = high;
    } else merged.push({ low, high });
  }
  return merged.map(({ low, high }) => {
    const part: NftPart = low === high ? low : { kind: 'range', low, high, bits: null };
    return { key: [part], data: null, comment: null, origin: 0 };
  });
}

function rangeOf(part: Exclude<NftPart, string>): { readonly low: Addr; readonly high: Addr } {
  return typeof part === 'object' ? part : { low: part, high: part };
}

/** 5400 -> "1h30m"; with milliseconds "2h59m58s696ms". */
export function formatTime(ms: number): string {
  const parts: [number, string][] = [
    [Math.floor(ms / 86_400_000), 'd'],
    [Math.floor(ms / 3_600_000) % 24, 'h'],
    [Math.floor(ms / 60_000) % 60, 'm'],
    [Math.floor(ms / 1000) % 60, 's'],
    [Math.floor(ms) % 1000, 'ms'],
  ];
  return parts.map(([count, unit]) => (count === 0 ? '' : `${count}${unit}`)).join('');
}
