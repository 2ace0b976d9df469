// Tokens to server blocks (coredns/caddy caddyfile/parse.go): addresses, directives with their tokens, snippets,
// `import` of snippets, environment variables. Not here: what a directive means (its plugin's setup.ts), and import
// of files, which a cluster's CoreDNS does not have beside its Corefile: refused as CoreDNS refuses a missing file.
import type { InputError } from '../../api/input-error.ts';
import { Dispenser, type PositionOf } from './dispenser.ts';
import { type Token, tokens } from './lexer.ts';

export interface ServerBlock {
  /** As written, environment replaced: ".:53", "cluster.local". */
  readonly keys: readonly string[];
  /** Directive name -> all its tokens, the name included; a directive that stands twice is concatenated. */
  readonly directives: ReadonlyMap<string, readonly Token[]>;
  readonly keyTokens: readonly Token[];
}

export interface CorefileOptions {
  /** Default "/etc/coredns/Corefile", where kubeadm mounts it. */
  readonly file?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly positionOf?: PositionOf;
  /** Whether a directive exists at all (plugin.cfg). */
  readonly known: (directive: string) => boolean;
  readonly warn?: (line: string) => void;
}

export const COREFILE = '/etc/coredns/Corefile';
const importDepthMax = 10_000;

/** All server blocks, in file order. Throws InputError 'corefile' with CoreDNS's text. */
export function parseCorefile(text: string, options: CorefileOptions): readonly ServerBlock[] {
  return new Parser(text, options).all();
}

class Parser {
  #tokens: Token[];
  #at = -1;
  #imports = 0;
  readonly #file: string;
  readonly #options: CorefileOptions;
  readonly #snippets = new Map<string, readonly Token[]>();

  constructor(text: string, options: CorefileOptions) {
    this.#file = options.file ?? COREFILE;
    this.#options = options;
    this.#tokens = [...tokens(this.#file, text)];
  }

  all(): readonly ServerBlock[] {
    const blocks: ServerBlock[] = [];
    while (this.#next()) {
      const block = this.#block();
      if (block !== null && block.keys.length > 0) blocks.push(block);
    }
    return blocks;
  }

  #next(): boolean {
    if (this.#at >= this.#tokens.length - 1) return false;
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
    if (here === undefined || before === undefined) return here !== undefined;
    return before.file !== here.file || before.line < here.line;
  }

  #error(): Dispenser {
    const position = this.#options.positionOf ?? (() => null);
    const at = Math.min(Math.max(this.#at, 0), this.#tokens.length - 1);
    const dispenser = new Dispenser(this.#file, this.#tokens.slice(at, at + 1), position);
    dispenser.next();
    return dispenser;
  }

  #fail(text: string): InputError {
    return this.#error().err(text);
  }

  #env(text: string): string {
    let out = text;
    for (let i = 0; i < importDepthMax; i++) {
      const match = /\{\$([^{}]+)\}|\{%([^{}]+)%\}/.exec(out);
      if (match === null) return out;
      const value = this.#options.env?.[match[1] ?? match[2] ?? ''] ?? '';
      out = out.slice(0, match.index) + value + out.slice(match.index + match[0].length);
    }
    return out;
  }

  #block(): ServerBlock | null {
    const keys: string[] = [];
    const keyTokens: Token[] = [];
    const ended = this.#addresses(keys, keyTokens);
    if (ended === 'nothing') return null;
    const name = keys.length === 1 ? (keys[0] as string) : '';
    if (this.#val() === '{' && name.startsWith('(') && name.endsWith(')')) {
      this.#snippet(name.slice(1, -1));
      return null;
    }
    const directives = new Map<string, Token[]>();
    const braced = this.#val() === '{';
    if (ended === 'file') return { keys, directives, keyTokens };
    if (!braced) this.#at--;
    this.#directives(directives);
    if (braced && this.#val() !== '}') throw this.#error().syntaxErr('}');
    return { keys, directives, keyTokens };
  }

  /** Reads addresses up to the brace or the first token of the next line, which is then the current one. */
  #addresses(keys: string[], keyTokens: Token[]): 'block' | 'file' | 'nothing' {
    let expectingAnother = false;
    for (;;) {
      let text = this.#env(this.#val());
      if (text === 'import' && this.#isNewLine()) {
        this.#import();
        if (this.#at >= this.#tokens.length) return keys.length > 0 ? 'file' : 'nothing';
        continue;
      }
      if (text === '{') {
        if (expectingAnother) {
          throw this.#fail(`Expected another address but had '${text}' - check for extra comma`);
        }
        return 'block';
      }
      if (text === '}' && keys.length === 0) {
        throw this.#fail("Unexpected '}' because no matching opening brace");
      }
      if (text !== '') {
        expectingAnother = text.endsWith(',');
        if (expectingAnother) text = text.slice(0, -1);
        if (text !== '') {
          keys.push(text);
          keyTokens.push(this.#tokens[this.#at] as Token);
        }
      }
      const more = this.#next();
      if (expectingAnother && !more) throw this.#fail('Unexpected EOF');
      if (!more) return 'file';
      if (!expectingAnother && this.#isNewLine()) return 'block';
    }
  }

  #directives(into: Map<string, Token[]>): void {
    while (this.#next()) {
      if (this.#val() === '}') return;
      if (this.#val() === 'import' && this.#isNewLine()) {
        this.#import();
        this.#at--;
        continue;
      }
      this.#directive(into);
    }
  }

  #directive(into: Map<string, Token[]>): void {
    const name = this.#env(this.#val());
    if (!this.#options.known(name)) throw this.#fail(`Unknown directive '${name}'`);
    const own = into.get(name) ?? [];
    into.set(name, own);
    let nesting = 0;
    own.push({ ...(this.#tokens[this.#at] as Token), text: name });
    while (this.#next()) {
      const text = this.#val();
      if (text === '{') nesting++;
      else if (this.#isNewLine() && nesting === 0) {
        this.#at--;
        break;
      } else if (text === '}' && nesting > 0) nesting--;
      else if (text === '}' && nesting === 0) {
        throw this.#fail("Unexpected '}' because no matching opening brace");
      } else if (text === 'import' && this.#isNewLine()) {
        this.#import();
        this.#at--;
        continue;
      }
      own.push({ ...(this.#tokens[this.#at] as Token), text: this.#env(this.#val()) });
    }
    if (nesting > 0) throw this.#fail('Unexpected EOF');
  }

  #snippet(name: string): void {
    if (this.#snippets.has(name)) {
      throw this.#fail(`redeclaration of previously declared snippet ${name}`);
    }
    const body: Token[] = [];
    let nesting = 1;
    while (this.#next()) {
      if (this.#val() === '}') nesting--;
      if (nesting === 0) break;
      if (this.#val() === '{') nesting++;
      body.push(this.#tokens[this.#at] as Token);
    }
    if (nesting !== 0) throw this.#error().syntaxErr('}');
    this.#snippets.set(name, body);
  }

  /** Replaces `import ARG` by a snippet's tokens; the current token is then the first of them. */
  #import(): void {
    const start = this.#at;
    const line = this.#tokens[start]?.line;
    const next = this.#tokens[start + 1];
    if (next === undefined || next.line !== line) throw this.#error().argErr();
    this.#at++;
    const pattern = this.#env(next.text);
    if (pattern === '') throw this.#fail('Import requires a non-empty filepath');
    const extra = this.#tokens[start + 2];
    if (extra !== undefined && extra.line === line && extra.file === next.file) {
      throw this.#fail('Import takes only one argument (glob pattern or file)');
    }
    let spliced = this.#snippets.get(pattern);
    if (spliced === undefined) {
      if ((pattern.match(/\*/g) ?? []).length > 1) {
        throw this.#fail(
          `Glob pattern may only contain one wildcard (*), but has others: ${pattern}`,
        );
      }
      if (!/[*?[]/.test(pattern)) throw this.#fail(`File to import not found: ${pattern}`);
      const warning = `No files matching import glob pattern: ${pattern}`;
      this.#options.warn?.(`[WARNING] ${warning}`);
      spliced = [];
    }
    if (++this.#imports > importDepthMax) {
      throw this.#fail(`maximum snippet import depth (${importDepthMax}) exceeded`);
    }
    this.#tokens.splice(start, 2, ...spliced);
    this.#at = start;
  }
}
