// Reads svcspec.dev annotations of a Pod by the table beside this file, and reports what the table does not know or
// cannot read. What the values do is decided by their readers.
import type { Pod } from '../api/types.ts';
import { parseHttpUrl } from '../net/http-url.ts';
import { annotationPrefix, annotations } from './annotations.table.ts';

/** The text of `svcspec.dev/NAME.CONTAINER`, or of `svcspec.dev/NAME` for the first container. */
export function annotationOf(pod: Pod, name: string, container: string): string | undefined {
  const all = pod.metadata.annotations;
  if (all === undefined) return undefined;
  const own = all[`${annotationPrefix}${name}.${container}`];
  if (own !== undefined) return own;
  return pod.spec.containers[0]?.name === container ? all[`${annotationPrefix}${name}`] : undefined;
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** "1m30s" or "250ms" in milliseconds; undefined when it is no duration. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  let total = 0;
  for (const part of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(part[1]) * (units[part[2] ?? ''] ?? 0);
  }
  return Math.round(total);
}

/** A duration annotation in milliseconds; `otherwise` when absent or unreadable (noticesFor reports that). */
export function durationOf(pod: Pod, name: string, container: string, otherwise: number): number {
  const text = annotationOf(pod, name, container);
  return text === undefined ? otherwise : (parseDuration(text) ?? otherwise);
}

/** What is wrong with one svcspec.dev annotation. */
export interface AnnotationNotice {
  /** "svcspec.dev/reply.web". */
  readonly key: string;
  /** Without a subject: "has annotation ...". */
  readonly text: string;
}

/** One notice per svcspec.dev annotation that is unknown or unreadable; `pod` may be a template's. */
export function noticesFor(pod: Pod): readonly AnnotationNotice[] {
  const notices: AnnotationNotice[] = [];
  const own = Object.entries(pod.metadata.annotations ?? {}).filter(([key]) =>
    key.startsWith(annotationPrefix),
  );
  if (own.length === 0) return notices;
  const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map(
    (c) => c.name,
  );
  const known = annotations.map((row) => row.name).join(', ');
  for (const [key, value] of own) {
    const say = (text: string) => notices.push({ key, text: `has annotation ${key}${text}` });
    const [name = '', ...rest] = key.slice(annotationPrefix.length).split('.');
    const row = annotations.find((one) => one.name === name);
    if (row === undefined) {
      say(`, which is not known; known are ${known}`);
      continue;
    }
    const container = rest.join('.');
    if (rest.length > 0 && (!row.perContainer || !containers.includes(container))) {
      say(`, but no container "${container}"`);
    } else if (!readable(row.form, value)) {
      say(`: "${value}", which is no ${row.form}: ${row.meaning}`);
    }
  }
  return notices;
}

function readable(form: (typeof annotations)[number]['form'], value: string): boolean {
  switch (form) {
    case 'text':
    case 'ids':
      return true;
    case 'duration':
      return parseDuration(value) !== undefined;
    case 'integer':
      return /^(0|[1-9]\d{0,2})$/.test(value) && Number(value) <= 255;
    case 'resolver':
      return ['glibc', 'musl', 'busybox-1.28', 'go'].includes(value);
    case 'url':
      return parseHttpUrl(value) !== undefined;
    case 'listen':
      return value.split(',').every((part) => listenForm.test(part.trim()));
  }
}

/** "8080", "8080/TCP", "127.0.0.1:9090/UDP", "[::1]:80". */
export const listenForm =
  /^(?:(\d+\.\d+\.\d+\.\d+|\[[0-9a-fA-F:.]+\]):)?(\d{1,5})(?:\/(TCP|UDP|SCTP))?$/;
