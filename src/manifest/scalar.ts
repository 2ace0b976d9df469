// Plain YAML scalars as kubectl reads them: a mixture of YAML 1.1 and 1.2 that no schema of the yaml package gives
// (`yes` is a bool, 0755 is octal, 12:30:45 and dates are strings, 1_000 is a number, 1e1000 is a string).
// Models: gopkg.in/yaml.v2 resolve.go as used by sigs.k8s.io/yaml, then Go's JSON encoding of the result.

export type Scalar =
  | { readonly kind: 'value'; readonly value: string | number | boolean | null }
  /** YAML reads it, JSON cannot carry it, or this program cannot. */
  | { readonly kind: 'refused'; readonly message: string };

const words: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
    (word) => [word, true] as const,
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    (word) => [word, false] as const,
  ),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
]);

const notNumbers: ReadonlyMap<string, string> = new Map([
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, 'NaN'] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, '+Inf'] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, '-Inf'] as const),
]);

const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const separated = /^\.\d+(_\d+)*([eE][-+]?\d+(_\d+)*)?$/;
const integer = /^[-+]?(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9][0-9]*)$/;
const int64Low = -(2n ** 63n);
const uint64High = 2n ** 64n - 1n;

/** The value of an unquoted, untagged scalar. */
export function resolvePlain(text: string): Scalar {
  const word = words.get(text);
  if (word !== undefined) return { kind: 'value', value: word };
  const unsupported = notNumbers.get(text);
  if (unsupported !== undefined) {
    return { kind: 'refused', message: `json: unsupported value: ${unsupported}` };
  }
  return /^[-+.0-9]/.test(text) ? resolveNumber(text) : { kind: 'value', value: text };
}

function resolveNumber(text: string): Scalar {
  // What starts with a dot goes to Go's ParseFloat as it is, which takes underscores between digits only.
  const isWhole = !text.startsWith('.') || separated.test(text);
  const digits = isWhole ? text.replaceAll('_', '') : text;
  if (integer.test(digits)) {
    const value = parseInteger(digits);
    if (value >= int64Low && value <= uint64High) return exact(value);
  }
  if (float.test(digits)) {
    const value = Number(digits);
    // JSON's -0 is decoded as the integer 0.
    if (Number.isFinite(value)) return { kind: 'value', value: value === 0 ? 0 : value };
  }
  return { kind: 'value', value: text };
}

function parseInteger(digits: string): bigint {
  const negative = digits.startsWith('-');
  const body = digits.replace(/^[-+]/, '');
  const octal = /^0[0-7]+$/.test(body) ? `0o${body.slice(1)}` : body;
  const value = BigInt(octal.toLowerCase());
  return negative ? -value : value;
}

function exact(value: bigint): Scalar {
  const asNumber = Number(value);
  if (Number.isSafeInteger(asNumber)) {
    return { kind: 'value', value: asNumber === 0 ? 0 : asNumber };
  }
  return {
    kind: 'refused',
    message: `the integer ${value} is too large to be kept exactly (at most 9007199254740991)`,
  };
}

/** The value of a scalar with an explicit tag; unknown tags leave the text as it is. */
export function resolveTagged(tag: string, text: string): Scalar {
  switch (tag) {
    case 'tag:yaml.org,2002:binary':
      return decodeBase64(text);
    case 'tag:yaml.org,2002:null':
    case 'tag:yaml.org,2002:bool':
    case 'tag:yaml.org,2002:int':
    case 'tag:yaml.org,2002:float': {
      const plain = resolvePlain(text);
      const wanted = tag.slice('tag:yaml.org,2002:'.length);
      if (plain.kind === 'refused' || fits(wanted, plain.value)) return plain;
      return { kind: 'refused', message: `cannot decode !!str \`${text}\` as a !!${wanted}` };
    }
    default:
      return { kind: 'value', value: text };
  }
}

function fits(wanted: string, value: string | number | boolean | null): boolean {
  if (wanted === 'null') return value === null;
  if (wanted === 'bool') return typeof value === 'boolean';
  if (wanted === 'int') return Number.isInteger(value);
  return typeof value === 'number';
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function decodeBase64(text: string): Scalar {
  const body = text.replace(/\s+/g, '');
  const bad = { kind: 'refused', message: '!!binary value contains invalid base64 data' } as const;
  if (body.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(body)) return bad;
  let encoded = '';
  for (let i = 0; i < body.length; i += 4) {
    const group = [...body.slice(i, i + 4)].map((c) => Math.max(0, alphabet.indexOf(c)));
    const bits = group.reduce((sum, six) => sum * 64 + six, 0);
    const octets = body.slice(i, i + 4).replace(/=/g, '').length - 1;
    for (let k = 0; k < octets; k++) {
      encoded += `%${((bits >> (16 - 8 * k)) & 255).toString(16).padStart(2, '0')}`;
    }
  }
  try {
    return { kind: 'value', value: decodeURIComponent(encoded) };
  } catch {
    return { kind: 'refused', message: '!!binary value is not UTF-8 text' };
  }
}
