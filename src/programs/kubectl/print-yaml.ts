// Objects as `kubectl get -o yaml` and `-o json` print them: keys sorted, lists not indented under their key, strings
// quoted only where a YAML reader would take them for something else (sigs.k8s.io/yaml). A printer only.
import { goJson } from '../../api/go-json.ts';
import { byCodeUnit } from '../../sim/table.ts';
import { byNature, yamlString } from './yaml-scalar.ts';

/** With a final newline. */
export function toYaml(value: unknown): string {
  return `${lines(value, 0).join('\n')}\n`;
}

/** Keys sorted, no final newline; json.MarshalIndent. */
export function toJson(value: unknown, indent = 4): string {
  return json(value, '\n', ' '.repeat(indent));
}

function json(value: unknown, newline: string, step: string): string {
  const below = newline + step;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[${value.map((item) => below + json(item, below, step)).join(',')}${newline}]`;
  }
  if (typeof value !== 'object' || value === null) return goJson(value);
  const record = value as Readonly<Record<string, unknown>>;
  const keys = keysOf(record);
  if (keys.length === 0) return '{}';
  const fields = keys.map((key) => `${below}${goJson(key)}: ${json(record[key], below, step)}`);
  return `{${fields.join(',')}${newline}}`;
}

function keysOf(record: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(record)
    .filter((key) => record[key] !== undefined)
    .sort(byCodeUnit);
}

/** The lines of a value that is not empty, `depth` levels deep. */
function lines(value: unknown, depth: number): string[] {
  const pad = '  '.repeat(depth);
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      const [first = '', ...rest] = inner(item, depth);
      return [`${pad}- ${first}`, ...rest];
    });
  }
  const record = value as Readonly<Record<string, unknown>>;
  return [...keysOf(record)].sort(byNature).flatMap((key) => {
    const item = record[key];
    const indent = pad.length + 2;
    const head = `${pad}${yamlString(key, { column: pad.length, indent, isKey: true })}:`;
    if (isScalar(item)) {
      return `${head} ${scalar(item, head.length + 1, indent)}`.split('\n');
    }
    return [head, ...lines(item, Array.isArray(item) ? depth : depth + 1)];
  });
}

/** The lines of a list's item; the first stands behind "- ". */
function inner(value: unknown, depth: number): string[] {
  const indent = 2 * depth + 2;
  if (isScalar(value)) return scalar(value, indent, indent).split('\n');
  const [first = '', ...rest] = lines(value, depth + 1);
  return [first.slice(indent), ...rest];
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}

function scalar(value: unknown, column: number, indent: number): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return '[]';
  if (typeof value === 'object') return '{}';
  if (typeof value !== 'string') return String(value);
  return yamlString(value, { column, indent, isKey: false });
}
