// Source text with the content of comments, strings, templates and regular expressions blanked out, line by line in
// place: what remains is code. A scanner, not a parser; it relies on the formatter's layout.

/** Same length and lines as `text`; quotes stay, what they hold is blank. */
export function mask(text: string): string {
  const out = [...text.split('')];
  const templates: number[] = [];
  let depth = 0;
  const blank = (from: number, to: number) => {
    for (let i = from; i < to; i++) if (out[i] !== '\n') out[i] = ' ';
  };
  for (let i = 0; i < text.length; ) {
    const end = literalEnd(text, i);
    if (end > i) {
      const comment = text.startsWith('//', i) || text.startsWith('/*', i);
      blank(comment ? i : i + 1, comment ? end : end - 1);
      i = end;
      continue;
    }
    const c = text.charAt(i);
    if (c === '{') depth++;
    if (c === '}') depth--;
    const resumes = c === '}' && templates.at(-1) === depth;
    if (resumes) templates.pop();
    if (c === '`' || resumes) {
      const close = templateEnd(text, i + 1);
      blank(i + 1, close - 1);
      if (text.charAt(close - 1) === '{') {
        templates.push(depth);
        depth++;
      }
      i = close;
    } else i++;
  }
  return out.join('');
}

/** Behind the comment, string or regular expression that begins at `i`; `i` when none does. */
function literalEnd(text: string, i: number): number {
  const two = text.slice(i, i + 2);
  if (two === '//') return indexOr(text, '\n', i, 0);
  if (two === '/*') return indexOr(text, '*/', i + 2, 2);
  const c = text.charAt(i);
  if (c === "'" || c === '"') return quotedEnd(text, i + 1, c);
  return c === '/' && regexMayStart(text, i) ? regexEnd(text, i + 1) : i;
}

function indexOr(text: string, what: string, from: number, more: number): number {
  const found = text.indexOf(what, from);
  return found < 0 ? text.length : found + more;
}

function quotedEnd(text: string, from: number, quote: string): number {
  for (let i = from; i < text.length; i++) {
    if (text.charAt(i) === '\\') i++;
    else if (text.charAt(i) === quote) return i + 1;
  }
  return text.length;
}

function regexMayStart(text: string, i: number): boolean {
  const before = text.slice(Math.max(0, i - 12), i).trimEnd();
  return before === '' || /[(,=:[!&|?{};+*%<>~^-]$|\breturn$/.test(before);
}

function regexEnd(text: string, from: number): number {
  let inClass = false;
  for (let i = from; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '\\') i++;
    else if (c === '[') inClass = true;
    else if (c === ']') inClass = false;
    else if (c === '/' && !inClass) return i + 1;
    else if (c === '\n') return from;
  }
  return text.length;
}

/** Behind the closing backtick, or behind the "${" that interrupts the template. */
function templateEnd(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '\\') i++;
    else if (c === '`') return i + 1;
    else if (c === '$' && text.charAt(i + 1) === '{') return i + 2;
  }
  return text.length;
}
