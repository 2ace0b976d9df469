// Where a place of a text stands that is itself a value of a YAML or JSON document: a Corefile in a ConfigMap. Every style
// of scalar is followed (`|`, `>`, both quotes, plain) by laying what is no blank of the value beside what is no blank of
// the document; where the two differ nothing is known but the value's own place.
import type { Position } from './input-error.ts';
import type { Source } from './manifest.ts';

export interface Place {
  readonly position: Position;
  readonly sourceLine: string | null;
}

/** From line and column (from 1) of `text`, the value at `path`; null where nothing of it was written. */
export function placesIn(
  source: Source | null,
  path: string,
  text: string,
): (line: number, column: number) => Place | null {
  const start = source?.at(path) ?? null;
  if (source === null || start === null) return () => null;
  let known: ReturnType<typeof aligned> | undefined;
  const place = (line: number, column: number): Place => ({
    position: { file: start.file, line, column },
    sourceLine: source.line(line),
  });
  return (line, column) => {
    known ??= aligned(source, start, text);
    const at = known === null ? undefined : known[offsetOf(text, line, column)];
    return at === undefined ? place(start.line, start.column) : place(at.line, at.column);
  };
}

/** The offset of the first character at or behind line and column that is no blank. */
function offsetOf(text: string, line: number, column: number): number {
  let from = 0;
  for (let n = 1; n < line; n++) {
    const end = text.indexOf('\n', from);
    if (end < 0) return -1;
    from = end + 1;
  }
  from += column - 1;
  while (from < text.length && isBlank(text[from] as string)) from++;
  return from;
}

interface Spot {
  readonly line: number;
  readonly column: number;
}

function isBlank(c: string): boolean {
  return c === ' ' || c === '\t' || c === '\n' || c === '\r' || c === '\ufeff';
}

/** Offset in the value -> where that character was written; null: the document has something else there. */
function aligned(source: Source, start: Position, text: string): readonly Spot[] | null {
  const written = charactersFrom(source, start);
  const spots: Spot[] = [];
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (isBlank(c)) continue;
    let next = written.next();
    while (next.done !== true && isBlank(next.value.c)) next = written.next();
    if (next.done === true || next.value.c !== c) return null;
    spots[i] = next.value;
  }
  return spots;
}

/** Lines behind the value's start that are looked at without finding anything. */
const emptyMax = 10_000;

/** The UTF-16 units of the value as they stand in the document, escapes undone. */
function* charactersFrom(source: Source, start: Position) {
  const head = source.line(start.line).charAt(start.column - 1);
  const isBlock = head === '|' || head === '>';
  const isQuoted = head === '"' || head === "'";
  let empty = 0;
  for (let line = isBlock ? start.line + 1 : start.line; empty < emptyMax; line++) {
    const text = source.line(line);
    empty = text === '' ? empty + 1 : 0;
    let at = line === start.line && !isBlock ? start.column - 1 + (isQuoted ? 1 : 0) : 0;
    while (at < text.length) {
      const { c, length } = head === '"' ? escaped(text, at) : { c: text.charAt(at), length: 1 };
      for (const unit of c.split('')) yield { c: unit, line, column: at + 1 };
      at += head === "'" && text.startsWith("''", at) ? 2 : length;
    }
  }
}

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
};
const lengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** One character of a double-quoted scalar, and how long it was written. */
function escaped(text: string, at: number): { readonly c: string; readonly length: number } {
  const c = text.charAt(at);
  if (c !== '\\') return { c, length: 1 };
  const name = text.charAt(at + 1);
  const digits = lengths[name];
  if (digits === undefined) return { c: escapes[name] ?? name, length: 2 };
  const code = Number.parseInt(text.slice(at + 2, at + 2 + digits), 16);
  const known = code >= 0 && code <= 0x10_ffff;
  return { c: known ? String.fromCodePoint(code) : '', length: 2 + digits };
}
