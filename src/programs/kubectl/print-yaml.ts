// Objects as `kubectl get -o yaml` and `-o json` print them: keys sorted, lists not indented under their key, strings
// quoted only where a YAML reader would take them for something else (sigs.k8s.io/yaml). A printer only.
import { byCodeUnit } from '../../sim/table.ts';

/** With a final newline. */
export function toYaml(value: unknown): string {
  return `${lines(value, 0).join('\n')}\n`;
}

/** Four spaces, keys sorted, no final newline. */
export function toJson(value: unknown, indent = 4): string {
  return escaped(JSON.stringify(sorted(value), null, indent));
}

/** What encoding/json escapes beyond JSON.stringify. */
function escaped(json: string): string {
  return json.replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const record = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(keysOf(record).map((key) => [key, sorted(record[key])]));
}

function keysOf(record: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(record)
    .filter((key) => record[key] !== undefined)
    .sort(byCodeUnit);
}

function lines(value: unknown, depth: number): string[] {
  const pad = '  '.repeat(depth);
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      const [first = '', ...rest] = inner(item, depth + 1);
      return [`${pad}- ${first.trimStart()}`, ...rest];
    });
  }
  const record = value as Readonly<Record<string, unknown>>;
  return keysOf(record).flatMap((key) => {
    const item = record[key];
    const head = `${pad}${scalar(key, depth)}:`;
    if (isEmpty(item) || typeof item !== 'object' || item === null) {
      return `${head} ${scalar(item, depth)}`.split('\n');
    }
    return [head, ...lines(item, Array.isArray(item) ? depth : depth + 1)];
  });
}

function inner(value: unknown, depth: number): string[] {
  if (isEmpty(value) || typeof value !== 'object' || value === null) {
    return scalar(value, depth).split('\n');
  }
  return lines(value, depth);
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function scalar(value: unknown, depth: number): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return '[]';
  if (typeof value === 'object') return '{}';
  if (typeof value !== 'string') return String(value);
  return text(value, depth);
}

const looksOther =
  /^(?:|~|null|true|false|yes|no|on|off|y|n|[-+]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?|0[xob][\da-f_]+|\d{4}-\d\d?-\d\d?.*|[-+]?\.inf|\.nan|<<|=)$/i;

function text(value: string, depth: number): string {
  if (value.includes('\n')) return block(value, depth);
  if (looksOther.test(value)) return JSON.stringify(value);
  const plain = /^[^\s\-?:,[\]{}#&*!|>'"%@`]/.test(value) || /^[-?:][^\s,[\]{}]/.test(value);
  if (plain && !/: |:$| #|\s$|\p{Cc}/u.test(value)) return value;
  return /\p{Cc}/u.test(value) ? JSON.stringify(value) : `'${value.replaceAll("'", "''")}'`;
}

/** A literal block: "|" keeps one final newline, "|-" none, "|+" all. */
function block(value: string, depth: number): string {
  const chomp = value.endsWith('\n\n') ? '+' : value.endsWith('\n') ? '' : '-';
  const indent = /^[ \n]/.test(value) ? '2' : '';
  const pad = '  '.repeat(depth + 1);
  const body = value.endsWith('\n') ? value.slice(0, -1) : value;
  const shown = body.split('\n').map((line) => (line === '' ? '' : `${pad}${line}`));
  return [`|${indent}${chomp}`, ...shown].join('\n');
}
