// An InputError for the terminal: code and message, place, the source line with a caret, and what would be valid.
// Not for programs: those read the error's fields. The layout is the one compilers have.
import picocolors from 'picocolors';
import type { InputError, Position } from '../api/input-error.ts';

/** Columns of a line that are shown at most; longer lines are cut around the caret. */
const widthMax = 160;

/** The lines of the message, ending in a newline. `color` adds ANSI colours. */
export function diagnostic(error: InputError, color: boolean): string {
  const paint = picocolors.createColors(color);
  const lines = [`${paint.bold(paint.red(`error[${error.code}]`))}: ${oneLine(error.message)}`];
  lines.push(...excerpt(error.position, error.sourceLine, paint));
  if (error.hint !== '') lines.push(`${paint.cyan('help')}: ${oneLine(error.hint)}`);
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

/** Where something stands, and the line there with a caret below it. */
export function excerpt(
  position: Position | null,
  sourceLine: string | null,
  paint: ReturnType<typeof picocolors.createColors>,
): readonly string[] {
  if (position === null) return [];
  const gutter = String(position.line);
  const margin = ' '.repeat(gutter.length);
  const place = `${position.file}:${position.line}:${position.column}`;
  const lines = [`${margin}${paint.cyan('-->')} ${place}`];
  if (sourceLine === null) return lines;
  const { text, caret } = shown(sourceLine, position.column);
  lines.push(`${margin} ${paint.cyan('|')}`);
  lines.push(`${paint.cyan(gutter)} ${paint.cyan('|')} ${text}`);
  lines.push(`${margin} ${paint.cyan('|')} ${' '.repeat(caret)}${paint.red('^')}`);
  return lines;
}

/** Control characters of user text must not reach the terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (c) => (c === '\n' ? c : '\uFFFD'));
}

/** Lines behind the first are indented. */
export function oneLine(text: string): string {
  return printable(text).replace(/\n/g, '\n  ');
}

/** The line with tabs as two blanks, and how many terminal columns stand before `column` (from 1, in UTF-16 units). */
function shown(line: string, column: number): { readonly text: string; readonly caret: number } {
  const expand = (part: string) => printable(part.replaceAll('\t', '  '));
  const before = expand(line.slice(0, column - 1));
  const after = expand(line.slice(column - 1));
  if (width(before + after) <= widthMax) return { text: before + after, caret: width(before) };
  const kept = [...before].slice(-60).join('');
  const head = kept.length < before.length ? `...${kept}` : kept;
  const rest = [...after].slice(0, widthMax - 70).join('');
  return { text: head + rest + (rest.length < after.length ? '...' : ''), caret: width(head) };
}

/** Terminal columns: East Asian wide characters and emoji take two, combining marks none. */
export function width(text: string): number {
  let columns = 0;
  for (const c of text) columns += /\p{M}|\u200d/u.test(c) ? 0 : isWide(c) ? 2 : 1;
  return columns;
}

function isWide(c: string): boolean {
  if (/\p{Emoji_Presentation}/u.test(c)) return true;
  return /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u.test(
    c,
  );
}
