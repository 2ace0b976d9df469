// Numbers as Go's strconv reads them, with the texts of its errors, which CoreDNS prints as they are.

/** strconv.ParseUint(text, base, bits); base 0 takes 0x, 0o, 0b, a leading 0 and `_`. A text is the error. */
export function parseUint(text: string, bits: number, base: 0 | 10 = 10): number | string {
  const digits = base === 0 ? prefixed(text) : { text, radix: 10 };
  const value = digits === null ? Number.NaN : wholeNumber(digits.text, digits.radix);
  if (Number.isNaN(value)) return problem('ParseUint', text, 'invalid syntax');
  if (value >= 2 ** bits) return problem('ParseUint', text, 'value out of range');
  return value;
}

/** strconv.Atoi. A text is the error. */
export function atoi(text: string): number | string {
  const match = /^([-+]?)(\d+)$/.exec(text);
  if (match === null) return problem('Atoi', text, 'invalid syntax');
  const value = Number(match[2]);
  if (value >= 2 ** 63) return problem('Atoi', text, 'value out of range');
  return match[1] === '-' ? -value : value;
}

function problem(call: string, text: string, what: string): string {
  return `strconv.${call}: parsing ${JSON.stringify(text)}: ${what}`;
}

function prefixed(text: string): { readonly text: string; readonly radix: number } | null {
  const underscored = /_/.test(text);
  if (underscored && !/^(0[xXbBoO]?_?)?[0-9a-fA-F]+(_[0-9a-fA-F]+)*$/.test(text)) return null;
  const plain = text.replaceAll('_', '');
  const match = /^0([xXbBoO]?)(.+)$/.exec(plain);
  if (match === null) return underscored ? null : { text: plain, radix: 10 };
  const radix = { x: 16, b: 2, o: 8 }[(match[1] ?? '').toLowerCase()] ?? 8;
  return { text: match[2] ?? '', radix };
}

function wholeNumber(text: string, radix: number): number {
  let value = 0;
  for (const c of text) {
    const digit = '0123456789abcdef'.indexOf(c.toLowerCase());
    if (digit < 0 || digit >= radix) return Number.NaN;
    value = value * radix + digit;
  }
  return text === '' ? Number.NaN : value;
}
