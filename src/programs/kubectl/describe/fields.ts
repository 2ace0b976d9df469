// The parts that many describers share: labels, annotations, time stamps, tolerations, events. Models the print helpers
// at the end of kubectl/pkg/describe/describe.go.
import { lastAppliedKey } from '../../../api/last-applied.ts';
import type { AnyObject, ObjectMeta, Taint, Toleration } from '../../../api/types.ts';
import { byCodeUnit } from '../../../sim/table.ts';
import { humanDuration, unixSeconds } from '../age.ts';
import type { DescribeWriter } from './writer.ts';

type Labels = Readonly<Record<string, string>> | undefined;

/** What describers look up beside their object. Lists are sorted by key. */
export interface Lookup {
  get(kind: string, namespace: string | undefined, name: string): AnyObject | undefined;
  list(kind: string, namespace?: string): readonly AnyObject[];
}

export interface DescribeContext {
  readonly lookup: Lookup;
  readonly nowSeconds: number;
  /** Of the kubectl that is imitated: the cluster's minor version. */
  readonly minor: number;
  readonly showEvents: boolean;
}

export type Describer = (object: AnyObject, w: DescribeWriter, context: DescribeContext) => void;

/** Casts where the table's key has already told the kind. */
export function as<T>(object: unknown): T {
  return object as T;
}

export function keysOf(record: Readonly<Record<string, unknown>> | undefined): readonly string[] {
  return Object.keys(record ?? {}).sort(byCodeUnit);
}

/** `Title:` and one `key=value` a line. */
export function labelLines(
  w: DescribeWriter,
  title: string,
  labels: Labels,
  indent = '',
  inner = '\t',
): void {
  const keys = keysOf(labels);
  const lines = keys.length === 0 ? ['<none>'] : keys.map((key) => `${key}=${labels?.[key]}`);
  lines.forEach((line, i) => {
    w.write(`${i === 0 ? `${indent}${title}:` : indent}${inner}${line}\n`);
  });
}

const annotationMax = 140;

/** `Title:` and one `key: value` a line; long values and those of several lines stand below their key. */
export function annotationLines(w: DescribeWriter, title: string, annotations: Labels): void {
  w.write(`${title}:\t`);
  const keys = keysOf(annotations).filter((key) => key !== lastAppliedKey);
  if (keys.length === 0) w.write('<none>\n');
  keys.forEach((key, i) => {
    if (i > 0) w.write('\t');
    const value = (annotations?.[key] ?? '').replace(/\n$/, '');
    const size = byteLength(value) + byteLength(key) + 2;
    if (size <= annotationMax && !value.includes('\n')) {
      w.write(`${key}: ${value}\n`);
      return;
    }
    w.write(`${key}:\n`);
    for (const line of value.split('\n')) {
      w.write(
        `\t  ${line.length > annotationMax - 2 ? `${line.slice(0, annotationMax - 2)}...` : line}\n`,
      );
    }
  });
}

/** Length in bytes as UTF-8. */
export function byteLength(text: string): number {
  let size = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    size += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return size;
}

export function metaLines(w: DescribeWriter, { name, namespace }: ObjectMeta): void {
  w.line(0, 'Name:', name);
  w.line(0, 'Namespace:', namespace ?? '');
}

export function labelAndAnnotationLines(w: DescribeWriter, metadata: ObjectMeta): void {
  labelLines(w, 'Labels', metadata.labels);
  annotationLines(w, 'Annotations', metadata.annotations);
}

const days = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** "Thu, 01 Jan 2026 00:00:05 +0000", Go's RFC1123Z in UTC; the zero time when there is none. */
export function stamp(time: string | undefined): string {
  const seconds = time === undefined ? undefined : unixSeconds(time);
  if (time === undefined || seconds === undefined) return 'Mon, 01 Jan 0001 00:00:00 +0000';
  const day = days[((Math.floor(seconds / 86_400) % 7) + 7) % 7];
  const month = months[Number(time.slice(5, 7)) - 1];
  return `${day}, ${time.slice(8, 10)} ${month} ${time.slice(0, 4)} ${time.slice(11, 19)} +0000`;
}

/** Time since a stamp, "<unknown>" without one. */
export function since(time: string | undefined | null, nowSeconds: number): string {
  const seconds = unixSeconds(time ?? '');
  return seconds === undefined ? '<unknown>' : humanDuration(nowSeconds - seconds);
}

/** "key=value:Effect", "key:Effect", as Taint.ToString. */
export function taintText({ key, value = '', effect }: Taint): string {
  if (effect === '') return value === '' ? key : `${key}=${value}:`;
  return value === '' ? `${key}:${effect}` : `${key}=${value}:${effect}`;
}

/** Sorts a copy, equal ones in their order. */
export function sortedBy<T>(list: readonly T[], key: (item: T) => string): readonly T[] {
  return [...list].sort((a, b) => byCodeUnit(key(a), key(b)));
}

function titled(w: DescribeWriter, title: string, lines: readonly string[]): void {
  const shown = lines.length === 0 ? ['<none>'] : lines;
  shown.forEach((line, i) => {
    w.write(`${i === 0 ? `${title}:` : ''}\t${line}\n`);
  });
}

export function taintLines(w: DescribeWriter, taints: readonly Taint[] = []): void {
  const sorted = sortedBy(taints, ({ key, effect }) => `${effect},${key}`);
  titled(w, 'Taints', sorted.map(taintText));
}

export function tolerationLines(
  w: DescribeWriter,
  title: string,
  tolerations: readonly Toleration[] = [],
): void {
  const sorted = sortedBy(tolerations, ({ key = '' }) => key);
  titled(w, title, sorted.map(tolerationText));
}

function tolerationText(toleration: Toleration): string {
  const { key = '', value = '', effect = '', operator, tolerationSeconds } = toleration;
  let text = key;
  if (value !== '') text += `=${value}`;
  if (effect !== '') text += `:${effect}`;
  if (operator === 'Exists' && value === '') text += text === '' ? 'op=Exists' : ' op=Exists';
  if (tolerationSeconds !== undefined) text += ` for ${tolerationSeconds}s`;
  return text;
}

/** "Kind/name" of the controller, undefined without one. */
export function controllerOf(metadata: ObjectMeta): string | undefined {
  const owner = (metadata.ownerReferences ?? []).find((one) => one.controller === true);
  return owner === undefined ? undefined : `${owner.kind}/${owner.name}`;
}

export function controlledByLine(w: DescribeWriter, metadata: ObjectMeta): void {
  const controller = controllerOf(metadata);
  if (controller !== undefined) w.line(0, 'Controlled By:', controller);
}
