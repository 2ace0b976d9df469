// JSONPath templates of kubectl: text and {actions} with fields, indexes, slices, unions, filters, quotes, range and
// end. Models client-go util/jsonpath/parser.go: what it accepts and the errors it gives; evaluation is in walk.ts.
import { CommandError } from '../errors.ts';

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly value: number | boolean }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'recursive' }
  | { readonly kind: 'identifier'; readonly name: string }
  | { readonly kind: 'union'; readonly paths: readonly Action[] }
  | {
      readonly kind: 'slice';
      readonly from: number | null;
      readonly to: number | null;
      readonly step: number | null;
      /** One index, not a range: `to` is `from` + 1. */
      readonly isIndex: boolean;
    }
  | {
      readonly kind: 'filter';
      readonly left: Action;
      readonly right: Action;
      /** "exists", "==", "<=" ... */
      readonly operator: string;
    };

/** What stands between braces: each node takes the results of the one before. */
export type Action = readonly Node[];

/** Text outside of braces, or an action. */
export type Part = { readonly kind: 'text'; readonly text: string } | Action;

export interface Template {
  readonly text: string;
  readonly parts: readonly Part[];
}

/** Throws CommandError in client-go's words. */
export function parseTemplate(text: string): Template {
  const parts: Part[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('{', at);
    const end = open < 0 ? text.length : open;
    if (end > at) parts.push({ kind: 'text', text: text.slice(at, end) });
    if (open < 0) break;
    const scanner = new Scanner(text, open + 1);
    parts.push(scanner.action());
    at = scanner.at;
  }
  return { text, parts };
}

/** The action of an expression without braces. */
function parseAction(text: string): Action {
  return new Scanner(`${text}}`, 0).action();
}

function unrecognized(c: string): CommandError {
  const code = (c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return new CommandError(`unrecognized character in action: U+${code} '${c}'`);
}

const ends = ' \t\r\n.,[]$@{}';

class Scanner {
  readonly #text: string;
  at: number;
  readonly #nodes: Node[] = [];

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  /** Up to and with the closing brace. */
  action(): Action {
    for (;;) {
      if (this.#takes('}')) return this.#nodes;
      if (this.#takes('[?(')) this.#filter();
      else if (this.#takes('..')) this.#recursive();
      else this.#next();
    }
  }

  #takes(prefix: string): boolean {
    if (!this.#text.startsWith(prefix, this.at)) return false;
    this.at += prefix.length;
    return true;
  }

  #next(): void {
    const c = [...this.#text.slice(this.at, this.at + 2)][0] ?? '';
    if (c === '' || c === '\n' || c === '\r') throw new CommandError('unclosed action');
    if (/[+\-\d]/.test(c)) this.#number();
    else if (/[_\p{L}\p{Nd}]/u.test(c)) this.#identifier();
    else this.#symbol(c);
  }

  #symbol(c: string): void {
    this.at += c.length;
    if (c === ' ' || c === '@' || c === '$') return;
    if (c === '[') this.#array();
    else if (c === '"' || c === "'") this.#quote(c);
    else if (c === '.') this.#field();
    else throw unrecognized(c);
  }

  #identifier(): void {
    const from = this.at;
    while (this.at < this.#text.length && !ends.includes(this.#text[this.at] ?? '')) this.at++;
    const name = this.#text.slice(from, this.at);
    if (name === 'true' || name === 'false') {
      this.#nodes.push({ kind: 'value', value: name === 'true' });
    } else this.#nodes.push({ kind: 'identifier', name });
  }

  #recursive(): void {
    if (this.#nodes.at(-1)?.kind === 'recursive') {
      throw new CommandError('invalid multiple recursive descent');
    }
    this.#nodes.push({ kind: 'recursive' });
    if (/^[_\p{L}\p{Nd}]/u.test(this.#text.slice(this.at))) this.#field();
  }

  #number(): void {
    const text = /^[+-]?[.\d]*/.exec(this.#text.slice(this.at))?.[0] ?? '';
    this.at += text.length;
    const value = Number(text);
    if (!/\d/.test(text) || Number.isNaN(value)) {
      throw new CommandError(`cannot parse number ${text}`);
    }
    this.#nodes.push({ kind: 'value', value });
  }

  #field(): void {
    const from = this.at;
    while (this.at < this.#text.length) {
      const c = this.#text[this.at] ?? '';
      if (c === '\\') this.at++;
      else if (ends.includes(c)) break;
      this.at++;
    }
    const name = this.#text.slice(from, this.at);
    this.#nodes.push(
      name === '*' ? { kind: 'wildcard' } : { kind: 'field', name: name.replaceAll('\\', '') },
    );
  }

  #quote(quote: string): void {
    const from = this.at - 1;
    for (;;) {
      const c = this.#text[this.at++];
      if (c === undefined || c === '\n') throw new CommandError('unterminated quoted string');
      if (c === quote && this.#text[this.at - 2] !== '\\') break;
    }
    const written = this.#text.slice(from, this.at);
    this.#nodes.push({ kind: 'text', text: unquoted(written) });
  }

  #array(): void {
    const from = this.at;
    for (;;) {
      const c = this.#text[this.at++];
      if (c === undefined || c === '\n') throw new CommandError('unterminated array');
      if (c === ']') break;
    }
    const inside = this.#text.slice(from, this.at - 1);
    const list = inside.split(',');
    if (list.length > 1) {
      const paths = list.map((one) => parseAction(`[${one.replace(/^ +| +$/g, '')}]`));
      this.#nodes.push({ kind: 'union', paths });
      return;
    }
    const key = /^'([^']*)'$/.exec(inside)?.[1];
    if (key !== undefined) this.#nodes.push(...parseAction(`.${key}`));
    else this.#nodes.push(sliceOf(inside === '*' ? ':' : inside));
  }

  #filter(): void {
    const from = this.at;
    let pair = '';
    let closed = false;
    for (;;) {
      const c = this.#text[this.at++];
      if (c === undefined || c === '\n') throw new CommandError('unterminated filter');
      if (c === '"' || c === "'") {
        if (pair === '') pair = c;
        else if (c === pair && this.#text[this.at - 2] !== '\\') closed = true;
      } else if (c === ')' && (pair !== '') === closed) break;
    }
    const inside = this.#text.slice(from, this.at - 1);
    if (!this.#takes(']')) throw new CommandError('unclosed array expect ]');
    const match = /^([^!<>=]+)([!<>=]+)(.+?)$/s.exec(inside);
    const [, left = inside, operator = 'exists', right] = match ?? [];
    this.#nodes.push({
      kind: 'filter',
      left: parseAction(left),
      right: right === undefined ? [] : parseAction(right),
      operator,
    });
  }
}

function sliceOf(text: string): Node {
  const match = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text);
  if (match === null) throw new CommandError(`invalid array index ${text}`);
  const [, first = '', second, third] = match;
  const from = first === '' ? null : whole(first);
  if (second === undefined || second === '') {
    return { kind: 'slice', from, to: (from ?? 0) + 1, step: null, isIndex: true };
  }
  const bound = (part: string) => (part === ':' ? null : whole(part.slice(1)));
  const step = third === undefined ? null : bound(third);
  return { kind: 'slice', from, to: bound(second), step, isIndex: false };
}

function whole(text: string): number {
  if (text === '-') throw new CommandError('array index - is not a number');
  return Number(text);
}

const escapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

/** strconv's escapes within either kind of quotes. */
function unquoted(written: string): string {
  const quote = written[0] ?? '';
  const fails = (): CommandError =>
    new CommandError(`unquote string ${written} error invalid syntax`);
  return written
    .slice(1, -1)
    .replace(
      /\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2})|([0-7]{3})|([\s\S]))/g,
      (_all, unicode?: string, hex?: string, octal?: string, single?: string) => {
        const code = unicode ?? hex;
        if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
        if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
        if (single === quote) return quote;
        const known = escapes[single ?? ''];
        if (known === undefined) throw fails();
        return known;
      },
    );
}
