// Corefile text to tokens (coredns/caddy caddyfile/lexer.go). A token is a word or a quoted string; `{` and `}` are
// braces only when they stand alone, which the parser decides by their text.

export interface Token {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** The lines a token spans beyond its first (a quoted token may hold newlines). */
export function extraLines(token: Token): number {
  return token.text.split('\n').length - 1;
}

/** Splits `text`; a `#` starts a comment that ends with the line, also when it is glued to a word. */
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
      found.push({ file, ...start, text: read.text });
      for (let at = i; at < read.end; at++) {
        if (text[at] === '\n') {
          line++;
          lineStart = at + 1;
        }
      }
      i = read.end;
    }
  }
  return found;
}

function isBlank(c: string): boolean {
  return /\s/.test(c);
}

/** A word ends at a blank; what follows a `#` inside it is hidden, but only up to that blank. */
function readWord(text: string, start: number): { text: string; end: number } {
  let word = '';
  let hidden = false;
  let i = start;
  for (; i < text.length && !isBlank(text[i] as string); i++) {
    if (text[i] === '#') hidden = true;
    if (!hidden) word += text[i];
  }
  return { text: word, end: i };
}

/** Only `\"` is an escape; an unclosed quote runs to the end of the file. */
function readQuoted(text: string, start: number): { text: string; end: number } {
  let word = '';
  let i = start;
  for (; i < text.length && text[i] !== '"'; i++) {
    if (text[i] === '\\' && text[i + 1] === '"') {
      word += '"';
      i++;
    } else if (text[i] !== '\r') word += text[i];
  }
  return { text: word, end: Math.min(i + 1, text.length) };
}
