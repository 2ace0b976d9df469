// Tokens to server blocks, step by step as coredns/caddy caddyfile/parse.go goes, its oddities included: a lone `}` is an
// address, a block's last brace may be its last directive's, the lines of a snippet count as where they were written.
import type { InputError } from '../../api/input-error.ts';
import { atLeast } from '../kubeadm/version.ts';
import { COREFILE, type CorefileOptions, type ServerBlock } from './corefile.ts';
import { Dispenser } from './dispenser.ts';
import { replaceEnvironment } from './environment.ts';
import { folderOf, isTooWild, joinPath, matches } from './import.ts';
import { extraLines, type Token, tokens } from './lexer.ts';

/** Since CoreDNS 1.13.0; before, imports in a circle never ended. */
const importsLimited = '1.13.0';
const snippetImportsMax = 10_000;
const fileImportsMax = 100_000;
/** Tokens of all imports together, beyond which a circle of files is taken to be one. */
const tokensMax = 1_000_000;

export class Parser {
  #tokens: Token[];
  #at = -1;
  #eof = false;
  #snippetImports = 0;
  #fileImports = 0;
  readonly #file: string;
  readonly #options: CorefileOptions;
  readonly #limited: boolean;
  readonly #snippets = new Map<string, readonly Token[]>();

  constructor(text: string, options: CorefileOptions) {
    this.#file = options.file ?? COREFILE;
    this.#options = options;
    this.#limited = options.version === undefined || atLeast(options.version, importsLimited);
    this.#tokens = [...tokens('', text)];
  }

  all(): readonly ServerBlock[] {
    const blocks: ServerBlock[] = [];
    while (this.#next()) {
      const block = this.#block();
      if (block.keys.length > 0) blocks.push(block);
    }
    return blocks;
  }

  #next(): boolean {
    if (this.#at >= this.#tokens.length - 1) return false;
    this.#at++;
    return true;
  }

  #nextArg(): boolean {
    const here = this.#tokens[this.#at];
    const there = this.#tokens[this.#at + 1];
    if (here === undefined || there === undefined || here.file !== there.file) return false;
    if (here.line + extraLines(here) !== there.line) return false;
    this.#at++;
    return true;
  }

  #val(): string {
    return this.#tokens[this.#at]?.text ?? '';
  }

  /** Whether the current token is the first of its line. */
  #isNewLine(): boolean {
    const here = this.#tokens[this.#at];
    const before = this.#tokens[this.#at - 1];
    if (this.#at < 1) return true;
    if (here === undefined || before === undefined) return false;
    return before.file !== here.file || before.line + extraLines(before) < here.line;
  }

  #here(): Dispenser {
    const { positionOf = () => null } = this.#options;
    const dispenser = new Dispenser(
      this.#file,
      this.#tokens.slice(this.#at, this.#at + 1),
      positionOf,
    );
    dispenser.next();
    return dispenser;
  }

  #fail(text: string, hint = ''): InputError {
    return this.#here().err(text, hint);
  }

  #env(text: string): string {
    if (!text.includes('{')) return text;
    const replaced = replaceEnvironment(text, this.#options.env ?? {});
    if (replaced !== null) return replaced;
    throw this.#fail(
      `the environment variables in ${text} refer to themselves`,
      'CoreDNS never ends replacing them: it hangs as it starts',
    );
  }

  #block(): ServerBlock {
    const keys: string[] = [];
    const keyTokens: Token[] = [];
    const directives = new Map<string, Token[]>();
    const block = { keys, directives, keyTokens };
    this.#addresses(keys, keyTokens);
    if (this.#eof) return block;
    const [name = ''] = keys;
    if (keys.length === 1 && name.startsWith('(') && name.endsWith(')')) {
      this.#snippet(name.slice(1).replace(/\)$/, ''));
      return { ...block, keys: [] };
    }
    const braced = this.#val() === '{';
    if (!braced) this.#at--;
    this.#directives(directives);
    if (braced && this.#val() !== '}') throw this.#here().syntaxErr('}');
    return block;
  }

  /** Reads addresses up to the brace or the first token of the next line, which is then the current one. */
  #addresses(keys: string[], keyTokens: Token[]): void {
    let expectingAnother = false;
    for (;;) {
      const text = this.#env(this.#val());
      if (text === 'import' && this.#isNewLine()) {
        this.#import();
        continue;
      }
      if (text === '{') {
        if (!expectingAnother) return;
        throw this.#fail(`Expected another address but had '${text}' - check for extra comma`);
      }
      if (text !== '') {
        expectingAnother = text.endsWith(',');
        keys.push(expectingAnother ? text.slice(0, -1) : text);
        keyTokens.push(this.#tokens[this.#at] as Token);
      }
      const more = this.#next();
      if (expectingAnother && !more) throw this.#here().eofErr();
      if (!more) {
        this.#eof = true;
        return;
      }
      if (!expectingAnother && this.#isNewLine()) return;
    }
  }

  #directives(into: Map<string, Token[]>): void {
    while (this.#next()) {
      if (this.#val() === '}') return;
      if (this.#val() === 'import') {
        this.#import();
        this.#at--;
      } else this.#directive(into);
    }
  }

  /** The tokens up to the end of the line, or of the directive's own block. */
  #directive(into: Map<string, Token[]>): void {
    const name = this.#env(this.#val());
    if (!this.#options.known(name)) this.#unknown(name);
    const own = into.get(name) ?? [];
    into.set(name, own);
    let nesting = 0;
    own.push(this.#tokens[this.#at] as Token);
    while (this.#next()) {
      const text = this.#val();
      if (text === '{') nesting++;
      else if (this.#isNewLine() && nesting === 0) {
        this.#at--;
        break;
      } else if (text === '}' && nesting > 0) nesting--;
      else if (text === '}') {
        throw this.#fail("Unexpected '}' because no matching opening brace");
      } else if (text === 'import' && this.#isNewLine()) {
        this.#import();
        this.#at--;
        continue;
      }
      own.push(this.#replaced());
    }
    if (nesting > 0) throw this.#here().eofErr();
  }

  /** The current token with its variables replaced, also for the tokens that come after it. */
  #replaced(): Token {
    const token = this.#tokens[this.#at] as Token;
    const text = this.#env(token.text);
    if (text === token.text) return token;
    const replaced = { ...token, text };
    this.#tokens[this.#at] = replaced;
    return replaced;
  }

  #unknown(name: string): void {
    const error = this.#fail(`Unknown directive '${name}'`);
    if (this.#options.tolerate === undefined) throw error;
    this.#options.tolerate(error, true);
  }

  #snippet(name: string): void {
    if (this.#snippets.has(name)) {
      throw this.#fail(`redeclaration of previously declared snippet ${name}`);
    }
    if (this.#val() !== '{') throw this.#here().syntaxErr('{');
    const body: Token[] = [];
    let nesting = 1;
    while (this.#next()) {
      if (this.#val() === '}') nesting--;
      if (nesting === 0) break;
      if (this.#val() === '{') nesting++;
      body.push(this.#tokens[this.#at] as Token);
    }
    if (nesting !== 0) throw this.#here().syntaxErr('}');
    if (this.#limited && importsItself(body, name, (text) => this.#env(text))) {
      throw this.#fail(`maximum snippet import depth (${snippetImportsMax}) exceeded`);
    }
    this.#snippets.set(name, body);
  }

  /** Replaces `import ARG` by what it stands for; the current token is then the first of it. */
  #import(): void {
    const start = this.#at;
    if (!this.#nextArg()) throw this.#here().argErr();
    const pattern = this.#env(this.#val());
    if (pattern === '') throw this.#fail('Import requires a non-empty filepath');
    if (this.#nextArg()) throw this.#fail('Import takes only one argument (glob pattern or file)');
    const snippet = this.#snippets.get(pattern);
    const spliced = snippet === undefined ? this.#importFiles(pattern) : this.#again(snippet);
    if (this.#tokens.length + spliced.length > tokensMax) throw this.#endless();
    this.#tokens = [...this.#tokens.slice(0, start), ...spliced, ...this.#tokens.slice(start + 2)];
    this.#at = start;
  }

  #again(snippet: readonly Token[]): readonly Token[] {
    if (this.#snippetImports++ >= snippetImportsMax) {
      throw this.#limited
        ? this.#fail(`maximum snippet import depth (${snippetImportsMax}) exceeded`)
        : this.#endless();
    }
    return snippet;
  }

  #endless(): InputError {
    const hint = `this release of CoreDNS never ends reading it; from ${importsLimited} on it says so`;
    return this.#fail('imports go in a circle', this.#limited ? '' : hint);
  }

  #importFiles(pattern: string): readonly Token[] {
    if (this.#fileImports++ >= fileImportsMax) {
      // The number that upstream prints is the other limit's.
      throw this.#limited
        ? this.#fail(`maximum file import depth (${snippetImportsMax}) exceeded`)
        : this.#endless();
    }
    const own = this.#tokens[this.#at]?.file ?? '';
    const from = joinPath('/', own === '' ? this.#file : own);
    const path = pattern.startsWith('/') ? pattern : joinPath(folderOf(from), pattern);
    if (isTooWild(path)) {
      throw this.#fail(`Glob pattern may only contain one wildcard (*), but has others: ${path}`);
    }
    const found = matches(path, this.#options.files?.() ?? []);
    if (found === null) {
      throw this.#fail(`Failed to use import pattern ${pattern}: syntax error in pattern`);
    }
    if (found.length === 0) {
      if (!/[*?[\]]/.test(path)) throw this.#fail(`File to import not found: ${pattern}`);
      this.#options.warn?.(`[WARNING] No files matching import glob pattern: ${pattern}`);
    }
    return found.flatMap((match) => {
      const text = match.kind === 'file' ? this.#options.readFile?.(match.path) : undefined;
      if (text !== undefined) return tokens(joinPath('/', match.path), text);
      throw this.#fail(`Could not import ${match.path}: is a directory`);
    });
  }
}

/** Whether a snippet's own text imports it. */
function importsItself(
  body: readonly Token[],
  name: string,
  env: (text: string) => string,
): boolean {
  return body.some((token, i) => {
    const next = body[i + 1];
    const before = body[i - 1];
    if (token.text !== 'import' || next === undefined) return false;
    const isFirst =
      before === undefined || before.file !== token.file || before.line !== token.line;
    return isFirst && env(next.text) === name;
  });
}
