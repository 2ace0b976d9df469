// Where a place of a text stands that is itself a value of a document: a keepalived.conf or a list of rules in a Cluster
// document. Exact for block scalars (`|`), the value's own place for all others.
import type { Position } from '../api/input-error.ts';
import type { ManifestSource } from './positions.ts';

/** The position of line and column (from 1) of the text at `path`; null where nothing is known of the document. */
export function positionInText(
  source: ManifestSource,
  path: string,
  text: string,
  line: number,
  column: number,
): Position | null {
  const start = source.at(path);
  if (start === null) return null;
  const header = source.line(start.line).slice(start.column - 1);
  if (!header.startsWith('|')) return start;
  const inner = text.split('\n')[line - 1] ?? '';
  const outer = source.line(start.line + line).trimEnd();
  if (!outer.endsWith(inner.trimEnd())) return start;
  const indent = outer.length - inner.trimEnd().length;
  return { file: start.file, line: start.line + line, column: indent + column };
}
