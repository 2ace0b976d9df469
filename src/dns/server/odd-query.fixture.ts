// Odd messages for a DNS server: queries as clients and others send them, with options, records and counts of all kinds,
// then damaged at random. Seeded: the same seed gives the same messages. A generator only; what a server must say to them
// is odd-input.test.ts's and test/real-coredns.test.ts's.

/** A draw from 0 to n - 1. */
export type Draw = (n: number) => number;

/** Marsaglia's xorshift with 32 bits. */
export function draws(seed: number): Draw {
  let x = seed >>> 0 || 1;
  return (n) => {
    x = (x ^ (x << 13)) >>> 0;
    x ^= x >>> 17;
    x = (x ^ (x << 5)) >>> 0;
    return x % n;
  };
}

const one = <T>(r: Draw, list: readonly T[]): T => list[r(list.length)] as T;
const bytes = (r: Draw, n: number): number[] => Array.from({ length: n }, () => r(256));
const u16 = (v: number): number[] => [(v >> 8) & 255, v & 255];
const u32 = (v: number): number[] => [...u16(v >>> 16), ...u16(v & 0xffff)];
const ascii = (text: string): number[] => Array.from(text, (c) => c.charCodeAt(0) & 0xff);

/** Labels to octets; nothing is escaped. */
export function wireName(...labels: readonly string[]): number[] {
  return [...labels.flatMap((label) => [label.length, ...ascii(label)]), 0];
}

const long = ['y', 'y', 'y'].map((c) => c.repeat(63));
const zone = ['cluster', 'local'];
const names: readonly number[][] = [
  wireName('web', ...zone),
  wireName('WeB', 'Cluster', 'LOCAL'),
  wireName(...zone),
  wireName('example', 'org'),
  wireName('a', 'b', 'c', 'd', 'e', ...zone),
  wireName('sub', 'example', ...zone),
  wireName(),
  wireName('x'.repeat(63), ...zone),
  wireName(...long, ...zone),
  wireName(...long, 'z'.repeat(61)),
  wireName(...long, 'z'.repeat(62)),
  wireName('we\0b', ...zone),
  wireName('we.b', ...zone),
  wireName('we\\b', ...zone),
  wireName('we b"(;)@\'', ...zone),
  wireName('\xff\x80', ...zone),
  wireName('1', '0', '96', '10', 'in-addr', 'arpa'),
];
const types = [1, 28, 33, 12, 15, 16, 6, 2, 5, 255, 252, 251, 43, 41, 250, 0, 65535, 65, 257];
const classes = [1, 1, 1, 1, 1, 3, 255, 254, 0, 4];

function name(r: Draw): readonly number[] {
  if (r(6) === 0) return [0xc0, 12];
  if (r(8) === 0) return [3, 97, 98, 99, 0xc0, 12 + r(20)];
  return names[r(9)] as readonly number[];
}

const strings = (r: Draw): number[] =>
  Array.from({ length: r(4) }, () => r(6)).flatMap((n) => [n, ...bytes(r, n)]);
const pair = (r: Draw): number[] => [...u16(r(9)), ...name(r)];

/** Data as the type has it. */
const data: Readonly<Record<number, (r: Draw) => readonly number[]>> = {
  1: (r) => bytes(r, 4),
  2: name,
  5: name,
  6: (r) => [...name(r), ...name(r), ...bytes(r, 20)],
  12: name,
  13: () => [1, 65, 1, 66],
  15: pair,
  16: strings,
  24: (r) => [...u16(1), 8, 2, ...bytes(r, 14), ...name(r), ...bytes(r, 6)],
  28: (r) => bytes(r, 16),
  33: (r) => [...bytes(r, 6), ...name(r)],
  35: (r) => [...bytes(r, 4), 1, 65, 1, 66, 0, ...name(r)],
  37: (r) => bytes(r, 9),
  39: name,
  42: (r) => [...u16(1), 24, 3, 1, 2, r(4)],
  43: (r) => bytes(r, 12),
  45: (r) => [1, r(5), 2, ...bytes(r, 8)],
  46: (r) => [...bytes(r, 18), ...name(r), ...bytes(r, 6)],
  47: (r) => [...name(r), 0, 1, r(256)],
  50: (r) => [1, 0, 0, 1, r(5), ...bytes(r, 4), r(5), ...bytes(r, 4), 0, 1, 64],
  55: (r) => [4, 5, ...u16(4), ...bytes(r, 8)],
  62: (r) => [...bytes(r, 6), 0, 1, r(256)],
  64: (r) => [...u16(1), ...name(r), ...u16(r(8)), ...u16(2), 0, 80],
  65: (r) => [...u16(1), ...name(r), ...u16(1), ...u16(3), 2, 104, 50],
  104: (r) => bytes(r, 10),
  108: (r) => bytes(r, 6),
  249: (r) => [...name(r), ...bytes(r, 12), ...u16(2), 1, 2, ...u16(0)],
  250: (r) => [...name(r), ...bytes(r, 8), ...u16(4), ...bytes(r, 8), ...u16(0)],
  256: (r) => bytes(r, 9),
  257: (r) => [0, 5, ...ascii('issue'), ...bytes(r, 5)],
  260: (r) => [1, r(5), ...bytes(r, 8)],
};
const known = Object.keys(data).map(Number);

function record(r: Draw): number[] {
  const type = r(4) > 0 ? one(r, known) : r(300);
  let own = [...(data[type]?.(r) ?? bytes(r, r(20)))];
  if (r(6) === 0) own = own.slice(0, r(own.length + 1));
  else if (r(8) === 0) own.push(...bytes(r, 1 + r(3)));
  if (r(10) === 0 && own.length > 0) own[r(own.length)] = r(256);
  const length = r(25) === 0 ? r(40) : own.length;
  const ttl = r(3) > 0 ? r(100_000) : 0xffff_ffff;
  return [...name(r), ...u16(type), ...u16(one(r, classes)), ...u32(ttl), ...u16(length), ...own];
}

/** Octets of an option by its code, and how many of them. */
const lengths: Readonly<Record<number, readonly number[]>> = {
  1: [18, 17, 3],
  2: [4, 8, 2],
  8: [4, 5, 8, 20],
  9: [0, 4, 3],
  10: [8, 8, 16, 24, 0, 7],
  11: [0, 2, 1, 3],
  15: [2, 4, 1],
};
const codes = [1, 2, 3, 4, 5, 8, 8, 9, 10, 10, 10, 11, 12, 13, 15, 16, 18, 19, 20, 65001, 65535];

function option(r: Draw): number[] {
  const code = one(r, codes);
  let own = bytes(r, one(r, lengths[code] ?? [0, 1, 2, 5]));
  if (code === 8) own = [0, one(r, [0, 1, 1, 2, 3]), r(40), r(3), ...own.slice(4)];
  if (code === 18 && r(2) === 0) own = wireName('agent', 'example');
  return [...u16(code), ...u16(r(15) === 0 ? r(30) : own.length), ...own];
}

function opt(r: Draw): number[] {
  const options = Array.from({ length: r(4) }, () => option(r)).flat();
  const owner = r(12) === 0 ? name(r) : [0];
  const size = one(r, [0, 511, 512, 513, 1232, 4096, 65_535]);
  const flags = [one(r, [0, 0, 0, 1, 255]), one(r, [0, 0, 0, 0, 1, 2, 255])];
  const length = r(20) === 0 ? r(30) : options.length;
  const low = [one(r, [0, 0x80, 0x40, 0xc0]), one(r, [0, 0, 1])];
  return [...owner, 0, 41, ...u16(size), ...flags, ...low, ...u16(length), ...options];
}

/** A message that is mostly as it should be. */
export function oddQuery(r: Draw): Uint8Array {
  const opcode = one(r, [0, 0, 0, 0, 0, 0, 4, 4, 5, 2, 1, 6, 15]);
  let flags = (opcode << 11) | (r(3) > 0 ? 0x0100 : 0);
  if (r(4) === 0) flags ^= one(r, [0x0400, 0x0200, 0x80, 0x40, 0x20, 0x10, 0x8000, 1, 2, 15]);
  const questions = r(12) > 0 ? 1 : one(r, [0, 2, 65_535]);
  const body: number[] = [];
  for (let i = 0; i < Math.min(questions, 2); i++) {
    body.push(...one(r, names), ...u16(one(r, types)), ...u16(one(r, classes)));
  }
  const counts = [questions, one(r, [0, 0, 0, 0, 1, 2]), one(r, [0, 0, 0, 0, 1, 2])];
  for (let i = 0; i < (counts[1] ?? 0) + (counts[2] ?? 0); i++) body.push(...record(r));
  counts.push(one(r, [0, 0, 1, 1, 1, 2, 3]));
  for (let i = 0; i < (counts[3] ?? 0); i++) body.push(...(r(4) > 0 ? opt(r) : record(r)));
  if (r(25) === 0) counts[1 + r(3)] = one(r, [0, 1, 2, 3, 65_535]);
  if (r(30) === 0) body.push(...bytes(r, 1 + r(8)));
  return Uint8Array.from([...u16(r(65_536)), ...u16(flags), ...counts.flatMap(u16), ...body]);
}

const damages = [0, 0, 1, 1, 2, 4];
/** Larger than any message here and what damage adds to it. */
const scratch = new Uint8Array(4096);

/** The message with up to four damages: a byte, a bit, a cut, bytes more or fewer, a pointer, a part twice. It stands in a
 * buffer that the next one takes. */
export function damaged(r: Draw, message: Uint8Array): Uint8Array {
  scratch.set(message);
  let size = message.length;
  for (let left = one(r, damages); left > 0; left--) {
    const at = r(size + 1);
    const kind = r(7);
    if (kind === 0 && at < size) scratch[at] = r(256);
    else if (kind === 1 && at < size) scratch[at] = (scratch[at] ?? 0) ^ (1 << r(8));
    else if (kind === 2) size = at;
    else if (kind === 3) {
      const added = 1 + r(4);
      scratch.copyWithin(at + added, at, size);
      for (let i = 0; i < added; i++) scratch[at + i] = r(256);
      size += added;
    } else if (kind === 4) {
      const gone = Math.min(1 + r(4), size - at);
      scratch.copyWithin(at, at + gone, size);
      size -= gone;
    } else if (kind === 5 && size > 14) scratch[12 + r(size - 12)] = 0xc0 | r(2);
    else if (kind === 6) {
      const again = Math.min(r(20), size - at);
      scratch.copyWithin(at + again, at, size);
      size += again;
    }
  }
  return scratch.subarray(0, size);
}

/** Endless: queries from a pool, each damaged anew. */
export function oddQueries(seed: number, poolSize = 2048): () => Uint8Array {
  const r = draws(seed);
  const pool = Array.from({ length: poolSize }, () => oddQuery(r));
  return () => damaged(r, one(r, pool));
}
