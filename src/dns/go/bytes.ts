// Go's strings are bytes. Where their length or single bytes matter, text is kept as a byte string: one code unit per
// byte, as TXT records have it. Only conversions stand here.

/** The text's UTF-8 bytes. */
export function utf8(text: string): Uint8Array {
  return Uint8Array.from(byteString(text), (c) => c.charCodeAt(0));
}

/** One code unit for each byte of the text's UTF-8 form; a lone surrogate becomes U+FFFD. */
export function byteString(text: string): string {
  let out = '';
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    out += codePointBytes(code >= 0xd800 && code <= 0xdfff ? 0xfffd : code);
  }
  return out;
}

/** One code point in UTF-8, as a byte string. */
export function codePointBytes(code: number): string {
  if (code < 0x80) return String.fromCharCode(code);
  const tail = (shift: number): number => 0x80 | ((code >> shift) & 0x3f);
  if (code < 0x800) return String.fromCharCode(0xc0 | (code >> 6), tail(0));
  if (code < 0x10000) return String.fromCharCode(0xe0 | (code >> 12), tail(6), tail(0));
  return String.fromCharCode(0xf0 | (code >> 18), tail(12), tail(6), tail(0));
}
