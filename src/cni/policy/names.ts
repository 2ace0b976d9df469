// Names of the chains and sets of policies. They say whose they are as far as nf_tables has room for it.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** Who writes the rules, and the name of the table they stand in. */
export const owner = 'network-policy';

/** nf_tables has room for 255 characters. */
const nameMax = 200;
/** NFTNL_UDATA_COMMENT_MAXLEN counts the zero at the end. */
const commentMax = 127;

/** The text, or as much of it as a name may have, with a hash that tells it from its like. */
export function named(text: string): string {
  if (text.length <= nameMax) return text;
  return `${text.slice(0, nameMax - 14)}...${digest(text)}`;
}

/** The text as a comment. */
export function commented(text: string): string {
  const plain = text.replaceAll('"', "'");
  return plain.length <= commentMax ? plain : `${plain.slice(0, commentMax - 3)}...`;
}

/** Ten hexadecimal digits that stand for a text. */
export function digest(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text))).slice(0, 10);
}
