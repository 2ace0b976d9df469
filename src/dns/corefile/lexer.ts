// Corefile text to tokens (coredns/caddy caddyfile/lexer.go). A token is a word or a quoted string; `{` and `}` are
// braces only when they stand alone, which the parser decides by their text.

export interface Token {
  /** The imported file that holds it, absolute; empty: the Corefile itself. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** The lines a token spans beyond its first (a quoted token may hold newlines). */
export function extraLines(token: Token): number {
  let lines = 0;
  for (let i = token.text.indexOf('\n'); i >= 0; i = token.text.indexOf('\n', i + 1)) lines++;
  return lines;
}

/** Splits `text`; a `#` starts a comment that ends with the line, but one glued to a word ends with the next blank. */
export function tokens(file: string, text: string): readonly Token[] {
  const found: Token[] = [];
  let i = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let line = 1;
  let lineStart = i;
  while (i < text.length) {
    const c = text[i] as string;
    if (c === '\n') {
      line++;
      lineStart = ++i;
    } else if (isBlank(c)) i++;
    else if (c === '#') {
      while (i < text.length && text[i] !== '\n') i++;
    } else {
      const start = { line, column: i - lineStart + 1 };
      const read = c === '"' ? readQuoted(text, i + 1) : readWord(text, i);
      // An unclosed quote with nothing behind it is no token.
      if (read !== null) found.push({ file, ...start, text: read.text });
      const end = read?.end ?? text.length;
      for (let at = i; at < end; at++) {
        if (text[at] === '\n') {
          line++;
          lineStart = at + 1;
        }
      }
      i = end;
    }
  }
  return found;
}

/** Go's unicode.IsSpace. */
function isBlank(c: string): boolean {
  return /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/.test(c);
}

/** A word ends at a blank that is no carriage return: those are nothing at all. What follows a `#` inside the word is
 * hidden, but only up to that blank. */
function readWord(text: string, start: number): { text: string; end: number } {
  let word = '';
  let hidden = false;
  let i = start;
  for (; i < text.length; i++) {
    const c = text[i] as string;
    if (c === '\r') continue;
    if (isBlank(c)) break;
    if (c === '#') hidden = true;
    if (!hidden) word += c;
  }
  return { text: word, end: i };
}

/** A backslash only matters before a quote, and hides whatever follows it from being one; an unclosed quote runs to the
 * end of the text. */
function readQuoted(text: string, start: number): { text: string; end: number } | null {
  let word = '';
  let i = start;
  for (; i < text.length && text[i] !== '"'; i++) {
    if (text[i] !== '\\') word += text[i];
    else if (i + 1 < text.length) {
      i++;
      word += text[i] === '"' ? '"' : `\\${text[i]}`;
    }
  }
  if (i >= text.length && word === '') return null;
  return { text: word, end: Math.min(i + 1, text.length) };
}
