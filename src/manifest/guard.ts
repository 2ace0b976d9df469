// What is refused before a YAML parser sees the text: NUL bytes and nesting deep enough to exhaust its stack.
// Not a YAML parser: it counts indentation and brackets, and skips comments, quoted text and block scalars.
import { InputError } from '../api/input-error.ts';
import { lineStarts, lineText, positionAt } from './positions.ts';

/** Deeper than any Kubernetes object (the deepest CRD schemas stay below 100), shallower than any stack. */
export const nestingMax = 500;

/** Throws InputError nul-byte or yaml-too-deep; the time taken is linear in the text. */
export function guardText(text: string, file: string): void {
  const nul = text.indexOf('\0');
  if (nul >= 0) {
    throw refuse(text, file, nul, 'nul-byte', 'the file contains a NUL byte: this is not a text', {
      hint: 'manifests are UTF-8 text in YAML or JSON',
    });
  }
  const deep = firstTooDeep(text);
  if (deep >= 0) {
    const message = `the nesting is deeper than ${nestingMax} levels`;
    throw refuse(text, file, deep, 'yaml-too-deep', message, {
      hint: 'no Kubernetes object is nested that deep; look for brackets that are not closed',
    });
  }
}

/** An InputError at an offset of a text, with its source line. */
export function refuse(
  text: string,
  file: string,
  offset: number,
  code: ConstructorParameters<typeof InputError>[0],
  message: string,
  more: { readonly hint?: string } = {},
): InputError {
  const starts = lineStarts(text);
  const position = positionAt(file, starts, offset);
  const sourceLine = lineText(text, starts, position.line);
  return new InputError(code, message, { position, sourceLine, hint: more.hint ?? '' });
}

interface Depth {
  readonly indents: number[];
  flow: number;
  /** Indentation of the line that opened a block scalar; -1 outside one. */
  scalar: number;
  quote: string;
}

/** Offset of the first place nested deeper than the limit, or -1. */
function firstTooDeep(text: string): number {
  const depth: Depth = { indents: [], flow: 0, scalar: -1, quote: '' };
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const found = scanLine(text, start, end, depth);
    if (found >= 0) return found;
    start = end + 1;
  }
  return -1;
}

function scanLine(text: string, start: number, end: number, depth: Depth): number {
  let at = start;
  while (at < end && text.charCodeAt(at) === 32) at++;
  if (at === end) return -1;
  const indent = at - start;
  if (depth.scalar >= 0) {
    if (indent > depth.scalar) return -1;
    depth.scalar = -1;
  }
  if (depth.flow === 0 && depth.quote === '') {
    while ((depth.indents.at(-1) ?? -1) >= indent) depth.indents.pop();
    depth.indents.push(indent);
    // Compact collections: "- - a" opens one level per dash.
    while (at + 1 < end && isIndicator(text, at)) {
      at += 2;
      depth.indents.push(at - start);
    }
    if (depth.indents.length > nestingMax) return at;
  }
  const header = text.charAt(at) === '|' || text.charAt(at) === '>';
  return scanFlow(text, at, end, header ? indent : at - start, depth);
}

function isIndicator(text: string, at: number): boolean {
  const c = text.charAt(at);
  return (c === '-' || c === '?') && text.charAt(at + 1) === ' ';
}

function scanFlow(text: string, from: number, end: number, indent: number, depth: Depth): number {
  let previous = ' ';
  for (let at = from; at < end; at++) {
    const c = text.charAt(at);
    if (depth.quote !== '') {
      if (c === '\\' && depth.quote === '"') at++;
      else if (c === depth.quote) depth.quote = '';
    } else if ((c === '"' || c === "'") && startsToken(previous)) depth.quote = c;
    else if (c === '#' && (previous === ' ' || previous === '\t')) break;
    else if ((c === '[' || c === '{') && (depth.flow > 0 || startsToken(previous))) {
      if (++depth.flow > nestingMax) return at;
    } else if ((c === ']' || c === '}') && depth.flow > 0) depth.flow--;
    previous = c;
  }
  if (depth.flow === 0 && depth.quote === '' && endsInBlockHeader(text.slice(from, end))) {
    depth.scalar = indent;
  }
  return -1;
}

function startsToken(previous: string): boolean {
  return ' \t[{,:'.includes(previous);
}

function endsInBlockHeader(line: string): boolean {
  return /(^|[\s:])[|>][-+0-9]{0,2}\s*(#.*)?$/.test(line.length > 400 ? line.slice(-400) : line);
}
