// How a string stands in YAML as kubectl prints it: plain, in quotes, or as a block, broken behind column 80. Models
// go-yaml v2 (encode.go stringv, resolve.go) and its libyaml emitter (emitterc.go), width 80, unicode as it is.

const widthMax = 80;

export interface Place {
  /** The column at which the text begins. */
  readonly column: number;
  /** The column of lines that follow. */
  readonly indent: number;
  /** Keys are never broken and never blocks. */
  readonly isKey: boolean;
}

interface Analysis {
  readonly plain: boolean;
  readonly single: boolean;
  readonly block: boolean;
}

/** The text; its lines after the first are indented already. */
export function yamlString(value: string, place: Place): string {
  const analysis = analyse(value);
  if (value.includes('\n')) {
    return analysis.block && !place.isKey ? literal(value, place) : doubleQuoted(value, place);
  }
  if (resolvesToOther(value)) return doubleQuoted(value, place);
  if (analysis.plain) return folded([...value], place, place.column, 'plain');
  if (analysis.single) {
    return `'${folded([...value], place, place.column + 1, 'single')}'`;
  }
  return doubleQuoted(value, place);
}

const breaks = '\n\r\u0085\u2028\u2029';

function isBreak(c: string): boolean {
  return breaks.includes(c);
}

/** The characters libyaml prints as they are. */
function isPrintable(c: string): boolean {
  const code = c.codePointAt(0) ?? 0;
  return (
    code === 0x0a ||
    (code >= 0x20 && code <= 0x7e) ||
    (code >= 0xa0 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd && code !== 0xfeff)
  );
}

function analyse(value: string): Analysis {
  const chars = [...value];
  const first = chars[0] ?? '';
  const last = chars.at(-1) ?? '';
  const edge = /[ ]/.test(first + last) || isBreak(first) || isBreak(last);
  const special = chars.some((c) => !isPrintable(c));
  const spaceBreak = chars.some((c, i) => c === ' ' && isBreak(chars[i + 1] ?? 'x'));
  const breakSpace = chars.some((c, i) => isBreak(c) && chars[i + 1] === ' ');
  const indicators =
    /^(?:---|\.\.\.)/.test(value) ||
    /^[#,[\]{}&*!|>'"%@`]/.test(value) ||
    /^[?:-](?:[ \t\n\r\u0085\u2028\u2029]|$)/.test(value) ||
    /:(?:[ \t\n\r\u0085\u2028\u2029]|$)/.test(value.slice(first.length)) ||
    /[ \t\n\r\u0085\u2028\u2029]#/.test(value);
  const quotes = !special && !spaceBreak;
  return {
    plain: quotes && !edge && !breakSpace && !indicators && !chars.some(isBreak),
    single: quotes && !breakSpace,
    block: quotes && last !== ' ',
  };
}

/** Blanks at which a line may end are replaced by a line end once the line is too long. */
function folded(
  chars: readonly string[],
  { indent, isKey }: Place,
  column: number,
  style: 'plain' | 'single',
): string {
  let out = '';
  let at = column;
  let inSpaces = false;
  for (const [i, c] of chars.entries()) {
    const isInside = style === 'plain' || (i > 0 && i < chars.length - 1);
    const breaksHere = !isKey && !inSpaces && at > widthMax && isInside && chars[i + 1] !== ' ';
    if (c === ' ' && breaksHere) {
      out += `\n${' '.repeat(indent)}`;
      at = indent;
    } else {
      const shown = style === 'single' && c === "'" ? "''" : c;
      out += shown;
      at += shown.length;
    }
    inSpaces = c === ' ';
  }
  return out;
}

const escapes: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\u0007': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\u001b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\u0085': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

function escaped(c: string): string {
  const known = escapes[c];
  if (known !== undefined) return known;
  const code = c.codePointAt(0) ?? 0;
  const hex = (digits: number) => code.toString(16).toUpperCase().padStart(digits, '0');
  if (code <= 0xff) return `\\x${hex(2)}`;
  return code <= 0xffff ? `\\u${hex(4)}` : `\\U${hex(8)}`;
}

function doubleQuoted(value: string, { column, indent, isKey }: Place): string {
  const chars = [...value];
  let out = '"';
  let at = column + 1;
  let inSpaces = false;
  const put = (text: string): void => {
    out += text;
    at += text.length;
  };
  for (const [i, c] of chars.entries()) {
    if (!isPrintable(c) || isBreak(c) || c === '"' || c === '\\') {
      put(escaped(c));
      inSpaces = false;
      continue;
    }
    const isInside = i > 0 && i < chars.length - 1;
    if (c === ' ' && !isKey && !inSpaces && at > widthMax && isInside) {
      out += `\n${' '.repeat(indent)}`;
      at = indent;
      if (chars[i + 1] === ' ') put('\\');
    } else put(c);
    inSpaces = c === ' ';
  }
  return `${out}"`;
}

/** "|" keeps one final line end, "|-" none, "|+" all; the indentation is said where the text begins with a blank. */
function literal(value: string, { indent }: Place): string {
  const hint = value.startsWith(' ') || isBreak(value[0] ?? '') ? '2' : '';
  const ends = isBreak(value.at(-1) ?? '');
  const keepsAll = ends && (value.length === 1 || isBreak(value.at(-2) ?? ''));
  const chomp = ends ? (keepsAll ? '+' : '') : '-';
  const body = ends ? value.slice(0, -1) : value;
  const pad = ' '.repeat(indent);
  const shown = body.split('\n').map((line) => (line === '' ? '' : `${pad}${line}`));
  return [`|${hint}${chomp}`, ...shown].join('\n');
}

const words =
  /^(?:|~|null|Null|NULL|y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF|true|True|TRUE|false|False|FALSE|\.nan|\.NaN|\.NAN|[-+]?\.(?:inf|Inf|INF))$/;
const integer = /^[-+]?(?:0[xX][\da-fA-F]+|0[bB][01]+|0[oO]?[0-7]*|[1-9]\d*)$/;
const float = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const base60 = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/;
const date = /^\d{4}-\d\d?-\d\d?$/;
const time =
  /^\d{4}-\d\d?-\d\d?(?:[Tt]\d\d?:\d\d?:\d\d?(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)| \d\d?:\d\d?:\d\d?(?:\.\d+)?)$/;

/** Whether a reader would take the bare text for something other than a string. */
function resolvesToOther(value: string): boolean {
  if (words.test(value)) return true;
  if (!/^[-+.\d]/.test(value)) return false;
  const bare = value.replaceAll('_', '');
  return (
    integer.test(bare) ||
    isFloat(value.startsWith('.') ? value : bare) ||
    base60.test(value) ||
    ((date.test(value) || time.test(value)) && isDate(value))
  );
}

/** What overflows is a string. */
function isFloat(bare: string): boolean {
  return float.test(bare) && Number.isFinite(Number(bare));
}

function isDate(value: string): boolean {
  const [, month = 0, day = 0] = (/^\d{4}-(\d\d?)-(\d\d?)/.exec(value) ?? []).map(Number);
  const [hours = 0, minutes = 0, seconds = 0] = (
    /[Tt ](\d\d?):(\d\d?):(\d\d?)/.exec(value)?.slice(1) ?? []
  ).map(Number);
  const fits = month >= 1 && month <= 12 && day >= 1 && day <= 31;
  return fits && hours < 24 && minutes < 60 && seconds < 60;
}

/** The order of keys: runs of digits count as numbers, letters stand behind everything else (sorter.go). */
export function byNature(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  const at = left.findIndex((c, i) => c !== right[i]);
  if (at < 0 || at >= right.length) return left.length - right.length;
  const [l = '', r = ''] = [left[at], right[at]];
  const [isLetterL, isLetterR] = [/\p{L}/u.test(l), /\p{L}/u.test(r)];
  if (isLetterL !== isLetterR) return isLetterR ? -1 : 1;
  if (!isLetterL) {
    const [x, y] = [digitsAt(left, at), digitsAt(right, at)];
    const lead = (l === '0' || r === '0') && isInNumber(left, at) ? '1' : '';
    const difference = Number(`${lead}${x}`) - Number(`${lead}${y}`);
    if (difference !== 0) return difference;
    if (x.length !== y.length) return x.length - y.length;
  }
  return (l.codePointAt(0) ?? 0) - (r.codePointAt(0) ?? 0);
}

function digitsAt(chars: readonly string[], at: number): string {
  return /^\p{Nd}*/u.exec(chars.slice(at).join(''))?.[0] ?? '';
}

/** Whether digits other than zeros stand right before. */
function isInNumber(chars: readonly string[], at: number): boolean {
  return /[1-9]\d*$/.test(chars.slice(0, at).join(''));
}
