// What a person meant where YAML does not read: the parser's errors told as the usual slips of the hand, at the place
// where the slip is, with what would be valid. Reads lines around the error; a text that only looks alike gets the
// parser's own words.

export interface Mistake {
  /** Offset in the text. */
  readonly at: number;
  readonly message: string;
  readonly hint: string;
}

/** The parser's error: its code, sentence and offset. */
interface Cause {
  readonly code: string;
  readonly message: string;
  readonly at: number;
}

interface Line {
  readonly start: number;
  /** Without its indentation and trailing blanks. */
  readonly text: string;
  readonly indent: number;
}

type Told = Mistake | null;

/** Null: nothing better to say than the parser does. */
export function mistakeOf(cause: Cause, text: string): Told {
  const line = filledLine(text, cause.at);
  switch (cause.code) {
    case 'BAD_INDENT':
      return /^flow/i.test(cause.message)
        ? bracket(cause, text)
        : (separator(line) ?? level(line, text));
    case 'MISSING_CHAR':
      if (/flow/i.test(cause.message)) return bracket(cause, text);
      if (cause.message.endsWith('- indicator')) return level(line, text);
      return noKey(line, text);
    case 'MULTILINE_IMPLICIT_KEY':
      return noKey(line, text);
    case 'BLOCK_AS_IMPLICIT_KEY':
      return cause.message.startsWith('Nested') ? nested(cause, line, text) : amongKeys(line, text);
    case 'BAD_SCALAR_START':
      return reserved(cause, text);
    case 'UNEXPECTED_TOKEN':
      return token(cause, text);
    default:
      return null;
  }
}

function lineAt(text: string, at: number): Line {
  // A negative index would count as the first one.
  const start = at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', start);
  const all = text.slice(start, end < 0 ? text.length : end).trimEnd();
  const indent = all.length - all.trimStart().length;
  return { start, text: all.slice(indent), indent };
}

/** The line of an offset, or the next one that holds something: an error may begin in the blanks before it. */
function filledLine(text: string, from: number): Line {
  for (let at = from; ; ) {
    const line = lineAt(text, at);
    const end = text.indexOf('\n', line.start);
    if (end < 0 || (line.text !== '' && !line.text.startsWith('#'))) return line;
    at = end + 1;
  }
}

/** The nearest line above that holds something. */
function above(text: string, { start }: Line): Line | null {
  for (let at = start - 1; at >= 0; at = text.lastIndexOf('\n', at - 1)) {
    const line = lineAt(text, at);
    if (line.text !== '' && !line.text.startsWith('#')) return line;
    if (line.start === 0) return null;
  }
  return null;
}

/** "- - name: web" -> the column of "name", and "name". */
function keyOf({ text, indent }: Line): { readonly key: string; readonly column: number } | null {
  const [, dashes = '', key] =
    /^((?:- +)*)["']?([^\s"'#{[:-][^:"']*)(?:["']\s*)?:(?:\s|$)/.exec(text) ?? [];
  return key === undefined ? null : { key: key.trimEnd(), column: indent + dashes.length };
}

const first = ({ start, indent }: Line): number => start + indent;

/** A key that begins in no column of the keys above. */
function level(line: Line, text: string): Told {
  const item = amongItems(line, text);
  if (item !== null) return item;
  const own = keyOf(line);
  const name = own === null ? `"${line.text}"` : `"${own.key}"`;
  const levels: string[] = [];
  let least = Number.POSITIVE_INFINITY;
  let isLevel = false;
  for (let at = above(text, line); at !== null && least > 0; at = above(text, at)) {
    if (/^---(\s|$)/.test(at.text) && at.indent === 0) break;
    const found = keyOf(at);
    if (found !== null && found.column < least) {
      levels.push(`${found.column} (as "${found.key}")`);
      least = found.column;
      isLevel ||= found.column === line.indent;
    } else least = Math.min(least, at.indent);
  }
  // Where it stands in one of them, something else is wrong.
  if (levels.length === 0 || isLevel) return null;
  return {
    at: first(line),
    message: `${name} begins in no column of the keys above it: it is indented by ${line.indent}`,
    hint: `indent it by ${levels.join(', ')}`,
  };
}

function separator(line: Line): Told {
  const isAlmost = /^(?:-{2,}|={2,}|\*{2,}|_{2,}|[\u2013\u2014]+)$/.test(line.text);
  if (!isAlmost || (line.text === '---' && line.indent === 0)) return null;
  const blanks = line.text === '---' ? ' with blanks before it' : '';
  return {
    at: first(line),
    message: `"${line.text}"${blanks} separates no documents`,
    hint: 'documents are separated by a line that begins with "---"',
  };
}

/** A line that should have been a key and its value. */
function noKey(line: Line, text: string): Told {
  const almost = separator(line);
  if (almost !== null) return almost;
  const before = above(text, line);
  const block = before === null ? null : keyOf(before);
  if (before !== null && block !== null && /[:\s][|>][-+0-9]*$/.test(before.text)) {
    return {
      at: first(line),
      message: `the text of "${block.key}" must be indented deeper than its key`,
      hint: `indent each of its lines by ${block.column + 2} blanks`,
    };
  }
  const at = first(line);
  const [, tight, glued] = /^(\w[\w./-]*):(\S.*)$/.exec(line.text) ?? [];
  if (tight !== undefined) {
    const hint = `write "${tight}: ${glued}"`;
    return {
      at: at + tight.length,
      message: `a blank is missing behind the ":" of "${tight}"`,
      hint,
    };
  }
  const [, key, value = ''] = /^(\w[\w./-]*)(?:\s+(\S.*))?$/.exec(line.text) ?? [];
  if (key === undefined) return null;
  const hint = `write "${key}:${value === '' ? '' : ` ${value}`}"`;
  return { at, message: `a ":" is missing behind "${key}"`, hint };
}

/** "name: web" with a deeper key below it, or two keys on one line. */
function nested({ at }: Cause, line: Line, text: string): Told {
  const own = keyOf(line);
  if (own === null) return null;
  const rest = text.slice(at, line.start + line.indent + line.text.length);
  if (/:(\s|$)/.test(rest)) {
    return {
      at,
      message: `a second key stands on the line of "${own.key}"`,
      hint: `write "${own.key}: { ${rest} }", put the value in quotes, or begin a new line`,
    };
  }
  const end = text.indexOf('\n', at);
  const next = end < 0 ? null : lineAt(text, end + 1);
  const deeper = next === null ? null : keyOf(next);
  if (next === null || deeper === null || next.indent <= own.column) return null;
  return {
    at: first(next),
    message: `"${deeper.key}" is indented deeper than "${own.key}" above it, which has a value`,
    hint: `indent it by ${own.column}, as "${own.key}"`,
  };
}

function amongKeys(line: Line, text: string): Told {
  if (!line.text.startsWith('-')) return null;
  const item = itemAbove(line, text);
  if (item !== null && item.indent !== line.indent) {
    return {
      at: first(line),
      message: `a list item begins in another column than the one above it: it is indented by ${line.indent}`,
      hint: `indent it by ${item.indent}`,
    };
  }
  return {
    at: first(line),
    message: 'a list item stands among keys',
    hint: 'either each item begins with "- ", the first one too, or none does',
  };
}

/** A text in the column of the dashes. */
function amongItems(line: Line, text: string): Told {
  const item = keyOf(line) === null ? itemAbove(line, text) : null;
  if (item?.indent !== line.indent) return null;
  return {
    at: first(line),
    message: `"${line.text}" stands among list items`,
    hint: `each item begins with "- ": write "- ${line.text}"`,
  };
}

/** The nearest item above that is not less deep, with nothing less deep between. */
function itemAbove(line: Line, text: string): Line | null {
  let at = above(text, line);
  while (at !== null && at.indent >= line.indent && !/^-(\s|$)/.test(at.text)) at = above(text, at);
  return at !== null && at.indent >= line.indent ? at : null;
}

function reserved({ at }: Cause, text: string): Told {
  const word = /^[^\s,\]}]+?(?=:?(?:[\s,\]}]|$))/.exec(text.slice(at))?.[0] ?? '';
  const message = `a value cannot begin with ${word.charAt(0)}`;
  return { at, message, hint: `put it in quotes: "${word}"` };
}

const closing: Readonly<Record<string, string>> = { '[': ']', '{': '}' };

/** A bracket that is not closed, or by another one. */
function bracket(cause: Cause, text: string): Told {
  const { at } = cause;
  if (cause.message.startsWith('Missing ,')) {
    const hint = 'write "," behind the entry before it';
    return { at, message: 'a "," is missing between two entries', hint };
  }
  const open = openBrackets(text, at).at(-1);
  if (open === undefined) return null;
  const begin = text.charAt(open);
  const want = closing[begin] ?? '';
  const found = text.charAt(at);
  if ((found === ']' || found === '}') && found !== want) {
    return { at, message: `"${begin}" is closed by "${found}"`, hint: `write "${want}" before it` };
  }
  const hint = `write "${want}" behind its last entry`;
  return { at: open, message: `"${begin}" is never closed`, hint };
}

/** Offsets of the brackets that are open at an offset, outermost first. */
function openBrackets(text: string, until: number): readonly number[] {
  const open: number[] = [];
  let quote = '';
  for (let at = 0; at < until; at++) {
    const c = text.charAt(at);
    const before = at === 0 ? '\n' : text.charAt(at - 1);
    if (quote !== '') {
      if (c === '\\' && quote === '"') at++;
      else if (c === quote) quote = '';
    } else if ((c === '"' || c === "'") && ' \t\n[{,:'.includes(before)) quote = c;
    else if (c === '#' && ' \t\n'.includes(before)) at = (text.indexOf('\n', at) + 1 || until) - 1;
    else if (closing[c] !== undefined && (open.length > 0 || ' \t\n[{,:'.includes(before)))
      open.push(at);
    else if (c === ']' || c === '}') open.pop();
  }
  return open;
}

function token({ at, message }: Cause, text: string): Told {
  const c = text.charAt(at);
  if (/flow-(?:seq|map)-end/.test(message)) {
    return {
      at,
      message: `"${c}" closes nothing`,
      hint: `take it away, or write "${c === ']' ? '[' : '{'}" where it begins`,
    };
  }
  if (!message.endsWith('node end')) return null;
  const before = text.slice(0, at).trimEnd().at(-1);
  const said = 'the text goes on behind its closing quote';
  if (before === "'")
    return { at, message: said, hint: "in single quotes a quote is written twice: 'it''s'" };
  if (before === '"') return { at, message: said, hint: 'in double quotes a quote is written \\"' };
  return null;
}
