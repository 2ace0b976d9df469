// Tokens of Go's text/template (text/template/parse/lex.go): text, and what stands between {{ and }}. Input is a byte
// string. Errors are tokens, for the parser says where they stand.

export type TokenKind =
  | 'error'
  | 'bool'
  | 'char'
  | 'charConstant'
  | 'assign'
  | 'declare'
  | 'eof'
  | 'field'
  | 'identifier'
  | 'leftDelim'
  | 'leftParen'
  | 'number'
  | 'pipe'
  | 'rawString'
  | 'rightDelim'
  | 'rightParen'
  | 'space'
  | 'string'
  | 'text'
  | 'variable'
  | 'keyword'
  | 'dot'
  | 'nil';

export interface TemplateToken {
  readonly kind: TokenKind;
  readonly text: string;
  /** Offset in the template. */
  readonly at: number;
  readonly line: number;
}

const keywords = [
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'range',
  'template',
  'with',
];
const spaces = ' \t\r\n';

/** All tokens, the last one `eof` or `error`. */
export function templateTokens(input: string): readonly TemplateToken[] {
  const lexer = new Lexer(input);
  lexer.run();
  return lexer.tokens;
}

class Lexer {
  readonly tokens: TemplateToken[] = [];
  readonly #input: string;
  #at = 0;
  #start = 0;
  #line = 1;

  constructor(input: string) {
    this.#input = input;
  }

  run(): void {
    while (this.#text()) while (this.#inside());
  }

  #emit(kind: TokenKind, text = this.#input.slice(this.#start, this.#at)): void {
    const line = this.#line;
    this.tokens.push({ kind, text, at: this.#start, line });
    this.#line += text.split('\n').length - 1;
    this.#start = this.#at;
  }

  #fail(text: string): false {
    this.tokens.push({ kind: 'error', text, at: this.#start, line: this.#line });
    this.#at = this.#input.length + 1;
    return false;
  }

  /** Skips what has been read since the last token. */
  #ignore(): void {
    this.#line += this.#input.slice(this.#start, this.#at).split('\n').length - 1;
    this.#start = this.#at;
  }

  /** Up to the next action; false: there is none. */
  #text(): boolean {
    if (this.#at > this.#input.length) return false;
    const open = this.#input.indexOf('{{', this.#at);
    if (open < 0) {
      this.#at = this.#input.length;
      if (this.#at > this.#start) this.#emit('text');
      this.#emit('eof', '');
      return false;
    }
    const trims = this.#input[open + 2] === '-' && isSpace(this.#input[open + 3]);
    let end = open;
    if (trims) while (end > this.#start && isSpace(this.#input[end - 1])) end--;
    this.#at = end;
    if (end > this.#start) this.#emit('text');
    this.#at = open;
    this.#ignore();
    this.#at = open + 2 + (trims ? 2 : 0);
    if (this.#input.startsWith('/*', this.#at)) return this.#comment();
    this.#start = open;
    this.#emit('leftDelim', '{{');
    this.#start = this.#at;
    this.#depth = 0;
    return true;
  }
  #depth = 0;

  #comment(): boolean {
    const close = this.#input.indexOf('*/', this.#at + 2);
    if (close < 0) return this.#fail('unclosed comment');
    this.#at = close + 2;
    const delim = this.#rightDelim();
    if (delim === null) return this.#fail('comment ends before closing delimiter');
    this.#pastDelim(delim);
    this.#ignore();
    return this.#text();
  }

  /** Whether `}}` or ` -}}` stands here, and whether it trims. */
  #rightDelim(): { readonly trims: boolean } | null {
    if (isSpace(this.#input[this.#at]) && this.#input.startsWith('-}}', this.#at + 1)) {
      return { trims: true };
    }
    return this.#input.startsWith('}}', this.#at) ? { trims: false } : null;
  }

  #pastDelim({ trims }: { readonly trims: boolean }): void {
    this.#at += trims ? 4 : 2;
    if (trims) while (isSpace(this.#input[this.#at])) this.#at++;
  }

  /** One token of an action; false at its end. */
  #inside(): boolean {
    const delim = this.#rightDelim();
    if (delim !== null) {
      if (this.#depth > 0) return this.#fail('unclosed left paren');
      this.#emit('rightDelim', '}}');
      this.#pastDelim(delim);
      this.#ignore();
      return false;
    }
    const c = this.#input[this.#at];
    if (c === undefined) return this.#fail('unclosed action');
    if (isSpace(c)) return this.#space();
    this.#at++;
    switch (c) {
      case '=':
        return this.#done('assign');
      case ':':
        this.#at++;
        return this.#input[this.#at - 1] === '='
          ? this.#done('declare')
          : this.#fail('expected :=');
      case '|':
        return this.#done('pipe');
      case '"':
        return this.#quoted('"', 'string', 'unterminated quoted string');
      case "'":
        return this.#quoted("'", 'charConstant', 'unterminated character constant');
      case '`': {
        const end = this.#input.indexOf('`', this.#at);
        if (end < 0) return this.#fail('unterminated raw quoted string');
        this.#at = end + 1;
        return this.#done('rawString');
      }
      case '(':
        this.#depth++;
        return this.#done('leftParen');
      case ')':
        if (--this.#depth < 0) return this.#fail('unexpected right paren');
        return this.#done('rightParen');
      case '$':
        return this.#word('variable');
      default:
        return this.#other(c);
    }
  }

  #other(c: string): boolean {
    const next = this.#input[this.#at] ?? '';
    if (c === '.' && !/[0-9]/.test(next)) return this.#word('field');
    if (/[-+.0-9]/.test(c)) return this.#number();
    if (isWord(c)) return this.#word('identifier');
    if (c >= ' ' && c <= '~') return this.#done('char');
    return this.#fail(`unrecognized character in action: ${described(c)}`);
  }

  #done(kind: TokenKind): true {
    this.#emit(kind);
    return true;
  }

  #space(): boolean {
    while (isSpace(this.#input[this.#at])) this.#at++;
    // The last blank belongs to " -}}" when that follows.
    if (this.#input.startsWith('-}}', this.#at)) this.#at--;
    if (this.#at > this.#start) this.#emit('space');
    return true;
  }

  #quoted(quote: string, kind: TokenKind, unterminated: string): boolean {
    for (;;) {
      const c = this.#input[this.#at++];
      if (c === quote) return this.#done(kind);
      const escaped = c === '\\' ? this.#input[this.#at++] : '';
      if (c === undefined || c === '\n' || escaped === undefined || escaped === '\n') {
        return this.#fail(unterminated);
      }
    }
  }

  /** `$`, `$x`, `.`, `.x`, `x`. */
  #word(kind: 'variable' | 'field' | 'identifier'): boolean {
    while (isWord(this.#input[this.#at])) this.#at++;
    const text = this.#input.slice(this.#start, this.#at);
    if (!this.#atTerminator()) {
      return this.#fail(`bad character ${described(this.#input[this.#at] ?? '')}`);
    }
    if (kind === 'field') return this.#done(text === '.' ? 'dot' : 'field');
    if (kind === 'variable') return this.#done(kind);
    if (text === 'nil') return this.#done('nil');
    if (text === 'true' || text === 'false') return this.#done('bool');
    return this.#done(keywords.includes(text) ? 'keyword' : 'identifier');
  }

  #atTerminator(): boolean {
    const c = this.#input[this.#at];
    if (c === undefined || isSpace(c) || '.,|:()'.includes(c)) return true;
    return this.#input.startsWith('}}', this.#at);
  }

  #number(): boolean {
    const rest = this.#input.slice(this.#start);
    const match =
      /^[-+]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][-+]?[0-9_]*)?|0[oO][0-7_]*|0[bB][01_]*|[0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9_]*)?)i?/.exec(
        rest,
      );
    this.#at = this.#start + (match?.[0].length ?? 1);
    if (!isWord(this.#input[this.#at])) return this.#done('number');
    const bad = this.#input.slice(this.#start, this.#at + 1);
    return this.#fail(`bad number syntax: ${JSON.stringify(bad)}`);
  }
}

function isSpace(c: string | undefined): boolean {
  return c !== undefined && spaces.includes(c);
}

function isWord(c: string | undefined): boolean {
  return c !== undefined && /[0-9A-Za-z_]/.test(c);
}

/** %#U */
function described(c: string): string {
  const code = c.charCodeAt(0);
  const shown = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return c === '' ? 'U+FFFFFFFFFFFFFFFF' : `${shown} '${c}'`;
}
