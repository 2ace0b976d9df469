// Tokens of a master file (RFC 1035 section 5.1) with the quirks of the scanner CoreDNS uses (miekg/dns scan.go): what
// a word is depends on its place in the line and on what follows it, parentheses vanish together with the line ends
// inside them, a quote is a token of its own. Text is one code unit per byte. Not here: what the tokens mean.
import { classOfWord } from '../go/names.ts';
import { TYPES } from '../message/types.table.ts';
import { TYPE_WORDS } from './words.table.ts';

export type TokenKind =
  | 'owner'
  | 'directive'
  | 'type'
  | 'class'
  | 'string'
  | 'blank'
  | 'quote'
  | 'newline'
  | 'error'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** For 'error' what is wrong. */
  readonly text: string;
  /** Number of the type or class. */
  readonly value: number;
  readonly line: number;
  readonly column: number;
}

const directives = ['$TTL', '$ORIGIN', '$INCLUDE', '$GENERATE'];

/** "TYPE65" -> 65; undefined: no number of 16 bits follows the word. */
export function numbered(text: string, word: string): number | undefined {
  const digits = text.slice(word.length);
  if (!/^\d+$/.test(digits)) return undefined;
  const value = Number(digits);
  return value <= 0xffff ? value : undefined;
}

function typeOfWord(upper: string): number | undefined {
  if (Object.hasOwn(TYPES, upper)) return TYPES[upper];
  return Object.hasOwn(TYPE_WORDS, upper) ? TYPE_WORDS[upper] : undefined;
}

export class Lexer {
  readonly #text: string;
  #at = 0;
  #line = 1;
  #column = 0;
  /** The last character ended a line: counting waits for the next one. */
  #eol = false;
  readonly #pending: Token[] = [];
  #word = '';
  #escape = false;
  #quote = false;
  #comment = false;
  /** A comment has been seen that no line end has closed yet. */
  #commented = false;
  #afterBlank = false;
  #braces = 0;
  /** The word that begins here is an owner. */
  #atOwner = true;
  #typeSeen = false;
  #over = false;

  constructor(text: string) {
    this.#text = text;
  }

  peek(): Token {
    const known = this.#pending[0];
    if (known !== undefined) return known;
    const token = this.#read();
    this.#pending.unshift(token);
    return token;
  }

  next(): Token {
    return this.#pending.shift() ?? this.#read();
  }

  #read(): Token {
    if (this.#over) return this.#token('end', '');
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at++] as string;
      this.#count(char);
      const tokens = this.#take(char);
      const [first, ...rest] = tokens;
      if (first === undefined) continue;
      this.#pending.push(...rest);
      if (first.kind === 'error') this.#over = true;
      return first;
    }
    return this.#finish();
  }

  /** Lines are counted when the first character of the next one is read. */
  #count(char: string): void {
    if (this.#eol) {
      this.#line++;
      this.#column = 0;
    }
    this.#eol = char === '\n';
    if (!this.#eol) this.#column++;
  }

  #take(char: string): readonly Token[] {
    switch (char) {
      case ' ':
      case '\t':
        return this.#blank(char);
      case ';':
        return this.#semicolon();
      case '\r':
        this.#escape = false;
        if (this.#quote) this.#word += char;
        return [];
      case '\n':
        return this.#lineEnd();
      case '\\':
        if (this.#comment) return [];
        this.#word += char;
        this.#escape = !this.#escape;
        return [];
      case '"':
        return this.#quotation();
      case '(':
      case ')':
        return this.#brace(char);
      default:
        this.#escape = false;
        if (this.#comment) return [];
        this.#word += char;
        this.#afterBlank = false;
        return [];
    }
  }

  /** Inside quotes, or escaped, a character stands for itself. */
  #literal(char: string): boolean {
    if (!this.#escape && !this.#quote) return false;
    this.#word += char;
    this.#escape = false;
    return true;
  }

  #blank(char: string): readonly Token[] {
    if (this.#literal(char) || this.#comment) return [];
    const tokens: Token[] = [];
    if (this.#word !== '') {
      const token = this.#atOwner ? this.#ownerToken() : this.#classified();
      tokens.push(token);
      if (token.kind === 'error') return tokens;
    }
    this.#atOwner = false;
    if (!this.#afterBlank) {
      this.#afterBlank = true;
      tokens.push(this.#token('blank', ' '));
    }
    return tokens;
  }

  #ownerToken(): Token {
    const text = this.#takeWord();
    const upper = text.toUpperCase();
    return directives.includes(upper)
      ? this.#token('directive', upper)
      : this.#token('owner', text);
  }

  /** A word in the middle of a line: a type or a class while no type has been seen. */
  #classified(): Token {
    const text = this.#takeWord();
    if (this.#typeSeen) return this.#token('string', text);
    const upper = text.toUpperCase();
    let found = this.#token('string', text);
    const type = typeOfWord(upper) ?? (upper.startsWith('TYPE') ? numbered(upper, 'TYPE') : null);
    if (type === undefined) return this.#token('error', 'unknown RR type');
    if (type !== null) {
      this.#typeSeen = true;
      found = this.#token('type', text, type);
    }
    // "ANY" and "NONE" are both: the class wins.
    const named = classOfWord(upper);
    if (named !== undefined) return this.#token('class', text, named);
    if (!upper.startsWith('CLASS')) return found;
    const value = numbered(upper, 'CLASS');
    if (value === undefined) return this.#token('error', 'unknown class');
    return this.#token('class', text, value);
  }

  #semicolon(): readonly Token[] {
    if (this.#literal(';')) return [];
    this.#comment = true;
    this.#commented = true;
    return this.#word === '' ? [] : [this.#token('string', this.#takeWord())];
  }

  #lineEnd(): readonly Token[] {
    this.#escape = false;
    if (this.#quote) {
      this.#word += '\n';
      return [];
    }
    if (this.#comment) {
      this.#comment = false;
      this.#typeSeen = false;
      if (this.#braces > 0) return [];
      this.#commented = false;
      this.#atOwner = true;
      return [this.#token('newline', '\n')];
    }
    if (this.#braces > 0) return [];
    const tokens: Token[] = [];
    if (this.#word !== '') {
      const text = this.#takeWord();
      const type = this.#typeSeen ? undefined : typeOfWord(text.toUpperCase());
      tokens.push(
        type === undefined ? this.#token('string', text) : this.#token('type', text, type),
      );
    }
    this.#commented = false;
    this.#typeSeen = false;
    this.#atOwner = true;
    return [...tokens, this.#token('newline', '\n')];
  }

  #quotation(): readonly Token[] {
    if (this.#comment) return [];
    if (this.#escape) {
      this.#word += '"';
      this.#escape = false;
      return [];
    }
    this.#afterBlank = false;
    const before = this.#word === '' ? [] : [this.#token('string', this.#takeWord())];
    this.#quote = !this.#quote;
    return [...before, this.#token('quote', '"')];
  }

  #brace(char: string): readonly Token[] {
    if (this.#comment || this.#literal(char)) return [];
    this.#braces += char === '(' ? 1 : -1;
    return this.#braces < 0 ? [this.#token('error', 'extra closing brace')] : [];
  }

  #finish(): Token {
    if (this.#word !== '') return this.#token('string', this.#takeWord());
    if (this.#commented) {
      this.#commented = false;
      return this.#token('newline', '\n');
    }
    this.#over = true;
    if (this.#braces !== 0) return this.#token('error', 'unbalanced brace');
    return this.#token('end', '');
  }

  #takeWord(): string {
    const word = this.#word;
    this.#word = '';
    this.#escape = false;
    return word;
  }

  #token(kind: TokenKind, text: string, value = 0): Token {
    return { kind, text, value, line: this.#line, column: this.#column };
  }
}
