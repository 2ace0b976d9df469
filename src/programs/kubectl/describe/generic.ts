// `kubectl describe` of kinds without a describer of their own, custom resources among them: every field with a label
// made from its name. What differs by version is told by `minor`. Models genericDescriber and smartLabelFor of
// kubectl/pkg/describe/describe.go, and fatih/camelcase.
import type { AnyObject } from '../../../api/types.ts';
import { isRecord } from '../../../api/values.ts';
import { ownEvents } from './events.ts';
import { type DescribeContext, keysOf, labelAndAnnotationLines, metaLines } from './fields.ts';
import type { DescribeWriter } from './writer.ts';

const skipped: readonly string[] = [
  '.metadata.managedFields',
  '.metadata.name',
  '.metadata.namespace',
  '.metadata.labels',
  '.metadata.annotations',
];

export function describeAny(object: AnyObject, w: DescribeWriter, context: DescribeContext): void {
  metaLines(w, object.metadata);
  labelAndAnnotationLines(w, object.metadata);
  contentLines(w, 0, object, '', context.minor);
  ownEvents(w, object, context);
}

function contentLines(
  w: DescribeWriter,
  level: number,
  content: Readonly<Record<string, unknown>>,
  path: string,
  minor: number,
): void {
  for (const field of keysOf(content)) {
    const value = content[field];
    const at = `${path}.${field}`;
    if (skipped.includes(at) || value === undefined) continue;
    const label = `${smartLabel(field, minor)}:`;
    if (Array.isArray(value)) {
      w.line(level, label);
      for (const item of value as readonly unknown[]) {
        if (isRecord(item)) contentLines(w, level + 1, item, at, minor);
        else w.line(level + 1, goText(item));
      }
    } else if (isRecord(value)) {
      w.line(level, label);
      contentLines(w, level + 1, value, at, minor);
    } else w.line(level, label, goText(value));
  }
}

/** A value as Go's %v prints it. */
function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isRecord(value)) return String(value);
  return `map[${keysOf(value)
    .map((key) => `${key}:${goText(value[key])}`)
    .join(' ')}]`;
}

const acronyms: readonly string[] = ['API', 'URL', 'UID', 'GUID'];

/** "creationTimestamp" -> "Creation Timestamp", "uid" -> "UID"; names with other characters stay. */
export function smartLabel(field: string, minor: number): string {
  if (/[^\p{L}-]/u.test(field)) return field;
  const parts = minor >= 36 ? merged(camelCase(field)) : camelCase(field);
  const known = minor >= 36 ? acronyms : [...acronyms, 'OSB'];
  return parts
    .map((part) => (known.includes(part.toUpperCase()) ? part.toUpperCase() : title(part, minor)))
    .join(' ');
}

/** kubectl 1.35 lowered the letters after the first, 1.36 leaves words with capitals as they are. */
function title(part: string, minor: number): string {
  if (minor >= 36 && part.toLowerCase() !== part) return part;
  const rest = minor === 35 ? part.slice(1).toLowerCase() : part.slice(1);
  return part.slice(0, 1).toUpperCase() + rest;
}

/** "podCIDRs" -> pod, CID, Rs: runs of one class of characters, a capital going with the small letters after it. */
function camelCase(text: string): readonly string[] {
  const runs = text.match(/\p{Ll}+|\p{Lu}+|[^\p{Ll}\p{Lu}]+/gu) ?? [];
  const parts = [...runs];
  for (let i = 0; i < parts.length - 1; i++) {
    const [run = '', next = ''] = [parts[i], parts[i + 1]];
    if (/^\p{Lu}/u.test(run) && /^\p{Ll}/u.test(next)) {
      parts[i + 1] = run.slice(-1) + next;
      parts[i] = run.slice(0, -1);
    }
  }
  return parts.filter((part) => part !== '');
}

/** Joins two or more capitals with the word after them. */
function merged(parts: readonly string[]): readonly string[] {
  const out: string[] = [];
  for (let i = 0; i < parts.length; i++) {
    const [part = '', next = ''] = [parts[i], parts[i + 1]];
    const capitals = part.length >= 2 && part.toUpperCase() === part;
    if (capitals && /^\p{Lu}/u.test(next)) {
      out.push(part + next);
      i++;
    } else out.push(part);
  }
  return out;
}
