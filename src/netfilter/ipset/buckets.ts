// How full the kernel's hash table of a set is: what `ipset list` says of hashsize and memory follows from it. A bucket
// grows by two places; a thirteenth member doubles the table. Exact for sets that only grew. Models
// ip_set_hash_gen.h and jhash2 of linux/jhash.h (little-endian machines); measured on Linux 6.18.
import type { Addr } from '../../net/addr.ts';
import type { Member } from './members.ts';
import type { IpSet, SetType } from './set.ts';

export interface Occupied {
  /** Buckets now: hashsize as the table has grown. */
  readonly hashsize: number;
  /** Bytes of the set, its members included. */
  readonly bytes: number;
}

type HashType = Exclude<SetType, 'bitmap:port'>;

/** Bytes of an empty set and of one member, by type, for IPv4 and IPv6. */
const sizes: Readonly<Record<HashType, Readonly<Record<4 | 6, readonly [number, number]>>>> = {
  'hash:ip': { 4: [216, 4], 6: [224, 16] },
  'hash:net': { 4: [456, 8], 6: [1240, 20] },
  'hash:ip,port': { 4: [216, 8], 6: [232, 20] },
  'hash:ip,port,ip': { 4: [208, 12], 6: [232, 36] },
  'hash:ip,port,net': { 4: [464, 12], 6: [1256, 36] },
};

/** The kernel counts a head for every growth of a bucket. */
const bucketHead = 32;
const bucketMax = 12;
const bucketStep = 2;
/** sizeof(struct bitmap_port) and a bit for each port. */
const bitmapBytes = 8264;

/** The table that holds these members. */
export function occupied(set: IpSet, initval: number): Occupied {
  const { type, members } = set;
  if (type === 'bitmap:port') return { hashsize: 0, bytes: bitmapBytes };
  const [base, size] = sizes[type][set.family ?? 4];
  const hashes = members.list().map((member) => jhash2(wordsOf(type, member), initval));
  let hashsize = powerOfTwo(set.hashsize);
  for (;;) {
    const counts = new Map<number, number>();
    for (const hash of hashes) {
      const place = (hash & (hashsize - 1)) >>> 0;
      counts.set(place, (counts.get(place) ?? 0) + 1);
    }
    if (Math.max(0, ...counts.values()) <= bucketMax) {
      let bytes = base;
      for (const count of counts.values()) {
        bytes += Math.ceil(count / bucketStep) * (bucketHead + bucketStep * size);
      }
      return { hashsize, bytes };
    }
    hashsize *= 2;
  }
}

/** htable_bits rounds up. */
function powerOfTwo(hashsize: number): number {
  return 2 ** Math.ceil(Math.log2(hashsize));
}

/** A member as it stands in memory, in words. */
function wordsOf(type: HashType, member: Member): readonly number[] {
  const { addr, bits, proto, port, second, secondBits } = member;
  const first = addressWords(addr ?? 0);
  const swapped = (port >> 8) | ((port & 255) << 8);
  switch (type) {
    case 'hash:ip':
      return first;
    case 'hash:net':
      return [...first, bits << 24];
    case 'hash:ip,port':
      return [...first, swapped | (proto << 16)];
    case 'hash:ip,port,ip':
      return [...first, ...addressWords(second ?? 0), swapped | (proto << 16)];
    case 'hash:ip,port,net': {
      const rest = swapped | ((secondBits - 1) << 16) | (proto << 24);
      return [...first, ...addressWords(second ?? 0), rest];
    }
  }
}

/** An address in network order, read as little-endian words. */
function addressWords(addr: Addr): readonly number[] {
  if (typeof addr === 'number') return [swap(addr)];
  return [96n, 64n, 32n, 0n].map((shift) => swap(Number((addr >> shift) & 0xffffffffn)));
}

function swap(word: number): number {
  return (
    (word >>> 24) | ((word >>> 8) & 0xff00) | ((word & 0xff00) << 8) | ((word & 0xff) << 24) | 0
  );
}

const rotl = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

/** jhash2: 32 bits, signed. */
export function jhash2(words: readonly number[], initval: number): number {
  let a = (0xdeadbeef + words.length * 4 + initval) | 0;
  let b = a;
  let c = a;
  let at = 0;
  for (; words.length - at > 3; at += 3) {
    a = (a + (words[at] as number)) | 0;
    b = (b + (words[at + 1] as number)) | 0;
    c = (c + (words[at + 2] as number)) | 0;
    a = ((a - c) ^ rotl(c, 4)) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ rotl(a, 6)) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ rotl(b, 8)) | 0;
    b = (b + a) | 0;
    a = ((a - c) ^ rotl(c, 16)) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ rotl(a, 19)) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ rotl(b, 4)) | 0;
    b = (b + a) | 0;
  }
  if (at === words.length) return c;
  a = (a + (words[at] ?? 0)) | 0;
  b = (b + (words[at + 1] ?? 0)) | 0;
  c = (c + (words[at + 2] ?? 0)) | 0;
  c = ((c ^ b) - rotl(b, 14)) | 0;
  a = ((a ^ c) - rotl(c, 11)) | 0;
  b = ((b ^ a) - rotl(a, 25)) | 0;
  c = ((c ^ b) - rotl(b, 16)) | 0;
  a = ((a ^ c) - rotl(c, 4)) | 0;
  b = ((b ^ a) - rotl(a, 14)) | 0;
  return ((c ^ b) - rotl(b, 24)) | 0;
}
