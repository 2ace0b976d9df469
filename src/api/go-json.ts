// JSON as Go's encoder writes it: keys sorted by code unit, HTML characters and line separators escaped. What kubectl
// keeps in annotations and prints in errors is written so.
import { isRecord } from './values.ts';

const escapes: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

function text(value: unknown): string {
  const plain = JSON.stringify(value ?? null);
  return plain.replace(/[<>&\u2028\u2029]/g, (char) => escapes[char] ?? char);
}

/** encoding/json.Marshal of decoded JSON. */
export function goJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
  if (!isRecord(value)) return text(value);
  const keys = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort((a, b) => (a < b ? -1 : Number(a > b)));
  return `{${keys.map((key) => `${text(key)}:${goJson(value[key])}`).join(',')}}`;
}
