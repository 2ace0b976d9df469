// A cursor over tokens with the words CoreDNS's own parser and plugin setups use: next token, next argument on the
// line, next line of a block (coredns/caddy caddyfile/dispenser.go). Errors carry CoreDNS's position prefix and are
// InputErrors with the position in the user's own file.
import { InputError, type Position } from '../../api/input-error.ts';
import { extraLines, type Token } from './lexer.ts';

/** Where a line of the Corefile stands in the file the user wrote (a ConfigMap's YAML), if that is known. `file`: the
 * imported file that holds it, absolute; empty: the Corefile itself. */
export type PositionOf = (
  line: number,
  column: number,
  file: string,
) => {
  readonly position: Position;
  readonly sourceLine: string | null;
} | null;

export class Dispenser {
  readonly #tokens: readonly Token[];
  readonly #positionOf: PositionOf;
  readonly #file: string;
  readonly #tolerate: ((error: InputError) => void) | undefined;
  #at = -1;
  #nesting = 0;

  /** `tolerate`: takes what is left out, so that the rest can be judged; absent: it is thrown. */
  constructor(
    file: string,
    tokens: readonly Token[],
    positionOf: PositionOf,
    tolerate?: (error: InputError) => void,
  ) {
    this.#tolerate = tolerate;
    this.#file = file;
    this.#tokens = tokens;
    this.#positionOf = positionOf;
  }

  /** Moves to the next token, whatever its line. */
  next(): boolean {
    if (this.#at >= this.#tokens.length - 1) return false;
    this.#at++;
    return true;
  }

  /** Moves to the next token only if it is on the same line. */
  nextArg(): boolean {
    const here = this.#tokens[this.#at];
    const there = this.#tokens[this.#at + 1];
    if (here === undefined) return this.next();
    if (there === undefined || here.file !== there.file) return false;
    if (here.line + extraLines(here) !== there.line) return false;
    this.#at++;
    return true;
  }

  /** Moves to the next token only if it is on another line. */
  nextLine(): boolean {
    const here = this.#tokens[this.#at];
    const there = this.#tokens[this.#at + 1];
    if (here === undefined) return this.next();
    if (there === undefined) return false;
    if (here.file === there.file && here.line + extraLines(here) >= there.line) return false;
    this.#at++;
    return true;
  }

  /** Enters a block or moves to its next line; false at its end or when there is no block. */
  nextBlock(): boolean {
    if (this.#nesting > 0) {
      if (!this.next()) return false;
      if (this.val() === '}') {
        this.#nesting--;
        return false;
      }
      return true;
    }
    if (!this.nextArg()) return false;
    if (this.val() !== '{') {
      this.#at--;
      return false;
    }
    if (!this.next() || this.val() === '}') return false;
    this.#nesting++;
    return true;
  }

  /** Text of the current token; empty before the first. */
  val(): string {
    return this.#tokens[this.#at]?.text ?? '';
  }

  token(): Token | undefined {
    return this.#tokens[this.#at];
  }

  /** What is left of the line, without an opening brace. */
  remainingArgs(): readonly string[] {
    const args: string[] = [];
    while (this.nextArg()) {
      if (this.val() === '{') {
        this.#at--;
        break;
      }
      args.push(this.val());
    }
    return args;
  }

  line(): number {
    return this.#tokens[this.#at]?.line ?? 0;
  }

  /** "/etc/coredns/Corefile:9 - Error during parsing: ..." */
  err(text: string, hint = ''): InputError {
    return this.raw(`${this.file()}:${this.line()} - Error during parsing: ${text}`, hint);
  }

  /** What CoreDNS takes and nothing here can run by: InputError 'not-modelled', worded like `err`. */
  notModelled(text: string, hint: string): InputError {
    const { message, position, sourceLine } = this.err(text);
    return new InputError('not-modelled', message, { position, hint, sourceLine });
  }

  /** As `notModelled`, where reading goes on soundly if only the Corefile is judged. Throws where it is run by. */
  leaveOut(text: string, hint: string): void {
    const error = this.notModelled(text, hint);
    if (this.#tolerate === undefined) throw error;
    this.#tolerate(error);
  }

  syntaxErr(expected: string): InputError {
    const where = `${this.file()}:${this.line()}`;
    return this.raw(
      `${where} - Syntax error: Unexpected token '${this.val()}', expecting '${expected}'`,
    );
  }

  argErr(): InputError {
    if (this.val() === '{') return this.err("Unexpected token '{', expecting argument");
    return this.err(`Wrong argument count or unexpected line ending after '${this.val()}'`);
  }

  eofErr(): InputError {
    return this.err('Unexpected EOF');
  }

  /** An error that CoreDNS prints without a position; the position in the user's file is known all the same. */
  raw(text: string, hint = ''): InputError {
    const token = this.#tokens[this.#at];
    const place =
      token === undefined ? null : this.#positionOf(token.line, token.column, token.file);
    const { position, sourceLine } = place ?? { position: null, sourceLine: null };
    return new InputError('corefile', text, { position, hint, sourceLine });
  }

  file(): string {
    const own = this.#tokens[this.#at]?.file ?? '';
    return own === '' ? this.#file : own;
  }
}
