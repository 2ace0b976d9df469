// The two FNV hashes of 32 bits that names of ReplicaSets and ControllerRevisions are made with, over UTF-8.
// Models Go's hash/fnv; the digits that names show are safeEncode's (names.ts).

/** As the signed number that it is between two bytes: one above 2^31 would be kept as a float. */
const offset = 0x811c9dc5 | 0;
const prime = 0x01000193;

/** fnv.New32a: xor, then multiply. */
export function fnv32a(bytes: readonly number[]): number {
  return bytes.reduce((hash, byte) => Math.imul(hash ^ byte, prime), offset) >>> 0;
}

/** fnv.New32: multiply, then xor. */
export function fnv32(bytes: readonly number[]): number {
  return bytes.reduce((hash, byte) => Math.imul(hash, prime) ^ byte, offset) >>> 0;
}

/** The bytes of a text. */
export function utf8(text: string): number[] {
  const bytes: number[] = [];
  for (const char of text) {
    const c = char.codePointAt(0) ?? 0;
    if (c < 0x80) bytes.push(c);
    else if (c < 0x800) bytes.push(0xc0 | (c >> 6), 0x80 | (c & 63));
    else if (c < 0x10000) bytes.push(0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
    else {
      bytes.push(0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63));
      bytes.push(0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
    }
  }
  return bytes;
}
