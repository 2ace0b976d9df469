// Numbers, characters and strings of templates as Go's strconv reads them. Strings are byte strings.
import { codePointBytes } from '../../go/bytes.ts';

export function intOf(text: string): bigint | null {
  const match = /^([-+]?)(.*)$/.exec(text);
  const body = (match?.[2] ?? '').replaceAll('_', '');
  const octal = /^0[0-7]+$/.test(body) ? `0o${body.slice(1)}` : body;
  if (!/^(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|[0-9]+)$/.test(octal)) return null;
  if (/^0[0-9]+$/.test(octal)) return null;
  const value = BigInt(octal);
  const signed = match?.[1] === '-' ? -value : value;
  return signed >= -(2n ** 63n) && signed < 2n ** 63n ? signed : null;
}

export function floatOf(text: string): number | null {
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text) ? Number(text) : null;
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

/** strconv.Unquote of a quoted token, as a byte string; null: not valid. */
export function unquoted(text: string, quote: string): string | null {
  const inner = text.slice(1, -1);
  let out = '';
  for (let i = 0; i < inner.length; i++) {
    const c = inner[i] as string;
    if (c !== '\\') {
      out += c;
      continue;
    }
    const rest = inner.slice(i + 1);
    const code = /^(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(rest);
    const simple = rest[0] === quote ? quote : escapes[rest[0] ?? ''];
    if (simple !== undefined) {
      out += simple;
      i++;
    } else if (code !== null) {
      const [whole, hex, octal, ...unicode] = code;
      const value = Number.parseInt(hex ?? octal ?? unicode.join(''), octal === undefined ? 16 : 8);
      if (octal !== undefined && value > 255) return null;
      const isByte = hex !== undefined || octal !== undefined;
      out += isByte ? String.fromCharCode(value) : codePointBytes(value);
      i += whole.length;
    } else return null;
  }
  return out;
}

/** The one character of a byte string; null: none, or several. */
export function oneRune(bytes: string): number | null {
  if (bytes.length === 1) return bytes.charCodeAt(0);
  try {
    const text = decodeURIComponent(
      Array.from(bytes, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`).join(''),
    );
    return [...text].length === 1 ? (text.codePointAt(0) ?? null) : null;
  } catch {
    return null;
  }
}
