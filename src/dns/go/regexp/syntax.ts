// Go's syntax of regular expressions to a tree, with Go's error texts (regexp/syntax/parse.go, flags Perl). Repetition
// is left as it is written; machine.ts makes instructions of it.
import { CharSet, PERL_GROUPS, POSIX_GROUPS, propertyOf, type SetItem } from './char-set.ts';

export type Assertion = 'bol' | 'eol' | 'begin' | 'end' | 'word' | 'notWord';

export type Node =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'assert'; readonly what: Assertion }
  | { readonly kind: 'concat'; readonly parts: readonly Node[] }
  | { readonly kind: 'alternate'; readonly branches: readonly Node[] }
  | { readonly kind: 'capture'; readonly index: number; readonly body: Node }
  /** max -1: no bound. */
  | Repeat;

interface Repeat {
  readonly kind: 'repeat';
  readonly min: number;
  readonly max: number;
  readonly greedy: boolean;
  readonly body: Node;
}

export interface Syntax {
  readonly root: Node;
  /** Name of each group from 0 on; '' where it has none. */
  readonly names: readonly string[];
}

/** Signals inside this file; `parseGoRegexp` gives its text. */
class SyntaxProblem extends Error {}

interface Flags {
  readonly fold: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly lazy: boolean;
}

/** One open parenthesis, or the whole expression. */
interface Frame {
  readonly capture: number;
  readonly flags: Flags;
  readonly branches: Node[];
  parts: Node[];
}

const repeatMax = 1000;
const depthMax = 1000;

/** The tree, or Go's text: "error parsing regexp: missing closing ): `(a`". */
export function parseGoRegexp(source: string): Syntax | string {
  try {
    return new Parser(source).parse();
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    return `error parsing regexp: ${error.message}`;
  }
}

const anyChar: SetItem = { kind: 'ranges', ranges: [[0, 0x10ffff]], negated: false };
const newline: SetItem = { kind: 'ranges', ranges: [[10, 10]], negated: false };
const controls: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

class Parser {
  readonly #text: string;
  #at = 0;
  #flags: Flags = { fold: false, multiline: false, dotAll: false, lazy: false };
  readonly #frames: Frame[] = [];
  readonly #names: string[] = [''];

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Syntax {
    let frame = this.#open(0);
    let lastRepeat = -1;
    while (this.#at < this.#text.length) {
      const start = this.#at;
      const repeat = this.#repetition();
      if (repeat !== null) {
        this.#repeat(frame, repeat, start, lastRepeat);
        lastRepeat = start;
        continue;
      }
      lastRepeat = -1;
      frame = this.#item(frame);
    }
    const root = closed(frame);
    if (this.#frames.length !== 1) throw this.#fail('missing closing )', this.#text);
    return { root, names: this.#names };
  }

  #open(capture: number, flags = this.#flags): Frame {
    const frame: Frame = { capture, flags, branches: [], parts: [] };
    this.#frames.push(frame);
    if (this.#frames.length > depthMax) {
      throw this.#fail('expression nests too deeply', this.#text);
    }
    return frame;
  }

  #item(frame: Frame): Frame {
    const c = this.#take();
    const assert = (what: Assertion): void => void frame.parts.push({ kind: 'assert', what });
    const set = (items: readonly SetItem[], negated = false): void =>
      void frame.parts.push({ kind: 'set', set: new CharSet(items, negated, this.#flags.fold) });
    if (c === '(') return this.#group(frame);
    if (c === '|') {
      frame.branches.push(concat(frame.parts));
      frame.parts = [];
    } else if (c === ')') return this.#close();
    else if (c === '^') assert(this.#flags.multiline ? 'bol' : 'begin');
    else if (c === '$') assert(this.#flags.multiline ? 'eol' : 'end');
    else if (c === '.') {
      if (this.#flags.dotAll) set([anyChar]);
      else set([newline], true);
    } else if (c === '[') this.#class(set);
    else if (c === '\\') this.#escape(assert, set);
    else set([single(c)]);
    return frame;
  }

  #close(): Frame {
    const frame = this.#frames.pop() as Frame;
    const outer = this.#frames.at(-1);
    if (outer === undefined) throw this.#fail('unexpected )', this.#text);
    const body = closed(frame);
    this.#flags = frame.flags;
    outer.parts.push(frame.capture === 0 ? body : { kind: 'capture', index: frame.capture, body });
    return outer;
  }

  /** After "(": a group, a named group, or flags. */
  #group(frame: Frame): Frame {
    const rest = this.#text.slice(this.#at);
    if (!rest.startsWith('?')) return this.#open(this.#names.push('') - 1);
    const start = this.#at - 1;
    const named = /^\?P?</.exec(rest);
    if (named !== null && rest.length > named[0].length) {
      const end = rest.indexOf('>');
      if (end < 0) throw this.#fail('invalid named capture', this.#text.slice(start));
      const name = rest.slice(named[0].length, end);
      if (!/^[A-Za-z0-9_]+$/.test(name)) {
        throw this.#fail('invalid named capture', `(${rest.slice(0, end + 1)}`);
      }
      this.#at += end + 1;
      return this.#open(this.#names.push(name) - 1);
    }
    this.#at++;
    return this.#perlFlags(frame, start);
  }

  /** `(?i)` and `(?i:`. */
  #perlFlags(frame: Frame, start: number): Frame {
    const before = this.#flags;
    const flags = { ...before };
    let on = true;
    let seen = false;
    while (this.#at < this.#text.length) {
      const c = this.#take();
      const flag = ({ i: 'fold', m: 'multiline', s: 'dotAll', U: 'lazy' } as const)[c];
      if (flag !== undefined) {
        flags[flag] = on;
        seen = true;
      } else if (c === '-' && on) {
        on = false;
        seen = false;
      } else if ((c === ':' || c === ')') && (on || seen)) {
        this.#flags = flags;
        return c === ':' ? this.#open(0, before) : frame;
      } else break;
    }
    throw this.#fail('invalid or unsupported Perl syntax', this.#text.slice(start, this.#at));
  }

  /** `*`, `+`, `?`, `{n,m}`; null: something else stands here. */
  #repetition(): readonly [number, number] | null {
    const c = this.#text[this.#at];
    const simple = ({ '*': [0, -1], '+': [1, -1], '?': [0, 1] } as const)[c ?? ''];
    if (simple !== undefined) {
      this.#at++;
      return simple;
    }
    if (c !== '{') return null;
    const match = /^\{(0|[1-9]\d*)(?:(,)(0|[1-9]\d*)?)?\}/.exec(this.#text.slice(this.#at));
    if (match === null) return null;
    this.#at += match[0].length;
    const min = Number(match[1]);
    const max = match[3] !== undefined ? Number(match[3]) : match[2] === undefined ? min : -1;
    if (min > repeatMax || max > repeatMax || (max >= 0 && min > max)) {
      throw this.#fail('invalid repeat count', match[0]);
    }
    return [min, max];
  }

  #repeat(frame: Frame, [min, max]: readonly [number, number], start: number, last: number): void {
    let greedy = !this.#flags.lazy;
    if (this.#text[this.#at] === '?') {
      this.#at++;
      greedy = !greedy;
    }
    const fail = (what: string, from: number): SyntaxProblem =>
      this.#fail(what, this.#text.slice(from, this.#at));
    if (last >= 0) throw fail('invalid nested repetition operator', last);
    const body = frame.parts.pop();
    if (body === undefined) throw fail('missing argument to repetition operator', start);
    const node: Repeat = { kind: 'repeat', min, max, greedy, body };
    frame.parts.push(node);
    const counted = this.#text[start] === '{';
    if (counted && (min >= 2 || max >= 2) && !copiesWithin(node, repeatMax)) {
      throw fail('invalid repeat count', start);
    }
  }

  /** After a backslash. */
  #escape(assert: (what: Assertion) => void, set: (items: readonly SetItem[]) => void): void {
    const c = this.#text[this.#at];
    const assertion = ({ A: 'begin', b: 'word', B: 'notWord', z: 'end' } as const)[c ?? ''];
    if (assertion !== undefined) {
      this.#at++;
      assert(assertion);
    } else if (c === 'C') throw this.#fail('invalid escape sequence', '\\C');
    else if (c === 'Q') {
      const end = this.#text.indexOf('\\E', this.#at + 1);
      const literal = this.#text.slice(this.#at + 1, end < 0 ? undefined : end);
      this.#at = end < 0 ? this.#text.length : end + 2;
      for (const char of literal) set([single(char)]);
    } else set([this.#group1() ?? single(String.fromCodePoint(this.#escapedChar()))]);
  }

  /** `\d`, `\pL`, `\p{Greek}` after the backslash; null: none of them. */
  #group1(): SetItem | null {
    const start = this.#at - 1;
    const c = this.#text[this.#at] ?? '';
    const perl = PERL_GROUPS[c.toLowerCase()];
    if (perl !== undefined) {
      this.#at++;
      return { kind: 'ranges', ranges: perl, negated: c !== c.toLowerCase() };
    }
    if (c !== 'p' && c !== 'P') return null;
    this.#at++;
    let name = this.#at < this.#text.length ? this.#take() : '';
    if (name === '{') {
      const end = this.#text.indexOf('}', this.#at);
      if (end < 0) throw this.#fail('invalid character class range', this.#text.slice(start));
      name = this.#text.slice(this.#at, end);
      this.#at = end + 1;
    }
    const caret = name.startsWith('^');
    const property = propertyOf(caret ? name.slice(1) : name);
    if (property === undefined) {
      const text = this.#text.slice(start, this.#at);
      throw this.#fail('invalid character class range', text);
    }
    return { kind: 'property', name: property, negated: (c === 'P') !== caret };
  }

  /** The code point after a backslash. */
  #escapedChar(): number {
    const start = this.#at - 1;
    if (this.#at >= this.#text.length) {
      throw this.#fail('trailing backslash at end of expression', '');
    }
    const rest = this.#text.slice(this.#at);
    const octal = /^(?:[1-7](?=[0-7])|0)[0-7]{0,2}/.exec(rest);
    if (octal !== null) {
      this.#at += octal[0].length;
      return Number.parseInt(octal[0], 8);
    }
    const hex = /^x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))/.exec(rest);
    const code = hex === null ? -1 : Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
    if (hex !== null && code <= 0x10ffff) {
      this.#at += hex[0].length;
      return code;
    }
    const c = this.#take();
    const control = controls[c];
    if (control !== undefined) return control;
    const plain = c.charCodeAt(0);
    if (plain < 0x80 && !/[0-9A-Za-z]/.test(c)) return plain;
    if (c === 'x') this.#at += hexTail(rest);
    throw this.#fail('invalid escape sequence', this.#text.slice(start, this.#at));
  }

  /** After "[". */
  #class(set: (items: readonly SetItem[], negated: boolean) => void): void {
    const start = this.#at - 1;
    const negated = this.#text[this.#at] === '^';
    if (negated) this.#at++;
    const items: SetItem[] = [];
    for (let first = true; first || this.#text[this.#at] !== ']'; first = false) {
      items.push(this.#classItem(start));
    }
    this.#at++;
    set(items, negated);
  }

  #classItem(classStart: number): SetItem {
    const posix = /^\[:(\^?)(.*?):\]/s.exec(this.#text.slice(this.#at));
    if (posix !== null) {
      const ranges = POSIX_GROUPS[posix[2] ?? ''];
      if (ranges === undefined) throw this.#fail('invalid character class range', posix[0]);
      this.#at += posix[0].length;
      return { kind: 'ranges', ranges, negated: posix[1] === '^' };
    }
    const start = this.#at;
    if (this.#text[this.#at] === '\\') {
      this.#at++;
      const group = this.#group1();
      if (group !== null) return group;
      this.#at = start;
    }
    const low = this.#classChar(classStart);
    let high = low;
    const next = this.#text[this.#at + 1];
    if (this.#text[this.#at] === '-' && next !== undefined && next !== ']') {
      this.#at++;
      high = this.#classChar(classStart);
      if (high < low) {
        const text = this.#text.slice(start, this.#at);
        throw this.#fail('invalid character class range', text);
      }
    }
    return { kind: 'ranges', ranges: [[low, high]], negated: false };
  }

  #classChar(classStart: number): number {
    if (this.#at >= this.#text.length) {
      throw this.#fail('missing closing ]', this.#text.slice(classStart));
    }
    const c = this.#take();
    return c === '\\' ? this.#escapedChar() : (c.codePointAt(0) ?? 0);
  }

  /** One code point. */
  #take(): string {
    const c = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    this.#at += c.length;
    return c;
  }

  #fail(what: string, where: string): SyntaxProblem {
    return new SyntaxProblem(`${what}: \`${where}\``);
  }
}

/** How far Go reads after "x" before it gives up: to the digit that is none or too many. */
function hexTail(rest: string): number {
  if (rest[1] !== '{') return Math.min(2, rest.length - 1);
  let digits = 0;
  while (/[0-9A-Fa-f]/.test(rest[2 + digits] ?? '')) {
    digits++;
    if (Number.parseInt(rest.slice(2, 2 + digits), 16) > 0x10ffff) return 1 + digits;
  }
  return Math.min(2 + digits, rest.length - 1);
}

function single(char: string): SetItem {
  const code = char.codePointAt(0) ?? 0;
  return { kind: 'ranges', ranges: [[code, code]], negated: false };
}

function concat(parts: readonly Node[]): Node {
  return parts.length === 1 ? (parts[0] as Node) : { kind: 'concat', parts };
}

function closed(frame: Frame): Node {
  const last = concat(frame.parts);
  if (frame.branches.length === 0) return last;
  return { kind: 'alternate', branches: [...frame.branches, last] };
}

/** Whether nested counts multiply to at most `most` copies (repeatIsValid). */
function copiesWithin(node: Node, most: number): boolean {
  switch (node.kind) {
    case 'repeat': {
      const counted = node.max >= 2 || node.min >= 2 || node.max === 0;
      if (node.max === 0) return true;
      const copies = node.max < 0 ? node.min : node.max;
      if (counted && copies > most) return false;
      return copiesWithin(node.body, copies > 0 ? Math.floor(most / copies) : most);
    }
    case 'capture':
      return copiesWithin(node.body, most);
    case 'concat':
      return node.parts.every((part) => copiesWithin(part, most));
    case 'alternate':
      return node.branches.every((branch) => copiesWithin(branch, most));
    default:
      return true;
  }
}
