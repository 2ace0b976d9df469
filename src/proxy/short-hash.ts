// Short names for long ones: the first characters of base32(sha256(text)), as kube-proxy ends or
// begins the names of its chains. Base32 is RFC 4648's, without padding.
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The first `length` characters (at most 48) of base32(sha256(text)). */
export function shortHash(text: string, length: number): string {
  const bytes = sha256(utf8ToBytes(text));
  let name = '';
  for (let bit = 0; bit < length * 5; bit += 5) {
    const pair = ((bytes[bit >> 3] as number) << 8) | (bytes[(bit >> 3) + 1] as number);
    name += alphabet[(pair >> (11 - (bit & 7))) & 31];
  }
  return name;
}
