// Go's text/template to a tree, with its error texts (text/template/parse/parse.go, node.go). Refused: define, block
// and template, for which an `answer` of one record has no use.
import { byteString } from '../../go/bytes.ts';
import { type TemplateToken, type TokenKind, templateTokens } from './lexer.ts';
import { floatOf, intOf, oneRune, unquoted } from './literal.ts';
import { type Arg, argText, type Node, type Pipe, type Template } from './tree.ts';

/** Thrown in this file; `parseTemplate` gives its text. */
class Problem extends Error {}

/** A template, or Go's text: `template: answer:1: unexpected EOF`. */
export function parseTemplate(
  name: string,
  text: string,
  functions: readonly string[],
): Template | string {
  try {
    const bytes = byteString(text);
    return { name, text: bytes, root: new Parser(name, bytes, functions).parse() };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.message;
  }
}

type Control = 'if' | 'with' | 'range';
type Ended = { readonly by: 'end' | 'else'; readonly elseControl: Control | null };
const depthMax = 10_000;

const termKinds: readonly TokenKind[] = [
  'bool',
  'charConstant',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'rawString',
  'string',
  'variable',
  'leftParen',
];

class Parser {
  readonly #name: string;
  readonly #tokens: readonly TemplateToken[];
  readonly #functions: readonly string[];
  #at = 0;
  #variables: string[] = ['$'];
  #ranges = 0;
  #depth = 0;
  /** Line of the action that is open; 0: none. */
  #actionLine = 0;

  constructor(name: string, text: string, functions: readonly string[]) {
    this.#name = name;
    this.#functions = functions;
    this.#tokens = templateTokens(text);
  }

  parse(): readonly Node[] {
    const nodes: Node[] = [];
    while (this.#peek().kind !== 'eof') {
      const node = this.#textOrAction();
      if ('by' in node) throw this.#fail(`unexpected {{${node.by}}}`);
      nodes.push(node);
    }
    return nodes;
  }

  #peek(): TemplateToken {
    return this.#tokens[this.#at] as TemplateToken;
  }

  #next(): TemplateToken {
    const token = this.#peek();
    if (this.#at < this.#tokens.length - 1) this.#at++;
    return token;
  }

  #skipSpace(): void {
    while (this.#peek().kind === 'space') this.#next();
  }

  #nextNonSpace(): TemplateToken {
    this.#skipSpace();
    return this.#next();
  }

  #fail(
    text: string,
    line = (this.#tokens[Math.max(0, this.#at - 1)] ?? this.#peek()).line,
  ): Problem {
    return new Problem(`template: ${this.#name}:${line}: ${text}`);
  }

  #unexpected(token: TemplateToken, context: string): Problem {
    if (token.kind === 'error') {
      const started =
        this.#actionLine !== 0 &&
        this.#actionLine !== token.line &&
        token.text === 'unclosed action'
          ? ` started at ${this.#name}:${this.#actionLine}`
          : '';
      return this.#fail(`${token.text}${started}`, token.line);
    }
    return this.#fail(`unexpected ${shown(token)} in ${context}`, token.line);
  }

  #expectEnd(context: string): void {
    const token = this.#nextNonSpace();
    if (token.kind !== 'rightDelim') throw this.#unexpected(token, context);
  }

  #textOrAction(): Node | Ended {
    const token = this.#nextNonSpace();
    if (token.kind === 'text') return { kind: 'text', text: token.text };
    if (token.kind !== 'leftDelim') throw this.#unexpected(token, 'input');
    this.#actionLine = token.line;
    const node = this.#action();
    this.#actionLine = 0;
    return node;
  }

  #action(): Node | Ended {
    this.#skipSpace();
    const token = this.#peek();
    if (token.kind !== 'keyword') {
      return { kind: 'action', pipe: this.#pipeline('command', 'rightDelim') };
    }
    this.#next();
    switch (token.text) {
      case 'if':
      case 'with':
      case 'range':
        return this.#control(token.text);
      case 'end':
        this.#expectEnd('end');
        return { by: 'end', elseControl: null };
      case 'else': {
        this.#skipSpace();
        const { kind, text } = this.#peek();
        if (kind === 'keyword' && (text === 'if' || text === 'with')) {
          return { by: 'else', elseControl: text };
        }
        this.#expectEnd('else');
        return { by: 'else', elseControl: null };
      }
      case 'break':
      case 'continue': {
        const end = this.#nextNonSpace();
        if (end.kind !== 'rightDelim') throw this.#unexpected(end, `{{${token.text}}}`);
        if (this.#ranges === 0) throw this.#fail(`{{${token.text}}} outside {{range}}`);
        return { kind: token.text };
      }
      default:
        throw this.#fail(`{{${token.text}}} is not modelled`);
    }
  }

  #control(kind: Control): Node {
    const variables = this.#variables.length;
    const pipe = this.#pipeline(kind, 'rightDelim');
    if (kind === 'range') this.#ranges++;
    const { nodes: list, ended } = this.#list();
    if (kind === 'range') this.#ranges--;
    let otherwise: readonly Node[] | null = null;
    if (ended.by === 'else') {
      if (ended.elseControl === kind && kind !== 'range') {
        this.#next();
        otherwise = [this.#control(kind)];
      } else {
        const rest = this.#list();
        otherwise = rest.nodes;
        if (rest.ended.by !== 'end') throw this.#fail('expected end; found {{else}}');
      }
    }
    this.#variables.length = variables;
    return { kind, pipe, list, otherwise };
  }

  #list(): { readonly nodes: readonly Node[]; readonly ended: Ended } {
    const nodes: Node[] = [];
    for (;;) {
      this.#skipSpace();
      if (this.#peek().kind === 'eof') throw this.#fail('unexpected EOF', this.#peek().line);
      const node = this.#textOrAction();
      if ('by' in node) return { nodes, ended: node };
      nodes.push(node);
    }
  }

  #pipeline(context: string, end: 'rightDelim' | 'rightParen'): Pipe {
    this.#skipSpace();
    const { at } = this.#peek();
    const { declares, assigns } = this.#declarations(context);
    const commands: (readonly Arg[])[] = [];
    for (;;) {
      this.#skipSpace();
      const token = this.#peek();
      if (token.kind === end) break;
      if (!termKinds.includes(token.kind)) {
        this.#next();
        throw this.#unexpected(token, context);
      }
      commands.push(this.#command());
    }
    this.#next();
    if (commands.length === 0) throw this.#fail(`missing value for ${context}`);
    for (const [i, [first]] of commands.entries()) {
      const plain = ['bool', 'dot', 'nil', 'number', 'string'].includes(first?.kind ?? '');
      if (i > 0 && plain) throw this.#fail(`non executable command in pipeline stage ${i + 1}`);
    }
    return { kind: 'pipe', at, declares, assigns, commands };
  }

  #declarations(context: string): { readonly declares: readonly string[]; assigns: boolean } {
    const declares: string[] = [];
    for (;;) {
      this.#skipSpace();
      const variable = this.#peek();
      if (variable.kind !== 'variable') return { declares, assigns: false };
      const start = this.#at;
      this.#next();
      this.#skipSpace();
      const after = this.#peek();
      if (after.kind === 'assign' || after.kind === 'declare') {
        this.#nextNonSpace();
        declares.push(variable.text);
        this.#variables.push(variable.text);
        return { declares, assigns: after.kind === 'assign' };
      }
      if (after.kind !== 'char' || after.text !== ',') {
        this.#at = start;
        return { declares, assigns: false };
      }
      this.#next();
      declares.push(variable.text);
      this.#variables.push(variable.text);
      if (context === 'range' && declares.length < 2) {
        this.#skipSpace();
        if (['variable', 'rightDelim', 'rightParen'].includes(this.#peek().kind)) continue;
        throw this.#fail('range can only initialize variables');
      }
      throw this.#fail(`too many declarations in ${context}`);
    }
  }

  #command(): readonly Arg[] {
    const args: Arg[] = [];
    for (;;) {
      this.#skipSpace();
      const operand = this.#operand();
      if (operand !== null) args.push(operand);
      const token = this.#peek();
      if (token.kind === 'space') {
        this.#next();
        continue;
      }
      if (token.kind === 'pipe') this.#next();
      else if (token.kind !== 'rightDelim' && token.kind !== 'rightParen') {
        this.#next();
        throw this.#unexpected(token, 'operand');
      }
      break;
    }
    if (args.length === 0) throw this.#fail('empty command');
    return args;
  }

  #operand(): Arg | null {
    const node = this.#term();
    if (node === null || this.#peek().kind !== 'field') return node;
    const { at } = this.#peek();
    const names: string[] = [];
    while (this.#peek().kind === 'field') names.push(this.#next().text.slice(1));
    switch (node.kind) {
      case 'field':
      case 'variable':
        return { kind: node.kind, at, names: [...node.names, ...names] };
      case 'bool':
      case 'string':
      case 'number':
      case 'nil':
      case 'dot':
        throw this.#fail(`unexpected . after term ${JSON.stringify(argText(node))}`);
      default:
        return { kind: 'chain', at, node, names };
    }
  }

  #term(): Arg | null {
    this.#skipSpace();
    const token = this.#peek();
    const { at, text } = token;
    if (!termKinds.includes(token.kind)) return null;
    this.#next();
    switch (token.kind) {
      case 'identifier':
        if (!this.#functions.includes(text)) {
          throw this.#fail(`function ${JSON.stringify(text)} not defined`);
        }
        return { kind: 'identifier', at, name: text };
      case 'dot':
      case 'nil':
        return { kind: token.kind, at };
      case 'variable':
        if (!this.#variables.includes(text)) {
          throw this.#fail(`undefined variable ${JSON.stringify(text)}`);
        }
        return { kind: 'variable', at, names: [text] };
      case 'field':
        return { kind: 'field', at, names: [text.slice(1)] };
      case 'bool':
        return { kind: 'bool', at, value: text === 'true' };
      case 'leftParen': {
        if (++this.#depth > depthMax) throw this.#fail('max expression depth exceeded');
        const pipe = this.#pipeline('parenthesized pipeline', 'rightParen');
        this.#depth--;
        return pipe;
      }
      case 'string':
      case 'rawString': {
        const value = token.kind === 'rawString' ? text.slice(1, -1) : unquoted(text, '"');
        if (value === null) throw this.#fail('invalid syntax');
        return { kind: 'string', at, text, value: value.replaceAll(raw, '') };
      }
      default:
        return this.#number(token);
    }
  }

  #number({ at, text, kind }: TemplateToken): Arg {
    if (kind === 'charConstant') {
      const inner = unquoted(text, "'");
      const code = inner === null ? null : oneRune(inner);
      if (code === null) throw this.#fail(`malformed character constant: ${text}`);
      return { kind: 'number', at, text, int: BigInt(code), float: code };
    }
    const int = intOf(text);
    const float = int === null ? floatOf(text) : Number(int);
    if (float === null) throw this.#fail(`illegal number syntax: ${JSON.stringify(text)}`);
    if (int === null && !/[.eEpP]/.test(text)) {
      throw this.#fail(`integer overflow: ${JSON.stringify(text)}`);
    }
    return { kind: 'number', at, text, int, float };
  }
}

/** Carriage returns vanish from raw strings. */
const raw = '\r';

function shown(token: TemplateToken): string {
  if (token.kind === 'eof') return 'EOF';
  if (token.kind === 'keyword') return `<${token.text}>`;
  const long = token.text.length > 10 ? `${JSON.stringify(token.text.slice(0, 10))}...` : '';
  return long === '' ? JSON.stringify(token.text) : long;
}
