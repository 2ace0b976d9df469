// Base64 as Go's encoding/base64 reads and writes it: the data of Secrets, which JSON carries so. Text counts as UTF-8.

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The UTF-8 bytes of a text; half a surrogate pair counts as U+FFFD, as in Go. */
export function utf8(text: string): number[] {
  const bytes: number[] = [];
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    const code = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) {
      bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    } else {
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63));
      bytes.push(0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    }
  }
  return bytes;
}

export function encodeBase64(text: string): string {
  return base64Of(utf8(text));
}

/** Bytes as text, padded. */
export function base64Of(bytes: ArrayLike<number>): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = [bytes[i], bytes[i + 1], bytes[i + 2]];
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    out += `${alphabet[bits >> 18]}${alphabet[(bits >> 12) & 63]}`;
    out += b === undefined ? '=' : alphabet[(bits >> 6) & 63];
    out += c === undefined ? '=' : alphabet[bits & 63];
  }
  return out;
}

/** How many bytes a text without faults stands for. */
export function decodedBytes(encoded: string): number {
  const digits = encoded.replace(/[^A-Za-z0-9+/]/g, '').length;
  return Math.floor((digits * 3) / 4);
}

/** The bytes that were encoded; whatever is no digit is left out. */
export function bytesOfBase64(encoded: string): readonly number[] {
  const digits = [...encoded.replace(/[^A-Za-z0-9+/]/g, '')].map((char) => alphabet.indexOf(char));
  const bytes: number[] = [];
  for (let i = 0; i + 1 < digits.length; i += 4) {
    const [a = 0, b = 0, c, d] = digits.slice(i, i + 4);
    bytes.push((a << 2) | (b >> 4));
    if (c !== undefined) bytes.push(((b & 15) << 4) | (c >> 2));
    if (c !== undefined && d !== undefined) bytes.push(((c & 3) << 6) | d);
  }
  return bytes;
}

/** The text that was encoded; bytes that are no UTF-8 become U+FFFD. */
export function decodeBase64(encoded: string): string {
  const bytes = bytesOfBase64(encoded);
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i] ?? 0;
    const count = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const rest = bytes.slice(i + 1, i + count);
    const isWhole = rest.length === count - 1 && rest.every((byte) => (byte & 0xc0) === 0x80);
    if (count > 1 && (lead < 0xc2 || lead > 0xf4 || !isWhole)) {
      text += '\ufffd';
      i++;
      continue;
    }
    const high = count === 1 ? lead : lead & (0xff >> (count + 1));
    const code = rest.reduce((sum, byte) => (sum << 6) | (byte & 63), high);
    text += code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code);
    i += count;
  }
  return text;
}

/** Where Go's decoder stops: the offset in CorruptInputError; null when the text can be decoded. */
export function base64Fault(encoded: string): number | null {
  let at = 0;
  const skip = () => {
    while (encoded[at] === '\n' || encoded[at] === '\r') at++;
  };
  for (;;) {
    for (let digit = 0; digit < 4; digit++) {
      skip();
      if (at >= encoded.length) return digit === 0 ? null : at - digit;
      const char = encoded[at] ?? '';
      at++;
      if (char === '=') return digit < 2 ? at - 1 : paddingFault(encoded, at, digit);
      if (!alphabet.includes(char)) return at - 1;
    }
  }
}

/** After the first `=`, which stood for the third or fourth digit. */
function paddingFault(encoded: string, after: number, digit: number): number | null {
  const isBreak = (char: string | undefined): boolean => char === '\n' || char === '\r';
  let at = after;
  if (digit === 2) {
    while (isBreak(encoded[at])) at++;
    if (at >= encoded.length) return encoded.length;
    if (encoded[at] !== '=') return at - 1;
    at++;
  }
  while (isBreak(encoded[at])) at++;
  return at < encoded.length ? at : null;
}
