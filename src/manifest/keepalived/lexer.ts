// keepalived.conf as nested statements with the place of every word. A statement ends with its line or with the block that
// it opens; `#` and `!` begin comments; quotes hold a word together. Refused: include, definitions and conditions, which
// would need other files. Models keepalived's lib/parser.c (decomment, alloc_strvec_r, process_stream).

export interface Word {
  readonly text: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  /** In quotes a brace is text. */
  readonly isQuoted?: true;
}

export interface Statement {
  /** At least one. */
  readonly words: readonly [Word, ...Word[]];
  /** Null: no block follows. */
  readonly body: readonly Statement[] | null;
}

/** What is wrong in the text, at a word. */
export class ConfError extends Error {
  readonly word: Word;
  readonly code: 'invalid-value' | 'unknown-field' | 'missing-field' | 'not-modelled';
  readonly hint: string;
  constructor(code: ConfError['code'], word: Word, message: string, hint = '') {
    super(message);
    this.code = code;
    this.word = word;
    this.hint = hint;
  }
}

/** The statements of a text. Throws ConfError. */
export function statementsOf(text: string): readonly Statement[] {
  const reader = new Reader(text);
  const statements = reader.block(null);
  return statements;
}

interface Draft {
  readonly words: [Word, ...Word[]];
  body: readonly Statement[] | null;
}

class Reader {
  readonly #lines: readonly (readonly Word[])[];
  #line = 0;
  #at = 0;

  constructor(text: string) {
    this.#lines = text.split('\n').map((line, i) => wordsOf(line, i + 1));
  }

  /** What stands up to the brace that closes `opened`, or up to the end. */
  block(opened: Word | null): readonly Statement[] {
    const found: Draft[] = [];
    let current: Draft | null = null;
    for (;;) {
      const word = this.#next();
      if (word === undefined) {
        if (opened === null) return found;
        throw new ConfError('invalid-value', opened, 'this block is never closed', 'a line with }');
      }
      if (word === 'end of line') current = null;
      else if (isBrace(word, '}')) {
        if (opened !== null) return found;
        throw new ConfError('invalid-value', word, 'no block is open here', 'take the } away');
      } else if (isBrace(word, '{')) {
        const owner: Draft | undefined = current ?? found.at(-1);
        if (owner === undefined || owner.body !== null) {
          throw new ConfError('invalid-value', word, 'a block without a name', 'NAME { ... }');
        }
        owner.body = this.block(word);
        current = null;
      } else if (current === null) {
        current = { words: [word], body: null };
        found.push(current);
      } else current.words.push(word);
    }
  }

  #next(): Word | 'end of line' | undefined {
    const words = this.#lines[this.#line];
    if (words === undefined) return undefined;
    const word = words[this.#at++];
    if (word !== undefined) return word;
    this.#line++;
    this.#at = 0;
    return 'end of line';
  }
}

function isBrace({ text, isQuoted }: Word, brace: '{' | '}'): boolean {
  return text === brace && isQuoted !== true;
}

/** Comments are left out. */
function wordsOf(line: string, n: number): readonly Word[] {
  const words: Word[] = [];
  const pattern = /[#!].*|[{}]|"(?:\\.|[^"\\])*"?|(?:\\.|[^\s"{}#!\\])+/g;
  for (const match of line.matchAll(pattern)) {
    const [text] = match;
    if (text.startsWith('#') || text.startsWith('!')) break;
    const word = { text, line: n, column: match.index + 1 };
    if (text.startsWith('"')) {
      if (text.length < 2 || !text.endsWith('"')) {
        throw new ConfError(
          'invalid-value',
          word,
          'a quote that is never closed',
          'close it with "',
        );
      }
      words.push({ ...word, text: text.slice(1, -1).replace(/\\(.)/g, '$1'), isQuoted: true });
      continue;
    }
    if (/^[@$~]/.test(text)) {
      const message = `${text}: conditions and definitions are not modelled`;
      throw new ConfError('not-modelled', word, message, 'write what they stand for');
    }
    words.push({ ...word, text: text.replace(/\\(.)/g, '$1') });
  }
  return words;
}
